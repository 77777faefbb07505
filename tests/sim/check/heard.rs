//! What the supervisor was told, and what that makes true.

use ao::supervise::{Ask, Input, UnitKind, UnitName};

use super::Topic;
use super::acts::end_of_file;
use crate::world::World;
use crate::world::agent::Errand;
use crate::world::git::number;

impl World {
    /// Notes what the supervisor is about to hear.
    pub(crate) fn heard(&mut self, input: &Input) {
        match input {
            Input::Asked(ask) => self.asked(ask),
            Input::Observed(list) => {
                for seen in list {
                    self.heard_of_pane(seen);
                }
            }
            Input::Fetched {
                result: Ok(remote), ..
            } => {
                let most = |all: &[String]| all.iter().filter_map(|text| number(text)).max();
                let inbox = |which: usize| remote.inboxes[which].as_deref().and_then(number);
                for topic in Topic::ALL {
                    let told = match topic {
                        Topic::Claim => most(&remote.claims),
                        Topic::Review => most(&remote.reviews),
                        Topic::Inbox(which) => inbox(which),
                    };
                    let handed = &mut self.truth.handed[topic.place()];
                    handed.told = handed.told.max(told.unwrap_or_default());
                }
            }
            Input::HoldFile { unit, hold } => {
                if let Some(unit) = self.index_of(unit) {
                    let account = self.units[unit].account;
                    match hold {
                        Some(hold) => {
                            let until = end_of_file(*hold, self.clock.wall());
                            self.truth.hold(account, until);
                            if let Some(hold) = self.truth.holds.get_mut(&account) {
                                hold.edited = until != jiff::Timestamp::MAX;
                            }
                        }
                        None => {
                            self.truth.holds.remove(&account);
                            self.lifted(account);
                        }
                    }
                }
            }
            _ => self.heard_of_unit(input),
        }
    }

    fn heard_of_pane(&mut self, seen: &ao::supervise::Seen) {
        let Some(index) = self.index_of(&seen.unit) else {
            return;
        };
        let unit = &mut self.units[index];
        if unit.told.under_way.iter().any(|(_, errand)| errand.moves()) {
            return;
        }
        let place = Some((seen.pane, seen.pid));
        if unit.told.place != place {
            unit.told.place = place;
            unit.told.dead = false;
            unit.told.fact = ao::detect::Fact::default();
            unit.told.looked = None;
            unit.told.prompting = false;
            self.truth.units[index].word = false;
            self.truth.units[index].done = false;
        }
        let unit = &mut self.units[index];
        if let Some(process) = unit.process(seen.pid) {
            process.known = true;
        }
    }

    fn heard_of_unit(&mut self, input: &Input) {
        let awake = self.clock.awake;
        let Some(index) = unit_of(input).and_then(|unit| self.index_of(unit)) else {
            return;
        };
        let unit = &mut self.units[index];
        let told = &mut unit.told;
        match input {
            Input::Started {
                op,
                pane,
                pid,
                prompting,
                resumed,
                ..
            } => {
                told.under_way.retain(|(known, _)| known != op);
                told.place = Some((*pane, *pid));
                told.dead = false;
                told.fact = ao::detect::Fact::default();
                told.looked = None;
                told.prompting = *prompting;
                told.started = Some(awake);
                if let Some(process) = unit.process(*pid) {
                    process.known = true;
                }
                let truth = &mut self.truth.units[index];
                truth.word = false;
                truth.moved = false;
                truth.limited = false;
                truth.costly = false;
                truth.full &= *resumed;
                self.begins_anew(index);
            }
            Input::StartFailed {
                op, spared, fault, ..
            } => {
                told.under_way.retain(|(known, _)| known != op);
                told.place = *spared;
                if spared.is_some() {
                    self.truth.units[index].word = false;
                } else if *fault == ao::supervise::Fault::Unit {
                    self.truth.units[index].costly = true;
                }
            }
            Input::Prompted { .. } => told.prompting = false,
            Input::Shows { fact, .. } => {
                told.fact = fact.clone();
                self.heard_of_dialogs(index);
            }
            Input::Answered { op, .. } => told.under_way.retain(|(known, _)| known != op),
            Input::Looked { op, view, .. } => {
                told.under_way.retain(|(known, _)| known != op);
                if let Ok(view) = view {
                    told.looked = Some((awake, view.fact.state));
                }
            }
            Input::Typed { op, receipt, .. } => {
                told.under_way.retain(|(known, _)| known != op);
                self.typed(index, receipt);
            }
            Input::Died { ending, .. } => {
                told.dead = true;
                let task = self
                    .spec(index)
                    .is_some_and(|spec| spec.kind == UnitKind::Task);
                self.truth.units[index].done |= task && ending.status == Some(0);
            }
            Input::Vanished { .. } => told.place = None,
            Input::Ended { op, .. } | Input::Cleared { op, .. } => {
                told.under_way.retain(|(known, _)| known != op);
                told.place = None;
            }
            Input::Respawned { op, pane, pid, .. } => {
                told.under_way.retain(|(known, _)| known != op);
                told.place = Some((*pane, *pid));
                told.dead = false;
                told.prompting = false;
                told.fact = ao::detect::Fact::default();
                if let Some(process) = unit.process(*pid) {
                    process.known = true;
                }
            }
            _ => {}
        }
    }

