//! The supervisor's actions as the daemon carries them out.

use std::time::Duration;

use ao::supervise::{Action, Ending, Fault, Input, Letter, Op, UnitName, View};
use tmux_control::PaneId;

use super::agent::Errand;
use super::screen::Screen;
use super::{Event, World};
use crate::faults::Kind;

/// An action under way.
#[derive(Debug)]
pub(crate) enum Job {
    Start {
        unit: usize,
        op: Op,
        fresh: bool,
        old: Option<(PaneId, i32)>,
        /// The phase that its kickoff is written for.
        phase: Option<usize>,
    },
    End {
        unit: usize,
        op: Op,
        pane: Option<PaneId>,
        pid: i32,
    },
    Clear {
        unit: usize,
        op: Op,
        pane: PaneId,
    },
    Look {
        unit: usize,
        op: Op,
        pane: PaneId,
        pid: i32,
    },
    Type {
        unit: usize,
        op: Op,
        pane: PaneId,
        letter: Letter,
    },
    Answer {
        unit: usize,
        op: Op,
        pane: PaneId,
        dialog: String,
    },
    Index {
        op: Op,
        index: usize,
    },
    Complete {
        op: Op,
        complete: bool,
    },
    Trigger {
        op: Op,
    },
    Fetch {
        op: Op,
        since: Option<String>,
    },
}

impl World {
    /// Begins an action, after it was held against the rules.
    pub(crate) fn perform(&mut self, action: Action) {
        self.check_action(&action);
        let Some(place) = self.place_of(&action) else {
            return self.perform_for_fleet(action);
        };
        let unit = place;
        let (late, errand, job) = match action {
            Action::Start { op, fresh, .. } => {
                let job = Job::Start {
                    unit,
                    op,
                    fresh,
                    old: None,
                    phase: self.files.kickoff(),
                };
                (self.chance.ms(20, 1500), Errand::Start, job)
            }
            Action::Replace {
                op,
                pane,
                pid,
                fresh,
                ..
            } => {
                let job = Job::Start {
                    unit,
                    op,
                    fresh,
                    old: Some((pane, pid)),
                    phase: self.files.kickoff(),
                };
                (self.chance.ms(50, 6000), Errand::Start, job)
            }
            Action::End { op, pane, pid, .. } => {
                let job = Job::End {
                    unit,
                    op,
                    pane,
                    pid,
                };
                (self.chance.ms(20, 6000), Errand::End, job)
            }
            Action::Clear { op, pane, .. } => {
                let job = Job::Clear { unit, op, pane };
                (self.chance.ms(10, 200), Errand::Clear, job)
            }
            Action::Look { op, pane, pid, .. } => {
                let job = Job::Look {
                    unit,
                    op,
                    pane,
                    pid,
                };
                (self.chance.ms(5, 300), Errand::Look, job)
            }
            Action::Type {
                op, pane, letter, ..
            } => {
                let job = Job::Type {
                    unit,
                    op,
                    pane,
                    letter,
                };
                (self.chance.ms(300, 4000), Errand::Type, job)
            }
            Action::Answer {
                op, pane, dialog, ..
            } => {
                let job = Job::Answer {
                    unit,
                    op,
                    pane,
                    dialog,
                };
                (self.chance.ms(200, 5000), Errand::Answer, job)
            }
            _ => return,
        };
        self.units[unit].told.under_way.push((job.op(), errand));
        self.start_job(late, job);
    }

    fn perform_for_fleet(&mut self, action: Action) {
        match action {
            Action::WriteIndex { op, index } => {
                let late = self.chance.ms(1, 30);
                self.start_job(late, Job::Index { op, index });
            }
            Action::MarkComplete { op, complete } => {
                let late = self.chance.ms(1, 30);
                self.start_job(late, Job::Complete { op, complete });
            }
            Action::RemoveTrigger { op } => {
                let late = self.chance.ms(1, 30);
                self.start_job(late, Job::Trigger { op });
            }
            Action::Fetch { op, since } => {
                let late = self.fetch_takes();
                self.start_job(late, Job::Fetch { op, since });
            }
            Action::WriteHold { unit, hold } => {
                if self.disk.full {
                    self.counts.hit(Kind::WriteFails);
                } else if let Some(unit) = self.index_of(&unit) {
                    self.files.holds[unit] = hold;
                }
            }
            Action::Remember => self.save(),
            _ => {}
        }
    }

