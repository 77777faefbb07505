//! The rows of one screen, and what moves and clears them.
//!
//! Coordinates are 32 bits wide and wrap around where tmux's do: what it does with a count that
//! underflowed is seen in its wrap flags.

use super::cell::Cell;

/// What cleared cells are filled with. tmux keeps memory for cells with a background colour, and
/// it leaves a row alone that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    Plain,
    Coloured,
}

/// One row, apart from its cells.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowState {
    /// Cells from the left that were ever written since the row was emptied: what a capture that
    /// joins wrapped rows prints, blanks included.
    pub(super) used: u32,
    /// Cells that tmux has memory for; those beyond are blank.
    pub(super) allocated: u32,
    /// Whether the text goes on in the next row.
    pub(super) wrapped: bool,
    /// Whether it may differ from what `hash` was made of.
    pub(super) dirty: bool,
    pub(super) stamp: u64,
    pub(super) hash: u64,
}

#[derive(Debug, Default)]
pub(super) struct Grid {
    cols: u32,
    /// Cells between two rows. At least 3: on a screen of one column tmux writes beyond the edge.
    stride: usize,
    cells: Vec<Cell>,
    states: Vec<RowState>,
    /// Where the cells and the state of each row are, so that rows move without being copied.
    order: Vec<u32>,
}

impl Grid {
    pub(super) fn new(cols: u32, rows: u32) -> Self {
        let stride = (cols as usize).max(3);
        Self {
            cols,
            stride,
            cells: vec![Cell::BLANK; stride * rows as usize],
            states: vec![RowState::default(); rows as usize],
            order: (0..rows).collect(),
        }
    }

    pub(super) fn cols(&self) -> u32 {
        self.cols
    }

    pub(super) fn rows(&self) -> u32 {
        self.order.len() as u32
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> {
        self.cells.iter().copied()
    }

    pub(super) fn memory(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.cells)
            + size_of_val(&*self.states)
            + size_of_val(&*self.order)
    }

    fn slot(&self, y: u32) -> usize {
        self.order[y as usize] as usize
    }

    pub(super) fn state(&self, y: u32) -> &RowState {
        &self.states[self.slot(y)]
    }

    pub(super) fn state_mut(&mut self, y: u32) -> &mut RowState {
        let slot = self.slot(y);
        &mut self.states[slot]
    }

    /// The cells that a capture shows.
    pub(super) fn used_cells(&self, y: u32) -> &[Cell] {
        let from = self.slot(y) * self.stride;
        let used = self.state(y).used.min(self.cols) as usize;
        &self.cells[from..from + used]
    }

    fn row_mut(&mut self, y: u32) -> (&mut [Cell], &mut RowState) {
        let slot = self.slot(y);
        let from = slot * self.stride;
        (
            &mut self.cells[from..from + self.stride],
            &mut self.states[slot],
        )
    }

    pub(super) fn get(&self, x: u32, y: u32) -> Cell {
        if x as usize >= self.stride || y >= self.rows() {
            return Cell::BLANK;
        }
        self.cells[self.slot(y) * self.stride + x as usize]
    }

    pub(super) fn set(&mut self, x: u32, y: u32, cell: Cell) {
        if y >= self.rows() {
            return;
        }
        self.allocate(y, x.wrapping_add(1));
        let (cells, state) = self.row_mut(y);
        state.use_until(x.wrapping_add(1));
        if let Some(old) = cells.get_mut(x as usize)
            && *old != cell
        {
            *old = cell;
            state.dirty = true;
        }
    }

    /// Writes printable ASCII; it fits into the row.
    pub(super) fn set_run(&mut self, x: u32, y: u32, run: &[u8]) {
        let end = x + run.len() as u32;
        self.allocate(y, end);
        let (cells, state) = self.row_mut(y);
        state.use_until(end);
        let mut changed = false;
        for (cell, &byte) in cells[x as usize..end as usize].iter_mut().zip(run) {
            let new = Cell::ascii(byte);
            changed |= *cell != new;
            *cell = new;
        }
        state.dirty |= changed;
    }

    /// Gives a row memory up to a column, by the quarter, as tmux does.
    fn allocate(&mut self, y: u32, until: u32) {
        let cols = self.cols;
        let state = self.state_mut(y);
        if until > state.allocated {
            state.allocated = if until < cols / 4 {
                cols / 4
            } else if until < cols / 2 {
                cols / 2
            } else {
                until.max(cols)
            };
        }
    }

    fn empty(&mut self, y: u32, fill: Fill) {
        let cols = self.cols;
        let (cells, state) = self.row_mut(y);
        if state.used > 0 || state.wrapped {
            let used = cells.len().min(state.used as usize);
            cells[..used].fill(Cell::BLANK);
            state.dirty = true;
        }
        state.used = 0;
        state.wrapped = false;
        state.allocated = if fill == Fill::Coloured { cols } else { 0 };
    }

