//! What the supervisor tells, in the words of the wire.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::daemon::wire::{self, Outcome, State, What};
use crate::detect::{self, Seen as Showing};
use crate::supervise::{
    Answered, Cause, Fact, Judgement, Post, Receipt, Reply, Source, Stall, UnitName,
};

/// A judgement in the words of the wire.
pub(in crate::daemon) fn state(judgement: Judgement) -> State {
    match judgement {
        Judgement::Stopped => State::Stopped,
        Judgement::Starting => State::Starting,
        Judgement::Exited => State::Exited,
        Judgement::Failed => State::Failed,
        Judgement::Running(Showing::Unknown) => State::Unknown,
        Judgement::Running(Showing::Working) => State::Working,
        Judgement::Running(Showing::Retrying) => State::Retrying,
        Judgement::Running(Showing::Idle) => State::Idle,
        Judgement::Running(Showing::NeedsPerson) => State::NeedsInput,
        Judgement::Running(Showing::Login) => State::Login,
        Judgement::Running(Showing::Limited) => State::Limited,
        Judgement::Running(Showing::Fatal) => State::Fatal,
    }
}

/// A judgement together with what the screen shows, which tells idle from waiting.
pub(in crate::daemon) fn showing(judgement: Judgement, shown: Option<&detect::Fact>) -> State {
    match state(judgement) {
        State::Idle | State::Unknown if shown.is_some_and(|fact| fact.waiting.is_some()) => {
            State::Waiting
        }
        state => state,
    }
}

/// What a signal that lost says, in the words of the wire.
fn contradiction(fact: &detect::Fact) -> Option<wire::Contradiction> {
    let (signal, said) = fact.contradicts?;
    Some(wire::Contradiction {
        signal: signal.to_string(),
        state: state(Judgement::Running(said)),
    })
}

/// A wish in the words of the wire.
pub(in crate::daemon) fn wanted(up: bool) -> wire::Wanted {
    if up {
        wire::Wanted::Up
    } else {
        wire::Wanted::Down
    }
}

/// Where the end of a hold comes from, with the banner's words.
pub(in crate::daemon) fn source(source: &Source) -> (wire::Source, Option<String>) {
    match source {
        Source::Banner(text) => (wire::Source::Banner, Some(text.clone())),
        Source::Guess => (wire::Source::Guess, None),
        Source::Cap => (wire::Source::Cap, None),
        Source::File => (wire::Source::File, None),
    }
}

/// A fact of the supervisor in the words of the wire, with times as this machine's people read
/// them.
pub(in crate::daemon) fn what(fact: Fact) -> What {
    what_in(fact, &TimeZone::system())
}

/// A fact of the supervisor in the words of the wire; times that stand in a sentence are those of
/// `zone`.
#[must_use]
pub fn what_in(fact: Fact, zone: &TimeZone) -> What {
    let name = |unit: UnitName| unit.to_string();
    match fact {
        Fact::Start { unit, pane, pid } => What::Start {
            agent: name(unit),
            pane: pane.to_string(),
            pid,
        },
        Fact::Adopt { unit, pane, pid } => What::Adopt {
            agent: name(unit),
            pane: pane.to_string(),
            pid,
        },
        Fact::StartFailed { unit, reason } => What::StartFailed {
            agent: name(unit),
            reason,
        },
        Fact::Death {
            unit,
            pane,
            pid,
            ending,
        } => What::Death {
            agent: name(unit),
            pane: Some(pane.to_string()),
            pid: Some(pid),
            exit_status: ending.status,
            exit_reason: ending.reason,
        },
        Fact::Restart {
            unit,
            attempt,
            delay,
            cause,
        } => What::Restart {
            agent: name(unit),
            attempt,
            delay_ms: millis(delay),
            cause: because(&cause, zone),
            rows: match cause {
                Cause::Fatal(rows) | Cause::Full(rows) => rows,
                _ => Vec::new(),
            },
        },
        Fact::GaveUp { unit, reason } => What::GaveUp {
            agent: name(unit),
            reason,
        },
        Fact::Wanted { unit, up } => What::Wanted {
            agent: unit.map(name),
            wanted: wanted(up),
        },
        Fact::Paused { unit, paused } => What::Paused {
            agent: unit.map(name),
            paused,
        },
        Fact::Reset { unit } => What::Reset { agent: name(unit) },
        Fact::State {
            unit,
            from,
            to,
            shown,
        } => {
            // What a screen showed says nothing about an end or a start.
            let shown = shown.filter(|_| matches!(to, Judgement::Running(_)));
            What::State {
                agent: name(unit),
                from: state(from),
                to: showing(to, shown.as_ref()),
                signal: shown.as_ref().map(|fact| fact.signal.to_string()),
                dialog: shown.as_ref().and_then(|fact| fact.dialog.clone()),
                contradicts: shown.as_ref().and_then(contradiction),
                rows: shown.map(|fact| fact.rows).unwrap_or_default(),
            }
        }
        Fact::Would { unit, what } => What::Would {
            agent: unit.map(name),
            text: what,
        },
        Fact::Told { unit, text } => What::Told {
            agent: Some(name(unit)),
            text,
        },
        Fact::Storm { units, server } => What::Storm {
            agents: units.into_iter().map(name).collect(),
            server,
        },
        Fact::Canary { unit } => What::Canary { agent: name(unit) },
        Fact::StormOver => What::StormOver,
        Fact::NeedsLogin { unit, rows } => What::Login {
            agent: name(unit),
            rows,
        },
        Fact::Phase { from, to, why } => What::Phase { from, to, why },
        Fact::Complete { last } => What::Complete { last },
        Fact::OnComplete { run } => What::OnComplete { run: run.map(name) },
        Fact::Handoff {
            unit,
            what,
            subjects,
        } => What::Handoff {
            agent: name(unit),
            text: what,
            subjects,
        },
        Fact::Trouble { about, reason } => What::Trouble { about, reason },
        Fact::Hold {
            unit,
            account,
            until,
            source: from,
            rows,
        } => {
            let (source, banner) = source(&from);
            What::Limit {
                agent: name(unit),
                account,
                until,
                source,
                banner,
                rows,
            }
        }
        Fact::Lifted { unit, account, how } => What::Lifted {
            agent: name(unit),
            account,
            how,
        },
        Fact::Probe { unit, number } => What::Probe {
            agent: name(unit),
            number,
        },
        Fact::StillLimited {
            unit,
            probes,
            since,
            until,
        } => What::StillLimited {
            agent: name(unit),
            probes,
            since,
            until,
        },
        Fact::Stalled { unit, stall, done } => {
            let (silent_ms, overslept) = match stall {
                Stall::Silent(span) => (Some(millis(span)), None),
                Stall::Overslept(until) => (None, Some(until)),
            };
            What::Stall {
                agent: name(unit),
                silent_ms,
                overslept,
                done,
            }
        }
        Fact::WaitsTooLong {
            unit,
            until,
            held_to,
        } => What::WaitsTooLong {
            agent: name(unit),
            until,
            held_to,
        },
        Fact::Answer {
            unit,
            dialog,
            reply,
        } => {
            let (outcome, option, reason) = replied(reply);
            What::Answer {
                agent: name(unit),
                dialog,
                outcome,
                option,
                reason,
            }
        }
        Fact::Post {
            unit,
            purpose,
            text,
            post,
        } => {
            let (outcome, reason) = outcome(post);
            What::Delivery {
                agent: name(unit),
                purpose: purpose.as_str().to_owned(),
                outcome,
                reason,
                text,
            }
        }
    }
}

