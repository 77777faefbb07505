//! What is known of a unit.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::life::Life;
use super::{Judgement, Unit};
use crate::detect::{self, Seen as Showing};
use crate::supervise::Policy;
use crate::supervise::budget::Budget;
use crate::supervise::input::{Ending, UnitName};
use crate::supervise::spec::{Care, UnitKind, UnitSpec};

impl Unit {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &UnitName {
        &self.name
    }

    /// What the config says of it; none once it was removed there.
    #[must_use]
    pub fn spec(&self) -> Option<&UnitSpec> {
        self.spec.as_ref()
    }

    /// What a person last asked for, with the whole fleet's wish where none was made by name.
    #[must_use]
    pub fn wanted(&self, fleet: Option<bool>) -> Option<bool> {
        self.wanted.or_else(|| {
            let enabled = self.spec.as_ref().is_some_and(|spec| spec.enabled);
            (fleet == Some(true) && enabled).then_some(true)
        })
    }

    /// What it does.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        self.judged
    }

    /// Since when it does that.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// What its screen was last seen to show, while it runs.
    #[must_use]
    pub fn shown(&self) -> Option<&detect::Fact> {
        self.shown.as_ref().filter(|_| self.running().is_some())
    }

    /// Its pane and its process, while it runs or is being ended.
    #[must_use]
    pub fn running(&self) -> Option<(PaneId, i32)> {
        match self.life {
            Life::Running { pane, pid, .. } | Life::Ending { pane, pid, .. } => Some((pane, pid)),
            Life::Starting { old, .. } => old,
            _ => None,
        }
    }

    /// The pane that it runs in, unless something is just being done about it.
    #[must_use]
    pub fn runs_in(&self) -> Option<PaneId> {
        match self.life {
            Life::Running { pane, .. } => Some(pane),
            _ => None,
        }
    }

    /// Whether something is, or may be, done with this pane.
    #[must_use]
    pub fn holds(&self, pane: PaneId) -> bool {
        match self.life {
            Life::Absent | Life::Due(_) | Life::Queued(_) | Life::Surviving { .. } => false,
            Life::Starting { .. } => true,
            Life::Running { pane: own, .. }
            | Life::Ending { pane: own, .. }
            | Life::Clearing { pane: own, .. } => own == pane,
        }
    }

    /// How its last process ended.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// Why its last start failed; none once a start worked.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Why it has failed for good, if it has: nothing is tried any more before a person asks.
    #[must_use]
    pub fn latched(&self) -> Option<&str> {
        self.latched.as_deref()
    }

    /// Whether nothing is done about it by itself.
    #[must_use]
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// Since when it shows no activity, on the monotonic clock.
    #[must_use]
    pub fn silent_since(&self) -> Option<Duration> {
        self.silent_since
    }

    /// Until when it says that it waits, as far as it may.
    #[must_use]
    pub fn waits_until(&self, policy: &Policy) -> Option<Timestamp> {
        let (marker, latest) = self.waiting.as_ref()?;
        Some(marker.until(&policy.zone).min(*latest))
    }

    /// How many texts wait for it.
    #[must_use]
    pub fn letters(&self) -> usize {
        self.letters.len() + usize::from(self.typing.is_some())
    }

    /// The restarts that count.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Whether what runs was taken over, and nothing was heard of its screen yet.
    pub(in crate::supervise) fn is_adopted(&self) -> bool {
        self.adopted
    }

    /// When the next start is due, on the monotonic clock.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        match self.life {
            Life::Due(plan) => Some(plan.at),
            Life::Clearing { plan, .. } => plan.map(|plan| plan.at),
            _ => None,
        }
    }

    /// Whether no action for it is under way, so that a request that waits for it can go on.
    #[must_use]
    pub fn settled(&self) -> bool {
        match self.life {
            Life::Absent | Life::Due(_) => true,
            Life::Running { .. } => !self.anew,
            Life::Queued(plan) => !plan.asked,
            _ => false,
        }
    }

    /// Whether it takes one of the places for those that are starting.
    pub(in crate::supervise) fn is_starting(&self) -> bool {
        self.settling || matches!(self.life, Life::Starting { .. })
    }

    /// Whether it is gone from the config and from tmux, so that it can be forgotten.
    pub(in crate::supervise) fn forgotten(&self) -> bool {
        self.spec.is_none() && self.life == Life::Absent
    }

    pub(in crate::supervise) fn kind(&self) -> UnitKind {
        self.spec
            .as_ref()
            .map_or(UnitKind::Resident, |spec| spec.kind)
    }

    pub(in crate::supervise) fn care(&self) -> Care {
        self.spec.as_ref().map_or(Care::None, |spec| spec.care)
    }

    /// Whether its screen shows a cap on spending.
    pub(in crate::supervise) fn shows_cap(&self) -> bool {
        let limit = self.shown().and_then(|fact| fact.limit.as_ref());
        self.showing() == Showing::Limited && limit.is_some_and(|limit| limit.hard)
    }

    /// Whether its screen shows that its conversation is full.
    pub(super) fn shows_full(&self) -> bool {
        self.shown().is_some_and(is_full)
    }

    /// What its screen shows, unknown if it does not run.
    pub(in crate::supervise) fn showing(&self) -> Showing {
        self.shown().map_or(Showing::Unknown, |fact| fact.state)
    }
}

/// Whether a screen shows that a conversation is full.
pub(super) fn is_full(fact: &detect::Fact) -> bool {
    fact.state == Showing::Fatal && fact.full
}
