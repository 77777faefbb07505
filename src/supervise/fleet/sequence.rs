//! The sequence of phases: from one to the next, and what comes after the last.
//!
//! A move is remembered before its first step and forgotten after its last, and each step can be
//! done twice, so that a watchdog which ends in the middle is followed by one that goes on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Run, SequenceFiles, SequenceMemory, SequenceSpec, Supervisor};
use crate::supervise::done::Done;
use crate::supervise::fact::Fact;
use crate::supervise::input::{Op, UnitName};
use crate::supervise::spec::UnitKind;
use crate::supervise::timer::Timer;
use crate::supervise::unit::Unit;
use crate::supervise::{Action, Mutant};

/// What is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    Index(usize),
    Complete(bool),
    Trigger,
}

/// Where the sequence stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sequence {
    pub(super) spec: Option<SequenceSpec>,
    pub(super) memory: SequenceMemory,
    /// What its files say; none before they were read.
    pub(super) files: Option<SequenceFiles>,
    writing: Option<(Op, Step)>,
    /// The loop agents were sent away at the end.
    sent_away: bool,
    /// The trigger file was removed.
    triggered: bool,
    /// This watchdog has started what comes after the end.
    launched: bool,
    /// The phase that is done by a bare marker, and since when.
    bare: Option<(usize, Duration)>,
    trouble: bool,
}

impl Sequence {
    pub(super) fn new(memory: SequenceMemory) -> Self {
        Self {
            memory,
            ..Self::default()
        }
    }

    /// Takes in what the files say.
    pub(super) fn take_files(&mut self, files: SequenceFiles) {
        let known = self.files.replace(files);
        let digest = |files: Option<&SequenceFiles>| {
            let (index, _) = self.bare?;
            files?.digests.get(index).copied()
        };
        // A bare marker has to stand for a while again once its file was written to.
        if digest(known.as_ref()) != digest(self.files.as_ref()) {
            self.bare = None;
        }
    }

    /// Whether the loop has ended.
    pub(super) fn is_complete(&self) -> bool {
        let marked = self.files.as_ref().is_some_and(|files| files.complete);
        self.spec.is_some() && marked && self.memory.moving_to.is_none() || self.memory.completing
    }

    /// The phase that starts are made for: the nearest that there is to what is written.
    pub(super) fn index(&self) -> Option<usize> {
        let last = self.spec.as_ref()?.phases.len().checked_sub(1)?;
        let written = self.files.as_ref()?.index.unwrap_or(0);
        Some(usize::try_from(written).unwrap_or(0).min(last))
    }
}

impl Supervisor {
    /// The current phase: its number from 0, and whether the sequence is complete.
    #[must_use]
    pub fn phase(&self) -> Option<(usize, bool)> {
        Some((self.sequence.index()?, self.sequence.is_complete()))
    }

    /// The phase that a move is under way to, else the current one: what comes next is seen from
    /// there.
    #[must_use]
    pub fn phase_ahead(&self) -> Option<usize> {
        let moving_to = self.sequence.memory.moving_to;
        moving_to.or_else(|| self.sequence.index())
    }

    /// What the files of the sequence say; none before they were read.
    #[must_use]
    pub fn sequence_files(&self) -> Option<&SequenceFiles> {
        self.sequence.files.as_ref()
    }

    pub(super) fn ask_phase(&mut self, run: &mut Run<'_>, index: usize) {
        let Some(spec) = &self.sequence.spec else {
            return;
        };
        let complete = self.sequence.is_complete();
        if index < spec.phases.len() && (Some(index) != self.phase_ahead() || complete) {
            self.sequence.memory.completing = false;
            self.begin_move(run, index, "by a person's word");
        }
    }

