//! Each act held against the truth, before it is carried out.

use std::time::Duration;

use ao::detect::Seen;
use ao::supervise::{Action, Care, HoldFile, UnitKind};

use super::Rule;
use crate::world::World;
use crate::world::agent::Errand;

/// A screen may have changed since it was read so long ago.
const RACE: Duration = Duration::from_secs(8);

impl World {
    /// Holds an act against the rules.
    pub(crate) fn check_action(&mut self, action: &Action) {
        match action {
            Action::Start { unit, fresh, .. } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_fresh(unit, *fresh);
                    self.check_start(unit, None);
                }
            }
            Action::Replace {
                unit,
                pid,
                dead,
                fresh,
                ..
            } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_fresh(unit, *fresh);
                    if !dead {
                        self.check_kill(unit, *pid);
                    }
                    self.check_start(unit, Some(*pid));
                }
            }
            Action::End { unit, pid, .. } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_end(unit, *pid);
                }
            }
            Action::Type {
                unit, pane, letter, ..
            } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_type(unit, *pane, letter);
                }
            }
            Action::Answer {
                unit, pane, dialog, ..
            } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_answer(unit, *pane, dialog);
                }
            }
            Action::WriteHold { unit, hold } => {
                if let Some(unit) = self.index_of(unit) {
                    self.check_hold(unit, *hold);
                }
            }
            Action::Look { .. } => self.truth.looks += 1,
            Action::WriteIndex { index, .. } => self.check_index(*index),
            Action::MarkComplete { complete, .. } => self.check_complete(*complete),
            _ => {}
        }
    }

    /// The file of a hold is what people can read of it.
    fn check_hold(&mut self, unit: usize, hold: Option<HoldFile>) {
        let account = self.units[unit].account;
        let known = self.truth.holds.get(&account).map(|hold| hold.until);
        let edited = self
            .truth
            .holds
            .get(&account)
            .is_some_and(|hold| hold.edited);
        let until = hold.map(|hold| end_of_file(hold, self.clock.wall()));
        let news = until != known && self.files.holds[unit] != hold;
        // After memory was lost nobody knows what was told.
        let news = news && (known.is_some() || !self.truth.amnesia);
        let truth = &mut self.truth.units[unit];
        truth.acted.hold = true;
        if news && !truth.explained.hold && !truth.probed {
            let name = &self.units[unit].name;
            let what = format!("the hold of {name} is written, and nobody is told why");
            self.broken(Rule::EveryActIsTold, what);
        }
        if let Some(hold) = hold {
            if news {
                // What a probe has shown is told with the probe.
                self.truth.units[unit].probed = false;
            }
            self.truth
                .hold(account, end_of_file(hold, self.clock.wall()));
            if let Some(hold) = self.truth.holds.get_mut(&account).filter(|_| edited) {
                hold.edited = true;
            }
        }
    }

    /// Whether something is done by a person's word, or because the loop moves.
    fn is_told_to(&self, unit: usize) -> bool {
        let truth = &self.truth.units[unit];
        truth.word || truth.moved
    }

    fn check_start(&mut self, unit: usize, replaced: Option<i32>) {
        let name = self.units[unit].name.clone();
        if self.units[unit].has_under_way(Errand::Start) {
            self.broken(Rule::NoTwins, format!("two starts of {name} are under way"));
        }
        let twin = self.units[unit].processes.iter().find(|process| {
            process.alive
                && Some(process.pid) != replaced
                && (process.pane.is_some() || process.known)
                && (process.born < self.clock.awake)
        });
        if let Some(twin) = twin.map(|twin| twin.pid) {
            let told = self.units[unit].told.place;
            let what = format!("{name} is started though {twin} lives; told was {told:?}");
            self.broken(Rule::NoTwins, what);
        }
        if !self.is_wanted(unit) {
            self.broken(
                Rule::UnwantedIsNotStarted,
                format!("{name} is started, and nobody wants it"),
            );
        }
        self.check_may_start(unit);
        self.check_starting(unit);
        self.truth.units[unit].acted.start = true;
        if !self.truth.units[unit].explained.start {
            self.broken(
                Rule::EveryActIsTold,
                format!("{name} is started, and nobody is told why"),
            );
        }
        self.check_budget(unit);
        self.truth.units[unit].ill = 0;
    }

    /// What ao may not do by itself.
    fn check_may_start(&mut self, unit: usize) {
        if self.is_told_to(unit) {
            return;
        }
        let name = self.units[unit].name.clone();
        if self.is_paused(unit) {
            self.broken(Rule::PausedIsLeftAlone, format!("{name} is started"));
        }
        let truth = &self.truth.units[unit];
        let account = self.units[unit].account;
        if let (true, Some(until)) = (truth.limited, self.held_until(account)) {
            self.broken(
                Rule::LimitedIsNotRestarted,
                format!("{name} is started, and its limit holds until {until}"),
            );
        }
        let Some(spec) = self.spec(unit).cloned() else {
            return self.broken(
                Rule::UnwantedIsNotStarted,
                format!("{name} is started, and the config has it no more"),
            );
        };
        if spec.care == Care::None && spec.kind != UnitKind::Loop && !self.is_closer(unit) {
            self.broken(
                Rule::UnwantedIsNotStarted,
                format!("{name} is started, and nobody asked to look after it"),
            );
        }
        if self.truth.units[unit].done && spec.kind == UnitKind::Task {
            self.broken(
                Rule::UnwantedIsNotStarted,
                format!("the task {name} is started, and it is done"),
            );
        }
        if spec.kind == UnitKind::Loop && self.is_over() {
            self.broken(
                Rule::PhasesInOrder,
                format!("{name} is started after the last phase"),
            );
        }
    }

    /// Whether a unit comes after the last phase.
    pub(crate) fn is_closer(&self, unit: usize) -> bool {
        let sequence = self.fleet.sequence.as_ref();
        let closer = sequence.and_then(|sequence| sequence.on_complete.as_ref());
        closer == Some(&self.units[unit].name)
    }

    fn check_starting(&mut self, unit: usize) {
        let Some(most) = self.policy.max_starting else {
            return;
        };
        let others = self
            .units
            .iter()
            .enumerate()
            .filter(|(index, other)| *index != unit && other.has_under_way(Errand::Start));
        let others = others.count();
        if others >= most {
            self.broken(
                Rule::NotAllAtOnce,
                format!("{others} start already, and {most} may"),
            );
        }
    }

    /// Counts a start after a failure of the unit's own.
    fn check_budget(&mut self, unit: usize) {
        let awake = self.clock.awake;
        let births = self.truth.births.clone();
        let truth = &mut self.truth.units[unit];
        if truth.word || truth.moved || !truth.costly {
            return;
        }
        truth.costly = false;
        truth.spent.push(awake);
        let bounds = [
            (self.policy.restart_window, self.policy.restarts_per_window),
            (Duration::from_secs(24 * 3600), self.policy.restarts_per_day),
        ];
        for (span, bound) in bounds {
            let since = awake.saturating_sub(span);
            let spent = truth.spent.iter().filter(|at| **at > since).count();
            // A start that was decided on may be put off, and one that a watchdog was killed over
            // may be forgotten.
            let forgotten = births.iter().filter(|at| **at > since).count();
            if spent > bound as usize + 1 + forgotten {
                let name = self.units[unit].name.clone();
                let what = format!("{name} was restarted {spent} times within {span:?}");
                return self.broken(Rule::BudgetsHold, what);
            }
        }
    }

    /// A living process is to be ended, for another or for none.
    fn check_kill(&mut self, unit: usize, pid: i32) {
        let awake = self.clock.awake;
        let loops = self.spec(unit).is_some_and(is_loop);
        let kickoff = self.files.kickoff();
        let process = self.units[unit].process(pid);
        let astray = process.is_some_and(|process| process.phase != kickoff);
        let by_person = loops && (self.files.complete || astray)
            || self.is_told_to(unit)
            || !self.is_wanted(unit);
        let name = self.units[unit].name.clone();
        let paused = self.is_paused(unit);
        let looked = self.units[unit].told.looked;
        let told = self.units[unit].told.fact.state;
        let retrying_max = self.policy.retrying_max;
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        if !process.alive || process.pane.is_none() || by_person {
            return;
        }
        let shows = process.screen.seen();
        let stood = awake.saturating_sub(process.since);
        let foreign = process.foreign.is_some();
        if paused {
            self.broken(Rule::PausedIsLeftAlone, format!("{name} is ended"));
        }
        if (shows == Seen::Limited && stood > RACE) || told == Seen::Limited {
            self.broken(
                Rule::LimitedIsNotRestarted,
                format!("{name} is ended, and it waits out a limit"),
            );
        }
        let fresh = looked.is_some_and(|(at, _)| awake.saturating_sub(at) < RACE);
        if !fresh {
            self.broken(
                Rule::NothingIsTypedBlindly,
                format!("{name} is ended, and nobody looked at it before"),
            );
        }
        let retries = shows == Seen::Retrying && stood < retrying_max;
        let healthy = retries || matches!(shows, Seen::Working | Seen::NeedsPerson | Seen::Login);
        if healthy && !foreign && stood > RACE {
            self.broken(
                Rule::NothingIsTypedBlindly,
                format!("{name} is ended, and it shows {shows:?} for {stood:?}"),
            );
        }
        if let Some(process) = self.units[unit].process(pid) {
            process.epoch += 1;
        }
        self.truth.units[unit].costly = true;
    }

    /// Until when an account is held, if that is certain and not over.
    pub(crate) fn held_until(&self, account: usize) -> Option<jiff::Timestamp> {
        let hold = self.truth.holds.get(&account)?;
        (hold.firm && hold.until > self.clock.wall()).then_some(hold.until)
    }

    fn check_end(&mut self, unit: usize, pid: i32) {
        let name = self.units[unit].name.clone();
        let boot = self.clock.boot;
        let known = self.units[unit].process(pid);
        if known.is_some_and(|process| process.boot != boot) {
            self.broken(
                Rule::NoTwins,
                format!("{name}: the process {pid} of an earlier start of the machine is ended"),
            );
        }
        self.truth.units[unit].acted.end = true;
        if !self.truth.units[unit].explained.end {
            let living = self.units[unit]
                .process(pid)
                .is_some_and(|process| process.alive && process.pane.is_some());
            if living {
                self.broken(
                    Rule::EveryActIsTold,
                    format!("{name} is ended, and nobody is told why"),
                );
            }
        }
        self.check_kill(unit, pid);
        self.truth.units[unit].ill = 0;
    }
}

/// The end that the file of a hold means: one that is too far ahead is none.
pub(crate) fn end_of_file(hold: HoldFile, wall: jiff::Timestamp) -> jiff::Timestamp {
    let far = Duration::from_secs(183 * 24 * 3600);
    if hold.until >= wall + far {
        jiff::Timestamp::MAX
    } else {
        hold.until
    }
}

fn is_loop(spec: &ao::supervise::UnitSpec) -> bool {
    spec.kind == UnitKind::Loop
}
