//! Usage limits: held until they end, then probed, an account at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Run, Supervisor};
use crate::detect::{self, Seen as Showing};
use crate::supervise::fact::{Fact, Source};
use crate::supervise::holds::{Hold, Probing, add, end_of};
use crate::supervise::input::{Now, UnitName};
use crate::supervise::letter::{HoldFile, Letter, Purpose, Receipt};
use crate::supervise::memory::account_key;
use crate::supervise::timer::{At, Timer};
use crate::supervise::unit::{Held, Report, Unit};
use crate::supervise::{Action, Mutant};

impl Supervisor {
    /// The hold that concerns a unit, if there is one.
    #[must_use]
    pub fn hold_of(&self, name: &UnitName) -> Option<&Hold> {
        self.holds.get(&self.key_of(name))
    }

    fn key_of(&self, name: &UnitName) -> String {
        account_key(self.account_of(name).as_deref(), name)
    }

    fn account_of(&self, name: &UnitName) -> Option<String> {
        self.unit(name)?.spec()?.account.clone()
    }

    /// What a unit reports of its limit.
    pub(super) fn hold_report(&mut self, run: &mut Run<'_>, name: &UnitName, report: Report) {
        match report {
            Report::Limited(fact) => self.limited(run, name, &fact),
            Report::Works => self.works(run, name),
            Report::LimitGone => self.not_limited(run, name, "it no longer shows the limit"),
            Report::GoesOn => self.goes_on(run, name),
            Report::Typed(purpose, receipt) => self.probed(run, name, purpose, &receipt),
            // What an earlier process showed says nothing of this one.
            Report::Runs => {
                let adopted = self.holds.values().any(|hold| hold.members.contains(name));
                if adopted && !self.is_adopted(name) {
                    self.not_limited(run, name, "it was started anew");
                }
            }
            Report::Failed | Report::LostServer => {}
        }
    }

    /// Whether what runs was taken over from an earlier watchdog, which knew of its limit.
    fn is_adopted(&self, name: &UnitName) -> bool {
        self.unit(name).is_some_and(Unit::is_adopted)
    }

    /// It shows a limit.
    fn limited(&mut self, run: &mut Run<'_>, name: &UnitName, fact: &detect::Fact) {
        self.limited_until(run, name, fact, None);
    }

    /// It shows a limit; `soon`: when to look whether it still does, if that is known better than
    /// by its words.
    fn limited_until(
        &mut self,
        run: &mut Run<'_>,
        name: &UnitName,
        fact: &detect::Fact,
        soon: Option<jiff::Timestamp>,
    ) {
        let key = self.key_of(name);
        let account = self.account_of(name);
        let limit = fact.limit.clone().unwrap_or_default();
        let (now, policy) = (run.now, &self.policy);
        run.remember = true;
        if let Some(hold) = self.holds.get_mut(&key) {
            let joins = hold.members.insert(name.clone());
            let new_words = limit.reset.is_some() && limit.reset != hold.reset;
            let (until, source) = end_of(&limit, hold.reset.as_ref(), hold.guess, now, policy);
            let surer = new_words && source != Source::Guess && until != hold.until;
            if surer {
                (hold.until, hold.source, hold.reset) = (until, source, limit.reset);
            }
            if surer || joins {
                let told = (hold.until, hold.source.clone());
                tell_hold(run, name, account, told, fact);
            }
        } else {
            let guess = policy.limit_probe_fallback;
            let (until, source) = match soon {
                Some(soon) => (soon, Source::Guess),
                None => end_of(&limit, None, guess, now, policy),
            };
            tell_hold(run, name, account, (until, source.clone()), fact);
            let mut hold = Hold {
                members: BTreeSet::from([name.clone()]),
                until,
                source,
                probes: 0,
                since: now.wall,
                told: None,
                reset: limit.reset,
                probing: None,
                guess,
            };
            if hold.source == Source::Guess {
                hold.longer_guess(policy);
            }
            self.holds.insert(key.clone(), hold);
        }
        self.write_hold(run, &key);
        self.sync_holds(run);
    }