    /// Goes on with whatever is under way, or begins what there is to begin.
    pub(super) fn tend_sequence(&mut self, run: &mut Run<'_>) {
        if self.sequence.writing.is_some()
            || !self.ready
            || self.paused
            || self.timers.is_set(Timer::Write)
        {
            return;
        }
        let (Some(spec), Some(files)) = (&self.sequence.spec, &self.sequence.files) else {
            return;
        };
        let (Some(index), complete) = (self.sequence.index(), files.complete) else {
            return;
        };
        if !self.units.iter().any(is_enabled_loop) {
            return;
        }
        if self.policy.dry_run {
            return self.would_move(run, index);
        }
        let last = spec.phases.len() - 1;
        let auto = spec.auto_advance;
        if let Some(to) = self.sequence.memory.moving_to {
            return self.go_on_moving(run, to.min(last));
        }
        if self.sequence.memory.completing && !complete && index < last {
            // Phases were appended before the end could be written down.
            self.sequence.memory.completing = false;
            run.remember = true;
        }
        if self.sequence.memory.completing {
            return self.go_on_completing(run);
        }
        match self.sequence.memory.index {
            None => {
                self.sequence.memory.index = Some(index);
                run.remember = true;
            }
            Some(known) if known != index => return self.begin_move(run, index, "by hand"),
            Some(_) => self.fetch_stragglers(run, index),
        }
        if !auto || !self.is_done(run, index) {
            return;
        }
        if index < last {
            let skipped = usize::from(self.policy.breaks(Mutant::SkipsPhases));
            let to = (index + 1 + skipped).min(last);
            self.begin_move(run, to, "the phase before is done");
        } else if !complete {
            self.begin_completing(run);
        }
    }

    /// A watchdog that ended before all had gone along is followed by one that sees to it.
    fn fetch_stragglers(&mut self, run: &mut Run<'_>, index: usize) {
        let astray = |unit: &Unit| is_enabled_loop(unit) && unit.is_astray(index);
        let Some(id) = self
            .phase_id(index)
            .filter(|_| self.units.iter().any(astray))
        else {
            return;
        };
        if self.sequence.is_complete() {
            return;
        }
        self.each(run, |unit, ctx| {
            if astray(unit) {
                unit.move_to_phase(ctx, &id);
            }
        });
    }

    /// What a dry run would do about phases.
    fn would_move(&mut self, run: &mut Run<'_>, index: usize) {
        let done = self.is_done(run, index) && !self.sequence.is_complete();
        if done && !std::mem::replace(&mut self.sequence.trouble, done) {
            run.announce(Fact::Would {
                unit: None,
                what: "go on to the next phase".to_owned(),
            });
        }
    }

    /// Whether a phase is done. A bare marker counts once it has stood for a while: somebody may be
    /// about to write more.
    fn is_done(&mut self, run: &Run<'_>, index: usize) -> bool {
        let files = self.sequence.files.as_ref();
        let said = files.and_then(|files| files.done.get(index).copied());
        if said != Some(Done::Bare) {
            self.sequence.bare = None;
            self.timers.clear(Timer::BareDone);
            return said == Some(Done::Yes);
        }
        let since = match self.sequence.bare {
            Some((known, since)) if known == index => since,
            _ => run.now.mono,
        };
        self.sequence.bare = Some((index, since));
        let at = since.saturating_add(self.policy.bare_done);
        if at <= run.now.mono {
            return true;
        }
        self.timers.set_mono(Timer::BareDone, at);
        false
    }

    fn phase_id(&self, index: usize) -> Option<String> {
        self.sequence.spec.as_ref()?.phases.get(index).cloned()
    }

    fn begin_move(&mut self, run: &mut Run<'_>, to: usize, why: &str) {
        let from = self
            .sequence
            .memory
            .index
            .and_then(|from| self.phase_id(from));
        let Some(id) = self.phase_id(to) else {
            return;
        };
        run.remember = true;
        self.sequence.memory.moving_to = Some(to);
        self.sequence.memory.ran = false;
        self.sequence.bare = None;
        self.sequence.triggered = false;
        run.announce(Fact::Phase {
            from,
            to: id,
            why: why.to_owned(),
        });
        // What is being written for the move before comes first: two writers of one file would race.
        if self.sequence.writing.is_none() {
            self.go_on_moving(run, to);
        }
    }

    fn go_on_moving(&mut self, run: &mut Run<'_>, to: usize) {
        let Some(files) = &self.sequence.files else {
            return;
        };
        let written = i64::try_from(to).ok();
        if files.index != written && !(to == 0 && files.index.is_none()) {
            return self.write(run, Step::Index(to));
        }
        if files.complete {
            return self.write(run, Step::Complete(false));
        }
        let Some(id) = self.phase_id(to) else {
            return;
        };
        self.each(run, |unit, ctx| {
            if is_enabled_loop(unit) {
                unit.move_to_phase(ctx, &id);
            }
        });
        self.sequence.memory.index = Some(to);
        self.sequence.memory.moving_to = None;
        run.remember = true;
    }

