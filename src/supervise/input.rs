//! What the supervisor is told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use super::{Answered, Done};
use super::{FleetSpec, HoldFile, Policy, Receipt, Remote};
use crate::detect;

/// The name of an agent or a service in the config.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Time on a clock that never jumps and does not run while the machine sleeps. It goes on over a
    /// restart of the watchdog, and starts anew with the machine.
    pub mono: Duration,
    /// The date.
    pub wall: Timestamp,
}

/// Names one action, so that its result finds its way back. A result of an action that has
/// been overtaken since is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Op(pub(super) u64);

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Forget the failures of these: those that failed for good are tried again.
    Reset(Vec<UnitName>),
    /// Do nothing by itself about these. None: about anything.
    Pause(Option<Vec<UnitName>>),
    /// Look after these again. None: after everything, whatever was paused by name.
    Resume(Option<Vec<UnitName>>),
    /// Go to this phase, counted from 0. One that is not there is ignored.
    Phase(usize),
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The exit status, 128 + the number for a signal; none when it cannot be had.
    pub status: Option<i32>,
    /// Why there is no status, or what ended it.
    pub reason: Option<String>,
}

/// Whose fault a failed start was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The unit's: its prompt, its directory, its command.
    Unit,
    /// tmux was not there or did not answer; the same start may well work later.
    Tmux,
}

/// A unit that was found running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which one.
    pub unit: UnitName,
    /// Its pane.
    pub pane: PaneId,
    /// The pane's process.
    pub pid: i32,
    /// Whether the pane carries the marks of this fleet; if not, it has to be adopted.
    pub marked: bool,
    /// Whether a start would now bring something else than what runs.
    pub stale: bool,
}

/// A unit as tmux and the process table show it at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// What its screen shows, read from tmux itself.
    pub fact: detect::Fact,
    /// When it last wrote something, as far as that was heard.
    pub last_output: Option<Duration>,
    /// The program of another backend that runs in its pane.
    pub foreign: Option<Foreign>,
}

/// A program in a pane where another should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// What runs.
    pub runs: String,
    /// What should.
    pub expected: String,
}

/// What the files of the sequence say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceFiles {
    /// The number of the phase as it is written, counted from 0; none where there is none or it
    /// is no number, which counts as 0.
    pub index: Option<i64>,
    /// Whether the sequence is marked as complete.
    pub complete: bool,
    /// What the status file of each phase says, in the phases' order.
    pub done: Vec<Done>,
    /// A digest of each status file, to tell that it was written to.
    #[serde(default)]
    pub digests: Vec<u64>,
}

/// What the supervisor is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// The config, at the start and whenever it changed. Units that are missing from it go on
    /// running, but are no longer looked after.
    Configured {
        /// Every bound.
        policy: Box<Policy>,
        /// Whom to look after.
        fleet: FleetSpec,
    },
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
    /// [`super::Action::Start`] or [`super::Action::Replace`] worked.
    Started {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The new pane.
        pane: PaneId,
        /// The new process.
        pid: i32,
        /// It takes up an earlier conversation.
        resumed: bool,
        /// Its prompt is being typed; [`Input::Prompted`] follows.
        prompting: bool,
    },
    /// [`super::Action::Start`] or [`super::Action::Replace`] did not work.
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
    /// The typing of a started unit's prompt is over, one way or the other.
    Prompted {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
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
    /// The program in a unit's pane is another backend's, or no longer.
    Runs {
        /// The unit.
        unit: UnitName,
        /// The process that was looked at.
        pid: i32,
        /// The program that should not be there.
        foreign: Option<Foreign>,
    },
    /// [`super::Action::Look`] is through.
    Looked {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// What is there, or why that cannot be had.
        view: Result<Box<View>, String>,
    },
    /// [`super::Action::Type`] is through.
    Typed {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// What became of the text.
        receipt: Receipt,
    },
    /// [`super::Action::Answer`] is through.
    Answered {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// What became of the answer.
        answered: Answered,
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
    /// [`super::Action::End`] is through: all processes are gone.
    Ended {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
    },
    /// [`super::Action::Clear`] is through: the dead pane is gone.
    Cleared {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
    },
    /// [`super::Action::Clear`] found a living process in the pane: somebody started one there.
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
    /// The file with a unit's hold was found, at the start or because somebody changed it.
    HoldFile {
        /// The unit.
        unit: UnitName,
        /// What it says; none if it was removed.
        hold: Option<HoldFile>,
    },
    /// The files of the sequence: at the start, and whenever they say something else.
    Sequence(SequenceFiles),
    /// [`super::Action::WriteIndex`], [`super::Action::MarkComplete`] or
    /// [`super::Action::RemoveTrigger`] is through.
    Written {
        /// The action.
        op: Op,
        /// Why it failed, if it did.
        result: Result<(), String>,
    },
    /// [`super::Action::Fetch`] is through.
    Fetched {
        /// The action.
        op: Op,
        /// What the remote has, or why that cannot be had.
        result: Result<Remote, String>,
    },
    /// Time has passed.
    Tick,
}
