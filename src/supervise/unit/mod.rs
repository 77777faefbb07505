//! One agent or service: what it does, and what a change means for it.

mod asks;
mod events;
mod looks;
mod post;
mod results;
mod shows;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use super::budget::{Budget, Verdict};
use super::dice::Dice;
use super::fact::{Cause, Fact};
use super::input::{Ending, Foreign, Now, Op, UnitName};
use super::letter::{Letter, Purpose, Receipt};
use super::memory::UnitMemory;
use super::spec::{Care, UnitKind, UnitSpec};
use super::timer::{Timer, Timers};
use super::{Action, Mutant, Policy};
use crate::detect::{self, Seen as Showing};
use looks::Why;

/// What a unit is seen to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// When and how a unit starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::supervise) struct Plan {
    /// At this time of the monotonic clock.
    at: Duration,
    /// A person waits for it.
    asked: bool,
    /// With a new conversation.
    fresh: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Life {
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
enum Then {
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
    pid: i32,
    /// Since when it was silent.
    silent_since: Option<Duration>,
    /// The phase that it was started for.
    phase: Option<usize>,
}

/// One agent or service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unit {
    name: UnitName,
    spec: Option<UnitSpec>,
    pub(in crate::supervise) wanted: Option<bool>,
    pub(in crate::supervise) paused: bool,
    pub(in crate::supervise) budget: Budget,
    pub(in crate::supervise) done: bool,
    /// It has failed for good, and why.
    pub(in crate::supervise) latched: Option<String>,
    pub(in crate::supervise) held: Held,
    life: Life,
    ending: Option<Ending>,
    failure: Option<String>,
    /// What its screen was last seen to show, since it runs where it does.
    shown: Option<detect::Fact>,
    /// What of a program that should not be there was seen.
    foreign: Option<Foreign>,
    /// It was started with the id of a conversation, which has not proved right yet.
    resumed: bool,
    /// Its prompt is being typed.
    prompting: bool,
    /// It was running when the watchdog came.
    adopted: bool,
    /// It counts as starting until its screen shows something.
    settling: bool,
    /// The phase that it runs for, as far as that is known.
    phase: Option<usize>,
    /// It has to be started anew by a person's word, as soon as that can be.
    anew: bool,
    /// It has to be started anew for another phase, as soon as that can be.
    to_phase: Option<String>,
    looking: Option<(Op, Why)>,
    /// A restart that waits for its time, and is confirmed before it happens.
    doomed: Option<Cause>,
    letters: VecDeque<Letter>,
    typing: Option<(Op, Letter)>,
    /// What an earlier watchdog was typing into this process when it ended.
    left: Option<Letter>,
    /// How often the text that was typed last did not arrive.
    tries: u32,
    /// Why the first text in the queue waits, as it was told; empty: it cannot be typed yet.
    told_waiting: Option<String>,
    silent_since: Option<Duration>,
    nudged: bool,
    stall_told: bool,
    /// The marker that it waits by, and the latest time that it may name.
    waiting: Option<(detect::Waiting, Timestamp)>,
    /// Before this time of the monotonic clock it is not late, whatever it waits for: the wall clock
    /// was set.
    late_from: Duration,
    pub(in crate::supervise) woken: Option<Timestamp>,
    /// What a dry run told last.
    would: Option<String>,
    pub(in crate::supervise) timers: Timers,
    judged: Judgement,
    since: Timestamp,
    /// The process that an earlier watchdog knew.
    known: Option<Known>,
}

