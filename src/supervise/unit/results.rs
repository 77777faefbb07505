//! What became of the actions that were asked for.

use tmux_control::PaneId;

use super::{Context, Life, Then, Unit};
use crate::supervise::input::{Fact, Fault, Op};

impl Unit {
    pub(in crate::supervise) fn started(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        pane: PaneId,
        pid: i32,
    ) {
        let Life::Starting { op, unwanted, .. } = self.life else {
            return;
        };
        if op != done {
            return;
        }
        self.run(ctx, pane, pid);
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
            self.run(ctx, pane, pid);
            self.failure = Some(reason);
            if unwanted {
                self.end(ctx, Some(pane), pane, pid, Then::Stop);
            }
            return;
        }
        self.failure = Some(reason);
        let delay = match fault {
            _ if unwanted => None,
            Fault::Tmux => Some(ctx.policy.tmux_retry),
            Fault::Unit if self.heals(ctx) => {
                *ctx.remember = true;
                // A start that failed will hardly work a moment later.
                Some(self.backoff.next(ctx.policy).max(ctx.policy.first_delay))
            }
            Fault::Unit => None,
        };
        self.life = match delay {
            Some(delay) => Life::Due {
                at: ctx.now.mono.saturating_add(delay),
                asked: false,
            },
            None => Life::Absent,
        };
        if unwanted {
            self.stop();
        }
    }

    pub(in crate::supervise) fn ended(&mut self, ctx: &mut Context<'_>, done: Op) {
        let Life::Ending { op, then, .. } = &self.life else {
            return;
        };
        if *op != done {
            return;
        }
        match then.clone() {
            Then::Stop => self.stop(),
            Then::Start => self.begin(ctx, true),
            Then::Heal { ending } => self.after_death(ctx, ending, None),
        }
    }

    pub(in crate::supervise) fn cleared(&mut self, ctx: &mut Context<'_>, done: Op) {
        let Life::Clearing { op, due, .. } = self.life else {
            return;
        };
        if op != done {
            return;
        }
        self.life = due.map_or(Life::Absent, |at| Life::Due { at, asked: false });
        self.tick(ctx);
    }

    pub(in crate::supervise) fn respawned(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        pane: PaneId,
        pid: i32,
    ) {
        if matches!(self.life, Life::Clearing { op, .. } if op == done) {
            self.run(ctx, pane, pid);
            ctx.announce(Fact::Adopt {
                unit: self.name.clone(),
                pane,
                pid,
            });
        }
    }
}
