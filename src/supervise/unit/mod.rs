//! One agent or service: what it does, and what a change means for it.

mod answers;
mod asks;
mod context;
mod events;
mod known;
mod life;
mod looks;
mod memory;
mod post;
mod results;
mod shows;
mod starts;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use super::Mutant;
use super::answer::Attempt;
use super::budget::{Budget, Verdict};
use super::fact::{Cause, Fact};
use super::input::{Ending, Foreign, Now, Op, UnitName};
use super::letter::Letter;
use super::spec::{Care, UnitKind, UnitSpec};
use super::timer::{Timer, Timers};
use crate::detect::{self, Seen as Showing};
use life::{Known, Life, Plan, Then};
use looks::Why;

pub(in crate::supervise) use context::{Context, Report};
pub(in crate::supervise) use life::Held;

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
    /// The process of it whose death was told last.
    buried: Option<(PaneId, i32)>,
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
    /// How often in a row it was no good moment to type.
    waits: u32,
    /// The answer that is being given to a dialog.
    answering: Option<(Op, String)>,
    /// How far the answer to the dialog has come that stands there, or stood there last.
    answer: Option<Attempt>,
    /// Why that could not be given, as it was told, and how often in a row.
    answer_waits: Option<(String, u32)>,
    /// When a dialog last went.
    dialog_gone: Option<Duration>,
    /// Its conversation is full: its next start begins another.
    full: bool,
    /// Since when it tries again by itself, without work in between.
    retrying_since: Option<Duration>,
    /// It has done so for too long, and that was told.
    retries_long: bool,
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
            buried: None,
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
            waits: 0,
            answering: None,
            answer: None,
            answer_waits: None,
            dialog_gone: None,
            full: false,
            retrying_since: None,
            retries_long: false,
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
                Timer::Answer => self.answer_is_due(ctx),
                Timer::Retrying => self.retries_too_long(ctx),
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
