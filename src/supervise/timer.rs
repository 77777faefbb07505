//! What is waited for, and until when.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Now;

/// Everything that a unit or the fleet waits for by time. Each has one deadline at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timer {
    /// Of a unit: its next start is due.
    Start,
    /// Of a unit: it has run long enough for its restarts to be forgiven.
    Healthy,
    /// Of a unit: it no longer counts as starting.
    Starting,
    /// Of a unit: its fatal screen has stood long enough.
    Fatal,
    /// Of a unit: the program in its pane that should not be there is looked at again.
    Foreign,
    /// Of a unit: it has been silent, or has waited, for too long.
    Stall,
    /// Of a unit: its limit has not been shown for long enough.
    LimitGone,
    /// Of a unit: it goes on after a limit.
    Resume,
    /// Of a unit: a text that waits is tried again.
    Letter,
    /// Of a unit: a dialog has stood long enough to be answered.
    Answer,
    /// Of a unit: it has tried again by itself for too long.
    Retrying,
    /// Of a unit: it is to be woken.
    Wake,
    /// Of the fleet: a hold ends, is probed, or a probe has had its time.
    Holds,
    /// Of the fleet: the next unit of an incident may start.
    Storm,
    /// Of the fleet: the remote of the hand-off is looked at.
    Fetch,
    /// Of the fleet: a bare marker has stood long enough.
    BareDone,
    /// Of the fleet: files that could not be written are tried again.
    Write,
    /// Of the fleet: silence is written down.
    Keep,
}

/// A point on one of the two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum At {
    /// Of the monotonic clock.
    Mono(Duration),
    /// Of the wall clock, which may be set.
    Wall(Timestamp),
}

impl At {
    /// Whether it has come.
    pub(super) fn has_come(self, now: Now) -> bool {
        match self {
            Self::Mono(at) => at <= now.mono,
            Self::Wall(at) => at <= now.wall,
        }
    }

    /// When to look whether it has come, on the monotonic clock: a wall clock may be set, so that
    /// is not slept for longer than `at_most` in one go.
    fn look(self, now: Now, at_most: Duration) -> Duration {
        match self {
            Self::Mono(at) => at,
            Self::Wall(at) => {
                let left = Duration::try_from(at.duration_since(now.wall)).unwrap_or_default();
                // The wall clock may be a little behind when the sleep is over.
                now.mono.saturating_add(left.min(at_most))
            }
        }
    }
}

/// The deadlines of a unit or of the fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Timers(Vec<(Timer, At)>);

impl Timers {
    /// Waits until then, whatever this timer waited for before.
    pub(super) fn set(&mut self, timer: Timer, at: At) {
        match self.0.iter_mut().find(|(known, _)| *known == timer) {
            Some(entry) => entry.1 = at,
            None => self.0.push((timer, at)),
        }
    }

    /// Waits until the monotonic clock shows `at`.
    pub(super) fn set_mono(&mut self, timer: Timer, at: Duration) {
        self.set(timer, At::Mono(at));
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.0.retain(|(known, _)| *known != timer);
    }

    pub(super) fn get(&self, timer: Timer) -> Option<At> {
        let found = self.0.iter().find(|(known, _)| *known == timer);
        found.map(|(_, at)| *at)
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.get(timer).is_some()
    }

    /// Takes one deadline that has come.
    pub(super) fn take_due(&mut self, now: Now) -> Option<Timer> {
        let due = self.0.iter().position(|(_, at)| at.has_come(now))?;
        Some(self.0.swap_remove(due).0)
    }

    /// When to look at them next, on the monotonic clock.
    pub(super) fn next(&self, now: Now, wall_check: Duration) -> Option<Duration> {
        let looks = self.0.iter().map(|(_, at)| at.look(now, wall_check));
        looks.min()
    }
}
