//! What outlives the process.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Memory, Policy, Supervisor};
use crate::supervise::Mutant;
use crate::supervise::input::Now;

impl Supervisor {
    /// What has to be known again after a restart of the watchdog.
    #[must_use]
    pub fn memory(&self) -> Memory {
        // Names that the config does not have at the moment keep what was asked of them: a
        // mistake in the config must not undo an operator's word.
        let mut memory = Memory {
            fleet: self.fleet,
            wanted: self.memory.wanted.clone(),
            paused: self.paused,
            boot: self.memory.boot.clone(),
            mono: self.now.map_or(self.memory.mono, |now| now.mono),
            units: self.memory.units.clone(),
            holds: self.holds.clone(),
            sequence: self.sequence.memory.clone(),
            handoff: self.handoff.memory.clone(),
        };
        for unit in &self.units {
            let name = unit.name().as_str();
            let wanted = unit
                .wanted
                .filter(|_| !self.policy.breaks(Mutant::ForgetsWishes));
            set(&mut memory.wanted, name, wanted);
            let known = unit.memory();
            set(
                &mut memory.units,
                name,
                (!known.is_empty()).then_some(known),
            );
        }
        memory
    }

    /// Takes over from an earlier watchdog.
    pub(super) fn take_over(&mut self, now: Now, policy: &Policy) {
        // A clock that is behind what was remembered is another one.
        if self.memory.mono > now.mono {
            for unit in self.memory.units.values_mut() {
                unit.silent_since = None;
            }
        }
        let away = now.mono.saturating_sub(self.memory.mono);
        if away <= policy.away_max {
            self.memory.mono = now.mono;
        }
    }

    /// For how long nobody looked, where that is too long to know what happened meanwhile.
    pub(super) fn away(&self, now: Now) -> Duration {
        now.mono.saturating_sub(self.memory.mono)
    }
}

fn set<T>(map: &mut BTreeMap<String, T>, name: &str, value: Option<T>) {
    match value {
        Some(value) => {
            map.insert(name.to_owned(), value);
        }
        None => {
            map.remove(name);
        }
    }
}
