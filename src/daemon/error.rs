//! Why a daemon cannot run, and whose fault it is.

use std::io;
use std::path::PathBuf;

use super::lock::LockError;
use crate::tmux::TmuxError;

/// Why a daemon cannot run. `Display` is a sentence without a full stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// The config has a mistake that stops everything; its diagnostics say which.
    #[error("the config cannot be used")]
    Config,
    /// Another one looks after this fleet.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The predecessor's watchdog looks after it, outside tmux.
    #[error("the predecessor's watchdog runs for this config as process {pid}: {command}")]
    Predecessor {
        /// Its process.
        pid: i32,
        /// Its command line.
        command: String,
    },
    /// The state directory cannot be used.
    #[error("the state directory {} cannot be used: {source}", path.display())]
    State {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the fleet cannot be written; a sentence about it.
    #[error("{0}")]
    Files(String),
    /// The socket cannot be made.
    #[error("the socket {} cannot be made: {source}", path.display())]
    Socket {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The process cannot listen to signals.
    #[error("signals cannot be listened to: {0}")]
    Signals(io::Error),
    /// A thread that it is made of cannot be started.
    #[error("the system gives no thread: {0}")]
    Thread(io::Error),
    /// There is no usable tmux.
    #[error(transparent)]
    Tmux(TmuxError),
    /// tmux is there, but not for this fleet.
    #[error("{0}")]
    Refused(String),
}

impl DaemonError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config => Some("`ao check` shows every mistake".to_owned()),
            Self::Lock(LockError::Held(_)) => {
                Some("`ao down watchdog` ends it; the agents run on".to_owned())
            }
            Self::Predecessor { pid, .. } => Some(format!("end it first: kill {pid}")),
            Self::Tmux(error) => error.hint(),
            Self::Lock(_)
            | Self::State { .. }
            | Self::Files(_)
            | Self::Socket { .. }
            | Self::Signals(_)
            | Self::Thread(_)
            | Self::Refused(_) => None,
        }
    }

    /// The exit code of the verb: 2 when the config is at fault.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config => 2,
            _ => 1,
        }
    }
}
