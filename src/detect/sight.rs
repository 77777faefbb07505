//! What the patterns find on a screen, with as little searching as possible: a line that was
//! searched is not searched again while it is shown, wherever it scrolls to.

use std::ops::Range;

use super::fact::{Fact, Signal};
use super::said::{Said, denies_conversation, limit_in};
use super::signs::{Sign, Signs};
use super::waiting::{MARKER, waiting_in};
use crate::pattern::{LineSays, Scope};
use crate::screen::{Line, Screen};

/// How many rows at the bottom a footer has.
const FOOTER_ROWS: u16 = 10;

/// What a screen shows; the first that holds hides the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Active,
    Login,
    Limit,
    Dialog,
    Fatal,
    Nothing,
}

impl Shown {
    pub(super) fn signal(self) -> Signal {
        match self {
            Self::Active => Signal::ActiveRe,
            Self::Login => Signal::LoginRe,
            Self::Limit => Signal::LimitRe,
            Self::Dialog => Signal::DialogRe,
            Self::Fatal => Signal::FatalRe,
            Self::Nothing => Signal::Silence,
        }
    }
}

/// The state of the search of one pane's screen.
#[derive(Debug, Default)]
pub(super) struct Sight {
    revision: Option<u64>,
    screen: Region,
    /// The last rows, where they count by themselves.
    footer: Region,
    /// Kept for its memory.
    text: String,
}

/// The lines from a row to the end of the screen.
#[derive(Debug, Default)]
struct Region {
    top: u16,
    lines: Vec<Known>,
    /// The lines of the look before; kept for its memory.
    before: Vec<Known>,
}

/// What is known of a line: a bit for each pattern.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    key: u64,
    first_row: u16,
    /// Which patterns it was tried with.
    tried: u8,
    /// By which the screen matches for this line.
    matches: u8,
    /// For which the screen must be searched for this line.
    perhaps: u8,
}

/// The bit of a pattern in [`Known`].
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Bit {
    Active = 1,
    Login = 2,
    Limit = 4,
    Dialog = 8,
    Fatal = 16,
    /// The marker of who waits.
    Waiting = 32,
    /// That there is no such conversation.
    NoConversation = 64,
}

/// In this order, behind `active_re`, which counts in other rows perhaps.
const BY_RANK: [(Bit, Shown); 4] = [
    (Bit::Login, Shown::Login),
    (Bit::Limit, Shown::Limit),
    (Bit::Dialog, Shown::Dialog),
    (Bit::Fatal, Shown::Fatal),
];

impl Sight {
    /// Looks at a screen; `None` if it is the same as at the last look.
    pub(super) fn look(&mut self, signs: &Signs, screen: &Screen) -> Option<Shown> {
        let revision = Some(screen.revision());
        if self.revision == revision {
            return None;
        }
        self.revision = revision;
        self.screen.recognise(screen, 0);
        let active = match signs.footer {
            None => {
                let sign = signs.active.as_ref();
                self.screen.has(sign, Bit::Active, screen, &mut self.text)
            }
            Some(_) => {
                self.footer.recognise(screen, footer_top(screen));
                let sign = signs.active.as_ref();
                self.footer.has(sign, Bit::Active, screen, &mut self.text)
            }
        };
        if active {
            return Some(Shown::Active);
        }
        let mut ranks = BY_RANK.into_iter();
        let found = ranks.find(|(bit, shown)| {
            let sign = signs.sign(shown.signal());
            self.screen.has(sign, *bit, screen, &mut self.text)
        });
        Some(found.map_or(Shown::Nothing, |(_, shown)| shown))
    }

    /// What the screen of the last look says beside that.
    pub(super) fn said(&mut self, signs: &Signs, screen: &Screen, shown: Shown) -> Said {
        let text = &mut self.text;
        let lines = self.screen.try_words(screen, text);
        let mut said = Said {
            no_conversation: lines & Bit::NoConversation as u8 != 0,
            ..Said::default()
        };
        if shown != Shown::Limit && lines & Bit::Waiting as u8 == 0 {
            return said;
        }
        text.clear();
        read(screen.lines(), text);
        if lines & Bit::Waiting as u8 != 0 {
            said.waiting = waiting_in(text.split('\n'), signs.footer.is_some());
        }
        if shown == Shown::Limit {
            said.limit = Some(limit_in(text, banner(signs, text)));
        }
        said
    }
}

