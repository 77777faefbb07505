//! Titles and the other strings that a program sends.

use super::signal::{Progress, Signal};
use super::terminal::Terminal;

/// A longer title is cut.
const MAX_TITLE: usize = 4096;
/// Titles on the stack; the oldest of more is forgotten.
const MAX_TITLES: usize = 32;
/// A longer status is dropped: half of one would say something else.
const MAX_STATUS: usize = 4096;

impl Terminal {
    /// An OSC: a number, mostly a semicolon, and what it holds.
    pub(super) fn osc(&mut self, string: &[u8]) {
        let digits = string
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(string.len());
        if digits == 0 {
            return;
        }
        let (number, rest) = string.split_at(digits);
        let number = number.iter().fold(0_u32, |number, digit| {
            number
                .wrapping_mul(10)
                .wrapping_add(u32::from(digit - b'0'))
        });
        if self.rules.strict_osc() && !rest.is_empty() && rest[0] != b';' {
            return;
        }
        let rest = rest.strip_prefix(b";").unwrap_or(rest);
        match number {
            0 | 2 => self.set_title(rest),
            9 => {
                if let Some(progress) = rest.strip_prefix(b"4;").and_then(progress) {
                    self.signals.push(Signal::Progress(progress));
                }
            }
            7501 if rest.len() <= MAX_STATUS => self.signals.push(Signal::Status(rest.to_vec())),
            _ => {}
        }
    }

    /// Takes a title that is printable.
    pub(super) fn set_title(&mut self, title: &[u8]) {
        if let Ok(title) = std::str::from_utf8(title)
            && title.chars().all(|c| self.is_printable(c))
        {
            self.change_title(cut(title, MAX_TITLE));
        }
    }

    fn is_printable(&self, c: char) -> bool {
        let control = c < ' ' || c == '\u{7f}';
        !control && self.rules.width(c).is_some()
    }

    pub(super) fn push_title(&mut self) {
        if self.titles.len() == MAX_TITLES {
            self.titles.pop_front();
        }
        self.titles.push_back(self.title.clone());
    }

    pub(super) fn pop_title(&mut self) {
        if let Some(title) = self.titles.pop_back() {
            self.change_title(&title);
        }
    }

    fn change_title(&mut self, title: &str) {
        if title != self.title {
            self.signals.push(Signal::Title(title.to_owned()));
            title.clone_into(&mut self.title);
        }
    }
}

/// A text's start of at most so many bytes.
fn cut(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// `STATE` or `STATE;PERCENT`.
fn progress(text: &[u8]) -> Option<Progress> {
    let text = std::str::from_utf8(text).ok()?;
    let (state, percent) = match text.split_once(';') {
        Some((state, percent)) => (state, Some(percent)),
        None => (text, None),
    };
    let percent = percent.and_then(|percent| percent.parse::<u32>().ok());
    let percent = percent.and_then(|percent| u8::try_from(percent.min(100)).ok());
    match state {
        "0" => Some(Progress::None),
        "1" => Some(Progress::At(percent.unwrap_or(0))),
        "2" => Some(Progress::Error(percent)),
        "3" => Some(Progress::Busy),
        "4" => Some(Progress::Paused(percent)),
        _ => None,
    }
}
