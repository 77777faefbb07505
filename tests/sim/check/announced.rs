//! What the supervisor told people, and what that binds it to.

use std::time::Duration;

use ao::supervise::{Action, Fact, Post, Purpose, Receipt, Source, UnitName};
use jiff::{SignedDuration, Timestamp};

use super::Rule;
use crate::world::World;
use crate::world::agent::Style;

impl World {
    /// Takes in what one call announces, before what it asks for is carried out.
    pub(crate) fn announced(&mut self, actions: &[Action]) {
        for action in actions {
            if let Action::Announce(fact) = action {
                self.binds(fact);
            }
        }
    }

    fn binds(&mut self, fact: &Fact) {
        self.explains(fact);
        self.told_of_answers(fact);
        match fact {
            Fact::GaveUp { unit, .. } => self.gave_up(unit),
            Fact::Storm { .. } => self.truth.storm = Some(self.clock.awake),
            Fact::StormOver => self.truth.storm = None,
            Fact::Hold {
                unit,
                until,
                source,
                ..
            } => self.held(unit, *until, source),
            Fact::StillLimited { unit, until, .. } => {
                if let Some(unit) = self.index_of(unit) {
                    let account = self.units[unit].account;
                    self.check_end_of_hold(unit, *until);
                    self.truth.hold(account, *until);
                }
            }
            Fact::Lifted { unit, .. } => {
                if let Some(unit) = self.index_of(unit) {
                    self.lift(unit);
                }
            }
            Fact::Post {
                unit,
                purpose: Purpose::Wake,
                post: Post::Withdrawn | Post::Unknown | Post::Dropped,
                ..
            } => {
                if let Some(unit) = self.index_of(unit) {
                    self.truth.units[unit].wakes_from = None;
                }
            }
            Fact::Post {
                unit,
                purpose: Purpose::Ping,
                post,
                ..
            } => {
                let over = matches!(
                    post,
                    Post::Unknown
                        | Post::Dropped
                        | Post::Withdrawn
                        | Post::Receipt(Receipt::Failed(_) | Receipt::Nothing(_))
                );
                if over && let Some(unit) = self.index_of(unit) {
                    self.served(unit);
                }
            }
            Fact::Phase { to, .. } => self.goes_to_phase(to),
            Fact::Complete { .. } => self.completes(),
            Fact::OnComplete { run } => self.runs_on_complete(run.as_ref()),
            _ => {}
        }
    }

    /// Which acts a fact explains.
    fn explains(&mut self, fact: &Fact) {
        let unit = match fact {
            Fact::Storm { .. } | Fact::StormOver | Fact::Phase { .. } | Fact::Complete { .. } => {
                None
            }
            Fact::Wanted { unit, .. } | Fact::Would { unit, .. } => unit.as_ref(),
            Fact::OnComplete { run } => run.as_ref(),
            Fact::StartFailed { unit, .. }
            | Fact::Restart { unit, .. }
            | Fact::Reset { unit }
            | Fact::Canary { unit }
            | Fact::Hold { unit, .. }
            | Fact::Lifted { unit, .. }
            | Fact::Probe { unit, .. }
            | Fact::StillLimited { unit, .. }
            | Fact::Stalled { unit, .. }
            | Fact::Post { unit, .. }
            | Fact::Answer { unit, .. }
            | Fact::Told { unit, .. } => Some(unit),
            // What happened by itself explains nothing that is done.
            _ => return,
        };
        let one = unit.and_then(|unit| self.index_of(unit));
        let account = one.map(|unit| self.units[unit].account);
        for index in 0..self.units.len() {
            let of_account = Some(self.units[index].account) == account;
            let explained = &mut self.truth.units[index].explained;
            // A hold is of all who share the account.
            let answer = matches!(fact, Fact::Answer { .. });
            if !answer && of_account || unit.is_none() {
                explained.hold = true;
            }
            let probed = of_account && matches!(fact, Fact::Probe { .. });
            self.truth.units[index].probed |= probed;
            let explained = &mut self.truth.units[index].explained;
            if one == Some(index) || unit.is_none() {
                explained.typed |= matches!(fact, Fact::Post { .. } | Fact::Probe { .. });
                let act = !matches!(
                    fact,
                    Fact::Post { .. } | Fact::Probe { .. } | Fact::Answer { .. }
                );
                explained.start |= act;
                explained.end |= act;
            }
        }
    }

    fn gave_up(&mut self, unit: &UnitName) {
        let Some(unit) = self.index_of(unit) else {
            return;
        };
        self.truth.units[unit].latched = true;
        let late = self.chance.secs(600, 7200);
        self.after(
            late,
            crate::world::Event::Says(crate::world::Word::Tend(unit)),
        );
    }

    fn held(&mut self, unit: &UnitName, until: Option<Timestamp>, source: &Source) {
        let Some(unit) = self.index_of(unit) else {
            return;
        };
        let account = self.units[unit].account;
        let Some(until) = until else {
            // A cap: nothing but a person ends it.
            return self.truth.hold(account, Timestamp::MAX);
        };
        self.check_end_of_hold(unit, until);
        if let (Source::Banner(words), Some(reset)) = (source, self.accounts[account].until) {
            // A clock that is wrong makes every banner wrong.
            let steady = self.truth.jumped.is_none() && self.clock.skew.is_zero();
            // What says how long it takes says so from whenever it is read.
            let steady = steady && self.accounts[account].style != Style::Span;
            let off = until.duration_since(reset).abs();
            let soon = SignedDuration::from_mins(4);
            // A banner whose time is over is held for a moment, to see whether it goes.
            let passed = until <= self.clock.wall() + self.policy.limit_reset_slack;
            let switch = self.truth.units[unit].limited || passed;
            if steady && off > soon && off < SignedDuration::from_mins(50) && !switch {
                self.broken(
                    Rule::HoldsHold,
                    format!("{unit} is held until {until}, though {words:?} means {reset}"),
                );
            }
        }
        self.truth.hold(account, until);
        if let Some(hold) = self.truth.holds.get_mut(&account) {
            hold.edited = *source == Source::File;
        }
    }

    /// A limit is over: that of one agent, or of all who share its account.
    fn lift(&mut self, unit: usize) {
        let account = self.units[unit].account;
        if self.is_held_by_machine(unit) {
            self.truth.units[unit].limited = false;
        } else {
            self.truth.holds.remove(&account);
            self.truth.unprobed.remove(&account);
            self.lifted(account);
        }
    }

    /// Whether the supervisor goes on holding a unit's account.
    pub(crate) fn is_held_by_machine(&self, unit: usize) -> bool {
        let name = &self.units[unit].name;
        let machine = self.machine.as_ref();
        machine.is_some_and(|machine| machine.hold_of(name).is_some())
    }

    /// A hold has an end that can be lived to see.
    fn check_end_of_hold(&mut self, unit: usize, until: Timestamp) {
        let most = self.policy.dated_reset_max + self.policy.limit_reset_slack;
        let ahead = until.duration_since(self.clock.wall());
        let ahead = Duration::try_from(ahead).unwrap_or_default();
        if ahead > most + Duration::from_secs(1) {
            let name = &self.units[unit].name;
            let what = format!("{name} is held for {ahead:?}");
            self.broken(Rule::HoldsHold, what);
        }
    }
}
