//! What stands behind `resets at`: a time, a date, a duration.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::{Timestamp, civil};
use regex::{Captures, Regex};

use super::zone::Zone;
use super::{Day, When};

/// The longest time ahead that a duration may name, in seconds: 400 days.
const AFTER_MAX: i64 = 400 * 86_400;

/// A time that was read from the beginning of a text.
#[derive(Debug, PartialEq)]
pub(super) struct Phrase {
    pub(super) when: When,
    /// How many bytes of the text it is.
    pub(super) length: usize,
}

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("a pattern"));
    };
}

pattern!(EPOCH, r"\A(?:(\d{10})|(\d{10})\d{3})\b");
pattern!(
    CLOCK,
    r"(?i)\A(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?(?:\s*([ap])(?:m\b|\.\s?m\.?))?"
);
pattern!(NAMED, r"(?i)\A(midnight|noon)\b");
pattern!(
    ISO,
    r"\A(\d{4})(?:-(\d{2})-(\d{2})|/(\d{2})/(\d{2}))(?:T|,?\s+(?:at\s+)?)"
);
pattern!(
    MONTH_FIRST,
    r"(?i)\A([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4})\b)?"
);
pattern!(
    DAY_FIRST,
    r"(?i)\A(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\b\.?(?:,?\s+(\d{4})\b)?"
);
pattern!(WORD, r"(?i)\A([a-z]{3,9})\b\.?");
pattern!(BETWEEN, r"(?i)\A(?:,\s*|\s+)(?:at\s+)?");
pattern!(BEHIND, r"(?i)\A(?:,[ \t]*|[ \t]+)(on[ \t]+)?");
pattern!(IN_BRACKETS, r"\A\s*\(([^()\n]{1,40})\)");
pattern!(
    ZONE,
    r"\A[ \u{a0}\u{202f}]?((?:UTC|GMT)?[+\u{2212}-]\d{1,2}(?::?\d{2})?|[A-Z][A-Za-z0-9_]+(?:/[A-Za-z0-9_+-]+){1,2}|Z|[A-Z]{3,5})\b"
);
pattern!(
    ONE,
    r"(?i)\A(?:less\s+than\s+)?(?:an?|one)\s+(week|day|hour|minute|second)\b"
);
pattern!(MINUTES, r"\A(\d{2})\b");
pattern!(
    LASTS,
    r"(?i)\A(?:,?\s*(?:and\s+)?)?(\d{1,6})(\.\d{1,9})?\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)"
);

impl Phrase {
    /// Reads a time; `lasts` if it may be a duration.
    pub(super) fn read(text: &str, lasts: bool) -> Option<Self> {
        if lasts && let Some(phrase) = Self::duration(text) {
            return Some(phrase);
        }
        Self::epoch(text)
            .or_else(|| Self::on_a_day(text))
            .or_else(|| Self::by_the_clock(text))
    }

    /// Whether it is a duration of more seconds than this.
    pub(super) fn lasts_longer_than(&self, seconds: i64) -> bool {
        matches!(self.when, When::After(long) if long > seconds)
    }

    /// Seconds since 1970, or thousandths of them.
    pub(super) fn epoch(text: &str) -> Option<Self> {
        let parts = EPOCH.captures(text)?;
        let seconds = parts.get(1).or(parts.get(2))?.as_str().parse().ok()?;
        Some(Self {
            when: When::At(Timestamp::from_second(seconds).ok()?),
            length: parts[0].len(),
        })
    }

    fn duration(text: &str) -> Option<Self> {
        if let Some(parts) = ONE.captures(text) {
            return Some(Self {
                when: When::After(unit(&parts[1])),
                length: parts[0].len(),
            });
        }
        let (mut seconds, mut length) = (0_i64, 0);
        while let Some(parts) = LASTS.captures(&text[length..]) {
            let end = length + parts[0].len();
            if text[end..].starts_with(|c: char| c.is_alphabetic()) {
                break;
            }
            let unit = unit(&parts[3]);
            seconds += parts[1].parse::<i64>().ok()? * unit;
            if let Some(part) = parts.get(2) {
                let nanos: String = part.as_str()[1..]
                    .chars()
                    .chain("000000000".chars())
                    .take(9)
                    .collect();
                let nanos = nanos.parse::<i64>().ok()?;
                seconds += (nanos * unit + 999_999_999) / 1_000_000_000;
            }
            length = end;
            if unit == 3600
                && let Some(minutes) = MINUTES.captures(&text[length..])
            {
                seconds += minutes[1].parse::<i64>().ok()? * 60;
                length += minutes[1].len();
            }
        }
        (length > 0 && seconds <= AFTER_MAX).then_some(Self {
            when: When::After(seconds),
            length,
        })
    }

    /// A day, then a time: `Oct 31, 9am`, `tomorrow at 9am`, `2026-04-11 20:30:24`.
    fn on_a_day(text: &str) -> Option<Self> {
        let (day, mut length) = match ISO.captures(text) {
            Some(parts) => (iso(&parts)?, parts[0].len()),
            None => {
                let (day, length) = day(text)?;
                (day, length + BETWEEN.find(&text[length..])?.len())
            }
        };
        let (time, zone, more) = clock(&text[length..])?;
        length += more;
        Some(Self {
            when: When::Clock { day, time, zone },
            length,
        })
    }

