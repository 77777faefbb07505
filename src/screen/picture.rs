//! A whole screen at one moment, to be shown or sent.

use serde::{Deserialize, Serialize};

use super::Screen;

/// What a person would see. Its JSON form is the document of `ao screen --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
    /// Column and row of the cursor, from 0; the column is `cols` when the next character wraps.
    pub cursor: (u16, u16),
    /// Whether the alternate screen is shown.
    pub alternate: bool,
    /// The title; empty if the program gave none.
    pub title: String,
    /// Every row from the top, trailing blanks cut.
    pub lines: Vec<String>,
}

impl Screen {
    /// The screen as it is now.
    pub fn picture(&self) -> Picture {
        let (size, cursor) = (self.size(), self.cursor());
        let lines = self.rows().map(|row| {
            let mut text = String::new();
            row.text(&mut text);
            text
        });
        Picture {
            cols: size.cols,
            rows: size.rows,
            cursor: (cursor.x, cursor.y),
            alternate: self.alternate(),
            title: self.title().to_owned(),
            lines: lines.collect(),
        }
    }
}
