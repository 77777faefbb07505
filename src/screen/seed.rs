//! What tmux says of a pane, to start a model from.

use super::cell::Cell;
use super::grid::Fill;
use super::terminal::Terminal;
use super::{Cursor, Screen, Size};

/// All that decides how output after it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The pane's size.
    pub size: Size,
    /// The rows from the top, UTF-8, as many as `size` says. Trailing blanks may be missing.
    pub rows: Vec<Vec<u8>>,
    /// For each row whether its text goes on in the next.
    pub wraps: Vec<bool>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// The main screen while the alternate one is shown.
    pub main: Option<SavedScreen>,
    /// Where the cursor goes when the program leaves the alternate screen (DECSET 1049). tmux keeps
    /// it afterwards. None: it never came there by 1049.
    pub saved_cursor: Option<Cursor>,
    /// The title; empty if none.
    pub title: String,
    /// First and last row of the scroll region, from 0.
    pub region: (u16, u16),
    /// Columns of the tab stops, from 0.
    pub tabs: Vec<u16>,
    /// Origin mode (DECOM).
    pub origin: bool,
    /// Insert mode (IRM).
    pub insert: bool,
    /// Whether text wraps at the edge (DECAWM).
    pub autowrap: bool,
    /// An escape sequence of which the end is still to come, as `capture-pane -P` prints it.
    pub pending: Vec<u8>,
}

/// The main screen while the alternate one is shown. It keeps the size that it had when it was left,
/// whatever becomes of the pane meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavedScreen {
    /// The rows from the top.
    pub rows: Vec<Vec<u8>>,
    /// For each row whether its text goes on in the next.
    pub wraps: Vec<bool>,
}

impl Screen {
    /// As [`Screen::seed`], but a failure of the model is a panic; for tests and fuzzing.
    #[doc(hidden)]
    pub fn seed_unguarded(&mut self, seed: &Seed) {
        let size = seed.size.at_least_one();
        self.parser.reset();
        self.terminal.seed(seed, size);
        // Controls within the sequence were obeyed when they came: the capture shows it.
        let pending = seed
            .pending
            .iter()
            .copied()
            .filter(|&byte| byte >= 0x20 || byte == 0x1b);
        self.parser
            .feed(&pending.collect::<Vec<_>>(), &mut self.terminal);
        self.terminal.settle();
    }
}

impl Terminal {
    fn seed(&mut self, seed: &Seed, size: Size) {
        if (self.cols(), self.rows()) != (size.cols.into(), size.rows.into()) {
            self.resize(size);
        }
        self.reset_tabs();
        if self.main.is_some() && seed.main.is_none() {
            self.leave_alternate(false);
        } else if self.main.is_none() && seed.main.is_some() {
            self.enter_alternate(false);
        }
        self.write_rows(&seed.rows, &seed.wraps);
        if let Some(main) = &seed.main {
            self.swap_main();
            self.write_rows(&main.rows, &main.wraps);
            self.swap_main();
        }
        self.main_cursor = seed
            .saved_cursor
            .map(|cursor| (cursor.x.into(), cursor.y.into()));
        self.tabs.fill(false);
        for &x in &seed.tabs {
            if let Some(tab) = self.tabs.get_mut(usize::from(x)) {
                *tab = true;
            }
        }
        let (top, bottom) = (u32::from(seed.region.0), u32::from(seed.region.1));
        let whole = (0, self.rows() - 1);
        self.region = if top < bottom && bottom <= whole.1 {
            (top, bottom)
        } else {
            whole
        };
        self.origin = seed.origin;
        self.insert = seed.insert;
        self.autowrap = seed.autowrap;
        self.joiner = false;
        self.x = u32::from(seed.cursor.x).min(self.cols());
        self.y = u32::from(seed.cursor.y).min(self.rows() - 1);
        self.set_title(seed.title.as_bytes());
    }

    fn swap_main(&mut self) {
        if let Some(main) = &mut self.main {
            std::mem::swap(&mut **main, &mut self.grid);
        }
    }

    /// Writes every row anew; which of them differ from before is settled later, by their text.
    fn write_rows(&mut self, rows: &[Vec<u8>], wraps: &[bool]) {
        // What a repeat repeats is not told, so what is known of it is kept.
        let (style, last) = (std::mem::take(&mut self.style), self.last);
        (self.autowrap, self.insert) = (true, false);
        self.clear_screen(Fill::Plain);
        for (y, row) in (0..self.rows()).zip(rows) {
            (self.x, self.y) = (0, y);
            self.joiner = false;
            self.write_row(&String::from_utf8_lossy(row));
        }
        for y in 0..self.rows() {
            if wraps.get(y as usize) == Some(&true) {
                self.mark_wrapped(y);
            }
        }
        (self.style, self.last) = (style, last);
    }

    /// Writes what fits into the row. A wide character may be cut in half at the edge, where the pane
    /// became narrower.
    fn write_row(&mut self, row: &str) {
        for c in row.chars() {
            let Some(width) = self.rules.width(c) else {
                continue;
            };
            if !self.joiner && self.x + width > self.cols() {
                if self.x == self.cols() {
                    return;
                }
                self.set(self.x, Cell::new(c, width));
                self.x = self.cols();
                continue;
            }
            if c.is_ascii() && !self.joiner {
                self.print(&[c as u8]);
            } else {
                self.print_char(c);
            }
        }
    }

    /// A row that goes on in the next is full, but for the cell that a wide character left free.
    fn mark_wrapped(&mut self, y: u32) {
        let cols = self.cols();
        let left_free = self.grid.get(0, y + 1).width() == 2;
        let end = if left_free {
            cols.saturating_sub(1)
        } else {
            cols
        };
        if end > self.grid.state(y).used {
            self.grid.set(end - 1, y, Cell::BLANK);
        }
        self.grid.set_wrapped(y, true);
    }
}
