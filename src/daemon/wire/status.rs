//! The document of `ao status`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::State;

/// The document of `ao status --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// [`super::VERSION`].
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
    /// The whole sequence is done.
    #[serde(default)]
    pub complete: bool,
    /// For each phase, in order, whether its status file says that it is done; empty when nobody
    /// looks.
    #[serde(default)]
    pub done: Vec<bool>,
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
    /// The config on disk, or a part of it, is not in force: see `config_error`.
    #[serde(default)]
    pub config_stale: bool,
    /// It decides and tells, but does not act.
    #[serde(default)]
    pub dry_run: bool,
    /// It does nothing by itself, since a person paused it.
    #[serde(default)]
    pub paused: bool,
    /// Whether what it decides is written down; null when none runs.
    #[serde(default)]
    pub journal_ok: Option<bool>,
    /// How many entries of the journal were lost, to a full disk for instance.
    #[serde(default)]
    pub journal_missed: u64,
    /// What cannot be done at the moment, sentences without a full stop: a remote that does not
    /// answer, a file that cannot be written.
    #[serde(default)]
    pub troubles: Vec<String>,
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
    /// How many restarts it has had, and how many it may have; null where nobody counts.
    #[serde(default)]
    pub budget: Option<Budget>,
    /// The usage limit that it waits out.
    pub hold: Option<Hold>,
    /// Why it is in its state, a sentence without a full stop; null where the state says all.
    #[serde(default)]
    pub reason: Option<String>,
    /// It has failed for good: it is not started again until a person says so.
    #[serde(default)]
    pub gave_up: bool,
    /// Nothing is done about it, since a person paused it.
    #[serde(default)]
    pub paused: bool,
    /// What shows the state: `rows`, `status`, `hook`, `limit_re`, …
    #[serde(default)]
    pub signal: Option<String>,
    /// Which dialog stands on its screen.
    #[serde(default)]
    pub dialog: Option<String>,
    /// How much of its conversation's context is left, in percent, where the program shows it.
    #[serde(default)]
    pub context_left: Option<u8>,
    /// Until when it waits, as it says itself.
    #[serde(default)]
    pub waiting_until: Option<Timestamp>,
    /// Since when it shows no activity.
    #[serde(default)]
    pub silent_since: Option<Timestamp>,
    /// How many texts wait until it can take them.
    #[serde(default)]
    pub letters: usize,
    /// Whose usage limits it shares.
    #[serde(default)]
    pub account: Option<String>,
    /// The digest of the config that it was started with.
    #[serde(default)]
    pub started_as: Option<String>,
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

/// Restarts, and how many of them are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// How many restarts there were in the last `restart_window`.
    pub restarts_window: usize,
    /// With more than this, the unit has failed for good.
    pub window_max: u32,
    /// How many restarts there were within a day.
    pub restarts_day: usize,
    /// With more than this, the unit has failed for good.
    pub day_max: u32,
}

/// A usage limit that is waited out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Until when; null: until a person has seen to it.
    pub until: Option<Timestamp>,
    /// Where that time comes from.
    pub source: Source,
    /// The words of the banner that names it.
    #[serde(default)]
    pub banner: Option<String>,
    /// How many probes were sent.
    pub probes: u32,
}

/// Where the end of a hold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The agent's screen names it.
    Banner,
    /// Nothing that can be trusted names it.
    Guess,
    /// It is a cap on spending, which does not end by itself.
    Cap,
    /// A person, or the predecessor, wrote it into the hold's file.
    File,
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
