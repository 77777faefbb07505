//! What happened, as a sentence for people.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::duration;
use super::table::state_of;
use crate::daemon::wire::{Outcome, Source, State, Wanted, What};

const GOOD: Style = AnsiColor::Green.on_default();
const SOON: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const PLAIN: Style = Style::new();

/// A sentence about something that happened. Nothing in it is escaped yet.
#[derive(Debug)]
pub(crate) struct Sentence<'a> {
    /// Whom it is about: an agent, a service, or `fleet`, `tmux`, `config`, `watchdog`.
    pub(crate) who: &'a str,
    /// How it looks.
    pub(crate) style: Style,
    /// What happened, without a full stop.
    pub(crate) text: String,
    /// The rows that showed it.
    pub(crate) rows: &'a [String],
}

/// The sentence for what happened at `time`; times in it are told in `zone`.
pub(crate) fn of<'a>(what: &'a What, time: Timestamp, zone: &TimeZone) -> Sentence<'a> {
    let clock = |at| clock(at, time, zone);
    let (who, style, text): (&str, Style, String) = match what {
        What::Start { agent, pane, pid } => (agent, GOOD, format!("started in {pane}, pid {pid}")),
        What::Adopt { agent, pane, pid } => {
            let text = format!("taken over as it runs in {pane}, pid {pid}");
            (agent, GOOD, text)
        }
        What::StartFailed { agent, reason } => {
            (agent, BAD, format!("could not be started: {reason}"))
        }
        What::Death {
            agent,
            exit_status,
            exit_reason,
            ..
        } => (agent, BAD, ended(*exit_status, exit_reason.as_deref())),
        What::Restart {
            agent,
            attempt,
            delay_ms,
            cause,
            ..
        } => (agent, SOON, restart(*attempt, *delay_ms, cause)),
        What::GaveUp { agent, reason } => {
            let text = format!("gave up: {reason}; `ao reset {agent}` tries again");
            (agent, BAD, text)
        }
        What::Wanted { agent, wanted } => {
            let wanted = match wanted {
                Wanted::Up => "wanted up",
                Wanted::Down => "wanted down",
            };
            (or_fleet(agent), PLAIN, wanted.to_owned())
        }
        What::Paused { agent, paused } => {
            let text = if *paused {
                "paused"
            } else {
                "looked after again"
            };
            (or_fleet(agent), PLAIN, text.to_owned())
        }
        What::Reset { agent } => (agent, PLAIN, "its failures are forgotten".to_owned()),
        What::State {
            agent,
            from,
            to,
            signal,
            ..
        } => {
            let bad = matches!(to, State::Failed | State::Fatal | State::Login);
            let style = if bad { BAD } else { PLAIN };
            let signal = signal.as_deref();
            let signal = signal.map_or(String::new(), |signal| format!(" ({signal})"));
            let text = format!("{} -> {}{signal}", state_of(*from).0, state_of(*to).0);
            (agent, style, text)
        }
        What::Would { agent, text } => (or_fleet(agent), PLAIN, format!("would now {text}")),
        What::Storm { agents, server } => {
            let why = if *server {
                "the tmux server went away"
            } else {
                "several failed at once"
            };
            let text = format!("{why}; healing goes one by one: {}", agents.join(", "));
            ("fleet", BAD, text)
        }
        What::Canary { agent } => (agent, SOON, "goes first".to_owned()),
        What::StormOver => ("fleet", GOOD, "all of the incident were started".to_owned()),
        What::Limit {
            agent,
            account,
            until,
            source,
            banner,
            ..
        } => {
            let from = source_of(*source, banner.as_deref());
            let whom = account.as_deref();
            let whom = whom.map_or(String::new(), |account| {
                format!(" of the account {account}")
            });
            match until.map(clock) {
                Some(until) => {
                    let text = format!("usage limit{whom}: nothing is done until {until} ({from})");
                    (agent, SOON, text)
                }
                None => {
                    let text = format!("cap on spending{whom}: nothing is done; {from}");
                    (agent, BAD, text)
                }
            }
        }
        What::Lifted {
            agent,
            account,
            how,
        } => {
            let whom = account.as_deref();
            let whom = whom.map_or(String::new(), |account| {
                format!(" of the account {account}")
            });
            (agent, GOOD, format!("the usage limit{whom} is over: {how}"))
        }
        What::Probe { agent, number } => {
            let text = format!("probe {number}: is the usage limit over?");
            (agent, PLAIN, text)
        }
        What::StillLimited {
            agent,
            probes,
            since,
            until,
        } => {
            let (since, until) = (clock(*since), clock(*until));
            let text = format!(
                "still limited after {probes} probes, since {since}; held on until {until}"
            );
            (agent, SOON, text)
        }
        What::Stall {
            agent,
            silent_ms,
            overslept,
            done,
        } => {
            let how = match (overslept, silent_ms) {
                (Some(until), _) => format!("it waited until {}, and did not go on", clock(*until)),
                (None, Some(ms)) => format!("no activity for {}", span(*ms)),
                (None, None) => "it does not go on".to_owned(),
            };
            (agent, BAD, format!("stalled: {how}; {done}"))
        }
        What::WaitsTooLong {
            agent,
            until,
            held_to,
        } => {
            let (until, held_to) = (clock(*until), clock(*held_to));
            let text = format!("says that it waits until {until}; it is held to {held_to}");
            (agent, SOON, text)
        }
        What::Login { agent, .. } => {
            let text = format!("wants a person to log in; `ao attach {agent}` shows it");
            (agent, BAD, text)
        }
        What::Delivery {
            agent,
            purpose,
            outcome,
            reason,
            text,
        } => {
            let bad = matches!(outcome, Outcome::Failed | Outcome::Dropped);
            let style = if bad { BAD } else { PLAIN };
            (
                agent,
                style,
                delivery(purpose, *outcome, reason.as_deref(), text.as_deref()),
            )
        }
        What::Answer {
            agent,
            dialog,
            outcome,
            option,
            reason,
        } => {
            let bad = matches!(outcome, Outcome::Failed | Outcome::Dropped);
            let style = if bad { BAD } else { PLAIN };
            (
                agent,
                style,
                answer(dialog, *outcome, option.as_deref(), reason.as_deref()),
            )
        }
        What::Handoff {
            agent,
            text,
            subjects,
        } => {
            let list = match subjects.as_slice() {
                [] => String::new(),
                subjects => format!(": {}", subjects.join("; ")),
            };
            (agent, PLAIN, format!("handed work: {text}{list}"))
        }
        What::Phase { from, to, why } => {
            let from = from.as_deref();
            let from = from.map_or(String::new(), |from| format!("{from} -> "));
            ("loop", GOOD, format!("phase {from}{to}: {why}"))
        }
        What::Complete { last } => {
            let text =
                format!("complete: the last phase, {last}, is done, and the loop agents end");
            ("loop", GOOD, text)
        }
        What::OnComplete { run } => {
            let text = match run {
                Some(run) => format!("what comes after the last phase: {run} is started"),
                None => "nobody is to be started after the last phase".to_owned(),
            };
            ("loop", PLAIN, text)
        }
        What::Trouble {
            about,
            reason: Some(reason),
        } => (about, BAD, reason.clone()),
        What::Trouble {
            about,
            reason: None,
        } => (about, GOOD, "works again".to_owned()),
        What::Tmux { text } => ("tmux", PLAIN, text.clone()),
        What::Config {
            accepted: true,
            text,
        } => ("config", PLAIN, text.clone()),
        What::Config {
            accepted: false,
            text,
        } => ("config", BAD, format!("not taken: {}", first_line(text))),
        What::Told { agent, text } => (agent.as_deref().unwrap_or("watchdog"), PLAIN, text.clone()),
    };
    Sentence {
        who,
        style,
        text,
        rows: rows(what),
    }
}

