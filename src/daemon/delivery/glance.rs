//! What a pane shows, with as much of its look as tells a draft from a hint.

use super::probe::solid;
use crate::screen::width;
use crate::tmux::Screen;

/// How much of the end of a text has to be recognised, in letters and digits.
const TAIL: usize = 28;

/// One character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) c: char,
    /// Its column, from 0.
    pub(super) x: u16,
    /// Dim or grey, as programs write hints.
    pub(super) faint: bool,
    /// In swapped colours, as programs draw a cursor of their own.
    pub(super) inverse: bool,
}

impl Cell {
    /// Whether it can be something that a person typed.
    pub(super) fn is_typed(self) -> bool {
        !self.faint && !self.inverse && !self.c.is_whitespace()
    }
}

/// A screen at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glance {
    /// The rows from the top, trailing blanks cut.
    pub(super) rows: Vec<Vec<Cell>>,
    /// Column and row of the cursor.
    pub(super) cursor: (u16, u16),
    pub(super) cursor_shown: bool,
    pub(super) alternate: bool,
    cols: u16,
}

impl Glance {
    /// Of a capture with its attributes ([`crate::tmux::Capture::Styled`]).
    pub(super) fn of(screen: &Screen) -> Self {
        let mut look = Look::default();
        let rows = screen.rows.iter().map(|row| look.cells(row)).collect();
        Self {
            rows,
            cursor: screen.cursor,
            cursor_shown: screen.cursor_shown,
            alternate: screen.alternate,
            cols: screen.size.0,
        }
    }

    /// The line that the cursor is in, as far as the cursor: of rows that are full to the edge, all.
    pub(super) fn before_cursor(&self) -> Vec<Cell> {
        self.joined_to_cursor(0)
    }

    /// The same where a row that wraps right at a blank is full too: tmux cuts that off.
    pub(super) fn before_cursor_over_blanks(&self) -> Vec<Cell> {
        self.joined_to_cursor(1)
    }

    fn joined_to_cursor(&self, short: u16) -> Vec<Cell> {
        let (x, y) = (self.cursor.0, usize::from(self.cursor.1));
        let is_full = |row: &Vec<Cell>| {
            let last = row.last();
            last.is_some_and(|cell| cell.x + cells(cell.c) + short >= self.cols)
        };
        let mut first = y.min(self.rows.len());
        while first > 0 && is_full(&self.rows[first - 1]) {
            first -= 1;
        }
        let mut line: Vec<Cell> = self.rows[first..y.min(self.rows.len())].concat();
        if let Some(row) = self.rows.get(y) {
            line.extend(row.iter().filter(|cell| cell.x < x));
        }
        line
    }

    /// Whether the end of a text stands right before the cursor, given its letters and digits. How its
    /// rows were wrapped does not matter.
    pub(super) fn ends_at_cursor(&self, text: &[char]) -> bool {
        let (x, y) = (self.cursor.0, usize::from(self.cursor.1));
        let row = self.rows.get(y).into_iter().flatten();
        let row = solid(row.filter(|cell| cell.x < x).map(|cell| cell.c));
        let above = self.rows.iter().take(y).flatten();
        let all = [solid(above.map(|cell| cell.c)), row.clone()].concat();
        let tail = &text[text.len().saturating_sub(TAIL)..];
        self.cursor_shown && !row.is_empty() && !tail.is_empty() && all.ends_with(tail)
    }

    /// Whether nothing at all is shown.
    pub(super) fn is_blank(&self) -> bool {
        self.rows.iter().all(Vec::is_empty)
    }
}

/// The text of cells.
pub(super) fn text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.c).collect()
}

fn cells(c: char) -> u16 {
    width(c).map_or(1, |width| u16::try_from(width).unwrap_or(1))
}

/// The attributes at a place of a capture; they go on from row to row.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    dim: bool,
    grey: bool,
    inverse: bool,
    /// Line drawing characters are in use.
    drawing: bool,
}

impl Look {
    fn cells(&mut self, row: &[u8]) -> Vec<Cell> {
        let row = String::from_utf8_lossy(row);
        let mut chars = row.chars().peekable();
        let (mut cells, mut x) = (Vec::new(), 0_u16);
        while let Some(c) = chars.next() {
            match c {
                '\x1b' => match chars.next() {
                    Some('[') => self.take_csi(&mut chars),
                    // A link: its text follows as usual.
                    Some(']') => skip_string(&mut chars),
                    Some('(' | ')') => self.drawing = chars.next() == Some('0'),
                    _ => {}
                },
                '\x0e' => self.drawing = true,
                '\x0f' => self.drawing = false,
                c if c.is_control() => {}
                c => {
                    cells.push(Cell {
                        c: if self.drawing { drawn(c) } else { c },
                        x,
                        faint: self.dim || self.grey,
                        inverse: self.inverse,
                    });
                    x = x.saturating_add(self::cells(c));
                }
            }
        }
        let is_blank = |cell: &Cell| cell.c.is_whitespace();
        let kept = cells.iter().rposition(|cell| !is_blank(cell));
        cells.truncate(kept.map_or(0, |last| last + 1));
        cells
    }

    fn take_csi(&mut self, chars: &mut impl Iterator<Item = char>) {
        let mut parameters = String::new();
        for c in chars {
            match c {
                '0'..='9' | ';' | ':' => parameters.push(c),
                'm' => return self.take_colours(&parameters),
                '@'..='~' => return,
                _ => {}
            }
        }
    }

