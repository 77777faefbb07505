//! The clocks of the simulated machine.

use std::time::Duration;

use ao::supervise::Now;
use jiff::{SignedDuration, Timestamp};

/// Simulated time is the time that the machine is awake. The date runs on while it sleeps, and the
/// machine's own wall clock may be wrong.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    /// Time awake since the beginning of the night.
    pub(crate) awake: Duration,
    /// The date at the beginning of the night.
    began: Timestamp,
    /// How long it slept.
    slept: Duration,
    /// By how much the wall clock is ahead.
    pub(crate) skew: SignedDuration,
    /// What the monotonic clock showed at the beginning of the night, or of the last start.
    mono_began: Duration,
    awake_at_boot: Duration,
    /// Counts the machine's starts.
    pub(crate) boot: u32,
}

impl Clock {
    pub(crate) fn new(began: Timestamp, uptime: Duration) -> Self {
        Self {
            awake: Duration::ZERO,
            began,
            slept: Duration::ZERO,
            skew: SignedDuration::ZERO,
            mono_began: uptime,
            awake_at_boot: Duration::ZERO,
            boot: 1,
        }
    }

    /// The date as the world has it.
    pub(crate) fn date(&self) -> Timestamp {
        self.began + self.awake + self.slept
    }

    pub(crate) fn mono(&self) -> Duration {
        self.mono_began + (self.awake - self.awake_at_boot)
    }

    pub(crate) fn wall(&self) -> Timestamp {
        self.date() + self.skew
    }

    pub(crate) fn now(&self) -> Now {
        Now {
            mono: self.mono(),
            wall: self.wall(),
        }
    }

    /// The time awake at which the monotonic clock shows `mono`, or now if that is over.
    pub(crate) fn awake_at(&self, mono: Duration) -> Duration {
        self.awake + mono.saturating_sub(self.mono())
    }

    pub(crate) fn sleep(&mut self, span: Duration) {
        self.slept += span;
    }

    pub(crate) fn reboot(&mut self) {
        self.boot += 1;
        self.mono_began = Duration::from_secs(20);
        self.awake_at_boot = self.awake;
    }

    pub(crate) fn boot_id(&self) -> String {
        format!("boot-{}", self.boot)
    }
}
