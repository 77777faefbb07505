//! How the screens of agents tell when a limit ends.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `3:30pm`, by the clock of the zone.
pub(super) fn bare(until: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(until);
    format!(
        "5-hour limit reached, resets {}",
        clock(local.hour(), local.minute())
    )
}

fn clock(hour: i8, minute: i8) -> String {
    let half = if hour < 12 { "am" } else { "pm" };
    let hour = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{minute:02}{half}")
}

pub(super) fn zoned(until: Timestamp) -> String {
    let zone = TimeZone::get("Asia/Dhaka").expect("a zone");
    let local = zone.to_datetime(until);
    let clock = clock(local.hour(), local.minute());
    format!("You've hit your limit, resets {clock} (Asia/Dhaka)")
}

pub(super) fn dated(until: Timestamp) -> String {
    let utc = TimeZone::UTC.to_datetime(until);
    let clock = clock(utc.hour(), utc.minute());
    format!(
        "You've hit your weekly limit, resets {} {}, {clock} (UTC)",
        utc.strftime("%b"),
        utc.day()
    )
}

pub(super) fn span(until: Timestamp, date: Timestamp) -> String {
    let minutes = until.duration_since(date).as_mins().max(0) + 1;
    format!(
        "try again in {} hours {} minutes",
        minutes / 60,
        minutes % 60
    )
}
