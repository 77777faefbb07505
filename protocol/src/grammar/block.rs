//! The head of a block.

use nom::{
    Parser,
    combinator::{consumed, map},
};

use super::field::{Parsed, long_number, number};

/// `%begin T N F`. Since 1.9; what 1.8 sends has no F and is malformed here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Begin<'a> {
    pub(crate) time: u64,
    pub(crate) number: u64,
    pub(crate) flags: u32,
    /// The three as they were written.
    pub(crate) triple: &'a [u8],
}

pub(super) fn begin(fields: &[u8]) -> Parsed<'_, Begin<'_>> {
    map(
        consumed((long_number, long_number, number)),
        |(text, (time, number, flags))| Begin {
            time,
            number,
            flags,
            triple: &text[1..],
        },
    )
    .parse_complete(fields)
}
