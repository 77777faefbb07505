//! A fleet of loop agents, its files and what runs, beside a watchdog that may be killed.

use std::collections::BTreeMap;

use super::play::{looped, name};
use super::*;

pub(super) fn loops(phases: &[&str]) -> FleetSpec {
    FleetSpec {
        units: vec![looped("builder"), looped("adversary"), spec("other")],
        sequence: Some(SequenceSpec {
            phases: phases.iter().map(ToString::to_string).collect(),
            auto_advance: true,
            ..SequenceSpec::default()
        }),
        ..FleetSpec::default()
    }
}

/// Two phases, after which `report` is run, which is disabled.
pub(super) fn with_report() -> FleetSpec {
    let mut spec = loops(&["one", "two"]);
    spec.units.push(UnitSpec {
        enabled: false,
        care: Care::None,
        kind: UnitKind::Task,
        ..UnitSpec::new("report")
    });
    let sequence = spec.sequence.as_mut().unwrap();
    sequence.has_on_complete = true;
    sequence.on_complete = Some(name("report"));
    spec
}

/// A fleet of loops beside what outlives its watchdog: the disk, and what runs.
pub(super) struct Loops {
    pub(super) play: Play,
    pub(super) files: SequenceFiles,
    pub(super) trigger: bool,
    /// What runs, and for which phase it was started.
    pub(super) world: BTreeMap<String, ((PaneId, i32), i64)>,
}

impl std::ops::Deref for Loops {
    type Target = Play;

    fn deref(&self) -> &Play {
        &self.play
    }
}

impl std::ops::DerefMut for Loops {
    fn deref_mut(&mut self) -> &mut Play {
        &mut self.play
    }
}

impl Loops {
    /// All that is enabled runs, in this phase.
    pub(super) fn new(spec: FleetSpec, phase: Option<i64>) -> Self {
        let phases = spec.sequence.as_ref().unwrap().phases.len();
        let mut loops = Self {
            play: Play::of(spec),
            files: SequenceFiles {
                index: phase,
                done: vec![Done::No; phases],
                digests: vec![0; phases],
                ..SequenceFiles::default()
            },
            trigger: true,
            world: BTreeMap::new(),
        };
        loops.tell_files();
        loops.play.ask(Ask::Up(None));
        loops.settle();
        loops
    }

    pub(super) fn tell_files(&mut self) {
        let files = self.files.clone();
        self.play.tell(Input::Sequence(files));
    }

    pub(super) fn says(&mut self, phase: usize, done: Done) {
        self.files.done[phase] = done;
        self.files.digests[phase] += 1;
        self.tell_files();
    }

    /// All phases are done.
    pub(super) fn all_done(&mut self) {
        self.files.done.fill(Done::Yes);
        self.tell_files();
    }

    /// What a step leaves in the world.
    pub(super) fn happens(&mut self, step: &Action) {
        match step {
            Action::WriteIndex { index, .. } => self.files.index = i64::try_from(*index).ok(),
            Action::MarkComplete { complete, .. } => self.files.complete = *complete,
            Action::RemoveTrigger { .. } => self.trigger = false,
            Action::End { unit, .. } => {
                self.world.remove(unit.as_str());
            }
            Action::Start { unit, .. } | Action::Replace { unit, .. } => {
                let number = u32::try_from(900 + self.world.len()).unwrap();
                let at = (PaneId(number), i32::try_from(number).unwrap());
                let phase = self.files.index.unwrap_or(0);
                self.world.insert(unit.as_str().to_owned(), (at, phase));
            }
            _ => {}
        }
    }

    /// A step is carried out, and the machine hears of it. An agent that starts becomes idle.
    pub(super) fn carry_out(&mut self, step: &Action) {
        self.happens(step);
        match step {
            Action::Start { unit, .. } | Action::Replace { unit, .. } => {
                let at = self.play.start_works(unit.as_str());
                self.world.get_mut(unit.as_str()).unwrap().0 = at;
                self.play.is(unit.as_str(), Showing::Idle);
            }
            Action::End { .. } => self.play.ends(),
            Action::Clear { .. } => self.play.clears(),
            _ => {
                self.play.written(Ok(()));
            }
        }
    }

    /// Carries out all that is asked for; who was started, in order.
    pub(super) fn settle(&mut self) -> Vec<String> {
        let mut started = vec![];
        for _ in 0..100 {
            let Some(step) = self.play.next_step() else {
                return started;
            };
            if let Action::Start { unit, .. } | Action::Replace { unit, .. } = &step {
                started.push(unit.as_str().to_owned());
            }
            self.carry_out(&step);
        }
        panic!("there is no end to it: {started:?}");
    }

    /// The watchdog is killed, and the next one finds the world.
    pub(super) fn killed(&mut self) {
        let phase = self.files.index.unwrap_or(0);
        let seen = self.world.iter().map(|(unit, (at, started_for))| Seen {
            unit: name(unit),
            pane: at.0,
            pid: at.1,
            marked: true,
            stale: *started_for != phase,
        });
        let seen = seen.collect();
        self.play.kill_watchdog();
        self.play.configured();
        self.tell_files();
        self.play.connected(seen);
    }

    pub(super) fn index(&self) -> Option<i64> {
        self.files.index
    }
}
