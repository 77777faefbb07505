//! Spans of time as people write and read them.

use std::time::Duration;

/// The longest span that is accepted.
const MAX: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads `500ms`, `20s`, `2m`, `1h`, `3d`, or a plain number of seconds; fractions are fine.
///
/// # Errors
/// A sentence that says what is expected.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(format!("`{unit}` is no unit of time; use ms, s, m, h or d")),
    };
    let number: f64 = number
        .trim()
        .parse()
        .map_err(|_| "expected a number and a unit, such as 20s or 2m".to_owned())?;
    match Duration::try_from_secs_f64(number * seconds) {
        Ok(span) if span.is_zero() => Err("it must be more than nothing".to_owned()),
        Ok(span) if span > MAX => Err("it must be at most a year".to_owned()),
        Ok(span) => Ok(span),
        Err(_) => Err("it must be a positive length of time".to_owned()),
    }
}

/// A span in at most two units, the way people say it: `48s`, `3m 20s`, `2h 5m`, `4d 1h`.
#[must_use]
pub(crate) fn rough(span: Duration) -> String {
    let s = span.as_secs();
    let (large, small, large_unit, small_unit) = match s {
        0..60 => return format!("{s}s"),
        60..3600 => (s / 60, s % 60, 'm', 's'),
        3600..86400 => (s / 3600, s % 3600 / 60, 'h', 'm'),
        _ => (s / 86400, s % 86400 / 3600, 'd', 'h'),
    };
    if small == 0 {
        format!("{large}{large_unit}")
    } else {
        format!("{large}{large_unit} {small}{small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_and_without_a_unit() {
        for (text, ms) in [
            ("20s", 20_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("2d", 172_800_000),
            ("500ms", 500),
            ("1.5s", 1_500),
            ("7", 7_000),
            (" 3 s ", 3_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused_with_a_reason() {
        for text in [
            "", "s", "0", "0s", "-1s", "20x", "soon", "1e400", "inf", "nan", "1e30h", "2 m 3 s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_span_is_told_in_two_units_at_most() {
        for (s, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (200, "3m 20s"),
            (7200, "2h"),
            (7500, "2h 5m"),
            (349_200, "4d 1h"),
        ] {
            assert_eq!(rough(Duration::from_secs(s)), text);
        }
    }
}
