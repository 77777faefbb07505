//! Who starts when: how many at a time, and in which order after an incident.

use serde::{Deserialize, Serialize};

use super::{Run, Supervisor, Unit};
use crate::supervise::Mutant;
use crate::supervise::fact::Fact;
use crate::supervise::input::UnitName;
use crate::supervise::spec::Care;
use crate::supervise::timer::Timer;

/// Several units that failed at once: one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Storm {
    /// Who failed, in the order in which that was heard.
    members: Vec<UnitName>,
    /// The one that goes first, to see whether it lives.
    canary: Option<UnitName>,
    /// It lived: the others follow.
    released: bool,
    /// How often a canary died.
    tries: u32,
}

impl Supervisor {
    /// How many more units may be starting.
    pub(super) fn slots(&self) -> usize {
        let max = self.policy.max_starting;
        let Some(max) = max.filter(|_| !self.policy.breaks(Mutant::StartsAllAtOnce)) else {
            return usize::MAX;
        };
        let starting = self.units.iter().filter(|unit| unit.is_starting()).count();
        max.saturating_sub(starting)
    }

    /// A unit failed: perhaps one of many.
    pub(super) fn note_failure(&mut self, run: &mut Run<'_>, unit: UnitName, server: bool) {
        if let Some(storm) = &mut self.storm {
            if !storm.members.contains(&unit) {
                storm.members.push(unit.clone());
            }
            if storm.canary.as_ref() == Some(&unit) && !storm.released {
                self.canary_died(run);
            }
            return;
        }
        let since = run.now.mono.saturating_sub(self.policy.storm_window);
        self.failures
            .retain(|(known, at)| *at >= since && *known != unit);
        self.failures.push_back((unit, run.now.mono));
        let watched =
            |unit: &&Unit| unit.care() != Care::None && unit.wanted(self.fleet) == Some(true);
        let fleet = self.units.iter().filter(watched).count();
        let many = fleet.div_ceil(3).max(self.policy.storm_least);
        if !server && self.failures.len() < many {
            return;
        }
        let members: Vec<UnitName> = self.failures.drain(..).map(|(unit, _)| unit).collect();
        if server {
            // The others of the same server are reported in the same breath.
            self.storm_of_server(run, members);
        } else {
            run.announce(Fact::Storm {
                units: members.clone(),
                server,
            });
            self.begin_storm(members);
        }
    }

    fn begin_storm(&mut self, members: Vec<UnitName>) {
        self.storm = Some(Storm {
            members,
            canary: None,
            released: false,
            tries: 0,
        });
        self.timers.clear(Timer::Storm);
    }

    fn storm_of_server(&mut self, run: &mut Run<'_>, mut members: Vec<UnitName>) {
        let back = self.units.iter().filter(|unit| unit.comes_back());
        let back: Vec<UnitName> = back.map(|unit| unit.name().clone()).collect();
        members.extend(back);
        members.sort();
        members.dedup();
        run.announce(Fact::Storm {
            units: members.clone(),
            server: true,
        });
        self.begin_storm(members);
    }

    /// The canary did not live: another one goes first, later.
    fn canary_died(&mut self, run: &mut Run<'_>) {
        let Some(storm) = &mut self.storm else {
            return;
        };
        storm.canary = None;
        let doubled = 1_u32.checked_shl(storm.tries).unwrap_or(u32::MAX);
        storm.tries = storm.tries.saturating_add(1);
        let delay = self.policy.restart_delay.saturating_mul(doubled);
        let delay = self.dice.around(delay.min(self.policy.restart_delay_max));
        self.timers
            .set_mono(Timer::Storm, run.now.mono.saturating_add(delay));
    }

    /// The storm's deadline has come.
    pub(super) fn storm_goes_on(&mut self, run: &mut Run<'_>) {
        let canary = self.storm.as_ref().and_then(|storm| storm.canary.clone());
        let lives = canary.and_then(|canary| {
            let unit = self.unit(&canary)?;
            unit.runs_for(run.now.mono)
        });
        let Some(storm) = &mut self.storm else {
            return;
        };
        if !storm.released && lives.is_some_and(|lived| lived >= self.policy.canary_time) {
            storm.released = true;
        }
    }

    /// Starts what waits for it, as far as that may be.
    pub(super) fn start_queued(&mut self, run: &mut Run<'_>) {
        if !self.ready {
            return;
        }
        let queued: Vec<(UnitName, bool)> = self
            .units
            .iter()
            .filter_map(|unit| Some((unit.name().clone(), unit.queued()?)))
            .collect();
        for (unit, asked) in queued {
            if self.slots() == 0 {
                break;
            }
            if asked || self.turn_in_storm(run, &unit) {
                self.one(run, &unit, |unit, ctx| unit.begin(ctx));
            }
        }
        self.end_storm(run);
    }

    /// Whether it is this unit's turn, if an incident gives turns at all.
    fn turn_in_storm(&mut self, run: &mut Run<'_>, unit: &UnitName) -> bool {
        let Some(storm) = &mut self.storm else {
            return true;
        };
        if !storm.members.contains(unit) {
            return true;
        }
        if self.timers.is_set(Timer::Storm) {
            return false;
        }
        if storm.released {
            let members = u32::try_from(storm.members.len())
                .unwrap_or(u32::MAX)
                .max(1);
            let stagger = (self.policy.storm_spread / members).min(self.policy.storm_stagger);
            let at = run.now.mono.saturating_add(stagger);
            self.timers.set_mono(Timer::Storm, at);
            return true;
        }
        if storm.canary.as_ref() == Some(unit) {
            // It waits to be started again, so it did not live.
            self.canary_died(run);
            return false;
        }
        if storm.canary.is_some() {
            return false;
        }
        storm.canary = Some(unit.clone());
        run.announce(Fact::Canary { unit: unit.clone() });
        true
    }

    /// Waits for the canary to have lived long enough; ends the incident when all have been started.
    fn end_storm(&mut self, run: &mut Run<'_>) {
        let Some(storm) = &self.storm else {
            return;
        };
        // A start that tmux could not do is tried again in a moment, as when its server has just gone.
        let soon = run.now.mono.saturating_add(self.policy.tmux_retry);
        let still = |name: &UnitName| {
            self.unit(name)
                .is_some_and(|unit| unit.comes_back() || unit.due().is_some_and(|due| due <= soon))
        };
        let left = storm.members.iter().any(still);
        if let Some(canary) = storm.canary.as_ref().filter(|_| !storm.released) {
            let unit = self.unit(canary);
            let ran = unit.and_then(|unit| unit.runs_for(run.now.mono));
            let gone = unit.is_none_or(|unit| ran.is_none() && !unit.comes_back());
            if let Some(ran) = ran.filter(|_| left) {
                let rest = self.policy.canary_time.saturating_sub(ran);
                if !self.timers.is_set(Timer::Storm) {
                    let at = run.now.mono.saturating_add(rest);
                    self.timers.set_mono(Timer::Storm, at);
                }
            } else if gone && left && !self.timers.is_set(Timer::Storm) {
                // A person sent it away, or it ended well: another one goes first.
                self.canary_died(run);
            }
        }
        if !left {
            self.storm = None;
            self.timers.clear(Timer::Storm);
            self.failures.clear();
            run.announce(Fact::StormOver);
        }
    }
}