/// The rows of a screen that showed it.
fn rows(what: &What) -> &[String] {
    match what {
        What::Restart { rows, .. }
        | What::State { rows, .. }
        | What::Limit { rows, .. }
        | What::Login { rows, .. } => rows,
        _ => &[],
    }
}

fn or_fleet(agent: &Option<String>) -> &str {
    agent.as_deref().unwrap_or("fleet")
}

/// Where the end of a hold comes from, a part of a sentence.
pub(crate) fn source_of(source: Source, banner: Option<&str>) -> String {
    match (source, banner) {
        (Source::Banner, Some(banner)) => format!("banner \"{banner}\""),
        (Source::Banner, None) => "a banner".to_owned(),
        (Source::Cap, _) => "a person has to raise it, or to buy more".to_owned(),
        (Source::Guess, _) => "a guess, no banner says when".to_owned(),
        (Source::File, _) => "its file says so".to_owned(),
    }
}

/// `15:45`, with the date where that is another day than `now`.
pub(crate) fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (
        at.to_zoned_datetime(zone.clone()),
        now.to_zoned_datetime(zone.clone()),
    );
    let same_day = at.date() == now.date();
    let shown = at.strftime(if same_day { "%H:%M" } else { "%F %H:%M" });
    shown.to_string()
}