    fn start_job(&mut self, late: Duration, job: Job) {
        let life = self.life;
        self.after(late, Event::Do { life, job });
    }

    fn place_of(&self, action: &Action) -> Option<usize> {
        let unit: &UnitName = match action {
            Action::Start { unit, .. }
            | Action::Replace { unit, .. }
            | Action::End { unit, .. }
            | Action::Clear { unit, .. }
            | Action::Look { unit, .. }
            | Action::Type { unit, .. }
            | Action::Answer { unit, .. } => unit,
            _ => return None,
        };
        self.index_of(unit)
    }

    /// An action comes to its end, and its result is told.
    pub(crate) fn carry_out(&mut self, job: Job) {
        if job.needs_tmux() && self.tmux.hung_until > self.clock.awake && self.tmux.connected {
            // It is late, but within its time limit; when the connection is given up it fails.
            let late = self.tmux.hung_until - self.clock.awake;
            return self.start_job(late.min(Duration::from_secs(1)), job);
        }
        match job {
            Job::Start { .. } => self.start(job),
            Job::End {
                unit,
                op,
                pane,
                pid,
            } => {
                self.end(unit, pane, pid, true);
                let unit = self.units[unit].name.clone();
                self.tell(Input::Ended { unit, op });
            }
            Job::Clear { unit, op, pane } => self.clear(unit, op, pane),
            Job::Look {
                unit,
                op,
                pane,
                pid,
            } => self.look(unit, op, pane, pid),
            Job::Type {
                unit,
                op,
                pane,
                letter,
            } => {
                let receipt = self.type_into(unit, pane, &letter);
                let unit = self.units[unit].name.clone();
                self.tell(Input::Typed { unit, op, receipt });
            }
            Job::Answer {
                unit,
                op,
                pane,
                dialog,
            } => {
                let answered = self.answer(unit, pane, &dialog);
                let unit = self.units[unit].name.clone();
                self.tell(Input::Answered { unit, op, answered });
            }
            Job::Index { op, index } => self.write(op, |files| files.set_index(index)),
            Job::Complete { op, complete } => self.write(op, |files| files.complete = complete),
            Job::Trigger { op } => self.write(op, |_| {}),
            Job::Fetch { op, since } => self.fetch(op, since.as_deref()),
        }
    }

    /// What was under way when the watchdog was killed goes its way, and nobody hears of it.
    pub(crate) fn finish_alone(&mut self, job: Job) {
        match job {
            Job::Start {
                unit, old, phase, ..
            } if self.server_is_there() && self.units[unit].broken_until <= self.clock.awake => {
                self.make_room(unit, old);
                let resumes = self.units[unit].temper.resumes;
                self.spawn(unit, resumes, phase);
            }
            Job::End {
                unit, pane, pid, ..
            } => self.end(unit, pane, pid, true),
            Job::Type {
                unit, pane, letter, ..
            } => {
                self.type_into(unit, pane, &letter);
            }
            Job::Answer {
                unit, pane, dialog, ..
            } => {
                self.answer(unit, pane, &dialog);
            }
            Job::Index { index, .. } if !self.disk.full => self.files.set_index(index),
            Job::Complete { complete, .. } if !self.disk.full => self.files.complete = complete,
            _ => {}
        }
    }

    pub(super) fn server_is_there(&self) -> bool {
        self.tmux.connected || self.machine.is_none()
    }

    fn start(&mut self, job: Job) {
        let Job::Start {
            unit,
            op,
            fresh,
            old,
            phase,
        } = job
        else {
            return;
        };
        let known = &self.units[unit];
        let name = known.name.clone();
        let spared = old.filter(|(_, pid)| {
            let mut processes = known.processes.iter();
            processes.any(|process| process.pid == *pid && process.alive)
        });
        let fault = if !self.tmux.connected {
            Some((Fault::Tmux, "there is no connection"))
        } else if known.broken_until > self.clock.awake {
            Some((Fault::Unit, "its directory is not there"))
        } else {
            None
        };
        if let Some((fault, reason)) = fault {
            if fault == Fault::Unit {
                self.counts.hit(Kind::FailsToStart);
            }
            return self.tell(Input::StartFailed {
                unit: name,
                op,
                reason: reason.to_owned(),
                fault,
                spared,
            });
        }
        if fresh {
            self.units[unit].bad_conversation = false;
        }
        self.make_room(unit, old);
        let resumed = self.units[unit].temper.resumes && !fresh;
        if resumed && self.units[unit].bad_conversation {
            self.counts.hit(Kind::BadResumeId);
        }
        let (pane, pid) = self.spawn(unit, resumed, phase);
        let prompting = self.units[unit].temper.prompted;
        self.tell(Input::Started {
            unit: name,
            op,
            pane,
            pid,
            resumed,
            prompting,
        });
        if prompting {
            let takes = self.chance.secs(3, 15);
            let life = self.life;
            self.after(takes, Event::Prompted { life, unit, pid });
        }
        self.paint(unit);
    }

