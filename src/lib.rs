//! The supervisor for fleets of terminal agents that live in tmux.
//!
//! Data flows one way round a ring of rooms, and each room knows only those before it:
//! [`config`] says what should run, [`tmux`] is the one connection, [`supervise`] decides,
//! [`daemon`] joins them, [`cli`] shows it to people. [`os`] is what differs between systems.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod os;
pub mod screen;
pub mod supervise;
pub mod tmux;
