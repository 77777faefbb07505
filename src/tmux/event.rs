//! What the connection tells without being asked.

use super::{Pane, PaneId, Snapshot, Version};
use crate::os::process::Pid;

/// What happened. The channel is short; what nobody takes is not queued up but told once, by the
/// newest state of it.
#[derive(Debug)]
pub enum Event {
    /// The connection stands: requests are answered from now on.
    ///
    /// What was said to the last one is forgotten. Whoever keeps a model of a pane asks for its
    /// snapshot again, see [`Connection::seed`](super::Connection::seed).
    Up {
        /// The server's process.
        server_pid: Pid,
        /// When the server started, in seconds since the epoch.
        server_start: i64,
        /// The server's release, which may not be that of the program.
        version: Version,
        /// The server's `default-shell`.
        default_shell: String,
        /// Every pane of the server.
        panes: Vec<Pane>,
        /// Whether this is the server of the last time. Ids of another server mean nothing here.
        same_server: bool,
    },
    /// Sessions, windows or panes came, went or moved.
    ///
    /// A process that ends in a pane, or that `respawn-pane` replaces, is *not* told by tmux: hold
    /// the pane's process and list again when it ends.
    Changed {
        /// Every pane of the server.
        panes: Vec<Pane>,
    },
    /// The server has not answered for a while. It may be stopped or overloaded; nothing is done
    /// about it but to wait.
    Silent,
    /// A silent server answers again.
    Answers,
    /// The connection is down. It is made again by itself, and [`Event::Up`] follows when it is.
    Lost {
        /// Why, for people.
        reason: String,
        /// Whether the server itself is gone, and every pane with it.
        server_gone: bool,
    },
    /// This fleet may not use this server. The connection is closed for good.
    Refused {
        /// Why, for people.
        reason: String,
    },
}

/// Where the output of panes goes. It is called on the thread that reads the connection, so it must
/// never wait: neither for a lock that is held for long nor for a disk.
///
/// What it is told of one pane comes in the order in which it happened: a snapshot holds all output
/// that was told before it, and none that is told after.
pub trait Tap: Send {
    /// A pane wrote this; it may be cut anywhere.
    fn output(&mut self, pane: PaneId, bytes: &[u8]);
    /// Output of the pane was lost here, because the reader was behind. [`Tap::refill`] and
    /// [`Tap::seed`] follow, unless the pane goes before.
    fn gap(&mut self, pane: PaneId);
    /// What the pane's history and screen hold after a gap, oldest row first, without attributes;
    /// the output that follows is the next after it.
    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]);
    /// All that decides how the output that follows is shown: the answer to
    /// [`Connection::seed`](super::Connection::seed), and what follows each gap and each change of
    /// size of a pane for which that was called.
    fn seed(&mut self, pane: PaneId, snapshot: Snapshot);
    /// The pane was given another size in its window's layout; a snapshot follows, unless the pane
    /// goes before. It is a hint: a border with a title can make the pane a row lower than that, and
    /// output that came before may have been written after the change.
    fn resized(&mut self, pane: PaneId, cols: u16, rows: u16);
    /// All that came at once has been told: a good moment to hand it on.
    fn settled(&mut self);
}
