//! What a person asks of a unit, and how it is set about.

use tmux_control::PaneId;

use super::{Context, Life, Then, Unit};
use crate::supervise::input::Action;

impl Unit {
    /// It should run, by a person's word.
    pub(in crate::supervise) fn ask_up(&mut self, ctx: &mut Context<'_>) {
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
    pub(in crate::supervise) fn ask_down(&mut self, ctx: &mut Context<'_>) {
        self.failure = None;
        // A person dealt with whatever the trouble was.
        self.backoff.forgive();
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
    pub(in crate::supervise) fn ask_restart(&mut self, ctx: &mut Context<'_>) {
        match self.life {
            Life::Running { pane, pid, .. } if ctx.ready => self.replace(ctx, (pane, pid), false),
            _ => self.ask_up(ctx),
        }
    }

    /// Starts it now, or as soon as tmux can be reached.
    pub(super) fn begin(&mut self, ctx: &mut Context<'_>, asked: bool) {
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

    pub(super) fn replace(
        &mut self,
        ctx: &mut Context<'_>,
        (pane, pid): (PaneId, i32),
        dead: bool,
    ) {
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

    pub(super) fn run(&mut self, ctx: &Context<'_>, pane: PaneId, pid: i32) {
        self.failure = None;
        // What another process showed says nothing of this one.
        if self.runs_in() != Some(pane) {
            self.shown = None;
        }
        self.life = Life::Running {
            pane,
            pid,
            since: ctx.now.mono,
        };
    }
}
