//! A log for people's eyes: without the control sequences.
//!
//! A streaming filter with bounded state; however its input is cut, its output is the same.
//! Nothing that a terminal would act on passes, but a line end and a tab. What would have moved the
//! cursor to another row ends the line, so that repainted screens stay readable; a carriage
//! return begins the line again, as a progress bar means it.

/// A line that grows over this is passed on in parts.
const LINE_MAX: usize = 16 << 10;
/// Digits of a parameter that count; more are no column.
const COLUMNS_MAX: usize = 500;
const REPLACEMENT: &str = "\u{fffd}";

/// The filter.
#[derive(Debug, Default)]
pub struct Plain {
    state: State,
    /// The text of the line so far.
    line: String,
    /// The next character begins the line again.
    returned: bool,
    /// A character that has not all its bytes yet.
    partial: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC and intermediates: one more byte ends it.
    EscapeIntermediate,
    /// In a CSI, with its first parameter if that is a plain number.
    Csi(Option<usize>, Numbers),
    /// In an OSC, DCS, APC, PM or SOS: ends with BEL or ST.
    Text,
    /// In one of these, after ESC.
    TextEscape,
}

/// Whether the first parameter of a CSI is still being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    First,
    Later,
}

impl Plain {
    /// A filter at the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Filters more of the log; what can be shown of it is added to `out`. The last line is held
    /// back until it ends, since it may still be overwritten.
    pub fn push(&mut self, bytes: &[u8], out: &mut String) {
        for byte in bytes {
            self.byte(*byte, out);
        }
    }

    /// The line that has not ended yet, as it stands.
    pub fn unfinished(&self) -> &str {
        &self.line
    }

    /// Ends the filtering: gives out the last line as it stands.
    pub fn finish(mut self, out: &mut String) {
        self.broken_character();
        out.push_str(&self.line);
    }

    fn byte(&mut self, byte: u8, out: &mut String) {
        // These end or interrupt any sequence (ECMA-48, and what terminals do).
        match byte {
            0x1b if self.state != State::Text => {
                self.broken_character();
                self.state = State::Escape;
                return;
            }
            0x18 | 0x1a => {
                self.broken_character();
                self.state = State::Ground;
                return;
            }
            _ => {}
        }
        self.state = match self.state {
            State::Ground => return self.ground(byte, out),
            State::Escape => self.after_escape(byte, out),
            State::EscapeIntermediate => match byte {
                0x20..=0x2f => State::EscapeIntermediate,
                _ => State::Ground,
            },
            State::Csi(first, numbers) => self.in_csi(first, numbers, byte, out),
            State::Text => match byte {
                0x07 => State::Ground,
                0x1b => State::TextEscape,
                _ => State::Text,
            },
            // ESC ended the string, whether or not the backslash follows.
            State::TextEscape => match byte {
                b'\\' => State::Ground,
                _ => self.after_escape(byte, out),
            },
        };
    }

    fn after_escape(&mut self, byte: u8, out: &mut String) -> State {
        match byte {
            b'[' => State::Csi(None, Numbers::First),
            b']' | b'P' | b'X' | b'^' | b'_' => State::Text,
            0x20..=0x2f => State::EscapeIntermediate,
            // Index, next line, reverse index, reset: another row.
            b'D' | b'E' | b'M' | b'c' => {
                self.end_row(out);
                State::Ground
            }
            0x00..=0x1f => {
                self.control(byte, out);
                State::Escape
            }
            _ => State::Ground,
        }
    }

    fn in_csi(
        &mut self,
        first: Option<usize>,
        numbers: Numbers,
        byte: u8,
        out: &mut String,
    ) -> State {
        match byte {
            b'0'..=b'9' if numbers == Numbers::First => {
                let more = first.unwrap_or(0) * 10 + usize::from(byte - b'0');
                State::Csi(Some(more.min(COLUMNS_MAX)), numbers)
            }
            0x20..=0x3f => State::Csi(first, Numbers::Later),
            0x00..=0x1f => {
                self.control(byte, out);
                State::Csi(first, numbers)
            }
            b'C' => {
                // Programs skip blanks instead of writing them.
                for _ in 0..first.unwrap_or(1).max(1) {
                    self.character(" ", out);
                }
                State::Ground
            }
            // Up, down, next and previous line, position, row; erase the display.
            b'A' | b'B' | b'E' | b'F' | b'H' | b'f' | b'd' | b'J' => {
                self.end_row(out);
                State::Ground
            }
            _ => State::Ground,
        }
    }

    fn ground(&mut self, byte: u8, out: &mut String) {
        if !self.partial.is_empty() {
            if matches!(byte, 0x80..=0xbf) {
                self.partial.push(byte);
                return self.whole_character(out);
            }
            self.broken_character();
        }
        match byte {
            0x00..=0x1f => self.control(byte, out),
            0x20..=0x7e => self.character(char::from(byte).encode_utf8(&mut [0; 4]), out),
            0x7f => {}
            0xc2..=0xf4 => self.partial.push(byte),
            _ => self.character(REPLACEMENT, out),
        }
    }

