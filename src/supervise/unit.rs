//! One agent or service: what it does, and what a change means for it.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::input::{Action, Ending, Fact, Fault, Now, Op, Seen, UnitName, UnitSpec};
use super::{Backoff, Policy};

/// What a unit is seen to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// It does not run, and nothing is wrong with that.
    Stopped,
    /// A start is under way.
    Starting,
    /// Its process ended with 0.
    Exited,
    /// Its process ended otherwise, or could not be started.
    Failed,
    /// It runs and has not been judged yet.
    Running,
}

/// What a unit's machine needs of the fleet's while it handles one input.
pub(super) struct Context<'a> {
    pub(super) policy: &'a Policy,
    pub(super) now: Now,
    /// tmux can be reached and what runs there is known, so that a start makes no twin.
    pub(super) ready: bool,
    /// What was asked of the whole fleet.
    pub(super) fleet: Option<bool>,
    pub(super) last_op: &'a mut u64,
    pub(super) remember: &'a mut bool,
    pub(super) out: &'a mut Vec<Action>,
}

impl Context<'_> {
    fn op(&mut self) -> Op {
        *self.last_op += 1;
        Op(*self.last_op)
    }

    fn announce(&mut self, fact: Fact) {
        self.out.push(Action::Announce(fact));
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Life {
    /// Nothing runs and nothing is planned.
    Absent,
    /// A start is due at this time of the monotonic clock; `asked`: a person waits for it, and
    /// only tmux is missing.
    Due { at: Duration, asked: bool },
    /// A start is under way; `old` is the process that it replaces.
    Starting {
        op: Op,
        old: Option<(PaneId, i32)>,
        unwanted: bool,
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
    /// It died; its pane is on the way out.
    Clearing {
        op: Op,
        pane: PaneId,
        due: Option<Duration>,
    },
}

/// What follows once all processes of a unit are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    /// A person sent it away.
    Stop,
    /// A person wants it back.
    Start,
    /// It lost its pane; what happens is decided as after any death.
    Heal { ending: Ending },
}

/// One agent or service.
#[derive(Debug, Clone)]
pub struct Unit {
    name: UnitName,
    spec: Option<UnitSpec>,
    pub(super) wanted: Option<bool>,
    pub(super) backoff: Backoff,
    pub(super) done: bool,
    life: Life,
    ending: Option<Ending>,
    failure: Option<String>,
    judged: Judgement,
    since: Timestamp,
}

impl Unit {
    pub(super) fn new(name: UnitName, now: Now) -> Self {
        Self {
            name,
            spec: None,
            wanted: None,
            backoff: Backoff::default(),
            done: false,
            life: Life::Absent,
            ending: None,
            failure: None,
            judged: Judgement::Stopped,
            since: now.wall,
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

    /// Its pane and its process, while it runs or is being ended.
    #[must_use]
    pub fn running(&self) -> Option<(PaneId, i32)> {
        match self.life {
            Life::Running { pane, pid, .. } | Life::Ending { pane, pid, .. } => Some((pane, pid)),
            Life::Starting { old, .. } => old,
            _ => None,
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

    /// How many restarts still count.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.backoff.restarts()
    }

    /// When the next start is due, on the monotonic clock.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        match self.life {
            Life::Due { at, .. } => Some(at),
            Life::Clearing { due, .. } => due,
            _ => None,
        }
    }

    /// Whether no action for it is under way, so that a request that waits for it can go on.
    #[must_use]
    pub fn settled(&self) -> bool {
        matches!(
            self.life,
            Life::Absent | Life::Due { asked: false, .. } | Life::Running { .. }
        )
    }

    /// Whether it is gone from the config and from tmux, so that it can be forgotten.
    pub(super) fn forgotten(&self) -> bool {
        self.spec.is_none() && self.life == Life::Absent
    }

    pub(super) fn configure(&mut self, spec: Option<UnitSpec>) {
        self.spec = spec;
    }

    fn heals(&self, ctx: &Context<'_>) -> bool {
        let watched = self.spec.as_ref().is_some_and(|spec| spec.watched);
        watched && !self.done && self.wanted(ctx.fleet) == Some(true)
    }

    /// When this unit wants to be looked at next if nothing happens.
    pub(super) fn deadline(&self, policy: &Policy, ready: bool) -> Option<Duration> {
        match self.life {
            Life::Due { at, .. } if ready => Some(at),
            Life::Running { since, .. } if self.backoff.restarts() > 0 => {
                Some(since.saturating_add(policy.healthy_after))
            }
            _ => None,
        }
    }

    /// A deadline may have passed.
    pub(super) fn tick(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Due { at, .. } if at <= ctx.now.mono => self.begin(ctx, false),
            Life::Running { since, .. }
                if self.backoff.restarts() > 0
                    && since.saturating_add(ctx.policy.healthy_after) <= ctx.now.mono =>
            {
                self.backoff.forgive();
                *ctx.remember = true;
            }
            _ => {}
        }
    }

    /// It should run, by a person's word.
    pub(super) fn ask_up(&mut self, ctx: &mut Context<'_>) {
        self.done = false;
        match &mut self.life {
            Life::Absent | Life::Due { .. } => self.begin(ctx, true),
            Life::Clearing { due, .. } => *due = Some(ctx.now.mono),
            Life::Ending { then, .. } => *then = Then::Start,
            Life::Starting { unwanted, .. } => *unwanted = false,
            Life::Running { .. } => {}
        }
    }

    /// It should not run, by a person's word.
    pub(super) fn ask_down(&mut self, ctx: &mut Context<'_>) {
        self.failure = None;
        match &mut self.life {
            Life::Absent => self.ending = None,
            Life::Due { .. } => self.stop(),
            Life::Clearing { due, .. } => {
                *due = None;
                self.ending = None;
            }
            Life::Ending { then, .. } => *then = Then::Stop,
            Life::Starting { unwanted, .. } => *unwanted = true,
            Life::Running { pane, pid, .. } => {
                let (pane, pid) = (*pane, *pid);
                self.end(ctx, Some(pane), pane, pid, Then::Stop);
            }
        }
    }

    /// It should start anew, by a person's word.
    pub(super) fn ask_restart(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Running { pane, pid, .. } if ctx.ready => self.replace(ctx, (pane, pid), false),
            _ => self.ask_up(ctx),
        }
    }

    /// Starts it now, or as soon as tmux can be reached.
    fn begin(&mut self, ctx: &mut Context<'_>, asked: bool) {
        if !ctx.ready {
            self.life = Life::Due {
                at: ctx.now.mono,
                asked,
            };
            return;
        }
        let op = ctx.op();
        self.life = Life::Starting {
            op,
            old: None,
            unwanted: false,
        };
        ctx.out.push(Action::Start {
            unit: self.name.clone(),
            op,
        });
    }

    fn replace(&mut self, ctx: &mut Context<'_>, (pane, pid): (PaneId, i32), dead: bool) {
        let op = ctx.op();
        self.life = Life::Starting {
            op,
            old: (!dead).then_some((pane, pid)),
            unwanted: false,
        };
        ctx.out.push(Action::Replace {
            unit: self.name.clone(),
            op,
            pane,
            pid,
            dead,
        });
    }

    fn end(
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

    fn stop(&mut self) {
        self.life = Life::Absent;
        self.ending = None;
        self.failure = None;
    }

    fn run(&mut self, ctx: &Context<'_>, pane: PaneId, pid: i32) {
        self.failure = None;
        self.life = Life::Running {
            pane,
            pid,
            since: ctx.now.mono,
        };
    }

    /// tmux lists it as running.
    pub(super) fn seen(&mut self, ctx: &mut Context<'_>, seen: &Seen) {
        let known = match self.life {
            Life::Absent | Life::Due { .. } => false,
            Life::Running { pane, pid, .. } => pane == seen.pane && pid == seen.pid,
            Life::Starting { .. } | Life::Ending { .. } | Life::Clearing { .. } => true,
        };
        if known {
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
    pub(super) fn reconcile(&mut self, ctx: &mut Context<'_>) {
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
    pub(super) fn died(&mut self, ctx: &mut Context<'_>, dead: (PaneId, i32), ending: Ending) {
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

    fn announce_death(&self, ctx: &mut Context<'_>, (pane, pid): (PaneId, i32), ending: &Ending) {
        ctx.announce(Fact::Death {
            unit: self.name.clone(),
            pane,
            pid,
            ending: ending.clone(),
        });
    }

    /// Its pane is gone, but its processes may live on: they are ended before anything else,
    /// so that there are never two of one unit.
    pub(super) fn lost_pane(&mut self, ctx: &mut Context<'_>, why: &str) {
        if let Life::Running { pane, pid, .. } = self.life {
            let ending = Ending {
                status: None,
                reason: Some(why.to_owned()),
            };
            self.end(ctx, None, pane, pid, Then::Heal { ending });
        }
    }

    /// The pane that it is said to run in.
    pub(super) fn pane(&self) -> Option<PaneId> {
        self.running().map(|(pane, _)| pane)
    }

    fn after_death(&mut self, ctx: &mut Context<'_>, ending: Ending, pane: Option<(PaneId, i32)>) {
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

    pub(super) fn started(&mut self, ctx: &mut Context<'_>, done: Op, pane: PaneId, pid: i32) {
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

    pub(super) fn start_failed(
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

    pub(super) fn ended(&mut self, ctx: &mut Context<'_>, done: Op) {
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

    pub(super) fn cleared(&mut self, ctx: &mut Context<'_>, done: Op) {
        let Life::Clearing { op, due, .. } = self.life else {
            return;
        };
        if op != done {
            return;
        }
        self.life = due.map_or(Life::Absent, |at| Life::Due { at, asked: false });
        self.tick(ctx);
    }

    pub(super) fn respawned(&mut self, ctx: &mut Context<'_>, done: Op, pane: PaneId, pid: i32) {
        if matches!(self.life, Life::Clearing { op, .. } if op == done) {
            self.run(ctx, pane, pid);
            ctx.announce(Fact::Adopt {
                unit: self.name.clone(),
                pane,
                pid,
            });
        }
    }

    /// Judges it anew, and tells when that changed.
    pub(super) fn judge(&mut self, ctx: &mut Context<'_>) {
        let judged = match (&self.life, &self.failure, &self.ending) {
            (Life::Starting { old: Some(_), .. }, ..) => self.judged,
            (Life::Starting { .. }, ..) => Judgement::Starting,
            (Life::Running { .. } | Life::Ending { .. }, ..) => Judgement::Running,
            (_, Some(_), _) => Judgement::Failed,
            (_, None, Some(ending)) if ending.status == Some(0) => Judgement::Exited,
            (_, None, Some(_)) => Judgement::Failed,
            (Life::Due { .. }, None, None) => Judgement::Starting,
            (_, None, None) => Judgement::Stopped,
        };
        if judged != self.judged {
            let from = std::mem::replace(&mut self.judged, judged);
            self.since = ctx.now.wall;
            ctx.announce(Fact::State {
                unit: self.name.clone(),
                from,
                to: judged,
            });
        }
    }
}
