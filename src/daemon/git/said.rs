//! What commits and git said, fit to be shown: on one line, short, and without what would steer a
//! terminal.

use crate::config::steers;

/// How much of an error is told.
const ERROR_MAX: usize = 300;

/// A text with what steers a terminal escaped, cut at so many characters.
pub(super) fn shown(text: &str, longest: usize) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == longest {
            shown.push('…');
            break;
        }
        if steers(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// What git wrote about its failure. Its advice is left out, and so are passwords of URLs.
pub(super) fn error(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines = text.lines().map(str::trim);
    let lines = lines.take_while(|line| !line.starts_with("Please make sure"));
    let said: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("hint:"))
        .map(|line| line.strip_prefix("fatal: ").unwrap_or(line))
        .collect();
    if said.is_empty() {
        return "git gave no reason".to_owned();
    }
    shown(&without_passwords(&said.join("; ")), ERROR_MAX)
}

/// `https://al:secret@host/` becomes `https://…@host/`.
fn without_passwords(text: &str) -> String {
    let mut safe = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        safe.push_str(before);
        let host = after.find(|c: char| c == '/' || c.is_whitespace());
        let user = after[..host.unwrap_or(after.len())].rfind('@');
        if user.is_some() {
            safe.push('…');
        }
        rest = &after[user.unwrap_or(0)..];
    }
    safe + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_what_is_long_is_cut() {
        assert_eq!(shown("claim: gate 1 ✅", 200), "claim: gate 1 ✅");
        assert_eq!(
            shown("\u{1b}[2J\t\u{202e}x\u{9b}\u{200f}", 200),
            "\\u{1b}[2J\\t\\u{202e}x\\u{9b}\\u{200f}"
        );
        assert_eq!(shown("abcd", 3), "abc…");
        assert_eq!(shown("abc", 3), "abc");
    }

    #[test]
    fn an_error_is_one_line_without_advice_and_without_passwords() {
        let said =
            b"git@host: Permission denied (publickey).\r\nfatal: Could not read from remote \
                     repository.\n\nPlease make sure you have the correct access rights\n";
        assert_eq!(
            error(said),
            "git@host: Permission denied (publickey).; Could not read from remote repository."
        );
        assert_eq!(
            error(b"hint: no\nfatal: unable to access 'https://al:s@cret@host/a@b': http://x no"),
            "unable to access 'https://…@host/a@b': http://x no"
        );
        assert_eq!(error(b"\n"), "git gave no reason");
        assert_eq!(error(b"a\xff\x1b"), "a\u{fffd}\\u{1b}");
    }
}
