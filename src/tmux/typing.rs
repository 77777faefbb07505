//! Typing into a pane.

use tmux_control::CommandLine;
use tmux_control::command::{DeleteBuffer, Keys, PasteBuffer, SendKeys, SetBuffer};

use super::{Connection, PaneId, TmuxError};

/// The longest text that is pasted, in bytes.
const PASTE_MAX: usize = 256 * 1024;

impl Connection {
    /// Pastes text into a pane, as one bracketed paste if the program asked for those. Newlines are
    /// sent as they are. Nothing is submitted.
    ///
    /// # Errors
    /// [`TmuxError::Unsendable`] for control bytes other than newline and tab, and for more than
    /// 256 KiB; [`TmuxError::Command`] when the pane is gone.
    pub async fn paste(&self, pane: PaneId, text: &[u8]) -> Result<(), TmuxError> {
        check_text(text)?;
        if text.is_empty() {
            return Ok(());
        }
        let name = self.unique_name().into_bytes();
        let set = SetBuffer {
            name: Some(name.clone()),
            data: text.to_vec(),
            append: false,
        };
        let paste = PasteBuffer {
            name: Some(name.clone()),
            target: pane,
            bracketed: true,
            raw: true,
            delete: true,
        };
        let pasted = self
            .request(&CommandLine::new(&set)?.then(&paste)?)
            .await
            .map(drop);
        if matches!(pasted, Err(TmuxError::Command { .. })) {
            // The text may be secret, and the pane that it was for is gone.
            let name = Some(name);
            let _ = self.ask(&CommandLine::new(&DeleteBuffer { name })?).await;
        }
        pasted
    }

    /// Presses a key in a pane, by tmux's name for it: `Enter`, `C-m`, `Escape`, `y`.
    ///
    /// While somebody looks at the pane's history ([`super::Screen::in_mode`]) the key goes there.
    ///
    /// # Errors
    /// [`TmuxError::Unsendable`] for what is not the name of one key, since tmux would type it letter
    /// by letter; [`TmuxError::Command`] when the pane is gone.
    pub async fn key(&self, pane: PaneId, name: &str) -> Result<(), TmuxError> {
        if !is_key(name) {
            return Err(TmuxError::Unsendable {
                reason: format!("{name:?} is not the name of a key, as in `Enter` or `C-m`"),
            });
        }
        let keys = SendKeys {
            target: pane,
            keys: Keys::Names(vec![name.as_bytes().to_vec()]),
        };
        self.request(&CommandLine::new(&keys)?).await.map(drop)
    }
}

/// Refuses what could be more than text to a program: control bytes, among them the ends of a
/// bracketed paste, and the control characters from U+0080 to U+009F.
fn check_text(text: &[u8]) -> Result<(), TmuxError> {
    let refuse = |reason: String| Err(TmuxError::Unsendable { reason });
    if text.len() > PASTE_MAX {
        return refuse(format!(
            "{} bytes of text; at most {PASTE_MAX} are typed",
            text.len()
        ));
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return refuse("the text is not UTF-8".to_owned());
    };
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    match text.chars().find(control) {
        Some(c) => refuse(format!("the text holds the control character {c:?}")),
        None => Ok(()),
    }
}

/// Keys that have a name of their own (key-string.c), as people write them.
const NAMED: [&str; 24] = [
    "Enter", "Escape", "Space", "Tab", "BTab", "BSpace", "Up", "Down", "Left", "Right", "Home",
    "End", "PageUp", "PgUp", "PPage", "PageDown", "PgDn", "NPage", "Insert", "IC", "Delete", "DC",
    "KPEnter", "Any",
];

/// Whether tmux takes this for one key: modifiers, then a name or one character.
fn is_key(name: &str) -> bool {
    let mut key = name;
    while let Some((modifier, rest)) = key.split_at_checked(2) {
        let known = matches!(modifier, "C-" | "M-" | "S-" | "c-" | "m-" | "s-");
        if !known || rest.is_empty() {
            break;
        }
        key = rest;
    }
    let mut chars = key.chars();
    let one = chars.next().is_some_and(|c| !c.is_control()) && chars.next().is_none();
    let caret = key.len() == 2 && key.starts_with('^') && key.is_ascii();
    let function = key
        .strip_prefix(['F', 'f'])
        .and_then(|number| number.parse::<u8>().ok())
        .is_some_and(|number| (1..=12).contains(&number));
    one || caret || function || NAMED.iter().any(|named| named.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_bytes_are_never_typed() {
        for text in ["\x1b[201~", "a\x03", "\0", "\x7f", "\u{9b}", "\r", "\x1bc"] {
            assert!(check_text(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(check_text(b"\xff").is_err());
        assert!(check_text(&vec![b'a'; PASTE_MAX + 1]).is_err());
        for text in ["two\nlines\tand more", "grüße 🦀", "#(x) 'y' \"z\" $HOME ;"] {
            assert!(check_text(text.as_bytes()).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_key_is_one_key() {
        for name in [
            "Enter", "C-m", "M-Enter", "C-M-x", "y", "F5", "^M", "escape", "C--", "-", "ü",
        ] {
            assert!(is_key(name), "{name:?}");
        }
        for name in ["", "rm -rf", "Enterr", "C-", "F13", "C-xy", "\r"] {
            assert!(!is_key(name), "{name:?}");
        }
    }
}
