//! What must happen at last, looked at every minute: healing, wakes, probes, pings.

use std::time::Duration;

use ao::detect::Seen;
use ao::supervise::{Care, StallAction, UnitKind};

use super::{Rule, Topic};
use crate::world::World;

/// A unit that has to be healed is, within so many audits: the longest delay, the interval of what
/// ended well, a storm's stagger, and once more for a watchdog that was killed in between.
const HEALED: u32 = 45;

/// So many audits in an incident, where one after the other goes first.
const HEALED_IN_STORM: u32 = 150;

/// A text that can be typed is, within so many audits at which it could.
const TYPED: u32 = 25;

/// A hold that is over is probed, within so many audits.
const PROBED: u32 = 90;

/// More steps than this in a minute are a busy loop.
const STEPS: u64 = 900;

/// A unit that is to be started anew is looked at once a second at most, and few are at a time.
const LOOKS: u32 = 200;

impl World {
    /// Looks at the long-term promises.
    pub(crate) fn audit(&mut self) {
        let steps = self.steps - self.truth.audited;
        self.truth.audited = self.steps;
        if steps > STEPS {
            self.broken(Rule::NoBusyLoop, format!("{steps} steps within a minute"));
        }
        let looks = std::mem::take(&mut self.truth.looks);
        if looks > LOOKS {
            self.broken(Rule::NoBusyLoop, format!("{looks} looks within a minute"));
        }
        if !self.is_calm() {
            return;
        }
        self.audit_letters();
        self.audit_sequence();
        for unit in self.configured_units() {
            self.audit_health(unit);
            self.audit_wake(unit);
            self.audit_dialog(unit);
        }
        self.audit_holds();
        self.audit_handoff();
    }

    /// Whether everything that the supervisor needs is there.
    fn is_calm(&self) -> bool {
        self.hears() && self.tmux.hung_until <= self.clock.awake && !self.tmux.loses_events
    }

    /// The supervisor asks to be called at a time that is over.
    pub(crate) fn check_haste(&mut self, overdue: bool) {
        self.hurried = if overdue { self.hurried + 1 } else { 0 };
        if self.hurried > 20 {
            let what = "it asks to be called at once, again and again".to_owned();
            self.broken(Rule::NoBusyLoop, what);
        }
    }

    fn audit_letters(&mut self) {
        let Some(machine) = &self.machine else { return };
        let memory = machine.memory();
        let most = self.policy.letters_max;
        let long = memory
            .units
            .iter()
            .find(|(_, unit)| unit.letters.len() > most + 1);
        if let Some((name, unit)) = long {
            let what = format!("{} texts wait for {name}", unit.letters.len());
            self.broken(Rule::NoBusyLoop, what);
        }
    }

