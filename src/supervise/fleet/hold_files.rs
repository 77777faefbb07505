//! Holds over time: their files, other accounts, another watchdog, a clock that is set.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{Run, Supervisor};
use crate::detect::{self};
use crate::supervise::fact::Source;
use crate::supervise::holds::{Hold, add};
use crate::supervise::input::{Now, UnitName};
use crate::supervise::letter::{HoldFile, Purpose};
use crate::supervise::{Action, Mutant};

use super::holds::tell_hold;

impl Supervisor {
    pub(super) fn write_hold(&self, run: &mut Run<'_>, key: &str) {
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
                    (hold.until, hold.source) = (Some(run.now.wall), Source::File);
                }
            }
            Some(file) => {
                let end = file.end(run.now);
                let source = match end {
                    Some(_) => Source::File,
                    None => Source::Cap,
                };
                let same = |hold: &Hold| {
                    hold.until.map(Timestamp::as_second) == end.map(Timestamp::as_second)
                        && hold.probes == file.probes
                };
                if member && known.is_some_and(same) {
                    return;
                }
                let guess = self.policy.limit_probe_fallback;
                let hold = self.holds.entry(key.clone()).or_insert_with(|| Hold {
                    members: BTreeSet::new(),
                    until: end,
                    source: source.clone(),
                    probes: file.probes,
                    since: run.now.wall,
                    told: None,
                    reset: None,
                    probing: None,
                    guess,
                });
                hold.members.insert(name.clone());
                (hold.until, hold.source, hold.probes) = (end, source, file.probes);
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
                hold.until = Some(run.now.wall);
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
            if hold.until.is_some_and(|until| until < soonest) {
                (hold.until, hold.source) = (Some(soonest), Source::Guess);
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
            let guessed = hold.source == Source::Guess;
            hold.until = hold.until.map(|until| {
                let left = until.duration_since(last.wall);
                let left = Duration::try_from(left).unwrap_or_default();
                let until = if guessed {
                    add(run.now.wall, left)
                } else {
                    until
                };
                until.min(add(run.now.wall, most))
            });
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
