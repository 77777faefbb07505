//! Characters into cells.

use super::cell::Cell;
use super::grid::Fill;
use super::rules::Joining;
use super::terminal::Terminal;

/// A character as it is about to be written.
#[derive(Debug, Clone, Copy)]
struct Glyph {
    c: char,
    width: u32,
}

const JOINER: char = '\u{200d}';
const VARIATION_16: char = '\u{fe0f}';

impl Terminal {
    /// Writes printable ASCII.
    pub(super) fn print(&mut self, run: &[u8]) {
        if let Some(&last) = run.last() {
            self.last = Some(char::from(last));
        }
        if self.autowrap && !self.insert && !self.style.draws_lines() {
            self.print_run(run);
        } else {
            for &byte in run {
                self.write_or_combine(Glyph {
                    c: char::from(byte),
                    width: 1,
                });
            }
        }
    }

    /// Writes a character that is not ASCII; one that tmux does not know is dropped.
    pub(super) fn print_char(&mut self, c: char) {
        if let Some(width) = self.rules.width(c) {
            self.write_or_combine(Glyph { c, width });
            if self.rules.repeats_all() {
                self.last = Some(c);
            }
        }
    }

    /// Shows that bytes were no character, if the release does.
    pub(super) fn print_invalid(&mut self) {
        if self.rules.shows_invalid() {
            self.print_char(char::REPLACEMENT_CHARACTER);
            self.last = None;
        }
    }

    fn print_run(&mut self, mut run: &[u8]) {
        let cols = self.cols();
        while !run.is_empty() {
            if self.x > cols - 1 {
                self.wrap();
            }
            let (now, later) = run.split_at(run.len().min((cols - self.x) as usize));
            self.write_run(now);
            run = later;
        }
    }

    fn wrap(&mut self) {
        self.line_feed(true, Fill::Plain);
        self.x = 0;
    }

    /// Writes what fits into the row. A wide character that it cuts in half loses the other half.
    fn write_run(&mut self, run: &[u8]) {
        if self.x != 0 {
            let mut x = self.x;
            let mut cell = self.get(x);
            while cell.is_padding() && x > 0 {
                self.set(x, Cell::BLANK);
                x -= 1;
                if x > 0 {
                    cell = self.get(x);
                }
            }
            if cell.width() > 1 {
                self.set(x, Cell::BLANK);
            }
        }
        self.grid.set_run(self.x, self.y, run);
        self.x += run.len() as u32;
        self.blank_padding(self.x);
    }

    /// Blanks the paddings from a column on; whether there were any.
    fn blank_padding(&mut self, from: u32) -> bool {
        let mut x = from;
        while x < self.cols() && self.get(x).is_padding() {
            self.set(x, Cell::BLANK);
            x += 1;
        }
        x > from
    }

    fn write_or_combine(&mut self, glyph: Glyph) {
        let combined = match self.rules.joining() {
            Joining::Clusters => self.combine_cluster(glyph),
            Joining::Joiners if glyph.c == JOINER => {
                self.joiner = true;
                true
            }
            Joining::Marks | Joining::Joiners => {
                let joined = std::mem::take(&mut self.joiner);
                if joined {
                    self.combine(JOINER);
                }
                if joined || glyph.width == 0 {
                    self.combine(glyph.c);
                }
                joined || glyph.width == 0
            }
        };
        if !combined {
            self.write(glyph);
        }
    }

    /// Appends to the character left of the cursor, whatever it is.
    fn combine(&mut self, c: char) {
        if let Some(x) = (0..self.x).rev().find(|&x| !self.get(x).is_padding()) {
            self.append(x, c);
        }
    }

    /// Appends to the cell in a column of the cursor's row, if it has room: the new cell.
    fn append(&mut self, x: u32, c: char) -> Option<Cell> {
        self.sweep_clusters();
        let cell = self.clusters.append(self.get(x), c)?;
        self.set(x, cell);
        self.grid.state_mut(self.y).dirty = true;
        Some(cell)
    }

    /// Joins a character to the one before, from 3.4 on: whether that was all there is to do.
    fn combine_cluster(&mut self, Glyph { c, width }: Glyph) -> bool {
        let modifier = matches!(c, '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}');
        let mut widens = c == VARIATION_16;
        let mark = c == JOINER || widens || width == 0;
        if c.is_ascii() || self.x == 0 {
            return mark;
        }
        let mut x = self.x - 1;
        if x > 0 && self.get(x).is_padding() {
            x -= 1;
        }
        let before = self.get(x);
        if before.width() != self.x - x {
            return mark;
        }
        if !mark && modifier {
            if self.clusters.size(before) < 2 {
                return false;
            }
            widens = true;
        } else if !mark && !self.clusters.ends_with(before, JOINER) {
            return false;
        }
        let Some(cell) = self.append(x, c) else {
            return mark;
        };
        if widens && cell.width() == 1 {
            self.set(x, cell.widened());
            self.set(self.x + self.rules.widening_gap(), Cell::PADDING);
            self.x = self.clamp_x(self.x + 1);
        }
        true
    }

    /// Writes one character by itself.
    fn write(&mut self, glyph: Glyph) {
        let Glyph { c, width } = glyph;
        let (cols, rows) = (self.cols(), self.rows());
        let last_start = cols.wrapping_sub(width);
        if !self.autowrap && width > 1 && (width > cols || (self.x != cols && self.x > last_start))
        {
            return;
        }
        if self.insert {
            self.insert_cells(width, Fill::Plain);
        }
        if self.autowrap && self.x > last_start {
            self.wrap();
        }
        if self.x > last_start || self.y > rows - 1 {
            return;
        }
        let mut skip = !self.insert;
        if self.overwrite(width) {
            skip = false;
        }
        for x in self.x + 1..self.x + width {
            self.set(x, Cell::PADDING);
            skip = false;
        }
        // A blank where nothing was ever written is not written, so it does not lengthen the row.
        let unwritten = self.x >= self.grid.state(self.y).allocated;
        let blank = c == ' ' && self.style.pen.is_plain() && !self.style.draws_lines();
        if !(skip && unwritten && blank) {
            self.set(self.x, Cell::new(c, width));
        }
        let kept = u32::from(!self.autowrap);
        self.x = if self.x <= cols.wrapping_sub(kept).wrapping_sub(width) {
            self.clamp_x(self.x + width)
        } else {
            cols - kept
        };
    }

    /// Blanks the rest of the wide characters that a character of this width will cover; whether
    /// there were any.
    fn overwrite(&mut self, width: u32) -> bool {
        let now = self.get(self.x);
        let mut done = false;
        if now.is_padding() {
            let mut x = self.x;
            while x > 0 && self.get(x).is_padding() {
                self.set(x, Cell::BLANK);
                x -= 1;
            }
            self.set(x, Cell::BLANK);
            done = true;
        }
        if width != 1 || now.width() != 1 {
            done |= self.blank_padding(self.x + width);
        }
        done
    }
}
