//! Panes as tmux lists them.

use super::{PaneId, SessionId, WindowId};
use crate::os::process::Pid;

/// What ao writes on a pane that is one of its agents: the pane's options `@ao_*`. They stay with
/// the pane wherever it is moved, and a pane that a person splits off does not get them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tags {
    /// `@ao_agent`: the agent's or service's name.
    pub agent: String,
    /// `@ao_fleet`: the fleet it belongs to, 16 hexadecimal digits.
    pub fleet: String,
    /// `@ao_start`: how it was started, as the daemon wrote it.
    pub start: String,
}

/// One pane of the server, whatever the number of sessions that show its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pane {
    /// Its id, which it keeps for as long as it lives.
    pub pane: PaneId,
    /// The window that it is in.
    pub window: WindowId,
    /// The session, not a hub, that shows its window, and that session's name as tmux writes it;
    /// the one with the lowest id if there are several. None: only a hub shows it.
    pub home: Option<(SessionId, String)>,
    /// The process that was started in it; 0 in a pane without a process is None.
    pub pid: Option<Pid>,
    /// Whether tmux knows that the process has ended. tmux misses deaths: ask the system as well.
    pub dead: bool,
    /// With what status it ended, as far as tmux knows.
    pub dead_status: Option<i32>,
    /// By what signal it ended (tmux 3.3 and newer).
    pub dead_signal: Option<i32>,
    /// The name of the command in its foreground, as tmux sees it. The command chooses it.
    pub command: String,
    /// What ao wrote on it; None if it is not ao's.
    pub tags: Option<Tags>,
    /// Whether its window is linked into this fleet's hub. Always false without a connection.
    pub in_hub: bool,
    /// Whether its output goes to a command too, as by the predecessor.
    pub piped: bool,
    /// Whether a person looks at its history: keys would go to the mode, not to the program.
    pub in_mode: bool,
    /// Its width and height in cells.
    pub size: (u16, u16),
    /// Whether somebody is attached to its home session.
    pub attached: bool,
    /// How many panes its window has.
    pub window_panes: u32,
}
