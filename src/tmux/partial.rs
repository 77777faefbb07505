//! Characters of which only the beginning has come.
//!
//! tmux tells of an unfinished escape sequence when it is asked, but not of an unfinished character.
//! So the stream has to be watched for it.

use std::collections::HashMap;

use super::PaneId;

/// The longest beginning of a character that is not whole, in bytes.
const MAX: usize = 3;

/// The panes whose output ends within a character. That is rare, so this is nearly always empty.
#[derive(Debug, Default)]
pub(super) struct Partials(HashMap<PaneId, Vec<u8>>);

impl Partials {
    /// A pane wrote this.
    pub(super) fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        let ends_whole = bytes.last().is_none_or(u8::is_ascii);
        if ends_whole && self.0.is_empty() {
            return;
        }
        let before = self.0.remove(&pane).unwrap_or_default();
        let from = bytes.len().saturating_sub(MAX);
        let end = [&before, &bytes[from..]].concat();
        let begun = begun(&end);
        if !begun.is_empty() {
            self.0.insert(pane, begun.to_vec());
        }
    }

    /// With what the pane's output ends that is not a whole character.
    pub(super) fn of(&self, pane: PaneId) -> &[u8] {
        self.0.get(&pane).map_or(&[], Vec::as_slice)
    }

    /// Something of the pane's output was lost, or the pane is gone.
    pub(super) fn forget(&mut self, pane: PaneId) {
        self.0.remove(&pane);
    }
}

/// The end of `bytes` from the first byte of a character on that is not whole.
fn begun(bytes: &[u8]) -> &[u8] {
    let Some(first) = bytes.iter().rposition(|byte| !is_continuation(*byte)) else {
        return &[];
    };
    let length = match bytes[first] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return &[],
    };
    let end = &bytes[first..];
    if end.len() < length { end } else { &[] }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: PaneId = PaneId(1);

    fn after(pieces: &[&[u8]]) -> Vec<u8> {
        let mut partials = Partials::default();
        for piece in pieces {
            partials.output(PANE, piece);
        }
        partials.of(PANE).to_vec()
    }

    #[test]
    fn the_beginning_of_a_character_is_known_however_it_was_cut() {
        let text = "aé漢🙂".as_bytes();
        for end in 0..=text.len() {
            let whole = (0..=end)
                .rev()
                .find(|&at| std::str::from_utf8(&text[..at]).is_ok());
            let begun = &text[whole.unwrap()..end];
            assert_eq!(after(&[&text[..end]]), begun, "{end}");
            let bytes: Vec<&[u8]> = text[..end].chunks(1).collect();
            assert_eq!(after(&bytes), begun, "{end}");
        }
    }

    #[test]
    fn what_cannot_become_a_character_is_none() {
        for bytes in [
            &b"\x80"[..],
            b"\xff",
            b"\xc0",
            b"\xe6a",
            b"a\x80\x80\x80\x80\x80",
            b"",
        ] {
            assert_eq!(after(&[bytes]), b"", "{bytes:?}");
        }
        assert_eq!(after(&[b"\xe6", b"\x1b["]), b"");
    }

    #[test]
    fn panes_are_kept_apart() {
        let mut partials = Partials::default();
        partials.output(PANE, b"\xe6");
        partials.output(PaneId(2), b"x");
        assert_eq!(
            (partials.of(PANE), partials.of(PaneId(2))),
            (&b"\xe6"[..], &b""[..])
        );
        partials.forget(PANE);
        assert_eq!(partials.of(PANE), b"");
    }
}
