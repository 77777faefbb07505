//! SGR. Colours and attributes are not kept with the cells; only what they do to later clears and
//! blanks is known.

use super::grid::Fill;
use super::parameters::Parameters;

/// The attributes of the next character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pen {
    attributes: u16,
    foreground: bool,
    background: bool,
}

const UNDERLINES: u16 = 0b11111;
const BOLD: u16 = 1 << 5;
const DIM: u16 = 1 << 6;
const ITALIC: u16 = 1 << 7;
const BLINK: u16 = 1 << 8;
const REVERSE: u16 = 1 << 9;
const HIDDEN: u16 = 1 << 10;
const STRUCK: u16 = 1 << 11;
const OVERLINE: u16 = 1 << 12;

impl Pen {
    /// Whether a blank written with it looks like a cell that nobody wrote.
    pub(super) fn is_plain(self) -> bool {
        self == Self::default()
    }

    pub(super) fn fill(self) -> Fill {
        if self.background {
            Fill::Coloured
        } else {
            Fill::Plain
        }
    }

    pub(super) fn select(&mut self, parameters: &Parameters<'_>) {
        if parameters.len() == 0 {
            *self = Self::default();
        }
        let mut i = 0;
        while i < parameters.len() {
            if let Some(text) = parameters.colons(i) {
                self.select_colons(text);
            } else {
                match parameters.get(i, 0, 0) {
                    Some(n @ (38 | 48 | 58)) => {
                        i += 1;
                        i += self.select_colour(n, i, parameters);
                    }
                    Some(n) => self.select_one(n),
                    None => {}
                }
            }
            i += 1;
        }
    }

    fn select_one(&mut self, n: u32) {
        match n {
            0 => *self = Self::default(),
            1 => self.attributes |= BOLD,
            2 => self.attributes |= DIM,
            3 => self.attributes |= ITALIC,
            4 => self.underline(1),
            5 | 6 => self.attributes |= BLINK,
            7 => self.attributes |= REVERSE,
            8 => self.attributes |= HIDDEN,
            9 => self.attributes |= STRUCK,
            21 => self.underline(2),
            22 => self.attributes &= !(BOLD | DIM),
            23 => self.attributes &= !ITALIC,
            24 => self.underline(0),
            25 => self.attributes &= !BLINK,
            27 => self.attributes &= !REVERSE,
            28 => self.attributes &= !HIDDEN,
            29 => self.attributes &= !STRUCK,
            30..=37 | 90..=97 => self.foreground = true,
            39 => self.foreground = false,
            40..=47 | 100..=107 => self.background = true,
            49 => self.background = false,
            53 => self.attributes |= OVERLINE,
            55 => self.attributes &= !OVERLINE,
            _ => {}
        }
    }

    /// The kind of underline, from 1 to 5; 0 for none.
    fn underline(&mut self, kind: u32) {
        self.attributes &= !UNDERLINES;
        if let Some(bit) = kind.checked_sub(1) {
            self.attributes |= 1 << bit;
        }
    }

    fn colour(&mut self, which: u32, set: bool) {
        match which {
            38 => self.foreground = set,
            48 => self.background = set,
            _ => {}
        }
    }

    /// `38;5;N` or `38;2;R;G;B`, of which the second is at `i`: how many more it took.
    fn select_colour(&mut self, which: u32, i: usize, parameters: &Parameters<'_>) -> usize {
        let byte = |i| parameters.number(i).is_some_and(|n| n <= 255);
        match parameters.number(i) {
            Some(2) if byte(i + 1) && byte(i + 2) && byte(i + 3) => {
                self.colour(which, true);
                3
            }
            Some(5) => {
                self.colour(which, byte(i + 1));
                1
            }
            _ => 0,
        }
    }

    /// `4:3`, `38:5:N`, `38:2::R:G:B` and the like.
    fn select_colons(&mut self, text: &[u8]) {
        let mut list = [None; 8];
        let mut count = 0;
        for part in text.split(|&byte| byte == b':') {
            if !part.is_empty() {
                match super::parameters::number(part) {
                    Some(n) => list[count] = Some(n),
                    None => return,
                }
            }
            count += 1;
            if count == list.len() {
                return;
            }
        }
        let byte = |i: usize| list[i].is_some_and(|n| n <= 255);
        match (list[0], list[1]) {
            (Some(4), Some(kind @ 0..=5)) if count == 2 => self.underline(kind),
            (Some(which @ (38 | 48 | 58)), Some(2)) if count >= 3 => {
                let first = if count == 5 { 2 } else { 3 };
                if count >= first + 3 && byte(first) && byte(first + 1) && byte(first + 2) {
                    self.colour(which, true);
                }
            }
            (Some(which @ (38 | 48 | 58)), Some(5)) if count >= 3 => {
                self.colour(which, byte(2));
            }
            _ => {}
        }
    }
}
