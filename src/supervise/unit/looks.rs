//! What is looked at again before it is acted on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::known::is_full;
use super::{Context, Held, Life, Report, Unit};
use crate::detect::Seen as Showing;
use crate::supervise::Action;
use crate::supervise::budget::rough;
use crate::supervise::fact::{Cause, Fact, Stall};
use crate::supervise::input::{Foreign, Op, View};
use crate::supervise::letter::{Letter, Purpose};
use crate::supervise::spec::{Care, StallAction};
use crate::supervise::text;
use crate::supervise::timer::{At, Timer};

/// Why it is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Why {
    /// Its fatal screen has stood long enough.
    Fatal,
    /// It has been silent for long enough.
    Stall,
    /// Its pane runs another program.
    Foreign,
    /// A restart that was put off is due.
    Doomed,
    /// It says that there is no conversation to take up.
    BadResume,
}

impl Unit {
    /// Asks for a look. One at a time: whatever else there is to find, it finds.
    pub(super) fn look(&mut self, ctx: &mut Context<'_>, why: Why) {
        let Life::Running { pane, pid, .. } = self.life else {
            return;
        };
        if !ctx.ready || self.looking.is_some() || self.is_being_typed_into() {
            self.look_later(ctx, why, ctx.policy.tmux_retry);
            return;
        }
        let left_alone = self.paused || ctx.paused || self.held == Held::Member;
        if left_alone || !self.may_restart(ctx) {
            self.look_later(ctx, why, ctx.policy.signal_interval);
            return;
        }
        let op = ctx.op();
        self.looking = Some((op, why));
        ctx.out.push(Action::Look {
            unit: self.name.clone(),
            op,
            pane,
            pid,
        });
    }

    /// Tries again after a while.
    fn look_later(&mut self, ctx: &Context<'_>, why: Why, after: Duration) {
        let at = ctx.now.mono.saturating_add(after);
        match why {
            Why::Fatal | Why::BadResume => self.timers.set_mono(Timer::Fatal, at),
            Why::Stall => self.timers.set_mono(Timer::Stall, at),
            Why::Doomed => self.timers.set_mono(Timer::Start, at),
            Why::Foreign => self.timers.set_mono(Timer::Foreign, at),
        }
    }

    pub(in crate::supervise) fn looked(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        view: Result<Box<View>, String>,
    ) {
        let Some((_, why)) = self.looking.take_if(|(op, _)| *op == done) else {
            return;
        };
        if !matches!(self.life, Life::Running { .. }) {
            return;
        }
        let Ok(view) = view else {
            return self.look_later(ctx, why, ctx.policy.tmux_retry);
        };
        // A screen without a past shows no idleness; everything else that it shows is so.
        if view.fact.state != Showing::Unknown {
            self.take_fact(ctx, view.fact.clone());
        } else {
            self.take_waiting(ctx, view.fact.waiting);
        }
        if self.held == Held::Member || !self.may_restart(ctx) {
            // Whatever is wrong with it is nobody's business, until its screen changes.
            self.timers.clear(Timer::Stall);
            return;
        }
        match why {
            Why::Fatal | Why::BadResume => self.confirmed_fatal(ctx, &view),
            Why::Stall => self.confirmed_stall(ctx, &view),
            Why::Foreign => self.confirmed_foreign(ctx, view.foreign),
            Why::Doomed => self.confirmed_doom(ctx, &view),
        }
        // What was just looked at is not looked at again before something is new.
        self.set_stall_timer(ctx);
    }

    fn may_restart(&self, ctx: &Context<'_>) -> bool {
        self.care() != Care::None && !self.is_over(ctx) && self.wanted(ctx.fleet) == Some(true)
    }

    fn confirmed_fatal(&mut self, ctx: &mut Context<'_>, view: &View) {
        if is_full(&view.fact) {
            // To take it up again would cure nothing.
            self.full = true;
            return self.restart(ctx, Cause::Full(view.fact.rows.clone()));
        }
        let resumed = self.resumed && self.ran_at_most(ctx.policy.resume_trial, ctx);
        if view.fact.no_conversation && self.resumed || view.fact.state == Showing::Fatal && resumed
        {
            self.restart(ctx, Cause::BadResume);
        } else if view.fact.state == Showing::Fatal {
            self.restart(ctx, Cause::Fatal(view.fact.rows.clone()));
        } else if self.showing() == Showing::Fatal {
            // The stream says so and tmux does not: whichever is right will show.
            let at = ctx.now.mono.saturating_add(ctx.policy.signal_interval);
            self.timers.set_mono(Timer::Fatal, at);
        }
    }

    fn confirmed_foreign(&mut self, ctx: &mut Context<'_>, foreign: Option<Foreign>) {
        self.foreign.clone_from(&foreign);
        if let Some(Foreign { runs, expected }) = foreign {
            self.restart(ctx, Cause::WrongProgram { runs, expected });
        }
    }

