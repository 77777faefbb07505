//! A stream of bytes for a terminal, how it is played to tmux and the model, and how it is kept in a
//! file.

use std::fmt;

use ao::screen::Size;

use crate::rig::tmux_under_test;
use crate::screen_model::Model;
use crate::screen_oracle::Oracle;

/// A stream for a terminal of some size, in pieces: after each both must show the same.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Stream {
    /// The terminal's size.
    pub(crate) size: Size,
    /// The bytes.
    pub(crate) pieces: Vec<Vec<u8>>,
}

impl Stream {
    /// A stream of these pieces.
    pub(crate) fn new<P: AsRef<[u8]>>(
        (cols, rows): (u16, u16),
        pieces: impl IntoIterator<Item = P>,
    ) -> Self {
        let size = Size { cols, rows };
        let mut whole = Vec::new();
        let mut cut: Vec<Vec<u8>> = Vec::new();
        for piece in pieces {
            let from = whole.len();
            let waits = joins_next(&whole);
            for &byte in piece.as_ref() {
                // Beyond the last character there is none; releases other than 3.3 show it raw.
                let beyond = whole.last() == Some(&0xf4) && (0x90..0xc0).contains(&byte);
                whole.push(if beyond && !drops_beyond() {
                    0x8f
                } else {
                    byte
                });
            }
            match cut.last_mut() {
                Some(last) if waits => last.extend(&whole[from..]),
                _ => cut.push(whole[from..].to_vec()),
            }
        }
        Self { size, pieces: cut }
    }

    /// The form in which it is kept: the size, then a piece a line, escaped as Rust would, and
    /// `\e`. Lines that begin with `#` and empty ones say nothing.
    ///
    /// # Errors
    /// What cannot be read, for people.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let size: Size = lines
            .next()
            .ok_or("there is no size")?
            .parse()
            .map_err(|error| format!("{error}"))?;
        let pieces: Result<Vec<_>, _> = lines.map(unescape).collect();
        Ok(Self::new((size.cols, size.rows), pieces?))
    }

    /// Plays it to both.
    ///
    /// # Errors
    /// What differs, and after which piece, for people.
    pub(crate) fn play(&self, oracle: &mut Oracle) -> Result<(), String> {
        let mut model = Model::new(self.size);
        let mut terminal = oracle.terminal(self.size);
        for (at, piece) in self.pieces.iter().enumerate() {
            terminal.write(piece);
            model.screen.feed(piece);
            let tmux = terminal.look();
            model
                .difference(&tmux)
                .map_err(|what| self.story(at, &what))?;
        }
        let Some(last) = self.pieces.len().checked_sub(1) else {
            return Ok(());
        };
        let mut whole = Model::new(self.size);
        whole.screen.feed(&self.pieces.concat());
        whole
            .difference(&terminal.look())
            .map_err(|what| self.story(last, &format!("fed as one:\n{what}")))
    }

    /// A difference, with the bytes that led there.
    fn story(&self, at: usize, what: &str) -> String {
        let Size { cols, rows } = self.size;
        let mut text = format!("{cols}x{rows}, after the last of these:\n");
        for piece in &self.pieces[..=at] {
            text += &format!("{}\n", escape(piece));
        }
        text + what
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { cols, rows } = self.size;
        write!(f, "{cols}x{rows}")?;
        for piece in &self.pieces {
            write!(f, "\n{}", escape(piece))?;
        }
        Ok(())
    }
}

/// Whether the tmux under test drops what is written as UTF-8 and beyond all characters.
fn drops_beyond() -> bool {
    let version = tmux_under_test();
    (version.major, version.minor) == (3, 3)
}

/// Whether a zero width joiner waits for the character that it joins. tmux (up to 3.4) forgets it
/// when a read ends there, and when that is no program decides: so no piece ends there.
fn joins_next(written: &[u8]) -> bool {
    let text = String::from_utf8_lossy(written);
    let Some((_, after)) = text.rsplit_once('\u{200d}') else {
        return false;
    };
    let shown = after.split('\x1b').next().unwrap_or_default();
    let emoji = '\u{1f300}'..='\u{1f64f}';
    let joined = |char: char| !char.is_ascii() && (char.is_alphanumeric() || emoji.contains(&char));
    !shown.contains(joined)
}

/// Bytes as people can read and type them.
fn escape(bytes: &[u8]) -> String {
    let escape = |byte: &u8| match byte {
        b'\x1b' => "\\e".to_owned(),
        // A line that begins with one would say nothing.
        b'#' => "\\x23".to_owned(),
        byte => byte.escape_ascii().to_string(),
    };
    bytes.iter().map(escape).collect()
}

/// The bytes that [`escape`] wrote so; characters may also stand for themselves.
pub(crate) fn unescape(line: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = line.chars();
    while let Some(char) = rest.next() {
        if char != '\\' {
            bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match rest.next() {
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('t') => b'\t',
            Some('e') => b'\x1b',
            Some(quoted @ ('\\' | '\'' | '"')) => quoted as u8,
            Some('x') => {
                let digits: String = rest.by_ref().take(2).collect();
                let byte = u8::from_str_radix(&digits, 16);
                byte.map_err(|_| format!("\\x{digits} is no byte, in {line:?}"))?
            }
            other => return Err(format!("\\ before {other:?}, in {line:?}")),
        });
    }
    Ok(bytes)
}

#[test]
fn a_stream_is_read_as_it_was_written() {
    let all: Vec<u8> = (0..=255).collect();
    let stream = Stream::new(
        (7, 3),
        [&all[..], b"#", b" \\x1b ", "日e\u{301}".as_bytes()],
    );
    assert_eq!(Stream::read(&format!("# why\n{stream:?}\n")), Ok(stream));
}
