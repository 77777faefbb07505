//! `WAITING-UNTIL:`, the marker by which an agent says that it wakes by itself.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use regex::Regex;
use serde::{Deserialize, Serialize};

/// What the marker begins with.
pub(super) const MARKER: &str = "WAITING-UNTIL:";

/// Until when an agent waits. [`Waiting::until`] tells which moment that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waiting(Moment);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Moment {
    At(Timestamp),
    /// By the clock of whoever reads it.
    Local(DateTime),
}

/// A value: a date, a time, a zone. All but the date may be missing.
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"(?x) \A
        (\d{4}-\d{2}-\d{2})
        (?: (?: [Tt] | \s+ ) (\d{2}) : (\d{2}) (?: : (\d{2}) (?: [.,] \d{1,9} )? )?
            (?: [\x20]? (?: ( [Zz] | UTC | GMT ) \b | ( [+-] ) (\d{2}) (?: :? (\d{2}) )? ) )?
        )?";
    Regex::new(written).expect("a pattern")
});

impl Waiting {
    /// The moment, for somebody in the zone `local`. A time that a switch of daylight saving leaves
    /// out is as much later, of one that comes twice the first counts.
    pub fn until(&self, local: &TimeZone) -> Timestamp {
        match self.0 {
            Moment::At(at) => at,
            Moment::Local(at) => at
                .to_zoned_datetime(local.clone())
                .map_or(Timestamp::MAX, |at| at.timestamp()),
        }
    }

    /// The value at the beginning of a text. A full stop, a quote or a bracket behind it is no part
    /// of it; anything else there is, and makes it none.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let parts = VALUE.captures(text)?;
        let rest = &text[parts[0].len()..];
        let clutter = rest.split_whitespace().next().unwrap_or_default();
        let touches = !rest.starts_with(char::is_whitespace);
        let closes = |c: char| ".,;:!?'\"`)]}>*_’”»│┃|".contains(c);
        if touches && !clutter.chars().all(closes) {
            return None;
        }
        let number = |group: usize| {
            let text = parts.get(group).map_or("0", |digits| digits.as_str());
            text.parse::<i8>().ok()
        };
        // Half a time is no date with something behind it.
        if parts.get(2).is_none() && clutter.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let date: Date = parts[1].parse().ok()?;
        let time = Time::new(number(2)?, number(3)?, number(4)?, 0).ok()?;
        let at = date.to_datetime(time);
        let offset = if parts.get(5).is_some() {
            0
        } else if let Some(sign) = parts.get(6) {
            let seconds = i32::from(number(7)?) * 3600 + i32::from(number(8)?) * 60;
            if sign.as_str() == "-" {
                -seconds
            } else {
                seconds
            }
        } else {
            return Some(Self(Moment::Local(at)));
        };
        let offset = Offset::from_seconds(offset).ok()?;
        Some(Self(Moment::At(offset.to_timestamp(at).ok()?)))
    }
}

/// The marker that a screen's rows show, from the top: of several the last one that has a value.
/// With `footer` only the last row that is not blank counts, and the marker has to be its beginning.
pub fn waiting_in<'r>(
    rows: impl DoubleEndedIterator<Item = &'r str>,
    footer: bool,
) -> Option<Waiting> {
    if footer {
        let mut rows = rows.rev();
        let last = rows.find(|row| !row.trim().is_empty())?;
        return Waiting::read(last.trim().strip_prefix(MARKER)?);
    }
    let text = rows.collect::<Vec<_>>().join("\n");
    let markers = text.rmatch_indices(MARKER);
    let mut values = markers.map(|(place, _)| Waiting::read(&text[place + MARKER.len()..]));
    values.find_map(|value| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(text: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let waiting = waiting_in(text.split('\n'), false)?;
        Some(waiting.until(&zone).to_string())
    }

    #[test]
    fn values_are_understood_with_and_without_a_zone() {
        // Statement 90: with a blank it was read as midnight.
        for (value, expected) in [
            ("2030-01-01T10:00:00Z", "2030-01-01T10:00:00Z"),
            ("2030-01-01T10:00Z", "2030-01-01T10:00:00Z"),
            ("2030-01-01T10:00:30.5+02:00", "2030-01-01T08:00:30Z"),
            ("2030-01-01T10:00:00-0530", "2030-01-01T15:30:00Z"),
            ("2030-01-01T10:00", "2030-01-01T09:00:00Z"),
            ("2030-07-01T10:00:20", "2030-07-01T08:00:20Z"),
            ("2030-01-01 10:00", "2030-01-01T09:00:00Z"),
            ("2030-01-01 10:00 UTC", "2030-01-01T10:00:00Z"),
            ("2030-01-01 10:00 then I go on", "2030-01-01T09:00:00Z"),
            ("2030-01-01", "2029-12-31T23:00:00Z"),
            ("\n  2030-01-01T10:00Z", "2030-01-01T10:00:00Z"),
            // A switch of daylight saving leaves this out.
            ("2030-03-31T02:30", "2030-03-31T01:30:00Z"),
        ] {
            let found = until(&format!("I wait. WAITING-UNTIL: {value}"));
            assert_eq!(found.as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_closes_a_sentence_is_no_part_of_a_value() {
        for end in [
            ".", ",", "`", "\"", "'", ")", "].", "`.", "**", " │", "│", "",
        ] {
            let found = until(&format!("WAITING-UNTIL: 2030-01-01T10:00:00Z{end}"));
            assert_eq!(found.as_deref(), Some("2030-01-01T10:00:00Z"), "{end}");
        }
    }

    #[test]
    fn anything_else_is_as_if_it_were_absent() {
        for value in [
            "",
            "soon",
            "<ISO time>",
            "2030-01-01T10:00:00ZZ",
            "2030-01-01T10:00:00Zulu",
            "2030-01-01T25:00",
            "2030-02-30T10:00",
            "2030-01-01T10",
            "2030-01-01 10h",
            "2030-01-01x",
            "2030-01-01T10:00+99:00",
            "+2h",
        ] {
            assert_eq!(until(&format!("WAITING-UNTIL: {value}")), None, "{value}");
            let both = format!("WAITING-UNTIL: 2030-01-01T10:00Z\nWAITING-UNTIL: {value}");
            assert_eq!(
                until(&both).as_deref(),
                Some("2030-01-01T10:00:00Z"),
                "{value}"
            );
        }
        assert_eq!(until("waiting-until: 2030-01-01T10:00Z"), None);
    }
}
