//! The supervisor for fleets of terminal agents that live in tmux.
//!
//! Data flows one way round a ring of rooms, and each room knows only those before it:
//! [`config`] says what should run, [`tmux`] is the one connection, [`screen`] is what a pane shows,
//! [`detect`] reads it, [`supervise`] decides, [`daemon`] joins them, [`cli`] shows it to people.
//! [`preset`] is what is known of each program, and [`fixture`] proves it. [`os`] is what differs
//! between systems, [`pattern`] is the language of a config's patterns.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod detect;
pub mod fixture;
pub mod os;
pub mod pattern;
pub mod preset;
pub mod screen;
pub mod supervise;
pub mod tmux;
