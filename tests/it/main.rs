//! The integration tests, on real tmux: one binary, so that it links once.
//!
//! - [`behaviour`]: what the predecessor promised, statement by statement, and which test holds ao to
//!   it: the table is `behaviour.txt`.
//! - `cli_*`: the command line, and the verbs that need no watchdog.
//! - [`detect_verbs`]: what is seen in files and in agents that run, and fixtures of it.
//! - `pattern_*`: patterns against Python's own, which must be there as `python3`.
//! - `rig`: a private tmux server for each test, and a connection to it.
//! - `tmux_*`: the tmux room on a real server: starting, what people do to sessions, hostile names
//!   and configurations, what goes wrong with servers and owners.
//! - `fleet_*`: whole fleets through the program itself, as people use it; [`fleet_rig`] gives each
//!   test a directory, a tmux server and a watchdog of its own, and ends them with it.
//! - `fleet_rules_*`: each rule of the supervisor once, on [`puppet`]s: programs that show what the
//!   test tells them to, and write down what is typed into them.
//! - `fleet_kills`, `fleet_soak`: the watchdog killed at any moment, and a fleet under faults, for as
//!   long as `AO_TEST_KILLS` and `AO_TEST_SOAK` say.
//! - `screen_*`: the screen model beside a real pane, see [`screen_oracle`]: streams by theme, random
//!   ones, recorded ones, and programs at work.
#![allow(
    clippy::disallowed_methods,
    reason = "tests are the edge: they start servers, make files and look at clocks"
)]

mod behaviour;
mod fleet_events;
mod fleet_rig;
mod puppet;
mod rig;
mod screen_model;
mod screen_oracle;
mod screen_program;
mod screen_stream;
mod screen_watch;

mod cli_config;
mod cli_explain;
mod cli_logs;
mod cli_phase;
mod cli_rules;
mod cli_screen;
mod cli_usage;
mod detect_verbs;

mod pattern_cases;
mod pattern_python;

mod tmux_faults;
mod tmux_owner;
mod tmux_people;
mod tmux_seeds;
mod tmux_start;

mod fleet_config;
mod fleet_conversation;
mod fleet_deliver;
mod fleet_demo;
mod fleet_example;
mod fleet_heal;
mod fleet_kills;
mod fleet_logs;
mod fleet_look;
mod fleet_predecessor;
mod fleet_promises;
mod fleet_recorded;
mod fleet_rules_answer;
mod fleet_rules_control;
mod fleet_rules_handoff;
mod fleet_rules_heal;
mod fleet_rules_limit;
mod fleet_rules_phase;
mod fleet_rules_stall;
mod fleet_screens;
mod fleet_signals;
mod fleet_soak;
mod fleet_typing;
mod fleet_verbs;
mod fleet_watchdog;

mod screen_characters;
mod screen_files;
mod screen_fuzz;
mod screen_live;
mod screen_programs;
mod screen_random;
mod screen_seeds;
mod screen_streams;
mod screen_text;
