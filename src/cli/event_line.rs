//! One event, for people: when, who, what.

use anstyle::Style;
use jiff::tz::TimeZone;

use super::{sentence, terminal};
use crate::daemon::wire::Event;

const TIME: Style = Style::new().dimmed();

/// `2026-11-23 12:00:00 worker: started in %3, pid 41`, the time in `zone`, with colours.
pub(crate) fn render(event: &Event, zone: &TimeZone) -> String {
    let time = event.time.to_zoned_datetime(zone.clone()).strftime("%F %T");
    let told = sentence::of(&event.what, event.time, zone);
    let (who, text) = (terminal::line(told.who), terminal::line(&told.text));
    let style = told.style;
    format!("{TIME}{time}{TIME:#} {who}: {style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::wire::{State, Wanted, What};

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
            dialog: None,
            contradicts: None,
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
            rows: Vec::new(),
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
