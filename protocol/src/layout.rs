//! How a window's panes share its room.

use std::fmt;

use crate::{PaneId, grammar};

/// A layout as `%layout-change` and `#{window_layout}` have it.
///
/// ```
/// use tmux_control::{Layout, PaneId};
///
/// let layout = Layout::parse(b"a3f1,80x24,0,0{40x24,0,0,1,39x24,41,0,7}").unwrap();
/// let panes: Vec<_> = layout.panes().map(|(pane, cell)| (pane, cell.width)).collect();
/// assert_eq!(panes, [(PaneId(1), 40), (PaneId(7), 39)]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// tmux's checksum of the text that follows it; see [`Layout::is_intact`].
    pub checksum: u16,
    /// The cell that fills the window.
    pub root: Cell,
    /// Panes above the others, the uppermost first (3.8).
    pub floating: Vec<Cell>,
}

/// A part of a window: a pane, or cells that share its room.
///
/// A pane can be smaller than its cell, by a row for the border that has its title and by the
/// columns of a scroll bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Its first column within the window. Below zero only for a floating pane.
    pub x: i32,
    /// Its first row within the window. Below zero only for a floating pane.
    pub y: i32,
    /// What is in it.
    pub content: Content,
}

/// What is in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A pane. Layouts that a person wrote for `select-layout` may leave out which.
    Pane(Option<PaneId>),
    /// Cells from left to right.
    LeftRight(Vec<Cell>),
    /// Cells from the top down.
    TopBottom(Vec<Cell>),
}

/// A text that is no layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutError {
    text: String,
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no layout of panes", self.text)
    }
}

impl std::error::Error for LayoutError {}

impl Layout {
    /// Reads a layout.
    ///
    /// # Errors
    /// It is none, or cells are nested deeper than 256 times.
    pub fn parse(text: &[u8]) -> Result<Self, LayoutError> {
        grammar::layout(text).ok_or_else(|| LayoutError {
            text: String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned(),
        })
    }

    /// The cells with panes, from the left and the top; floating ones last.
    pub fn panes(&self) -> impl Iterator<Item = (PaneId, &Cell)> {
        let mut cells: Vec<&Cell> = self.floating.iter().rev().collect();
        cells.push(&self.root);
        std::iter::from_fn(move || {
            loop {
                let cell = cells.pop()?;
                match &cell.content {
                    Content::Pane(Some(pane)) => return Some((*pane, cell)),
                    Content::Pane(None) => {}
                    Content::LeftRight(parts) | Content::TopBottom(parts) => {
                        cells.extend(parts.iter().rev());
                    }
                }
            }
        })
    }

    /// Whether the checksum is that of the layout.
    pub fn is_intact(&self) -> bool {
        let text = self.to_string();
        let (_, body) = text.split_once(',').unwrap_or_default();
        let sum = body.bytes().fold(0_u16, |sum, byte| {
            sum.rotate_right(1).wrapping_add(byte.into())
        });
        sum == self.checksum
    }
}

/// As tmux writes it.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x},{}", self.checksum, self.root)?;
        if self.floating.is_empty() {
            return Ok(());
        }
        list(f, '<', &self.floating, '>')
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            width,
            height,
            x,
            y,
            content,
        } = self;
        write!(f, "{width}x{height},{x},{y}")?;
        match content {
            Content::Pane(None) => Ok(()),
            Content::Pane(Some(PaneId(pane))) => write!(f, ",{pane}"),
            Content::LeftRight(cells) => list(f, '{', cells, '}'),
            Content::TopBottom(cells) => list(f, '[', cells, ']'),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, open: char, cells: &[Cell], close: char) -> fmt::Result {
    for (n, cell) in cells.iter().enumerate() {
        let before = if n == 0 { open } else { ',' };
        write!(f, "{before}{cell}")?;
    }
    write!(f, "{close}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(text: &str) -> Vec<(u32, u32, u32)> {
        let layout = Layout::parse(text.as_bytes()).unwrap();
        assert_eq!(layout.to_string(), text);
        layout
            .panes()
            .map(|(pane, cell)| (pane.0, cell.width, cell.height))
            .collect()
    }

    #[test]
    fn panes_are_found_however_they_are_nested() {
        assert_eq!(sizes("b25d,80x24,0,0,0"), [(0, 80, 24)]);
        assert_eq!(
            sizes(
                "0000,80x24,0,0{40x24,0,0,1,39x24,41,0[39x12,41,0,2,39x11,41,13{19x11,41,13,3,19x11,61,13,14}]}"
            ),
            [(1, 40, 24), (2, 39, 12), (3, 19, 11), (14, 19, 11)]
        );
    }

    #[test]
    fn a_pane_that_is_not_named_is_told_from_the_next_cell() {
        let text = "0000,80x24,0,0[80x12,0,0,80x11,0,13,5]";
        assert_eq!(sizes(text), [(5, 80, 11)]);
    }

    #[test]
    fn floating_panes_come_last_and_may_stand_outside() {
        let text = "0000,80x24,0,0,1<20x5,-3,-1,9,30x6,4,4,8>";
        assert_eq!(sizes(text), [(1, 80, 24), (9, 20, 5), (8, 30, 6)]);
    }

    #[test]
    fn a_checksum_that_is_not_the_texts_is_noticed() {
        // As tmux 3.3a gives it.
        let is_intact = |text: &str| Layout::parse(text.as_bytes()).unwrap().is_intact();
        assert!(is_intact("b25d,80x24,0,0,0"));
        assert!(!is_intact("b25e,80x24,0,0,0"));
        assert!(!is_intact("b25d,80x25,0,0,0"));
    }

    #[test]
    fn what_is_no_layout_is_an_error() {
        for text in [
            "",
            "b25d",
            "b25d,",
            "80x24,0,0,0",
            "xyzw,80x24,0,0,0",
            "b25d,80x24,0,0,0 ",
            "b25d,80x24,0,0{",
            "b25d,80x24,0,0{}",
            "b25d,80x24,0,0{80x24,0,0,1]",
            "b25d,80x24,0,0,1{80x24,0,0,1}",
            "b25d,99999999999x24,0,0,0",
            "b25d,80x24,0,0,0<>",
        ] {
            assert!(Layout::parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn cells_may_be_nested_deeply_but_not_without_end() {
        let nested = |depth| {
            let text = format!(
                "0000,{}1x1,0,0,1{}",
                "1x1,0,0[".repeat(depth),
                "]".repeat(depth)
            );
            Layout::parse(text.as_bytes())
        };
        assert_eq!(nested(256).unwrap().panes().count(), 1);
        assert!(nested(257).is_err());
        assert!(nested(1_000_000).is_err());
    }
}
