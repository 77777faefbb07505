//! Requests that wait for their units, and what they are told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Engine, Stop};
use crate::daemon::wire::{Level, Message, Note};
use crate::supervise::{Judgement, UnitName};

/// What a request does to its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Up,
    Down,
    Restart,
}

/// A request that waits for its units.
#[derive(Debug)]
pub(in crate::daemon) struct Batch {
    pub(super) verb: Verb,
    pub(super) outbox: mpsc::Sender<Message>,
    pub(super) waiting: BTreeSet<UnitName>,
    /// What ran already, or not, when it was asked for.
    pub(super) before: BTreeMap<UnitName, bool>,
    pub(super) code: u8,
    pub(super) leave: bool,
    pub(super) deadline: Duration,
}

impl Batch {
    /// When it stops waiting, on the monotonic clock.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// A client that reads too slowly misses progress; it never holds the daemon up.
    fn say(&self, message: Message) {
        let _ = self.outbox.try_send(message);
    }

    pub(super) fn note(&mut self, note: Note) {
        if note.level == Level::Error {
            self.code = 1;
        }
        self.say(Message::Note(note));
    }
}

/// Ends a conversation, however full the client's outbox is.
pub(super) fn finish(outbox: mpsc::Sender<Message>, code: u8) {
    tokio::spawn(async move {
        let _ = outbox.send(Message::Done { code }).await;
    });
}

impl Engine {
    /// Tells the batches that wait for this unit.
    pub(super) fn note_batches(&mut self, unit: &UnitName, note: &Note) {
        for batch in &mut self.batches {
            if batch.before.contains_key(unit) {
                batch.note(note.clone());
            }
        }
    }

    /// Looks which requests are through.
    pub(super) fn settle_batches(&mut self) {
        let mono = self.clock.now().mono;
        let mut batches = std::mem::take(&mut self.batches);
        for batch in &mut batches {
            for unit in batch.waiting.clone() {
                if self.is_settled(&unit) {
                    batch.waiting.remove(&unit);
                    self.report_unit(batch, &unit);
                }
            }
            if batch.deadline <= mono && !batch.waiting.is_empty() {
                self.report_late(batch);
            }
        }
        for batch in batches {
            if !batch.waiting.is_empty() {
                self.batches.push(batch);
            } else if batch.leave {
                // The last word comes when the daemon has left.
                self.farewells.push((batch.outbox, batch.code));
                self.stop = Some(Stop::Asked);
            } else {
                for unit in batch.before.keys() {
                    self.one_off.remove(unit);
                }
                finish(batch.outbox, batch.code);
            }
        }
    }

    fn is_settled(&self, name: &UnitName) -> bool {
        let delivering = self
            .runtimes
            .get(name)
            .is_some_and(|runtime| runtime.delivering);
        let unit = self.supervisor.unit(name);
        unit.is_none_or(|unit| unit.settled() && !delivering)
    }

    fn report_unit(&self, batch: &mut Batch, name: &UnitName) {
        let unit = self.supervisor.unit(name);
        let runs = unit.is_some_and(|unit| matches!(unit.judgement(), Judgement::Running(_)));
        let before = batch.before.get(name).copied().unwrap_or_default();
        let failure = unit.and_then(|unit| unit.failure());
        if let (Some(reason), Verb::Up | Verb::Restart) = (failure, batch.verb) {
            let (reason, hint) = match reason.split_once("\nhint: ") {
                Some((reason, hint)) => (reason, Some(hint.to_owned())),
                None => (reason, None),
            };
            batch.note(Note {
                level: Level::Error,
                text: format!("{name} was not started: {reason}"),
                hint,
            });
        }
        let text = match (batch.verb, before, runs) {
            (Verb::Up, true, true) => format!("{name} runs already"),
            (Verb::Up, false, true) => format!("{name} started"),
            (Verb::Restart, _, true) => format!("{name} restarted"),
            (Verb::Down, true, false) => format!("{name} stopped"),
            (Verb::Down, false, false) => format!("{name} did not run"),
            (Verb::Up | Verb::Restart, _, false) => format!("{name} does not run"),
            (Verb::Down, _, true) => format!("{name} still runs"),
        };
        batch.say(Message::Progress {
            done: batch.before.len() - batch.waiting.len(),
            total: batch.before.len(),
            text,
        });
    }

    fn report_late(&self, batch: &mut Batch) {
        let late: Vec<String> = batch.waiting.iter().map(ToString::to_string).collect();
        batch.waiting.clear();
        batch.note(Note {
            level: Level::Error,
            text: format!("gave up waiting for {}", late.join(", ")),
            hint: Some("`ao logs watchdog` shows what it waits for".to_owned()),
        });
    }
}
