//! The two guards between a value and tmux: against its command parser, and against its formats.

use std::fmt;

use crate::octal::octal;

/// A value that no command can carry: tmux ends its lines at a NUL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteError {
    /// Where the NUL is.
    pub at: usize,
}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a value for tmux holds a NUL byte at offset {}, which no command can carry",
            self.at
        )
    }
}

impl std::error::Error for QuoteError {}

/// A value as one word of a command line: tmux's parser gives back the same bytes.
///
/// It says nothing about what the command then does with the value: some expand formats, see
/// [`format_literal`].
///
/// # Errors
/// A NUL cannot be written.
///
/// ```
/// use tmux_control::quote;
/// assert_eq!(quote(b"it's").unwrap(), br"'it'\''s'");
/// assert_eq!(quote(b"two\nlines").unwrap(), br#""two\012lines""#);
/// assert!(quote(b"\0").is_err());
/// ```
pub fn quote(value: &[u8]) -> Result<Vec<u8>, QuoteError> {
    let mut out = Vec::with_capacity(value.len() + 2);
    quote_into(value, &mut out)?;
    Ok(out)
}

pub(crate) fn quote_into(value: &[u8], out: &mut Vec<u8>) -> Result<(), QuoteError> {
    if let Some(at) = memchr::memchr(0, value) {
        return Err(QuoteError { at });
    }
    let plain = std::str::from_utf8(value).is_ok() && !value.iter().any(u8::is_ascii_control);
    if plain {
        quote_single(value, out)
    } else {
        quote_double(value, out)
    }
    Ok(())
}

/// Within single quotes tmux takes every byte as it is.
fn quote_single(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for &byte in value {
        match byte {
            b'\'' => out.extend_from_slice(br"'\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
}

/// A newline would end the line or lose the spaces after it, and 0xff is the end of a file to
/// tmux's lexer (3.2a), so what is not plain text is written in octal.
fn quote_double(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in value.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            match byte {
                0..=0x1f | 0x7f => out.extend_from_slice(&octal(byte)),
                b'"' | b'\\' | b'$' | b'~' => out.extend_from_slice(&[b'\\', byte]),
                _ => out.push(byte),
            }
        }
        for &byte in chunk.invalid() {
            out.extend_from_slice(&octal(byte));
        }
    }
    out.push(b'"');
}

/// A value as a format that expands to the same bytes. Without it a directory called `#(reboot)`
/// is a command that tmux runs, however well it is quoted.
///
/// A `#` is doubled, but not in a run of them before `[`: tmux leaves such a run as it is, for a
/// style that is read later. `%` is not guarded: only `display-message` and `pipe-pane` read it
/// as time, and the type [`crate::command::DisplayMessage`] sees to that itself.
///
/// ```
/// use tmux_control::format_literal;
/// assert_eq!(format_literal(b"#(reboot)"), b"##(reboot)");
/// assert_eq!(format_literal(b"#[red]#"), b"#[red]##");
/// ```
pub fn format_literal(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr(b'#', rest) {
        let run = rest[at..].iter().take_while(|&&byte| byte == b'#').count();
        let (upto, after) = rest.split_at(at + run);
        out.extend_from_slice(upto);
        if after.first() != Some(&b'[') {
            out.resize(out.len() + run, b'#');
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}
