//! Takes the output of panes from the connection's reader and hands it on without waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::logs::PaneLog;
use super::pulse::Pulse;
use super::refill::{self, Tail};
use crate::tmux::{PaneId, Snapshot, Tap};

/// How much output is kept of a pane whose start has not been reported yet.
const EARLY_PANE: usize = 64 * 1024;
/// How many such panes there may be; panes that are not ours come and go as well.
const EARLY_PANES: usize = 1024;

/// A pane's log, and how it ends.
struct Log {
    log: PaneLog,
    tail: Tail,
}

impl Log {
    fn write(&mut self, bytes: &[u8]) {
        self.log.write(bytes);
        self.tail.push(bytes);
    }
}

#[derive(Default)]
struct Panes {
    logs: HashMap<PaneId, Log>,
    pulses: HashMap<PaneId, Arc<Pulse>>,
    early: HashMap<PaneId, Vec<u8>>,
}

/// Knows which pane is whose. The lock is only ever held for a look into a map.
#[derive(Clone, Default)]
pub(super) struct Registry(Arc<Mutex<Panes>>);

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

impl Registry {
    /// The reader's side.
    pub(super) fn tap(&self) -> StreamTap {
        StreamTap(self.clone())
    }

    fn panes(&self) -> MutexGuard<'_, Panes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pane's output goes to this log from now on, with what came before.
    pub(super) fn log(&self, pane: PaneId, log: PaneLog) {
        let mut log = Log {
            log,
            tail: Tail::default(),
        };
        let mut panes = self.panes();
        if let Some(bytes) = panes.early.remove(&pane) {
            log.write(&bytes);
        }
        panes.logs.insert(pane, log);
    }

    /// The pane's output is felt from now on.
    pub(super) fn pulse(&self, pane: PaneId, pulse: Arc<Pulse>) {
        let mut panes = self.panes();
        // What it wrote before is more than nothing.
        pulse.beat();
        panes.pulses.insert(pane, pulse);
    }

    /// The pane's output is no longer felt.
    pub(super) fn calm(&self, pane: PaneId) {
        self.panes().pulses.remove(&pane);
    }

    /// The pane is gone.
    pub(super) fn forget(&self, pane: PaneId) {
        let mut panes = self.panes();
        panes.logs.remove(&pane);
        panes.pulses.remove(&pane);
        panes.early.remove(&pane);
    }

    /// All panes are gone with their server: their ids will be given to others.
    pub(super) fn forget_all(&self) {
        *self.panes() = Panes::default();
    }
}

/// The reader's side of a [`Registry`].
pub(super) struct StreamTap(Registry);

impl Tap for StreamTap {
    fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        let mut panes = self.0.panes();
        if let Some(pulse) = panes.pulses.get(&pane) {
            pulse.beat();
        }
        if let Some(log) = panes.logs.get_mut(&pane) {
            log.write(bytes);
        } else if panes.early.len() < EARLY_PANES || panes.early.contains_key(&pane) {
            let early = panes.early.entry(pane).or_default();
            let room = EARLY_PANE.saturating_sub(early.len());
            early.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    fn gap(&mut self, pane: PaneId) {
        if let Some(log) = self.0.panes().logs.get_mut(&pane) {
            log.log.gap("the watchdog was behind");
        }
    }

    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
        let mut panes = self.0.panes();
        if let Some(pulse) = panes.pulses.get(&pane) {
            pulse.beat();
        }
        if let Some(log) = panes.logs.get_mut(&pane) {
            let text = refill::missing(log.tail.bytes(), rows);
            log.log.text(&text);
            log.tail.push(text.as_bytes());
        }
    }

    fn seed(&mut self, _: PaneId, _: Snapshot) {}

    fn resized(&mut self, _: PaneId, _: u16, _: u16) {}

    fn settled(&mut self) {}
}
