//! The fields that lines are made of. Each parser takes the space before its field too, so that
//! what is left after a field is empty or begins with a space.

use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take_while, take_while1},
    character::complete::{self, u32},
    combinator::{eof, map, peek, rest, value},
    sequence::{delimited, preceded},
};

use crate::{PaneId, SessionId, WindowId};

/// The rest of the line and what was read. Why a line is malformed is of no use to anybody: the
/// event has the line.
pub(super) type Parsed<'a, T> = IResult<&'a [u8], T, ()>;

/// The place where a field ends: before a space, or at the line's end.
fn end(input: &[u8]) -> Parsed<'_, &[u8]> {
    peek(alt((tag(" "), eof))).parse_complete(input)
}

fn id<'a>(sigil: &'static str, input: &'a [u8]) -> Parsed<'a, u32> {
    delimited(tag(sigil), u32, end).parse_complete(input)
}

pub(super) fn pane(input: &[u8]) -> Parsed<'_, PaneId> {
    map(|i| id(" %", i), PaneId).parse_complete(input)
}

pub(super) fn window(input: &[u8]) -> Parsed<'_, WindowId> {
    map(|i| id(" @", i), WindowId).parse_complete(input)
}

pub(super) fn session(input: &[u8]) -> Parsed<'_, SessionId> {
    map(|i| id(" $", i), SessionId).parse_complete(input)
}

pub(super) fn number(input: &[u8]) -> Parsed<'_, u32> {
    id(" ", input)
}

pub(super) fn long_number(input: &[u8]) -> Parsed<'_, u64> {
    delimited(tag(" "), complete::u64, end).parse_complete(input)
}

/// A field, or `-` in its place.
pub(super) fn or_dash<'a, T: Clone>(
    field: impl Parser<&'a [u8], Output = T, Error = ()>,
) -> impl Parser<&'a [u8], Output = Option<T>, Error = ()> {
    alt((
        map(field, Some),
        value(None, delimited(tag(" "), tag("-"), end)),
    ))
}

/// A field of one byte or more that holds no space.
pub(super) fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(tag(" "), take_while1(|byte| byte != b' ')).parse_complete(input)
}

/// A field that holds no space and may be empty.
pub(super) fn word_or_empty(input: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(tag(" "), take_while(|byte| byte != b' ')).parse_complete(input)
}

/// All that is left, which may be empty: names and messages hold spaces.
pub(super) fn text(input: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(tag(" "), rest).parse_complete(input)
}
