//! When the machine was started, and the clock that has run since then.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Names this start of the machine. Empty where the system does not tell.
pub fn id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// The monotonic clock: the same for all processes until the machine is started anew; it stands
/// still while the machine sleeps.
pub fn mono() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(now.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_on_and_the_start_stays_the_same() {
        let before = mono();
        assert!(mono() >= before);
        assert_eq!(id(), id());
    }
}
