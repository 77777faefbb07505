//! How long a unit waits before it is started again, and when it is not.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Policy;
use super::dice::Dice;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// More restarts are not remembered than any limit can ask for.
const REMEMBERED: usize = 1000;

/// What follows a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A restart after this delay.
    After(Duration),
    /// No restart: why, as a part of a sentence.
    GiveUp(String),
}

/// The restarts of one unit that still count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// How many in a row were not followed by a healthy time.
    in_a_row: u32,
    /// When they were, on the monotonic clock; at most a day of them.
    times: VecDeque<Duration>,
}

impl Budget {
    /// How many restarts in a row are not forgiven yet.
    #[must_use]
    pub fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// How many restarts there were in the last `span`.
    #[must_use]
    pub fn within(&self, span: Duration, now: Duration) -> usize {
        let recent = self.times.iter().rev();
        recent
            .take_while(|at| at.saturating_add(span) > now)
            .count()
    }

    /// Counts one more restart, unless that is one too many.
    pub(super) fn spend(&mut self, policy: &Policy, now: Duration, dice: &mut Dice) -> Verdict {
        while self
            .times
            .front()
            .is_some_and(|at| at.saturating_add(DAY) <= now)
        {
            self.times.pop_front();
        }
        let limits = [
            (policy.restart_window, policy.restarts_per_window),
            (DAY, policy.restarts_per_day),
        ];
        for (span, limit) in limits {
            if self.within(span, now) >= limit as usize {
                return Verdict::GiveUp(format!(
                    "it was restarted {limit} times within {}",
                    rough(span)
                ));
            }
        }
        let delay = match self.in_a_row {
            0 => Duration::ZERO,
            n => {
                let doubled = 1_u32.checked_shl(n - 1).unwrap_or(u32::MAX);
                let delay = policy.restart_delay.saturating_mul(doubled);
                dice.around(delay.min(policy.restart_delay_max))
                    .min(policy.restart_delay_max)
            }
        };
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.times.len() == REMEMBERED {
            self.times.pop_front();
        }
        self.times.push_back(now.saturating_add(delay));
        Verdict::After(delay)
    }

    /// It ran long enough: the next restart comes at once. What was restarted still counts for the
    /// limits.
    pub(super) fn forgive(&mut self) {
        self.in_a_row = 0;
    }

    /// The machine was started anew, and with it the clock.
    pub(super) fn after_reboot(&self) -> Self {
        Self::default()
    }
}

/// A span of time for people.
pub(super) fn rough(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        86_400 => "a day".to_owned(),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(policy: &Policy, times: u32) -> Vec<Verdict> {
        let (mut budget, mut dice) = (Budget::default(), Dice::new(1));
        let mut now = Duration::from_secs(10);
        (0..times)
            .map(|_| {
                let verdict = budget.spend(policy, now, &mut dice);
                if let Verdict::After(delay) = verdict {
                    now += delay;
                }
                verdict
            })
            .collect()
    }

    #[test]
    fn the_first_restart_comes_at_once_and_the_next_ones_double_up_to_five_minutes() {
        let policy = Policy {
            restarts_per_window: 1000,
            restarts_per_day: 1000,
            ..Policy::default()
        };
        let expected = [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
        for (verdict, about) in delays(&policy, 11).into_iter().zip(expected) {
            let Verdict::After(delay) = verdict else {
                panic!("{verdict:?}")
            };
            let about = Duration::from_secs(about);
            assert!(
                delay >= about * 4 / 5 && delay <= (about * 6 / 5).min(policy.restart_delay_max)
            );
        }
    }

    #[test]
    fn more_than_five_restarts_in_ten_minutes_are_too_many() {
        let verdicts = delays(&Policy::default(), 6);
        assert!(verdicts[..5].iter().all(|v| matches!(v, Verdict::After(_))));
        assert!(
            matches!(&verdicts[5], Verdict::GiveUp(why) if why.contains("5 times within 10 min"))
        );
    }

    #[test]
    fn more_than_twenty_restarts_in_a_day_are_too_many_however_healthy_it_was_between() {
        let (policy, mut budget, mut dice) = (Policy::default(), Budget::default(), Dice::new(1));
        let mut now = Duration::ZERO;
        for _ in 0..20 {
            assert_eq!(
                budget.spend(&policy, now, &mut dice),
                Verdict::After(Duration::ZERO)
            );
            budget.forgive();
            now += Duration::from_secs(3600);
        }
        assert!(matches!(
            budget.spend(&policy, now, &mut dice),
            Verdict::GiveUp(_)
        ));
        now += Duration::from_secs(5 * 3600);
        assert_eq!(
            budget.spend(&policy, now, &mut dice),
            Verdict::After(Duration::ZERO)
        );
    }

    #[test]
    fn no_number_of_restarts_overflows() {
        let policy = Policy {
            restarts_per_window: u32::MAX,
            restarts_per_day: u32::MAX,
            ..Policy::default()
        };
        let mut budget = Budget {
            in_a_row: u32::MAX,
            ..Budget::default()
        };
        let verdict = budget.spend(&policy, Duration::MAX, &mut Dice::new(1));
        assert!(matches!(verdict, Verdict::After(delay) if delay <= policy.restart_delay_max));
        assert_eq!(budget.in_a_row(), u32::MAX);
    }

    mod properties {
        use proptest::collection::vec;
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
            #[test]
            fn no_history_of_failures_exceeds_a_budget(
                seed in any::<u64>(),
                lives in vec((0_u64..4000, any::<bool>()), 1..200),
            ) {
                let (policy, mut budget) = (Policy::default(), Budget::default());
                let (mut dice, mut now) = (Dice::new(seed), Duration::from_secs(5));
                let mut starts: Vec<Duration> = Vec::new();
                let mut forgiven = true;
                for (lived, healthy) in lives {
                    now += Duration::from_secs(lived);
                    if healthy {
                        budget.forgive();
                        forgiven = true;
                    }
                    let Verdict::After(delay) = budget.spend(&policy, now, &mut dice) else {
                        continue;
                    };
                    prop_assert!(delay <= policy.restart_delay_max);
                    prop_assert_eq!(delay.is_zero(), forgiven);
                    forgiven = false;
                    now += delay;
                    starts.push(now);
                    let within = |span: Duration| {
                        starts.iter().filter(|at| **at + span > now).count()
                    };
                    prop_assert!(within(policy.restart_window) <= policy.restarts_per_window as usize);
                    prop_assert!(within(DAY) <= policy.restarts_per_day as usize);
                }
            }

            #[test]
            fn a_longer_row_of_failures_never_waits_much_less(seed in any::<u64>(), row in 1_u32..60) {
                let policy = Policy {
                    restarts_per_window: u32::MAX,
                    restarts_per_day: u32::MAX,
                    ..Policy::default()
                };
                let after = |row: u32| {
                    let mut budget = Budget { in_a_row: row, ..Budget::default() };
                    match budget.spend(&policy, Duration::ZERO, &mut Dice::new(seed)) {
                        Verdict::After(delay) => delay,
                        Verdict::GiveUp(why) => panic!("{why}"),
                    }
                };
                prop_assert!(after(row + 1) >= after(row));
                prop_assert!(after(row) >= policy.restart_delay * 4 / 5);
            }
        }
    }
}