impl Region {
    /// Takes over what is known of the lines that are still shown.
    fn recognise(&mut self, screen: &Screen, top: u16) {
        self.top = top;
        std::mem::swap(&mut self.lines, &mut self.before);
        self.lines.clear();
        let mut next = 0;
        for line in screen.lines_from(top) {
            let key = line.key();
            let mut known = match self.before[next..]
                .iter()
                .position(|known| known.key == key)
            {
                Some(further) => {
                    next += further + 1;
                    self.before[next - 1]
                }
                None => Known {
                    key,
                    ..Known::default()
                },
            };
            known.first_row = line.first_row();
            self.lines.push(known);
        }
    }

    /// Whether a pattern matches here. The text is a buffer.
    fn has(&mut self, sign: Option<&Sign>, bit: Bit, screen: &Screen, text: &mut String) -> bool {
        let Some(sign) = sign else { return false };
        let bit = bit as u8;
        let mut all = Known::default();
        for known in &mut self.lines {
            if known.tried & bit == 0 {
                text.clear();
                let line = screen.lines_from(known.first_row).next();
                line.expect("a row of the screen").text(text);
                known.tried |= bit;
                match sign.try_line(text) {
                    LineSays::Match => known.matches |= bit,
                    LineSays::Perhaps => known.perhaps |= bit,
                    LineSays::Nothing | LineSays::GaveUp => {}
                }
            }
            all.matches |= known.matches;
            all.perhaps |= known.perhaps;
        }
        if all.matches & bit != 0 || all.perhaps & bit == 0 {
            return all.matches & bit != 0;
        }
        text.clear();
        read(screen.lines_from(self.top), text);
        sign.search(text).is_some()
    }

    /// What the lines here say in words that are the same for all programs, as bits. The text is a
    /// buffer.
    fn try_words(&mut self, screen: &Screen, text: &mut String) -> u8 {
        let bits = Bit::Waiting as u8 | Bit::NoConversation as u8;
        let mut all = 0;
        for known in &mut self.lines {
            if known.tried & bits == 0 {
                text.clear();
                let line = screen.lines_from(known.first_row).next();
                line.expect("a row of the screen").text(text);
                known.tried |= bits;
                if text.contains(MARKER) {
                    known.matches |= Bit::Waiting as u8;
                }
                if denies_conversation(text) {
                    known.matches |= Bit::NoConversation as u8;
                }
            }
            all |= known.matches & bits;
        }
        all
    }
}

/// In which line of a text the lowest banner of a limit is, or ends.
fn banner(signs: &Signs, text: &str) -> usize {
    let Some(sign) = &signs.limit else { return 0 };
    match sign.pattern.scope() {
        Scope::Line => {
            let lines: Vec<&str> = text.split('\n').collect();
            let last = lines.iter().rposition(|line| sign.search(line).is_some());
            last.unwrap_or(0)
        }
        Scope::Text => sign
            .search(text)
            .map_or(0, |found| text[..found.end].matches('\n').count()),
    }
}

/// The lines that the pattern of a signal matches; at most [`Fact::ROWS_MAX`], the lowest.
pub(super) fn rows(signs: &Signs, screen: &Screen, signal: Signal) -> Vec<String> {
    let Some(sign) = signs.sign(signal) else {
        return Vec::new();
    };
    let in_footer = signal == Signal::ActiveRe && signs.footer.is_some();
    let top = if in_footer { footer_top(screen) } else { 0 };
    let mut text = String::new();
    read(screen.lines_from(top), &mut text);
    let mut rows: Vec<&str> = match sign.pattern.scope() {
        Scope::Line => text
            .split('\n')
            .filter(|line| sign.search(line).is_some())
            .collect(),
        Scope::Text => sign
            .search(&text)
            .map_or_else(Vec::new, |found| touched(&text, &found)),
    };
    let more = rows.len().saturating_sub(Fact::ROWS_MAX);
    rows.drain(..more);
    rows.into_iter().map(|row| cut(row).to_owned()).collect()
}

/// Appends lines, joined by newlines.
fn read<'s>(lines: impl Iterator<Item = Line<'s>>, into: &mut String) {
    for (index, line) in lines.enumerate() {
        if index > 0 {
            into.push('\n');
        }
        line.text(into);
    }
}

/// The first row in which `active_re` counts for a program with a footer.
fn footer_top(screen: &Screen) -> u16 {
    screen.size().rows.saturating_sub(FOOTER_ROWS)
}

/// The lines of a text that a match lies in.
fn touched<'t>(text: &'t str, found: &Range<usize>) -> Vec<&'t str> {
    let start = text[..found.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let end = text[found.end..]
        .find('\n')
        .map_or(text.len(), |newline| found.end + newline);
    text[start..end].split('\n').collect()
}

fn cut(line: &str) -> &str {
    let mut end = line.len().min(Fact::ROW_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}
