//! One event, for people: when, who, what.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;

use super::table::state_of;
use super::{duration, terminal};
use crate::daemon::wire::{Event, State, Wanted, What};

const TIME: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const SOON: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const PLAIN: Style = Style::new();

/// `2026-11-23 12:00:00 worker: started in %3, pid 41`, the time in `zone`, with colours.
pub(crate) fn render(event: &Event, zone: &TimeZone) -> String {
    let time = event.time.to_zoned_datetime(zone.clone()).strftime("%F %T");
    let (who, style, text) = told(&event.what);
    let (who, text) = (terminal::line(who), terminal::line(&text));
    format!("{TIME}{time}{TIME:#} {who}: {style}{text}{style:#}")
}

/// Whom it is about, how it looks, and what happened.
fn told(what: &What) -> (&str, Style, String) {
    match what {
        What::Start { agent, pane, pid } => (agent, GOOD, format!("started in {pane}, pid {pid}")),
        What::Adopt { agent, pane, pid } => (
            agent,
            GOOD,
            format!("taken over as it runs in {pane}, pid {pid}"),
        ),
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
        } => (agent, SOON, restart(*attempt, *delay_ms, cause)),
        What::Wanted { agent, wanted } => {
            let wanted = match wanted {
                Wanted::Up => "wanted up",
                Wanted::Down => "wanted down",
            };
            (
                agent.as_deref().unwrap_or("fleet"),
                PLAIN,
                wanted.to_owned(),
            )
        }
        What::State {
            agent,
            from,
            to,
            signal,
            ..
        } => {
            let bad = matches!(
                to,
                State::Failed | State::Fatal | State::NeedsPerson | State::Login
            );
            let style = if bad { BAD } else { PLAIN };
            let signal = signal
                .as_deref()
                .map_or(String::new(), |signal| format!(" ({signal})"));
            (
                agent,
                style,
                format!("{} -> {}{signal}", state_of(*from).0, state_of(*to).0),
            )
        }
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
    }
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
        1..1000 => format!("in {delay_ms} ms"),
        _ => format!("in {}", duration::rough(Duration::from_millis(delay_ms))),
    };
    format!("restart {attempt} {when}: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(what: What) -> String {
        let time = "2026-11-23T12:00:00.123456Z".parse().expect("a time");
        let event = Event {
            version: 1,
            seq: 7,
            time,
            what,
        };
        anstream::adapter::strip_str(&render(&event, &TimeZone::UTC)).to_string()
    }

    #[test]
    fn an_event_is_one_line_that_says_when_who_and_what() {
        let agent = || "worker".to_owned();
        let state = |to| What::State {
            agent: agent(),
            from: State::Unknown,
            to,
            signal: Some("limit_re".into()),
            rows: vec!["a row".into()],
        };
        let death = |exit_status, reason: Option<&str>| What::Death {
            agent: agent(),
            pane: None,
            pid: None,
            exit_status,
            exit_reason: reason.map(Into::into),
        };
        let restart = |delay_ms| What::Restart {
            agent: agent(),
            attempt: 2,
            delay_ms,
            cause: "it ended".into(),
        };
        for (what, text) in [
            (
                What::Start {
                    agent: agent(),
                    pane: "%3".into(),
                    pid: 41,
                },
                "worker: started in %3, pid 41",
            ),
            (state(State::Failed), "worker: running -> failed (limit_re)"),
            (
                death(Some(137), Some("signal 9")),
                "worker: ended with 137: signal 9",
            ),
            (death(Some(1), None), "worker: ended with 1"),
            (
                death(None, Some("it was reaped")),
                "worker: ended: it was reaped",
            ),
            (restart(0), "worker: restart 2 at once: it ended"),
            (restart(150), "worker: restart 2 in 150 ms: it ended"),
            (restart(200_000), "worker: restart 2 in 3m 20s: it ended"),
            (
                What::Config {
                    accepted: false,
                    text: "agents.toml:1:1: error: x\n 1 | [[\n   | ^".into(),
                },
                "config: not taken: agents.toml:1:1: error: x",
            ),
            (
                What::Wanted {
                    agent: None,
                    wanted: Wanted::Down,
                },
                "fleet: wanted down",
            ),
            (
                What::Told {
                    agent: None,
                    text: "a\x1b[2J\nb".into(),
                },
                r"watchdog: a\u{1b}[2J\u{a}b",
            ),
        ] {
            assert_eq!(shown(what), format!("2026-11-23 12:00:00 {text}"));
        }
    }
}
