//! What should run: `agents.toml`, read, resolved and checked.
//!
//! [`Search`] finds the file and [`load`] makes a [`Fleet`] of it in one pass: every key resolved,
//! every default in place, every reference checked, and every mistake reported together, each with
//! its line, its column and a hint. What is in a [`Fleet`] is valid; what could not be resolved is
//! in [`Fleet::broken`], still known by its name.
//!
//! - `file`, `source`, `raw`, `reader`, `inside`, `schema`: the file as it is written;
//! - `resolve`: what it means, a file for each table; `findings` and `diagnostic`: what is wrong;
//! - `fleet`, `agent`, `backend`, `loops`, `names`, `git_name`: what comes of it;
//! - `start` and `launch`: what a start of an agent reads and runs; `shell` has the one quoting
//!   function;
//! - `known`, `starter`, `deferred`: names as they are typed, what `ao init` writes, what `up` has
//!   to own up to.
//!
//! The room reads (the config, its `env_file`s, and at a start the prompt files) and does nothing
//! else with the system: it writes no file, makes no directory, and does not know tmux.
#![allow(
    clippy::disallowed_methods,
    reason = "reading the config, its env files and the prompt files is what this room is for"
)]

mod agent;
mod backend;
mod deferred;
mod diagnostic;
mod digest;
mod env_file;
mod environment;
mod file;
mod findings;
mod fleet;
mod git_name;
mod inside;
mod known;
mod launch;
mod loops;
mod names;
mod overrides;
mod paths;
mod raw;
mod reader;
mod resolve;
mod salvage;
mod schema;
mod shell;
mod source;
mod start;
mod starter;
#[cfg(test)]
mod tests;

pub use agent::{Agent, Kind, PromptSource, Service, StallAction, Wake, Watch};
pub use backend::{Answers, Backend, Delivery, Pattern, SubmitKey};
pub use diagnostic::{Diagnostic, Place, Reach, Severity};
pub use digest::Digest;
pub use environment::Environment;
pub(crate) use file::read as read_file;
pub use fleet::{Broken, Fleet, Loaded, LogSource, TmuxSettings, Unit, WatchdogSettings, load};
pub use git_name::GitName;
pub(crate) use known::fits;
pub use known::{Known, NameNotKnown};
pub use launch::{Conversation, Launch, LaunchInput, Typed, launch, launch_service};
pub use loops::{Handoff, Loop, OnComplete, Phase};
pub use names::{Account, AgentName, NameError, ResumeId, SessionName, steers};
pub use overrides::Overrides;
pub use resolve::presets_beside;
pub use salvage::load_defaults;
pub use source::{NotFound, Search};
pub use start::{Observed, StartError, current_phase, read_prompt, read_resume_id, read_wake};
pub use starter::starter;
