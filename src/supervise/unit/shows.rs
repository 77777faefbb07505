//! What a unit's screen shows, and what follows from that by time.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::looks::Why;
use super::{Context, Held, Life, Report, Unit};
use crate::detect::{self, Seen as Showing, Waiting};
use crate::supervise::Mutant;
use crate::supervise::budget::rough;
use crate::supervise::fact::Fact;
use crate::supervise::holds::add;
use crate::supervise::input::Foreign;
use crate::supervise::spec::Care;
use crate::supervise::timer::{At, Timer};

impl Unit {
    /// Its screen shows something else than before.
    pub(in crate::supervise) fn shows(
        &mut self,
        ctx: &mut Context<'_>,
        pane: PaneId,
        fact: detect::Fact,
    ) {
        if self.runs_in() == Some(pane) {
            self.take_fact(ctx, fact);
        }
    }

    /// Takes in what its screen shows, from the stream or from tmux.
    pub(super) fn take_fact(&mut self, ctx: &mut Context<'_>, fact: detect::Fact) {
        let before = self.showing();
        let dialog_before = self.dialog().map(str::to_owned);
        let state = fact.state;
        let limit_before = self.shown.as_ref().and_then(|fact| fact.limit.clone());
        if state != Showing::Unknown {
            self.settling = false;
            self.timers.clear(Timer::Starting);
        }
        if state == Showing::Idle && before != Showing::Idle {
            self.retry_letters();
        }
        let waiting = fact.waiting;
        let knew = self.shown.as_ref().is_some_and(|fact| fact.no_conversation);
        let useless =
            fact.no_conversation && !knew || state == Showing::Fatal && before != Showing::Fatal;
        let limit_news =
            state == Showing::Limited && (before != state || fact.limit != limit_before);
        self.shown = Some(fact.clone());
        if state != Showing::Fatal {
            self.timers.clear(Timer::Fatal);
        } else if before != Showing::Fatal || !self.timers.is_set(Timer::Fatal) {
            let at = ctx.now.mono.saturating_add(ctx.policy.signal_interval);
            self.timers.set_mono(Timer::Fatal, at);
        }
        if self.resumed && useless && self.care() != Care::None {
            let early = self.ran_at_most(ctx.policy.resume_trial, ctx);
            if early && self.looking.is_none() {
                self.look(ctx, Why::BadResume);
            }
        }
        if state == Showing::Login && before != Showing::Login {
            ctx.announce(Fact::NeedsLogin {
                unit: self.name.clone(),
                rows: fact.rows.clone(),
            });
        }
        self.watch_limit(ctx, limit_news, fact);
        self.take_waiting(ctx, waiting);
        if state == Showing::Working {
            *ctx.remember |= std::mem::take(&mut self.full);
        }
        self.watch_dialog(ctx, dialog_before.as_deref());
        self.watch_retries(ctx);
        self.watch_silence(ctx);
    }

    /// To try again by itself counts as activity, but not for ever.
    fn watch_retries(&mut self, ctx: &Context<'_>) {
        match self.showing() {
            Showing::Retrying => {
                let since = *self.retrying_since.get_or_insert(ctx.now.mono);
                if !self.retries_long {
                    let at = since.saturating_add(ctx.policy.retrying_max);
                    self.timers.set_mono(Timer::Retrying, at);
                }
            }
            Showing::Unknown => {}
            _ => self.forget_retries(),
        }
    }

    pub(super) fn forget_retries(&mut self) {
        (self.retrying_since, self.retries_long) = (None, false);
        self.timers.clear(Timer::Retrying);
    }

    /// It has tried again by itself for so long, without work in between, that it counts as silent
    /// from now on.
    pub(super) fn retries_too_long(&mut self, ctx: &mut Context<'_>) {
        if self.showing() != Showing::Retrying || std::mem::replace(&mut self.retries_long, true) {
            return;
        }
        let span = rough(ctx.policy.retrying_max);
        let then = match self.care() {
            Care::HealAndStall => "it counts as silent from now on",
            _ => "it is left alone",
        };
        ctx.announce(Fact::Told {
            unit: self.name.clone(),
            text: format!(
                "it has been trying again by itself for {span}, without work in between; {then}"
            ),
        });
        self.watch_silence(ctx);
    }

