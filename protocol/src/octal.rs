//! The escapes of `%output`: a byte below 0x20 and the backslash are written `\ooo`; every other
//! byte stands for itself, also those from 0x7f on.

use memchr::memchr;

/// Decodes `data`. What has no backslash is given back as it is; else the bytes are decoded into
/// `buffer`, whose own content means nothing before or after, and which never grows beyond the
/// longest `data`.
///
/// A backslash that three octal digits from 000 to 377 do not follow stands for itself.
///
/// ```
/// let mut buffer = Vec::new();
/// assert_eq!(tmux_control::octal::unescape(br"\033[1m\134", &mut buffer), b"\x1b[1m\\");
/// ```
#[inline]
pub fn unescape<'a>(data: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(first) = memchr(b'\\', data) else {
        return data;
    };
    if buffer.len() < data.len() {
        buffer.resize(data.len(), 0);
    }
    let length = unescape_from(data, first, buffer);
    &buffer[..length]
}

/// Decodes `data`, whose first backslash is at `first`, into `out`, which has room for it.
fn unescape_from(data: &[u8], first: usize, out: &mut [u8]) -> usize {
    out[..first].copy_from_slice(&data[..first]);
    let mut length = first;
    let mut rest = &data[first..];
    // Here `rest` begins with a backslash.
    loop {
        let (byte, after) = match digits(rest) {
            Some(byte) => (byte, &rest[4..]),
            None => (b'\\', &rest[1..]),
        };
        out[length] = byte;
        length += 1;
        rest = after;
        // Escapes come in pairs and runs: the end of a line, a prompt's colours.
        if rest.first() == Some(&b'\\') {
            continue;
        }
        let plain = memchr(b'\\', rest).unwrap_or(rest.len());
        out[length..length + plain].copy_from_slice(&rest[..plain]);
        length += plain;
        rest = &rest[plain..];
        if rest.is_empty() {
            return length;
        }
    }
}

#[inline]
fn digits(escape: &[u8]) -> Option<u8> {
    match escape {
        [_, a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'))
        }
        _ => None,
    }
}

/// Appends `data` to `out`, escaped as tmux does in `%output`.
pub fn escape(data: &[u8], out: &mut Vec<u8>) {
    for &byte in data {
        if byte < 0x20 || byte == b'\\' {
            out.extend_from_slice(&octal(byte));
        } else {
            out.push(byte);
        }
    }
}

/// A byte as a backslash and three octal digits.
pub(crate) fn octal(byte: u8) -> [u8; 4] {
    [
        b'\\',
        b'0' + (byte >> 6),
        b'0' + ((byte >> 3) & 7),
        b'0' + (byte & 7),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(data: &[u8]) -> Vec<u8> {
        unescape(data, &mut Vec::new()).to_vec()
    }

    #[test]
    fn every_byte_survives_escaping() {
        let all: Vec<u8> = (0..=255).collect();
        let mut escaped = Vec::new();
        escape(&all, &mut escaped);
        assert!(escaped.iter().all(|&b| b >= 0x20));
        assert_eq!(decoded(&escaped), all);
    }

    #[test]
    fn a_backslash_without_three_octal_digits_is_literal() {
        for literal in [
            r"\", r"\\", r"\0", r"\03", r"\400", r"\777", r"\08", r"\x41", r"\-01", r"a\", r"\00\",
        ] {
            assert_eq!(decoded(literal.as_bytes()), literal.as_bytes());
        }
        assert_eq!(decoded(br"\\101"), br"\A");
        assert_eq!(decoded(br"\0\000"), b"\\0\0");
        assert_eq!(decoded(br"\377\0001"), b"\xff\x001");
    }

    #[test]
    fn what_has_no_escape_is_borrowed() {
        let data = b"\xc3\xa4 \x7f plain".to_vec();
        assert!(std::ptr::eq(
            unescape(&data, &mut Vec::new()),
            data.as_slice()
        ));
    }
}
