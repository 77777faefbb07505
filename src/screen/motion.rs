//! The cursor, tabs and scrolling.

use super::grid::Fill;
use super::terminal::Terminal;

impl Terminal {
    pub(super) fn clamp_x(&self, x: u32) -> u32 {
        if x > self.cols() { self.cols() - 1 } else { x }
    }

    /// To a place on the screen.
    pub(super) fn move_to(&mut self, x: u32, y: u32) {
        self.x = x.min(self.cols() - 1);
        self.y = y.min(self.rows() - 1);
    }

    /// To a column.
    pub(super) fn move_to_x(&mut self, x: u32) {
        self.x = x.min(self.cols() - 1);
    }

    /// To a row; of the scroll region in origin mode. A pending wrap stays pending.
    pub(super) fn move_to_y(&mut self, y: u32) {
        self.y = self.row_of(y);
    }

    /// To a place, in origin mode of the scroll region.
    pub(super) fn move_to_origin(&mut self, x: u32, y: u32) {
        self.move_to(x, self.row_of(y));
    }

    fn row_of(&self, y: u32) -> u32 {
        let (top, bottom) = self.region;
        let y = match self.origin {
            true if y > bottom - top => bottom,
            true => y + top,
            false => y,
        };
        y.min(self.rows() - 1)
    }

    pub(super) fn move_up(&mut self, count: u32) {
        let limit = if self.y < self.region.0 {
            self.y
        } else {
            self.y - self.region.0
        };
        self.leave_pending_wrap();
        self.y -= count.min(limit);
    }

    pub(super) fn move_down(&mut self, count: u32) {
        let end = if self.y > self.region.1 {
            self.rows() - 1
        } else {
            self.region.1
        };
        self.leave_pending_wrap();
        self.y += count.min(end - self.y);
    }

    fn leave_pending_wrap(&mut self) {
        self.x = self.x.min(self.cols() - 1);
    }

    pub(super) fn move_right(&mut self, count: u32) {
        self.x = self.x.saturating_add(count).min(self.cols() - 1);
    }

    pub(super) fn move_left(&mut self, count: u32) {
        self.x -= count.min(self.x);
    }

    /// BS: also back over a wrap.
    pub(super) fn backspace(&mut self) {
        if self.x > 0 {
            self.x -= 1;
        } else if self.y > 0 && self.grid.state(self.y - 1).wrapped {
            self.y -= 1;
            self.x = self.cols() - 1;
        }
    }

    /// HT: to the next tab stop, or the last column.
    pub(super) fn tab(&mut self) {
        let last = self.cols() - 1;
        if self.x < last {
            self.x = (self.x + 1..last)
                .find(|&x| self.tabs[x as usize])
                .unwrap_or(last);
        }
    }

    /// CBT: so many tab stops back.
    pub(super) fn back_tab(&mut self, count: u32) {
        self.leave_pending_wrap();
        for _ in 0..count.min(self.x) {
            self.x = (0..self.x)
                .rev()
                .find(|&x| self.tabs[x as usize])
                .unwrap_or(0);
        }
    }

    /// HTS and TBC for the cursor's column.
    pub(super) fn set_tab(&mut self, stop: bool) {
        if let Some(tab) = self.tabs.get_mut(self.x as usize) {
            *tab = stop;
        }
    }

    /// DECSTBM; a region of one row is refused.
    pub(super) fn set_region(&mut self, top: u32, bottom: u32) {
        let last = self.rows() - 1;
        let (top, bottom) = (top.min(last), bottom.min(last));
        if top < bottom {
            (self.x, self.y) = (0, 0);
            self.region = (top, bottom);
        }
    }

    /// Down by one, scrolling at the region's end; `wrapped` when the text goes on there.
    pub(super) fn line_feed(&mut self, wrapped: bool, fill: Fill) {
        if wrapped {
            self.grid.set_wrapped(self.y, true);
        }
        if self.y == self.region.1 {
            self.scroll_up(1, fill);
        } else if self.y < self.rows() - 1 {
            self.y += 1;
        }
    }

    /// RI: up by one, scrolling at the region's start.
    pub(super) fn reverse_index(&mut self, fill: Fill) {
        if self.y == self.region.0 {
            self.scroll_down(1, fill);
        } else if self.y > 0 {
            self.y -= 1;
        }
    }

    /// SU.
    pub(super) fn scroll_up(&mut self, count: u32, fill: Fill) {
        let (top, bottom) = self.region;
        for _ in 0..count.min(bottom - top + 1) {
            if self.main.is_none() {
                self.grid.scroll_into_history(top, bottom, fill);
            } else {
                self.grid.move_rows(top, top + 1, bottom - top, fill);
            }
        }
    }

    /// SD.
    pub(super) fn scroll_down(&mut self, count: u32, fill: Fill) {
        let (top, bottom) = self.region;
        for _ in 0..count.min(bottom - top + 1) {
            self.grid.move_rows(top + 1, top, bottom - top, fill);
        }
    }
}
