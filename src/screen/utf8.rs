//! UTF-8 as tmux 3.3a reads it: what is not valid is dropped, and a character that is incomplete
//! waits, even across an escape sequence, for as many bytes as its first one announced.

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
    /// Takes a byte from 0x80 up; the character when it is complete.
    pub(super) fn push(&mut self, byte: u8) -> Option<char> {
        if self.size == 0 {
            *self = Self {
                size: size(byte)?,
                ..Self::default()
            };
        } else {
            self.broken |= byte & 0xc0 != 0x80;
        }
        self.bytes[self.len] = byte;
        self.len += 1;
        if self.len < self.size {
            return None;
        }
        let done = std::mem::take(self);
        if done.broken {
            None
        } else {
            decode(&done.bytes[..done.len])
        }
    }

    /// Forgets an incomplete character.
    pub(super) fn reset(&mut self) {
        self.size = 0;
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