    /// SGR.
    fn take_colours(&mut self, parameters: &str) {
        let mut numbers = parameters
            .split([';', ':'])
            .map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => (self.dim, self.grey, self.inverse) = (false, false, false),
                2 => self.dim = true,
                22 => self.dim = false,
                7 => self.inverse = true,
                27 => self.inverse = false,
                30..=37 | 39 | 91..=97 => self.grey = false,
                90 => self.grey = true,
                38 => self.grey = is_grey(&mut numbers),
                48 | 58 => _ = is_grey(&mut numbers),
                _ => {}
            }
        }
    }
}

/// Takes the rest of a colour: whether it is neither black nor white, and no other colour.
fn is_grey(numbers: &mut impl Iterator<Item = u16>) -> bool {
    let mut next = || numbers.next().unwrap_or(0);
    match next() {
        5 => matches!(next(), 8 | 59 | 102 | 145 | 238..=250),
        2 => {
            let colour = [next(), next(), next()];
            let (least, most) = (colour.iter().min(), colour.iter().max());
            let (least, most) = least.copied().zip(most.copied()).unwrap_or_default();
            most - least <= 24 && (60..=190).contains(&most)
        }
        _ => false,
    }
}

/// The character for a letter of the line drawing set, as far as frames need it.
fn drawn(c: char) -> char {
    match c {
        'q' => '─',
        'x' => '│',
        'j'..='n' | 't'..='w' => '┼',
        c => c,
    }
}

/// Skips up to the end of a string, BEL or ST.
fn skip_string(chars: &mut impl Iterator<Item = char>) {
    let mut before = ' ';
    for c in chars {
        if c == '\x07' || before == '\x1b' && c == '\\' {
            return;
        }
        before = c;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A pane of 40 columns whose cursor stands at the first `¦`, which is no part of the text; a
    /// hidden one without it. `‹…›` is dim.
    pub(in crate::daemon::delivery) fn glance(rows: &[&str]) -> Glance {
        let mut cursor = None;
        let mut captured = Vec::new();
        for (y, row) in rows.iter().enumerate() {
            if let Some((before, _)) = row.split_once('¦') {
                let before = before.replace(['«', '»'], "");
                let x = before.chars().map(cells).sum();
                cursor.get_or_insert((x, u16::try_from(y).unwrap()));
            }
            let row = row.replace('¦', "");
            let row = row.replace('«', "\x1b[2m").replace('»', "\x1b[0m");
            captured.push(row.into_bytes());
        }
        Glance::of(&Screen {
            rows: captured,
            history: 0,
            cursor: cursor.unwrap_or_default(),
            cursor_shown: cursor.is_some(),
            alternate: false,
            size: (40, 24),
            in_mode: false,
            dead: false,
            pid: None,
        })
    }

    #[test]
    fn the_end_of_a_text_is_found_at_the_cursor_however_it_is_wrapped() {
        let text =
            solid("ping: the other side pushed a claim. Pull it and look at it now.".chars());
        let typed = [
            "> ping: the other side pushed a claim.",
            "Pull it and look at it now.¦",
        ];
        assert!(glance(&typed).ends_at_cursor(&text));
        let submitted = [
            "> ping: the other side pushed a claim.",
            "Pull it and look at it now.",
            "¦",
        ];
        assert!(!glance(&submitted).ends_at_cursor(&text));
        let more = [
            "> ping: the other side pushed a claim.",
            "Pull it and look at it now. Or not¦",
        ];
        assert!(!glance(&more).ends_at_cursor(&text));
        assert!(!glance(&["> ¦"]).ends_at_cursor(&[]));
    }

    fn faint(row: &str) -> String {
        let cells = Look::default().cells(row.as_bytes());
        let faint: Vec<Cell> = cells.into_iter().filter(|cell| cell.faint).collect();
        text(&faint)
    }

    #[test]
    fn attributes_are_read_and_are_no_text() {
        let row = "\x1b[1ma\x1b[0;2mb\x1b]8;;http://x\x1b\\c\x1b]8;;\x07\x1b[22md\x1b(0x\x1b(Bx";
        assert_eq!(text(&Look::default().cells(row.as_bytes())), "abcd│x");
        assert_eq!(faint(row), "bc");
        for grey in [
            "90",
            "38;5;244",
            "38;2;120;125;130",
            "38:2:120:125:130",
            "1;90;48;5;3",
        ] {
            assert_eq!(faint(&format!("\x1b[{grey}mx\x1b[my")), "x", "{grey}");
        }
        for plain in [
            "37",
            "38;5;2",
            "38;5;255",
            "38;2;255;255;255",
            "38;2;90;20;20",
            "48;5;244",
        ] {
            assert_eq!(faint(&format!("\x1b[{plain}mx")), "", "{plain}");
        }
    }

    #[test]
    fn attributes_go_on_in_the_next_row() {
        let mut look = Look::default();
        look.cells(b"\x1b[2ma");
        assert!(look.cells(b"b")[0].faint);
    }

    #[test]
    fn rows_that_are_full_are_one_line_with_the_next() {
        let full = "x".repeat(40);
        let seen = glance(&["more", &full, &full, "ab¦cd"]);
        assert_eq!(text(&seen.before_cursor()), format!("{full}{full}ab"));
        let wide = format!("x{}", "漢".repeat(19));
        let seen = glance(&[&wide, "ab¦"]);
        assert_eq!(text(&seen.before_cursor()), "ab", "it leaves a column free");
        let seen = glance(&["漢字¦漢"]);
        assert_eq!(text(&seen.before_cursor()), "漢字");
    }
}
