//! A preset as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::SignState;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) about: String,
    #[serde(default)]
    pub(super) process: Option<String>,
    #[serde(default)]
    pub(super) backend: BackendKeys,
    #[serde(default)]
    pub(super) screen: Screen,
    #[serde(default)]
    pub(super) title: Titles,
    #[serde(default)]
    pub(super) progress: Progress,
    #[serde(default)]
    pub(super) status: Status,
    #[serde(default)]
    pub(super) delivery: Delivery,
    #[serde(default)]
    pub(super) dialogs: BTreeMap<String, Dialog>,
    #[serde(default)]
    pub(super) conversation: Option<Conversation>,
    #[serde(default)]
    pub(super) hooks: Option<Hooks>,
    #[serde(default)]
    pub(super) sign: Vec<Sign>,
    /// Where each fact that is no sign is from; for those who read the file.
    #[serde(default, rename = "evidence")]
    _evidence: BTreeMap<String, String>,
}

/// The keys of a `[backend.NAME]` table that a preset may set. They mean what they mean there; what
/// a config says goes before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "named and explained as the keys of a config")]
pub struct BackendKeys {
    pub bin: Option<String>,
    pub prompt_delivery: Option<PromptDelivery>,
    pub flags: Option<String>,
    pub model_flag: Option<String>,
    pub resume_flag: Option<String>,
    pub session_id_flag: Option<String>,
    pub supports_resume: Option<bool>,
    pub submit_key: Option<String>,
    /// In seconds.
    pub connect_delay: Option<u64>,
    /// In seconds.
    pub stall_idle: Option<u64>,
    pub preamble: Option<String>,
    pub attach: Option<String>,
    /// Variables of the agents' environment; those of the config go before.
    pub env: BTreeMap<String, String>,
}

/// How the prompt reaches a fresh agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words of the config")]
pub enum PromptDelivery {
    Arg,
    Ping,
    Exec,
}

/// Where things stand on the program's screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Screen {
    /// A line of the input box: the lowest that it matches.
    pub(super) composer: Option<Spanned<String>>,
    /// The line right above the input box, when it has such a one.
    pub(super) above_composer: Option<Spanned<String>>,
    /// The line that closes the input box.
    pub(super) below_composer: Option<Spanned<String>>,
    /// What begins something newer: a person's prompt, the program's next message.
    pub(super) turn: Option<Spanned<String>>,
}

/// What titles say (OSC 0 and 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Titles {
    pub(super) working: Option<Spanned<String>>,
    pub(super) blocked: Option<Spanned<String>>,
    pub(super) idle: Option<Spanned<String>>,
}

/// What OSC 9;4 says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Progress {
    /// Whether a progress that is shown means that it works.
    pub(super) working: bool,
}

/// What OSC 7501 says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Status {
    /// The states that it never tells; for those who read the file.
    #[serde(rename = "blind")]
    _blind: Vec<String>,
    /// What stands before its messages when the program puts them on the screen.
    #[serde(rename = "as")]
    pub(super) messages: Vec<String>,
    /// Whether it is told that its status is listened to before it asks. A program may take the
    /// silence of tmux, which answers its next question, for a no.
    pub(super) offer: bool,
}

/// How texts reach the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// How long after a pasted text its submit key is pressed at the earliest, in milliseconds.
    pub enter_delay: Option<u64>,
    /// Whether nothing may be typed before an `idle` sign stands on the screen: what comes sooner is
    /// lost.
    pub wait_for_prompt: bool,
    /// Whether a text that is submitted while it works is kept and taken up later.
    pub takes_text_while_working: bool,
    /// The first row of the input, a pattern for the row as it stands, with its frame; the lowest
    /// that it matches counts, and rows right above it that it matches too where nothing has to
    /// stand above. What it matches (frame, prompt) is no text. With it a text is typed only where
    /// the input is seen, and is empty.
    pub input: Option<Spanned<String>>,
    /// The row right above that, where there is such a one.
    pub input_above: Option<Spanned<String>>,
    /// The row that closes the input; without it a blank one does.
    pub input_below: Option<Spanned<String>>,
    /// How many rows at the end of the input, each with a blank one above, are the program's own.
    pub input_foot: usize,
}

/// A dialog that the program shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Dialog {
    /// How an option is chosen.
    pub choose: Choose,
    /// What marks the option that Enter would take, a pattern.
    pub marker: Option<String>,
    /// The labels that an answer may have, by the answer: `yes`, `no`, `wait`.
    #[serde(flatten)]
    pub options: BTreeMap<String, Vec<String>>,
}

/// How an option of a dialog is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choose {
    /// Up and Down until the mark stands before it, then Enter.
    #[default]
    Arrows,
    /// Left and Right until it is marked, then Enter; a mark is then seen by its colours alone, so
    /// this is never done.
    Sideways,
    /// A letter, then Enter: the first one of its label that stands in brackets.
    Letter,
}

/// Which conversation files the program writes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// The kind of files.
    pub files: ConversationFiles,
}

/// The kinds of conversation files that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConversationFiles {
    /// Claude Code: `projects/<directory>/<id>.jsonl` below its config directory.
    Claude,
    /// Codex: `sessions/Y/M/D/rollout-…-<id>.jsonl` below its home.
    Codex,
}

/// How the program is told to call `ao hook`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// Flags of its command line. Slots, each to stand within a string of JSON or TOML: `{hook}`, the
    /// command line `AO hook`, and `{ao}`, the path of ao alone.
    pub flags: String,
}

/// Where a sign has to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Where {
    /// On any line.
    Anywhere,
    /// Above the input box; anywhere if there is none.
    #[default]
    Above,
    /// Above the input box, and nothing newer stands between.
    Turn,
    /// In the input box.
    Composer,
    /// Below the input box.
    Below,
}

/// A sign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sign {
    pub(super) name: Spanned<String>,
    pub(super) state: SignState,
    pub(super) line: Spanned<String>,
    #[serde(default, rename = "where")]
    pub(super) place: Where,
    #[serde(default)]
    pub(super) last: Option<usize>,
    #[serde(default)]
    pub(super) composer: Option<bool>,
    #[serde(default)]
    pub(super) boxed: Option<bool>,
    #[serde(default)]
    pub(super) not: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) next: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) under: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) not_under: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) with: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) without: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) weak: bool,
    #[serde(default)]
    pub(super) hard: bool,
    #[serde(default)]
    pub(super) resumes: bool,
    #[serde(default)]
    pub(super) full: bool,
    #[serde(default)]
    pub(super) no_conversation: bool,
    #[serde(default)]
    pub(super) dialog: Option<String>,
    /// Where the fact is from; for those who read the file.
    #[serde(rename = "evidence")]
    _evidence: String,
}
