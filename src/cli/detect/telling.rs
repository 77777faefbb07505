//! What is seen, for people.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::{sentence, terminal};
use crate::detect::{Finding, Reading};

/// A few lines: what it is, what shows that, what else holds.
pub(super) fn text(
    reading: &Reading,
    finding: &Finding,
    now: Timestamp,
    zone: &TimeZone,
) -> String {
    let mut out = String::new();
    let fact = &reading.fact;
    let until = finding.limit.as_ref().and_then(|limit| limit.until);
    let until = until.map_or(String::new(), |until| {
        format!(" until {}", sentence::clock(until, now, zone))
    });
    _ = writeln!(out, "{}{until}, by {}", finding.state, fact.signal);
    for row in &fact.rows {
        _ = writeln!(out, "  {}", terminal::line(row));
    }
    out
}
