//! What the supervisor has to know again after it was restarted.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::holds::Hold;
use super::letter::Letter;
use super::{Attempt, Budget, UnitName};
use crate::detect::Waiting;

/// What outlives the process. Keys are the names of agents and services.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Whether the whole fleet was asked for (`true`), sent away (`false`), or never spoken of.
    pub fleet: Option<bool>,
    /// What was asked for by name or with the whole fleet: up or down.
    pub wanted: BTreeMap<String, bool>,
    /// Nothing is done about any unit.
    pub paused: bool,
    /// The start of the machine that times of the monotonic clock belong to; whoever keeps the
    /// memory fills it in, and forgets those times when it is another one.
    pub boot: String,
    /// When this was remembered, on the monotonic clock.
    pub mono: Duration,
    /// What is known of each unit.
    pub units: BTreeMap<String, UnitMemory>,
    /// The usage limits that are waited out, by account.
    pub holds: BTreeMap<String, Hold>,
    /// Where the sequence of phases stands.
    pub sequence: SequenceMemory,
    /// What was last seen of the hand-off's remote.
    pub handoff: HandoffMemory,
}

impl Memory {
    /// Forgets what belongs to another start of the machine: times of its monotonic clock, and
    /// numbers of processes, which are others' by now.
    pub fn came_back(&mut self, boot: &str) {
        if self.boot != boot {
            boot.clone_into(&mut self.boot);
            self.mono = Duration::ZERO;
            for unit in self.units.values_mut() {
                unit.silent_since = None;
                unit.pid = None;
                unit.budget = unit.budget.after_reboot();
            }
        }
    }
}

/// What is known of a unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitMemory {
    /// Restarts that still count.
    pub budget: Budget,
    /// A task that ended with 0.
    pub done: bool,
    /// It has failed for good, and why.
    pub latched: Option<String>,
    /// Nothing is done about it.
    pub paused: bool,
    /// The process that it ran as.
    pub pid: Option<i32>,
    /// The phase that this process was started for.
    pub phase: Option<usize>,
    /// Since when it is silent, on the monotonic clock.
    pub silent_since: Option<Duration>,
    /// It was nudged since it fell silent.
    pub nudged: bool,
    /// The marker that it waits by, and the latest time that it may name.
    pub waiting: Option<(Waiting, Timestamp)>,
    /// When it was last woken, or began to be counted.
    pub woken: Option<Timestamp>,
    /// Texts that wait.
    pub letters: Vec<Letter>,
    /// A text that was being typed.
    pub typing: Option<Letter>,
    /// A text that an earlier watchdog was typing into this process when it ended. It may stand in its
    /// input until something else is typed there.
    pub left: Option<Letter>,
    /// Its conversation is full: its next start begins another.
    pub full: bool,
    /// The dialog that is being answered, or was last.
    pub answer: Option<Attempt>,
}

impl UnitMemory {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where the sequence of phases stands, beside what its files say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceMemory {
    /// The phase that the loop agents were last started for.
    pub index: Option<usize>,
    /// A move to another phase that is under way.
    pub moving_to: Option<usize>,
    /// The end of the sequence is under way.
    pub completing: bool,
    /// What comes after the end has been started.
    pub ran: bool,
}

/// What was last seen of the hand-off's remote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoffMemory {
    /// Which remote; what is known of another one means nothing.
    pub place: String,
    /// The commit that was its head.
    pub head: Option<String>,
    /// Digests of the inboxes that were pinged about.
    pub inboxes: [Option<String>; 2],
}

/// Who is meant by a key of [`Memory::holds`].
pub(super) fn account_key(account: Option<&str>, unit: &UnitName) -> String {
    account.map_or_else(
        || format!("agent {unit}"),
        |account| format!("account {account}"),
    )
}
