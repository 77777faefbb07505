//! Mistakes in a config, each with its place, its reach and a hint.

use std::fmt;
use std::path::PathBuf;

use super::names::AgentName;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not come up.
    Error,
    /// Everything comes up, perhaps not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// What a mistake keeps from coming up. A warning keeps nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Everything: there is no fleet.
    Whole,
    /// Nothing: a setting is at its default instead.
    Settings,
    /// One agent.
    Agent(AgentName),
    /// One service.
    Service(AgentName),
    /// An agent or a service that has no usable name.
    Unnamed,
    /// The loop, and the agents of kind `loop`.
    Loop,
    /// Several agents or services, because they share what is wrong.
    Several,
}

/// Where something stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// How many characters of the line are meant, at least 1.
    pub width: usize,
    /// The whole line, without its end.
    pub source: String,
}

/// One mistake. `Display` renders it for people, in several lines, without a newline at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file that it is in, as people named it.
    pub path: PathBuf,
    /// Where in the file; `None` when it is nowhere, such as a table that is missing.
    pub place: Option<Place>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// What does not come up because of it.
    pub reach: Reach,
}

impl Diagnostic {
    /// Whether it keeps something from coming up.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
