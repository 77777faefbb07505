//! One agent or service: what it does, and what a change means for it.

mod asks;
mod events;
mod results;

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::input::{Action, Ending, Fact, Now, Op, UnitName, UnitSpec};
use super::{Backoff, Policy};
use crate::detect::{self, Seen as Showing};

/// What a unit is seen to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// It does not run, and nothing is wrong with that.
    Stopped,
    /// A start is under way.
    Starting,
    /// Its process ended with 0.
    Exited,
    /// Its process ended otherwise, or could not be started.
    Failed,
    /// It runs, and its screen shows this.
    Running(Showing),
}

/// What a unit's machine needs of the fleet's while it handles one input.
pub(in crate::supervise) struct Context<'a> {
    pub(in crate::supervise) policy: &'a Policy,
    pub(in crate::supervise) now: Now,
    /// tmux can be reached and what runs there is known, so that a start makes no twin.
    pub(in crate::supervise) ready: bool,
    /// What was asked of the whole fleet.
    pub(in crate::supervise) fleet: Option<bool>,
    pub(in crate::supervise) last_op: &'a mut u64,
    pub(in crate::supervise) remember: &'a mut bool,
    pub(in crate::supervise) out: &'a mut Vec<Action>,
}

impl Context<'_> {
    fn op(&mut self) -> Op {
        *self.last_op += 1;
        Op(*self.last_op)
    }

    fn announce(&mut self, fact: Fact) {
        self.out.push(Action::Announce(fact));
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Life {
    /// Nothing runs and nothing is planned.
    Absent,
    /// A start is due at this time of the monotonic clock; `asked`: a person waits for it, and
    /// only tmux is missing.
    Due { at: Duration, asked: bool },
    /// A start is under way; `old` is the process that it replaces.
    Starting {
        op: Op,
        old: Option<(PaneId, i32)>,
        unwanted: bool,
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
    /// It died; its pane is on the way out.
    Clearing {
        op: Op,
        pane: PaneId,
        due: Option<Duration>,
    },
}

/// What follows once all processes of a unit are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    /// A person sent it away.
    Stop,
    /// A person wants it back.
    Start,
    /// It lost its pane; what happens is decided as after any death.
    Heal { ending: Ending },
}

/// One agent or service.
#[derive(Debug, Clone)]
pub struct Unit {
    name: UnitName,
    spec: Option<UnitSpec>,
    pub(in crate::supervise) wanted: Option<bool>,
    pub(in crate::supervise) backoff: Backoff,
    pub(in crate::supervise) done: bool,
    life: Life,
    ending: Option<Ending>,
    failure: Option<String>,
    /// What its screen was last seen to show, since it runs where it does.
    shown: Option<detect::Fact>,
    judged: Judgement,
    since: Timestamp,
}

impl Unit {
    pub(in crate::supervise) fn new(name: UnitName, now: Now) -> Self {
        Self {
            name,
            spec: None,
            wanted: None,
            backoff: Backoff::default(),
            done: false,
            life: Life::Absent,
            ending: None,
            failure: None,
            shown: None,
            judged: Judgement::Stopped,
            since: now.wall,
        }
    }

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
            Life::Absent | Life::Due { .. } => false,
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

    /// How many restarts still count.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.backoff.restarts()
    }

    /// When the next start is due, on the monotonic clock.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        match self.life {
            Life::Due { at, .. } => Some(at),
            Life::Clearing { due, .. } => due,
            _ => None,
        }
    }

    /// Whether no action for it is under way, so that a request that waits for it can go on.
    #[must_use]
    pub fn settled(&self) -> bool {
        matches!(
            self.life,
            Life::Absent | Life::Due { asked: false, .. } | Life::Running { .. }
        )
    }

    /// Whether it is gone from the config and from tmux, so that it can be forgotten.
    pub(in crate::supervise) fn forgotten(&self) -> bool {
        self.spec.is_none() && self.life == Life::Absent
    }

    pub(in crate::supervise) fn configure(&mut self, spec: Option<UnitSpec>) {
        self.spec = spec;
    }

    fn heals(&self, ctx: &Context<'_>) -> bool {
        let watched = self.spec.as_ref().is_some_and(|spec| spec.watched);
        watched && !self.done && self.wanted(ctx.fleet) == Some(true)
    }

    /// When this unit wants to be looked at next if nothing happens.
    pub(in crate::supervise) fn deadline(&self, policy: &Policy, ready: bool) -> Option<Duration> {
        match self.life {
            Life::Due { at, .. } if ready => Some(at),
            Life::Running { since, .. } if self.backoff.restarts() > 0 => {
                Some(since.saturating_add(policy.healthy_after))
            }
            _ => None,
        }
    }

    /// Its screen shows something else than before.
    pub(in crate::supervise) fn shows(&mut self, pane: PaneId, fact: detect::Fact) {
        if self.runs_in() == Some(pane) {
            self.shown = Some(fact);
        }
    }

    /// A deadline may have passed.
    pub(in crate::supervise) fn tick(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Due { at, .. } if at <= ctx.now.mono => self.begin(ctx, false),
            Life::Running { since, .. }
                if self.backoff.restarts() > 0
                    && since.saturating_add(ctx.policy.healthy_after) <= ctx.now.mono =>
            {
                self.backoff.forgive();
                *ctx.remember = true;
            }
            _ => {}
        }
    }

    /// Judges it anew, and tells when that changed.
    pub(in crate::supervise) fn judge(&mut self, ctx: &mut Context<'_>) {
        let judged = match (&self.life, &self.failure, &self.ending) {
            (Life::Starting { old: Some(_), .. }, ..) => self.judged,
            (Life::Starting { .. }, ..) => Judgement::Starting,
            (Life::Running { .. } | Life::Ending { .. }, ..) => {
                let shown = self.shown.as_ref();
                Judgement::Running(shown.map_or(Showing::Unknown, |fact| fact.state))
            }
            (_, Some(_), _) => Judgement::Failed,
            (_, None, Some(ending)) if ending.status == Some(0) => Judgement::Exited,
            (_, None, Some(_)) => Judgement::Failed,
            (Life::Due { .. }, None, None) => Judgement::Starting,
            (_, None, None) => Judgement::Stopped,
        };
        if judged != self.judged {
            let from = std::mem::replace(&mut self.judged, judged);
            self.since = ctx.now.wall;
            ctx.announce(Fact::State {
                unit: self.name.clone(),
                from,
                to: judged,
                shown: self.shown.clone(),
            });
        }
    }
}
