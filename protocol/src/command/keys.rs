//! Keys.

use super::{Command, Words};
use crate::PaneId;

/// How many bytes one `send-keys -H` carries: each is an argument.
const HEX_BYTES: usize = 4_000;

/// `send-keys`: it types. While the pane is in a mode, such as copy mode, the mode gets the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendKeys {
    /// The pane.
    pub target: PaneId,
    /// What is typed.
    pub keys: Keys,
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// A text, character by character.
    Literal(Vec<u8>),
    /// Keys by their names: `Enter`, `C-c`, `M-x`. What is not a key's name is typed as text.
    Names(Vec<Vec<u8>>),
    /// Exact bytes, in as many commands as it takes: 4,000 bytes in each.
    Hex(Vec<u8>),
}

impl Command for SendKeys {
    fn write(&self, words: &mut Words) {
        let mut begin = |flag: &'static str| {
            words.command("send-keys");
            words.flag(flag, !flag.is_empty());
            words.target(&self.target.into());
        };
        match &self.keys {
            Keys::Literal(text) => {
                begin("-l");
                words.values([text]);
            }
            Keys::Names(names) if names.is_empty() => {}
            Keys::Names(names) => {
                begin("");
                words.values(names);
            }
            Keys::Hex(bytes) => {
                for chunk in bytes.chunks(HEX_BYTES) {
                    words.command("send-keys");
                    words.flag("-H", true);
                    words.target(&self.target.into());
                    words.values(chunk.iter().map(|byte| format!("{byte:02x}")));
                }
            }
        }
    }
}
