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
    /// Until when nothing is done.
    pub until: Timestamp,
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

/// The end of a hold, and where it comes from. `passed` is what named an end that has come.
pub(super) fn end_of(
    limit: &Limit,
    passed: Option<&Reset>,
    guess: Duration,
    now: Now,
    policy: &Policy,
) -> (Timestamp, Source) {
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
            return (until, Source::Banner(reset.text().to_owned()));
        }
    }
    let guess = if policy.breaks(Mutant::HoldsForEver) {
        DAY * 30
    } else {
        guess
    };
    (add(now.wall, guess), Source::Guess)
}

impl Hold {
    /// What a hold's file says of it.
    pub(super) fn file(&self) -> HoldFile {
        HoldFile {
            until: self.until,
            probes: self.probes,
        }
    }

    /// How long the next guess waits: each twice as long as the one before.
    pub(super) fn longer_guess(&mut self, policy: &Policy) {
        let longer = self.guess.saturating_mul(2).min(policy.limit_probe_max);
        self.guess = longer.max(policy.limit_probe_fallback.min(policy.limit_probe_max));
    }
}

/// A time after another; the end of time if there is none.
pub(super) fn add(at: Timestamp, span: Duration) -> Timestamp {
    at.saturating_add(span).unwrap_or(Timestamp::MAX)
}
