//! The first stage: bytes become lines of bounded length.

use memchr::memchr;

use crate::Mode;

const DCS_OPEN: &[u8] = b"\x1bP1000p";
const DCS_CLOSE: &[u8] = b"\x1b\\";

/// Above this a buffer is given back once it is empty: one huge line must not cost its memory
/// for ever.
pub(crate) const KEPT_CAPACITY: usize = 1 << 20;

/// What the first stage finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// A line without its end.
    Line(&'a [u8]),
    /// A line over the limit ended here.
    TooLong,
    DcsOpen,
    DcsClose,
}

/// What holds for the line that comes next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The longest line, without its end.
    pub(crate) limit: usize,
    /// Whether the two markers of `-CC` are looked for at its beginning.
    pub(crate) markers: bool,
}

/// Cuts a stream into frames. What it gives depends on the bytes alone, never on how they were
/// cut when they were fed.
#[derive(Debug)]
pub(crate) struct Framer {
    crlf: bool,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// `partial` holds a line that was given already.
    given: bool,
    /// The line under way is over its limit: all of it up to its end is skipped.
    skipping: bool,
}

impl Framer {
    pub(crate) fn new(mode: Mode) -> Self {
        Self {
            crlf: mode == Mode::ControlControl,
            partial: Vec::new(),
            given: false,
            skipping: false,
        }
    }

    /// The next frame of `input`, which is moved past it; none once all of it is taken.
    #[inline]
    pub(crate) fn next<'a, 'i: 'a>(
        &'a mut self,
        input: &mut &'i [u8],
        rules: Rules,
    ) -> Option<Frame<'a>> {
        if self.given {
            self.forget();
        }
        if self.partial.is_empty() && !self.skipping {
            if rules.markers
                && let Some(marker) = strip_marker(input)
            {
                return Some(marker);
            }
            if let Some(end) = memchr(b'\n', input) {
                let line = &input[..end];
                *input = &input[end + 1..];
                return Some(bounded(self.crlf, line, rules.limit));
            }
        }
        self.next_cut(input, rules)
    }

    /// As `next`, for a line that is not whole in `input`.
    #[cold]
    fn next_cut<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8], rules: Rules) -> Option<Frame<'a>> {
        if rules.markers && !self.skipping {
            while may_become_marker(&self.partial) && input.first().is_some_and(|&b| b != b'\n') {
                self.partial.push(input[0]);
                *input = &input[1..];
                if let Some(marker) = strip_marker(&mut self.partial.as_slice()) {
                    self.partial.clear();
                    return Some(marker);
                }
            }
        }
        let end = memchr(b'\n', input);
        let piece = &input[..end.unwrap_or(input.len())];
        *input = &input[end.map_or(input.len(), |end| end + 1)..];

        // One more byte than the limit may be the CR of the line's end.
        if !self.skipping && self.partial.len() + piece.len() <= rules.limit.saturating_add(1) {
            self.partial.extend_from_slice(piece);
        } else {
            self.skipping = true;
            self.forget();
        }
        end?;
        if std::mem::take(&mut self.skipping) {
            return Some(Frame::TooLong);
        }
        self.given = true;
        Some(bounded(self.crlf, &self.partial, rules.limit))
    }

    fn forget(&mut self) {
        self.given = false;
        self.partial.clear();
        if self.partial.capacity() > KEPT_CAPACITY {
            self.partial = Vec::new();
        }
    }

    /// Forgets what is under way.
    pub(crate) fn reset(&mut self) {
        self.skipping = false;
        self.forget();
    }
}

#[inline]
fn bounded(crlf: bool, line: &[u8], limit: usize) -> Frame<'_> {
    let line = match line {
        [line @ .., b'\r'] if crlf => line,
        line => line,
    };
    if line.len() > limit {
        Frame::TooLong
    } else {
        Frame::Line(line)
    }
}

fn strip_marker(input: &mut &[u8]) -> Option<Frame<'static>> {
    if input.first() != Some(&DCS_OPEN[0]) {
        return None;
    }
    let (rest, frame) = if let Some(rest) = input.strip_prefix(DCS_OPEN) {
        (rest, Frame::DcsOpen)
    } else {
        (input.strip_prefix(DCS_CLOSE)?, Frame::DcsClose)
    };
    *input = rest;
    Some(frame)
}

fn may_become_marker(partial: &[u8]) -> bool {
    DCS_OPEN.starts_with(partial) || DCS_CLOSE.starts_with(partial)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(mode: Mode, limit: usize, chunks: &[&[u8]]) -> Vec<String> {
        let mut framer = Framer::new(mode);
        let mut frames = Vec::new();
        for chunk in chunks {
            let mut input = *chunk;
            let rules = Rules {
                limit,
                markers: mode == Mode::ControlControl,
            };
            while let Some(frame) = framer.next(&mut input, rules) {
                frames.push(match frame {
                    Frame::Line(line) => String::from_utf8_lossy(line).into_owned(),
                    other => format!("{other:?}"),
                });
            }
        }
        frames
    }

    #[test]
    fn a_line_may_be_exactly_as_long_as_its_limit() {
        assert_eq!(
            frames(Mode::Control, 3, &[b"abc\nabcd\nab\n"]),
            ["abc", "TooLong", "ab"]
        );
        assert_eq!(
            frames(Mode::Control, 3, &[b"ab", b"cd", b"ef\nab\n"]),
            ["TooLong", "ab"]
        );
        assert_eq!(frames(Mode::Control, 3, &[b"abc\r\n"]), ["TooLong"]);
        assert_eq!(
            frames(Mode::ControlControl, 3, &[b"abc", b"\r", b"\nabcd\r\n"]),
            ["abc", "TooLong"]
        );
    }

    #[test]
    fn an_overlong_line_is_reported_once_its_end_comes() {
        assert_eq!(frames(Mode::Control, 3, &[b"abcdefgh"]), [""; 0]);
    }

    #[test]
    fn markers_are_found_at_the_beginning_of_a_line_only() {
        let stream: &[u8] = b"\x1bP1000p%exit\r\na\x1b\\\r\n\x1b\\";
        let expected = ["DcsOpen", "%exit", "a\u{1b}\\", "DcsClose"];
        assert_eq!(frames(Mode::ControlControl, 99, &[stream]), expected);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frames(Mode::ControlControl, 99, &bytes), expected);
        assert_eq!(
            frames(Mode::Control, 99, &[b"\x1bP1000p%exit\n"]),
            ["\u{1b}P1000p%exit"]
        );
    }

    #[test]
    fn a_broken_marker_is_text() {
        assert_eq!(
            frames(Mode::ControlControl, 99, &[b"\x1bP10", b"\n\x1b", b"x\n"]),
            ["\u{1b}P10", "\u{1b}x"]
        );
    }

    #[test]
    fn the_memory_of_a_huge_line_is_given_back() {
        let mut framer = Framer::new(Mode::Control);
        let rules = Rules {
            limit: 16 << 20,
            markers: false,
        };
        let huge = vec![b'x'; 3 << 20];
        assert_eq!(framer.next(&mut huge.as_slice(), rules), None);
        assert_eq!(
            framer.next(&mut &b"\n"[..], rules),
            Some(Frame::Line(&huge))
        );
        assert_eq!(framer.next(&mut &b""[..], rules), None);
        assert!(framer.partial.capacity() <= KEPT_CAPACITY);
    }
}
