//! After a gap in a log: which rows of a pane's history the log does not have yet.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::logs::plain::Plain;

/// How much of the end of a log is compared, in bytes.
pub(super) const TAIL: usize = 8 * 1024;

/// How a mark of a gap begins.
const MARK: &str = "[ao: a gap here";

/// How many lines have to agree at most.
const LINES: usize = 20;

/// The rows that follow after what the log ends with, as text; all of them if its end is not
/// among them. Where rows repeat themselves, one too many is better than one lost.
pub(super) fn missing(tail: &[u8], rows: &[Vec<u8>]) -> String {
    let known = lines_of(tail);
    let mut rows: Vec<String> = rows
        .iter()
        .map(|row| String::from_utf8_lossy(row).trim_end().to_owned())
        .collect();
    drop_blank_end(&mut rows);
    // Blank rows say nothing, and a mark of an earlier gap stands between two of them.
    let solid: Vec<(usize, &String)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.is_empty())
        .collect();
    let most = known.len().min(LINES);
    let followed = (1..=most).rev().find_map(|count| {
        let end = &known[known.len() - count..];
        let agree = |window: &[(usize, &String)]| {
            let mut pairs = window.iter().zip(end);
            pairs.all(|((_, row), known)| *row == known)
        };
        let at = solid.windows(count).position(agree)?;
        Some(solid[at + count - 1].0 + 1)
    });
    rows.split_off(followed.unwrap_or(0)).join("\n")
}

/// The end of a log; nothing if it cannot be read.
pub(super) fn end_of(log: &Path) -> Vec<u8> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let from = file.metadata()?.len().saturating_sub(TAIL as u64);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::with_capacity(TAIL);
        file.take(TAIL as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().unwrap_or_default()
}

/// What a person would see of the end of a log, without its first line, which may be cut.
fn lines_of(tail: &[u8]) -> Vec<String> {
    let mut text = String::new();
    let mut plain = Plain::new();
    plain.push(tail, &mut text);
    plain.finish(&mut text);
    let skip = usize::from(tail.len() >= TAIL);
    text.lines()
        .skip(skip)
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with(MARK))
        .collect()
}

fn drop_blank_end(lines: &mut Vec<String>) {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
}

/// The last bytes that went into a log.
#[derive(Debug, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if bytes.len() >= TAIL {
            self.0.clear();
        } else if self.0.len() + bytes.len() > 2 * TAIL {
            // Moved once for each 8 KiB, not with every piece.
            let cut = self.0.len() - TAIL;
            self.0.drain(..cut);
        }
        let from = bytes.len().saturating_sub(TAIL);
        self.0.extend_from_slice(&bytes[from..]);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[self.0.len().saturating_sub(TAIL)..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<u8>> {
        text.lines().map(|line| line.as_bytes().to_vec()).collect()
    }

    #[test]
    fn only_what_the_log_does_not_have_is_filled_in() {
        let history = rows("one\ntwo\nthree\nfour\n\n");
        assert_eq!(missing(b"one\r\ntwo\r\n", &history), "three\nfour");
        assert_eq!(
            missing(b"x\r\n\x1b[1mtwo\x1b[m\r\n", &history),
            "three\nfour"
        );
        assert_eq!(missing(b"four\r\n", &history), "");
        let marked = b"two\r\n\r\n[ao: a gap here: the watchdog was not running]\r\n";
        assert_eq!(missing(marked, &history), "three\nfour");
    }

    #[test]
    fn a_log_whose_end_is_not_there_any_more_gets_everything() {
        let history = rows("seven\neight\n");
        assert_eq!(missing(b"one\r\ntwo\r\n", &history), "seven\neight");
        assert_eq!(missing(b"", &history), "seven\neight");
    }

    #[test]
    fn rows_that_repeat_are_told_apart_by_what_stands_before_them() {
        let history = rows("start\nrest\nrest\nrest\nrest\n");
        assert_eq!(
            missing(b"start\r\nrest\r\nrest\r\n", &history),
            "rest\nrest"
        );
    }

    #[test]
    fn the_tail_is_bounded_and_the_newest() {
        let mut tail = Tail::default();
        for n in 0..100_000_u32 {
            tail.push(&n.to_be_bytes());
        }
        assert_eq!(tail.bytes().len(), TAIL);
        assert!(tail.bytes().ends_with(&99_999_u32.to_be_bytes()));
        tail.push(&[b'x'; 3 * TAIL]);
        assert_eq!(tail.bytes(), [b'x'; TAIL]);
        assert!(tail.0.len() <= 3 * TAIL);
    }
}
