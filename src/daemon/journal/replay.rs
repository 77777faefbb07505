//! A journal runs through the machine again.

use std::io;
use std::path::PathBuf;

use super::entry::{Body, Entry};
use super::reader::Lines;
use crate::supervise::{Action, Input, Now, Supervisor};

/// Where the machine asks for something else than it did then.
#[derive(Debug)]
pub struct Difference {
    /// The journal's file.
    pub path: PathBuf,
    /// The line in it, from 1.
    pub line: u64,
    /// The entry's number in that life of the watchdog.
    pub seq: u64,
    /// When it was.
    pub now: Now,
    /// What the machine was told.
    pub input: Input,
    /// What it asked for then.
    pub expected: Vec<Action>,
    /// What it asks for now.
    pub got: Vec<Action>,
}

/// What a replay came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Inputs that were given to the machine.
    pub steps: u64,
    /// How often the machine was taken from the journal.
    pub begins: u64,
    /// Inputs that no known machine stands before: at the start of what is kept, and after gaps.
    pub skipped: u64,
    /// Entries that the journal says are missing.
    pub missed: u64,
    /// Lines that are no entries.
    pub unreadable: u64,
    /// How often the machine asked for something else.
    pub differences: u64,
}

/// Runs the lines of a journal through the machine. Each difference is an item; after one the
/// machine goes on as it is now.
#[derive(Debug)]
pub struct Replay {
    lines: Lines,
    machine: Option<Supervisor>,
    so_far: Replayed,
}

impl Replay {
    /// A replay of these lines.
    #[must_use]
    pub fn new(lines: Lines) -> Self {
        Self {
            lines,
            machine: None,
            so_far: Replayed::default(),
        }
    }

    /// What it has come to so far.
    #[must_use]
    pub fn so_far(&self) -> Replayed {
        self.so_far
    }

    fn step(&mut self, now: Now, input: Input) -> Option<Vec<Action>> {
        let Some(machine) = &mut self.machine else {
            self.so_far.skipped += 1;
            return None;
        };
        let mut got = Vec::new();
        machine.handle(now, input, &mut got);
        self.so_far.steps += 1;
        Some(got)
    }
}

impl Iterator for Replay {
    type Item = io::Result<Difference>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            let Ok(entry) = Entry::read(&line.bytes) else {
                self.so_far.unreadable += 1;
                // It may have been an input.
                self.machine = None;
                continue;
            };
            match entry.body {
                Body::Begin(begin) => {
                    self.machine = Some(begin.machine);
                    self.so_far.begins += 1;
                }
                Body::Missed(count) => {
                    self.machine = None;
                    self.so_far.missed += count;
                }
                Body::Aside => {}
                Body::Step { input, actions } => {
                    let Some(got) = self.step(entry.now, (*input).clone()) else {
                        continue;
                    };
                    if got != actions {
                        self.so_far.differences += 1;
                        return Some(Ok(Difference {
                            path: line.path,
                            line: line.number,
                            seq: entry.seq,
                            now: entry.now,
                            input: *input,
                            expected: actions,
                            got,
                        }));
                    }
                }
            }
        }
    }
}