    /// A person's word.
    fn asked(&mut self, ask: &Ask) {
        match ask {
            Ask::Up(None) => {
                self.truth.fleet = Some(true);
                for unit in self.configured_units() {
                    // A loop that is on its way on goes on, though a full disk says otherwise.
                    let over = self.is_over()
                        && self
                            .spec(unit)
                            .is_some_and(|spec| spec.kind == UnitKind::Loop);
                    if self.spec(unit).is_some_and(|spec| spec.enabled) {
                        if !over {
                            self.asked_up(unit);
                        }
                        self.truth.units[unit].wanted = None;
                    }
                }
            }
            Ask::Watch => {
                let never = self.truth.units.iter().all(|unit| unit.wanted.is_none());
                if self.truth.fleet.is_none() && never {
                    self.truth.fleet = Some(true);
                }
            }
            Ask::Up(Some(names)) => {
                for unit in self.indices(names) {
                    self.asked_up(unit);
                }
            }
            Ask::Restart(names) => {
                for unit in self.indices(names) {
                    self.asked_up(unit);
                    self.truth.units[unit].word = true;
                }
            }
            Ask::Down(names) => {
                let units = match names {
                    None => {
                        self.truth.fleet = Some(false);
                        (0..self.units.len()).collect()
                    }
                    Some(names) => self.indices(names),
                };
                for unit in units {
                    let there = self.is_known(&self.units[unit].name);
                    let truth = &mut self.truth.units[unit];
                    truth.wanted = there.then_some(false);
                    truth.word = false;
                    truth.explained.end = true;
                    truth.costly = false;
                }
            }
            Ask::Reset(names) => {
                for unit in self.indices(names) {
                    let truth = &mut self.truth.units[unit];
                    truth.latched = false;
                    truth.spent.clear();
                    truth.costly = false;
                    self.begins_anew(unit);
                }
            }
            Ask::Pause(None) => self.truth.paused = true,
            Ask::Pause(Some(names)) => {
                for unit in self.indices(names) {
                    self.truth.units[unit].paused = true;
                }
            }
            Ask::Resume(None) => {
                self.truth.paused = false;
                for unit in &mut self.truth.units {
                    unit.paused = false;
                }
            }
            Ask::Resume(Some(names)) => {
                for unit in self.indices(names) {
                    self.truth.units[unit].paused = false;
                }
            }
            Ask::Phase(index) => self.truth.sequence.asked = Some(*index),
        }
    }

    fn asked_up(&mut self, unit: usize) {
        self.truth.units[unit].kept = self.files.complete;
        let told = &self.units[unit].told;
        let runs = told.place.is_some() && !told.dead && told.under_way.is_empty();
        let truth = &mut self.truth.units[unit];
        truth.wanted = Some(true);
        // What runs already is left as it is.
        truth.word |= !runs;
        truth.done = false;
        truth.latched = false;
        truth.spent.clear();
        truth.costly = false;
        truth.limited = false;
    }

    fn indices(&self, names: &[UnitName]) -> Vec<usize> {
        // Nobody can speak of what the supervisor does not know.
        let known = names.iter().filter(|name| self.is_known(name));
        known.filter_map(|name| self.index_of(name)).collect()
    }

    /// Whether the supervisor knows a unit: the config has it, or it ran when it was removed.
    fn is_known(&self, name: &UnitName) -> bool {
        let known = self.known.iter();
        known.into_iter().any(|known| known == name)
    }

    pub(crate) fn configured_units(&self) -> Vec<usize> {
        let specs = self.fleet.units.iter();
        specs.filter_map(|spec| self.index_of(&spec.name)).collect()
    }

    pub(crate) fn spec(&self, unit: usize) -> Option<&ao::supervise::UnitSpec> {
        let name = &self.units[unit].name;
        self.fleet.units.iter().find(|spec| spec.name == *name)
    }

    /// Whether people want a unit to run.
    pub(crate) fn is_wanted(&self, unit: usize) -> bool {
        let enabled = self.spec(unit).is_some_and(|spec| spec.enabled);
        let of_fleet = self.truth.fleet == Some(true) && enabled;
        self.truth.units[unit].wanted.unwrap_or(of_fleet)
    }

    pub(crate) fn is_paused(&self, unit: usize) -> bool {
        self.truth.paused || self.truth.units[unit].paused
    }

    /// A process ended by itself.
    pub(crate) fn note_end(&mut self, unit: usize, pid: i32) {
        let bad_conversation = self.units[unit].bad_conversation;
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        let success = process
            .ending
            .as_ref()
            .is_some_and(|ending| ending.status == Some(0));
        let limited = matches!(process.screen.seen(), ao::detect::Seen::Limited);
        let trial = process.resumed && bad_conversation;
        let truth = &mut self.truth.units[unit];
        truth.costly = !success && !limited && !trial;
        truth.limited = limited;
    }

    /// A process ended with its terminal.
    pub(crate) fn note_end_by_terminal(&mut self, unit: usize, pid: i32) {
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        let limited = matches!(process.screen.seen(), ao::detect::Seen::Limited);
        let truth = &mut self.truth.units[unit];
        truth.costly = false;
        truth.limited = limited;
    }

    pub(crate) fn lifted(&mut self, account: usize) {
        for unit in 0..self.units.len() {
            if self.units[unit].account == account {
                self.truth.units[unit].limited = false;
            }
        }
    }
}

impl Errand {
    /// Whether it changes where a unit runs.
    pub(crate) fn moves(self) -> bool {
        matches!(self, Self::Start | Self::End | Self::Clear)
    }
}

fn unit_of(input: &Input) -> Option<&UnitName> {
    match input {
        Input::Started { unit, .. }
        | Input::StartFailed { unit, .. }
        | Input::Prompted { unit, .. }
        | Input::Shows { unit, .. }
        | Input::Looked { unit, .. }
        | Input::Typed { unit, .. }
        | Input::Answered { unit, .. }
        | Input::Died { unit, .. }
        | Input::Vanished { unit, .. }
        | Input::Ended { unit, .. }
        | Input::Cleared { unit, .. }
        | Input::Respawned { unit, .. } => Some(unit),
        _ => None,
    }
}
