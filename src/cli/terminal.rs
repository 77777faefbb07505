//! Who reads what we write: a person at a terminal, or a program.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, StderrLock, StdoutLock, Write as _};
use std::time::{Duration, Instant};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

/// The width that is assumed where there is no terminal to ask.
const WIDTH: usize = 80;

/// Work that takes no longer shows no progress.
const PROGRESS_AFTER: Duration = Duration::from_millis(300);

/// Progress is shown at most so often.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// Data for people; colour only on a terminal whose person wants it.
pub(crate) fn stdout() -> AutoStream<StdoutLock<'static>> {
    let out = io::stdout().lock();
    let choice = choice(&out);
    AutoStream::new(out, choice)
}

/// Messages for people.
pub(crate) fn stderr() -> AutoStream<StderrLock<'static>> {
    let out = io::stderr().lock();
    let choice = choice(&out);
    AutoStream::new(out, choice)
}

/// `NO_COLOR` and `TERM=dumb` count; a wish for colour (`CLICOLOR_FORCE`) does not make one
/// where no terminal is.
fn choice<S: RawStream>(out: &S) -> ColorChoice {
    match AutoStream::choice(out) {
        ColorChoice::Never => ColorChoice::Never,
        _ if out.is_terminal() => ColorChoice::AlwaysAnsi,
        _ => ColorChoice::Never,
    }
}

/// Whether a person sees stdout at once.
pub(crate) fn is_stdout_terminal() -> bool {
    io::stdout().is_terminal()
}

/// How many columns stdout's terminal has; none where stdout is no terminal.
pub(crate) fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(if size.ws_col == 0 {
        WIDTH
    } else {
        usize::from(size.ws_col)
    })
}

/// How many rows stdout's terminal has.
pub(crate) fn height() -> usize {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_row > 0 => usize::from(size.ws_row),
        _ => 24,
    }
}

/// `text` on one line, with every character that a terminal would act upon made visible.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    visible(text, is_acted_upon)
}

/// Like [`line`], but line feeds stay.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    visible(text, |c| c != '\n' && is_acted_upon(c))
}

fn visible(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// C0, DEL and C1, and what turns the direction of writing around.
fn is_acted_upon(c: char) -> bool {
    c.is_control() || turns_direction(c)
}

/// Unicode's marks, embeddings, overrides and isolates of bidirectional text (UAX #9, 2).
fn turns_direction(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// One line of JSON that does no harm on a terminal either: DEL, C1 and what turns the direction of
/// writing around are escaped, which JSON itself does not ask for.
///
/// # Errors
/// None of our documents fails; a type that does would be a bug.
pub(crate) fn json<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    if !text.contains(is_json_unsafe) {
        return Ok(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_json_unsafe(c) {
            _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Ok(out)
}

fn is_json_unsafe(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}') || turns_direction(c)
}

/// One line on stderr that tells how far long work is; nothing where stderr is no terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    enabled: bool,
    begun: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// The work begins now.
    pub(crate) fn begin() -> Self {
        Self {
            enabled: io::stderr().is_terminal(),
            begun: Instant::now(),
            shown: None,
        }
    }

    /// So much of it is done.
    pub(crate) fn step(&mut self, done: usize, total: usize, text: &str) {
        let now = Instant::now();
        let due = match self.shown {
            None => now.duration_since(self.begun) >= PROGRESS_AFTER,
            Some(shown) => now.duration_since(shown) >= PROGRESS_EVERY,
        };
        if !self.enabled || !due {
            return;
        }
        self.shown = Some(now);
        let columns = width().unwrap_or(WIDTH).saturating_sub(1);
        let said: String = format!("{done}/{total} {}", line(text))
            .chars()
            .take(columns)
            .collect();
        _ = write!(io::stderr(), "\r\x1b[K{said}");
    }

    /// Takes the line away, so that something else can be written.
    pub(crate) fn clear(&mut self) {
        if self.shown.is_some() {
            _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_acts_upon_a_terminal() {
        assert_eq!(line("plain é 名"), "plain é 名");
        assert_eq!(
            line("a\x1b[2Jb\u{9b}31m\u{202e}c\u{61c}"),
            r"a\u{1b}[2Jb\u{9b}31m\u{202e}c\u{61c}"
        );
        assert_eq!(line("a\nb"), r"a\u{a}b");
        assert_eq!(lines("a\nb\r"), "a\nb\\u{d}");
    }

    #[test]
    fn json_escapes_c1_and_turned_text_and_still_says_the_same() {
        let said = "a\u{9b}2J\u{7f}\u{1b}\u{202e}é";
        let text = json(&said).expect("a string");
        assert!(!text.contains(is_acted_upon), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).expect("JSON"), said);
    }
}
