//! What the daemon and the verbs say to each other over the fleet's socket.
//!
//! One JSON object a line, both ways. A client sends one [`Request`]; the daemon answers with any
//! number of [`Message`]s, the last of which is [`Message::Done`]. [`Message::Event`] lines of
//! `events --follow` come until the client leaves. A line longer than [`LINE_MAX`] ends the
//! conversation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::screen::Picture;

mod state;

pub use state::State;

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
    /// The screen of an agent or a service.
    Screen {
        /// Its exact name.
        name: String,
        /// Ask tmux for it, and judge the agent by that.
        confirm: bool,
    },
    /// The events that are still remembered, then, with `follow`, those to come.
    Events {
        /// Stay, and send what happens from now on.
        follow: bool,
    },
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
    /// The answer to [`Request::Screen`].
    Screen(Box<Picture>),
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

/// The document of `ao status --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// [`VERSION`].
    pub version: u32,
    /// The loop's current phase; null without phases.
    pub phase: Option<Phase>,
    /// The process that keeps the fleet alive.
    pub watchdog: Watchdog,
    /// In the config's order; agents that the config cannot start stand among them.
    pub agents: Vec<Unit>,
    /// In the config's order.
    pub services: Vec<Unit>,
    /// What runs under the fleet's marks but belongs to no agent of the config.
    pub strays: Vec<Stray>,
}

/// Where the loop stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// The phase's id.
    pub id: String,
    /// Its place, from 0.
    pub index: usize,
    /// How many phases there are.
    pub count: usize,
    /// Its plan file, as the config says it.
    pub plan: Option<String>,
}

/// The state of the watchdog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watchdog {
    /// Whether one runs for this fleet.
    pub running: bool,
    /// Its process id.
    pub pid: Option<i32>,
    /// The config that it goes by.
    pub config: Option<String>,
    /// The first mistake in the config on disk, with its place. What has it stays as it was.
    pub config_error: Option<String>,
    /// Since when it runs.
    pub since: Option<Timestamp>,
}

/// What kind of thing a [`Unit`] is in the words of the config: `persistent`, `loop`, `task`, …,
/// `service`. What is absent in the JSON document is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name in the config.
    pub name: String,
    /// The tmux session in which it runs.
    pub session: String,
    /// The kind, as the config says it; `service` for services.
    pub kind: String,
    /// The backend's name; null for services.
    pub backend: Option<String>,
    /// The model; null where the backend's default is used.
    pub model: Option<String>,
    /// `none`, `heal` or `heal+stall`.
    pub watch: String,
    /// Whether `up` without names starts it.
    pub enabled: bool,
    /// What a person last asked for; null when nobody ever did.
    pub wanted: Option<Wanted>,
    /// What it does.
    pub state: State,
    /// The config changed since it was started.
    pub stale: bool,
    /// The pane, as `%3`.
    pub pane: Option<String>,
    /// The pane's process.
    pub pid: Option<i32>,
    /// The program in the pane's foreground.
    pub command: Option<String>,
    /// How its last process ended: the exit status, or 128 + the number of the signal.
    pub exit_status: Option<i32>,
    /// Why there is no exit status, or what ended it.
    pub exit_reason: Option<String>,
    /// Since when it is in this state.
    pub since: Option<Timestamp>,
    /// How often it was restarted within the time that still counts.
    pub restarts: u32,
    /// The usage limit that it waits out.
    pub hold: Option<Hold>,
    /// The rows that stood on its screen when it died.
    pub last_screen: Option<Vec<String>>,
    /// Anything that a person should know about it: a mistake in the config, a person's own
    /// windows in its session, when the next restart is due.
    pub remarks: Vec<String>,
}

/// What a person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wanted {
    /// It should run.
    Up,
    /// It should not.
    Down,
}

/// A usage limit that is waited out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Until when.
    pub until: Timestamp,
    /// Where that time comes from.
    pub source: String,
    /// How many probes were sent.
    pub probes: u32,
}

/// Something of the fleet's that no agent of the config owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray {
    /// The pane, as `%3`.
    pub pane: String,
    /// The session that it stands in; null when only the hub holds it.
    pub session: Option<String>,
    /// What it was started as.
    pub agent: Option<String>,
    /// Why it is a stray.
    pub reason: String,
}

/// One line of `ao events --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// [`VERSION`].
    pub version: u32,
    /// Rises by one; a hole means that events were missed. Starts anew with the daemon.
    pub seq: u64,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// A process was started.
    Start {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: String,
        /// Its process.
        pid: i32,
    },
    /// A process that already ran was taken over.
    Adopt {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: String,
        /// Its process.
        pid: i32,
    },
    /// A start failed.
    StartFailed {
        /// The agent or service.
        agent: String,
        /// Why.
        reason: String,
    },
    /// A process ended.
    Death {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: Option<String>,
        /// Its process.
        pid: Option<i32>,
        /// The exit status, or 128 + the number of the signal.
        exit_status: Option<i32>,
        /// Why there is no exit status, or what ended it.
        exit_reason: Option<String>,
    },
    /// A restart was decided on.
    Restart {
        /// The agent or service.
        agent: String,
        /// The how-manieth within the time that counts, from 1.
        attempt: u32,
        /// In so many milliseconds.
        delay_ms: u64,
        /// What made it necessary.
        cause: String,
    },
    /// A person asked for something.
    Wanted {
        /// The agent or service; null for the whole fleet.
        agent: Option<String>,
        /// What was asked for.
        wanted: Wanted,
    },
    /// A state changed.
    State {
        /// The agent or service.
        agent: String,
        /// The state before.
        from: State,
        /// The state now.
        to: State,
        /// What showed it.
        signal: Option<String>,
        /// The rows that showed it.
        rows: Vec<String>,
    },
    /// The connection to tmux came up, broke, or its server was replaced.
    Tmux {
        /// A sentence without a full stop.
        text: String,
    },
    /// The config was read again.
    Config {
        /// Whether it is in force now.
        accepted: bool,
        /// What changed, or the first mistake.
        text: String,
    },
    /// The watchdog says something about itself or an agent.
    Told {
        /// The agent or service; null when it is about the fleet.
        agent: Option<String>,
        /// A sentence without a full stop.
        text: String,
    },
}
