//! tmux, and what the daemon tells of it.

use std::time::Duration;

use ao::supervise::{Ending, Input, Seen};
use tmux_control::PaneId;

use super::{Event, World};
use crate::faults::Kind;
use crate::world::agent::Process;
use crate::world::screen::Screen;

/// The server, and the daemon's connection to it.
#[derive(Debug)]
pub(crate) struct Tmux {
    /// The daemon can reach it.
    pub(crate) connected: bool,
    /// It answers nothing until then, awake.
    pub(crate) hung_until: Duration,
    /// The ends of processes are not heard of at the moment.
    pub(crate) loses_events: bool,
    pub(crate) next_pane: u32,
    pub(crate) next_pid: i32,
    /// When the connection was last there without a break since, awake.
    pub(crate) calm_since: Duration,
}

/// A list of panes that was asked for.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The panes of units.
    seen: Vec<(usize, Seen)>,
    /// What was known to run when it was asked for.
    expected: Vec<(usize, PaneId)>,
}

impl World {
    /// A new process in a new pane.
    pub(crate) fn spawn(
        &mut self,
        unit: usize,
        resumed: bool,
        phase: Option<usize>,
    ) -> (PaneId, i32) {
        self.tmux.next_pane += 1;
        self.tmux.next_pid += 1;
        let (pane, pid) = (PaneId(self.tmux.next_pane), self.tmux.next_pid);
        let prompting = self.units[unit].temper.prompted;
        let stubborn = self.chance.percent(20);
        // A new conversation is empty.
        self.units[unit].full &= resumed;
        self.units[unit].processes.push(Process {
            pid,
            pane: Some(pane),
            alive: true,
            ending: None,
            screen: Screen::Blank,
            painted: None,
            since: self.clock.awake,
            epoch: 0,
            active: self.clock.awake,
            phase,
            resumed,
            prompting,
            foreign: None,
            stubborn,
            known: false,
            boot: self.clock.boot,
            born: self.clock.awake,
        });
        if self.chance.percent(3) {
            // A start that takes its time.
            self.counts.hit(Kind::StartsSlowly);
            let slow = self.chance.secs(20, 400);
            self.after(
                slow,
                Event::Step {
                    unit,
                    pid,
                    epoch: 0,
                },
            );
        } else {
            self.show(unit, pid, Screen::Blank);
        }
        (pane, pid)
    }

    /// The daemon tells what a unit's pane shows, if it hears of it and it is news.
    pub(crate) fn paint(&mut self, unit: usize) {
        if !self.hears() || self.tmux.hung_until > self.clock.awake {
            return;
        }
        let known = &self.units[unit];
        if known.paused_until > self.clock.awake {
            return;
        }
        let Some((pane, pid)) = known.told.place else {
            return;
        };
        let there = known
            .processes
            .iter()
            .any(|process| process.pid == pid && process.pane == Some(pane));
        let fact = known.fact_of(pid);
        if there && fact != known.told.fact {
            let unit = known.name.clone();
            self.tell(Input::Shows { unit, pane, fact });
        }
    }

    /// The daemon tells that a process ended, if it knows the process.
    pub(crate) fn tell_death(&mut self, unit: usize, pid: i32) {
        let known = &self.units[unit];
        let Some((pane, told)) = known.told.place else {
            return;
        };
        if told != pid || known.told.dead || self.machine.is_none() {
            return;
        }
        let process = known.processes.iter().find(|process| process.pid == pid);
        let unknown = Ending {
            status: None,
            reason: Some("nobody knows".to_owned()),
        };
        let ending = process.and_then(|process| process.ending.clone());
        let ending = ending.unwrap_or(unknown);
        let unit = known.name.clone();
        self.tell(Input::Died {
            unit,
            pane,
            pid,
            ending,
        });
    }

    /// The daemon asks for a list of panes.
    pub(crate) fn list(&mut self) {
        if !self.hears() {
            return;
        }
        let listing = Listing {
            seen: self.panes(),
            expected: self.expected(),
        };
        let late = self.chance.ms(5, 60);
        let life = self.life;
        self.after(late, Event::Listed { life, listing });
    }

