//! What the daemon and the verbs say to each other over the fleet's socket.
//!
//! One JSON object a line, both ways. A client sends one [`Request`]; the daemon answers with any
//! number of [`Message`]s, the last of which is [`Message::Done`]. [`Message::Event`] lines of
//! `events --follow` come until the client leaves. A line longer than [`LINE_MAX`] ends the
//! conversation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detect::{Hooked, Reading};
use crate::screen::Picture;

mod event;
mod state;
mod status;

pub use event::{Contradiction, Event, Outcome, What};
pub use state::State;
pub use status::{Budget, Hold, Phase, Source, Status, Stray, Unit, Wanted, Watchdog};

/// The version of the documents below; it rises when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

/// The longest line that either side accepts, in bytes.
pub const LINE_MAX: usize = 16 * 1024 * 1024;

/// What a verb asks of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// The document of `ao status --json`.
    Status,
    /// Want these and start what is missing; no names: everything that is enabled, and all
    /// services.
    Up {
        /// Agents, services or `watchdog`, by their exact names.
        names: Vec<String>,
        /// Whose environment the new processes get.
        caller: Caller,
    },
    /// Want these no longer and end them; no names: everything, then the daemon itself.
    Down {
        /// Agents, services or `watchdog`, by their exact names.
        names: Vec<String>,
    },
    /// End these and start them anew; what had failed for good gets a fresh budget.
    Restart {
        /// Agents or services, by their exact names.
        names: Vec<String>,
        /// Whose environment the new processes get.
        caller: Caller,
    },
    /// Forget the failures of these: what has failed for good is tried again.
    Reset {
        /// Agents or services, by their exact names.
        names: Vec<String>,
    },
    /// Do nothing about these by itself; no names: about nobody.
    Pause {
        /// Agents or services, by their exact names.
        names: Vec<String>,
    },
    /// Look after these again; no names: after everybody, whoever was paused by name too.
    Resume {
        /// Agents or services, by their exact names.
        names: Vec<String>,
    },
    /// Go to another phase of the loop. [`Message::Phase`] is a part of the answer when that is
    /// done.
    Phase {
        /// Which.
        to: PhaseTo,
    },
    /// The screen of an agent or a service.
    Screen {
        /// Its exact name.
        name: String,
        /// Ask tmux for it, and judge the agent by that.
        confirm: bool,
    },
    /// A hook of an agent's program was called.
    Hook {
        /// The agent, by its exact name.
        agent: String,
        /// What the program says.
        said: Hooked,
    },
    /// What an agent's screen shows, with what the watchdog makes of it.
    Detect {
        /// Its exact name.
        name: String,
    },
    /// The events that are still remembered, then, with `follow`, those to come.
    Events {
        /// Stay, and send what happens from now on.
        follow: bool,
    },
}

/// Which phase to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseTo {
    /// The one after the current one.
    Next,
    /// The one with this number, counted from 0.
    Set(usize),
}

/// What a start takes over from the person who asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The caller's `PATH`, where new processes look for programs.
    pub path: Option<String>,
    /// `AGENT_MODEL_<name>` and `AGENT_BACKEND_<name>`, as they stand in the caller's
    /// environment; they count for this request alone.
    pub overrides: BTreeMap<String, String>,
}

/// What the daemon answers, one a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Message {
    /// One step of a long request, for people who watch.
    Progress {
        /// How many agents and services are through.
        done: usize,
        /// How many there are in this request.
        total: usize,
        /// What just happened, a sentence without a full stop.
        text: String,
    },
    /// Something that the person should read, on stderr.
    Note(Note),
    /// The answer to [`Request::Status`].
    Status(Box<Status>),
    /// Where the loop stands from now on, after [`Request::Phase`].
    Phase(Phase),
    /// The answer to [`Request::Screen`].
    Screen(Box<Picture>),
    /// The answer to [`Request::Detect`].
    Reading(Box<Reading>),
    /// One event.
    Event(Box<Event>),
    /// This client was too slow: so many events were left out here.
    Missed {
        /// How many.
        count: u64,
    },
    /// The last message of a request.
    Done {
        /// The exit code that the verb should end with.
        code: u8,
    },
}

impl Message {
    /// Whether it tells of a part that could not be done.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Note(note) if note.level == Level::Error)
    }
}

/// A message for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How grave it is.
    pub level: Level,
    /// One sentence without a full stop: what happened, and to whom.
    pub text: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How grave a [`Note`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For information.
    Info,
    /// Something needs attention, but the request goes on.
    Warning,
    /// A part of the request could not be done.
    Error,
}
