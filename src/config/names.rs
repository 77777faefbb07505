//! The names that a config gives, each valid from the moment that it exists.

use std::fmt;

/// The longest file name that most file systems take, less what is put around a session's name:
/// `kickoff-….txt` for the prompt, `….log.NNN` for the logs.
const FILE_STEM_MAX: usize = 240;

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing to call it by.
    #[error("is empty")]
    Empty,
    /// A newline, a NUL or another control character.
    #[error("holds a control character ({0})")]
    Control(String),
    /// Files are named after it, and file systems take 255 bytes.
    #[error("is too long: {0} bytes, of at most {FILE_STEM_MAX}")]
    TooLong(usize),
    /// tmux stores it in another form, and not in the same one in every release.
    #[error("holds {0}, which tmux stores in another form in each release")]
    Unstable(String),
    /// A resume id is typed into a command line.
    #[error("may only have letters, digits, `.`, `_` and `-`, and at most 128 of them")]
    NotAnId,
}

/// The name of an agent or of a service; they share one namespace. Never empty, and without
/// control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentName(String);

impl AgentName {
    /// What the watchdog is called on the command line, so that no agent can be.
    pub const WATCHDOG: &'static str = "watchdog";

    /// A name as written in a config or on a command line.
    ///
    /// # Errors
    /// It is empty, holds control characters, or is too long for the files named after it.
    pub fn new(written: &str) -> Result<Self, NameError> {
        check_text(written)?;
        check_length(written)?;
        Ok(Self(written.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as part of a file name: `/` is percent-encoded.
    pub fn file_stem(&self) -> String {
        file_stem(&self.0)
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for AgentName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The name of a tmux session, as tmux stores it and as the config wrote it.
///
/// Two are equal when tmux would store the same name.
#[derive(Debug, Clone)]
pub struct SessionName {
    written: String,
    stored: String,
}

impl SessionName {
    /// The session that tmux makes of what was written: it turns `.` and `:` into `_`.
    ///
    /// A backslash, and a `$` before a letter, `_` or `{`, are escaped by tmux 3.3a and not by
    /// later ones (seen with `list-sessions`), so a session with one could not be found again.
    ///
    /// # Errors
    /// As for [`AgentName::new`], and for such an escape.
    pub fn new(written: &str) -> Result<Self, NameError> {
        check_text(written)?;
        check_length(written)?;
        if let Some(found) = escaped_by_tmux(written) {
            return Err(NameError::Unstable(found));
        }
        Ok(Self {
            written: written.to_owned(),
            stored: written.replace(['.', ':'], "_"),
        })
    }

    /// The name under which tmux finds it.
    pub fn as_str(&self) -> &str {
        &self.stored
    }

    /// The name as the config has it, which is what tmux must be given.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The name as part of a file name: `/` is percent-encoded.
    pub fn file_stem(&self) -> String {
        file_stem(&self.stored)
    }
}

impl PartialEq for SessionName {
    fn eq(&self, other: &Self) -> bool {
        self.stored == other.stored
    }
}

impl Eq for SessionName {}

impl std::hash::Hash for SessionName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.stored.hash(state);
    }
}

impl PartialOrd for SessionName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SessionName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.stored.cmp(&other.stored)
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stored)
    }
}

/// The id of a conversation that an agent can take up again: 1 to 128 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResumeId(String);

impl ResumeId {
    /// An id, as it stands in its file, without the blanks around it.
    ///
    /// # Errors
    /// Any other character, or too many of them.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if (1..=128).contains(&text.len()) && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::NotAnId)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What usage is counted by: agents that share an account share its limits. Never blank, and
/// without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account(String);

impl Account {
    /// An account as written in a config.
    ///
    /// # Errors
    /// It is blank or holds control characters.
    pub fn new(written: &str) -> Result<Self, NameError> {
        check_text(written.trim())?;
        check_text(written)?;
        Ok(Self(written.to_owned()))
    }

    /// The account.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_text(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    match control_character(text) {
        Some(found) => Err(NameError::Control(found)),
        None => Ok(()),
    }
}

fn escaped_by_tmux(name: &str) -> Option<String> {
    let variable = |next: char| next.is_ascii_alphabetic() || next == '_' || next == '{';
    let mut rest = name.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('\\', _) => return Some("a backslash".to_owned()),
            ('$', Some(&next)) if variable(next) => return Some(format!("`${next}`")),
            _ => {}
        }
    }
    None
}

fn check_length(text: &str) -> Result<(), NameError> {
    let length = file_stem(text).len();
    if length > FILE_STEM_MAX {
        Err(NameError::TooLong(length))
    } else {
        Ok(())
    }
}

/// The first control character of a text, as people write it: `\n`, `U+001B`.
pub(super) fn control_character(text: &str) -> Option<String> {
    let found = text.chars().find(|character| steers(*character))?;
    Some(match found {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        other => format!("U+{:04X}", u32::from(other)),
    })
}

/// Whether a character changes how the text around it is shown: control characters, line and
/// paragraph separators, and those that turn the direction of writing.
pub fn steers(character: char) -> bool {
    const SEPARATORS_AND_DIRECTIONS: [std::ops::RangeInclusive<char>; 4] = [
        '\u{61c}'..='\u{61c}',
        '\u{200e}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2066}'..='\u{2069}',
    ];
    character.is_control()
        || SEPARATORS_AND_DIRECTIONS
            .iter()
            .any(|range| range.contains(&character))
}

fn file_stem(name: &str) -> String {
    name.replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_no_name() {
        for text in [
            "a\nb",
            "a\0",
            "\u{1b}[2J",
            "a\u{9b}b",
            "\u{202e}a",
            "a\u{2028}b",
        ] {
            assert!(
                matches!(AgentName::new(text), Err(NameError::Control(_))),
                "{text:?}"
            );
            assert!(
                matches!(SessionName::new(text), Err(NameError::Control(_))),
                "{text:?}"
            );
            assert!(
                matches!(Account::new(text), Err(NameError::Control(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn an_account_is_any_text_that_says_something() {
        assert_eq!(
            Account::new("al@example.org").unwrap().as_str(),
            "al@example.org"
        );
        for blank in ["", " ", "\u{a0}"] {
            assert_eq!(Account::new(blank), Err(NameError::Empty), "{blank:?}");
        }
    }

    #[test]
    fn a_session_is_called_as_tmux_stores_it() {
        let session = SessionName::new("my.site:a").unwrap();
        assert_eq!(session.as_str(), "my_site_a");
        assert_eq!(session.written(), "my.site:a");
        assert_eq!(session, SessionName::new("my_site_a").unwrap());
    }

    #[test]
    fn a_session_that_tmux_would_escape_is_refused() {
        for text in ["a\\b", "$a", "x$_", "${"] {
            assert!(
                matches!(SessionName::new(text), Err(NameError::Unstable(_))),
                "{text:?}"
            );
        }
        for text in ["$", "$1", "a$", "$$", "$-a"] {
            assert!(SessionName::new(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_name_has_room_for_what_its_files_add() {
        assert!(AgentName::new(&"x".repeat(240)).is_ok());
        assert_eq!(
            AgentName::new(&"x".repeat(241)),
            Err(NameError::TooLong(241))
        );
        assert_eq!(
            AgentName::new(&"/".repeat(81)),
            Err(NameError::TooLong(243))
        );
    }
}
