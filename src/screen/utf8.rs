//! UTF-8 as tmux reads it: what is not valid is one error, and a character that is incomplete
//! waits, even across an escape sequence, for as many bytes as its first one announced.

/// What a byte made of the characters before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// More bytes are to come.
    More,
    Char(char),
    /// The bytes are no character.
    Invalid,
}

/// A character that is still incomplete.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Utf8 {
    bytes: [u8; 4],
    len: usize,
    /// Bytes it will have; 0 while there is none.
    size: usize,
    broken: bool,
}

impl Utf8 {
    /// Takes a byte from 0x80 up.
    pub(super) fn push(&mut self, byte: u8) -> Step {
        if self.size == 0 {
            let Some(size) = size(byte) else {
                return Step::Invalid;
            };
            *self = Self {
                size,
                ..Self::default()
            };
        } else {
            self.broken |= byte & 0xc0 != 0x80;
        }
        self.bytes[self.len] = byte;
        self.len += 1;
        if self.len < self.size {
            return Step::More;
        }
        let done = std::mem::take(self);
        match decode(&done.bytes[..done.len]) {
            Some(c) if !done.broken => Step::Char(c),
            _ => Step::Invalid,
        }
    }

    /// Forgets an incomplete character; whether there was one.
    pub(super) fn reset(&mut self) -> bool {
        std::mem::take(&mut self.size) > 0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.size == 0
    }
}

/// How many bytes a character has that starts with this one.
pub(super) fn size(first: u8) -> Option<usize> {
    match first {
        0xc2..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0..=0xf4 => Some(4),
        _ => None,
    }
}

/// One character of as many bytes as its first one announces.
pub(super) fn decode(bytes: &[u8]) -> Option<char> {
    let (&first, rest) = bytes.split_first()?;
    let mut code = u32::from(first) & (0x7f >> bytes.len());
    for &byte in rest {
        if byte & 0xc0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3f);
    }
    char::from_u32(code).filter(|c| c.len_utf8() == bytes.len())
}
