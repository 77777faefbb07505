//! A table that is drawn over itself.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use crate::cli::{duration, terminal};

const HIDE_CURSOR: &str = "\x1b[?25l";
const SHOW_CURSOR: &str = "\x1b[?25h";
/// A line that is too long is cut: rows that wrap could not be counted.
const CUT_LINES: &str = "\x1b[?7l";
const WRAP_LINES: &str = "\x1b[?7h";
const CLEAR_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";

/// What stands on the terminal now.
#[derive(Debug)]
pub(super) struct Live {
    rows: usize,
}

impl Live {
    /// Nothing stands there yet.
    pub(super) fn begin() -> Self {
        Self { rows: 0 }
    }

    /// Draws `text` where the last one stood, and a line on how it goes.
    pub(super) fn draw(&mut self, text: &str, left: Duration, so_far: &str) -> io::Result<()> {
        let footer = format!("{} to go; {so_far} so far", duration::rough(left));
        let (frame, rows) = frame(text, &footer, terminal::height(), self.rows);
        self.rows = rows;
        let mut out = terminal::stdout();
        out.write_all(frame.as_bytes())?;
        out.flush()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let mut out = io::stdout();
        let _ = out
            .write_all(SHOW_CURSOR.as_bytes())
            .and_then(|()| out.flush());
    }
}

/// The bytes that draw `text` over the `drawn` rows above the cursor, and how many rows there are
/// then. What does not fit the terminal's height is only counted: a table that scrolls cannot be
/// drawn over.
fn frame(text: &str, footer: &str, height: usize, drawn: usize) -> (String, usize) {
    let lines: Vec<&str> = text.lines().collect();
    // A row for the footer, and one that the cursor rests on.
    let room = height.saturating_sub(2).max(1);
    let (shown, hidden) = match lines.len().checked_sub(room) {
        None | Some(0) => (lines.len(), 0),
        Some(_) => (room - 1, lines.len() - (room - 1)),
    };
    let mut out = format!("{HIDE_CURSOR}{CUT_LINES}");
    if drawn > 0 {
        _ = write!(out, "\x1b[{drawn}A\r");
    }
    for line in &lines[..shown] {
        _ = writeln!(out, "{line}{CLEAR_LINE}");
    }
    let mut rows = shown + 1;
    if hidden > 0 {
        _ = writeln!(out, "… and {hidden} more{CLEAR_LINE}");
        rows += 1;
    }
    _ = writeln!(out, "{footer}{CLEAR_LINE}{CLEAR_BELOW}{WRAP_LINES}");
    (out, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, height: usize, drawn: usize) -> (Vec<String>, usize) {
        let (frame, rows) = frame(text, "footer", height, drawn);
        (frame.lines().map(str::to_owned).collect(), rows)
    }

    #[test]
    fn a_frame_is_drawn_over_the_last_one() {
        let (first, count) = rows("a\nb\n", 24, 0);
        assert_eq!((first.len(), count), (3, 3));
        let (second, _) = rows("a\n", 24, count);
        assert!(second[0].contains("\x1b[3A"), "{second:?}");
        assert!(second.last().is_some_and(|line| line.contains(CLEAR_BELOW)));
    }

    #[test]
    fn a_line_that_is_too_long_takes_no_more_than_its_row() {
        let (frame, rows) = frame(&"x".repeat(500), "footer", 24, 0);
        assert_eq!(rows, 2);
        let cut = frame.find(CUT_LINES).expect("lines are cut");
        let wrap = frame
            .find(WRAP_LINES)
            .expect("and no longer after the frame");
        let text = frame.find('x').expect("the line");
        assert!(cut < text && text < wrap);
    }

    #[test]
    fn a_table_higher_than_the_terminal_never_scrolls() {
        let text: String = (0..100).map(|i| format!("row {i}\n")).collect();
        for height in [0, 1, 2, 3, 4, 10, 24, 101, 102, 200] {
            let (lines, count) = rows(&text, height, 0);
            assert_eq!(lines.len(), count);
            assert!(count < height.max(3), "{height}: {count}");
            let said = lines.iter().any(|line| line.contains("… and "));
            assert_eq!(said, count < 101, "{height}");
        }
    }
}
