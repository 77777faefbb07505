//! What the patterns find on a screen, with as little searching as possible: a line that was
//! searched is not searched again while it is shown, wherever it scrolls to.

use std::ops::Range;

use super::fact::{Fact, Seen, Signal};
use super::signs::{Sign, Signs};
use crate::pattern::Scope;
use crate::screen::{Line, Screen};

/// How many rows at the bottom a footer has.
const FOOTER_ROWS: u16 = 10;

/// What a screen shows; the first that holds hides the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Active,
    Limit,
    Fatal,
    Nothing,
}

/// The state of the search of one pane's screen.
#[derive(Debug, Default)]
pub(super) struct Sight {
    revision: Option<u64>,
    lines: Vec<Known>,
    /// The lines of the look before; kept for its memory.
    before: Vec<Known>,
    text: String,
}

/// What is known of a line: a bit for each pattern.
#[derive(Debug, Clone, Copy)]
struct Known {
    key: u64,
    searched: u8,
    matches: u8,
}

/// The bit of a pattern in [`Known`].
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Bit {
    Active = 1,
    Limit = 2,
    Fatal = 4,
}

/// What a screen without a past shows: working, limited or fatal, else unknown.
pub fn facts_of(signs: &Signs, screen: &Screen) -> Fact {
    let mut sight = Sight::default();
    let (state, signal) = match sight.look(signs, screen) {
        Some(Shown::Active) => (Seen::Working, Signal::ActiveRe),
        Some(Shown::Limit) => (Seen::Limited, Signal::LimitRe),
        Some(Shown::Fatal) => (Seen::Fatal, Signal::FatalRe),
        Some(Shown::Nothing) | None => (Seen::Unknown, Signal::Silence),
    };
    let rows = sight.rows(signs, screen, signal);
    Fact {
        state,
        signal,
        rows,
    }
}

impl Sight {
    /// Looks at a screen; `None` if it is the same as at the last look.
    pub(super) fn look(&mut self, signs: &Signs, screen: &Screen) -> Option<Shown> {
        let revision = Some(screen.revision());
        if self.revision == revision {
            return None;
        }
        self.revision = revision;
        self.recognise(screen);
        Some(
            if self.finds(
                signs.active.as_ref(),
                Bit::Active,
                footer_top(signs, screen),
                screen,
            ) {
                Shown::Active
            } else if self.finds(signs.limit.as_ref(), Bit::Limit, 0, screen) {
                Shown::Limit
            } else if self.finds(signs.fatal.as_ref(), Bit::Fatal, 0, screen) {
                Shown::Fatal
            } else {
                Shown::Nothing
            },
        )
    }

    /// The lines that the pattern of a signal matches.
    pub(super) fn rows(&mut self, signs: &Signs, screen: &Screen, signal: Signal) -> Vec<String> {
        let (sign, top) = match signal {
            Signal::ActiveRe => (&signs.active, footer_top(signs, screen)),
            Signal::LimitRe => (&signs.limit, 0),
            Signal::FatalRe => (&signs.fatal, 0),
            Signal::LogGrace | Signal::Silence => return Vec::new(),
        };
        let Some(sign) = sign else { return Vec::new() };
        let mut rows = Vec::new();
        let mut add = |line: &str| {
            if rows.len() == Fact::ROWS_MAX {
                rows.remove(0);
            }
            rows.push(cut(line).to_owned());
        };
        match sign.pattern.scope() {
            Scope::Line => {
                for line in screen.lines() {
                    let text = self.text_from(top, &line, screen);
                    if text.is_some_and(|text| sign.search(text).is_some()) {
                        add(&self.text);
                    }
                }
            }
            Scope::Text => {
                self.read_all(top, screen);
                if let Some(found) = sign.search(&self.text) {
                    touched(&self.text, &found).for_each(add);
                }
            }
        }
        rows
    }

    /// Takes over what is known of the lines that are still shown.
    fn recognise(&mut self, screen: &Screen) {
        std::mem::swap(&mut self.lines, &mut self.before);
        self.lines.clear();
        let mut next = 0;
        for line in screen.lines() {
            let key = line.key();
            let from = self.before.get(next..).unwrap_or_default();
            let known = match from.iter().position(|known| known.key == key) {
                Some(index) => {
                    next += index + 1;
                    self.before[next - 1]
                }
                None => Known {
                    key,
                    searched: 0,
                    matches: 0,
                },
            };
            self.lines.push(known);
        }
    }

    /// Whether a pattern matches anywhere from row `top` on.
    fn finds(&mut self, sign: Option<&Sign>, bit: Bit, top: u16, screen: &Screen) -> bool {
        let Some(sign) = sign else { return false };
        if sign.pattern.scope() == Scope::Text {
            self.read_all(top, screen);
            return sign.search(&self.text).is_some();
        }
        let bit = bit as u8;
        let mut found = false;
        for (index, line) in screen.lines().enumerate() {
            if line.first_row() < top {
                // Of a line that is cut nothing is kept: what is known is of whole lines.
                let part = self.text_from(top, &line, screen);
                found |= part.is_some_and(|part| sign.search(part).is_some());
                continue;
            }
            if self.lines[index].searched & bit == 0 {
                self.text.clear();
                line.text(&mut self.text);
                let matches = sign.search(&self.text).is_some();
                let known = &mut self.lines[index];
                known.searched |= bit;
                known.matches |= if matches { bit } else { 0 };
            }
            found |= self.lines[index].matches & bit != 0;
        }
        found
    }

    /// Reads the text of a line from row `top` on; `None` if it ends above.
    fn text_from(&mut self, top: u16, line: &Line<'_>, screen: &Screen) -> Option<&str> {
        self.text.clear();
        append_from(top, line, screen, &mut self.text).then_some(&*self.text)
    }

    /// Reads all lines from row `top` on, joined by newlines.
    fn read_all(&mut self, top: u16, screen: &Screen) {
        self.text.clear();
        let mut first = true;
        for line in screen.lines() {
            if line.first_row() + line.row_count() <= top {
                continue;
            }
            if !first {
                self.text.push('\n');
            }
            first = false;
            append_from(top, &line, screen, &mut self.text);
        }
    }
}

fn append_from(top: u16, line: &Line<'_>, screen: &Screen, into: &mut String) -> bool {
    let end = line.first_row() + line.row_count();
    if end <= top {
        return false;
    }
    if line.first_row() >= top {
        line.text(into);
    } else {
        (top..end).for_each(|y| screen.row(y).text(into));
    }
    true
}

/// The first row in which `active_re` counts.
fn footer_top(signs: &Signs, screen: &Screen) -> u16 {
    match signs.footer {
        Some(_) => screen.size().rows.saturating_sub(FOOTER_ROWS),
        None => 0,
    }
}

/// The lines of a text that a match lies in.
fn touched<'t>(text: &'t str, found: &Range<usize>) -> impl Iterator<Item = &'t str> {
    let start = text[..found.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let end = text[found.end..]
        .find('\n')
        .map_or(text.len(), |newline| found.end + newline);
    text[start..end].split('\n')
}

fn cut(line: &str) -> &str {
    let mut end = line.len().min(Fact::ROW_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}
