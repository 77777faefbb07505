//! What runs: agents and services.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::backend::{Answers, Backend};
use super::digest::{Digest, digest_in_phase};
use super::environment::Environment;
use super::loops::Phase;
use super::names::{Account, AgentName, SessionName};

/// What an agent is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One of the agents that work through the phases of `[loop]`.
    Loop,
    /// Stays for ever; the default.
    Persistent,
    /// Stays for ever and supervises others.
    Orchestrator,
    /// Does one thing and ends.
    Task,
    /// A word of the person's own; such an agent acts like a persistent one.
    Other(String),
}

impl Kind {
    /// The word of the config.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Loop => "loop",
            Self::Persistent => "persistent",
            Self::Orchestrator => "orchestrator",
            Self::Task => "task",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for Kind {
    fn from(word: &str) -> Self {
        match word {
            "loop" => Self::Loop,
            "persistent" => Self::Persistent,
            "orchestrator" => Self::Orchestrator,
            "task" => Self::Task,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far the watchdog cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watch {
    /// Not at all; the default.
    None,
    /// Brings it back when it ended.
    Heal,
    /// Brings it back when it ended or stalled.
    HealAndStall,
}

impl Watch {
    /// The word of the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Heal => "heal",
            Self::HealAndStall => "heal+stall",
        }
    }

    /// Whether the watchdog restarts it.
    pub fn heals(self) -> bool {
        self != Self::None
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is done about an agent that stalled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum StallAction {
    /// It is ended and started again; the default.
    #[default]
    Restart,
    /// It is asked to go on, once; if that does not help it is restarted.
    Nudge,
    /// A person is told.
    Tell,
}

impl StallAction {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Restart, Self::Nudge, Self::Tell];

    /// The word of the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Nudge => "nudge",
            Self::Tell => "tell",
        }
    }
}

impl fmt::Display for StallAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an agent's first prompt comes from. Files are read at a start, not before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptSource {
    /// Nothing to say; the kickoff file is empty.
    Empty,
    /// The text stands in the config.
    Text(String),
    /// A file, verbatim.
    File(PathBuf),
    /// A loop agent's: the template with the phase's slots filled in, then the role's file.
    Role {
        /// `[loop].kickoff_template`.
        template: Option<PathBuf>,
        /// `ROLES_DIR/ROLE.md`.
        file: PathBuf,
    },
}

/// A prompt that a persistent agent is given again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wake {
    /// The file with the text.
    pub prompt_file: PathBuf,
    /// How long between two of them.
    pub interval: Duration,
}

/// An `[[agent]]` with every default in place and every reference resolved.
#[derive(Debug, Clone)]
pub struct Agent {
    /// What people call it.
    pub name: AgentName,
    /// Its tmux session.
    pub session: SessionName,
    /// What it is for.
    pub kind: Kind,
    /// Whether a bare `up` starts it.
    pub enabled: bool,
    /// How far the watchdog cares.
    pub watch: Watch,
    /// What is done when it stalled; counts with [`Watch::HealAndStall`].
    pub stall_action: StallAction,
    /// The account whose limits it shares with others; `None` shares with nobody.
    pub account: Option<Account>,
    /// What is answered to its dialogs without asking a person: defaults, then backend, then its own.
    pub answers: Answers,
    /// How it is run.
    pub backend: Arc<Backend>,
    /// Its model, unless the phase names another; `None` is the program's own default.
    pub model: Option<String>,
    /// Its part in the loop.
    pub role: Option<String>,
    /// Its working directory, absolute; it may not exist yet.
    pub dir: PathBuf,
    /// Its first prompt.
    pub prompt: PromptSource,
    /// Whether it takes its last conversation up again.
    pub resume: bool,
    /// Its schedule, if it has one.
    pub wake: Option<Wake>,
    /// Its variables: defaults, then backend, then its own.
    pub env: Environment,
    pub(super) digest: Digest,
}

impl Agent {
    /// The model in a phase: the phase's own for this role, else the agent's.
    pub fn model_in<'a>(&'a self, phase: Option<&'a Phase>) -> Option<&'a str> {
        let role = self.role.as_deref();
        let of_phase = phase
            .zip(role)
            .and_then(|(phase, role)| phase.models.get(role));
        of_phase.map(String::as_str).or(self.model.as_deref())
    }

    /// Whether the watchdog brings it back.
    pub fn is_watched(&self) -> bool {
        self.enabled && self.watch.heals()
    }

    /// A stable digest of what a start of it depends on in the config file (and in its
    /// `env_file`s), in a phase: another one means that a running agent is stale. One-off
    /// overrides and the content of prompt files do not count.
    pub fn digest(&self, phase: Option<&Phase>) -> Digest {
        phase.map_or(self.digest, |phase| digest_in_phase(self, phase))
    }
}

/// A `[[service]]` with every default in place: a command that runs beside the agents.
#[derive(Debug, Clone)]
pub struct Service {
    /// What people call it.
    pub name: AgentName,
    /// Its tmux session.
    pub session: SessionName,
    /// Its command, as a shell line.
    pub command: String,
    /// Its working directory, absolute; it may not exist yet.
    pub dir: PathBuf,
    /// How far the watchdog cares: from the service's own table only, else not at all.
    pub watch: Watch,
    /// Its variables: defaults, then its own.
    pub env: Environment,
    pub(super) digest: Digest,
}

impl Service {
    /// As [`Agent::digest`].
    pub fn digest(&self) -> Digest {
        self.digest
    }
}