    /// Ends what a start replaces.
    fn make_room(&mut self, unit: usize, old: Option<(PaneId, i32)>) {
        if let Some((pane, pid)) = old {
            let told = self.chance.percent(60);
            self.end(unit, Some(pane), pid, told);
        }
    }

    fn end(&mut self, unit: usize, pane: Option<PaneId>, pid: i32, told: bool) {
        let boot = self.clock.boot;
        if let Some(process) = self.units[unit].process(pid)
            && process.alive
            && process.boot == boot
        {
            process.alive = false;
            process.epoch += 1;
            process.ending = Some(Ending {
                status: Some(129),
                reason: Some("signal 1".to_owned()),
            });
            if told {
                self.tell_death(unit, pid);
            }
        }
        if pane.is_some() {
            for process in &mut self.units[unit].processes {
                if process.pane == pane {
                    process.pane = None;
                }
            }
        }
        self.units[unit].bury();
    }

    fn clear(&mut self, unit: usize, op: Op, pane: PaneId) {
        let name = self.units[unit].name.clone();
        if self.chance.percent(4) && self.tmux.connected && self.units[unit].living().is_none() {
            self.counts.hit(Kind::PaneRespawned);
            for process in &mut self.units[unit].processes {
                process.pane = process.pane.filter(|own| *own != pane);
            }
            let (_, pid) = self.spawn(unit, false, self.files.kickoff());
            self.truth.units[unit].done = false;
            if let Some(process) = self.units[unit].process(pid) {
                process.pane = Some(pane);
                process.prompting = false;
            }
            self.units[unit].bury();
            let unit_index = unit;
            self.tell(Input::Respawned {
                unit: name,
                op,
                pane,
                pid,
            });
            return self.paint(unit_index);
        }
        for process in &mut self.units[unit].processes {
            if !process.alive {
                process.pane = process.pane.filter(|own| *own != pane);
            }
        }
        self.units[unit].bury();
        self.tell(Input::Cleared { unit: name, op });
    }

    fn look(&mut self, unit: usize, op: Op, pane: PaneId, pid: i32) {
        let known = &self.units[unit];
        let process = known
            .processes
            .iter()
            .find(|process| process.pane == Some(pane));
        let view = match process {
            _ if !self.tmux.connected => Err("there is no connection".to_owned()),
            None => Err("there is no such pane".to_owned()),
            Some(process) => {
                let since = self.clock.awake.saturating_sub(process.active);
                let working = process.screen == Screen::Working;
                let silent = if working { Duration::ZERO } else { since };
                Ok(Box::new(View {
                    fact: known.fact_of(pid),
                    last_output: Some(self.clock.mono().saturating_sub(silent)),
                    foreign: process.foreign.clone(),
                }))
            }
        };
        let unit = known.name.clone();
        self.tell(Input::Looked { unit, op, view });
    }
}

impl Job {
    fn op(&self) -> Op {
        match self {
            Self::Start { op, .. }
            | Self::End { op, .. }
            | Self::Clear { op, .. }
            | Self::Look { op, .. }
            | Self::Type { op, .. }
            | Self::Answer { op, .. }
            | Self::Index { op, .. }
            | Self::Complete { op, .. }
            | Self::Trigger { op }
            | Self::Fetch { op, .. } => *op,
        }
    }

    fn needs_tmux(&self) -> bool {
        matches!(
            self,
            Self::Start { .. }
                | Self::End { .. }
                | Self::Clear { .. }
                | Self::Look { .. }
                | Self::Type { .. }
                | Self::Answer { .. }
        )
    }
}
