//! The one clock that the daemon reads.

use std::time::{Duration, Instant};

use crate::os::boot;
use crate::supervise::Now;

/// Reads both clocks; the monotonic one is the machine's, so that a time of an earlier watchdog
/// means the same to this one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    origin: Instant,
    /// What the machine's clock showed then.
    offset: Duration,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            origin: Instant::now(),
            offset: boot::mono(),
        }
    }

    pub(super) fn now(self) -> Now {
        Now {
            mono: self.mono(),
            wall: jiff::Timestamp::now(),
        }
    }

    /// The monotonic clock alone, which is read faster than both.
    pub(super) fn mono(self) -> Duration {
        self.offset + self.origin.elapsed()
    }

    /// When the monotonic clock shows `at`, as the runtime counts time.
    pub(super) fn instant(self, at: Duration) -> tokio::time::Instant {
        (self.origin + at.saturating_sub(self.offset)).into()
    }
}
