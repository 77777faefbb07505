//! What a person or a new conversation is needed for: dialogs, caps, conversations that are full.

use std::time::Duration;

use super::screen::{DIALOGS, Screen};
use super::{Event, World};
use crate::faults::Kind;

impl World {
    /// Its conversation is full.
    pub(super) fn is_full(&mut self, unit: usize, pid: i32) {
        self.counts.hit(Kind::ConversationFull);
        self.units[unit].full = true;
        self.show(unit, pid, Screen::Full);
    }

    /// The conversation of whatever runs of a unit is full.
    pub(crate) fn fills(&mut self, unit: usize) {
        if let Some(pid) = self.units[unit].living().map(|process| process.pid) {
            self.is_full(unit, pid);
        }
    }

    /// Whatever runs of a unit asks something.
    pub(crate) fn asks(&mut self, unit: usize) {
        if let Some(pid) = self.units[unit].living().map(|process| process.pid) {
            self.counts.hit(Kind::ShowsDialog);
            let answers = self.spec(unit).map(|spec| &spec.answers);
            let answered = answers.and_then(|answers| answers.first().cloned());
            let any = *self.chance.pick(&DIALOGS);
            let dialog = answered.unwrap_or_else(|| any.to_owned());
            self.show(unit, pid, Screen::Dialog(dialog));
        }
    }

    pub(crate) fn asks_again(&mut self, unit: usize, pid: i32, epoch: u32, dialog: String) {
        let process = self.units[unit].process(pid);
        if process.is_some_and(|process| process.alive && process.epoch == epoch) {
            self.show(unit, pid, Screen::Dialog(dialog));
        }
    }

    /// A person has seen to a cap, and whoever showed it goes on; what is not there is started.
    pub(crate) fn cap_is_raised(&mut self, account: usize) {
        self.counts.hit(Kind::CapRaised);
        self.accounts[account].capped = false;
        let mut gone = Vec::new();
        for unit in 0..self.units.len() {
            if self.units[unit].account != account {
                continue;
            }
            let living = self.units[unit].living();
            let shown = living.map(|process| (process.pid, process.screen.clone()));
            match shown {
                Some((pid, Screen::Limited(limit))) if limit.hard => self.works(unit, pid),
                Some(_) => {}
                None => gone.push(self.units[unit].name.clone()),
            }
        }
        if !gone.is_empty() {
            let up = ao::supervise::Ask::Up(Some(gone));
            self.after(Duration::from_secs(5), Event::Says(super::Word::Ask(up)));
        }
    }
}
