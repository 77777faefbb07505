//! Whether a usage limit is over: when it is asked, and what the answer means.

use std::time::Duration;

use super::{Run, Supervisor};
use crate::detect::Seen as Showing;
use crate::supervise::fact::{Fact, Source};
use crate::supervise::holds::{Probing, add, end_of};
use crate::supervise::input::UnitName;
use crate::supervise::letter::{Letter, Purpose, Receipt};
use crate::supervise::timer::{At, Timer};
use crate::supervise::unit::{Report, Unit};

impl Supervisor {
    /// A text was typed into it: perhaps a probe.
    pub(super) fn probed(
        &mut self,
        run: &mut Run<'_>,
        name: &UnitName,
        purpose: Purpose,
        receipt: &Receipt,
    ) {
        if !purpose.goes_through_limit() {
            return;
        }
        let key = self.key_of(name);
        let until = add(run.now.wall, self.policy.probe_answer);
        if purpose == Purpose::Resume {
            // Whoever still shows the limit after that is held anew.
            if let Some(fact) = self.unit(name).and_then(Unit::shown).cloned()
                && fact.state == Showing::Limited
                && !self.holds.contains_key(&key)
                && !matches!(receipt, Receipt::Waits(_))
            {
                self.limited_until(run, name, &fact, Some(until));
            }
            return;
        }
        let Some(hold) = self.holds.get_mut(&key) else {
            return;
        };
        let Some(probing) = hold
            .probing
            .as_mut()
            .filter(|probing| probing.unit == *name)
        else {
            // Somebody put the hold off while it was typed.
            self.one(run, name, |unit, ctx| unit.withdraw(ctx, Purpose::Probe));
            return;
        };
        match receipt {
            Receipt::Landed | Receipt::Unconfirmed(_) => probing.until = Some(until),
            Receipt::Waits(_) => {}
            // It counts as one that did not help.
            Receipt::Failed(_) | Receipt::Nothing(_) => probing.until = Some(run.now.wall),
        }
        run.remember = true;
    }

    /// Looks after every hold whose time has come.
    pub(super) fn tend_holds(&mut self, run: &mut Run<'_>) {
        let keys: Vec<String> = self.holds.keys().cloned().collect();
        let mut next: Option<jiff::Timestamp> = None;
        for key in keys {
            if let Some(at) = self.tend_hold(run, &key) {
                next = Some(next.map_or(at, |known| known.min(at)));
            }
        }
        match next {
            Some(at) => self.timers.set(Timer::Holds, At::Wall(at)),
            None => self.timers.clear(Timer::Holds),
        }
    }

    /// Looks after one hold; when to do so again.
    pub(super) fn tend_hold(&mut self, run: &mut Run<'_>, key: &str) -> Option<jiff::Timestamp> {
        let wall = run.now.wall;
        let hold = self.holds.get(key)?.clone();
        if let Some(probing) = hold.probing.clone() {
            return match probing.until {
                None => Some(add(wall, self.policy.wall_check)),
                Some(until) if until > wall => Some(until),
                Some(_) => {
                    self.probe_failed(run, key, &probing.unit);
                    self.holds.get(key).and_then(|hold| hold.until)
                }
            };
        }
        let Some(until) = hold.until else {
            self.tend_cap(run, key);
            return None;
        };
        if until > wall {
            return Some(until);
        }
        if hold.source != Source::File && self.is_capped(key, None) {
            self.cap(run, key);
            return None;
        }
        if !self.ready {
            // What runs is not known yet.
            return Some(add(wall, self.policy.wall_check));
        }
        let living: Vec<UnitName> = hold
            .members
            .iter()
            .filter(|name| self.unit(name).is_some_and(|unit| unit.runs_in().is_some()))
            .cloned()
            .collect();
        if living.is_empty() {
            if hold.members.iter().any(|name| {
                self.unit(name)
                    .is_some_and(|unit| unit.running().is_some() || unit.comes_back())
            }) {
                return Some(add(wall, self.policy.probe_answer));
            }
            let by = hold.members.first()?.clone();
            self.lift(run, key, &by, "its time is over");
            return None;
        }
        let patient = add(until, self.policy.self_resume_grace);
        let (mut again, mut asked) = (add(wall, self.policy.wall_check), None);
        for name in living {
            let unit = self.unit(&name)?;
            let by_itself = unit
                .shown()
                .and_then(|fact| fact.limit.as_ref())
                .is_some_and(|limit| limit.resumes_itself);
            if by_itself && wall < patient {
                again = again.min(patient).max(add(wall, Duration::from_secs(1)));
            } else if asked.is_none() && self.may_be_probed(run, &name) {
                asked = Some(name);
            }
        }
        if let Some(name) = asked {
            self.probe(run, key, &name);
        }
        Some(again)
    }

    pub(super) fn may_be_probed(&mut self, run: &mut Run<'_>, name: &UnitName) -> bool {
        let mut may = false;
        self.one(run, name, |unit, ctx| {
            may = unit.wanted(ctx.fleet) != Some(false)
                && unit.spec().is_some()
                && unit.may_act(ctx, "probe whether its limit is over");
        });
        may
    }

    pub(super) fn probe(&mut self, run: &mut Run<'_>, key: &str, name: &UnitName) {
        let Some(hold) = self.holds.get_mut(key) else {
            return;
        };
        run.remember = true;
        hold.probes += 1;
        hold.probing = Some(Probing {
            unit: name.clone(),
            until: None,
        });
        run.announce(Fact::Probe {
            unit: name.clone(),
            number: hold.probes,
        });
        self.write_hold(run, key);
        self.one(run, name, |unit, ctx| {
            if unit.showing() != Showing::Limited {
                // Nothing was heard of its screen since the watchdog came back.
                ctx.reports.push((unit.name().clone(), Report::LimitGone));
                return;
            }
            let resident = unit.spec().is_some_and(|spec| spec.resident_voice);
            unit.post(ctx, Letter::probe(resident));
        });
    }

    /// The probed agent still shows the limit.
    pub(super) fn probe_failed(&mut self, run: &mut Run<'_>, key: &str, name: &UnitName) {
        let limit = self
            .unit(name)
            .and_then(Unit::shown)
            .and_then(|fact| fact.limit.clone())
            .unwrap_or_default();
        let policy = self.policy.clone();
        let Some(hold) = self.holds.get_mut(key) else {
            return;
        };
        run.remember = true;
        hold.probing = None;
        // It may have named another end as its answer.
        if hold.until.is_some_and(|until| until <= run.now.wall) {
            let passed = hold.reset.as_ref();
            (hold.until, hold.source) = end_of(&limit, passed, hold.guess, run.now, &policy);
            if hold.source == Source::Guess {
                hold.longer_guess(&policy);
            } else {
                hold.reset = limit.reset;
            }
        }
        let Some(until) = hold.until else {
            return self.cap(run, key);
        };
        let daily = hold
            .told
            .is_some_and(|told| add(told, policy.hold_told_every) <= run.now.wall);
        if hold.probes == policy.probes_told || daily {
            hold.told = Some(run.now.wall);
            run.announce(Fact::StillLimited {
                unit: name.clone(),
                probes: hold.probes,
                since: hold.since,
                until,
            });
        }
        self.write_hold(run, key);
    }
}
