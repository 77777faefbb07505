//! Where a unit is between not being there and running.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use crate::supervise::input::{Ending, Op};

/// When and how a unit starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::supervise) struct Plan {
    /// At this time of the monotonic clock.
    pub(super) at: Duration,
    /// A person waits for it.
    pub(super) asked: bool,
    /// With a new conversation.
    pub(super) fresh: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Life {
    /// Nothing runs and nothing is planned.
    Absent,
    /// A start is due later.
    Due(Plan),
    /// A start is due, and waits for tmux, for its turn in an incident, or for a place among those
    /// that may start at a time.
    Queued(Plan),
    /// A start is under way; `old` is the process that it replaces.
    Starting {
        op: Op,
        old: Option<(PaneId, i32)>,
        unwanted: bool,
        /// The phase that it is made for.
        phase: Option<usize>,
    },
    Running {
        pane: PaneId,
        pid: i32,
        since: Duration,
    },
    Ending {
        op: Op,
        pane: PaneId,
        pid: i32,
        then: Then,
    },
    /// It is in no pane any more, and what an earlier watchdog knew of it is being ended.
    Surviving {
        op: Op,
        /// A person waits for it to start.
        asked: bool,
    },
    /// It died; its pane is on the way out.
    Clearing {
        op: Op,
        pane: PaneId,
        plan: Option<Plan>,
    },
}

/// What follows once all processes of a unit are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Then {
    /// It was sent away.
    Stop,
    /// A person wants it back.
    Start,
    /// It lost its pane; what happens is decided as after any death. `server`: with all others.
    Heal { ending: Ending, server: bool },
}

/// How a usage limit concerns a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::supervise) enum Held {
    #[default]
    No,
    /// Its account is on hold, though it has not shown the limit itself: it is not started.
    Account,
    /// It showed the limit: nothing is done about it.
    Member,
}

/// A process that an earlier watchdog knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::supervise) struct Known {
    pub(super) pid: i32,
    /// Since when it was silent.
    pub(super) silent_since: Option<Duration>,
    /// The phase that it was started for.
    pub(super) phase: Option<usize>,
}