fn replied(reply: Reply) -> (Outcome, Option<String>, Option<String>) {
    match reply {
        Reply::Begins => (Outcome::Typing, None, None),
        Reply::Unknown => (Outcome::Unknown, None, None),
        Reply::LeftToPerson => (Outcome::Dropped, None, None),
        Reply::Result(Answered::Gone(option)) => (Outcome::Landed, Some(option), None),
        Reply::Result(Answered::Stands(option)) => (Outcome::Unconfirmed, Some(option), None),
        Reply::Result(Answered::Waits(why)) => (Outcome::Waits, None, Some(why)),
        Reply::Result(Answered::Failed(why) | Answered::Never(why)) => {
            (Outcome::Failed, None, Some(why))
        }
    }
}

fn outcome(post: Post) -> (Outcome, Option<String>) {
    match post {
        Post::Queued => (Outcome::Queued, None),
        Post::Typing => (Outcome::Typing, None),
        Post::Unknown => (Outcome::Unknown, None),
        Post::Dropped => (Outcome::Dropped, None),
        Post::Withdrawn => (Outcome::Withdrawn, None),
        Post::Receipt(Receipt::Landed) => (Outcome::Landed, None),
        Post::Receipt(Receipt::Unconfirmed(why)) => (Outcome::Unconfirmed, Some(why)),
        Post::Receipt(Receipt::Waits(why)) => (Outcome::Waits, Some(why)),
        Post::Receipt(Receipt::Failed(why)) => (Outcome::Failed, Some(why)),
        Post::Receipt(Receipt::Nothing(why)) => (Outcome::Nothing, Some(why)),
    }
}

/// Why a unit is started anew, a part of a sentence.
pub(in crate::daemon) fn because(cause: &Cause, zone: &TimeZone) -> String {
    match cause {
        Cause::Died(Some(status)) => format!("its process ended with {status}"),
        Cause::Died(None) => "its process ended".to_owned(),
        Cause::Finished => "it had ended with 0, which is no failure".to_owned(),
        Cause::LostPane => "its pane went away".to_owned(),
        Cause::NotStarted => "it could not be started".to_owned(),
        Cause::Fatal(_) => "its screen shows that the session cannot go on".to_owned(),
        Cause::Full(_) => "its conversation is full; a new one begins".to_owned(),
        Cause::Stalled(Stall::Silent(span)) => {
            format!("it showed no activity for {}", rough(*span))
        }
        Cause::Stalled(Stall::Overslept(until)) => {
            format!(
                "it is past {}, until when it said that it waits",
                clock(*until, zone)
            )
        }
        Cause::WrongProgram { runs, expected } => {
            format!("its pane runs {runs}, where {expected} should")
        }
        Cause::BadResume => "its conversation could not be taken up again".to_owned(),
        Cause::Phase(phase) => format!("the loop goes on to the phase {phase}"),
        Cause::LimitOver => "the usage limit that it waited out is over".to_owned(),
        Cause::OnComplete => "it comes after the last phase".to_owned(),
        Cause::Missing => "it is wanted and does not run".to_owned(),
    }
}

/// A time as a person's clock shows it, with the date: it may be another day's.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned_datetime(zone.clone());
    at.strftime("%F %H:%M").to_string()
}

fn rough(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_agent_that_says_until_when_it_waits_is_waiting() {
        let idle = Judgement::Running(Showing::Idle);
        let marker = detect::waiting_in(["WAITING-UNTIL: 2030-01-01T10:00:00Z"].into_iter(), false);
        assert!(marker.is_some());
        let fact = detect::Fact {
            state: Showing::Idle,
            waiting: marker,
            ..detect::Fact::default()
        };
        assert_eq!(showing(idle, Some(&fact)), State::Waiting);
        assert_eq!(showing(idle, None), State::Idle);
        let working = Judgement::Running(Showing::Working);
        assert_eq!(showing(working, Some(&fact)), State::Working);
    }
}
