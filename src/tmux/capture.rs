//! What a pane shows, as tmux has it.

use tmux_control::command::{CapturePane, DisplayMessage, Row};
use tmux_control::{CommandLine, Format, Reply};

use super::{Connection, PaneId, TmuxError};
use crate::os::process::Pid;

/// How much of a pane to capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// The screen, as a person would see it, without attributes.
    Screen,
    /// The screen and up to this many rows of history above it, without attributes.
    History(u32),
    /// The screen with its attributes as escape sequences.
    Styled,
}

/// What a pane showed at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Rows from the top, history first; as many as [`Screen::history`] and the pane's height.
    pub rows: Vec<Vec<u8>>,
    /// How many of the rows are history.
    pub history: usize,
    /// The cursor: column and row within the screen, from 0.
    pub cursor: (u16, u16),
    /// Whether the cursor is shown. Many programs hide it and draw one of their own.
    pub cursor_shown: bool,
    /// Whether the program uses the alternate screen.
    pub alternate: bool,
    /// Width and height of the screen, in cells.
    pub size: (u16, u16),
    /// Whether a person looks at its history: keys would go to the mode, not to the program.
    pub in_mode: bool,
    /// Whether tmux knows that the process has ended.
    pub dead: bool,
    /// The process that was started in the pane last: another one than before after a
    /// `respawn-pane`.
    pub pid: Option<Pid>,
}

/// What is asked on the same line as a capture, so that it is of the same instant.
const NUMBERS: [&str; 10] = [
    "history_size",
    "pane_width",
    "pane_height",
    "cursor_x",
    "cursor_y",
    "alternate_on",
    "pane_in_mode",
    "pane_dead",
    "pane_pid",
    "cursor_flag",
];

/// The question for the numbers of a pane.
pub(super) fn question(pane: PaneId) -> DisplayMessage {
    let format: Vec<_> = NUMBERS.iter().map(|name| format!("#{{{name}}}")).collect();
    DisplayMessage {
        target: Some(pane.into()),
        format: Format::new(format.join(" ")),
    }
}

/// The numbers of a pane.
pub(super) struct Size([u32; NUMBERS.len()]);

impl Size {
    pub(super) fn read(reply: &Reply) -> Result<Self, TmuxError> {
        if !reply.ok {
            return Err(TmuxError::refused(reply));
        }
        let text = String::from_utf8_lossy(reply.first_line());
        let wrong = || TmuxError::answer(reply);
        let numbers: Option<Vec<u32>> = text
            .split(' ')
            .map(|word| match word {
                // An older release gives nothing for what it does not know.
                "" => Some(0),
                word => word.parse().ok(),
            })
            .collect();
        let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
        numbers.map(Self).ok_or_else(wrong)
    }

    fn history(&self, asked: u32) -> usize {
        self.0[0].min(asked) as usize
    }

    /// How many rows a capture with so much history has.
    pub(super) fn rows(&self, history: u32) -> usize {
        self.history(history) + self.0[2] as usize
    }
}

impl Capture {
    fn history(self) -> u32 {
        match self {
            Self::Screen | Self::Styled => 0,
            Self::History(rows) => rows.min(i32::MAX as u32),
        }
    }

    fn line(self, pane: PaneId) -> Result<CommandLine, TmuxError> {
        let start = match self.history() {
            0 => None,
            rows => Some(Row::At(-(rows as i32))),
        };
        let capture = CapturePane {
            start,
            escapes: self == Self::Styled,
            ..CapturePane::screen(pane)
        };
        Ok(CommandLine::new(&question(pane))?.then(&capture)?)
    }

    fn read(self, pane: PaneId, replies: &[Reply]) -> Result<Screen, TmuxError> {
        let size = Size::read(replies.first().ok_or(TmuxError::Disconnected)?)?;
        let capture = replies.get(1).ok_or(TmuxError::Disconnected)?;
        if !capture.ok {
            return Err(TmuxError::refused(capture));
        }
        let rows: Vec<Vec<u8>> = capture.lines().map(<[u8]>::to_vec).collect();
        if rows.len() != size.rows(self.history()) {
            return Err(TmuxError::Forged { pane });
        }
        let cell = |at: usize| u16::try_from(size.0[at]).unwrap_or(u16::MAX);
        Ok(Screen {
            history: size.history(self.history()),
            rows,
            cursor: (cell(3), cell(4)),
            cursor_shown: size.0[9] != 0,
            alternate: size.0[5] != 0,
            size: (cell(1), cell(2)),
            in_mode: size.0[6] != 0,
            dead: size.0[7] != 0,
            pid: i32::try_from(size.0[8]).ok().and_then(Pid::new),
        })
    }
}

impl Connection {
    /// Captures a pane. The number of rows is checked, since what a pane shows can look like the end
    /// of tmux's answer.
    ///
    /// tmux 3.2 to 3.5a lose about 11 KB of memory with each: capture to seed and to confirm, not to
    /// watch.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone, [`TmuxError::Forged`] when the rows do not add
    /// up.
    pub async fn capture(&self, pane: PaneId, what: Capture) -> Result<Screen, TmuxError> {
        what.read(pane, &self.ask(&what.line(pane)?).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(lines: &[&str]) -> Reply {
        Reply::new((1, 2, 1), true, lines)
    }

    #[test]
    fn a_capture_with_another_number_of_rows_is_forged() {
        let size = reply(&["5 80 2 3 1 0 0 0 77 1"]);
        let read =
            |what: Capture, rows: &[&str]| what.read(PaneId(1), &[size.clone(), reply(rows)]);
        let screen = read(Capture::Screen, &["a", ""]).unwrap();
        assert_eq!(screen.rows, [b"a".to_vec(), b"".to_vec()]);
        assert_eq!((screen.cursor, screen.size), ((3, 1), (80, 2)));
        let forged = read(Capture::Screen, &["a"]);
        assert!(matches!(forged, Err(TmuxError::Forged { .. })));
        let forged = read(Capture::Screen, &["a", "b", "c"]);
        assert!(matches!(forged, Err(TmuxError::Forged { .. })));
    }

    #[test]
    fn history_is_at_most_what_the_pane_has() {
        let rows = ["1", "2", "3", "4", "5"];
        let read = |size: &str, asked| {
            Capture::History(asked).read(PaneId(1), &[reply(&[size]), reply(&rows)])
        };
        assert_eq!(read("3 80 2 0 0 0 0 0 7 1", 9).unwrap().history, 3);
        assert_eq!(read("9 80 2 0 0 0 0 0 7 1", 3).unwrap().history, 3);
    }
}
