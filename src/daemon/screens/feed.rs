//! The reader's side: what panes wrote is taken in at once where that needs no waiting, and handed
//! on otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Order, Orders};
use crate::screen::Size;
use crate::tmux::{PaneId, Snapshot};

/// How much may wait for the thread, in bytes.
const WAITING_MAX: usize = 16 << 20;

/// What panes wrote, as it came.
pub(in crate::daemon) struct Batch {
    pub(super) items: Vec<(PaneId, Item)>,
    /// What the [`Item::Output`]s hold, one after the other.
    pub(super) bytes: Vec<u8>,
    /// What is counted while it waits.
    waiting: Option<Arc<AtomicUsize>>,
}

/// One thing that happened in a pane.
#[derive(Debug)]
pub(super) enum Item {
    /// It wrote so many of the batch's bytes.
    Output(usize),
    /// Some of its output is missing here. A seed follows by itself.
    Gap,
    /// Some of its output was dropped here, because the thread was behind.
    Lost,
    /// It has another size. A seed follows by itself.
    Resized(Size),
    /// All that it shows at this place of the stream.
    Seed(Box<Snapshot>),
}

impl Batch {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            bytes: Vec::new(),
            waiting: None,
        }
    }

    /// Makes it empty, for the next; its memory is kept.
    fn clear(&mut self) {
        self.items.clear();
        self.bytes.clear();
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if let Some(waiting) = &self.waiting {
            waiting.fetch_sub(self.bytes.len(), Ordering::Relaxed);
        }
    }
}

/// One pane's way to its screen.
#[derive(Debug, Default)]
pub(in crate::daemon) struct Lane {
    /// Output was dropped, so what follows makes no sense before a seed.
    lost: bool,
}

/// Gathers what one read of the connection brought.
pub(in crate::daemon) struct Feed {
    orders: Orders,
    /// Bytes that were handed to the thread and are not taken in yet.
    waiting: Arc<AtomicUsize>,
    batch: Batch,
}

impl Feed {
    pub(in crate::daemon) fn new(orders: Orders) -> Self {
        Self {
            orders,
            waiting: Arc::default(),
            batch: Batch::new(),
        }
    }

    pub(in crate::daemon) fn output(&mut self, pane: PaneId, lane: &mut Lane, bytes: &[u8]) {
        if lane.lost {
            return;
        }
        let batch = &mut self.batch;
        let waiting = self.waiting.load(Ordering::Relaxed) + batch.bytes.len();
        if waiting + bytes.len() > WAITING_MAX {
            lane.lost = true;
            batch.items.push((pane, Item::Lost));
            return;
        }
        batch.bytes.extend_from_slice(bytes);
        match batch.items.last_mut() {
            Some((last, Item::Output(before))) if *last == pane => *before += bytes.len(),
            _ => batch.items.push((pane, Item::Output(bytes.len()))),
        }
    }

    pub(in crate::daemon) fn gap(&mut self, pane: PaneId) {
        self.batch.items.push((pane, Item::Gap));
    }

    pub(in crate::daemon) fn resized(&mut self, pane: PaneId, size: Size) {
        self.batch.items.push((pane, Item::Resized(size)));
    }

    pub(in crate::daemon) fn seed(&mut self, pane: PaneId, lane: &mut Lane, seed: Snapshot) {
        lane.lost = false;
        let seed = Item::Seed(Box::new(seed));
        self.batch.items.push((pane, seed));
    }

    /// The read is through. Its screens are brought up to date here and now: another thread would
    /// have to wake up for each read, which costs more than the work itself. That thread gets it
    /// only when it has the screens at this moment, or has older output still to take in.
    pub(in crate::daemon) fn settled(&mut self) {
        if self.batch.items.is_empty() {
            return;
        }
        if let Some(mut keeper) = self.orders.shared.try_enter() {
            keeper.stream(&mut self.batch);
            keeper.judge_quickly();
            if keeper.needs_thread() {
                self.orders.send(Order::Wake);
            }
            drop(keeper);
            self.batch.clear();
            return;
        }
        let mut batch = std::mem::replace(&mut self.batch, Batch::new());
        self.waiting.fetch_add(batch.bytes.len(), Ordering::Relaxed);
        batch.waiting = Some(Arc::clone(&self.waiting));
        self.orders.shared.hand_over();
        self.orders.send(Order::Stream(batch));
    }
}
