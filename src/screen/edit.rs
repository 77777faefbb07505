//! What clears, inserts and deletes cells and rows.

use super::cell::Cell;
use super::grid::Fill;
use super::terminal::Terminal;

impl Terminal {
    /// DECALN. Wrap flags stay, as in tmux.
    pub(super) fn alignment_test(&mut self) {
        for y in 0..self.rows() {
            for x in 0..self.cols() {
                self.grid.set(x, y, Cell::ascii(b'E'));
            }
        }
        (self.x, self.y) = (0, 0);
        self.region = (0, self.rows() - 1);
    }

    /// How many of `count` cells there are right of the cursor; none while a wrap is pending.
    fn cells_here(&self, count: u32) -> u32 {
        count.min(self.cols() - self.x)
    }

    /// ICH.
    pub(super) fn insert_characters(&mut self, count: u32) {
        let count = self.cells_here(count);
        if count > 0 {
            self.insert_cells(count, self.fill());
        }
    }

    pub(super) fn insert_cells(&mut self, count: u32, fill: Fill) {
        let (x, y, cols) = (self.x, self.y, self.cols());
        if x >= cols - 1 {
            self.grid.clear(x, y, 1, 1, fill);
        } else {
            self.grid
                .move_cells(x + count, x, y, (cols - x).saturating_sub(count));
        }
    }

    /// DCH.
    pub(super) fn delete_characters(&mut self, count: u32) {
        let count = self.cells_here(count);
        if count == 0 {
            return;
        }
        let (x, y, cols) = (self.x, self.y, self.cols());
        let rest = cols - count;
        self.grid.move_cells(x, x + count, y, rest - x);
        let left = (x + count).wrapping_sub(rest);
        self.grid.clear(rest, y, left, 1, self.fill());
    }

    /// ECH.
    pub(super) fn erase_characters(&mut self, count: u32) {
        let count = self.cells_here(count);
        self.grid.clear(self.x, self.y, count, 1, self.fill());
    }

    /// IL: within the scroll region, or to the end of the screen when outside.
    pub(super) fn insert_rows(&mut self, count: u32) {
        let (y, fill) = (self.y, self.fill());
        let (top, bottom) = self.region;
        if y < top || y > bottom {
            let count = count.min(self.rows() - y);
            self.grid
                .move_rows(y + count, y, self.rows() - y - count, fill);
        } else {
            let count = count.min(bottom + 1 - y);
            let moved = bottom + 1 - y - count;
            self.grid.move_rows(bottom + 1 - moved, y, moved, fill);
            self.grid
                .clear(0, y + moved, self.cols(), count.wrapping_sub(moved), fill);
        }
    }

    /// DL: within the scroll region, or to the end of the screen when outside.
    pub(super) fn delete_rows(&mut self, count: u32) {
        let (y, fill) = (self.y, self.fill());
        let (top, bottom) = self.region;
        if y < top || y > bottom {
            let rows = self.rows();
            let count = count.min(rows - y);
            self.grid.move_rows(y, y + count, rows - y - count, fill);
            let left = (y + count).wrapping_sub(rows - count);
            self.grid.clear(0, rows - count, self.cols(), left, fill);
        } else {
            let count = count.min(bottom + 1 - y);
            let moved = bottom + 1 - y - count;
            self.grid.move_rows(y, y + count, moved, fill);
            self.grid
                .clear(0, y + moved, self.cols(), count.wrapping_sub(moved), fill);
        }
    }

    /// EL 2. A row that tmux has no memory for is left alone, and so is the wrap flag above it.
    pub(super) fn clear_row(&mut self) {
        let fill = self.fill();
        if self.grid.state(self.y).allocated > 0 || fill == Fill::Coloured {
            self.grid.clear(0, self.y, self.cols(), 1, fill);
        }
    }

    /// EL 0.
    pub(super) fn clear_to_end_of_row(&mut self) {
        let (x, cols, fill) = (self.x, self.cols(), self.fill());
        if x == 0 {
            self.clear_row();
        } else if x < cols && (x < self.grid.state(self.y).allocated || fill == Fill::Coloured) {
            self.grid.clear(x, self.y, cols - x, 1, fill);
        }
    }

    /// EL 1.
    pub(super) fn clear_to_start_of_row(&mut self) {
        if self.x >= self.cols() - 1 {
            self.clear_row();
        } else {
            self.grid.clear(0, self.y, self.x + 1, 1, self.fill());
        }
    }

    /// ED 2. On the main screen tmux scrolls the rows into the history; they look the same.
    pub(super) fn clear_screen(&mut self, fill: Fill) {
        self.grid.clear_rows(0, self.rows(), fill);
    }

    /// ED 0.
    pub(super) fn clear_to_end_of_screen(&mut self) {
        let (x, y, cols, rows) = (self.x, self.y, self.cols(), self.rows());
        let fill = self.fill();
        if x == 0 && y == 0 && self.main.is_none() {
            return self.clear_screen(fill);
        }
        if x < cols {
            self.grid.clear(x, y, cols - x, 1, fill);
        }
        self.grid.clear(0, y + 1, cols, rows - (y + 1), fill);
    }

    /// ED 1.
    pub(super) fn clear_to_start_of_screen(&mut self) {
        let (x, y, cols, fill) = (self.x, self.y, self.cols(), self.fill());
        self.grid.clear(0, 0, cols, y, fill);
        self.grid.clear(0, y, (x + 1).min(cols), 1, fill);
    }
}
