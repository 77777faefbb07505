//! What is known of an agent, and by what.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::reset::Reset;
use super::waiting::Waiting;

/// What an agent is doing, as far as its pane shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Nothing tells.
    #[default]
    Unknown,
    /// It works.
    Working,
    /// What it talks to is away for the moment, and it tries again by itself. No pattern of a
    /// config says so.
    Retrying,
    /// It does nothing.
    Idle,
    /// It asks something that a person has to answer.
    NeedsPerson,
    /// It wants a person to log in.
    Login,
    /// Its usage limit is reached.
    Limited,
    /// Its session cannot go on.
    Fatal,
}

/// What a fact was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Rows that match `active_re`.
    ActiveRe,
    /// Rows that match `login_re`.
    LoginRe,
    /// Rows that match `limit_re`.
    LimitRe,
    /// Rows that match `dialog_re`.
    DialogRe,
    /// Rows that match `fatal_re`.
    FatalRe,
    /// Output within `log_grace`.
    LogGrace,
    /// A program's own status in its output (OSC 7501).
    Status,
    /// A hook of the program's, which called `ao hook`.
    Hook,
    /// The file in which the program keeps the conversation.
    Conversation,
    /// The title that the program gave its terminal.
    Title,
    /// The progress that the program told its terminal (OSC 9;4).
    Progress,
    /// Rows that match a sign of the preset.
    Rows,
    /// Nothing that says otherwise.
    #[default]
    Silence,
}

impl Signal {
    /// The word for it; for a pattern its key in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActiveRe => "active_re",
            Self::LoginRe => "login_re",
            Self::LimitRe => "limit_re",
            Self::DialogRe => "dialog_re",
            Self::FatalRe => "fatal_re",
            Self::LogGrace => "log_grace",
            Self::Status => "status",
            Self::Hook => "hook",
            Self::Conversation => "conversation",
            Self::Title => "title",
            Self::Progress => "progress",
            Self::Rows => "rows",
            Self::Silence => "silence",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a pane shows of its agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fact {
    /// What it does.
    pub state: Seen,
    /// What showed it.
    pub signal: Signal,
    /// The lines of the screen that matched, from the top, when it became so: at most
    /// [`Fact::ROWS_MAX`], the lowest of them, each cut at [`Fact::ROW_BYTES_MAX`]. Rows that the
    /// terminal wrapped are one line. Empty when no pattern showed it.
    pub rows: Vec<String>,
    /// The row of the screen, from 0, at which the first line begins that showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u16>,
    /// The name of the preset's sign that showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Which dialog stands there, by the preset's name for it or the program's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialog: Option<String>,
    /// What it says of the limit, when it is limited; else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Until when it waits, as it says itself. None while it works: then that counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Whether it says that the conversation that it was to take up does not exist. Not told while
    /// it works.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_conversation: bool,
    /// Whether the conversation is full: taking it up again cures nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// How much of the conversation's context is left, in percent, where the program shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_left: Option<u8>,
    /// What a signal that lost says instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicts: Option<(Signal, Seen)>,
}

/// What a screen says of a usage limit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limit {
    /// When it ends, as the banner writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<Reset>,
    /// Whether the agent says that it goes on by itself then: a key that is typed would end that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resumes_itself: bool,
    /// Whether it is a cap on spending that does not end by itself, whatever time it names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hard: bool,
}

impl Limit {
    /// What the program says itself, with what only its rows say. A cap has no end.
    pub(super) fn over(self, shown: Option<Self>) -> Self {
        let shown = shown.unwrap_or_default();
        let hard = self.hard || shown.hard;
        Self {
            reset: self.reset.or(shown.reset).filter(|_| !hard),
            resumes_itself: self.resumes_itself || shown.resumes_itself,
            hard,
        }
    }
}

impl Fact {
    /// How many lines a fact carries.
    pub const ROWS_MAX: usize = 8;
    /// How many bytes of a line a fact carries.
    pub const ROW_BYTES_MAX: usize = 1024;

    /// Whether it says something else than the one before. Rows that read otherwise are no news, nor
    /// is where they stand, nor a context that shrinks.
    pub(super) fn is_news_after(&self, before: &Self) -> bool {
        let told = |fact: &Self| {
            (
                (fact.state, fact.signal, fact.waiting, fact.contradicts),
                (fact.no_conversation, fact.full),
            )
        };
        told(self) != told(before)
            || (&self.pattern, &self.dialog, &self.limit)
                != (&before.pattern, &before.dialog, &before.limit)
    }
}
