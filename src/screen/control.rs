//! C0 controls and escape sequences.

use super::terminal::Terminal;

impl Terminal {
    /// A control below 0x20.
    pub(super) fn control(&mut self, byte: u8) {
        self.last = None;
        match byte {
            0x08 => self.backspace(),
            b'\t' => self.tab(),
            b'\n' | 0x0b | 0x0c => self.line_feed(false, self.fill()),
            b'\r' => self.x = 0,
            0x0e => self.style.shifted = true,
            0x0f => self.style.shifted = false,
            _ => {}
        }
    }

    /// ESC, intermediates and a last byte. One that tmux does not know changes nothing, not even
    /// what REP repeats.
    pub(super) fn escape(&mut self, intermediates: &[u8], last: u8) {
        match (intermediates, last) {
            (b"(", b'0' | b'B') => self.style.drawing[0] = last == b'0',
            (b")", b'0' | b'B') => self.style.drawing[1] = last == b'0',
            (b"#", b'8') => self.alignment_test(),
            (b"", b'7') => self.save_cursor(),
            (b"", b'8') => self.restore_cursor(),
            (b"", b'D') => self.line_feed(false, self.fill()),
            (b"", b'E') => {
                self.x = 0;
                self.line_feed(false, self.fill());
            }
            (b"", b'H') => self.set_tab(true),
            (b"", b'M') => self.reverse_index(self.fill()),
            (b"", b'c') => self.reset(),
            (b"", b'=' | b'>' | b'\\') => {}
            _ => return,
        }
        self.last = None;
    }
}