/// A mistake in a config is told in several lines, the first of which has its place.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn ended(status: Option<i32>, reason: Option<&str>) -> String {
    let status = status.map_or("ended".to_owned(), |status| format!("ended with {status}"));
    reason.map_or(status.clone(), |reason| format!("{status}: {reason}"))
}

fn restart(attempt: u32, delay_ms: u64, cause: &str) -> String {
    let when = match delay_ms {
        0 => "at once".to_owned(),
        ms => format!("in {}", span(ms)),
    };
    match attempt {
        0 => format!("starts anew {when}, at no cost: {cause}"),
        _ => format!("restart {attempt} {when}: {cause}"),
    }
}

fn span(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..10_000 if ms % 1000 >= 100 => format!("{}.{}s", ms / 1000, ms % 1000 / 100),
        _ => duration::rough(Duration::from_millis(ms)),
    }
}

fn answer(dialog: &str, outcome: Outcome, option: Option<&str>, reason: Option<&str>) -> String {
    let option = option.map_or(String::new(), |option| format!(" with \"{option}\""));
    let what = match outcome {
        Outcome::Landed => format!("was answered{option}, and is gone"),
        Outcome::Unconfirmed => format!("was answered{option}, and still stands there"),
        Outcome::Waits => "is not answered yet".to_owned(),
        Outcome::Failed => "could not be answered".to_owned(),
        Outcome::Unknown => "was being answered when the watchdog ended".to_owned(),
        Outcome::Dropped | Outcome::Withdrawn => "is left to a person".to_owned(),
        Outcome::Queued | Outcome::Typing | Outcome::Nothing => "is being answered".to_owned(),
    };
    let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
    format!("the dialog {dialog} {what}{reason}")
}

fn delivery(purpose: &str, outcome: Outcome, reason: Option<&str>, text: Option<&str>) -> String {
    let what = match outcome {
        Outcome::Queued => "waits until it can be typed",
        Outcome::Typing => "is typed",
        Outcome::Landed => "arrived",
        Outcome::Unconfirmed => "was typed, and it is not known whether it arrived",
        Outcome::Waits => "is not typed yet",
        Outcome::Failed => "did not arrive",
        Outcome::Nothing => "has nothing to say",
        Outcome::Unknown => {
            "was being typed when the watchdog ended: it may have arrived, and is not sent again"
        }
        Outcome::Dropped => "was dropped: too many texts wait",
        Outcome::Withdrawn => "is of no use any more",
    };
    let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
    let text = match (outcome, text) {
        (Outcome::Landed | Outcome::Withdrawn | Outcome::Waits, _) | (_, None) => String::new(),
        (_, Some(text)) => format!(": \"{text}\""),
    };
    format!("{purpose} {what}{reason}{text}")
}
