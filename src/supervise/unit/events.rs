//! What happens to a unit: it is found, it dies, its pane goes.

use std::time::Duration;

use tmux_control::PaneId;

use super::known::is_full;
use super::{Context, Known, Life, Plan, Report, Then, Unit};
use crate::detect::Seen as Showing;
use crate::supervise::fact::{Cause, Fact};
use crate::supervise::input::{Ending, Seen};
use crate::supervise::spec::UnitKind;
use crate::supervise::{Action, Mutant};

impl Unit {
    /// Whether it would be news that it runs there. While something is being done about it, its
    /// panes are known, whatever a list says.
    #[must_use]
    pub fn is_news(&self, pane: PaneId, pid: i32) -> bool {
        match self.life {
            Life::Absent | Life::Due(_) | Life::Queued(_) => true,
            Life::Running {
                pane: own_pane,
                pid: own_pid,
                ..
            } => (own_pane, own_pid) != (pane, pid),
            Life::Starting { .. }
            | Life::Ending { .. }
            | Life::Clearing { .. }
            | Life::Surviving { .. } => false,
        }
    }

    /// tmux lists it as running.
    pub(in crate::supervise) fn seen(&mut self, ctx: &mut Context<'_>, seen: &Seen) {
        if !self.is_news(seen.pane, seen.pid) {
            return;
        }
        let known = self.known.filter(|known| known.pid == seen.pid);
        let (nudged, waiting, left) = (self.nudged, self.waiting, self.left.take());
        let answer = self.answer.take();
        // Whoever started a task again wants it done once more.
        *ctx.remember |= std::mem::take(&mut self.done);
        // What another process than the known one shows is its own.
        self.adopted = known.is_some() || self.known.is_none();
        self.run(ctx, seen.pane, seen.pid);
        if let Some(known) = known {
            // Silence goes on over a restart of the watchdog.
            self.silent_since = known.silent_since.or(self.silent_since);
            (self.nudged, self.waiting, self.left) = (nudged, waiting, left);
            self.answer = answer;
            self.set_stall_timer(ctx);
        }
        self.phase = match known {
            Some(known) => known.phase,
            None => ctx.phase.filter(|_| !seen.stale),
        };
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
        // The process that a person sent away: the end that was under way is gone on with. Another
        // one was started since, by somebody who wants it.
        let sent_away = known.is_some() && self.wanted(ctx.fleet) == Some(false);
        if sent_away && !ctx.policy.dry_run {
            ctx.announce(Fact::Told {
                unit: self.name.clone(),
                text: "it was sent away before the watchdog ended; that is gone on with".to_owned(),
            });
            self.send_away(ctx);
        }
    }

    /// An earlier watchdog knew a process of it that is in no pane any more: its server went away
    /// meanwhile. It may live on, and is ended before a twin is started.
    pub(in crate::supervise) fn end_what_survived(&mut self, ctx: &mut Context<'_>) {
        let asked = match self.life {
            Life::Absent | Life::Due(_) => false,
            Life::Queued(plan) => plan.asked,
            _ => return,
        };
        let Some(Known { pid, .. }) = self.known.take() else {
            return;
        };
        ctx.announce(Fact::Told {
            unit: self.name.clone(),
            text: "its pane went away while nobody watched; what is left of it is ended".to_owned(),
        });
        let op = ctx.op();
        self.life = Life::Surviving { op, asked };
        ctx.out.push(Action::End {
            unit: self.name.clone(),
            op,
            pane: None,
            pid,
        });
    }

