//! What is known of a command line program, as data: how it is run, and what its screen says.
//!
//! A preset is a TOML file ([`mod@file`]): the keys of a `[backend.NAME]` table that it stands for, where
//! things stand on its screen, and signs, each a pattern with the place where it counts and the
//! source of the fact. The presets of `presets/` are built in; a file beside a config adds to them.
//! What is drawn around the conversation is matched, never the conversation itself: an agent that
//! talks of a limit is not limited.
//!
//! [`Rules`] are the signs, compiled into one set. What they mean on a screen is up to
//! [`crate::detect`].

mod builtin;
pub mod file;
mod input;
mod matches;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use builtin::{builtin, builtin_names};
pub use file::{
    BackendKeys, Choose, Conversation, ConversationFiles, Delivery, Dialog, Hooks, PromptDelivery,
    Where,
};
pub use input::Input;
pub use matches::{Matches, PatternId};
pub use rules::{Composer, Rules, Sign, SignState, Title};

use file::File;

/// What is known of one program.
#[derive(Debug)]
pub struct Preset {
    /// Its name, which `preset = "…"` and `backend = "…"` say.
    pub name: String,
    /// The program and its releases, for people.
    pub about: String,
    /// The name of the program's process.
    pub process: Option<String>,
    /// The keys of a `[backend.NAME]` table, as far as it sets them.
    pub backend: BackendKeys,
    /// The dialogs that it knows, by name.
    pub dialogs: BTreeMap<String, Dialog>,
    /// How texts reach the program.
    pub delivery: Delivery,
    /// Where it writes its conversations.
    pub conversation: Option<Conversation>,
    /// How it is told to call `ao hook`.
    pub hooks: Option<Hooks>,
    /// Prefixes under which its own messages stand on the screen.
    pub messages: Vec<String>,
    /// Whether it is told early that its status is listened to: it asks, and does not wait.
    pub offers_status: bool,
    source: Source,
    rules: OnceLock<Rules>,
    input: OnceLock<Option<Input>>,
}

/// What the rules are made of, when they are needed: a verb that only reads a config needs none.
#[derive(Debug)]
struct Source {
    screen: file::Screen,
    title: file::Titles,
    progress: file::Progress,
    signs: Vec<file::Sign>,
}

/// What is wrong with a preset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PresetError {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Option<std::ops::Range<usize>>,
    /// What to do.
    pub hint: String,
}

impl Preset {
    /// Reads a preset and checks all of it.
    ///
    /// # Errors
    /// It is no TOML, has keys that are unknown, a pattern that does not compile, or a name that
    /// nothing has.
    pub fn parse(text: &str) -> Result<Self, PresetError> {
        let preset = Self::parse_lazily(text)?;
        let rules = Rules::compile(&preset.source)?;
        for sign in rules.signs() {
            if let Some(dialog) = &sign.dialog
                && sign.state == SignState::NeedsInput
                && !preset.dialogs.contains_key(dialog)
            {
                return Err(PresetError {
                    message: format!("the sign `{}` names no dialog of this preset", sign.name),
                    span: None,
                    hint: format!("write a [dialogs.{dialog}] table; it may be empty"),
                });
            }
        }
        let _ = preset.rules.set(rules);
        let _ = preset.input.set(Input::compile(&preset.delivery)?);
        Ok(preset)
    }

    /// Reads a preset; its patterns are compiled when they are needed. They are known to be right.
    fn parse_lazily(text: &str) -> Result<Self, PresetError> {
        let file: File = toml::from_str(text).map_err(|error| PresetError {
            message: error.message().to_owned(),
            span: error.span(),
            hint: "the README names the keys of a preset".to_owned(),
        })?;
        Ok(Self {
            name: file.name,
            about: file.about,
            process: file.process,
            backend: file.backend,
            dialogs: file.dialogs,
            delivery: file.delivery,
            conversation: file.conversation,
            hooks: file.hooks,
            messages: file.status.messages,
            offers_status: file.status.offer,
            source: Source {
                screen: file.screen,
                title: file.title,
                progress: file.progress,
                signs: file.sign,
            },
            rules: OnceLock::new(),
            input: OnceLock::new(),
        })
    }

    /// Its signs, compiled.
    pub fn rules(&self) -> &Rules {
        self.rules.get_or_init(|| {
            // A preset of a user was compiled when it was read, a built-in one is tested.
            Rules::compile(&self.source).unwrap_or_default()
        })
    }

    /// Where what is typed stands; none for a program whose input is not known.
    pub fn input(&self) -> Option<&Input> {
        let input = self.input.get_or_init(|| {
            // As for the rules.
            Input::compile(&self.delivery).unwrap_or_default()
        });
        input.as_ref()
    }

    /// Options of a dialog that an answer means: those that the preset lists for it, else the answer
    /// itself is an option's label.
    pub fn labels(&self, dialog: &str, answer: &str) -> Vec<String> {
        let known = self.dialogs.get(dialog);
        match known.and_then(|dialog| dialog.options.get(answer)) {
            Some(labels) => labels.clone(),
            None => vec![answer.to_owned()],
        }
    }
}

impl PartialEq for Preset {
    /// Two presets are the same if they say the same.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (&self.name, &self.backend, &self.dialogs, &self.delivery)
                == (&other.name, &other.backend, &other.dialogs, &other.delivery)
                && (&self.process, &self.conversation, &self.hooks)
                    == (&other.process, &other.conversation, &other.hooks)
                && (&self.messages, self.offers_status) == (&other.messages, other.offers_status)
                && self.source == other.source
    }
}

impl Eq for Preset {}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.screen, &self.title, &self.progress, &self.signs)
            == (&other.screen, &other.title, &other.progress, &other.signs)
    }
}

/// The presets that a config can name.
#[derive(Debug, Clone, Default)]
pub struct Presets {
    own: BTreeMap<String, Arc<Preset>>,
}

impl Presets {
    /// Adds one, instead of a built-in one of its name.
    pub fn add(&mut self, preset: Preset) {
        self.own.insert(preset.name.clone(), Arc::new(preset));
    }

    /// The preset of this name.
    pub fn get(&self, name: &str) -> Option<Arc<Preset>> {
        self.own.get(name).cloned().or_else(|| builtin(name))
    }

    /// All names, in order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = builtin_names().map(str::to_owned).collect();
        names.extend(self.own.keys().cloned());
        names.sort_unstable();
        names.dedup();
        names
    }
}
