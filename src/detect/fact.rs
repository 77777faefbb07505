//! What is known of an agent, and by what.

use std::fmt;

/// What an agent is doing, as far as its pane shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Seen {
    /// Nothing tells.
    #[default]
    Unknown,
    /// It works.
    Working,
    /// It does nothing.
    Idle,
    /// Its usage limit is reached.
    Limited,
    /// Its session cannot go on.
    Fatal,
}

/// What a fact was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Signal {
    /// Rows that match `active_re`.
    ActiveRe,
    /// Rows that match `limit_re`.
    LimitRe,
    /// Rows that match `fatal_re`.
    FatalRe,
    /// Output within `log_grace`.
    LogGrace,
    /// Nothing that says otherwise.
    #[default]
    Silence,
}

impl Signal {
    /// The word for it; for a pattern its key in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActiveRe => "active_re",
            Self::LimitRe => "limit_re",
            Self::FatalRe => "fatal_re",
            Self::LogGrace => "log_grace",
            Self::Silence => "silence",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a pane shows of its agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// What it does.
    pub state: Seen,
    /// What showed it.
    pub signal: Signal,
    /// The lines of the screen that matched, from the top, when it became so: at most
    /// [`Fact::ROWS_MAX`], the lowest of them, each cut at [`Fact::ROW_BYTES_MAX`]. Rows that the
    /// terminal wrapped are one line. Empty when no pattern showed it.
    pub rows: Vec<String>,
}

impl Fact {
    /// How many lines a fact carries.
    pub const ROWS_MAX: usize = 8;
    /// How many bytes of a line a fact carries.
    pub const ROW_BYTES_MAX: usize = 1024;
}
