//! How tmux reads a command line and expands a format, for what this crate writes. Whatever tmux
//! would treat in a special way, and the crate must therefore never write, is an error.
//!
//! Where it matters the tests ask a real tmux too.

/// The commands of a line, each as its words.
pub fn words(line: &[u8]) -> Result<Vec<Vec<Vec<u8>>>, String> {
    let mut commands = vec![Vec::new()];
    let mut rest = line;
    loop {
        match rest.first() {
            None => return Ok(commands),
            Some(b' ') => rest = &rest[1..],
            Some(b';') => {
                commands.push(Vec::new());
                rest = &rest[1..];
            }
            Some(_) => {
                let (word, after) = word(rest)?;
                commands.last_mut().expect("never empty").push(word);
                rest = after;
            }
        }
    }
}

fn word(line: &[u8]) -> Result<(Vec<u8>, &[u8]), String> {
    let mut out = Vec::new();
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        match (quote, byte) {
            (_, 0 | 0xff | b'\n') => return Err(format!("a raw {byte:#04x}")),
            (None, b' ' | b';') => return Ok((out, &line[at - 1..])),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None | Some(b'"'), b'\\') => {
                let (byte, length) = escape(&line[at..])?;
                out.push(byte);
                at += length;
            }
            (None | Some(b'"'), b'$' | b'~') | (None, b'#' | b'{' | b'}' | b'%') => {
                return Err(format!("{:?} is not literal here", char::from(byte)));
            }
            (_, byte) => out.push(byte),
        }
    }
    match quote {
        None => Ok((out, &[])),
        Some(_) => Err("an open quote".to_owned()),
    }
}

/// What stands after a backslash, and how long it is.
fn escape(after: &[u8]) -> Result<(u8, usize), String> {
    match after {
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Ok(((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 3))
        }
        [byte, ..] if byte.is_ascii_punctuation() => Ok((*byte, 1)),
        _ => Err("an escape that tmux does not take".to_owned()),
    }
}

/// What a format that holds no variable expands to.
pub fn expand(format: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'#' {
            out.push(byte);
            rest = after;
            continue;
        }
        let run = rest.iter().take_while(|&&byte| byte == b'#').count();
        let after = &rest[run..];
        if after.first() == Some(&b'[') {
            out.extend_from_slice(&rest[..run]);
        } else {
            assert!(
                run % 2 == 0,
                "a lone # in {:?}",
                String::from_utf8_lossy(format)
            );
            out.extend_from_slice(&rest[..run / 2]);
        }
        rest = after;
    }
    out
}
