//! What happens to a unit: it is found, it dies, its pane goes.

use std::time::Duration;

use tmux_control::PaneId;

use super::{Context, Life, Then, Unit};
use crate::supervise::input::{Action, Ending, Fact, Seen};

impl Unit {
    /// Whether it would be news that it runs there. While something is being done about it, its
    /// panes are known, whatever a list says.
    #[must_use]
    pub fn is_news(&self, pane: PaneId, pid: i32) -> bool {
        match self.life {
            Life::Absent | Life::Due { .. } => true,
            Life::Running {
                pane: own_pane,
                pid: own_pid,
                ..
            } => (own_pane, own_pid) != (pane, pid),
            Life::Starting { .. } | Life::Ending { .. } | Life::Clearing { .. } => false,
        }
    }

    /// tmux lists it as running.
    pub(in crate::supervise) fn seen(&mut self, ctx: &mut Context<'_>, seen: &Seen) {
        if !self.is_news(seen.pane, seen.pid) {
            return;
        }
        self.run(ctx, seen.pane, seen.pid);
        ctx.announce(Fact::Adopt {
            unit: self.name.clone(),
            pane: seen.pane,
            pid: seen.pid,
        });
        if !seen.marked {
            ctx.out.push(Action::Adopt {
                unit: self.name.clone(),
                pane: seen.pane,
            });
        }
    }

    /// What should run and does not is started: the watchdog came back, the config gained it.
    pub(in crate::supervise) fn reconcile(&mut self, ctx: &mut Context<'_>) {
        if self.life != Life::Absent || !self.heals(ctx) {
            return;
        }
        // A record of restarts means that it was in trouble before the watchdog looked away.
        let delay = if self.backoff.restarts() > 0 {
            *ctx.remember = true;
            self.backoff.next(ctx.policy)
        } else {
            Duration::ZERO
        };
        self.life = Life::Due {
            at: ctx.now.mono.saturating_add(delay),
            asked: false,
        };
        self.tick(ctx);
    }

    /// Its process ended.
    pub(in crate::supervise) fn died(
        &mut self,
        ctx: &mut Context<'_>,
        dead: (PaneId, i32),
        ending: Ending,
    ) {
        if self.running() != Some(dead) {
            return;
        }
        self.announce_death(ctx, dead, &ending);
        match &mut self.life {
            Life::Running { .. } => self.after_death(ctx, ending, Some(dead)),
            // Its end was asked for: what follows waits until all its processes are gone.
            Life::Ending { then, .. } => {
                if let Then::Heal { ending: known } = then {
                    *known = ending;
                } else {
                    self.ending = Some(ending);
                }
            }
            _ => self.ending = Some(ending),
        }
    }

    pub(super) fn announce_death(
        &self,
        ctx: &mut Context<'_>,
        (pane, pid): (PaneId, i32),
        ending: &Ending,
    ) {
        ctx.announce(Fact::Death {
            unit: self.name.clone(),
            pane,
            pid,
            ending: ending.clone(),
        });
    }

    /// Its pane is gone, but its processes may live on: they are ended before anything else,
    /// so that there are never two of one unit.
    pub(in crate::supervise) fn lost_pane(&mut self, ctx: &mut Context<'_>, why: &str) {
        if let Life::Running { pane, pid, .. } = self.life {
            let ending = Ending {
                status: None,
                reason: Some(why.to_owned()),
            };
            self.end(ctx, None, pane, pid, Then::Heal { ending });
        }
    }

    pub(super) fn after_death(
        &mut self,
        ctx: &mut Context<'_>,
        ending: Ending,
        pane: Option<(PaneId, i32)>,
    ) {
        let success = ending.status == Some(0);
        let task = self.spec.as_ref().is_some_and(|spec| spec.task);
        self.ending = Some(ending);
        if success && task {
            self.done = true;
            *ctx.remember = true;
        }
        let delay = if !self.heals(ctx) {
            None
        } else if success {
            Some(ctx.policy.after_success)
        } else {
            *ctx.remember = true;
            Some(self.backoff.next(ctx.policy))
        };
        if let Some(delay) = delay {
            let cause = if success {
                "it ended with 0"
            } else {
                "it died"
            };
            ctx.announce(Fact::Restart {
                unit: self.name.clone(),
                attempt: if success { 0 } else { self.backoff.restarts() },
                delay,
                cause: cause.to_owned(),
            });
        }
        let due = delay.map(|delay| ctx.now.mono.saturating_add(delay));
        match (pane, due) {
            (Some(dead), Some(_)) if delay == Some(Duration::ZERO) && ctx.ready => {
                self.replace(ctx, dead, true);
            }
            (Some((pane, pid)), due) => {
                let op = ctx.op();
                self.life = Life::Clearing { op, pane, due };
                ctx.out.push(Action::Clear {
                    unit: self.name.clone(),
                    op,
                    pane,
                    pid,
                });
            }
            (None, Some(at)) => {
                self.life = Life::Due { at, asked: false };
                self.tick(ctx);
            }
            (None, None) => self.life = Life::Absent,
        }
    }
}
