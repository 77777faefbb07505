//! How one kind of agent is run and read: a `[backend.NAME]` table.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::Place;
use super::environment::Environment;
use crate::pattern::Pattern as Regex;
use crate::preset::Preset;

/// How the prompt reaches a fresh agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// As the last argument of the command line.
    Argument,
    /// Typed into the running program, once its screen stands still.
    Ping,
    /// Not at all: the command line says itself where it reads its prompt.
    Exec,
}

impl Delivery {
    /// The word of the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Argument => "arg",
            Self::Ping => "ping",
            Self::Exec => "exec",
        }
    }
}

/// A pattern of the config, compiled: Python's syntax, any case.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The expression's text.
    pub text: String,
    /// Where it stands in the config; `None` for a default.
    pub place: Option<Place>,
    /// What it looks for.
    pub regex: Arc<Regex>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// A key as tmux names it: `Enter`, `C-m`, `M-Enter`, `F5`. Never empty, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SubmitKey(pub(super) String);

impl Default for SubmitKey {
    /// `Enter`.
    fn default() -> Self {
        Self("Enter".to_owned())
    }
}

impl SubmitKey {
    /// The name to give to `send-keys`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is answered to dialogs without asking a person: the answer by the dialog's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    pub(super) fn set(&mut self, dialog: String, answer: String) {
        self.0.insert(dialog, answer);
    }

    /// Lets `later` override what is here.
    pub(super) fn extend(&mut self, later: &Self) {
        let later = later.0.iter();
        self.0
            .extend(later.map(|(dialog, answer)| (dialog.clone(), answer.clone())));
    }

    /// The answer to a dialog.
    pub fn to(&self, dialog: &str) -> Option<&str> {
        self.0.get(dialog).map(String::as_str)
    }

    /// Every dialog with its answer, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.map(|(dialog, answer)| (dialog.as_str(), answer.as_str()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A `[backend.NAME]` table with every default in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The table's name.
    pub name: String,
    /// What is known of the program, if the config says which it is.
    pub preset: Option<Arc<Preset>>,
    /// The command, as a shell line.
    pub bin: String,
    /// How the prompt is handed over.
    pub delivery: Delivery,
    /// More of the command line, as a shell line; may be empty.
    pub flags: String,
    /// What names the model on the command line; slot `{model}`.
    pub model_flag: String,
    /// What takes a conversation up again; slot `{id}`.
    pub resume_flag: String,
    /// What gives a new conversation an id of our choice; slot `{id}`. `None` for a program that
    /// takes none.
    pub session_id_flag: Option<String>,
    /// Whether a resume id may be used at all.
    pub supports_resume: bool,
    /// What is answered to its dialogs.
    pub answers: Answers,
    /// Whether the program is told to call `ao hook`.
    pub hooks: bool,
    /// Whether `remote_control_flag` is part of the command line.
    pub remote_control: bool,
    /// What switches remote control on; slot `{session}`.
    pub remote_control_flag: String,
    /// The name of the program's process, to recognise a pane that runs another backend.
    pub process_name: Option<String>,
    /// What submits a text; see [`Backend::boot_key`] and [`Backend::submit_key`].
    pub written_submit_key: Option<SubmitKey>,
    /// The longest wait for the program's screen before the first text is typed.
    pub connect_delay: Duration,
    /// A shell line that is run before a `ping` program; may be empty.
    pub preamble: String,
    /// The command line of a `ping` program; slots `{bin}`, `{server}`, `{dir}`.
    pub attach: String,
    /// What `{server}` stands for.
    pub server: String,
    /// Whether a `ping` program is told its model by `OPENCODE_CONFIG_CONTENT`.
    pub model_env: bool,
    /// Rows that show that the agent works.
    pub active_re: Option<Pattern>,
    /// Rows that show that the agent wants a person to log in.
    pub login_re: Option<Pattern>,
    /// Rows that show that a usage limit is reached.
    pub limit_re: Option<Pattern>,
    /// Rows that show that the agent asks something that a person has to answer.
    pub dialog_re: Option<Pattern>,
    /// Rows that show that the session cannot go on.
    pub fatal_re: Option<Pattern>,
    /// Whether the program has a footer that stays on the screen after a turn.
    pub footer_ui: bool,
    /// For a `footer_ui`: output this recent counts as work.
    pub log_grace: Duration,
    /// How long an agent may be idle before it counts as stalled.
    pub stall_idle: Duration,
    /// The variables of this backend alone (its agents' own are in [`super::Agent::env`]).
    pub env: Environment,
}

impl Backend {
    /// The key that submits the first text after a start: `C-m` unless the config says otherwise.
    pub fn boot_key(&self) -> SubmitKey {
        self.written_submit_key
            .clone()
            .unwrap_or_else(|| SubmitKey("C-m".to_owned()))
    }

    /// The key that submits any later text: `Enter` unless the config says otherwise.
    pub fn submit_key(&self) -> SubmitKey {
        self.written_submit_key
            .clone()
            .unwrap_or_else(|| SubmitKey("Enter".to_owned()))
    }
}
