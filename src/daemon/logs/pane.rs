//! One pane's way into its log.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::{PANE_MAX, Shared, TOTAL_MAX, URGENT};

/// Half of what may wait, so that it finds room beside the stream even with its line ends added.
const TEXT_MAX: usize = PANE_MAX / 2;

/// The producing end of one log. Every call returns at once: none waits for the disk, nor for the
/// thread that writes.
#[derive(Debug)]
pub struct PaneLog {
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    /// The slot that was entered last.
    slot: usize,
}

/// What waits to be written to one log.
///
/// Two slots, because the thread holds at most one of them at a time: the other can always be
/// entered. The order is kept, since the producer leaves a slot only while the thread is emptying
/// it: nothing older is left in the one when it goes on in the other.
#[derive(Debug, Default)]
pub(super) struct Queue {
    slots: [Mutex<Slot>; 2],
    closed: AtomicBool,
}

/// Bytes, and what came after them and was dropped.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) bytes: Vec<u8>,
    /// How many bytes did not fit. Nothing is added after a loss until the slot was emptied, so
    /// the loss has one place.
    pub(super) lost: u64,
}

impl PaneLog {
    pub(super) fn new(queue: Arc<Queue>, shared: Arc<Shared>) -> Self {
        Self {
            queue,
            shared,
            slot: 0,
        }
    }

    /// Writes a pane's bytes as they are. What does not fit is dropped and marked in the log.
    pub fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let (mut slot, entered) = self.queue.enter(self.slot);
        let fits = slot.lost == 0
            && slot.bytes.len() + bytes.len() <= PANE_MAX
            && self.shared.total.load(Ordering::Relaxed) + bytes.len() <= TOTAL_MAX;
        if fits {
            slot.bytes.extend_from_slice(bytes);
            self.shared.total.fetch_add(bytes.len(), Ordering::Relaxed);
        } else {
            slot.lost += bytes.len() as u64;
        }
        let urgent = slot.bytes.len() >= URGENT;
        drop(slot);
        self.slot = entered;
        self.shared.wake();
        if urgent {
            self.shared.hurry();
        }
    }

    /// Writes lines of text, as rows of a pane's history are: each ends as a terminal wants it. Of a
    /// text over 512 KiB only the end is written, after a mark.
    pub fn text(&mut self, text: &str) {
        let from = text.len().saturating_sub(TEXT_MAX);
        let from = (from..)
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(from);
        if from > 0 {
            self.gap(format_args!("{from} bytes of older rows"));
        }
        let mut bytes = Vec::with_capacity(text.len() - from + 80);
        for line in text[from..].lines() {
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        self.write(&bytes);
    }

    /// Marks that something is missing here, and why.
    pub fn gap(&mut self, reason: impl Display) {
        self.write(&mark(reason));
    }
}

impl Drop for PaneLog {
    fn drop(&mut self) {
        self.queue.closed.store(true, Ordering::Release);
        self.shared.wake();
    }
}

impl Queue {
    /// Enters a slot without waiting; which one.
    fn enter(&self, first: usize) -> (MutexGuard<'_, Slot>, usize) {
        loop {
            for at in [first, 1 - first] {
                match self.slots[at].try_lock() {
                    Ok(slot) => return (slot, at),
                    Err(TryLockError::Poisoned(slot)) => return (slot.into_inner(), at),
                    // The thread is emptying this one: it went from the other to it just now.
                    Err(TryLockError::WouldBlock) => {}
                }
            }
        }
    }

    /// Takes all that waits, older first.
    pub(super) fn take(&self) -> [Slot; 2] {
        [0, 1].map(|at| {
            let mut slot = self.slots[at]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *slot)
        })
    }

    /// Whether nothing will come any more. Read it before the last [`Queue::take`].
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// A line of its own, in plain text.
pub(super) fn mark(reason: impl Display) -> Vec<u8> {
    format!("\r\n[ao: a gap here: {reason}]\r\n").into_bytes()
}
