//! What a person asks of a unit, and how starts and ends are set about.

use super::{Context, Life, Plan, Then, Unit};
use crate::detect::Seen as Showing;
use crate::supervise::fact::{Cause, Fact, Post};
use crate::supervise::letter::Purpose;
use crate::supervise::spec::{Care, UnitSpec};
use crate::supervise::timer::Timer;

impl Unit {
    /// It should run, by a person's word.
    pub(in crate::supervise) fn ask_up(&mut self, ctx: &mut Context<'_>) {
        self.done = false;
        self.latched = None;
        let plan = Plan {
            at: ctx.now.mono,
            asked: true,
            fresh: false,
        };
        match &mut self.life {
            Life::Absent | Life::Due(_) | Life::Queued(_) => {
                self.timers.clear(Timer::Start);
                self.timers.clear(Timer::Resume);
                self.life = Life::Queued(plan);
            }
            Life::Clearing { plan: next, .. } => *next = Some(plan),
            Life::Ending { then, .. } => *then = Then::Start,
            Life::Surviving { asked, .. } => *asked = true,
            Life::Starting { unwanted, .. } => *unwanted = false,
            Life::Running { .. } => self.look_after_again(ctx),
        }
    }

    /// It should not run, by a person's word.
    pub(in crate::supervise) fn ask_down(&mut self, ctx: &mut Context<'_>) {
        self.failure = None;
        // A person dealt with whatever the trouble was.
        self.forget_failures();
        for letter in std::mem::take(&mut self.letters) {
            self.tell_post(ctx, &letter, Post::Withdrawn);
        }
        self.to_phase = None;
        self.send_away(ctx);
    }

    /// It ends and is not brought back; what is wanted stays as it is.
    pub(in crate::supervise) fn send_away(&mut self, ctx: &mut Context<'_>) {
        self.doomed = None;
        self.anew = false;
        self.timers.clear(Timer::Start);
        self.timers.clear(Timer::Resume);
        match &mut self.life {
            Life::Absent => self.ending = None,
            Life::Due(_) | Life::Queued(_) => self.stop(),
            Life::Clearing { plan, .. } => {
                *plan = None;
                self.ending = None;
            }
            Life::Ending { then, .. } => *then = Then::Stop,
            Life::Surviving { asked, .. } => *asked = false,
            Life::Starting { unwanted, .. } => *unwanted = true,
            Life::Running { pane, pid, .. } => {
                let (pane, pid) = (*pane, *pid);
                self.end(ctx, Some(pane), pane, pid, Then::Stop);
            }
        }
    }

    /// It should start anew, by a person's word.
    pub(in crate::supervise) fn ask_restart(&mut self, ctx: &mut Context<'_>) {
        self.done = false;
        self.latched = None;
        if matches!(self.life, Life::Running { .. }) {
            self.anew = true;
            self.restart_as_asked(ctx);
        } else {
            self.ask_up(ctx);
        }
    }

    /// Starts it anew by a person's word, as soon as tmux is there and it is its turn.
    pub(super) fn restart_as_asked(&mut self, ctx: &mut Context<'_>) {
        if let Life::Running { pane, pid, .. } = self.life
            && self.anew
            && ctx.ready
            && ctx.slots > 0
        {
            self.replace(ctx, (pane, pid), false, false);
        }
    }

    /// Its failures are forgotten.
    pub(in crate::supervise) fn forget_failures(&mut self) {
        self.budget = super::Budget::default();
        self.latched = None;
        self.stall_told = false;
        self.answer = None;
    }

    /// Pings are of no use to who begins a phase, since that looks at the remote first, nor to who
    /// has no phase left.
    pub(in crate::supervise) fn forget_pings(&mut self, ctx: &mut Context<'_>) {
        self.withdraw(ctx, Purpose::Ping);
    }

    /// Takes over what the config says of it.
    pub(in crate::supervise) fn configure(
        &mut self,
        ctx: &mut Context<'_>,
        spec: Option<UnitSpec>,
    ) {
        let before = self.spec.take();
        self.spec = spec;
        if self.spec == before {
            return;
        }
        if self.care() == Care::None {
            self.doomed = None;
            if let Life::Due(Plan { asked: false, .. }) | Life::Queued(Plan { asked: false, .. }) =
                self.life
            {
                self.timers.clear(Timer::Start);
                self.life = Life::Absent;
            }
        }
        self.stall_told = false;
        let answers = |spec: &Option<UnitSpec>| spec.as_ref().map(|spec| spec.answers.clone());
        if before.is_some() && answers(&before) != answers(&self.spec) {
            // Another answer is worth another try.
            self.answer = None;
        }
        self.look_after_again(ctx);
    }

    /// A person had its failures forgotten.
    pub(in crate::supervise) fn ask_reset(&mut self, ctx: &mut Context<'_>) {
        self.forget_failures();
        ctx.announce(Fact::Reset {
            unit: self.name.clone(),
        });
        if let Life::Due(plan) = self.life {
            self.plan(
                ctx,
                Plan {
                    at: ctx.now.mono,
                    ..plan
                },
            );
        }
        self.look_after_again(ctx);
        self.reconcile(ctx, &Cause::Missing);
    }

    /// Whether the fleet's machine has just made it.
    pub(in crate::supervise) fn is_new(&self) -> bool {
        self.spec.is_none() && self.life == Life::Absent
    }

    /// Whether it has ended with the sequence of phases.
    pub(in crate::supervise) fn is_over(&self, ctx: &Context<'_>) -> bool {
        ctx.complete && self.kind() == super::UnitKind::Loop
    }

    /// Whether it shows a usage limit, is on no hold for it, and is not about to go on.
    pub(in crate::supervise) fn is_limited_and_loose(&self) -> bool {
        let goes_on = self.timers.is_set(Timer::Resume)
            || self.typing.is_some()
            || self
                .letters
                .iter()
                .any(|letter| letter.purpose.goes_through_limit());
        self.showing() == Showing::Limited
            && self.held != super::Held::Member
            && matches!(self.life, Life::Running { .. })
            && !goes_on
    }

    /// A pause is over, or the config says something else: what was left alone is looked at.
    pub(in crate::supervise) fn look_after_again(&mut self, ctx: &mut Context<'_>) {
        if self.showing() == Showing::Fatal && !self.timers.is_set(Timer::Fatal) {
            self.timers.set_mono(Timer::Fatal, ctx.now.mono);
        }
        if self.foreign.is_some() && self.care() != Care::None {
            self.timers.set_mono(Timer::Foreign, ctx.now.mono);
        }
        if self.doomed.is_some() {
            self.timers.set_mono(Timer::Start, ctx.now.mono);
        }
        self.set_stall_timer(ctx);
        self.set_answer_timer(ctx);
        self.set_wake_timer(ctx);
    }
}
