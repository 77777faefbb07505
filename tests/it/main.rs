//! The integration tests: one binary, so that it links once.
//!
//! - `rig`: a private tmux server for each test, and a connection to it.
//! - `tmux_*`: the tmux room on a real server: starting, what people do to sessions, hostile names
//!   and configurations, what goes wrong with servers and owners.
#![allow(
    clippy::disallowed_methods,
    reason = "tests are the edge: they start servers, make files and look at clocks"
)]

mod rig;

mod tmux_faults;
mod tmux_owner;
mod tmux_people;
mod tmux_start;
