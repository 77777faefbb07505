//! `%output` and what steers it.

use memchr::memmem;
use nom::{
    Parser, bytes::complete::tag, character::complete::u32, combinator::map, sequence::delimited,
};

use super::field::{Parsed, long_number, or_dash, pane};
use crate::{Notification, PaneId, octal};

/// All of an `%output` line before its data.
#[inline]
pub(super) fn head(line: &[u8]) -> Parsed<'_, PaneId> {
    map(delimited(tag("%output %"), u32, tag(" ")), PaneId).parse_complete(line)
}

/// `%extended-output %P AGE [reserved…] : DATA`
pub(super) fn extended<'a>(
    fields: &'a [u8],
    payload: &'a mut Vec<u8>,
) -> Parsed<'a, Notification<'a>> {
    let (rest, (pane, age_ms)) = (pane, or_dash(long_number)).parse_complete(fields)?;
    let (_, data) = after_colon(rest)?;
    let data = octal::unescape(data, payload);
    Ok((&[], Notification::ExtendedOutput { pane, age_ms, data }))
}

/// What stands after the first ` : `. Between the known fields and the colon later releases may
/// put others.
pub(super) fn after_colon(input: &[u8]) -> Parsed<'_, &[u8]> {
    match memmem::find(input, b" : ") {
        Some(at) => Ok((&[], &input[at + 3..])),
        None => Err(nom::Err::Error(())),
    }
}

pub(super) fn pause(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(pane, |pane| Notification::Pause { pane }).parse_complete(fields)
}

pub(super) fn resume(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(pane, |pane| Notification::Continue { pane }).parse_complete(fields)
}
