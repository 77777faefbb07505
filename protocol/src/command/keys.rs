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

/// What is typed. A line that types nothing cannot be built.
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
        let target = self.target.into();
        // Without keys `send-keys` would send the key that ran it, so nothing is written then.
        match &self.keys {
            Keys::Literal(text) if !text.is_empty() => {
                words.command("send-keys");
                words.flag("-l", true);
                words.target(&target);
                words.values([text]);
            }
            Keys::Names(names) if !names.is_empty() => {
                words.command("send-keys");
                words.target(&target);
                words.values(names);
            }
            Keys::Literal(_) | Keys::Names(_) => {}
            Keys::Hex(bytes) => {
                for chunk in bytes.chunks(HEX_BYTES) {
                    words.command("send-keys");
                    words.flag("-H", true);
                    words.target(&target);
                    words.values(chunk.iter().map(|byte| format!("{byte:02x}")));
                }
            }
        }
    }
}