    /// Whether a unit has to be healed; why.
    fn illness(&self, unit: usize) -> Option<&'static str> {
        let spec = self.spec(unit)?;
        let truth = &self.truth.units[unit];
        let account = self.units[unit].account;
        let hold = self.truth.holds.get(&account);
        let held = hold.is_some_and(|hold| !hold.firm || hold.until > self.clock.wall())
            // After memory was lost nobody else knows.
            || (self.truth.amnesia && self.is_held_by_machine(unit));
        let ends = self.files.complete || self.is_ending();
        let over = spec.kind == UnitKind::Loop && ends;
        let left_alone = truth.latched || truth.done || self.is_paused(unit) || held || over;
        let healed = spec.enabled && spec.care != Care::None && self.is_wanted(unit);
        if !healed || left_alone {
            return None;
        }
        let known = &self.units[unit];
        let Some(process) = known.living() else {
            return Some("dead");
        };
        if known.paused_until > self.clock.awake || process.pane.is_none() {
            return None;
        }
        let stood = self.clock.awake.saturating_sub(process.since);
        let seen = process.screen.seen();
        if process.foreign.is_some() {
            return Some("another program");
        }
        if seen == Seen::Fatal && stood > self.policy.signal_interval {
            return Some("fatal");
        }
        self.is_stalled(unit).then_some("stalled")
    }

    fn is_stalled(&self, unit: usize) -> bool {
        let Some(spec) = self.spec(unit) else {
            return false;
        };
        let Some(process) = self.units[unit].living() else {
            return false;
        };
        if spec.care != Care::HealAndStall || spec.stall_action == StallAction::Tell {
            return false;
        }
        let silent = self.clock.awake.saturating_sub(process.active);
        match &process.screen {
            crate::world::screen::Screen::Idle => {
                silent > spec.stall_idle + Duration::from_secs(120)
            }
            crate::world::screen::Screen::Retrying => {
                let retries = self.clock.awake.saturating_sub(process.since);
                let most = self.policy.retrying_max + spec.stall_idle;
                retries > most + Duration::from_secs(120)
            }
            crate::world::screen::Screen::Waiting(waiting) => {
                let until = waiting.until(&self.policy.zone);
                let until = until.min(self.clock.wall() + self.policy.waiting_max);
                let late = self.clock.wall().duration_since(until);
                let late = Duration::try_from(late).unwrap_or_default();
                self.truth.jumped.is_none()
                    && late > self.policy.stall_grace + Duration::from_secs(60)
            }
            _ => false,
        }
    }

    fn audit_health(&mut self, unit: usize) {
        let ill = self.illness(unit);
        let truth = &mut self.truth.units[unit];
        truth.ill = if ill.is_some() { truth.ill + 1 } else { 0 };
        let most = if self.truth.storm.is_some() || self.policy.max_starting.is_some() {
            HEALED_IN_STORM
        } else {
            HEALED
        };
        if let Some(ill) = ill.filter(|_| truth.ill > most) {
            let name = &self.units[unit].name;
            let what = format!("{name} has been {ill} for {most} minutes");
            self.broken(Rule::TheIllAreHealed, what);
        }
    }

    /// Whether something can be typed into a unit at this moment.
    fn can_take(&self, unit: usize) -> bool {
        let known = &self.units[unit];
        let account = known.account;
        let Some(process) = known.living() else {
            return false;
        };
        let calm = match process.shown().seen() {
            Seen::Idle => true,
            Seen::Working | Seen::Unknown => !known.temper.shows_activity,
            _ => false,
        };
        calm && known.told.place.is_some_and(|place| place.1 == process.pid)
            && known.told.under_way.is_empty()
            && !known.told.prompting
            && known.paused_until <= self.clock.awake
            && !self.is_paused(unit)
            && self.is_wanted(unit)
            && !self.truth.holds.contains_key(&account)
            && process.foreign.is_none()
            && self.clock.awake.saturating_sub(process.born) > Duration::from_secs(60)
    }

    fn audit_wake(&mut self, unit: usize) {
        let spec = self.spec(unit).filter(|spec| spec.enabled);
        let Some(interval) = spec
            .and_then(|spec| spec.wake)
            .filter(|_| !self.files.complete)
        else {
            self.truth.units[unit].wakes_from = None;
            return;
        };
        let now = (self.clock.awake, self.clock.wall());
        let can_take = self.can_take(unit);
        let truth = &mut self.truth.units[unit];
        let (at, wall) = *truth.wakes_from.get_or_insert(now);
        let awake = now.0.saturating_sub(at);
        let by_wall = Duration::try_from(now.1.duration_since(wall)).unwrap_or_default();
        let late = self.truth.jumped.is_none_or(|jumped| jumped < at)
            && awake > interval * 2
            && by_wall > interval * 2;
        truth.unwoken = match (late, can_take) {
            (false, _) => 0,
            (true, true) => truth.unwoken + 1,
            (true, false) => truth.unwoken,
        };
        if truth.unwoken > TYPED {
            let name = self.units[unit].name.clone();
            let what = format!("{name} is not woken for {awake:?}");
            self.broken(Rule::WakesComeOnce, what);
        }
    }

    /// A hold that is over leads to something: it never turns into silence.
    fn audit_holds(&mut self) {
        let holds: Vec<_> = self.truth.holds.clone().into_iter().collect();
        for (account, hold) in holds {
            let until = hold.until;
            let over = hold.firm && until <= self.clock.wall();
            let shown = self.units.iter().enumerate().any(|(unit, known)| {
                known.account == account
                    && !self.is_paused(unit)
                    && self.is_wanted(unit)
                    && self.spec(unit).is_some()
                    && known.paused_until <= self.clock.awake
                    && known.told.fact.state == Seen::Limited
                    && known.living().is_some()
            });
            let unprobed = self.truth.unprobed.entry(account).or_default();
            *unprobed = if over && shown { *unprobed + 1 } else { 0 };
            if *unprobed > PROBED {
                let what = format!(
                    "the hold of account {account} was over at {until}, and nothing follows"
                );
                self.broken(Rule::HoldsHold, what);
            }
        }
    }

    fn audit_handoff(&mut self) {
        let git_ok = self.git.calm_for(self.clock.awake) > Duration::from_secs(400);
        let loops = self.loop_units().into_iter();
        let looked_at = loops.into_iter().any(|unit| self.is_wanted(unit));
        let ends = self.is_ending();
        if !git_ok || !looked_at || self.truth.paused || self.files.complete || ends {
            return;
        }
        for topic in Topic::ALL {
            let Some(unit) = self.target_of(topic) else {
                continue;
            };
            let pushed = self.git.last(topic);
            let can_take = self.can_take(unit);
            let handed = &mut self.truth.handed[topic.place()];
            let waits = pushed > handed.typed.max(handed.landed);
            handed.unserved = match (waits, can_take) {
                (false, _) => 0,
                (true, true) => handed.unserved + 1,
                (true, false) => handed.unserved,
            };
            if handed.unserved > TYPED {
                let what = format!("{topic:?} {pushed} was pushed, and nobody is told");
                self.broken(Rule::WhatIsPushedIsTold, what);
            }
        }
    }
}