    /// The row above this one no longer goes on in it.
    fn unwrap_before(&mut self, y: u32) {
        if let Some(above) = y.checked_sub(1)
            && above < self.rows()
        {
            self.set_wrapped(above, false);
        }
    }

    pub(super) fn set_wrapped(&mut self, y: u32, wrapped: bool) {
        let state = self.state_mut(y);
        state.dirty |= state.wrapped != wrapped;
        state.wrapped = wrapped;
    }

    /// Blanks `nx` cells of each of `ny` rows.
    pub(super) fn clear(&mut self, px: u32, py: u32, nx: u32, ny: u32, fill: Fill) {
        if nx == 0 || ny == 0 {
            return;
        }
        if px == 0 && nx == self.cols {
            return self.clear_rows(py, ny, fill);
        }
        let end = py.wrapping_add(ny);
        if py >= self.rows() || end.wrapping_sub(1) >= self.rows() {
            return;
        }
        for y in py..end {
            let known = self.state(y).allocated.min(self.cols);
            let mut count = nx;
            if fill == Fill::Plain {
                if px > known {
                    continue;
                }
                if px.wrapping_add(nx) > known {
                    count = known - px;
                }
            }
            let until = px.wrapping_add(count);
            self.allocate(y, until);
            self.blank(y, px, until);
        }
    }

    fn blank(&mut self, y: u32, from: u32, until: u32) {
        let stride = self.stride as u32;
        let (cells, state) = self.row_mut(y);
        let until = until.min(stride);
        if from >= until {
            return;
        }
        let cells = &mut cells[from as usize..until as usize];
        state.dirty |= cells.iter().any(|&cell| cell != Cell::BLANK);
        cells.fill(Cell::BLANK);
    }

    /// Empties rows; the one above them then ends in itself.
    pub(super) fn clear_rows(&mut self, py: u32, ny: u32, fill: Fill) {
        let end = py.wrapping_add(ny);
        if ny == 0 || py >= self.rows() || end.wrapping_sub(1) >= self.rows() {
            return;
        }
        for y in py..end {
            self.empty(y, fill);
        }
        self.unwrap_before(py);
    }

    /// Moves `ny` rows from `py` to `dy`; what they leave is emptied, what they cover is lost.
    pub(super) fn move_rows(&mut self, dy: u32, py: u32, ny: u32, fill: Fill) {
        let rows = self.rows();
        let past = |y: u32| y >= rows || y.wrapping_add(ny).wrapping_sub(1) >= rows;
        if ny == 0 || py == dy || past(py) || past(dy) {
            return;
        }
        self.unwrap_before(dy);
        // Swapping one by one from the right side leaves the lost rows where the moved ones were.
        if dy < py {
            for i in 0..ny {
                self.order.swap((dy + i) as usize, (py + i) as usize);
            }
        } else {
            for i in (0..ny).rev() {
                self.order.swap((dy + i) as usize, (py + i) as usize);
            }
        }
        for y in py..py + ny {
            if y < dy || y >= dy + ny {
                self.empty(y, fill);
            }
        }
        if py < dy || py >= dy + ny {
            self.unwrap_before(py);
        }
    }

    /// Moves the rows of a region up by one, the topmost into the history; unlike a plain move it
    /// leaves the row above the region going on in it.
    pub(super) fn scroll_into_history(&mut self, top: u32, bottom: u32, fill: Fill) {
        self.order[top as usize..=bottom as usize].rotate_left(1);
        self.empty(bottom, fill);
    }

    /// Moves `nx` cells of a row from `px` to `dx`; what they leave is blanked.
    pub(super) fn move_cells(&mut self, dx: u32, px: u32, y: u32, nx: u32) {
        if nx == 0 || px == dx || y >= self.rows() {
            return;
        }
        self.allocate(y, px + nx);
        self.allocate(y, dx + nx);
        let (cells, state) = self.row_mut(y);
        let (dest, source) = (dx as usize, px as usize..(px + nx) as usize);
        state.dirty |= cells[source.clone()] != cells[dest..dest + nx as usize];
        cells.copy_within(source, dest);
        state.use_until(dx + nx);
        if dx > px {
            self.blank(y, px, dx.min(px + nx));
        } else {
            self.blank(y, (dx + nx).max(px), px + nx);
        }
    }

    /// Another size: rows are cut at the right and at the bottom, or padded.
    pub(super) fn resize(&mut self, cols: u32, rows: u32) {
        let mut new = Self::new(cols, rows);
        for y in 0..rows.min(self.rows()) {
            let mut state = *self.state(y);
            let (cells, new_state) = new.row_mut(y);
            let from = self.slot(y) * self.stride;
            let kept = cols.min(self.cols) as usize;
            cells[..kept].copy_from_slice(&self.cells[from..from + kept]);
            state.used = state.used.min(cols);
            state.allocated = state.allocated.min(cols);
            state.dirty = true;
            *new_state = state;
        }
        *self = new;
    }
}

impl RowState {
    fn use_until(&mut self, end: u32) {
        if end > self.used {
            self.used = end;
            self.dirty |= self.wrapped;
        }
    }
}