    /// What should run and does not is started: the watchdog came back, the config gained it, a
    /// pause is over.
    pub(in crate::supervise) fn reconcile(&mut self, ctx: &mut Context<'_>, cause: &Cause) {
        if self.life != Life::Absent || !self.heals(ctx) || self.timers.is_set(super::Timer::Resume)
        {
            return;
        }
        if !self.may_act(ctx, "start it") {
            return;
        }
        // A record of restarts means that it was in trouble before the watchdog looked away.
        let delay = if self.budget.in_a_row() > 0 {
            self.spend(ctx, cause)
        } else {
            self.tell_restart(ctx, 0, Duration::ZERO, cause.clone());
            Some(Duration::ZERO)
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

    /// Its process ended.
    pub(in crate::supervise) fn died(
        &mut self,
        ctx: &mut Context<'_>,
        dead: (PaneId, i32),
        ending: Ending,
    ) {
        // The kernel and tmux both tell of a death.
        if self.running() != Some(dead) || self.buried == Some(dead) {
            return;
        }
        self.buried = Some(dead);
        ctx.announce(Fact::Death {
            unit: self.name.clone(),
            pane: dead.0,
            pid: dead.1,
            ending: ending.clone(),
        });
        match &mut self.life {
            Life::Running { .. } => {
                let cause = Cause::Died(ending.status);
                self.after_death(ctx, ending, Some(dead), cause);
            }
            // Its end was asked for: what follows waits until all its processes are gone.
            Life::Ending { then, .. } => {
                if let Then::Heal { ending: known, .. } = then {
                    *known = ending;
                } else {
                    self.ending = Some(ending);
                }
            }
            _ => self.ending = Some(ending),
        }
    }

    /// Its pane is gone, but its processes may live on: they are ended before anything else,
    /// so that there are never two of one unit.
    pub(in crate::supervise) fn lost_pane(&mut self, ctx: &mut Context<'_>, server: bool) {
        if let Life::Running { pane, pid, .. } = self.life {
            let why = if server {
                "its tmux server went away"
            } else {
                "its pane went away"
            };
            let ending = Ending {
                status: None,
                reason: Some(why.to_owned()),
            };
            if server {
                ctx.reports.push((self.name.clone(), Report::LostServer));
            }
            ctx.announce(Fact::Told {
                unit: self.name.clone(),
                text: format!("{why}; what is left of it is ended"),
            });
            if ctx.policy.breaks(Mutant::StartsTwins) {
                return self.after_death(ctx, ending, None, Cause::LostPane);
            }
            self.end(ctx, None, pane, pid, Then::Heal { ending, server });
        }
    }

    pub(super) fn after_death(
        &mut self,
        ctx: &mut Context<'_>,
        ending: Ending,
        pane: Option<(PaneId, i32)>,
        cause: Cause,
    ) {
        let success = ending.status == Some(0);
        let showed_login = self.showing() == Showing::Login;
        let bad_resume = self.resumed && !success && self.ran_at_most(ctx.policy.resume_trial, ctx);
        // Whoever was ended by a signal did not look at its conversation. An end that was too quick for
        // its status to be had may well be of that kind.
        let bad_resume = bad_resume && matches!(cause, Cause::Died(Some(1..=127) | None));
        self.ending = Some(ending);
        if success && self.kind() == UnitKind::Task {
            self.done = true;
            *ctx.remember = true;
        }
        if !success {
            // A lost pane is told of by who knows whether its server went with it.
            if cause != Cause::LostPane {
                ctx.reports.push((self.name.clone(), Report::Failed));
            }
        }
        let full = self.shown.as_ref().filter(|fact| is_full(fact)).cloned();
        self.full |= full.is_some() && !success;
        self.forget_shown();
        *ctx.remember = true;
        let asked = std::mem::take(&mut self.anew);
        let heals = !asked && self.heals(ctx) && self.may_act(ctx, "start it again");
        let delay = if asked {
            Some(Duration::ZERO)
        } else if !heals {
            None
        } else if success {
            self.tell_restart(ctx, 0, ctx.policy.heavy_interval, Cause::Finished);
            Some(ctx.policy.heavy_interval)
        } else if bad_resume {
            self.set_resume_aside(ctx);
            self.spend(ctx, &Cause::BadResume)
        } else if showed_login {
            self.give_up(ctx, "it ended while it asked for a login".to_owned());
            None
        } else if cause == Cause::LostPane && ctx.storm {
            // The server's fault, and not its own.
            self.tell_restart(ctx, 0, Duration::ZERO, cause);
            Some(Duration::ZERO)
        } else if let Some(full) = full {
            self.spend(ctx, &Cause::Full(full.rows))
        } else {
            self.spend(ctx, &cause)
        };
        let plan = delay.map(|delay| Plan {
            at: ctx.now.mono.saturating_add(delay),
            asked,
            fresh: bad_resume,
        });
        let at_once = delay == Some(Duration::ZERO) && ctx.ready && !ctx.storm && ctx.slots > 0;
        match (pane, plan) {
            (Some(dead), Some(plan)) if at_once => {
                self.replace(ctx, dead, true, plan.fresh);
            }
            (Some((pane, pid)), plan) => {
                let op = ctx.op();
                self.life = Life::Clearing { op, pane, plan };
                ctx.out.push(Action::Clear {
                    unit: self.name.clone(),
                    op,
                    pane,
                    pid,
                });
            }
            (None, Some(plan)) => self.plan(ctx, plan),
            (None, None) => self.life = Life::Absent,
        }
    }

    /// Whether its process has run no longer than this.
    pub(super) fn ran_at_most(&self, span: Duration, ctx: &Context<'_>) -> bool {
        self.runs_for(ctx.now.mono).is_some_and(|ran| ran <= span)
    }

    /// The id of its conversation is no good.
    pub(super) fn set_resume_aside(&mut self, ctx: &mut Context<'_>) {
        self.resumed = false;
        ctx.announce(Fact::Told {
            unit: self.name.clone(),
            text: "its conversation could not be taken up again; its id is set aside, and a new \
                   one begins"
                .to_owned(),
        });
    }
}
