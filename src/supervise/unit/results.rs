//! What became of the actions that were asked for.

use tmux_control::PaneId;

use super::{Context, Life, Plan, Report, Then, Unit};
use crate::supervise::fact::{Cause, Fact};
use crate::supervise::input::{Fault, Op};
use crate::supervise::timer::Timer;

impl Unit {
    pub(in crate::supervise) fn started(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        at: (PaneId, i32),
        resumed: bool,
        prompting: bool,
    ) {
        let Life::Starting {
            op,
            unwanted,
            phase,
            ..
        } = self.life
        else {
            return;
        };
        if op != done {
            return;
        }
        let (pane, pid) = at;
        self.forget_shown();
        self.ending = None;
        self.adopted = false;
        self.run(ctx, pane, pid);
        self.resumed = resumed;
        self.full &= resumed;
        self.prompting = prompting;
        self.phase = phase;
        if !self
            .spec()
            .is_some_and(|spec| spec.kind == super::UnitKind::Service)
        {
            self.settling = true;
            let settled = ctx.now.mono.saturating_add(ctx.policy.starting_max);
            self.timers.set_mono(Timer::Starting, settled);
        }
        ctx.announce(Fact::Start {
            unit: self.name.clone(),
            pane,
            pid,
        });
        if unwanted {
            self.end(ctx, Some(pane), pane, pid, Then::Stop);
        }
    }

    pub(in crate::supervise) fn start_failed(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        reason: String,
        fault: Fault,
        spared: Option<(PaneId, i32)>,
    ) {
        let Life::Starting { op, unwanted, .. } = self.life else {
            return;
        };
        if op != done {
            return;
        }
        ctx.announce(Fact::StartFailed {
            unit: self.name.clone(),
            reason: reason.clone(),
        });
        if let Some((pane, pid)) = spared {
            self.life = Life::Absent;
            self.run(ctx, pane, pid);
            self.failure = Some(reason);
            if unwanted {
                self.end(ctx, Some(pane), pane, pid, Then::Stop);
            }
            return;
        }
        self.failure = Some(reason);
        self.life = Life::Absent;
        if unwanted {
            self.stop();
            return;
        }
        let delay = match fault {
            Fault::Tmux => Some(ctx.policy.tmux_retry),
            Fault::Unit => {
                ctx.reports.push((self.name.clone(), Report::Failed));
                let heals = self.heals(ctx) && self.may_act(ctx, "start it again");
                // A start that failed will hardly work a moment later.
                heals
                    .then(|| self.spend(ctx, &Cause::NotStarted))
                    .flatten()
                    .map(|delay| delay.max(ctx.policy.restart_delay))
            }
        };
        if let Some(delay) = delay {
            self.plan(
                ctx,
                Plan {
                    at: ctx.now.mono.saturating_add(delay),
                    asked: false,
                    fresh: false,
                },
            );
        }
    }

    pub(in crate::supervise) fn prompted(&mut self, pane: PaneId) {
        if self.runs_in() == Some(pane) {
            self.prompting = false;
        }
    }

    pub(in crate::supervise) fn ended(&mut self, ctx: &mut Context<'_>, done: Op) {
        if let Life::Surviving { op, asked } = self.life
            && op == done
        {
            self.life = Life::Absent;
            *ctx.remember = true;
            if asked {
                self.ask_up(ctx);
            } else {
                self.reconcile(ctx, &Cause::Missing);
            }
            return;
        }
        let Life::Ending { op, then, .. } = &self.life else {
            return;
        };
        if *op != done {
            return;
        }
        match then.clone() {
            Then::Stop => {
                self.forget_shown();
                self.stop();
            }
            Then::Start => {
                self.life = Life::Absent;
                self.ask_up(ctx);
            }
            Then::Heal { ending, server } => {
                let was = ctx.storm;
                ctx.storm |= server;
                self.after_death(ctx, ending, None, Cause::LostPane);
                ctx.storm = was;
                if !server {
                    // It alone lost its pane, whatever else is going on.
                    ctx.reports.push((self.name.clone(), Report::Failed));
                }
            }
        }
    }

    pub(in crate::supervise) fn cleared(&mut self, ctx: &mut Context<'_>, done: Op) {
        let Life::Clearing { op, plan, .. } = self.life else {
            return;
        };
        if op != done {
            return;
        }
        self.life = Life::Absent;
        if let Some(plan) = plan {
            self.plan(ctx, plan);
        }
    }

    pub(in crate::supervise) fn respawned(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        pane: PaneId,
        pid: i32,
    ) {
        if matches!(self.life, Life::Clearing { op, .. } if op == done) {
            self.done = false;
            self.run(ctx, pane, pid);
            ctx.announce(Fact::Adopt {
                unit: self.name.clone(),
                pane,
                pid,
            });
        }
    }
}
