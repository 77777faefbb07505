//! The zone behind a time, in its many spellings.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use regex::Regex;
use serde::{Deserialize, Serialize};

/// A zone as it is written. Whether there is such a one shows when it is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Zone {
    /// A name of the time zone database.
    Named(String),
    /// Seconds east of Greenwich.
    Offset(i32),
    /// A word such as `PST`.
    Abbreviated(String),
}

/// Abbreviations that mean one zone wherever a program in English writes them, in minutes east of
/// Greenwich. `IST` and `BST` are not among them: each means several.
const ABBREVIATIONS: [(&str, i32); 28] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("WIB", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("HST", -600),
];

/// `UTC`, `GMT+2`, `+05:30`, `PST`.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"\A(?:(?:UTC|GMT)?([+\u{2212}-])(\d{1,2})(?::?(\d{2}))?|Z|[A-Z]{3,5})\z";
    Regex::new(written).expect("a pattern")
});

/// `Asia/Dhaka`, `Etc/GMT+5`, `America/Argentina/Buenos_Aires`.
static LONG: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"\A[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){1,2}\z";
    Regex::new(written).expect("a pattern")
});

impl Zone {
    /// What stands in brackets behind a time. None: it is no zone at all, as `(in 2 hours)`.
    pub(super) fn in_brackets(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_name = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.len() <= 32
            && text
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"_+-".contains(&c));
        Self::bare(text).or_else(|| is_name.then(|| Self::Named(text.to_owned())))
    }

    /// A word behind a time.
    pub(super) fn bare(text: &str) -> Option<Self> {
        if LONG.is_match(text) {
            return Some(Self::Named(text.to_owned()));
        }
        let parts = SHORT.captures(text)?;
        let Some(sign) = parts.get(1) else {
            return Some(Self::Abbreviated(text.to_owned()));
        };
        let number = |group: usize| {
            let text = parts.get(group).map_or("0", |digits| digits.as_str());
            text.parse::<i32>().ok()
        };
        let seconds = number(2)? * 3600 + number(3)? * 60;
        let sign = if sign.as_str() == "+" { 1 } else { -1 };
        Some(Self::Offset(sign * seconds))
    }

    /// The zone's rules. An abbreviation that the reader's own zone has at the moment means that.
    pub(super) fn resolve(&self, seen: Timestamp, local: &TimeZone) -> Option<TimeZone> {
        match self {
            Self::Named(name) => TimeZone::get(name).ok(),
            Self::Offset(seconds) => Some(Offset::from_seconds(*seconds).ok()?.to_time_zone()),
            Self::Abbreviated(word) if local.to_offset_info(seen).abbreviation() == word => {
                Some(local.clone())
            }
            Self::Abbreviated(word) => {
                let (_, minutes) = ABBREVIATIONS.iter().find(|(known, _)| known == word)?;
                Some(Offset::from_seconds(minutes * 60).ok()?.to_time_zone())
            }
        }
    }
}