    fn confirmed_doom(&mut self, ctx: &mut Context<'_>, view: &View) {
        let Some(cause) = self.doomed.take() else {
            return;
        };
        let still = match &cause {
            Cause::Fatal(_) | Cause::Full(_) => view.fact.state == Showing::Fatal,
            Cause::Stalled(_) => self.stalled(ctx).is_some(),
            Cause::WrongProgram { .. } => view.foreign.is_some(),
            Cause::BadResume => view.fact.no_conversation || view.fact.state == Showing::Fatal,
            _ => true,
        };
        if still {
            self.replace_now(ctx, &cause);
        } else {
            self.set_stall_timer(ctx);
        }
    }

    /// Restarts a living unit: now, or when its budget says; then it is confirmed once more.
    fn restart(&mut self, ctx: &mut Context<'_>, cause: Cause) {
        if self.latched.is_some() || self.doomed.is_some() || !self.may_act(ctx, "start it anew") {
            return;
        }
        match self.spend(ctx, &cause) {
            Some(Duration::ZERO) => self.replace_now(ctx, &cause),
            Some(delay) => {
                self.doomed = Some(cause);
                self.timers
                    .set_mono(Timer::Start, ctx.now.mono.saturating_add(delay));
            }
            None => {}
        }
        ctx.reports.push((self.name.clone(), Report::Failed));
    }

    fn replace_now(&mut self, ctx: &mut Context<'_>, cause: &Cause) {
        if !self.may_act(ctx, "start it anew") {
            return;
        }
        if ctx.slots == 0 {
            // Too many are starting: it is looked at again before its turn.
            self.doomed = Some(cause.clone());
            let at = ctx.now.mono.saturating_add(ctx.policy.tmux_retry);
            self.timers.set_mono(Timer::Start, at);
            return;
        }
        if let Life::Running { pane, pid, .. } = self.life {
            let fresh = *cause == Cause::BadResume;
            if fresh {
                self.set_resume_aside(ctx);
            }
            self.replace(ctx, (pane, pid), false, fresh);
        }
    }

    /// How it has stalled by now, if it has.
    pub(super) fn stalled(&self, ctx: &Context<'_>) -> Option<Stall> {
        let spec = self.spec.as_ref()?;
        match self.stall_deadline(ctx)? {
            At::Wall(at) if at <= ctx.now.wall => {
                Some(Stall::Overslept(self.waits_until(ctx.policy).unwrap_or(at)))
            }
            At::Mono(at) if at <= ctx.now.mono => {
                let since = self.silent_since.unwrap_or(at);
                Some(Stall::Silent(
                    ctx.now.mono.saturating_sub(since).max(spec.stall_idle),
                ))
            }
            _ => None,
        }
    }

    fn confirmed_stall(&mut self, ctx: &mut Context<'_>, view: &View) {
        let shows = self.spec.as_ref().is_some_and(|spec| spec.shows_activity);
        // Where no pattern can show activity, all output counts.
        if !shows && view.last_output > self.silent_since {
            self.silent_since = view.last_output;
            self.nudged = false;
        }
        let Some(stall) = self.stalled(ctx) else {
            return self.set_stall_timer(ctx);
        };
        let action = self
            .spec
            .as_ref()
            .map(|spec| spec.stall_action)
            .unwrap_or_default();
        match action {
            StallAction::Tell => {
                self.tell_stall(ctx, stall, "it is left alone, as `stall_action` says")
            }
            StallAction::Nudge if !self.nudged => {
                if self.may_act(ctx, "nudge it") {
                    self.tell_stall(ctx, stall, "it is nudged");
                    self.nudged = true;
                    self.waiting = None;
                    self.silent_since = Some(ctx.now.mono);
                    self.post(ctx, Letter::new(Purpose::Nudge, text::nudge()));
                    self.stall_told = false;
                } else {
                    // Nothing is done about it, and it is not looked at again before that changes.
                    self.stall_told = true;
                }
                self.set_stall_timer(ctx);
            }
            StallAction::Nudge | StallAction::Restart => {
                if self.latched.is_none() && self.doomed.is_none() {
                    self.tell_stall(ctx, stall, "it is started anew");
                }
                self.restart(ctx, Cause::Stalled(stall));
            }
        }
    }

    fn tell_stall(&mut self, ctx: &mut Context<'_>, stall: Stall, done: &str) {
        *ctx.remember = true;
        if !std::mem::replace(&mut self.stall_told, true) {
            ctx.announce(Fact::Stalled {
                unit: self.name.clone(),
                stall,
                done: done.to_owned(),
            });
        }
    }
}

impl std::fmt::Display for Stall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Silent(span) => write!(f, "it showed no activity for {}", rough(*span)),
            Self::Overslept(until) => {
                write!(f, "it said that it waits until {until}, and did not go on")
            }
        }
    }
}
