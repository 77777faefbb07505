//! Layouts: `SUM,WxH,X,Y` and then a pane's number, or cells in `{}` or `[]`; floating panes in
//! `<>` at the end.

use nom::{
    Parser,
    bytes::complete::{tag, take_while_m_n},
    character::complete::{i32, u32},
    combinator::{all_consuming, cut, map, map_opt, not, opt},
    multi::separated_list1,
    sequence::{delimited, preceded, separated_pair, terminated},
};

use super::field::Parsed;
use crate::{
    PaneId,
    layout::{Cell, Content, Layout},
};

/// How deep cells may be nested. Each level takes two rows or columns of the window, so no window
/// that is seen comes near.
const DEPTH: usize = 256;

pub(crate) fn layout(text: &[u8]) -> Option<Layout> {
    let floating = delimited(
        tag("<"),
        separated_list1(tag(","), |i| cell(i, DEPTH)),
        tag(">"),
    );
    let parts = (checksum, |i| cell(i, DEPTH), opt(floating));
    all_consuming(map(parts, |(checksum, root, floating)| Layout {
        checksum,
        root,
        floating: floating.unwrap_or_default(),
    }))
    .parse_complete(text)
    .ok()
    .map(|(_, layout)| layout)
}

fn checksum(input: &[u8]) -> Parsed<'_, u16> {
    let digits = take_while_m_n(4, 4, |byte: u8| byte.is_ascii_hexdigit());
    let number = map_opt(digits, |digits| {
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    });
    terminated(number, tag(",")).parse_complete(input)
}

fn cell(input: &[u8], depth: usize) -> Parsed<'_, Cell> {
    let size = separated_pair(u32, tag("x"), u32);
    let place = separated_pair(i32, tag(","), i32);
    let (rest, ((width, height), (x, y))) =
        separated_pair(size, tag(","), place).parse_complete(input)?;
    let (rest, content) = content(rest, depth)?;
    let cell = Cell {
        width,
        height,
        x,
        y,
        content,
    };
    Ok((rest, cell))
}

fn content(input: &[u8], depth: usize) -> Parsed<'_, Content> {
    let cells = |open: u8| matches!(input.first(), Some(&byte) if byte == open);
    if cells(b'{') {
        map(|i| inside("{", i, depth, "}"), Content::LeftRight).parse_complete(input)
    } else if cells(b'[') {
        map(|i| inside("[", i, depth, "]"), Content::TopBottom).parse_complete(input)
    } else {
        // A number before an `x` is the width of the next cell.
        let pane = preceded(tag(","), terminated(map(u32, PaneId), not(tag("x"))));
        map(opt(pane), Content::Pane).parse_complete(input)
    }
}

fn inside<'i>(
    open: &'static str,
    input: &'i [u8],
    depth: usize,
    close: &'static str,
) -> Parsed<'i, Vec<Cell>> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(nom::Err::Failure(()));
    };
    let cells = separated_list1(tag(","), |i| cell(i, depth));
    // What was opened is not something else.
    delimited(tag(open), cut(cells), cut(tag(close))).parse_complete(input)
}
