//! What can go wrong with tmux, and what a person can do about it.

use std::path::PathBuf;
use std::time::Duration;

use tmux_control::{CommandError, Reply};

use super::{PaneId, Version};
use crate::os;

/// Why something that was asked of tmux was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TmuxError {
    /// There is no such program.
    #[error("tmux is not installed: no program {binary:?} was found")]
    Missing {
        /// What was looked for.
        binary: PathBuf,
    },
    /// The program, or the server that runs already, lacks what ao needs.
    #[error("tmux {found} is too old: ao needs tmux {} or newer", Version::OLDEST)]
    TooOld {
        /// What was found.
        found: Version,
    },
    /// A tmux process could not be started, or did not do what every tmux does.
    #[error("{doing}: {source}")]
    Process {
        /// What was attempted.
        doing: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// tmux said no.
    #[error("tmux refused: {message}")]
    Command {
        /// tmux's own words.
        message: String,
    },
    /// The answer did not come in time. It may have been done all the same.
    #[error("tmux did not answer within {} ms", .after.as_millis())]
    Deadline {
        /// How long was waited.
        after: Duration,
    },
    /// There is no connection, or it went before the answer came. It may have been done all the
    /// same.
    #[error("the connection to tmux is down")]
    Disconnected,
    /// What was to be sent may not be sent to a pane or cannot be said in a line to tmux.
    #[error("this cannot be given to tmux: {reason}")]
    Unsendable {
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is not as long as the pane is high: what the pane shows looks like the end of the
    /// answer, by accident or by intent.
    #[error("what pane {pane} shows breaks tmux's answer apart")]
    Forged {
        /// The pane.
        pane: PaneId,
    },
    /// The answer makes no sense.
    #[error("tmux gave an answer that ao does not understand: {answer:?}")]
    Answer {
        /// The beginning of it.
        answer: String,
    },
}

impl TmuxError {
    /// tmux's own words in an `%error`.
    pub(super) fn refused(reply: &Reply) -> Self {
        Self::Command {
            message: reply.message(),
        }
    }

    /// An answer that makes no sense.
    pub(super) fn answer(reply: &Reply) -> Self {
        Self::Answer {
            answer: reply.message().chars().take(200).collect(),
        }
    }

    /// What the person can do about it, in a sentence or a line to type.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { .. } | Self::TooOld { .. } => Some(os::install::hint("tmux")),
            Self::Deadline { .. } => {
                Some("the tmux server hangs or is stopped; `ps -C tmux` shows its state".to_owned())
            }
            _ => None,
        }
    }

    /// Whether it is unknown if the request was carried out.
    pub fn is_unknown_outcome(&self) -> bool {
        matches!(self, Self::Deadline { .. } | Self::Disconnected)
    }
}

impl From<CommandError> for TmuxError {
    fn from(error: CommandError) -> Self {
        Self::Unsendable {
            reason: error.to_string(),
        }
    }
}
