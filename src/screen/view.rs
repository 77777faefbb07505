//! Rows and lines as they are read.

use super::Screen;
use super::cell::Content;

/// One row as it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Row<'s> {
    screen: &'s Screen,
    y: u16,
}

/// Rows that the terminal wrapped, as the one line that the program wrote.
#[derive(Debug, Clone)]
pub struct Line<'s> {
    screen: &'s Screen,
    first: u16,
    count: u16,
}

impl Screen {
    /// A row, from 0 at the top; panics when there is no such row.
    pub fn row(&self, y: u16) -> Row<'_> {
        assert!(
            y < self.size().rows,
            "the screen has {} rows, not row {y}",
            self.size().rows
        );
        Row { screen: self, y }
    }

    /// All rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.size().rows).map(|y| self.row(y))
    }

    /// The logical lines, from the top; each is one or several rows.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines_from(0)
    }

    /// The logical lines of the part of the screen that begins with row `top`: of a line that
    /// begins above only the rows in this part.
    pub fn lines_from(&self, top: u16) -> impl Iterator<Item = Line<'_>> {
        let mut next = top;
        std::iter::from_fn(move || {
            let first = next;
            let rows = self.size().rows;
            if first >= rows {
                return None;
            }
            let last = (first..rows - 1)
                .find(|&y| !self.row(y).wraps())
                .unwrap_or(rows - 1);
            next = last + 1;
            Some(Line {
                screen: self,
                first,
                count: next - first,
            })
        })
    }
}

impl Row<'_> {
    /// Appends the row's text, trailing blanks cut.
    pub fn text(&self, into: &mut String) {
        let start = into.len();
        self.whole_text(into);
        trim(into, start);
    }

    /// Another number after every change of the row's text; it moves with the row when rows scroll.
    /// Blank rows all have the same.
    pub fn stamp(&self) -> u64 {
        self.screen.terminal.grid.state(u32::from(self.y)).stamp
    }

    /// Whether the text goes on in the next row.
    pub fn wraps(&self) -> bool {
        self.screen.terminal.grid.state(u32::from(self.y)).wrapped
    }

    /// The text with those trailing blanks that were written.
    fn whole_text(&self, into: &mut String) {
        let terminal = &self.screen.terminal;
        let cells = terminal.grid.used_cells(u32::from(self.y));
        into.reserve(cells.len());
        for cell in cells {
            match cell.content() {
                Content::Char(c) => into.push(c),
                Content::Cluster(index) => into.push_str(terminal.clusters.text(index)),
                Content::Padding => {}
            }
        }
    }
}

impl Line<'_> {
    /// Appends the text of its rows without the breaks between them, trailing blanks of the whole
    /// cut.
    pub fn text(&self, into: &mut String) {
        let start = into.len();
        for row in self.rows() {
            row.whole_text(into);
        }
        trim(into, start);
    }

    /// The number of its first row, from 0.
    pub fn first_row(&self) -> u16 {
        self.first
    }

    /// How many rows it has, at least 1.
    pub fn row_count(&self) -> u16 {
        self.count
    }

    /// The same number means the same text: made of the stamps of its rows.
    pub fn key(&self) -> u64 {
        match self.count {
            1 => self.screen.row(self.first).stamp(),
            // Apart from the keys of single rows, which count up from 0.
            _ => self.rows().fold(1 << 63, |key, row| {
                super::stamp::mix(key, row.stamp()) | 1 << 63
            }),
        }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (self.first..self.first + self.count).map(|y| self.screen.row(y))
    }
}

/// Cuts the blanks at the end of what stands from `start` on.
fn trim(text: &mut String, start: usize) {
    let kept = text[start..].trim_end_matches(' ').len();
    text.truncate(start + kept);
}
