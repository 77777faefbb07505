//! Takes the output of panes from the connection's reader and hands it on without waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::delivery::Recall;
use super::logs::PaneLog;
use super::pulse::Pulse;
use super::refill::{self, Tail};
use super::screens::{Feed, Lane, Order, Orders};
use crate::detect::Signs;
use crate::screen::{Rules, Size};
use crate::supervise::UnitName;
use crate::tmux::{PaneId, Snapshot, Tap};

/// How much output is kept of a pane whose start has not been reported yet.
const EARLY_PANE: usize = 64 * 1024;
/// How many panes are known at most that nothing was asked for; panes that are not ours come and
/// go as well.
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

/// Where one pane's output goes.
#[derive(Default)]
struct Outlet {
    log: Option<Log>,
    /// A text and an answer may be under way at once.
    pulses: Vec<Arc<Pulse>>,
    lane: Option<Lane>,
    /// What is known of its input.
    recall: Recall,
    /// What came before there was a log.
    early: Vec<u8>,
}

impl Outlet {
    fn is_known(&self) -> bool {
        self.log.is_some() || !self.pulses.is_empty() || self.lane.is_some()
    }
}

type Panes = HashMap<PaneId, Outlet>;

/// Knows which pane is whose. The lock is only ever held for a look into a map.
#[derive(Clone)]
pub(super) struct Registry {
    panes: Arc<Mutex<Panes>>,
    orders: Orders,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

impl Registry {
    /// A registry of no pane; `orders` go to who keeps the screens.
    pub(super) fn new(orders: Orders) -> Self {
        Self {
            panes: Arc::default(),
            orders,
        }
    }

    /// The reader's side.
    pub(super) fn tap(&self) -> StreamTap {
        StreamTap {
            feed: Feed::new(self.orders.clone()),
            registry: self.clone(),
        }
    }

    fn panes(&self) -> MutexGuard<'_, Panes> {
        self.panes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pane's output goes to this log from now on, with what came before.
    pub(super) fn log(&self, pane: PaneId, log: PaneLog) {
        let mut log = Log {
            log,
            tail: Tail::default(),
        };
        let mut panes = self.panes();
        let outlet = panes.entry(pane).or_default();
        log.write(&std::mem::take(&mut outlet.early));
        outlet.log = Some(log);
    }

    /// The pane's screen is kept and judged from now on, as that of this unit.
    pub(super) fn watch(&self, pane: PaneId, unit: UnitName, signs: Arc<Signs>, rules: Rules) {
        let order = Order::Watch {
            pane,
            unit,
            signs,
            rules,
        };
        // Before anything that is handed on over the lane.
        self.orders.send(order);
        self.panes().entry(pane).or_default().lane = Some(Lane::default());
    }

    /// The pane's output is felt from now on.
    pub(super) fn pulse(&self, pane: PaneId, pulse: Arc<Pulse>) {
        let mut panes = self.panes();
        // What it wrote before is more than nothing.
        pulse.beat();
        panes.entry(pane).or_default().pulses.push(pulse);
    }

    /// The pane's output is no longer felt by this one.
    pub(super) fn calm(&self, pane: PaneId, pulse: &Arc<Pulse>) {
        if let Some(outlet) = self.panes().get_mut(&pane) {
            outlet.pulses.retain(|known| !Arc::ptr_eq(known, pulse));
        }
    }

    /// What is known of the pane's input.
    pub(super) fn recall(&self, pane: PaneId) -> Recall {
        let panes = self.panes();
        let outlet = panes.get(&pane);
        outlet.map_or_else(Recall::default, |outlet| outlet.recall.clone())
    }

    /// Keeps what is known of the pane's input for as long as the pane is known.
    pub(super) fn remember(&self, pane: PaneId, recall: Recall) {
        if let Some(outlet) = self.panes().get_mut(&pane) {
            outlet.recall = recall;
        }
    }

    /// Where orders go to who keeps the screens.
    pub(super) fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The pane is gone.
    pub(super) fn forget(&self, pane: PaneId) {
        self.panes().remove(&pane);
        self.orders.send(Order::Forget(pane));
    }

    /// All panes are gone with their server: their ids will be given to others.
    pub(super) fn forget_all(&self) {
        self.panes().clear();
        self.orders.send(Order::ForgetAll);
    }
}

/// The reader's side of a [`Registry`].
pub(super) struct StreamTap {
    registry: Registry,
    feed: Feed,
}

impl StreamTap {
    /// Whoever waits for the pane to stand still feels that it does not.
    fn beat(outlet: &Outlet) {
        for pulse in &outlet.pulses {
            pulse.beat();
        }
    }
}

impl Tap for StreamTap {
    fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        let mut panes = self.registry.panes();
        if !panes.contains_key(&pane) {
            let early = panes.values().filter(|outlet| !outlet.is_known());
            if early.count() >= EARLY_PANES {
                return;
            }
        }
        let outlet = panes.entry(pane).or_default();
        Self::beat(outlet);
        match &mut outlet.log {
            Some(log) => log.write(bytes),
            None => {
                let room = EARLY_PANE.saturating_sub(outlet.early.len());
                outlet
                    .early
                    .extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
        }
        if let Some(lane) = &mut outlet.lane {
            self.feed.output(pane, lane, bytes);
        }
    }

    fn gap(&mut self, pane: PaneId) {
        let mut panes = self.registry.panes();
        let Some(outlet) = panes.get_mut(&pane) else {
            return;
        };
        if let Some(log) = &mut outlet.log {
            log.log.gap("the watchdog was behind");
        }
        if outlet.lane.is_some() {
            self.feed.gap(pane);
        }
    }

    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
        let mut panes = self.registry.panes();
        let Some(outlet) = panes.get_mut(&pane) else {
            return;
        };
        Self::beat(outlet);
        if let Some(log) = &mut outlet.log {
            let text = refill::missing(log.tail.bytes(), rows);
            log.log.text(&text);
            log.tail.push(text.as_bytes());
        }
    }

    fn seed(&mut self, pane: PaneId, seed: Snapshot) {
        if let Some(lane) = self
            .registry
            .panes()
            .get_mut(&pane)
            .and_then(|outlet| outlet.lane.as_mut())
        {
            self.feed.seed(pane, lane, seed);
        }
    }

    fn resized(&mut self, pane: PaneId, cols: u16, rows: u16) {
        let panes = self.registry.panes();
        if panes.get(&pane).is_some_and(|outlet| outlet.lane.is_some()) {
            self.feed.resized(pane, Size::new(cols, rows));
        }
    }

    fn settled(&mut self) {
        self.feed.settled();
    }
}