    /// It works: if it was limited, its limit is over, and so is its account's.
    fn works(&mut self, run: &mut Run<'_>, name: &UnitName) {
        let key = self.key_of(name);
        let member = |hold: &Hold| hold.members.contains(name);
        if self.holds.get(&key).is_some_and(member) {
            self.lift(run, &key, name, "it works again");
        }
    }

    /// It does not show a limit any more, and does not work.
    fn not_limited(&mut self, run: &mut Run<'_>, name: &UnitName, how: &str) {
        let key = self.key_of(name);
        let Some(hold) = self.holds.get_mut(&key) else {
            return;
        };
        if !hold.members.remove(name) {
            return;
        }
        run.remember = true;
        if hold.members.is_empty() {
            hold.members.insert(name.clone());
            return self.lift(run, &key, name, how);
        }
        if hold
            .probing
            .as_ref()
            .is_some_and(|probing| probing.unit == *name)
        {
            hold.probing = None;
        }
        let account = self.account_of(name);
        run.announce(Fact::Lifted {
            unit: name.clone(),
            account,
            how: format!("{how}; others of its account still do"),
        });
        run.out.push(Action::WriteHold {
            unit: name.clone(),
            hold: None,
        });
        self.one(run, name, |unit, ctx| unit.withdraw(ctx, Purpose::Probe));
        self.sync_holds(run);
    }

    /// A hold is over: whoever it concerned goes on, one after the other.
    fn lift(&mut self, run: &mut Run<'_>, key: &str, by: &UnitName, how: &str) {
        let Some(hold) = self.holds.remove(key) else {
            return;
        };
        run.remember = true;
        let account = self.account_of(by);
        run.announce(Fact::Lifted {
            unit: by.clone(),
            account: account.clone(),
            how: how.to_owned(),
        });
        for member in &hold.members {
            run.out.push(Action::WriteHold {
                unit: member.clone(),
                hold: None,
            });
        }
        self.sync_holds(run);
        let concerned: Vec<UnitName> = self
            .units
            .iter()
            .filter(|unit| hold.members.contains(unit.name()) || self.key_of(unit.name()) == key)
            .map(|unit| unit.name().clone())
            .collect();
        // One alone has nobody to keep out of the way of.
        let spread = if concerned.len() > 1 {
            self.policy.resume_spread
        } else {
            Duration::ZERO
        };
        for name in concerned {
            let delay = self.dice.up_to(spread);
            let alone = name == *by;
            self.one(run, &name, |unit, ctx| {
                unit.withdraw(ctx, Purpose::Probe);
                if unit.runs_in().is_none() || !alone && unit.showing() == Showing::Limited {
                    unit.resume_after(ctx, delay);
                    if delay.is_zero() {
                        unit.tick(ctx);
                    }
                }
            });
        }
    }

    /// Its turn to go on has come, and it still shows the limit.
    fn goes_on(&mut self, run: &mut Run<'_>, name: &UnitName) {
        self.one(run, name, |unit, ctx| {
            if unit.showing() == Showing::Limited {
                let resident = unit.spec().is_some_and(|spec| spec.resident_voice);
                let mut letter = Letter::probe(resident);
                letter.purpose = Purpose::Resume;
                unit.post(ctx, letter);
            }
        });
    }