    fn begin_completing(&mut self, run: &mut Run<'_>) {
        let last = self.sequence.index().and_then(|index| self.phase_id(index));
        run.remember = true;
        self.sequence.memory.completing = true;
        self.sequence.sent_away = false;
        self.sequence.memory.ran = false;
        self.sequence.launched = false;
        self.sequence.triggered = false;
        run.announce(Fact::Complete {
            last: last.unwrap_or_default(),
        });
        self.go_on_completing(run);
    }

    fn go_on_completing(&mut self, run: &mut Run<'_>) {
        let marked = self
            .sequence
            .files
            .as_ref()
            .is_some_and(|files| files.complete);
        if !marked {
            return self.write(run, Step::Complete(true));
        }
        if !std::mem::replace(&mut self.sequence.sent_away, true) {
            self.each(run, |unit, ctx| {
                if unit.kind() == UnitKind::Loop {
                    if unit.running().is_some() {
                        ctx.announce(Fact::Told {
                            unit: unit.name().clone(),
                            text: "it ends with the last phase".to_owned(),
                        });
                    }
                    unit.forget_pings(ctx);
                    unit.send_away(ctx);
                }
            });
        }
        // A watchdog that ends before they have is followed by one that sends them away again.
        let ending = |unit: &Unit| unit.kind() == UnitKind::Loop && unit.is_leaving();
        if self.units.iter().any(ending) {
            return;
        }
        let Some(spec) = self.sequence.spec.clone() else {
            return;
        };
        if spec.has_on_complete && !self.sequence.triggered {
            return self.write(run, Step::Trigger);
        }
        let ends = |unit: &Unit| unit.kind() == UnitKind::Loop && unit.running().is_some();
        if self.units.iter().any(ends) {
            // Until they are gone the end is not over: another watchdog would have to see to it.
            return;
        }
        if spec.has_on_complete && !self.has_run(run, spec.on_complete) {
            return;
        }
        self.sequence.memory.completing = false;
        self.sequence.launched = false;
        run.remember = true;
    }

    /// Starts what comes after the end; whether that is under way no more.
    fn has_run(&mut self, run: &mut Run<'_>, whom: Option<UnitName>) -> bool {
        let again = std::mem::replace(&mut self.sequence.memory.ran, true);
        let launched = std::mem::replace(&mut self.sequence.launched, true);
        let unit = whom.as_ref().and_then(|name| self.unit(name));
        let starting = unit.is_some_and(Unit::comes_back);
        let started = unit.is_some_and(|unit| unit.running().is_some() || unit.done);
        if launched || starting {
            return !starting;
        }
        // A watchdog that ended in the middle may have started it already.
        if again && started {
            return true;
        }
        run.remember = true;
        run.announce(Fact::OnComplete { run: whom.clone() });
        let Some(name) = whom else {
            return true;
        };
        self.want_and_restart(run, &name);
        !self.unit(&name).is_some_and(Unit::comes_back)
    }

    fn write(&mut self, run: &mut Run<'_>, step: Step) {
        self.last_op += 1;
        let op = Op(self.last_op);
        self.sequence.writing = Some((op, step));
        run.out.push(match step {
            Step::Index(index) => Action::WriteIndex { op, index },
            Step::Complete(complete) => Action::MarkComplete { op, complete },
            Step::Trigger => Action::RemoveTrigger { op },
        });
    }

    pub(super) fn written(&mut self, run: &mut Run<'_>, done: Op, result: Result<(), String>) {
        let Some((_, step)) = self.sequence.writing.take_if(|(op, _)| *op == done) else {
            return;
        };
        if let Err(reason) = result {
            let at = run.now.mono.saturating_add(self.policy.letter_retry);
            self.timers.set_mono(Timer::Write, at);
            if !std::mem::replace(&mut self.sequence.trouble, true) {
                run.announce(Fact::Trouble {
                    about: "phase".to_owned(),
                    reason: Some(reason),
                });
            }
            return;
        }
        if std::mem::take(&mut self.sequence.trouble) {
            run.announce(Fact::Trouble {
                about: "phase".to_owned(),
                reason: None,
            });
        }
        let Some(files) = &mut self.sequence.files else {
            return;
        };
        match step {
            Step::Index(index) => files.index = i64::try_from(index).ok(),
            Step::Complete(complete) => files.complete = complete,
            Step::Trigger => self.sequence.triggered = true,
        }
    }
}

fn is_enabled_loop(unit: &Unit) -> bool {
    unit.spec()
        .is_some_and(|spec| spec.kind == UnitKind::Loop && spec.enabled)
}
