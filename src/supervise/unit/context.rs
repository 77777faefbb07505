//! What a unit's machine and the fleet's have to do with each other.

use crate::detect;
use crate::supervise::dice::Dice;
use crate::supervise::fact::Fact;
use crate::supervise::input::{Now, Op, UnitName};
use crate::supervise::letter::{Purpose, Receipt};
use crate::supervise::{Action, Policy};

/// What a unit's machine needs of the fleet's while it handles one input.
pub(in crate::supervise) struct Context<'a> {
    pub(in crate::supervise) policy: &'a Policy,
    pub(in crate::supervise) now: Now,
    /// tmux can be reached and what runs there is known, so that a start makes no twin.
    pub(in crate::supervise) ready: bool,
    /// What was asked of the whole fleet.
    pub(in crate::supervise) fleet: Option<bool>,
    /// Nothing is done about any unit.
    pub(in crate::supervise) paused: bool,
    /// The sequence is complete: its loop agents have ended, and nobody is woken.
    pub(in crate::supervise) complete: bool,
    /// The phase that starts are made for.
    pub(in crate::supervise) phase: Option<usize>,
    /// An incident is under way, in which the fleet says who starts when.
    pub(in crate::supervise) storm: bool,
    /// How many more units may be starting.
    pub(in crate::supervise) slots: usize,
    pub(in crate::supervise) dice: &'a mut Dice,
    pub(in crate::supervise) last_op: &'a mut u64,
    pub(in crate::supervise) remember: &'a mut bool,
    /// What the fleet's machine has to know.
    pub(in crate::supervise) reports: &'a mut Vec<(UnitName, Report)>,
    pub(in crate::supervise) out: &'a mut Vec<Action>,
}

/// What a unit's machine tells the fleet's.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::supervise) enum Report {
    /// It failed: it died, lost its pane or could not be started.
    Failed,
    /// Its server went away.
    LostServer,
    /// It shows a usage limit, or shows it in other words.
    Limited(detect::Fact),
    /// It works.
    Works,
    /// It has not shown a limit for a while.
    LimitGone,
    /// A text was typed, or not.
    Typed(Purpose, Receipt),
    /// A process of it began to run.
    Runs,
    /// Its pause after a limit is over, and it still runs and shows the limit.
    GoesOn,
}

impl Context<'_> {
    pub(in crate::supervise) fn op(&mut self) -> Op {
        *self.last_op += 1;
        Op(*self.last_op)
    }

    pub(in crate::supervise) fn announce(&mut self, fact: Fact) {
        self.out.push(Action::Announce(fact));
    }
}
