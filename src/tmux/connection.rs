//! The connection as the rest of ao holds it.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Event, Pane, PaneId, Server, SessionId, Tap, TmuxError};

/// How a connection behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The fleet's hash: 16 hexadecimal digits. The hub is named after it.
    pub fleet: String,
    /// The fleet's session prefix: no two fleets of one server may share it.
    pub prefix: String,
    /// The `ao` program, of whose hidden verb the tmux clients are made.
    pub exe: PathBuf,
    /// How long a request may take.
    pub deadline: Duration,
    /// How often the server is asked whether it is there.
    pub heartbeat: Duration,
    /// How many requests may be under way at once.
    pub in_flight: usize,
}

impl Options {
    /// The usual behaviour: 10 s, 10 s, 256 requests.
    pub fn new(fleet: impl Into<String>, prefix: impl Into<String>, exe: PathBuf) -> Self {
        Self {
            fleet: fleet.into(),
            prefix: prefix.into(),
            exe,
            deadline: Duration::from_secs(10),
            heartbeat: Duration::from_secs(10),
            in_flight: 256,
        }
    }
}

/// Connects to tmux, starting a server if there is none, and stays connected until
/// [`Connection::leave`]. Must be called within a tokio runtime with time and IO.
pub fn connect(
    _server: Server,
    _options: Options,
    _tap: Box<dyn Tap>,
) -> (Connection, mpsc::Receiver<Event>) {
    let (_, events) = mpsc::channel(16);
    (Connection {}, events)
}

/// The one connection to tmux; a cheap handle. Requests are answered between [`Event::Up`] and
/// [`Event::Lost`], and fail with [`TmuxError::Disconnected`] otherwise. Many requests at once are
/// sent without waiting for each other.
#[derive(Clone, Debug)]
pub struct Connection {}

impl Connection {
    /// Every pane of the server, now.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn list(&self) -> Result<Vec<Pane>, TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Pastes text into a pane, as one bracketed paste if the program asked for those. Newlines are
    /// sent as they are. Nothing is submitted.
    ///
    /// # Errors
    /// [`TmuxError::Unsendable`] for control bytes other than newline and tab.
    pub async fn paste(&self, _pane: PaneId, _text: &[u8]) -> Result<(), TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Presses a key in a pane, by tmux's name for it: `Enter`, `C-m`, `Escape`.
    ///
    /// # Errors
    /// [`TmuxError::Unsendable`] for what tmux would type letter by letter.
    pub async fn key(&self, _pane: PaneId, _name: &str) -> Result<(), TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Ends a pane, in every session that shows it; one that is gone already is fine. Other panes of
    /// its window are spared.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn kill_pane(&self, _pane: PaneId) -> Result<(), TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Ends a session; one that is gone already is fine. Windows that another session shows, as the
    /// hub does with those of agents, live on.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn kill_session(&self, _session: SessionId) -> Result<(), TmuxError> {
        Err(TmuxError::Disconnected)
    }

    /// Leaves the server: the hub goes, agents stay. Other handles fail from now on.
    pub async fn leave(self) {}
}
