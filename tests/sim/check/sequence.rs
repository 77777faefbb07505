//! The phases: one after the other, to the end, and nothing twice.

use std::time::Duration;

use ao::supervise::{Done, UnitKind, UnitName};

use super::Rule;
use crate::world::World;

impl World {
    pub(crate) fn loop_units(&self) -> Vec<usize> {
        let units = self.configured_units().into_iter();
        units
            .filter(|unit| {
                let spec = self.spec(*unit);
                spec.is_some_and(|spec| spec.kind == UnitKind::Loop)
            })
            .collect()
    }

    /// Whether a phase counts as done.
    pub(crate) fn is_done(&self, phase: usize) -> bool {
        match self.files.done.get(phase) {
            Some(Done::Yes) => true,
            Some(Done::Bare) => {
                let since = self.truth.sequence.marked.get(phase).copied();
                let stood = self.clock.awake.saturating_sub(since.unwrap_or_default());
                stood + Duration::from_millis(50) >= self.policy.bare_done
            }
            _ => false,
        }
    }

    /// The loop is said to go to another phase.
    pub(crate) fn goes_to_phase(&mut self, to: &str) {
        let phases = self
            .fleet
            .sequence
            .as_ref()
            .map(|sequence| &sequence.phases);
        let index = phases.and_then(|phases| phases.iter().position(|id| id == to));
        let Some(index) = index else {
            return self.broken(Rule::PhasesInOrder, format!("there is no phase {to}"));
        };
        let now = self.files.kickoff().unwrap_or(0);
        let next = index == now + 1 && self.is_done(now);
        let begun = self.truth.sequence.going == Some(index);
        let asked = self.truth.sequence.asked == Some(index);
        // The number in the file is what counts, whoever wrote it.
        let there = index == now;
        if !next && !begun && !asked && !there {
            let done = self.files.done.clone();
            self.broken(
                Rule::PhasesInOrder,
                format!("the loop goes from {now} to {index}, and {done:?} is done"),
            );
        }
        self.truth.sequence.going = Some(index);
        self.truth.sequence.moving = true;
        self.truth.sequence.stuck = 0;
        for unit in self.loop_units() {
            self.truth.units[unit].moved = true;
            self.truth.units[unit].kept = false;
        }
    }

    pub(crate) fn check_index(&mut self, index: usize) {
        let now = self.files.kickoff().unwrap_or(0);
        if self.truth.sequence.going != Some(index) && index != now {
            self.broken(
                Rule::PhasesInOrder,
                format!("the phase {index} is written after {now}, and nobody was told"),
            );
        }
        if self.truth.sequence.asked == Some(index) {
            self.truth.sequence.asked = None;
        }
    }

    /// A file of the sequence was written.
    pub(crate) fn moved_on(&mut self) {
        let there = self.files.kickoff() == self.truth.sequence.going;
        if there && !self.files.complete {
            self.truth.sequence.moving = false;
        }
    }

    /// Whether the last phase is done, so that the loop ends as soon as that can be written down.
    pub(crate) fn is_ending(&self) -> bool {
        let now = self.files.kickoff();
        now.is_some_and(|phase| phase + 1 == self.files.done.len() && self.is_done(phase))
    }

    /// Whether the loop has ended, and is not on its way to go on.
    pub(crate) fn is_over(&self) -> bool {
        self.files.complete && !self.truth.sequence.moving
    }

    /// The sequence is said to be complete.
    pub(crate) fn completes(&mut self) {
        let last = self.files.done.len().saturating_sub(1);
        let now = self.files.kickoff().unwrap_or(0);
        if now != last || !(self.is_done(last) || self.files.complete) {
            self.broken(
                Rule::PhasesInOrder,
                format!("the sequence ends in phase {now} of {last}"),
            );
        }
        for unit in self.loop_units() {
            self.truth.units[unit].moved = true;
        }
    }

    pub(crate) fn check_complete(&mut self, complete: bool) {
        let last = self.files.done.len().saturating_sub(1);
        let now = self.files.kickoff().unwrap_or(0);
        if complete && now != last {
            let what = format!("the sequence is marked as complete in phase {now} of {last}");
            self.broken(Rule::PhasesInOrder, what);
        }
        if complete && !self.files.complete {
            self.truth.sequence.runs = self.truth.sequence.runs.max(1);
        }
    }

    /// What comes after the end is said to be started.
    pub(crate) fn runs_on_complete(&mut self, run: Option<&UnitName>) {
        let runs = &mut self.truth.sequence.runs;
        let fresh = *runs > 0 || !self.files.complete;
        *runs = runs.saturating_sub(1);
        if !fresh {
            let what = "what comes after the end is started twice".to_owned();
            self.broken(Rule::PhasesInOrder, what);
        }
        if let Some(unit) = run.and_then(|run| self.index_of(run)) {
            let truth = &mut self.truth.units[unit];
            truth.wanted = Some(true);
            truth.word = true;
            truth.done = false;
            truth.latched = false;
            truth.spent.clear();
        }
    }

    /// Whether the loop should have moved on by now.
    pub(crate) fn audit_sequence(&mut self) {
        if self.files.done.is_empty() || self.disk.full || self.truth.paused {
            return;
        }
        let loops = self.loop_units();
        let wanted = !loops.is_empty()
            && loops
                .iter()
                .all(|unit| self.is_wanted(*unit) && !self.is_paused(*unit));
        let Some(now) = self.files.kickoff().filter(|_| wanted) else {
            return;
        };
        let last = self.files.done.len() - 1;
        let over = self.is_done(now) && !(now == last && self.files.complete);
        let stuck = &mut self.truth.sequence.stuck;
        *stuck = if over { *stuck + 1 } else { 0 };
        if *stuck > 40 {
            let what = format!("phase {now} of {last} is done, and nothing follows");
            self.broken(Rule::PhasesInOrder, what);
        }
        // Which phase it was started for is remembered with it.
        let amnesia = self.truth.amnesia;
        for unit in loops {
            let account = self.units[unit].account;
            let held = self.truth.holds.contains_key(&account);
            let process = self.units[unit].living();
            let astray = process.is_some_and(|process| process.phase != Some(now));
            let ended = self.files.complete && process.is_some() && now == last;
            let truth = &mut self.truth.units[unit];
            truth.astray = if !amnesia && !truth.kept && !held && (astray || ended) {
                truth.astray + 1
            } else {
                0
            };
            if truth.astray > 40 {
                let name = self.units[unit].name.clone();
                let what = format!("{name} goes on with another phase than {now}");
                self.broken(Rule::PhasesInOrder, what);
            }
        }
    }
}
