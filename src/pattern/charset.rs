//! Sets of characters, as Python means them, in the syntax of `regex`.

use std::fmt::Write;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::ast::{Fold, Item, Kind};

/// Characters that are the same for Python in any case, and not for Unicode's simple folding.
const MORE_FOLDS: &[&[char]] = &[&['i', 'I', 'İ', 'ı']];

/// A set in brackets. One that no character is in is `[^\x{0}-\x{10FFFF}]`.
pub(super) fn print(items: &[Item], not: bool, fold: Fold, into: &mut String) {
    let mut ranges = ClassUnicode::empty();
    let mut kinds = String::new();
    for item in items {
        match *item {
            Item::Range(low, high) => add(&mut ranges, low, high),
            Item::Kind { kind, not, ascii } => {
                kinds.push_str(if not { "[^" } else { "[" });
                kinds.push_str(members(kind, ascii));
                kinds.push(']');
            }
        }
    }
    folded(&mut ranges, fold);
    if ranges.ranges().is_empty() && kinds.is_empty() {
        into.push_str(if not {
            r"[\x{0}-\x{10FFFF}]"
        } else {
            r"[^\x{0}-\x{10FFFF}]"
        });
        return;
    }
    if let ([only], "", false) = (ranges.ranges(), kinds.as_str(), not)
        && only.start() == only.end()
    {
        return print_char(only.start(), into);
    }
    into.push_str(if not { "[^" } else { "[" });
    for range in ranges.iter() {
        print_range(range.start(), range.end(), into);
    }
    into.push_str(&kinds);
    into.push(']');
}

/// What the kinds of characters are in Python, for use within brackets. A word has no marks
/// and no connectors but `_`; blanks are also the four separators from U+001C.
pub(super) fn members(kind: Kind, ascii: bool) -> &'static str {
    match (kind, ascii) {
        (Kind::Digit, false) => r"\p{Nd}",
        (Kind::Digit, true) => "0-9",
        (Kind::Space, false) => r"\p{White_Space}\x{1C}-\x{1F}",
        (Kind::Space, true) => r"\x{9}-\x{D}\x{20}",
        (Kind::Word, false) => r"\p{L}\p{N}_",
        (Kind::Word, true) => "0-9A-Za-z_",
    }
}

/// Whether a set has this character, which is in no case.
pub(super) fn has_newline(items: &[Item], not: bool) -> bool {
    let newline = u32::from('\n');
    let has = items.iter().any(|item| match *item {
        Item::Range(low, high) => (low..=high).contains(&newline),
        Item::Kind { kind, not, .. } => (kind == Kind::Space) != not,
    });
    has != not
}

/// Halves of surrogates are no characters, and left out.
fn add(ranges: &mut ClassUnicode, low: u32, high: u32) {
    for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
        if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
            && low <= high
        {
            ranges.push(ClassUnicodeRange::new(low, high));
        }
    }
}

fn folded(ranges: &mut ClassUnicode, fold: Fold) {
    match fold {
        Fold::Exact => {}
        Fold::Ascii => {
            let both = [('A', 'Z', 'a'), ('a', 'z', 'A')];
            for (first, last, other) in both {
                let mut letters = ClassUnicode::new([ClassUnicodeRange::new(first, last)]);
                letters.intersect(ranges);
                for range in letters.iter() {
                    let moved = |char| u32::from(char) - u32::from(first) + u32::from(other);
                    add(ranges, moved(range.start()), moved(range.end()));
                }
            }
        }
        Fold::Unicode => {
            ranges.case_fold_simple();
            for same in MORE_FOLDS {
                let same = ClassUnicode::new(same.iter().map(|c| ClassUnicodeRange::new(*c, *c)));
                let mut common = same.clone();
                common.intersect(ranges);
                if !common.ranges().is_empty() {
                    ranges.union(&same);
                }
            }
        }
    }
}

fn print_range(low: char, high: char, into: &mut String) {
    print_char(low, into);
    if low != high {
        into.push('-');
        print_char(high, into);
    }
}

fn print_char(char: char, into: &mut String) {
    if char.is_alphanumeric() {
        into.push(char);
    } else {
        write!(into, r"\x{{{:X}}}", u32::from(char)).expect("a string takes everything");
    }
}