    /// A text was typed into it: perhaps a probe.
    fn probed(&mut self, run: &mut Run<'_>, name: &UnitName, purpose: Purpose, receipt: &Receipt) {
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

    /// Whoever shows a limit is held, whatever became of the hold that it was on: its account may be
    /// another one by now.
    pub(super) fn hold_whoever_is_limited(&mut self, run: &mut Run<'_>) {
        let loose = |unit: &&Unit| unit.is_limited_and_loose();
        let loose: Vec<_> = self.units.iter().filter(loose).collect();
        let loose = loose.into_iter().filter_map(|unit| {
            let fact = unit.shown()?.clone();
            Some((unit.name().clone(), fact))
        });
        for (name, fact) in loose.collect::<Vec<_>>() {
            self.limited(run, &name, &fact);
        }
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
    fn tend_hold(&mut self, run: &mut Run<'_>, key: &str) -> Option<jiff::Timestamp> {
        let wall = run.now.wall;
        let hold = self.holds.get(key)?;
        if let Some(probing) = hold.probing.clone() {
            return match probing.until {
                None => Some(add(wall, self.policy.wall_check)),
                Some(until) if until > wall => Some(until),
                Some(_) => {
                    self.probe_failed(run, key, &probing.unit);
                    self.holds.get(key).map(|hold| hold.until)
                }
            };
        }
        if hold.until > wall {
            return Some(hold.until);
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
        let patient = add(hold.until, self.policy.self_resume_grace);
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

    fn may_be_probed(&mut self, run: &mut Run<'_>, name: &UnitName) -> bool {
        let mut may = false;
        self.one(run, name, |unit, ctx| {
            may = unit.wanted(ctx.fleet) != Some(false)
                && unit.spec().is_some()
                && unit.may_act(ctx, "probe whether its limit is over");
        });
        may
    }

    fn probe(&mut self, run: &mut Run<'_>, key: &str, name: &UnitName) {
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
    fn probe_failed(&mut self, run: &mut Run<'_>, key: &str, name: &UnitName) {
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
        if hold.until <= run.now.wall {
            let passed = hold.reset.as_ref();
            (hold.until, hold.source) = end_of(&limit, passed, hold.guess, run.now, &policy);
            if hold.source == Source::Guess {
                hold.longer_guess(&policy);
            } else {
                hold.reset = limit.reset;
            }
        }
        let daily = hold
            .told
            .is_some_and(|told| add(told, policy.hold_told_every) <= run.now.wall);
        if hold.probes == policy.probes_told || daily {
            hold.told = Some(run.now.wall);
            run.announce(Fact::StillLimited {
                unit: name.clone(),
                probes: hold.probes,
                since: hold.since,
                until: hold.until,
            });
        }
        self.write_hold(run, key);
    }

    fn write_hold(&self, run: &mut Run<'_>, key: &str) {
        let Some(hold) = self.holds.get(key) else {
            return;
        };
        for member in &hold.members {
            run.out.push(Action::WriteHold {
                unit: member.clone(),
                hold: Some(hold.file()),
            });
        }
    }

    /// Tells every unit whether a hold concerns it.
    pub(super) fn sync_holds(&mut self, run: &mut Run<'_>) {
        let held: Vec<Held> = self
            .units
            .iter()
            .map(|unit| match self.hold_of(unit.name()) {
                None => Held::No,
                Some(hold) if hold.members.contains(unit.name()) => Held::Member,
                Some(_) => Held::Account,
            })
            .collect();
        let mut held = held.into_iter();
        self.each(run, |unit, ctx| {
            unit.set_held(ctx, held.next().unwrap_or_default())
        });
    }

    /// The file with a unit's hold was found, or somebody changed it.
    pub(super) fn hold_file(&mut self, run: &mut Run<'_>, name: &UnitName, file: Option<HoldFile>) {
        if self.unit(name).is_none() || self.policy.breaks(Mutant::ForgetsHolds) {
            return;
        }
        let key = self.key_of(name);
        let account = self.account_of(name);
        let known = self.holds.get(&key);
        let member = known.is_some_and(|hold| hold.members.contains(name));
        match file {
            None if !member => return,
            // Whoever removes it wants to know whether the limit is over.
            None => {
                if let Some(hold) = self.holds.get_mut(&key) {
                    (hold.until, hold.source) = (run.now.wall, Source::File);
                }
            }
            Some(file) => {
                let same = |hold: &Hold| {
                    hold.until.as_second() == file.until.as_second() && hold.probes == file.probes
                };
                if member && known.is_some_and(same) {
                    return;
                }
                let guess = self.policy.limit_probe_fallback;
                let hold = self.holds.entry(key.clone()).or_insert_with(|| Hold {
                    members: BTreeSet::new(),
                    until: file.until,
                    source: Source::File,
                    probes: file.probes,
                    since: run.now.wall,
                    told: None,
                    reset: None,
                    probing: None,
                    guess,
                });
                hold.members.insert(name.clone());
                (hold.until, hold.source, hold.probes) = (file.until, Source::File, file.probes);
                // What was to be asked is asked when the new time has come.
                hold.probing = None;
                let members: Vec<UnitName> = hold.members.iter().cloned().collect();
                for member in members {
                    self.one(run, &member, |unit, ctx| unit.withdraw(ctx, Purpose::Probe));
                }
            }
        }
        run.remember = true;
        if let Some(hold) = self.holds.get(&key) {
            let told = (hold.until, hold.source.clone());
            tell_hold(run, name, account, told, &detect::Fact::default());
        }
        self.write_hold(run, &key);
        self.sync_holds(run);
    }

    /// An agent whose account the config changed takes its hold along.
    pub(super) fn move_holds(&mut self, run: &mut Run<'_>) {
        let mut moved: Vec<(String, Hold)> = Vec::new();
        let keys: Vec<(UnitName, String)> = self
            .units
            .iter()
            .map(|unit| (unit.name().clone(), self.key_of(unit.name())))
            .collect();
        for (key, hold) in &mut self.holds {
            for (name, now) in &keys {
                if now != key && hold.members.remove(name) {
                    let members = BTreeSet::from([name.clone()]);
                    let probing = hold.probing.take_if(|probing| probing.unit == *name);
                    let hold = Hold {
                        members,
                        probing,
                        ..hold.clone()
                    };
                    moved.push((now.clone(), hold));
                }
            }
        }
        run.remember |= !moved.is_empty();
        self.holds.retain(|_, hold| !hold.members.is_empty());
        for (key, hold) in moved {
            match self.holds.get_mut(&key) {
                Some(known) => known.members.extend(hold.members),
                None => {
                    self.holds.insert(key, hold);
                }
            }
        }
    }

    /// Holds that an earlier watchdog knew of.
    pub(super) fn recall_holds(&mut self, run: &mut Run<'_>) {
        let fallback = self.policy.limit_probe_fallback;
        let keys: Vec<String> = self.holds.keys().cloned().collect();
        if self.policy.breaks(Mutant::ForgetsHolds) {
            for hold in self.holds.values_mut() {
                hold.until = run.now.wall;
            }
        }
        for key in keys {
            let Some(hold) = self.holds.get_mut(&key) else {
                continue;
            };
            let unknown = hold
                .probing
                .take()
                .filter(|probing| probing.until.is_none());
            let Some(probing) = unknown else { continue };
            // It may have been typed: it is not typed again before its effect could be seen. The
            // files of other holds are left as they are: somebody may have edited them meanwhile.
            let soonest = add(run.now.wall, fallback);
            if hold.until < soonest {
                (hold.until, hold.source) = (soonest, Source::Guess);
            }
            let told = (hold.until, hold.source.clone());
            run.remember = true;
            let account = self.account_of(&probing.unit);
            tell_hold(run, &probing.unit, account, told, &detect::Fact::default());
            self.write_hold(run, &key);
        }
    }

    /// The wall clock was set back: a hold lies as far ahead as before.
    pub(super) fn holds_after_clock_went_back(&mut self, run: &mut Run<'_>, last: Now) {
        let policy = &self.policy;
        let most = policy.dated_reset_max + policy.limit_reset_slack;
        for hold in self.holds.values_mut() {
            // A guess was an interval, and not a date.
            if hold.source == Source::Guess {
                let left = hold.until.duration_since(last.wall);
                let left = Duration::try_from(left).unwrap_or_default();
                hold.until = add(run.now.wall, left);
            }
            hold.until = hold.until.min(add(run.now.wall, most));
            if let Some(until) = hold
                .probing
                .as_mut()
                .and_then(|probing| probing.until.as_mut())
            {
                *until = (*until).min(add(run.now.wall, policy.probe_answer));
            }
            run.remember = true;
        }
    }
}

fn tell_hold(
    run: &mut Run<'_>,
    unit: &UnitName,
    account: Option<String>,
    (until, source): (jiff::Timestamp, Source),
    fact: &detect::Fact,
) {
    run.announce(Fact::Hold {
        unit: unit.clone(),
        account,
        until,
        source,
        rows: fact.rows.clone(),
    });
}
