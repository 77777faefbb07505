//! How long a unit waits before it is started again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every bound of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The delay before the second restart that is not forgiven yet; it doubles from there. The
    /// first restart comes at once.
    pub first_delay: Duration,
    /// The longest delay between a death and the restart.
    pub longest_delay: Duration,
    /// A unit that ran for so long has its earlier restarts forgiven.
    pub healthy_after: Duration,
    /// A program that ended with 0 did not fail: it is started again after so long
    /// (`watchdog.heavy_interval`), and at no cost.
    pub after_success: Duration,
    /// How long a start waits when tmux, not the unit, was at fault.
    pub tmux_retry: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_secs(2),
            longest_delay: Duration::from_secs(300),
            healthy_after: Duration::from_secs(600),
            after_success: Duration::from_secs(300),
            tmux_retry: Duration::from_secs(1),
        }
    }
}

/// The restarts of one unit that still count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    restarts: u32,
}

impl Backoff {
    /// How many restarts are not forgiven yet.
    #[must_use]
    pub fn restarts(self) -> u32 {
        self.restarts
    }

    /// Counts one more restart and says how long to wait before it.
    pub fn next(&mut self, policy: &Policy) -> Duration {
        let delay = match self.restarts {
            0 => Duration::ZERO,
            n => policy
                .first_delay
                .saturating_mul(1_u32.checked_shl(n - 1).unwrap_or(u32::MAX))
                .min(policy.longest_delay),
        };
        self.restarts = self.restarts.saturating_add(1);
        delay
    }

    /// Forgives everything.
    pub fn forgive(&mut self) {
        self.restarts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_restart_comes_at_once_and_the_next_ones_double_up_to_five_minutes() {
        let policy = Policy::default();
        let mut backoff = Backoff::default();
        let seconds: Vec<u64> = (0..11).map(|_| backoff.next(&policy).as_secs()).collect();
        assert_eq!(seconds, [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn no_number_of_restarts_overflows() {
        let policy = Policy::default();
        let mut backoff = Backoff { restarts: u32::MAX };
        assert_eq!(backoff.next(&policy), policy.longest_delay);
        assert_eq!(backoff.restarts(), u32::MAX);
    }

    #[test]
    fn what_is_forgiven_starts_over() {
        let policy = Policy::default();
        let mut backoff = Backoff::default();
        backoff.next(&policy);
        backoff.next(&policy);
        backoff.forgive();
        assert_eq!(backoff.next(&policy), Duration::ZERO);
    }
}
