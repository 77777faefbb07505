//! What an agent or a service does, in one word.

use serde::{Deserialize, Serialize};

/// What an agent or a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It does not run, and nothing is wrong with that.
    Stopped,
    /// A start is under way.
    Starting,
    /// Its process ended with 0. It may be started anew later.
    Exited,
    /// Its process ended with anything else, or could not be started. A restart may be due.
    Failed,
    /// It runs, and nothing that it shows says more.
    Unknown,
    /// It runs, and shows that it is at work.
    Working,
    /// It runs, and no longer shows that it is at work.
    Idle,
    /// It runs and is idle, and says itself until when it waits.
    Waiting,
    /// It runs; what it talks to is away for the moment, and it tries again by itself.
    Retrying,
    /// It runs, and asks something that a person has to answer.
    NeedsInput,
    /// It runs, and wants a person to log in.
    Login,
    /// It runs, and shows that a usage limit is reached.
    Limited,
    /// It runs, and shows that its session cannot go on.
    Fatal,
}

impl State {
    /// The state's name in the JSON document and the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Exited => "exited",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::NeedsInput => "needs-input",
            Self::Login => "login",
            Self::Limited => "limited",
            Self::Fatal => "fatal",
        }
    }

    /// Whether a process of it runs.
    #[must_use]
    pub fn runs(self) -> bool {
        match self {
            Self::Stopped | Self::Starting | Self::Exited | Self::Failed => false,
            Self::Unknown
            | Self::Working
            | Self::Idle
            | Self::Waiting
            | Self::Retrying
            | Self::NeedsInput
            | Self::Login
            | Self::Limited
            | Self::Fatal => true,
        }
    }
}
