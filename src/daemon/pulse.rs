//! When a pane last wrote something, for those who wait for it to stand still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout_at};

/// Beats with every piece of output of one pane. Beating never waits.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beats: AtomicU64,
    changed: Notify,
}

impl Pulse {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// The pane wrote something.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Release);
        self.changed.notify_one();
    }

    /// How often it wrote.
    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Ordering::Acquire)
    }

    /// Returns when the pane writes something that is not among the first `known` beats: true;
    /// or at `deadline`: false. For one listener at a time.
    pub(super) async fn wait_for_more(&self, known: u64, deadline: Instant) -> bool {
        while self.beats() == known {
            if timeout_at(deadline, self.changed.notified()).await.is_err() {
                return self.beats() != known;
            }
        }
        true
    }

    /// Returns once the pane has written nothing for `quiet`: true; or at `deadline`: false.
    pub(super) async fn stands_still(&self, quiet: Duration, deadline: Instant) -> bool {
        loop {
            let known = self.beats();
            let until = Instant::now() + quiet;
            if until > deadline {
                sleep(deadline - Instant::now()).await;
                return self.beats() == known;
            }
            if !self.wait_for_more(known, until).await {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pane_that_writes_on_does_not_stand_still_until_it_stops() {
        let pulse = Pulse::new();
        let writer = Arc::clone(&pulse);
        tokio::spawn(async move {
            for _ in 0..10 {
                sleep(Duration::from_millis(300)).await;
                writer.beat();
            }
        });
        let start = Instant::now();
        let deadline = start + Duration::from_secs(60);
        assert!(
            pulse
                .stands_still(Duration::from_millis(400), deadline)
                .await
        );
        assert!(start.elapsed() >= Duration::from_millis(3400));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pane_that_never_stops_is_waited_for_no_longer_than_was_said() {
        let pulse = Pulse::new();
        let writer = Arc::clone(&pulse);
        let spinner = tokio::spawn(async move {
            loop {
                sleep(Duration::from_millis(100)).await;
                writer.beat();
            }
        });
        let start = Instant::now();
        let deadline = start + Duration::from_secs(12);
        assert!(
            !pulse
                .stands_still(Duration::from_millis(400), deadline)
                .await
        );
        assert_eq!(start.elapsed().as_secs(), 12);
        spinner.abort();
    }
}
