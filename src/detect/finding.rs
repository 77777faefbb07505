//! A fact as people and their scripts get it: in one word, with times on the calendar.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::fact::{Fact, Limit, Seen, Signal};

/// What an agent is doing, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// It works.
    Working,
    /// What it talks to is away for the moment, and it tries again by itself.
    Retrying,
    /// It does nothing.
    Idle,
    /// It does nothing, and says until when.
    Waiting,
    /// It asks something that a person has to answer.
    NeedsInput,
    /// It wants a person to log in.
    Login,
    /// Its usage limit is reached.
    Limited,
    /// Its session cannot go on.
    Fatal,
    /// Nothing tells.
    Unknown,
}

impl Doing {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Working,
        Self::Retrying,
        Self::Idle,
        Self::Waiting,
        Self::NeedsInput,
        Self::Login,
        Self::Limited,
        Self::Fatal,
        Self::Unknown,
    ];

    /// What a fact says. Who waits says so where nothing else holds: a marker changes nothing about
    /// work, a limit or a question.
    pub fn of(fact: &Fact) -> Self {
        match fact.state {
            Seen::Idle | Seen::Unknown if fact.waiting.is_some() => Self::Waiting,
            Seen::Working => Self::Working,
            Seen::Retrying => Self::Retrying,
            Seen::Idle => Self::Idle,
            Seen::NeedsPerson => Self::NeedsInput,
            Seen::Login => Self::Login,
            Seen::Limited => Self::Limited,
            Seen::Fatal => Self::Fatal,
            Seen::Unknown => Self::Unknown,
        }
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Retrying => "retrying",
            Self::Idle => "idle",
            Self::Waiting => "waiting",
            Self::NeedsInput => "needs-input",
            Self::Login => "login",
            Self::Limited => "limited",
            Self::Fatal => "fatal",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The document of `ao detect --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it does.
    pub state: Doing,
    /// What showed it.
    pub signal: Signal,
    /// The row of the screen that showed it, from 0.
    pub row: Option<u16>,
    /// The preset's sign that showed it.
    pub pattern: Option<String>,
    /// Which dialog stands there.
    pub dialog: Option<String>,
    /// What is known of the limit; null unless it is limited.
    pub limit: Option<LimitFound>,
    /// The conversation is full. Absent unless it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// How much of its context is left, in percent. Absent where the screen does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_left: Option<u8>,
}

/// What is known of a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitFound {
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Whether it is a cap that does not end by itself.
    pub hard: bool,
    /// What told when it ends: `rows`, `status`, `conversation` or `hook`. Null where nothing did.
    pub source: Option<&'static str>,
}

impl Finding {
    /// What a fact means, when it is seen at `now` by somebody in the zone `local`.
    pub fn of(fact: &Fact, now: Timestamp, local: &TimeZone) -> Self {
        let limited = fact.state == Seen::Limited;
        let nothing = Limit::default();
        let limit = limited.then(|| fact.limit.as_ref().unwrap_or(&nothing));
        Self {
            state: Doing::of(fact),
            signal: fact.signal,
            row: fact.row,
            pattern: fact.pattern.clone(),
            dialog: fact.dialog.clone(),
            limit: limit.map(|limit| {
                let until = limit
                    .reset
                    .as_ref()
                    .and_then(|reset| reset.named(now, local));
                LimitFound {
                    // A document has whole seconds: banners tell no more.
                    until: until.and_then(whole_seconds),
                    hard: limit.hard,
                    source: until.map(|_| source(fact, limit)),
                }
            }),
            full: fact.full,
            context_left: fact.context_left,
        }
    }
}

fn whole_seconds(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(at.as_second()).ok()
}

/// Where the end of a limit was read. What the program says beside its screen may leave the time to
/// its rows.
fn source(fact: &Fact, limit: &Limit) -> &'static str {
    let words = limit.reset.as_ref().map(|reset| reset.text());
    let is_shown = || {
        let on_screen = fact.row.is_some() || fact.pattern.is_none();
        let mut rows = fact.rows.iter();
        on_screen && rows.any(|row| words.is_some_and(|words| one_line(row).contains(words)))
    };
    match fact.signal {
        Signal::Status | Signal::Conversation | Signal::Hook if !is_shown() => fact.signal.as_str(),
        _ => "rows",
    }
}

fn one_line(row: &str) -> String {
    row.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Reset, reset_in, waiting_in};

    fn limited(signal: Signal, reset: Option<Reset>, rows: &[&str]) -> Fact {
        Fact {
            state: Seen::Limited,
            signal,
            row: (!rows.is_empty()).then_some(3),
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
            limit: Some(Limit {
                reset,
                ..Limit::default()
            }),
            ..Fact::default()
        }
    }

    fn found(fact: &Fact) -> String {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        serde_json::to_string(&Finding::of(fact, now, &zone)).unwrap()
    }

    #[test]
    fn the_document_has_all_its_keys_whatever_is_known() {
        assert_eq!(
            found(&Fact::default()),
            r#"{"state":"unknown","signal":"silence","row":null,"pattern":null,"dialog":null,"limit":null}"#
        );
        assert_eq!(
            found(&limited(Signal::Rows, None, &[])),
            r#"{"state":"limited","signal":"rows","row":null,"pattern":null,"dialog":null,"limit":{"until":null,"hard":false,"source":null}}"#
        );
    }

    #[test]
    fn a_limit_tells_its_end_in_utc_and_where_that_was_read() {
        let banner = "You've hit your limit \u{b7} resets 12:49pm";
        let by_rows = found(&limited(Signal::Rows, reset_in(banner), &[banner]));
        assert!(
            by_rows.ends_with(
                r#""limit":{"until":"2026-11-23T11:49:00Z","hard":false,"source":"rows"}}"#
            ),
            "{by_rows}"
        );
        let exact = Reset::exact("2026-11-23T11:49:07.5Z".parse().unwrap());
        let by_file = found(&limited(Signal::Conversation, Some(exact), &[banner]));
        assert!(
            by_file.ends_with(
                r#""limit":{"until":"2026-11-23T11:49:07Z","hard":false,"source":"conversation"}}"#
            ),
            "{by_file}"
        );
        let left_to_rows = found(&limited(Signal::Hook, reset_in(banner), &[banner]));
        assert!(
            left_to_rows.contains(r#""source":"rows""#),
            "{left_to_rows}"
        );
    }

    #[test]
    fn who_waits_says_so_unless_something_else_holds() {
        let waiting = waiting_in(["WAITING-UNTIL: 2030-01-01"].into_iter(), false);
        assert!(waiting.is_some());
        for (state, doing) in [
            (Seen::Idle, Doing::Waiting),
            (Seen::Unknown, Doing::Waiting),
            (Seen::Working, Doing::Working),
            (Seen::Limited, Doing::Limited),
            (Seen::NeedsPerson, Doing::NeedsInput),
            (Seen::Fatal, Doing::Fatal),
        ] {
            let fact = Fact {
                state,
                waiting,
                ..Fact::default()
            };
            assert_eq!(Doing::of(&fact), doing);
        }
    }
}
