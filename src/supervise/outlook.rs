//! What a fact leads to, as long as nothing else happens: the rules of the machine in short, for
//! people who ask. The machine itself goes by the state it is in as well, such as what it did before.

use std::time::Duration;

use jiff::Timestamp;

use super::answer::RESET;
use super::fact::Source;
use super::holds::{add, end_of};
use super::{Now, Policy};
use crate::detect::{Fact, Seen};

/// What is done about an agent that is wanted, looked after and not paused, and that no text waits
/// for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing: it works.
    LeftAlone,
    /// Nothing, for so long; then it counts as silent.
    MayRetry(Duration),
    /// It is silent: after its `stall_idle` of that it has stalled.
    Silent,
    /// It is left alone until then; after that it has stalled.
    WaitsUntil(Timestamp),
    /// Nothing is typed before a person has answered, unless the config has an answer to this
    /// dialog.
    PersonAnswers(Option<String>),
    /// The key is pressed that it waits for, which chooses nothing, once no limit holds it any more.
    KeyPressed,
    /// A person is told to log in. It is neither started anew nor typed into.
    PersonLogsIn,
    /// It is held until then, and asked to go on.
    Held {
        /// Until when.
        until: Timestamp,
        /// Whether the screen says so; else it is a guess, and the next one is longer.
        named: bool,
    },
    /// It is held until then and goes on by itself; it is asked only if it has not by `patient`.
    HeldByItself {
        /// Until when.
        until: Timestamp,
        /// When it should have gone on.
        patient: Timestamp,
    },
    /// It is held until a person has seen to it.
    Capped,
    /// When this has stood for so long it is started anew, within its budget of restarts.
    Restarted(Duration),
    /// The same, with a new conversation.
    BegunAnew(Duration),
}

impl Outlook {
    /// What a fact leads to that is so at `now`.
    pub fn of(fact: &Fact, now: Timestamp, policy: &Policy) -> Self {
        match fact.state {
            Seen::Working => Self::LeftAlone,
            Seen::Retrying => Self::MayRetry(policy.retrying_max),
            Seen::Idle | Seen::Unknown => match fact.waiting {
                None => Self::Silent,
                Some(waiting) => {
                    let latest = add(now, policy.waiting_max);
                    let until = waiting.until(&policy.zone).min(latest);
                    Self::WaitsUntil(add(until, policy.stall_grace))
                }
            },
            Seen::NeedsPerson if fact.dialog.as_deref() == Some(RESET) => Self::KeyPressed,
            Seen::NeedsPerson => Self::PersonAnswers(fact.dialog.clone()),
            Seen::Login => Self::PersonLogsIn,
            Seen::Limited => Self::of_limit(fact, now, policy),
            Seen::Fatal if fact.full || fact.no_conversation => {
                Self::BegunAnew(policy.signal_interval)
            }
            Seen::Fatal => Self::Restarted(policy.signal_interval),
        }
    }

    fn of_limit(fact: &Fact, wall: Timestamp, policy: &Policy) -> Self {
        let limit = fact.limit.clone().unwrap_or_default();
        let now = Now {
            mono: Duration::ZERO,
            wall,
        };
        match end_of(&limit, None, policy.limit_probe_fallback, now, policy) {
            (None, _) => Self::Capped,
            (Some(until), Source::Banner(_)) if limit.resumes_itself => Self::HeldByItself {
                until,
                patient: add(until, policy.self_resume_grace),
            },
            (Some(until), source) => Self::Held {
                until,
                named: matches!(source, Source::Banner(_)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Limit, reset_in, waiting_in};

    fn fact(state: Seen) -> Fact {
        Fact {
            state,
            ..Fact::default()
        }
    }

    fn limited(text: &str) -> Fact {
        Fact {
            limit: Some(Limit {
                reset: reset_in(text),
                ..Limit::default()
            }),
            ..fact(Seen::Limited)
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn outlook(fact: &Fact) -> Outlook {
        Outlook::of(fact, at("2026-11-23T09:00:00Z"), &Policy::default())
    }

    #[test]
    fn a_limit_is_held_until_its_time_and_a_little_longer() {
        assert_eq!(
            outlook(&limited("resets 12:49pm (UTC)")),
            Outlook::Held {
                until: at("2026-11-23T12:49:45Z"),
                named: true
            }
        );
        // Nothing names a time: the first guess is five minutes.
        assert_eq!(
            outlook(&limited("limit reached")),
            Outlook::Held {
                until: at("2026-11-23T09:05:00Z"),
                named: false
            }
        );
    }

    #[test]
    fn who_goes_on_by_itself_is_given_ten_minutes_more() {
        let mut fact = limited("resets 12:49pm (UTC)");
        fact.limit.as_mut().expect("a limit").resumes_itself = true;
        assert_eq!(
            outlook(&fact),
            Outlook::HeldByItself {
                until: at("2026-11-23T12:49:45Z"),
                patient: at("2026-11-23T12:59:45Z"),
            }
        );
    }

    #[test]
    fn a_cap_is_held_whatever_time_it_names() {
        let mut fact = limited("resets 12:49pm (UTC)");
        fact.limit.as_mut().expect("a limit").hard = true;
        assert_eq!(outlook(&fact), Outlook::Capped);
    }

    #[test]
    fn who_waits_is_left_alone_until_then_and_at_most_a_day() {
        let waiting = |text| Fact {
            waiting: waiting_in([text].into_iter(), false),
            ..fact(Seen::Idle)
        };
        assert_eq!(
            outlook(&waiting("WAITING-UNTIL: 2026-11-23T10:00:00Z")),
            Outlook::WaitsUntil(at("2026-11-23T10:03:00Z"))
        );
        assert_eq!(
            outlook(&waiting("WAITING-UNTIL: 2030-01-01")),
            Outlook::WaitsUntil(at("2026-11-24T09:03:00Z"))
        );
        assert_eq!(outlook(&fact(Seen::Unknown)), Outlook::Silent);
    }

    #[test]
    fn a_question_waits_for_a_person_unless_it_chooses_nothing() {
        let asks = |dialog: &str| Fact {
            dialog: Some(dialog.to_owned()),
            ..fact(Seen::NeedsPerson)
        };
        assert_eq!(
            outlook(&asks("trust")),
            Outlook::PersonAnswers(Some("trust".to_owned()))
        );
        assert_eq!(outlook(&asks(RESET)), Outlook::KeyPressed);
        assert_eq!(outlook(&fact(Seen::Login)), Outlook::PersonLogsIn);
    }

    #[test]
    fn a_full_conversation_is_not_taken_up_again() {
        let half_a_minute = Duration::from_secs(30);
        let mut fatal = fact(Seen::Fatal);
        assert_eq!(outlook(&fatal), Outlook::Restarted(half_a_minute));
        fatal.full = true;
        assert_eq!(outlook(&fatal), Outlook::BegunAnew(half_a_minute));
    }
}
