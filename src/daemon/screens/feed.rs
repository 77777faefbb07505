//! The reader's side: what panes wrote is gathered and handed on without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Order, Orders};
use crate::screen::Size;
use crate::tmux::{PaneId, Snapshot};

/// How much of one pane may wait to be taken in, in bytes.
const PANE_MAX: usize = 1 << 20;
/// How much of all panes may wait, in bytes.
const TOTAL_MAX: usize = 16 << 20;

/// What panes wrote, as it came.
pub(in crate::daemon) struct Batch {
    pub(super) items: Vec<(PaneId, Item)>,
    /// What the [`Item::Output`]s hold, one after the other.
    pub(super) bytes: Vec<u8>,
    total: Arc<AtomicUsize>,
}

/// One thing that happened in a pane.
pub(super) enum Item {
    /// It wrote so many of the batch's bytes.
    Output(usize),
    /// Some of its output is missing here. A seed follows by itself.
    Gap,
    /// Some of its output was dropped here, because this thread was behind.
    Lost,
    /// It has another size. A seed follows by itself.
    Resized(Size),
    /// All that it shows at this place of the stream.
    Seed(Box<Snapshot>),
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.total.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}

/// One pane's way to its screen.
#[derive(Debug)]
pub(in crate::daemon) struct Lane {
    waiting: Arc<AtomicUsize>,
    /// Output was dropped, so what follows makes no sense before a seed.
    lost: bool,
}

impl Lane {
    /// A way for a pane that is to be watched, and the count of what waits on it.
    pub(in crate::daemon) fn new() -> (Self, Arc<AtomicUsize>) {
        let waiting = Arc::new(AtomicUsize::new(0));
        let lane = Self {
            waiting: Arc::clone(&waiting),
            lost: false,
        };
        (lane, waiting)
    }
}

/// Gathers what one read of the connection brought.
pub(in crate::daemon) struct Feed {
    orders: Orders,
    total: Arc<AtomicUsize>,
    batch: Option<Batch>,
}

impl Feed {
    pub(in crate::daemon) fn new(orders: Orders) -> Self {
        Self {
            orders,
            total: Arc::new(AtomicUsize::new(0)),
            batch: None,
        }
    }

    fn batch(&mut self) -> &mut Batch {
        self.batch.get_or_insert_with(|| Batch {
            items: Vec::new(),
            bytes: Vec::new(),
            total: Arc::clone(&self.total),
        })
    }

    pub(in crate::daemon) fn output(&mut self, pane: PaneId, lane: &mut Lane, bytes: &[u8]) {
        if lane.lost {
            return;
        }
        let length = bytes.len();
        let fits = lane.waiting.load(Ordering::Relaxed) + length <= PANE_MAX
            && self.total.load(Ordering::Relaxed) + length <= TOTAL_MAX;
        if !fits {
            lane.lost = true;
            self.batch().items.push((pane, Item::Lost));
            return;
        }
        lane.waiting.fetch_add(length, Ordering::Relaxed);
        self.total.fetch_add(length, Ordering::Relaxed);
        let batch = self.batch();
        batch.bytes.extend_from_slice(bytes);
        match batch.items.last_mut() {
            Some((last, Item::Output(before))) if *last == pane => *before += length,
            _ => batch.items.push((pane, Item::Output(length))),
        }
    }

    pub(in crate::daemon) fn gap(&mut self, pane: PaneId) {
        self.batch().items.push((pane, Item::Gap));
    }

    pub(in crate::daemon) fn resized(&mut self, pane: PaneId, size: Size) {
        self.batch().items.push((pane, Item::Resized(size)));
    }

    pub(in crate::daemon) fn seed(&mut self, pane: PaneId, lane: &mut Lane, seed: Snapshot) {
        lane.lost = false;
        self.batch().items.push((pane, Item::Seed(Box::new(seed))));
    }

    /// The read is through: hands on what it brought.
    pub(in crate::daemon) fn settled(&mut self) {
        if let Some(batch) = self.batch.take() {
            self.orders.send(Order::Stream(batch));
        }
    }
}
