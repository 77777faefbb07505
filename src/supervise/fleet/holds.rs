//! Usage limits: held until they end, then probed, an account at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Run, Supervisor};
use crate::detect::{self, Seen as Showing};
use crate::supervise::Action;
use crate::supervise::fact::{Fact, Source};
use crate::supervise::holds::{Hold, end_of};
use crate::supervise::input::UnitName;
use crate::supervise::letter::{Letter, Purpose};
use crate::supervise::memory::account_key;
use crate::supervise::unit::{Held, Report, Unit};

impl Supervisor {
    /// The hold that concerns a unit, if there is one.
    #[must_use]
    pub fn hold_of(&self, name: &UnitName) -> Option<&Hold> {
        self.holds.get(&self.key_of(name))
    }

    pub(super) fn key_of(&self, name: &UnitName) -> String {
        account_key(self.account_of(name).as_deref(), name)
    }

    pub(super) fn account_of(&self, name: &UnitName) -> Option<String> {
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
    pub(super) fn is_adopted(&self, name: &UnitName) -> bool {
        self.unit(name).is_some_and(Unit::is_adopted)
    }

    /// It shows a limit.
    pub(super) fn limited(&mut self, run: &mut Run<'_>, name: &UnitName, fact: &detect::Fact) {
        self.limited_until(run, name, fact, None);
    }

    /// It shows a limit; `soon`: when to look whether it still does, if that is known better than
    /// by its words.
    pub(super) fn limited_until(
        &mut self,
        run: &mut Run<'_>,
        name: &UnitName,
        fact: &detect::Fact,
        soon: Option<jiff::Timestamp>,
    ) {
        let key = self.key_of(name);
        let account = self.account_of(name);
        let limit = fact.limit.clone().unwrap_or_default();
        let capped = self.is_capped(&key, Some(name));
        let (now, policy) = (run.now, &self.policy);
        run.remember = true;
        if let Some(hold) = self.holds.get_mut(&key) {
            let joins = hold.members.insert(name.clone());
            let new_words = limit.reset.is_some() && limit.reset != hold.reset;
            let (until, source) = end_of(&limit, hold.reset.as_ref(), hold.guess, now, policy);
            let surer = match (until, hold.until) {
                // What a person wrote into its file counts until that time has come.
                (None, _) => hold.until.is_some() && (joins || hold.source != Source::File),
                (Some(_), None) => !capped,
                (Some(_), Some(_)) => new_words && source != Source::Guess && until != hold.until,
            };
            if surer {
                if until.is_none() {
                    hold.probing = None;
                }
                (hold.until, hold.source, hold.reset) = (until, source, limit.reset);
            }
            if surer || joins {
                let told = (hold.until, hold.source.clone());
                tell_hold(run, name, account, told, fact);
            }
        } else {
            let guess = policy.limit_probe_fallback;
            let (until, source) = match soon {
                Some(soon) if !limit.hard => (Some(soon), Source::Guess),
                _ => end_of(&limit, None, guess, now, policy),
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
        if self
            .holds
            .get(&key)
            .is_some_and(|hold| hold.until.is_none())
        {
            self.withdraw_probes(run, &key);
        }
        self.write_hold(run, &key);
        self.sync_holds(run);
    }

    /// It works: if it was limited, its limit is over, and so is its account's.
    pub(super) fn works(&mut self, run: &mut Run<'_>, name: &UnitName) {
        let key = self.key_of(name);
        let member = |hold: &Hold| hold.members.contains(name);
        if self.holds.get(&key).is_some_and(member) {
            self.lift(run, &key, name, "it works again");
        }
    }

    /// It does not show a limit any more, and does not work.
    pub(super) fn not_limited(&mut self, run: &mut Run<'_>, name: &UnitName, how: &str) {
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
        self.review_cap(run, &key);
        self.sync_holds(run);
    }

    /// A hold is over: whoever it concerned goes on, one after the other.
    pub(super) fn lift(&mut self, run: &mut Run<'_>, key: &str, by: &UnitName, how: &str) {
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
    pub(super) fn goes_on(&mut self, run: &mut Run<'_>, name: &UnitName) {
        self.one(run, name, |unit, ctx| {
            if unit.showing() == Showing::Limited {
                let resident = unit.spec().is_some_and(|spec| spec.resident_voice);
                let mut letter = Letter::probe(resident);
                letter.purpose = Purpose::Resume;
                unit.post(ctx, letter);
            }
        });
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
}

pub(super) fn tell_hold(
    run: &mut Run<'_>,
    unit: &UnitName,
    account: Option<String>,
    (until, source): (Option<jiff::Timestamp>, Source),
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