impl Unit {
    pub(in crate::supervise) fn new(name: UnitName, now: Now) -> Self {
        Self {
            name,
            spec: None,
            wanted: None,
            paused: false,
            budget: Budget::default(),
            done: false,
            latched: None,
            held: Held::No,
            life: Life::Absent,
            ending: None,
            failure: None,
            shown: None,
            foreign: None,
            resumed: false,
            prompting: false,
            adopted: false,
            settling: false,
            phase: None,
            anew: false,
            to_phase: None,
            looking: None,
            doomed: None,
            letters: VecDeque::new(),
            typing: None,
            left: None,
            tries: 0,
            told_waiting: None,
            silent_since: None,
            nudged: false,
            stall_told: false,
            waiting: None,
            late_from: Duration::ZERO,
            woken: None,
            would: None,
            timers: Timers::default(),
            judged: Judgement::Stopped,
            since: now.wall,
            known: None,
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

    /// What its screen shows, unknown if it does not run.
    pub(in crate::supervise) fn showing(&self) -> Showing {
        self.shown().map_or(Showing::Unknown, |fact| fact.state)
    }

    /// Whether ao brings it back by itself.
    pub(in crate::supervise) fn heals(&self, ctx: &Context<'_>) -> bool {
        let over = ctx.complete && self.kind() == UnitKind::Loop;
        let breaks = |rule| ctx.policy.breaks(rule);
        self.care() != Care::None
            && !self.done
            && !over
            && self.latched.is_none()
            && (self.held == Held::No || breaks(Mutant::StartsTheLimited))
            && (self.wanted(ctx.fleet) == Some(true) || breaks(Mutant::HealsTheUnwanted))
    }

    /// Whether ao may act on it by itself; in a dry run what it would do is told instead.
    pub(in crate::supervise) fn may_act(&mut self, ctx: &mut Context<'_>, what: &str) -> bool {
        if (self.paused || ctx.paused) && !ctx.policy.breaks(Mutant::ActsThroughPauses) {
            return false;
        }
        if !ctx.policy.dry_run {
            return true;
        }
        if self.would.as_deref() != Some(what) {
            self.would = Some(what.to_owned());
            ctx.announce(Fact::Would {
                unit: Some(self.name.clone()),
                what: what.to_owned(),
            });
        }
        false
    }

    /// What an earlier watchdog remembered of it.
    pub(in crate::supervise) fn recall(&mut self, memory: &UnitMemory, ctx: &mut Context<'_>) {
        self.budget = memory.budget.clone();
        self.done = memory.done;
        self.latched.clone_from(&memory.latched);
        self.paused = memory.paused;
        self.nudged = memory.nudged;
        self.waiting = memory.waiting;
        self.woken = memory.woken;
        self.letters = memory.letters.iter().cloned().collect();
        self.known = memory.pid.map(|pid| Known {
            pid,
            silent_since: memory.silent_since,
            phase: memory.phase,
        });
        self.left = memory.typing.clone().or_else(|| memory.left.clone());
        if let Some(letter) = memory.typing.clone() {
            *ctx.remember = true;
            self.tell_post(ctx, &letter, super::Post::Unknown);
        }
    }

    /// What the next watchdog has to know of it.
    pub(in crate::supervise) fn memory(&self) -> UnitMemory {
        let running = self.running().map(|(_, pid)| Known {
            pid,
            silent_since: self.silent_since,
            phase: self.phase,
        });
        let known = running.or(self.known);
        UnitMemory {
            budget: self.budget.clone(),
            done: self.done,
            latched: self.latched.clone(),
            paused: self.paused,
            pid: known.map(|known| known.pid),
            phase: known.and_then(|known| known.phase),
            silent_since: known.and_then(|known| known.silent_since),
            nudged: self.nudged,
            waiting: self.waiting,
            woken: self.woken,
            letters: self.letters.iter().cloned().collect(),
            typing: self.typing.as_ref().map(|(_, letter)| letter.clone()),
            left: self.left.clone(),
        }
    }

    /// It has failed for good.
    fn give_up(&mut self, ctx: &mut Context<'_>, reason: String) {
        *ctx.remember = true;
        self.latched = Some(reason.clone());
        ctx.announce(Fact::GaveUp {
            unit: self.name.clone(),
            reason,
        });
    }

    /// Spends one restart, or gives up.
    fn spend(&mut self, ctx: &mut Context<'_>, cause: &Cause) -> Option<Duration> {
        *ctx.remember = true;
        if ctx.policy.breaks(Mutant::SpendsWithoutEnd) {
            self.budget = Budget::default();
        }
        match self.budget.spend(ctx.policy, ctx.now.mono, ctx.dice) {
            Verdict::After(delay) => {
                self.tell_restart(ctx, self.budget.in_a_row(), delay, cause.clone());
                Some(delay)
            }
            Verdict::GiveUp(reason) => {
                self.give_up(ctx, reason);
                None
            }
        }
    }

    fn tell_restart(&self, ctx: &mut Context<'_>, attempt: u32, delay: Duration, cause: Cause) {
        if ctx.policy.breaks(Mutant::RestartsInSilence) {
            return;
        }
        ctx.announce(Fact::Restart {
            unit: self.name.clone(),
            attempt,
            delay,
            cause,
        });
    }

    /// Deadlines of its own that have come.
    pub(in crate::supervise) fn tick(&mut self, ctx: &mut Context<'_>) {
        while let Some(timer) = self.timers.take_due(ctx.now) {
            match timer {
                Timer::Start => self.start_is_due(ctx),
                Timer::Healthy => {
                    self.budget.forgive();
                    self.resumed = false;
                    *ctx.remember = true;
                }
                Timer::Starting => self.settling = false,
                Timer::Fatal if ctx.policy.breaks(Mutant::LeavesTheFatal) => {}
                Timer::Fatal => self.look(ctx, Why::Fatal),
                Timer::Foreign => self.look(ctx, Why::Foreign),
                Timer::Stall => self.look(ctx, Why::Stall),
                Timer::LimitGone => ctx.reports.push((self.name.clone(), Report::LimitGone)),
                Timer::Resume => self.goes_on(ctx),
                Timer::Wake => self.wake(ctx),
                // What waits is looked at after every input.
                _ => {}
            }
        }
        self.restart_as_asked(ctx);
        self.restart_for_phase(ctx);
        self.type_next(ctx);
    }

    /// Judges it anew, and tells when that changed.
    pub(in crate::supervise) fn judge(&mut self, ctx: &mut Context<'_>) {
        let judged = match (&self.life, &self.failure, &self.ending) {
            (Life::Starting { old: Some(_), .. }, ..) => self.judged,
            (Life::Starting { .. }, ..) => Judgement::Starting,
            (Life::Running { .. } | Life::Ending { .. }, ..) => Judgement::Running(self.showing()),
            (_, Some(_), _) => Judgement::Failed,
            (_, None, Some(ending)) if ending.status == Some(0) => Judgement::Exited,
            (_, None, Some(_)) => Judgement::Failed,
            (Life::Due(_) | Life::Queued(_), None, None) => Judgement::Starting,
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
