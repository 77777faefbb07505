//! One screen, or one stream, read without a pane and without a clock: what the watchdog would see
//! in it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fact::{Fact, Seen, Signal};
use super::judge::Judge;
use super::signs::Signs;
use crate::screen::{self, Picture, Rules, Screen, Size};

/// How much of a stream is taken for what comes at once.
const PIECE: usize = 4096;

/// The same, where it is not clear what was shown last before the screen became unknown.
const SMALL_PIECE: usize = 256;

/// How much time passes from one piece to the next.
const PIECE_TIME: Duration = Duration::from_millis(100);

/// What is seen, and on which screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it says of the agent.
    pub fact: Fact,
    /// The screen.
    pub picture: Picture,
}

impl Reading {
    /// Reads rows as they stand on a screen of this size: longer ones wrap, and of more rows than
    /// it has the lowest are shown. Colours do not matter; other controls are left out. The screen
    /// has no past: it is taken as one on which nothing moves any more.
    pub fn of_text<'r>(
        signs: &Arc<Signs>,
        size: Size,
        rows: impl IntoIterator<Item = &'r str>,
        title: Option<&str>,
    ) -> Self {
        let mut screen = Screen::new(size, Rules::default());
        let mut text = String::new();
        for (index, row) in rows.into_iter().enumerate() {
            screen.give_up_string();
            text.clear();
            if index > 0 {
                text.push_str("\r\n");
            }
            text.extend(row.chars().filter(|c| stands_in_text(*c)));
            screen.feed(text.as_bytes());
        }
        let _titles_within = screen.take_signals();
        let mut judge = Judge::new(Arc::clone(signs));
        if let Some(title) = title {
            judge.title(title, Duration::ZERO);
        }
        judge.look(&screen, Duration::ZERO);
        let mut picture = screen.picture();
        title.unwrap_or_default().clone_into(&mut picture.title);
        Self::settled(judge, Duration::ZERO, picture)
    }

    /// Reads the bytes that a program wrote from its start, on a terminal of this size. What it told
    /// its terminal counts; how fast it wrote is not known. The title is the terminal's before that.
    pub fn of_stream(
        signs: &Arc<Signs>,
        size: Size,
        rules: Rules,
        title: Option<&str>,
        bytes: &[u8],
    ) -> Self {
        let read = |pieces| Self::of_pieces(signs, Screen::new(size, rules), title, bytes, pieces);
        let reading = read(PIECE);
        let fact = &reading.fact;
        if (fact.state, fact.signal) == (Seen::Working, Signal::Silence) {
            return read(SMALL_PIECE);
        }
        reading
    }

    fn of_pieces(
        signs: &Arc<Signs>,
        mut screen: Screen,
        title: Option<&str>,
        bytes: &[u8],
        piece: usize,
    ) -> Self {
        let mut judge = Judge::new(Arc::clone(signs));
        let mut now = Duration::ZERO;
        if let Some(title) = title {
            judge.title(title, now);
        }
        for piece in bytes.chunks(piece) {
            screen.feed(piece);
            judge.look(&screen, now);
            // Behind the rows, as for a pane.
            for signal in screen.take_signals() {
                judge.hear(&signal, now);
            }
            now += PIECE_TIME;
        }
        Self::settled(judge, now, screen.picture())
    }

    /// Silence is taken for granted, but no longer than it takes to settle: what the program said
    /// holds, and one that worked may work on an unknown screen.
    fn settled(mut judge: Judge, now: Duration, picture: Picture) -> Self {
        judge.settle(now);
        Self {
            fact: judge.fact().clone(),
            picture,
        }
    }
}

/// How wide rows are, and how many: the size of a screen that shows all of them.
pub fn size_of_text<'r>(rows: impl IntoIterator<Item = &'r str>, least: Size, most: Size) -> Size {
    let (mut cols, mut count) = (0_u32, 0_u32);
    for row in rows {
        count = count.saturating_add(1);
        cols = cols.max(columns(row));
    }
    let side =
        |is: u32, least: u16, most: u16| u16::try_from(is).unwrap_or(u16::MAX).clamp(least, most);
    Size::new(
        side(cols, least.cols, most.cols),
        side(count, least.rows, most.rows),
    )
}

/// How many columns a row takes, its colours apart.
fn columns(row: &str) -> u32 {
    let widths = |text: &str| -> u32 {
        let each = text.chars().map(|c| screen::width(c).unwrap_or(0));
        each.fold(0, u32::saturating_add)
    };
    let mut parts = row.split('\u{1b}');
    let first = parts.next().map_or(0, widths);
    let rest = parts.map(|part| match part.strip_prefix('[') {
        Some(sequence) => {
            let end = sequence.find(|c: char| ('@'..='~').contains(&c));
            widths(end.map_or("", |end| &sequence[end + 1..]))
        }
        None => 0,
    });
    rest.fold(first, u32::saturating_add)
}

/// Colours begin with an escape.
fn stands_in_text(c: char) -> bool {
    !c.is_control() || matches!(c, '\t' | '\u{1b}')
}