    /// Shows the character if it has all its bytes.
    fn whole_character(&mut self, out: &mut String) {
        let length = match self.partial[0] {
            ..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        if self.partial.len() < length {
            return;
        }
        let bytes = std::mem::take(&mut self.partial);
        match std::str::from_utf8(&bytes) {
            // C1 controls: some terminals act on them.
            Ok(text) if text.chars().all(char::is_control) => {}
            Ok(text) => self.character(text, out),
            Err(_) => self.character(REPLACEMENT, out),
        }
    }

    /// A character that will not be completed.
    fn broken_character(&mut self) {
        if !self.partial.is_empty() {
            self.partial.clear();
            self.begin_again();
            self.line.push_str(REPLACEMENT);
        }
    }

    fn control(&mut self, byte: u8, out: &mut String) {
        match byte {
            b'\n' => self.end_line(out),
            b'\t' => self.character("\t", out),
            b'\r' => self.returned = true,
            0x08 => {
                self.line.pop();
            }
            _ => {}
        }
    }

    fn begin_again(&mut self) {
        if std::mem::take(&mut self.returned) {
            self.line.clear();
        }
    }

    fn character(&mut self, text: &str, out: &mut String) {
        self.begin_again();
        self.line.push_str(text);
        if self.line.len() >= LINE_MAX {
            out.push_str(&self.line);
            self.line.clear();
        }
    }

    fn end_line(&mut self, out: &mut String) {
        self.returned = false;
        out.push_str(&self.line);
        out.push('\n');
        self.line.clear();
    }

    fn end_row(&mut self, out: &mut String) {
        if !self.line.is_empty() {
            self.end_line(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Plain;
    use proptest::prelude::*;

    fn plain(bytes: &[u8]) -> String {
        let (mut filter, mut out) = (Plain::new(), String::new());
        filter.push(bytes, &mut out);
        filter.finish(&mut out);
        out
    }

    fn plain_in_parts(bytes: &[u8], size: usize) -> String {
        let (mut filter, mut out) = (Plain::new(), String::new());
        for part in bytes.chunks(size) {
            filter.push(part, &mut out);
        }
        filter.finish(&mut out);
        out
    }

    #[test]
    fn control_sequences_are_left_out_and_text_stays() {
        let cases: &[(&str, &str)] = &[
            (
                "\x1b[1;31mred\x1b[0m \u{e9}\u{4e16}\tend\r\n",
                "red \u{e9}\u{4e16}\tend\n",
            ),
            ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b", "ab"),
            (
                "\x1bP1$r\x1b[m inside\x1b\\c\x1b_apc\x1b\\\x1b^pm\x1b\\d",
                " insidecd",
            ),
            ("\x1b(B\x1b#8\x1b=e\x1b%Gf", "ef"),
            ("\x1b[?2004h\x1b[>4;2mg\x1b[ q", "g"),
            ("a\x00\x07\x0e\x7fb\u{85}\u{9b}c", "abc"),
            ("\x1b[31\x18shown", "shown"),
            ("\x1b]52;c;secret", ""),
        ];
        for (bytes, expected) in cases {
            assert_eq!(&plain(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_line_that_is_overwritten_shows_its_last_state() {
        assert_eq!(plain(b"10%\r20%\r30%\r\ndone\r"), "30%\ndone");
        assert_eq!(plain(b"|\x08/\x08-\x08\\\n"), "\\\n");
        assert_eq!(plain(b"kept\r\r\n\r\n"), "kept\n\n");
    }

    #[test]
    fn a_repainted_screen_stays_readable() {
        let screen = b"\x1b[2J\x1b[Htop\x1b[2;1Hsecond\x1b[Kline\x1b[1Cwith\x1b[3Cblanks\x1b[10A";
        assert_eq!(plain(screen), "top\nsecondline with   blanks\n");
        assert!(plain(b"\x1b[99999999999999999999Cx").len() < 1000);
    }

    #[test]
    fn bytes_that_are_no_text_show_as_such() {
        assert_eq!(plain(b"a\xffb\xe4\xb8c\xc3"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(plain(b"\xed\xa0\x80\xc0\xaf"), "\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_line_without_end_is_passed_on_in_parts() {
        let (mut filter, mut out) = (Plain::new(), String::new());
        filter.push(&vec![b'x'; 1 << 20], &mut out);
        assert!(filter.unfinished().len() < super::LINE_MAX);
        filter.finish(&mut out);
        assert_eq!(out.len(), 1 << 20);
    }

    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            proptest::sample::select(vec![
                &b"\x1b"[..],
                b"[",
                b"]",
                b"\x1b[",
                b"\x1b]",
                b"\x1bP",
                b"\x1b\\",
                b"\x07",
                b"\r",
                b"\n",
                b"\x08",
                b"3C",
                b";",
                b"H",
                b"\xc2\x9b",
                b"\xe4",
                b"\xb8",
                b"\x96",
                b"\xf0\x9f",
                b"text",
            ])
            .prop_map(<[u8]>::to_vec),
            proptest::collection::vec(any::<u8>(), 0..4),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_and_no_control_passes(bytes in hostile()) {
            let whole = plain(&bytes);
            for size in 1..4 {
                prop_assert_eq!(&plain_in_parts(&bytes, size), &whole);
            }
            let passes = |c: char| !c.is_control() || c == '\n' || c == '\t';
            prop_assert!(whole.chars().all(passes), "{:?}", whole);
        }
    }
}
