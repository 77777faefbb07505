//! Usage limits that are waited out, and the arithmetic of their ends.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::letter::HoldFile;
use super::{Mutant, Now, Policy, Source, UnitName};
use crate::detect::{Limit, Reset};

/// One account's usage limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who showed the limit and did not go on since.
    pub members: BTreeSet<UnitName>,
    /// Until when nothing is done; none: until a person has seen to it.
    pub until: Option<Timestamp>,
    /// Where that comes from.
    pub source: Source,
    /// How many probes were sent.
    pub probes: u32,
    /// Since when it is held.
    pub since: Timestamp,
    /// When it was last told that it lasts.
    pub told: Option<Timestamp>,
    /// The words by which the screen named the end: they mean nothing once that has passed.
    #[serde(default)]
    pub reset: Option<Reset>,
    /// The probe that is under way.
    #[serde(default)]
    pub probing: Option<Probing>,
    /// How long a guess waits next.
    pub guess: Duration,
}

/// A probe that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probing {
    /// Who is asked.
    pub unit: UnitName,
    /// Once it is typed: until when the agent may take to go on.
    pub until: Option<Timestamp>,
}

/// A time of the day that is so little past is not meant for tomorrow.
const JUST_PAST: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The file of a hold without an end names a time so far ahead.
const CAPPED: Duration = Duration::from_secs(366 * 24 * 3600);

/// The end of a hold, and where it comes from. `passed` is what named an end that has come.
pub(super) fn end_of(
    limit: &Limit,
    passed: Option<&Reset>,
    guess: Duration,
    now: Now,
    policy: &Policy,
) -> (Option<Timestamp>, Source) {
    if limit.hard && !policy.breaks(Mutant::ProbesTheCapped) {
        return (None, Source::Cap);
    }
    if let Some(reset) = limit.reset.as_ref().filter(|reset| Some(*reset) != passed)
        && let Some(at) = reset.at(now.wall, &policy.zone)
    {
        let ahead = Duration::try_from(at.duration_since(now.wall)).unwrap_or_default();
        let most = if reset.is_bare() {
            policy.bare_reset_max
        } else {
            policy.dated_reset_max
        };
        let just_past = !reset.names_a_day() && ahead + JUST_PAST > DAY;
        if ahead <= most && !just_past {
            let until = add(at.max(now.wall), policy.limit_reset_slack);
            return (Some(until), Source::Banner(reset.text().to_owned()));
        }
    }
    let guess = if policy.breaks(Mutant::HoldsForEver) {
        DAY * 30
    } else {
        guess
    };
    (Some(add(now.wall, guess)), Source::Guess)
}

impl Hold {
    /// What a hold's file says of it.
    pub(super) fn file(&self) -> HoldFile {
        HoldFile {
            until: self.until.unwrap_or_else(|| add(self.since, CAPPED)),
            probes: self.probes,
        }
    }

    /// How long the next guess waits: each twice as long as the one before.
    pub(super) fn longer_guess(&mut self, policy: &Policy) {
        let longer = self.guess.saturating_mul(2).min(policy.limit_probe_max);
        self.guess = longer.max(policy.limit_probe_fallback.min(policy.limit_probe_max));
    }
}

impl HoldFile {
    /// The end that it names; none if that is too far ahead to be one.
    pub(super) fn end(self, now: Now) -> Option<Timestamp> {
        (self.until < add(now.wall, CAPPED / 2)).then_some(self.until)
    }
}

/// A time after another; the end of time if there is none.
pub(super) fn add(at: Timestamp, span: Duration) -> Timestamp {
    at.saturating_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::detect::reset_in;

    fn banner() -> impl Strategy<Value = String> {
        let clock = (
            0_u8..26,
            0_u8..62,
            prop::sample::select(vec!["", "am", "pm"]),
        );
        let zone = prop::sample::select(vec!["", " (UTC)", " (Asia/Dhaka)", " (Nowhere/Else)"]);
        prop_oneof![
            (clock, zone).prop_map(|((hour, minute, half), zone)| {
                format!("resets {hour}:{minute:02}{half}{zone}")
            }),
            (0_u32..400).prop_map(|hours| format!("try again in {hours} hours 5 minutes")),
            (1_u8..32, 0_u8..13)
                .prop_map(|(day, hour)| format!("resets Oct {day}, {hour}am (UTC)")),
            any::<u32>().prop_map(|at| format!("usage limit reached|{at}")),
            "[ -~]{0,40}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn whatever_a_banner_says_a_hold_has_a_near_end(
            text in banner(),
            at in 1_700_000_000_i64..1_900_000_000,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
            guess in 0_u64..3600,
        ) {
            let policy = Policy {
                zone: TimeZone::get(zone).expect("a zone"),
                ..Policy::default()
            };
            let wall = Timestamp::from_second(at).expect("a date");
            let now = Now { mono: Duration::ZERO, wall };
            let reset = reset_in(&text);
            let limit = Limit { reset: reset.clone(), resumes_itself: false, hard: false };
            let guess = Duration::from_secs(guess);
            let (until, source) = end_of(&limit, None, guess, now, &policy);
            let until = until.expect("it is no cap");
            prop_assert!(until >= wall, "{text}");
            match source {
                Source::Banner(_) => {
                    let bare = reset.as_ref().is_some_and(Reset::is_bare);
                    let most = if bare { policy.bare_reset_max } else { policy.dated_reset_max };
                    prop_assert!(until <= add(wall, most + policy.limit_reset_slack), "{text}");
                    prop_assert!(until >= add(wall, policy.limit_reset_slack), "{text}");
                }
                _ => prop_assert_eq!(until, add(wall, guess)),
            }
            // What has passed already is not believed again.
            let (_, again) = end_of(&limit, reset.as_ref(), guess, now, &policy);
            prop_assert_eq!(again, Source::Guess);
        }

        #[test]
        fn guesses_grow_to_their_bound_and_stay_there(times in 1_usize..40) {
            let policy = Policy::default();
            let mut hold = Hold {
                members: BTreeSet::new(),
                until: Some(Timestamp::UNIX_EPOCH),
                source: Source::Guess,
                probes: 0,
                since: Timestamp::UNIX_EPOCH,
                told: None,
                reset: None,
                probing: None,
                guess: policy.limit_probe_fallback,
            };
            for _ in 0..times {
                let before = hold.guess;
                hold.longer_guess(&policy);
                prop_assert!(hold.guess >= before);
                prop_assert!(hold.guess <= policy.limit_probe_max);
            }
        }
    }
}
