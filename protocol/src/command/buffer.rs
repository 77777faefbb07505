//! Paste buffers.

use super::{Command, Words};
use crate::{PaneId, Text};

fn named(words: &mut Words, name: &Option<Vec<u8>>) {
    if let Some(name) = name {
        words.option("-b", name);
    }
}

/// `set-buffer`. Empty data changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetBuffer {
    /// The buffer; a new one that tmux names otherwise.
    pub name: Option<Vec<u8>>,
    /// What it holds.
    pub data: Vec<u8>,
    /// Whether it is added to what the buffer has.
    pub append: bool,
}

impl Command for SetBuffer {
    fn write(&self, words: &mut Words) {
        words.command("set-buffer");
        words.flag("-a", self.append);
        named(words, &self.name);
        words.values([&self.data]);
    }
}

/// `show-buffer`: the reply is what the buffer holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShowBuffer {
    /// The buffer; the newest one otherwise.
    pub name: Option<Vec<u8>>,
}

impl Command for ShowBuffer {
    fn write(&self, words: &mut Words) {
        words.command("show-buffer");
        named(words, &self.name);
    }
}

/// `save-buffer`: the server writes a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveBuffer {
    /// The buffer; the newest one otherwise.
    pub name: Option<Vec<u8>>,
    /// The file. What is not absolute is taken from where the client was started.
    pub path: Text,
    /// Whether it is added to what the file has.
    pub append: bool,
}

impl Command for SaveBuffer {
    fn write(&self, words: &mut Words) {
        words.command("save-buffer");
        words.flag("-a", self.append);
        named(words, &self.name);
        words.values([self.path.to_format()]);
    }
}

/// `paste-buffer`: what the buffer holds is typed into a pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasteBuffer {
    /// The buffer; the newest one otherwise.
    pub name: Option<Vec<u8>>,
    /// The pane.
    pub target: PaneId,
    /// With the marks of a bracketed paste, if the program asked for them.
    pub bracketed: bool,
    /// Line feeds stay so; else they become carriage returns.
    pub raw: bool,
    /// Whether the buffer is deleted afterwards.
    pub delete: bool,
}

impl Command for PasteBuffer {
    fn write(&self, words: &mut Words) {
        words.command("paste-buffer");
        words.flag("-p", self.bracketed);
        words.flag("-r", self.raw);
        words.flag("-d", self.delete);
        named(words, &self.name);
        words.target(&self.target.into());
    }
}

/// `delete-buffer`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteBuffer {
    /// The buffer; the newest one otherwise.
    pub name: Option<Vec<u8>>,
}

impl Command for DeleteBuffer {
    fn write(&self, words: &mut Words) {
        words.command("delete-buffer");
        named(words, &self.name);
    }
}
