//! How large a screen is.

use std::str::FromStr;

/// A screen's width and height in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns, at least 1.
    pub cols: u16,
    /// Rows, at least 1.
    pub rows: u16,
}

/// A size that no screen can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a size is columns x rows, each from 1 to {}, such as 80x24",
    Size::MAX
)]
pub struct BadSize;

impl Size {
    /// The most columns or rows that tmux gives a window.
    pub const MAX: u16 = 10_000;

    /// A size, brought into the bounds of what tmux has.
    pub fn new(cols: u16, rows: u16) -> Self {
        Self {
            cols: cols.clamp(1, Self::MAX),
            rows: rows.clamp(1, Self::MAX),
        }
    }
}

impl FromStr for Size {
    type Err = BadSize;

    fn from_str(text: &str) -> Result<Self, BadSize> {
        let side = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let side = text
                .parse()
                .ok()
                .filter(|side| (1..=Self::MAX).contains(side));
            side.filter(|_| digits).ok_or(BadSize)
        };
        let (cols, rows) = text.split_once(['x', 'X']).ok_or(BadSize)?;
        Ok(Self {
            cols: side(cols)?,
            rows: side(rows)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_two_numbers_from_1_to_10000() {
        assert_eq!("80x24".parse(), Ok(Size { cols: 80, rows: 24 }));
        assert_eq!(
            "1X10000".parse(),
            Ok(Size {
                cols: 1,
                rows: 10_000
            })
        );
        for wrong in [
            "", "80", "80x", "x24", "0x24", "80x0", "80x10001", "+8x2", "8 x2", "8x2x2",
        ] {
            assert_eq!(wrong.parse::<Size>(), Err(BadSize), "{wrong}");
        }
    }
}