    /// A time, then perhaps a day: `3:30 PM (UTC)`, `9am tomorrow`, `9am on Oct 31`.
    fn by_the_clock(text: &str) -> Option<Self> {
        let (time, mut zone, mut length) = clock(text)?;
        let mut when_day = Day::Next;
        if let Some(behind) = BEHIND.captures(&text[length..]) {
            let rest = &text[length + behind[0].len()..];
            let found = day(rest).filter(|(day, _)| match day {
                Day::Ahead(_) | Day::Date { .. } => true,
                _ => behind.get(1).is_some(),
            });
            if let Some((day, more)) = found {
                when_day = day;
                length += behind[0].len() + more;
                if zone.is_none() {
                    let more;
                    (zone, more) = zone_behind(&text[length..]);
                    length += more;
                }
            }
        }
        Some(Self {
            when: When::Clock {
                day: when_day,
                time,
                zone,
            },
            length,
        })
    }
}

/// How many seconds a unit of time has, by its first letter.
fn unit(word: &str) -> i64 {
    match word.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'w') => 7 * 86_400,
        Some(b'd') => 86_400,
        Some(b'h') => 3600,
        Some(b'm') => 60,
        _ => 1,
    }
}

/// A day by a date or by its name, and how long that is.
fn day(text: &str) -> Option<(Day, usize)> {
    if let Some(parts) = MONTH_FIRST.captures(text)
        && let Some(month) = month(&parts[1])
    {
        let day = dated(month, &parts[2], parts.get(3).map(|year| year.as_str()))?;
        return Some((day, parts[0].len()));
    }
    if let Some(parts) = DAY_FIRST.captures(text)
        && let Some(month) = month(&parts[2])
    {
        let day = dated(month, &parts[1], parts.get(3).map(|year| year.as_str()))?;
        return Some((day, parts[0].len()));
    }
    let parts = WORD.captures(text)?;
    let length = parts[0].len();
    let word = parts[1].to_ascii_lowercase();
    match word.as_str() {
        "today" => return Some((Day::Ahead(0), length)),
        "tomorrow" => return Some((Day::Ahead(1), length)),
        _ => {}
    }
    let weekday = weekday(&word)?;
    // A date behind it says more.
    let dated = BETWEEN
        .find(&text[length..])
        .and_then(|between| {
            let begin = length + between.len();
            let (day, more) = day(&text[begin..])?;
            Some((day, begin + more))
        })
        .filter(|(day, _)| matches!(day, Day::Date { .. }));
    Some(dated.unwrap_or((Day::Weekday(weekday), length)))
}

fn dated(month: i8, day: &str, year: Option<&str>) -> Option<Day> {
    let day = day.parse().ok()?;
    let year = year.map(str::parse::<i16>).transpose().ok()?;
    // A leap year has every date that there is.
    Date::new(year.unwrap_or(2000), month, day).ok()?;
    Some(Day::Date { year, month, day })
}

fn iso(parts: &Captures<'_>) -> Option<Day> {
    let (month, day) = (
        parts.get(2).or(parts.get(4))?,
        parts.get(3).or(parts.get(5))?,
    );
    dated(month.as_str().parse().ok()?, day.as_str(), Some(&parts[1]))
}

/// A time of the day, its zone, and how long both are. An hour alone is a time only with am or pm.
fn clock(text: &str) -> Option<(Time, Option<Zone>, usize)> {
    if let Some(parts) = NAMED.captures(text) {
        let hour = if parts[1].eq_ignore_ascii_case("noon") {
            12
        } else {
            0
        };
        let (zone, more) = zone_behind(&text[parts[0].len()..]);
        return Some((Time::new(hour, 0, 0, 0).ok()?, zone, parts[0].len() + more));
    }
    let parts = CLOCK.captures(text)?;
    let number = |group: usize| {
        let text = parts.get(group).map_or("0", |digits| digits.as_str());
        text.parse::<i8>().ok()
    };
    let hour = number(1)?;
    let half = parts.get(4).map(|half| half.as_str().to_ascii_lowercase());
    let hour = match half.as_deref() {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + if half == "p" { 12 } else { 0 },
        None if parts.get(2).is_some() => hour,
        _ => return None,
    };
    let time = Time::new(hour, number(2)?, number(3)?, 0).ok()?;
    let mut length = parts[0].len();
    let rest = &text[length..];
    if half.is_none() && goes_on(rest) {
        return None;
    }
    let (zone, more) = zone_behind(rest);
    length += more;
    Some((time, zone, length))
}

/// Whether what looked like a time is the beginning of something else, as in `10:30:5`.
fn goes_on(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('Z') => chars.next().is_some_and(char::is_alphanumeric),
        Some(c) if c.is_alphanumeric() => true,
        Some('%' | '/' | '_') => true,
        Some(':' | '.' | ',') => chars.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

fn zone_behind(rest: &str) -> (Option<Zone>, usize) {
    if let Some(parts) = IN_BRACKETS.captures(rest) {
        let zone = Zone::in_brackets(&parts[1]);
        let length = if zone.is_some() { parts[0].len() } else { 0 };
        return (zone, length);
    }
    let parts = ZONE.captures(rest);
    let zone = parts.and_then(|parts| Some((Zone::bare(&parts[1])?, parts[0].len())));
    zone.map_or((None, 0), |(zone, length)| (Some(zone), length))
}

/// The month that a word begins as, from 1.
fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| {
        *month == word || month[..3] == word || word == "sept" && month[..3] == *"sep"
    })?;
    i8::try_from(place + 1).ok()
}

/// The day of the week that a word names, from 1 for Monday.
fn weekday(word: &str) -> Option<i8> {
    let names: [&[&str]; 7] = [
        &["monday", "mon"],
        &["tuesday", "tue", "tues"],
        &["wednesday", "wed"],
        &["thursday", "thu", "thur", "thurs"],
        &["friday", "fri"],
        &["saturday", "sat"],
        &["sunday", "sun"],
    ];
    let place = names.iter().position(|names| names.contains(&word))?;
    let weekday = civil::Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()?;
    Some(weekday.to_monday_one_offset())
}
