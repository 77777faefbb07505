//! What people say to the watchdog and do to its files.

use std::time::Duration;

use ao::supervise::{Ask, Care, Done, HoldFile, Input, StallAction, UnitKind, UnitName};

use super::{Event, World};
use crate::faults::Kind;

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Ask(Ask),
    /// Sends some units away, and brings them back later.
    Down,
    /// The whole fleet.
    DownAll,
    Restart,
    Reset,
    Pause,
    PauseAll,
    Phase,
    /// Looks after what has failed for good.
    Tend(usize),
    RemoveAgent,
    AddAgent(usize),
    EditConfig,
    EditHold,
    AppendPhase,
}

impl Word {
    /// What people do in the course of a night, as often as it is drawn.
    pub(crate) const ALL: [Word; 15] = [
        Self::Down,
        Self::Down,
        Self::DownAll,
        Self::Restart,
        Self::Reset,
        Self::Pause,
        Self::Pause,
        Self::PauseAll,
        Self::Phase,
        Self::RemoveAgent,
        Self::EditConfig,
        Self::EditConfig,
        Self::EditHold,
        Self::EditHold,
        Self::AppendPhase,
    ];
}

impl World {
    pub(crate) fn says(&mut self, word: Word) {
        self.note(|| format!("a person: {word:?}"));
        match word {
            Word::Ask(ask) => self.ask(ask),
            Word::Down => {
                let names = self.some_names();
                self.counts.hit(Kind::SaysDown);
                self.ask(Ask::Down(Some(names.clone())));
                self.later(Ask::Up(Some(names)), 60, 3600);
            }
            Word::DownAll => {
                self.counts.hit(Kind::SaysDown);
                self.ask(Ask::Down(None));
                self.later(Ask::Up(None), 5, 1800);
            }
            Word::Restart => {
                let names = self.some_names();
                self.ask(Ask::Restart(names));
            }
            Word::Reset => {
                let names = self.some_names();
                self.ask(Ask::Reset(names));
            }
            Word::Pause => {
                let names = self.some_names();
                self.ask(Ask::Pause(Some(names.clone())));
                self.later(Ask::Resume(Some(names)), 60, 3600);
            }
            Word::PauseAll => {
                self.ask(Ask::Pause(None));
                self.later(Ask::Resume(None), 60, 3600);
            }
            Word::Phase => {
                let phases = self.files.done.len();
                if phases > 0 {
                    let index = self.chance.index(phases);
                    self.ask(Ask::Phase(index));
                }
            }
            Word::Tend(unit) => {
                let name = self.units[unit].name.clone();
                if self.truth.units[unit].latched {
                    let asks = [
                        Ask::Reset(vec![name.clone()]),
                        Ask::Restart(vec![name.clone()]),
                        Ask::Up(Some(vec![name])),
                    ];
                    let ask = self.chance.pick(&asks).clone();
                    self.ask(ask);
                }
            }
            Word::RemoveAgent => self.remove_agent(),
            Word::AddAgent(unit) => self.add_agent(unit),
            Word::EditConfig => self.edit_config(),
            Word::EditHold => self.edit_hold(),
            Word::AppendPhase => self.append_phase(),
        }
    }

    fn later(&mut self, ask: Ask, from: u64, to: u64) {
        let late = self.chance.secs(from, to);
        self.after(late, Event::Says(Word::Ask(ask)));
    }

    /// One to three units of the config.
    fn some_names(&mut self) -> Vec<UnitName> {
        let mut names = Vec::new();
        for _ in 0..=self.chance.below(3) {
            let unit = self.chance.index(self.fleet.units.len());
            let name = self.fleet.units[unit].name.clone();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Asks the watchdog; if none is there, the person tries again.
    fn ask(&mut self, ask: Ask) {
        if self.machine.is_none() {
            return self.after(Duration::from_secs(20), Event::Says(Word::Ask(ask)));
        }
        match &ask {
            Ask::Up(_) => self.counts.hit(Kind::SaysUp),
            Ask::Restart(_) => self.counts.hit(Kind::SaysRestart),
            Ask::Reset(_) => self.counts.hit(Kind::SaysReset),
            Ask::Pause(_) => self.counts.hit(Kind::Pauses),
            Ask::Phase(_) => self.counts.hit(Kind::SetsPhase),
            _ => {}
        }
        self.tell(Input::Asked(ask));
    }

    fn remove_agent(&mut self) {
        let residents = |world: &Self| {
            let units = world.fleet.units.iter();
            let plain = units.filter(|spec| spec.kind == UnitKind::Resident);
            plain.map(|spec| spec.name.clone()).collect::<Vec<_>>()
        };
        let names = residents(self);
        if names.len() < 2 {
            return;
        }
        self.counts.hit(Kind::RemovesAgent);
        let name = self.chance.pick(&names).clone();
        self.fleet.units.retain(|spec| spec.name != name);
        self.configured();
        if let Some(unit) = self.index_of(&name) {
            let late = self.chance.secs(30, 3 * 3600);
            self.after(late, Event::Says(Word::AddAgent(unit)));
        }
    }

    fn add_agent(&mut self, unit: usize) {
        let name = self.units[unit].name.clone();
        if self.fleet.units.iter().any(|spec| spec.name == name) {
            return;
        }
        self.counts.hit(Kind::AddsAgent);
        let spec = self.spec_of(unit);
        self.fleet.units.insert(0, spec);
        self.configured();
    }

    fn edit_config(&mut self) {
        self.counts.hit(Kind::EditsConfig);
        let unit = self.chance.index(self.fleet.units.len());
        let choice = self.chance.below(6);
        let wake = self.chance.secs(1800, 4 * 3600);
        let idle = self.chance.secs(120, 900);
        let spec = &mut self.fleet.units[unit];
        match choice {
            0 => spec.wake = spec.wake.is_none().then_some(wake),
            1 => spec.care = Care::HealAndStall,
            2 => spec.care = Care::Heal,
            3 => spec.stall_action = StallAction::Nudge,
            4 => spec.stall_idle = idle,
            _ => self.policy.max_starting = Some(self.chance.index(4) + 1),
        }
        self.truth.edited(self.clock.awake);
        self.configured();
    }

    fn edit_hold(&mut self) {
        let holds = self.files.holds.iter().enumerate();
        let held: Vec<usize> = holds
            .filter(|(_, hold)| hold.is_some())
            .map(|(unit, _)| unit)
            .collect();
        if held.is_empty() {
            // Nothing to edit at the moment.
            return self.after(Duration::from_secs(1200), Event::Says(Word::EditHold));
        }
        let unit = *self.chance.pick(&held);
        let hold = if self.chance.percent(50) {
            self.counts.hit(Kind::RemovesHold);
            None
        } else {
            self.counts.hit(Kind::EditsHold);
            let until = self.clock.wall() + self.chance.secs(0, 7200);
            Some(HoldFile { until, probes: 0 })
        };
        self.files.holds[unit] = hold;
        self.hold_file(unit, hold);
    }

    pub(crate) fn hold_file(&mut self, unit: usize, hold: Option<HoldFile>) {
        let unit = self.units[unit].name.clone();
        self.tell(Input::HoldFile { unit, hold });
    }

    fn append_phase(&mut self) {
        let Some(sequence) = &mut self.fleet.sequence else {
            return;
        };
        if sequence.phases.len() > 8 {
            return;
        }
        self.counts.hit(Kind::PhasesAppended);
        sequence
            .phases
            .push(format!("phase-{}", sequence.phases.len()));
        self.files.done.push(Done::No);
        self.truth.phase_appended();
        self.configured();
        self.tell_sequence();
    }
}