    fn watch_limit(&mut self, ctx: &mut Context<'_>, news: bool, fact: detect::Fact) {
        let mut report = |report| ctx.reports.push((self.name.clone(), report));
        match fact.state {
            Showing::Limited => {
                self.timers.clear(Timer::LimitGone);
                self.timers.clear(Timer::Resume);
                if news || self.held != Held::Member {
                    report(Report::Limited(fact));
                }
            }
            Showing::Working => {
                self.timers.clear(Timer::LimitGone);
                self.timers.clear(Timer::Resume);
                report(Report::Works);
            }
            _ if self.held == Held::Member && !self.timers.is_set(Timer::LimitGone) => {
                // It may be repainted in a moment.
                let at = ctx.now.mono.saturating_add(ctx.policy.limit_settle);
                self.timers.set_mono(Timer::LimitGone, at);
            }
            _ => {}
        }
    }

    /// Takes in until when it says that it waits.
    pub(super) fn take_waiting(&mut self, ctx: &mut Context<'_>, marker: Option<Waiting>) {
        let known = self.waiting.as_ref().map(|(marker, _)| marker);
        if known == marker.as_ref() {
            return;
        }
        self.stall_told = false;
        *ctx.remember |= self.care() == Care::HealAndStall;
        self.waiting = marker.map(|marker| {
            let latest = add(ctx.now.wall, ctx.policy.waiting_max);
            let until = marker.until(&ctx.policy.zone);
            if until > latest && self.care() == Care::HealAndStall {
                ctx.announce(Fact::WaitsTooLong {
                    unit: self.name.clone(),
                    until,
                    held_to: latest,
                });
            }
            (marker, latest)
        });
        self.set_stall_timer(ctx);
    }

    /// Silence begins when it no longer shows activity, and ends when it does.
    fn watch_silence(&mut self, ctx: &mut Context<'_>) {
        match self.showing() {
            Showing::Idle | Showing::Unknown | Showing::Fatal => self.falls_silent(ctx),
            Showing::Retrying if self.retries_long => self.falls_silent(ctx),
            _ => {
                if self.silent_since.take().is_some() {
                    *ctx.remember |= self.care() == Care::HealAndStall;
                }
                self.nudged = false;
                self.stall_told = false;
            }
        }
        self.set_stall_timer(ctx);
    }

    fn falls_silent(&mut self, ctx: &mut Context<'_>) {
        if self.silent_since.is_none() {
            self.silent_since = Some(ctx.now.mono);
            *ctx.remember |= self.care() == Care::HealAndStall;
        }
    }

    /// Whether what it shows is no activity, however it goes on.
    fn shows_nothing(&self) -> bool {
        match self.showing() {
            Showing::Idle | Showing::Unknown => true,
            Showing::Retrying => self.retries_long,
            _ => false,
        }
    }

    /// Until when it may be silent.
    pub(super) fn stall_deadline(&self, ctx: &Context<'_>) -> Option<At> {
        let spec = self.spec.as_ref()?;
        let counts = self.shows_nothing()
            && spec.care == Care::HealAndStall
            && self.held != Held::Member
            && matches!(self.life, Life::Running { .. });
        let silent_since = self.silent_since.filter(|_| counts)?;
        Some(match self.waits_until(ctx.policy) {
            Some(until) => match add(until, ctx.policy.stall_grace) {
                at if at <= ctx.now.wall && ctx.now.mono < self.late_from => {
                    At::Mono(self.late_from)
                }
                at => At::Wall(at),
            },
            None => At::Mono(silent_since.saturating_add(spec.stall_idle)),
        })
    }

