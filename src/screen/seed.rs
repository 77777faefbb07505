//! What tmux says of a pane, to start a model from.

use super::{Cursor, Size};

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
    /// What came and is not shown, since its end is still to come: the beginning of an escape
    /// sequence or of a character.
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
