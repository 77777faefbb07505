//! The one clock that the daemon reads.

use std::time::{Duration, Instant};

use crate::supervise::Now;

/// Reads both clocks; the monotonic one counts from when this was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            origin: Instant::now(),
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
        self.origin.elapsed()
    }

    /// When the monotonic clock shows `at`, as the runtime counts time.
    pub(super) fn instant(self, at: Duration) -> tokio::time::Instant {
        (self.origin + at).into()
    }
}
