//! The tests of the whole crate, from outside.
//!
//! `checks` has what must hold for any bytes; `corpus` applies it to what fuzzing kept, and
//! `properties` to what proptest invents. `oddities` has the surprises of the protocol, one by
//! one; `streams` are recordings of real servers; `live` asks a running tmux.

#![allow(clippy::disallowed_methods, reason = "tests read files and run tmux")]

#[path = "../checks/mod.rs"]
mod checks;

mod commands;
mod corpus;
mod live;
mod memory;
mod oddities;
mod properties;
mod server;
mod streams;
