//! Starting agents, and taking over those that run.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Connection, PaneId, SessionId, Tags, TmuxError, WindowId};
use crate::os::process::Pid;

/// What is to be started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The session's name, literally. tmux makes `_` of `.` and `:` in it.
    pub session: String,
    /// The working directory. It must exist: tmux silently takes another one otherwise.
    pub dir: PathBuf,
    /// The program and its arguments; no shell comes between.
    pub argv: Vec<OsString>,
    /// What is set in its environment, beside what the server has.
    pub env: Vec<(OsString, OsString)>,
    /// What is written on its pane.
    pub tags: Tags,
}

/// What was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its own session.
    pub session: SessionId,
    /// Its window.
    pub window: WindowId,
    /// Its pane.
    pub pane: PaneId,
    /// Its process. It may have ended already; its pane is kept.
    pub pid: Pid,
}

impl Connection {
    /// Starts an agent in a session of its own, detached.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when there is a session of that name; nothing is left behind then.
    pub async fn start(&self, _spec: &Start) -> Result<Started, TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Starts an agent anew in its session, in a window of its own, then kills the pane `old`.
    /// Whoever is attached stays attached.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the session is gone; `old` is then left as it is.
    pub async fn start_in(
        &self,
        _session: SessionId,
        _old: PaneId,
        _spec: &Start,
    ) -> Result<Started, TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Makes a pane that runs already one of this fleet: tags it, has it kept when its process ends,
    /// closes a pipe of its output, and links its window into the hub.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone.
    pub async fn adopt(&self, _pane: PaneId, _tags: &Tags) -> Result<(), TmuxError> {
        Err(TmuxError::Disconnected)
    }
}
