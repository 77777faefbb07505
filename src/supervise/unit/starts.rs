//! How a unit is started, replaced and ended.

use std::time::Duration;

use tmux_control::PaneId;

use super::{Context, Life, Plan, Report, Then, Unit};
use crate::supervise::fact::Cause;
use crate::supervise::timer::Timer;
use crate::supervise::{Action, Mutant};

impl Unit {
    /// Starts it now, since the fleet's machine lets it.
    pub(in crate::supervise) fn begin(&mut self, ctx: &mut Context<'_>) {
        let Life::Queued(plan) = self.life else {
            return;
        };
        if !plan.asked && !self.may_act(ctx, "start it") {
            self.life = Life::Absent;
            return;
        }
        let op = ctx.op();
        let fresh = plan.fresh || self.begins_anew(ctx);
        self.life = Life::Starting {
            op,
            old: None,
            unwanted: false,
            phase: ctx.phase,
        };
        ctx.out.push(Action::Start {
            unit: self.name.clone(),
            op,
            fresh,
        });
    }

    /// Whether a conversation that is full must not be taken up again.
    fn begins_anew(&self, ctx: &Context<'_>) -> bool {
        self.full && !ctx.policy.breaks(Mutant::ResumesTheFull)
    }

    /// Whether it waits to be started, and whether by a person's word.
    pub(in crate::supervise) fn queued(&self) -> Option<bool> {
        match self.life {
            Life::Queued(plan) => Some(plan.asked),
            _ => None,
        }
    }

    /// Whether it is on its way back.
    pub(in crate::supervise) fn comes_back(&self) -> bool {
        match &self.life {
            Life::Queued(_) | Life::Starting { .. } => true,
            Life::Clearing { plan, .. } => plan.is_some(),
            Life::Ending { then, .. } => *then != Then::Stop,
            Life::Surviving { asked, .. } => *asked,
            Life::Absent | Life::Due(_) | Life::Running { .. } => false,
        }
    }

    /// Whether it was sent away, and has not left yet.
    pub(in crate::supervise) fn is_leaving(&self) -> bool {
        match &self.life {
            Life::Ending { then, .. } => *then == Then::Stop,
            Life::Starting { unwanted, .. } => *unwanted,
            _ => false,
        }
    }

    /// How long it has been running.
    pub(in crate::supervise) fn runs_for(&self, now: Duration) -> Option<Duration> {
        match self.life {
            Life::Running { since, .. } => Some(now.saturating_sub(since)),
            _ => None,
        }
    }

