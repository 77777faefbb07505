//! The tests of the whole crate, from outside. `checks` has what must hold for any bytes,
//! `corpus` replays what fuzzing found worth keeping, `properties` and `oddities` are about the
//! stream, `streams` are recordings of real servers, and `live` asks a real tmux.

#![allow(clippy::disallowed_methods, reason = "tests read files and run tmux")]

#[path = "../checks/mod.rs"]
mod checks;

mod corpus;