    /// Waits for the end of its patience, if it has to have any.
    pub(super) fn set_stall_timer(&mut self, ctx: &Context<'_>) {
        if self.care() == Care::HealAndStall
            && self.silent_since.is_none()
            && matches!(self.life, Life::Running { .. })
            && self.shows_nothing()
        {
            self.silent_since = Some(ctx.now.mono);
        }
        match self.stall_deadline(ctx) {
            Some(at) if !self.stall_told && self.doomed.is_none() && self.latched.is_none() => {
                self.timers.set(Timer::Stall, at)
            }
            _ => self.timers.clear(Timer::Stall),
        }
    }

    /// Another program than its own runs in its pane, or no longer.
    pub(in crate::supervise) fn runs(
        &mut self,
        ctx: &mut Context<'_>,
        pid: i32,
        foreign: Option<Foreign>,
    ) {
        if self.running().map(|(_, pid)| pid) != Some(pid) || foreign == self.foreign {
            return;
        }
        self.foreign = foreign;
        if self.foreign.is_some() && self.care() != Care::None {
            self.look(ctx, Why::Foreign);
        }
    }

    /// Whether a usage limit concerns it, as the fleet's machine says.
    pub(in crate::supervise) fn set_held(&mut self, ctx: &mut Context<'_>, held: Held) {
        if self.held == held {
            return;
        }
        self.held = held;
        if held == Held::Member {
            self.doomed = None;
            self.timers.clear(Timer::Start);
            if let Life::Due(plan) | Life::Queued(plan) = self.life
                && !plan.asked
            {
                self.life = Life::Absent;
            }
        } else {
            self.timers.clear(Timer::LimitGone);
        }
        self.set_stall_timer(ctx);
        self.set_answer_timer(ctx);
        self.restart_for_phase(ctx);
    }

    /// It goes on after a limit: after this time.
    pub(in crate::supervise) fn resume_after(&mut self, ctx: &Context<'_>, delay: Duration) {
        self.timers
            .set_mono(Timer::Resume, ctx.now.mono.saturating_add(delay));
    }

    /// Waits for its next regular turn.
    pub(super) fn set_wake_timer(&mut self, ctx: &mut Context<'_>) {
        let interval = self
            .spec
            .as_ref()
            .filter(|spec| spec.enabled)
            .and_then(|spec| spec.wake);
        let Some(interval) = interval else {
            self.timers.clear(Timer::Wake);
            return;
        };
        let since = match self.woken {
            // A clock that was set back must not put the next turn off.
            Some(woken) if woken <= ctx.now.wall => woken,
            _ => {
                *ctx.remember = true;
                ctx.now.wall
            }
        };
        self.woken = Some(since);
        let interval = if ctx.policy.breaks(Mutant::WakesTooOften) {
            interval / 4
        } else {
            interval
        };
        self.timers.set(Timer::Wake, At::Wall(add(since, interval)));
    }

    /// The wall clock was set: what waits by it is worked out anew.
    pub(in crate::supervise) fn clock_was_set(&mut self, ctx: &mut Context<'_>, back: bool) {
        if back {
            // What it is held to lies as far ahead as before.
            let latest = add(ctx.now.wall, ctx.policy.waiting_max);
            if let Some((_, held_to)) = &mut self.waiting {
                *held_to = latest.min(*held_to);
            }
        } else {
            // After a suspend it has to wake up first.
            self.late_from = ctx.now.mono.saturating_add(ctx.policy.stall_grace);
        }
        self.set_wake_timer(ctx);
        self.set_stall_timer(ctx);
    }

    /// When it was last known to have been silent: for a memory that is older than its reader.
    pub(in crate::supervise) fn forget_time_away(&mut self, away: Duration) {
        if let Some(silent) = self
            .known
            .as_mut()
            .and_then(|known| known.silent_since.as_mut())
        {
            *silent = silent.saturating_add(away);
        }
    }

    /// Since when it waits to be woken.
    #[must_use]
    pub fn woken(&self) -> Option<Timestamp> {
        self.woken
    }
}