    /// Its time to start has come.
    pub(super) fn start_is_due(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Due(plan) => self.life = Life::Queued(plan),
            Life::Running { .. } if self.doomed.is_some() => {
                self.look(ctx, super::Why::Doomed);
            }
            _ => {}
        }
    }

    /// A start later, or as soon as the fleet's machine lets it.
    pub(super) fn plan(&mut self, ctx: &Context<'_>, plan: Plan) {
        if plan.at <= ctx.now.mono {
            self.timers.clear(Timer::Start);
            self.life = Life::Queued(plan);
        } else {
            self.timers.set_mono(Timer::Start, plan.at);
            self.life = Life::Due(plan);
        }
    }

    /// The usage limit that it waited out is over, and its turn to go on has come.
    pub(super) fn goes_on(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Absent if self.heals(ctx) => {
                self.tell_restart(ctx, 0, Duration::ZERO, Cause::LimitOver);
                self.plan(
                    ctx,
                    Plan {
                        at: ctx.now.mono,
                        asked: false,
                        fresh: false,
                    },
                );
            }
            // The hold ended while its dead pane was on the way out.
            Life::Clearing { plan: None, .. } if self.heals(ctx) => {
                self.tell_restart(ctx, 0, Duration::ZERO, Cause::LimitOver);
                let at = ctx.now.mono;
                if let Life::Clearing { plan, .. } = &mut self.life {
                    *plan = Some(Plan {
                        at,
                        asked: false,
                        fresh: false,
                    });
                }
            }
            Life::Running { .. } => ctx.reports.push((self.name.clone(), Report::GoesOn)),
            _ => {}
        }
    }

    /// Starts it anew for another phase, unless a usage limit forbids it for now.
    pub(in crate::supervise) fn restart_for_phase(&mut self, ctx: &mut Context<'_>) {
        let Some(phase) = self.to_phase.clone() else {
            return;
        };
        match self.life {
            Life::Running { pane, pid, .. } => {
                let busy = !ctx.ready || ctx.slots == 0 || self.is_being_typed_into();
                if self.held != super::Held::No || busy {
                    return;
                }
                if self.phase.is_some() && self.phase == ctx.phase {
                    self.to_phase = None;
                } else if self.may_act(ctx, "start it anew for the next phase") {
                    self.to_phase = None;
                    self.forget_pings(ctx);
                    self.tell_restart(ctx, 0, Duration::ZERO, Cause::Phase(phase));
                    self.replace(ctx, (pane, pid), false, false);
                }
            }
            // It starts for the new phase, or is just being started, perhaps for the old.
            Life::Starting { .. } => {}
            _ => self.to_phase = None,
        }
    }

    /// Whether it runs for another phase than the current one, and nothing is done about that yet.
    pub(in crate::supervise) fn is_astray(&self, phase: usize) -> bool {
        let runs = matches!(self.life, Life::Running { .. });
        runs && self.to_phase.is_none() && self.phase.is_some_and(|own| own != phase)
    }

    /// Has it run for this phase, as soon as that can be.
    pub(in crate::supervise) fn move_to_phase(&mut self, ctx: &mut Context<'_>, id: &str) {
        if self.wanted(ctx.fleet) != Some(true) {
            // It runs on as it is: nobody asked for it, or somebody wants it gone.
            return;
        }
        self.to_phase = Some(id.to_owned());
        self.latched = None;
        self.restart_for_phase(ctx);
        self.reconcile(ctx, &Cause::Phase(id.to_owned()));
    }

    pub(super) fn replace(
        &mut self,
        ctx: &mut Context<'_>,
        (pane, pid): (PaneId, i32),
        dead: bool,
        fresh: bool,
    ) {
        let op = ctx.op();
        self.full |= self.shows_full();
        let fresh = fresh || self.begins_anew(ctx);
        self.doomed = None;
        self.anew = false;
        ctx.slots = ctx.slots.saturating_sub(1);
        self.timers.clear(Timer::Start);
        self.life = Life::Starting {
            op,
            old: (!dead).then_some((pane, pid)),
            unwanted: false,
            phase: ctx.phase,
        };
        ctx.out.push(Action::Replace {
            unit: self.name.clone(),
            op,
            pane,
            pid,
            dead,
            fresh,
        });
    }

    pub(super) fn end(
        &mut self,
        ctx: &mut Context<'_>,
        listed: Option<PaneId>,
        pane: PaneId,
        pid: i32,
        then: Then,
    ) {
        let op = ctx.op();
        self.life = Life::Ending {
            op,
            pane,
            pid,
            then,
        };
        ctx.out.push(Action::End {
            unit: self.name.clone(),
            op,
            pane: listed,
            pid,
        });
    }

    pub(super) fn stop(&mut self) {
        self.life = Life::Absent;
        self.ending = None;
        self.failure = None;
    }

    /// A process of it runs.
    pub(super) fn run(&mut self, ctx: &mut Context<'_>, pane: PaneId, pid: i32) {
        self.failure = None;
        self.buried = None;
        self.known = None;
        self.doomed = None;
        self.timers.clear(Timer::Start);
        self.timers.clear(Timer::Resume);
        // What another process showed says nothing of this one.
        if self.running() != Some((pane, pid)) {
            self.forget_shown();
        }
        self.life = Life::Running {
            pane,
            pid,
            since: ctx.now.mono,
        };
        let healthy = ctx.now.mono.saturating_add(ctx.policy.healthy_after);
        self.timers.set_mono(Timer::Healthy, healthy);
        *ctx.remember = true;
        ctx.reports.push((self.name.clone(), Report::Runs));
        self.set_stall_timer(ctx);
        self.set_wake_timer(ctx);
    }

    /// What its process showed is of no interest any more.
    pub(super) fn forget_shown(&mut self) {
        self.shown = None;
        self.foreign = None;
        self.waiting = None;
        self.looking = None;
        self.silent_since = None;
        self.nudged = false;
        self.left = None;
        self.answering = None;
        self.answer = None;
        self.answer_waits = None;
        self.dialog_gone = None;
        self.forget_retries();
        self.stall_told = false;
        self.prompting = false;
        self.settling = false;
        self.resumed = false;
        for timer in [
            Timer::Fatal,
            Timer::Foreign,
            Timer::Stall,
            Timer::LimitGone,
            Timer::Healthy,
            Timer::Starting,
            Timer::Answer,
        ] {
            self.timers.clear(timer);
        }
    }
}
