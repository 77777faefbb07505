//! A pane's bytes become rows: what a person would see in it, without asking tmux.
//!
//! The judge of this model is tmux itself: for the same bytes every row, the cursor and the title
//! are the same as in a real pane. It keeps text alone; colours and other attributes are
//! understood and dropped.
//!
//! `parser` cuts the bytes into text, controls and sequences; `control`, `csi` and `title` say what
//! each of them means; `write`, `edit` and `motion` do it to the `terminal` and its `grid`.

mod cell;
mod control;
mod csi;
mod edit;
mod grid;
mod motion;
mod parameters;
mod parser;
mod pen;
mod picture;
mod rules;
mod seed;
mod signal;
mod size;
mod snapshot;
mod stamp;
mod terminal;
#[cfg(test)]
mod tests;
mod title;
mod utf8;
mod view;
mod width;
mod width_runs;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use parser::Parser;
use terminal::Terminal;

pub use picture::Picture;
pub use rules::Rules;
pub use seed::{SavedScreen, Seed};
pub use signal::{Progress, Signal};
pub use size::{BadSize, Size};
pub use view::{Line, Row};
pub use width::width;

/// Where the next character goes, from 0. `x` is the number of columns when the last one was
/// just written: the next character wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The column.
    pub x: u16,
    /// The row.
    pub y: u16,
}

/// The model of one pane.
#[derive(Debug)]
pub struct Screen {
    parser: Parser,
    terminal: Terminal,
    /// Whether a failure of the model was logged already.
    failed: bool,
}

impl Screen {
    /// An empty screen, as a new pane has it.
    pub fn new(size: Size, rules: Rules) -> Self {
        Self {
            parser: Parser::default(),
            terminal: Terminal::new(size.at_least_one(), rules),
            failed: false,
        }
    }

    /// Takes what the pane's program wrote; it may be cut anywhere. No bytes make it panic: should
    /// the model itself fail, this screen starts anew, blank.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.guard(|screen| screen.feed_unguarded(bytes));
    }

    /// As [`Self::feed`], but a failure of the model is a panic; for tests and fuzzing.
    #[doc(hidden)]
    pub fn feed_unguarded(&mut self, bytes: &[u8]) {
        self.parser.feed(bytes, &mut self.terminal);
        self.terminal.settle();
    }

    /// Becomes what tmux says that the pane shows. Rows that hold the same as before keep their
    /// stamps. Output that came after the capture is fed next.
    ///
    /// What tmux does not tell stays as it was: the first bytes of a character that is still
    /// incomplete, what DECSC saved, and which character set is in use.
    pub fn seed(&mut self, seed: &Seed) {
        self.guard(|screen| screen.seed_unguarded(seed));
    }

    /// Another size, until a [`Seed`] tells how tmux wrapped the rows anew: rows are cut or padded.
    pub fn resize(&mut self, size: Size) {
        self.terminal.resize(size.at_least_one());
        self.terminal.settle();
    }

    /// Whether a string (OSC, DCS and the like) is under way. tmux gives up one that has no end
    /// 5 seconds after its start; then call [`Self::give_up_string`].
    pub fn in_string(&self) -> bool {
        self.parser.in_string()
    }

    /// Takes what comes as text again although a string has not ended; colours, character sets and
    /// the saved cursor are reset, as tmux does.
    pub fn give_up_string(&mut self) {
        if self.in_string() {
            self.parser.reset();
            self.terminal.reset_style();
        }
    }

    /// Its size.
    pub fn size(&self) -> Size {
        Size {
            cols: short(self.terminal.cols()),
            rows: short(self.terminal.rows()),
        }
    }

    /// Where the cursor is.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            x: short(self.terminal.x),
            y: short(self.terminal.y),
        }
    }

    /// Whether the program shows the alternate screen.
    pub fn alternate(&self) -> bool {
        self.terminal.main.is_some()
    }

    /// The title that the program gave itself; empty if none.
    pub fn title(&self) -> &str {
        &self.terminal.title
    }

    /// Rises whenever any row, or the order of the rows, changes.
    pub fn revision(&self) -> u64 {
        self.terminal.revision
    }

    /// What the program told beside its rows since the last call, oldest first; bounded.
    pub fn take_signals(&mut self) -> Vec<Signal> {
        self.terminal.signals.take()
    }

    /// Bytes of memory that it holds, about; for tests and fuzzing.
    #[doc(hidden)]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.parser.memory() + self.terminal.memory()
    }

    fn guard(&mut self, change: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| change(self))).is_ok() {
            return;
        }
        if !self.failed {
            tracing::error!("a bug in the model of a pane's screen: it starts anew, blank");
        }
        let (stamp, revision) = (self.terminal.stamp, self.terminal.revision);
        *self = Self::new(self.size(), self.terminal.rules);
        self.failed = true;
        self.terminal.stamp = stamp;
        self.terminal.revision = revision + 1;
    }
}

impl Size {
    fn at_least_one(self) -> Self {
        Self {
            cols: self.cols.max(1),
            rows: self.rows.max(1),
        }
    }
}

/// A coordinate, which came from 16 bits.
fn short(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
