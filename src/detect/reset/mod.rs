//! When a usage limit ends, as its banner writes it: understood, and not yet put on a clock.
//!
//! `read` finds the phrase on a screen, `phrase` and `zone` take it apart.

mod phrase;
mod read;
#[cfg(test)]
mod tests;
mod zone;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

pub use read::reset_in;
pub(super) use read::unframed;
use zone::Zone;

/// A date without a year that is less past than this is meant as it is, and not for next year.
const JUST_PAST: SignedDuration = SignedDuration::from_hours(24);

/// How many years ahead a date without a year is looked for: the longest way between two leap days.
const YEARS_MAX: i16 = 8;

/// The end of a usage limit as a banner gives it. [`Reset::at`] tells which moment that is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reset {
    when: When,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    /// So many seconds after it is seen.
    After(i64),
    /// This moment.
    At(Timestamp),
    /// A time by the clock on the wall.
    Clock {
        day: Day,
        time: Time,
        /// None: the zone of whoever reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<Zone>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Day {
    /// Whenever the clock shows it next.
    Next,
    /// So many days after today.
    Ahead(i8),
    /// The next such day of the week; 1 is Monday.
    Weekday(i8),
    /// Without a year the next such date.
    Date {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        year: Option<i16>,
        month: i8,
        day: i8,
    },
}

impl Reset {
    /// An exact moment, which a program tells beside its screen.
    pub fn exact(at: Timestamp) -> Self {
        Self {
            when: When::At(at),
            text: at.to_string(),
        }
    }

    /// Which moment it is, when it is seen at `seen` by somebody in the zone `local`. None when
    /// its zone is unknown or there is no such date.
    ///
    /// - A time of the day alone is the next such time: tomorrow's, if today's is over.
    /// - A date without a year is the next such date, or the last one if that is less than 24 hours
    ///   past.
    /// - A time that a switch of daylight saving leaves out is as much later, of one that comes
    ///   twice the first counts.
    pub fn at(&self, seen: Timestamp, local: &TimeZone) -> Option<Timestamp> {
        let (day, time, zone) = match &self.when {
            When::At(at) => return Some(*at),
            When::After(seconds) => {
                return seen.checked_add(SignedDuration::from_secs(*seconds)).ok();
            }
            When::Clock { day, time, zone } => (*day, *time, zone),
        };
        let zone = match zone {
            Some(zone) => zone.resolve(seen, local)?,
            None => local.clone(),
        };
        let today = zone.to_datetime(seen).date();
        let moment = |date: Date| {
            let zoned = date
                .to_datetime(time)
                .to_zoned_datetime(zone.clone())
                .ok()?;
            Some(zoned.timestamp())
        };
        let ahead = |days: i8| moment(today.checked_add(days.days()).ok()?);
        match day {
            Day::Next => (0..=2).filter_map(ahead).find(|at| *at > seen),
            Day::Ahead(days) => ahead(days),
            Day::Weekday(weekday) => (0..=7)
                .filter(|days| {
                    let date = today.checked_add((*days).days());
                    date.is_ok_and(|date| date.weekday().to_monday_one_offset() == weekday)
                })
                .filter_map(ahead)
                .find(|at| *at > seen),
            Day::Date {
                year: Some(year),
                month,
                day,
            } => moment(Date::new(year, month, day).ok()?),
            Day::Date {
                year: None,
                month,
                day,
            } => {
                let this = today.year();
                (this - 1..=this.saturating_add(YEARS_MAX))
                    .filter_map(|year| moment(Date::new(year, month, day).ok()?))
                    .find(|at| seen.duration_since(*at) < JUST_PAST)
            }
        }
    }

    /// Whether it names the moment itself, whenever and wherever it is read.
    pub fn is_exact(&self) -> bool {
        matches!(self.when, When::At(_))
    }

    /// Which moment its words name, as [`Self::at`]; a time of the day that has passed less than an
    /// hour ago is that one, and not tomorrow's: banners stay on the screen for a while.
    pub fn named(&self, seen: Timestamp, local: &TimeZone) -> Option<Timestamp> {
        let earlier = seen.checked_sub(SignedDuration::from_hours(1));
        match self.when {
            When::Clock { day: Day::Next, .. } => self.at(earlier.unwrap_or(seen), local),
            _ => self.at(seen, local),
        }
    }

    /// Whether it is a time of the day without a date or a zone: it may be meant in another zone,
    /// and of another day.
    pub fn is_bare(&self) -> bool {
        matches!(
            self.when,
            When::Clock {
                day: Day::Next,
                zone: None,
                ..
            }
        )
    }

    /// Whether it says of which day it is: a date, a day of the week, an epoch or a duration. A time
    /// of the day alone may have just passed.
    pub fn names_a_day(&self) -> bool {
        !matches!(self.when, When::Clock { day: Day::Next, .. })
    }

    /// The words of the banner, for people: one line of at most 80 characters.
    pub fn text(&self) -> &str {
        &self.text
    }
}
