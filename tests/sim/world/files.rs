//! The disk: what the supervisor's memory looks like after a crash, and the files of the fleet.

use ao::supervise::{Done, HoldFile, Input, Memory, Op, SequenceFiles};

use super::World;
use crate::check::Truth;
use crate::faults::Kind;

/// What a memory on the disk stands for.
#[derive(Debug, Clone)]
struct Saved {
    memory: Memory,
    /// What was true when it was written.
    truth: Truth,
}

/// Where the memory is kept.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    saved: Option<Saved>,
    /// Written before that.
    older: Option<Saved>,
    pub(crate) full: bool,
    /// Something could not be written since it was last saved.
    stale: bool,
    /// The next crash finds the older memory.
    pub(crate) tears: bool,
}

/// The files of the fleet.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) index: Option<i64>,
    pub(crate) complete: bool,
    pub(crate) done: Vec<Done>,
    /// Counts how often each status file was written to.
    pub(crate) digests: Vec<u64>,
    /// `limited-<session>.json` of each unit.
    pub(crate) holds: Vec<Option<HoldFile>>,
}

impl Files {
    /// The phase that a kickoff is written for now.
    pub(crate) fn kickoff(&self) -> Option<usize> {
        let index = usize::try_from(self.index.unwrap_or(0)).unwrap_or(0);
        let last = self.done.len().checked_sub(1)?;
        Some(index.min(last))
    }

    /// A phase's status file is written to.
    pub(crate) fn mark(&mut self, phase: usize, done: Done) {
        self.done[phase] = done;
        self.digests.resize(self.done.len(), 0);
        self.digests[phase] += 1;
    }

    pub(crate) fn set_index(&mut self, index: usize) {
        self.index = i64::try_from(index).ok();
    }

    pub(crate) fn sequence(&self) -> SequenceFiles {
        SequenceFiles {
            index: self.index,
            complete: self.complete,
            done: self.done.clone(),
            digests: self.digests.clone(),
        }
    }
}

impl World {
    /// The daemon writes the supervisor's memory down.
    pub(crate) fn save(&mut self) {
        let Some(machine) = &self.machine else { return };
        if self.disk.full {
            self.counts.hit(Kind::WriteFails);
            self.disk.stale = true;
            return;
        }
        let mut memory = machine.memory();
        memory.boot = self.clock.boot_id();
        memory.mono = self.clock.mono();
        let truth = self.truth.clone();
        self.disk.older = self.disk.saved.take();
        self.disk.saved = Some(Saved { memory, truth });
        self.disk.stale = false;
    }

    /// What was not on the disk is forgotten, and nobody can blame the supervisor for it.
    pub(crate) fn lose_memory(&mut self) {
        if std::mem::take(&mut self.disk.tears)
            && let Some(older) = self.disk.older.clone()
        {
            self.counts.hit(Kind::OlderMemory);
            self.disk.saved = Some(older);
            self.disk.stale = true;
        }
        if self.disk.stale {
            let truth = match &self.disk.saved {
                Some(saved) => saved.truth.clone(),
                None => Truth::new(self.units.len()),
            };
            self.truth.take_back(truth);
            self.truth.tainted(self.clock.awake);
            self.truth.holds.clear();
        }
        let memory = self.disk.saved.as_ref().map(|saved| &saved.memory);
        for unit in &mut self.units {
            let remembered = memory.and_then(|memory| memory.units.get(unit.name.as_str()));
            let pid = remembered.and_then(|unit| unit.pid);
            for process in &mut unit.processes {
                process.known = pid == Some(process.pid);
            }
        }
    }

    /// The memory as the next watchdog finds it.
    pub(crate) fn memory(&self) -> Memory {
        let saved = self.disk.saved.as_ref();
        let mut memory = saved.map(|saved| saved.memory.clone()).unwrap_or_default();
        memory.came_back(&self.clock.boot_id());
        memory
    }

    /// Writes to a file of the sequence, and tells the supervisor what became of it.
    pub(crate) fn write(&mut self, op: Op, what: impl FnOnce(&mut Files)) {
        if self.disk.full {
            self.counts.hit(Kind::WriteFails);
            let result = Err("no space is left".to_owned());
            return self.tell(Input::Written { op, result });
        }
        what(&mut self.files);
        self.moved_on();
        self.tell(Input::Written { op, result: Ok(()) });
        self.tell_sequence();
    }

    pub(crate) fn tell_sequence(&mut self) {
        if self.fleet.sequence.is_some() {
            let files = self.files.sequence();
            self.tell(Input::Sequence(files));
        }
    }
}
