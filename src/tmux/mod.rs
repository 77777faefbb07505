//! The only door to tmux: the server's address and version, the one connection, the hub, and what
//! can be done with a pane. This room decides nothing.
//!
//! While the watchdog runs it asks tmux over one control client ([`connect`]) that is attached to a
//! session of its own, the *hub*. tmux sends a control client only what happens in windows of its
//! session, so the window of every agent is linked into the hub beside the agent's own session. A
//! second client on the hub, the *keeper*, hears nothing; it only keeps tmux reading the panes when
//! the watchdog is stopped or slow.
//!
//! Who only reads, and finds no watchdog, asks once with [`Server::panes_once`].
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it starts tmux, and waits for it with a limit"
)]

mod answers;
mod attached;
mod capture;
mod client;
mod connection;
mod error;
mod event;
mod hub;
mod keep;
mod life;
mod link;
mod news;
mod pane;
mod pane_state;
mod people;
mod reader;
mod refill;
mod rows;
mod seeds;
mod server;
mod snapshot;
mod start;
mod typing;
mod version;

pub use capture::{Capture, Screen};
pub use client::become_client;
pub use connection::{Connection, Options, connect};
pub use error::TmuxError;
pub use event::{Event, Tap};
pub use pane::{Pane, Tags};
pub use server::{Server, Settings};
pub use snapshot::{SavedScreen, Snapshot};
pub use start::{Start, Started};
pub use tmux_control::{CommandLine, PaneId, Reply, SessionId, WindowId};
pub use version::Version;
