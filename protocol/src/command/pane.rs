//! Panes. What ends one, reads one or types into one takes a [`PaneId`]: a session's or a
//! window's active pane may be somebody else's by now.

use super::{Command, Words};
use crate::PaneId;

/// `kill-pane`: its window goes with its last pane, from all sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillPane {
    /// The pane.
    pub target: PaneId,
}

impl Command for KillPane {
    fn write(&self, words: &mut Words) {
        words.command("kill-pane");
        words.target(&self.target.into());
    }
}

/// A row to capture from or to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Counted from the top of the screen; below zero lies the history.
    At(i32),
    /// The first row of the history, or the last one of the screen.
    Edge,
}

/// `capture-pane -p`: the reply is the rows. Up to 3.5a tmux leaks about 11 KB with each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturePane {
    /// The pane.
    pub target: PaneId,
    /// The first row; the top of the screen otherwise.
    pub start: Option<Row>,
    /// The last row; the bottom of the screen otherwise.
    pub end: Option<Row>,
    /// Colours and attributes too, as escape sequences.
    pub escapes: bool,
    /// Unprintable bytes as `\ooo`. A backslash of the screen is then doubled.
    pub octal: bool,
    /// Rows that the terminal wrapped are joined, and trailing spaces kept.
    pub join: bool,
    /// Trailing spaces are kept: those that the program wrote, and since 3.4 also those that tmux
    /// has in store, unless `used`.
    pub trailing: bool,
    /// Only as far as the program wrote (3.4); always so before.
    pub used: bool,
    /// The screen that an alternate screen hides; an error if there is none, unless `quiet`.
    pub alternate: bool,
    /// Not the screen, but the beginning of an escape sequence that is not complete yet.
    pub pending: bool,
    /// No error without an alternate screen.
    pub quiet: bool,
}

impl CapturePane {
    /// The screen of a pane, as text.
    pub fn screen(target: PaneId) -> Self {
        Self {
            target,
            start: None,
            end: None,
            escapes: false,
            octal: false,
            join: false,
            trailing: false,
            used: false,
            alternate: false,
            pending: false,
            quiet: false,
        }
    }
}

impl Command for CapturePane {
    fn write(&self, words: &mut Words) {
        words.command("capture-pane");
        words.flag("-p", true);
        words.flag("-e", self.escapes);
        words.flag("-C", self.octal);
        words.flag("-J", self.join);
        words.flag("-N", self.trailing);
        words.flag("-T", self.used);
        words.flag("-a", self.alternate);
        words.flag("-P", self.pending);
        words.flag("-q", self.quiet);
        for (flag, row) in [("-S", self.start), ("-E", self.end)] {
            match row {
                Some(Row::At(row)) => words.option(flag, row.to_string()),
                Some(Row::Edge) => words.option(flag, "-"),
                None => {}
            }
        }
        words.target(&self.target.into());
    }
}

/// `pipe-pane` without a command: whatever pipe the pane has is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosePipe {
    /// The pane.
    pub target: PaneId,
}

impl Command for ClosePipe {
    fn write(&self, words: &mut Words) {
        words.command("pipe-pane");
        words.target(&self.target.into());
    }
}
