//! Caps on spending: held without an end, never probed. A person sees to it, and then the agent
//! works again, or no longer shows it.

use super::holds::tell_hold;
use super::{Run, Supervisor};
use crate::detect::Seen as Showing;
use crate::supervise::Mutant;
use crate::supervise::fact::Source;
use crate::supervise::holds::end_of;
use crate::supervise::input::UnitName;
use crate::supervise::letter::Purpose;
use crate::supervise::unit::Unit;

impl Supervisor {
    /// Whether a member of this hold shows a cap, `but` left out.
    pub(super) fn is_capped(&self, key: &str, but: Option<&UnitName>) -> bool {
        let members = self.holds.get(key).map(|hold| &hold.members);
        let mut members = members.into_iter().flatten();
        let shows = |name: &UnitName| self.unit(name).is_some_and(Unit::shows_cap);
        members.any(|name| Some(name) != but && shows(name))
            && !self.policy.breaks(Mutant::ProbesTheCapped)
    }

    /// A hold whose time has come turns out to have no end.
    pub(super) fn cap(&mut self, run: &mut Run<'_>, key: &str) {
        let Some(hold) = self.holds.get_mut(key) else {
            return;
        };
        run.remember = true;
        (hold.until, hold.source, hold.probing) = (None, Source::Cap, None);
        let members: Vec<UnitName> = hold.members.iter().cloned().collect();
        let shows = |name: &&UnitName| self.unit(name).is_some_and(Unit::shows_cap);
        let Some(by) = members.iter().find(shows).or(members.first()) else {
            return;
        };
        let fact = self.unit(by).and_then(Unit::shown).cloned();
        let account = self.account_of(by);
        tell_hold(
            run,
            by,
            account,
            (None, Source::Cap),
            &fact.unwrap_or_default(),
        );
        self.withdraw_probes(run, key);
        self.write_hold(run, key);
    }

    /// Nothing of a hold is probed any more.
    pub(super) fn withdraw_probes(&mut self, run: &mut Run<'_>, key: &str) {
        let members = self.holds.get(key).map(|hold| hold.members.clone());
        for member in members.unwrap_or_default() {
            self.one(run, &member, |unit, ctx| unit.withdraw(ctx, Purpose::Probe));
        }
    }

    /// Lets go of a cap of which nobody is left: nothing would ever show that it is over.
    pub(super) fn tend_cap(&mut self, run: &mut Run<'_>, key: &str) {
        let Some(hold) = self.holds.get(key) else {
            return;
        };
        if !self.ready {
            return;
        }
        let is_left = |name: &UnitName| {
            self.unit(name).is_some_and(|unit| {
                let wanted = unit.spec().is_some() && unit.wanted(self.fleet) == Some(true);
                wanted || unit.running().is_some()
            })
        };
        if !hold.members.iter().any(is_left)
            && let Some(by) = hold.members.first().cloned()
        {
            self.lift(run, key, &by, "whoever showed it is gone");
        }
    }

    /// Whoever showed a cap shows it no more: others of its account may wait for something that ends.
    pub(super) fn review_cap(&mut self, run: &mut Run<'_>, key: &str) {
        let capped = self.is_capped(key, None);
        let Some(hold) = self.holds.get(key) else {
            return;
        };
        if hold.until.is_some() || capped {
            return;
        }
        let limited = |name: &&UnitName| {
            let unit = self.unit(name);
            unit.is_some_and(|unit| unit.showing() == Showing::Limited)
        };
        let Some(by) = hold.members.iter().find(limited).cloned() else {
            return;
        };
        let fact = self.unit(&by).and_then(Unit::shown).cloned();
        let fact = fact.unwrap_or_default();
        let limit = fact.limit.clone().unwrap_or_default();
        let account = self.account_of(&by);
        let (now, policy) = (run.now, &self.policy);
        let Some(hold) = self.holds.get_mut(key) else {
            return;
        };
        (hold.until, hold.source) = end_of(&limit, None, hold.guess, now, policy);
        if hold.source == Source::Guess {
            hold.longer_guess(policy);
        }
        hold.reset = limit.reset;
        tell_hold(run, &by, account, (hold.until, hold.source.clone()), &fact);
        self.write_hold(run, key);
    }
}
