//! Mistakes in a config, each with its place, its reach and a hint.

use std::fmt;
use std::path::PathBuf;

use super::names::{AgentName, steers};

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
    /// The line, or the part of a very long one that is worth showing; empty when it is not to
    /// be shown, since it may hold a secret.
    pub excerpt: String,
    /// The column in the excerpt.
    pub excerpt_column: usize,
}

impl Place {
    /// A whole line of a file whose lines are not to be shown.
    pub(super) fn line_of_secrets(line: usize) -> Self {
        Self {
            line,
            column: 1,
            width: 1,
            excerpt: String::new(),
            excerpt_column: 1,
        }
    }

    /// The same place, without its text.
    pub(super) fn hidden(mut self) -> Self {
        self.excerpt.clear();
        self
    }
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

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", printable(&self.path.to_string_lossy()))?;
        if let Some(place) = &self.place {
            write!(f, "{}:{}:", place.line, place.column)?;
        }
        writeln!(f, " {}: {}", self.severity, printable(&self.message))?;
        if let Some(place) = self
            .place
            .as_ref()
            .filter(|place| !place.excerpt.is_empty())
        {
            let number = place.line.to_string();
            let shown = place.excerpt.chars().count();
            let before = place.excerpt_column - 1;
            let carets = "^".repeat(place.width.min(shown.saturating_sub(before)).max(1));
            writeln!(f, " {number} | {}", printable(&place.excerpt))?;
            writeln!(f, " {:>1$} | {2:>3$}{carets}", "", number.len(), "", before)?;
        }
        write!(f, "hint: {}", printable(&self.hint))
    }
}

/// A config's text may hold bytes that would steer a terminal. One character stays one column,
/// so that the caret still points.
fn printable(text: &str) -> String {
    let shown = |character: char| match character {
        '\t' => ' ',
        control if steers(control) => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(place: Option<Place>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            path: PathBuf::from("agents.toml"),
            place,
            message: "no backend is called `claud`".to_owned(),
            hint: "did you mean `claude`?".to_owned(),
            reach: Reach::Settings,
        }
    }

    #[test]
    fn a_mistake_is_shown_with_its_line_a_caret_and_a_hint() {
        let place = Place {
            line: 12,
            column: 11,
            width: 7,
            excerpt: "backend = \"claud\"".to_owned(),
            excerpt_column: 11,
        };
        let expected = "agents.toml:12:11: error: no backend is called `claud`\n \
                        12 | backend = \"claud\"\n    |           ^^^^^^^\n\
                        hint: did you mean `claude`?";
        assert_eq!(diagnostic(Some(place)).to_string(), expected);
    }

    #[test]
    fn a_mistake_without_a_place_has_no_line() {
        let expected = "agents.toml: error: no backend is called `claud`\n\
                        hint: did you mean `claude`?";
        assert_eq!(diagnostic(None).to_string(), expected);
    }

    #[test]
    fn control_characters_never_reach_the_terminal_and_the_caret_still_points() {
        let place = Place {
            line: 1,
            column: 5,
            width: 99,
            excerpt: "\tx\u{1b}[é".to_owned(),
            excerpt_column: 5,
        };
        let shown = diagnostic(Some(place)).to_string();
        assert!(
            shown.contains("\n 1 |  x\u{fffd}[é\n   |     ^\n"),
            "{shown:?}"
        );
    }

    #[test]
    fn a_hidden_line_shows_its_place_only() {
        let place = Place {
            line: 3,
            column: 1,
            width: 1,
            excerpt: "T = 1".to_owned(),
            excerpt_column: 1,
        };
        let shown = diagnostic(Some(place.hidden())).to_string();
        assert!(shown.starts_with("agents.toml:3:1: error: "));
        assert!(!shown.contains("T = 1"));
    }
}
