//! What a program says of itself beside its screen: its status in the stream (OSC 7501), its hooks,
//! its conversation file.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fact::Signal;

/// The longest message that is read, in bytes.
pub(super) const MESSAGE_MAX: usize = 2048;

/// One such word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it says.
    pub word: Word,
    /// Where it says so: [`Signal::Status`], [`Signal::Hook`] or [`Signal::Conversation`].
    pub by: Signal,
}

/// What a program says that it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It works.
    Working,
    /// It does nothing, or is done.
    Idle,
    /// It asks something.
    Blocked {
        /// What kind of question, in the program's words.
        kind: Option<String>,
        /// What it says about it.
        message: Option<String>,
    },
    /// A turn failed; what it says about it.
    Failed(Option<String>),
    /// Its usage limit is reached.
    Limited {
        /// When that ends, exactly.
        until: Option<Timestamp>,
        /// It is a cap that does not end by itself.
        hard: bool,
    },
    /// A person has to log in.
    Login,
    /// Its conversation is full.
    Full,
    /// It says nothing any more.
    Gone,
}

/// Something that was told, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) told: Told,
    pub(super) at: Duration,
}

/// Within so long two words count as said at once: then the one that is trusted more wins.
const AT_ONCE: Duration = Duration::from_secs(1);

impl Heard {
    /// Whether another word only says once more, with less, that it asks something.
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        let nameless = Word::Blocked {
            kind: None,
            message: None,
        };
        matches!(self.told.word, Word::Blocked { .. }) && other.told.word == nameless
    }

    /// Which of two words holds: the newer one, unless they were said at once.
    pub(super) fn outweighs(&self, other: &Self) -> bool {
        let trust = |heard: &Self| match heard.told.by {
            Signal::Status => 2,
            Signal::Hook => 1,
            _ => 0,
        };
        if self.at.abs_diff(other.at) < AT_ONCE {
            trust(self) >= trust(other)
        } else {
            self.at > other.at
        }
    }
}

/// Whether a status (OSC 7501) asks if the terminal listens to such.
pub fn asks_for_status(status: &[u8]) -> bool {
    status == b"?"
}

/// What a status (OSC 7501) says: `state=blocked:kind=permission:msg=<base64>`, its fields in any
/// order and parted by colons. None for what is no status.
pub fn status(status: &[u8]) -> Option<Word> {
    let text = std::str::from_utf8(status).ok()?;
    let field = |name: &str| {
        text.split(':').find_map(|field| {
            let (key, value) = field.split_once('=')?;
            (key.trim() == name).then_some(value.trim())
        })
    };
    let message = || field("msg").and_then(message);
    let kind = || field("kind").map(|kind| plain(kind, 64));
    Some(match field("state")? {
        "working" => Word::Working,
        "idle" | "done" => Word::Idle,
        "blocked" if field("kind") == Some("auth") => Word::Login,
        "blocked" => Word::Blocked {
            kind: kind(),
            message: message(),
        },
        "error" => Word::Failed(message()),
        "clear" => Word::Gone,
        _ => return None,
    })
}

/// The text of a message.
fn message(encoded: &str) -> Option<String> {
    use base64::Engine;
    use base64::engine::DecodePaddingMode;
    use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
    const ANY: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, ANY);
    let bytes = engine
        .decode(encoded.get(..encoded.len().min(2 * MESSAGE_MAX))?)
        .ok()?;
    Some(plain(&String::from_utf8_lossy(&bytes), MESSAGE_MAX))
}

/// Without control characters, and cut.
pub(super) fn plain(text: &str, most: usize) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_send_is_read() {
        let blocked = |kind: Option<&str>, message: Option<&str>| Word::Blocked {
            kind: kind.map(str::to_owned),
            message: message.map(str::to_owned),
        };
        for (sent, means) in [
            ("state=idle:app=codex", Some(Word::Idle)),
            ("state=done", Some(Word::Idle)),
            ("app=codex:state=working", Some(Word::Working)),
            (
                "state=blocked:app=codex:kind=permission",
                Some(blocked(Some("permission"), None)),
            ),
            (
                "state=blocked:msg=ZGlhbG9nIG9wZW4=",
                Some(blocked(None, Some("dialog open"))),
            ),
            ("state=blocked:kind=auth:msg=eA", Some(Word::Login)),
            (
                "state=error:msg=WW91J3ZlIGhpdCBpdAo",
                Some(Word::Failed(Some("You've hit it".to_owned()))),
            ),
            ("state=error:msg=!!!", Some(Word::Failed(None))),
            ("state=clear", Some(Word::Gone)),
            ("state=dancing", None),
            ("?", None),
            ("", None),
            ("state", None),
        ] {
            assert_eq!(status(sent.as_bytes()), means, "{sent}");
        }
        assert_eq!(status(b"state=idle\xff"), None);
        assert!(asks_for_status(b"?") && !asks_for_status(b"??"));
    }

    #[test]
    fn the_newer_word_wins_and_of_two_at_once_the_more_trusted() {
        let heard = |by, seconds: f32| Heard {
            told: Told {
                word: Word::Idle,
                by,
            },
            at: Duration::from_secs_f32(seconds),
        };
        let status = heard(Signal::Status, 10.0);
        assert!(heard(Signal::Hook, 12.0).outweighs(&status));
        assert!(!heard(Signal::Hook, 10.5).outweighs(&status));
        assert!(heard(Signal::Status, 9.5).outweighs(&heard(Signal::Hook, 10.0)));
        assert!(!heard(Signal::Status, 5.0).outweighs(&heard(Signal::Conversation, 10.0)));
    }

    proptest::proptest! {
        #[test]
        fn no_status_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = status(&bytes);
            let _ = status(&[b"state=error:msg=".as_slice(), &bytes].concat());
        }
    }
}
