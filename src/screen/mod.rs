//! A pane's bytes become rows: what a person would see in it, without asking tmux.
//!
//! The judge of this model is tmux itself: for the same bytes every row, the cursor and the title
//! are the same as in a real pane. It keeps text alone; colours and other attributes are
//! understood and dropped.

mod picture;
mod seed;
mod signal;
mod size;
mod snapshot;

pub use picture::Picture;
pub use seed::{SavedScreen, Seed};
pub use signal::{Progress, Signal};
pub use size::{BadSize, Size};

/// Where the next character goes, from 0. `x` is the number of columns when the last one was
/// just written: the next character wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The column.
    pub x: u16,
    /// The row.
    pub y: u16,
}

/// What tmux releases do differently with the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {}

/// The model of one pane.
#[derive(Debug)]
pub struct Screen {
    size: Size,
}

/// One row as it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Row<'s> {
    screen: &'s Screen,
}

/// Rows that the terminal wrapped, as the one line that the program wrote.
#[derive(Debug, Clone)]
pub struct Line<'s> {
    screen: &'s Screen,
}

impl Screen {
    /// An empty screen, as a new pane has it.
    pub fn new(size: Size, rules: Rules) -> Self {
        let _ = rules;
        Self { size }
    }

    /// Takes what the pane's program wrote; it may be cut anywhere. No bytes make it panic: should
    /// the model itself fail, this screen starts anew, blank.
    pub fn feed(&mut self, bytes: &[u8]) {
        let _ = bytes;
        todo!()
    }

    /// Becomes what tmux says that the pane shows. Rows that hold the same as before keep their
    /// stamps. Output that came after the capture is fed next.
    pub fn seed(&mut self, seed: &Seed) {
        let _ = seed;
        todo!()
    }

    /// Another size, until a [`Seed`] tells how tmux wrapped the rows anew: rows are cut or padded.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        todo!()
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Where the cursor is.
    pub fn cursor(&self) -> Cursor {
        todo!()
    }

    /// Whether the program shows the alternate screen.
    pub fn alternate(&self) -> bool {
        todo!()
    }

    /// The title that the program gave itself; empty if none.
    pub fn title(&self) -> &str {
        todo!()
    }

    /// Rises whenever any row, or the order of the rows, changes.
    pub fn revision(&self) -> u64 {
        todo!()
    }

    /// A row, from 0 at the top; panics when there is no such row.
    pub fn row(&self, y: u16) -> Row<'_> {
        let _ = y;
        todo!()
    }

    /// All rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.size.rows).map(|y| self.row(y))
    }

    /// The logical lines, from the top; each is one or several rows.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        std::iter::empty()
    }

    /// What the program told beside its rows since the last call, oldest first; bounded.
    pub fn take_signals(&mut self) -> Vec<Signal> {
        todo!()
    }
}

impl Row<'_> {
    /// Appends the row's text, trailing blanks cut.
    pub fn text(&self, into: &mut String) {
        let _ = (into, self.screen);
        todo!()
    }

    /// Another number after every change of the row's text; it moves with the row when rows scroll.
    pub fn stamp(&self) -> u64 {
        todo!()
    }

    /// Whether the text goes on in the next row.
    pub fn wraps(&self) -> bool {
        todo!()
    }
}

impl Line<'_> {
    /// Appends the text of its rows without the breaks between them, trailing blanks of the whole
    /// cut.
    pub fn text(&self, into: &mut String) {
        let _ = (into, self.screen);
        todo!()
    }

    /// The number of its first row, from 0.
    pub fn first_row(&self) -> u16 {
        todo!()
    }

    /// How many rows it has, at least 1.
    pub fn row_count(&self) -> u16 {
        todo!()
    }

    /// The same number means the same text: made of the stamps of its rows.
    pub fn key(&self) -> u64 {
        todo!()
    }
}
