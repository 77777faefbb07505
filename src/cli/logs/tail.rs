//! The end of a log, without reading the rest of it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How much is read first, in bytes.
const WINDOW: u64 = 64 * 1024;
/// How much is read at most, in bytes, however many lines were asked for.
pub(super) const WINDOW_MAX: u64 = 64 * 1024 * 1024;

/// The end of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// What is to be shown.
    pub(super) text: Vec<u8>,
    /// How many lines that is.
    pub(super) lines: u64,
    /// More was asked for than is read of one file.
    pub(super) cut: bool,
}

/// The last `wanted` lines of the first `len` bytes of `file`, as they look after `shown` took out
/// what is not shown. What follows the last line feed is a line too.
pub(super) fn last_lines(
    file: &File,
    len: u64,
    wanted: u64,
    shown: impl Fn(Vec<u8>) -> Vec<u8>,
) -> io::Result<Tail> {
    if wanted == 0 {
        return Ok(Tail::default());
    }
    let mut window = WINDOW;
    loop {
        let from = len.saturating_sub(window);
        let mut bytes = read_range(file, from, len)?;
        if from > 0 {
            // The first line is not whole, nor may its first escape sequence be.
            let begin = bytes
                .iter()
                .position(|&b| b == b'\n')
                .map_or(bytes.len(), |at| at + 1);
            bytes.drain(..begin);
        }
        let text = shown(bytes);
        let lines = count_lines(&text);
        let cut = window >= WINDOW_MAX && from > 0 && lines < wanted;
        if lines >= wanted || from == 0 || cut {
            let text = text[start_of_last(&text, wanted)..].to_vec();
            return Ok(Tail {
                text,
                lines: lines.min(wanted),
                cut,
            });
        }
        window = (window * 4).min(WINDOW_MAX);
    }
}

/// What follows the last line feed in the first `len` bytes of `file`, or the end of it when that
/// is long.
pub(super) fn last_line(file: &File, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = read_range(file, len.saturating_sub(WINDOW), len)?;
    let begin = bytes
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    bytes.drain(..begin);
    Ok(bytes)
}

/// What is there from `from` to `to`; less when the file became shorter meanwhile.
fn read_range(file: &File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to - from).map_err(io::Error::other)?];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], from + filled as u64) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

fn count_lines(text: &[u8]) -> u64 {
    let ended = text.iter().filter(|&&b| b == b'\n').count() as u64;
    ended + u64::from(text.last().is_some_and(|&b| b != b'\n'))
}

/// Where the last `wanted` lines begin.
fn start_of_last(text: &[u8], wanted: u64) -> usize {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let mut left = wanted;
    for (at, _) in body.iter().enumerate().rev().filter(|(_, b)| **b == b'\n') {
        left -= 1;
        if left == 0 {
            return at + 1;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn tail(content: &[u8], wanted: u64) -> (String, u64) {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(content).expect("written");
        let tail = last_lines(&file, content.len() as u64, wanted, |bytes| bytes).expect("read");
        assert!(!tail.cut);
        (String::from_utf8(tail.text).expect("text"), tail.lines)
    }

    #[test]
    fn the_last_lines_are_those_after_the_last_line_feeds() {
        for (content, wanted, expected) in [
            ("", 10, ("", 0)),
            ("a\nb\nc\n", 2, ("b\nc\n", 2)),
            ("a\nb\nc", 2, ("b\nc", 2)),
            ("a\nb\nc\n", 3, ("a\nb\nc\n", 3)),
            ("a\nb\nc\n", 30, ("a\nb\nc\n", 3)),
            ("a\nb\nc\n", 0, ("", 0)),
            ("\n\n\n", 2, ("\n\n", 2)),
            ("a", 1, ("a", 1)),
        ] {
            assert_eq!(
                tail(content.as_bytes(), wanted),
                (expected.0.to_owned(), expected.1),
                "{content:?}"
            );
        }
    }

    #[test]
    fn lines_longer_than_a_window_are_found_whole() {
        let long = "x".repeat(3 * WINDOW as usize);
        let content = format!("first\n{long}\nlast\n");
        assert_eq!(tail(content.as_bytes(), 2), (format!("{long}\nlast\n"), 2));
    }

    #[test]
    fn lines_are_counted_as_they_are_shown() {
        let mut file = tempfile::tempfile().expect("a file");
        let noise = format!("seen\n{}", "~\n".repeat(WINDOW as usize));
        file.write_all(noise.as_bytes()).expect("written");
        let shown = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("text");
            text.split_inclusive('\n')
                .filter(|line| *line != "~\n")
                .collect::<String>()
                .into_bytes()
        };
        let tail = last_lines(&file, noise.len() as u64, 1, shown).expect("read");
        assert_eq!(
            (tail.text.as_slice(), tail.lines),
            (b"seen\n".as_slice(), 1)
        );
    }

    #[test]
    fn a_file_that_shrank_meanwhile_gives_what_is_left() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"a\nb\n").expect("written");
        let tail = last_lines(&file, 4096, 5, |bytes| bytes).expect("read");
        assert_eq!(tail.text, b"a\nb\n");
    }
}