    fn expected(&self) -> Vec<(usize, PaneId)> {
        let units = self.units.iter().enumerate();
        let known = units.filter(|(_, unit)| !unit.told.dead && unit.told.under_way.is_empty());
        known
            .filter_map(|(index, unit)| Some((index, unit.told.place?.0)))
            .collect()
    }

    fn panes(&self) -> Vec<(usize, Seen)> {
        let mut seen = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            let newest = unit.living().filter(|process| process.pane.is_some());
            let Some(process) = newest.or_else(|| unit.in_pane()) else {
                continue;
            };
            let Some(pane) = process.pane else { continue };
            seen.push((
                index,
                Seen {
                    unit: unit.name.clone(),
                    pane,
                    pid: process.pid,
                    marked: true,
                    stale: false,
                },
            ));
        }
        seen
    }

    pub(crate) fn listed(&mut self, listing: Listing) {
        if !self.hears() {
            return;
        }
        let there = |pane| listing.seen.iter().any(|(_, seen)| seen.pane == pane);
        for (unit, pane) in &listing.expected {
            let known = &self.units[*unit];
            let runs = known.told.place.map(|place| place.0) == Some(*pane)
                && !known.told.dead
                && known.told.under_way.is_empty();
            if !there(*pane) && runs {
                let unit = known.name.clone();
                let pane = *pane;
                self.tell(Input::Vanished { unit, pane });
            }
        }
        let seen = listing.seen.iter().map(|(_, seen)| seen.clone()).collect();
        self.tell(Input::Observed(seen));
        for (unit, seen) in listing.seen {
            let dead = self.units[unit]
                .processes
                .iter()
                .any(|process| process.pid == seen.pid && !process.alive);
            if dead {
                self.tell_death(unit, seen.pid);
            }
        }
        self.sync();
        self.watch_anew();
    }

    /// Tells whatever the daemon has not told yet of what the panes show.
    pub(crate) fn sync(&mut self) {
        for unit in 0..self.units.len() {
            self.paint(unit);
            let known = &self.units[unit];
            let Some((_, pid)) = known.told.place else {
                continue;
            };
            let process = known.processes.iter().find(|process| process.pid == pid);
            if let Some(foreign) = process.and_then(|process| process.foreign.clone())
                && self.hears()
            {
                let unit = known.name.clone();
                let foreign = Some(foreign);
                self.tell(Input::Runs { unit, pid, foreign });
            }
        }
    }

    /// The daemon reaches tmux.
    pub(crate) fn connect(&mut self) {
        if self.machine.is_none() {
            return;
        }
        self.tmux.connected = true;
        self.tmux.calm_since = self.clock.awake;
        self.tell(Input::Connected);
        self.list();
    }

    /// The daemon does not reach tmux any more.
    pub(crate) fn lose(&mut self, server_gone: bool) {
        self.tmux.calm_since = self.clock.awake;
        if !self.tmux.connected {
            return;
        }
        self.tmux.connected = false;
        self.tell(Input::Lost { server_gone });
    }

    /// The server ends, with all its panes; some processes live on.
    pub(crate) fn server_dies(&mut self) {
        self.counts.hit(Kind::ServerDies);
        self.note(|| "the tmux server dies".to_owned());
        for unit in 0..self.units.len() {
            for n in 0..self.units[unit].processes.len() {
                self.loses_terminal(unit, n);
            }
            self.units[unit].bury();
        }
        self.lose(true);
        let back = self.chance.ms(800, 5000);
        self.tmux.hung_until = Duration::ZERO;
        self.after(back, Event::Repair(super::incident::Repair::Connection));
    }

    /// A process's pane goes; it ends with that, or lives on.
    pub(crate) fn loses_terminal(&mut self, unit: usize, n: usize) {
        let process = &mut self.units[unit].processes[n];
        process.pane = None;
        let (pid, alive, stubborn) = (process.pid, process.alive, process.stubborn);
        if alive && stubborn {
            self.counts.hit(Kind::OutlivesServer);
        } else if alive {
            let process = &mut self.units[unit].processes[n];
            process.alive = false;
            process.epoch += 1;
            process.ending = Some(Ending {
                status: Some(129),
                reason: Some("signal 1".to_owned()),
            });
            self.note_end_by_terminal(unit, pid);
        }
    }
}
