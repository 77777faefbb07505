//! What the supervisor is told, and what it asks for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use crate::detect;

/// The name of an agent or a service in the config.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName(Arc<str>);

impl UnitName {
    /// A name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The time, twice: durations are measured on the monotonic clock, dates on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Time on a clock that never jumps, from any fixed point.
    pub mono: Duration,
    /// The date.
    pub wall: Timestamp,
}

/// Names one action, so that its result finds its way back. A result of an action that has
/// been overtaken since is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Op(pub(super) u64);

/// What the supervisor has to know of an agent or a service in the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSpec {
    /// Its name.
    pub name: UnitName,
    /// A service rather than an agent.
    pub service: bool,
    /// It has an end: once it ended with 0 it is done.
    pub task: bool,
    /// Whether `up` without names means it too.
    pub enabled: bool,
    /// Whether it is started again when it dies.
    pub watched: bool,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Want these, and start what is missing. None: everything enabled, and all services.
    Up(Option<Vec<UnitName>>),
    /// Want all that is enabled, but start only what is watched: a watchdog that was started
    /// alone, before anything was asked for.
    Watch,
    /// Want these no longer, and end them. None: everything.
    Down(Option<Vec<UnitName>>),
    /// End these and start them anew.
    Restart(Vec<UnitName>),
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The exit status, 128 + the number for a signal; none when it cannot be had.
    pub status: Option<i32>,
    /// Why there is no status, or what ended it.
    pub reason: Option<String>,
}

/// Whose fault a failed start was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The unit's: its prompt, its directory, its command.
    Unit,
    /// tmux was not there or did not answer; the same start may well work later.
    Tmux,
}

/// A unit that was found running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which one.
    pub unit: UnitName,
    /// Its pane.
    pub pane: PaneId,
    /// The pane's process.
    pub pid: i32,
    /// Whether the pane carries the marks of this fleet; if not, it has to be adopted.
    pub marked: bool,
}

/// What the supervisor is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The config, at the start and whenever it changed. Units that are missing from it go on
    /// running, but are no longer looked after.
    Configured(Vec<UnitSpec>),
    /// A person asks for something.
    Asked(Ask),
    /// tmux can be reached. [`Input::Observed`] follows.
    Connected,
    /// tmux cannot be reached.
    Lost {
        /// The server itself is gone, with all panes.
        server_gone: bool,
    },
    /// Units that run, as tmux lists them. A unit that is missing here need not be gone: the
    /// list may be older than its start.
    Observed(Vec<Seen>),
    /// The pane of a running unit is gone, though nothing was heard of its process. A list that
    /// was asked for after its start says so.
    Vanished {
        /// The unit.
        unit: UnitName,
        /// The pane that is gone.
        pane: PaneId,
    },
    /// [`Action::Start`] or [`Action::Replace`] worked.
    Started {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The new pane.
        pane: PaneId,
        /// The new process.
        pid: i32,
    },
    /// [`Action::Start`] or [`Action::Replace`] did not work.
    StartFailed {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// Why.
        reason: String,
        /// Whose fault it was.
        fault: Fault,
        /// The process that was to be replaced and still runs, since everything that can fail
        /// is tried before it is ended.
        spared: Option<(PaneId, i32)>,
    },
    /// A running unit's screen shows something else than before.
    Shows {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// What it shows.
        fact: detect::Fact,
    },
    /// A unit's process ended.
    Died {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// The process that ended.
        pid: i32,
        /// How.
        ending: Ending,
    },
    /// [`Action::End`] is through: all processes are gone.
    Ended {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
    },
    /// [`Action::Clear`] is through: the dead pane is gone.
    Cleared {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
    },
    /// [`Action::Clear`] found a living process in the pane: somebody started one there.
    Respawned {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane.
        pane: PaneId,
        /// The process that runs in it.
        pid: i32,
    },
    /// Time has passed.
    Tick,
}

/// What the supervisor asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Start the unit in a session of its own.
    Start {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
    },
    /// Check all that a start needs, end what runs in this pane, start the unit in its session,
    /// then let the pane go.
    Replace {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane that is replaced.
        pane: PaneId,
        /// Its process.
        pid: i32,
        /// That process has ended already.
        dead: bool,
    },
    /// End every process of the pane's terminal session, then let the pane go.
    End {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane; none when it went with its server and only processes may be left.
        pane: Option<PaneId>,
        /// The pane's process.
        pid: i32,
    },
    /// Keep the last screen of a dead pane, then let the pane go.
    Clear {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane.
        pane: PaneId,
        /// The process that ended in it.
        pid: i32,
    },
    /// Take over a pane that runs already.
    Adopt {
        /// The unit.
        unit: UnitName,
        /// The pane.
        pane: PaneId,
    },
    /// Tell whoever listens.
    Announce(Fact),
    /// What [`super::Supervisor::memory`] returns has changed.
    Remember,
}

/// Something that happened, for the event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A process was started.
    Start {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
    },
    /// A process that already ran was taken over.
    Adopt {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
    },
    /// A start failed.
    StartFailed {
        /// The unit.
        unit: UnitName,
        /// Why.
        reason: String,
    },
    /// A process ended.
    Death {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
        /// How it ended.
        ending: Ending,
    },
    /// A restart was decided on.
    Restart {
        /// The unit.
        unit: UnitName,
        /// The how-manieth that still counts; 0 for one that costs nothing.
        attempt: u32,
        /// How long it waits.
        delay: Duration,
        /// What made it necessary.
        cause: String,
    },
    /// A person's wish; none: for the whole fleet.
    Wanted {
        /// The unit.
        unit: Option<UnitName>,
        /// Whether it should run.
        up: bool,
    },
    /// A unit's state changed.
    State {
        /// The unit.
        unit: UnitName,
        /// Before.
        from: super::Judgement,
        /// Now.
        to: super::Judgement,
        /// What its screen showed last, with the signal and the rows that tell it.
        shown: Option<detect::Fact>,
    },
}
