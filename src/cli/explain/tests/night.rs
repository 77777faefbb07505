//! A night in which everything happens that can be told.

use std::time::Duration;

use jiff::Timestamp;

use crate::detect::{self, Seen, Signal};
use crate::supervise::{
    Cause, Ending, Fact, Judgement, Post, Purpose, Receipt, Source, Stall, UnitName,
};

pub(super) fn time(text: &str) -> Timestamp {
    format!("2026-11-23T{text}Z").parse().expect("a time")
}

pub(super) fn unit() -> UnitName {
    UnitName::new("worker")
}

pub(super) fn rows(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub(super) fn shown(from: Judgement, to: Seen, signal: Signal, texts: &[&str]) -> Fact {
    Fact::State {
        unit: unit(),
        from,
        to: Judgement::Running(to),
        shown: Some(detect::Fact {
            state: to,
            signal,
            rows: rows(texts),
            ..detect::Fact::default()
        }),
    }
}

pub(super) fn restart(attempt: u32, delay: u64, cause: Cause) -> Fact {
    Fact::Restart {
        unit: unit(),
        attempt,
        delay: Duration::from_millis(delay),
        cause,
    }
}

pub(super) fn post(purpose: Purpose, text: Option<&str>, post: Post) -> Fact {
    Fact::Post {
        unit: unit(),
        purpose,
        text: text.map(str::to_owned),
        post,
    }
}

/// Facts of every kind, as a night may bring them, each with its time.
pub(super) fn night() -> Vec<(&'static str, Fact)> {
    let running = Judgement::Running;
    let pane = "%3".parse().expect("a pane");
    let banner = &["You've hit your limit · resets 3pm"];
    vec![
        (
            "20:00:00",
            Fact::Wanted {
                unit: None,
                up: true,
            },
        ),
        (
            "20:00:01",
            Fact::Start {
                unit: unit(),
                pane,
                pid: 41,
            },
        ),
        (
            "20:00:01",
            Fact::Adopt {
                unit: unit(),
                pane,
                pid: 42,
            },
        ),
        (
            "20:00:02",
            shown(
                running(Seen::Unknown),
                Seen::Working,
                Signal::ActiveRe,
                &["esc to interrupt"],
            ),
        ),
        (
            "20:10:00",
            shown(running(Seen::Working), Seen::Idle, Signal::Silence, &[]),
        ),
        (
            "20:20:00",
            shown(
                running(Seen::Idle),
                Seen::Working,
                Signal::ActiveRe,
                &["esc to interrupt"],
            ),
        ),
        (
            "21:00:00",
            shown(
                running(Seen::Working),
                Seen::Limited,
                Signal::LimitRe,
                banner,
            ),
        ),
        (
            "21:00:00",
            Fact::Hold {
                unit: unit(),
                account: Some("team".into()),
                until: Some(time("23:30:45")),
                source: Source::Banner("resets 3pm".into()),
                rows: rows(banner),
            },
        ),
        (
            "23:30:45",
            Fact::Probe {
                unit: unit(),
                number: 1,
            },
        ),
        (
            "23:30:45",
            post(
                Purpose::Probe,
                Some("watchdog probe: is it over?"),
                Post::Typing,
            ),
        ),
        (
            "23:30:47",
            post(Purpose::Probe, None, Post::Receipt(Receipt::Landed)),
        ),
        (
            "23:31:15",
            Fact::StillLimited {
                unit: unit(),
                probes: 3,
                since: time("21:00:00"),
                until: time("23:50:00"),
            },
        ),
        (
            "23:50:02",
            Fact::Lifted {
                unit: unit(),
                account: Some("team".into()),
                how: "it works again".into(),
            },
        ),
        (
            "23:51:00",
            Fact::Death {
                unit: unit(),
                pane,
                pid: 42,
                ending: Ending {
                    status: Some(139),
                    reason: Some("killed by signal 11".into()),
                },
            },
        ),
        ("23:51:00", restart(1, 0, Cause::Died(Some(139)))),
        (
            "23:52:00",
            restart(
                2,
                2100,
                Cause::Fatal(rows(&["panic: \u{1b}]0;x\u{7} out of \u{202e}memory"])),
            ),
        ),
        (
            "23:53:00",
            restart(
                3,
                4000,
                Cause::Stalled(Stall::Silent(Duration::from_secs(300))),
            ),
        ),
        (
            "23:53:01",
            restart(4, 4000, Cause::Stalled(Stall::Overslept(time("23:40:00")))),
        ),
        (
            "23:53:02",
            restart(
                5,
                4000,
                Cause::WrongProgram {
                    runs: "vi".into(),
                    expected: "claude".into(),
                },
            ),
        ),
        ("23:53:03", restart(0, 0, Cause::Finished)),
        ("23:53:04", restart(0, 0, Cause::LostPane)),
        ("23:53:05", restart(0, 1000, Cause::NotStarted)),
        ("23:53:06", restart(0, 0, Cause::BadResume)),
        ("23:53:07", restart(0, 0, Cause::Phase("test".into()))),
        ("23:53:08", restart(0, 90_000, Cause::LimitOver)),
        ("23:53:09", restart(0, 0, Cause::OnComplete)),
        ("23:53:10", restart(0, 0, Cause::Missing)),
        ("23:53:11", restart(0, 0, Cause::Died(None))),
        (
            "23:54:00",
            Fact::StartFailed {
                unit: unit(),
                reason: "its directory is gone".into(),
            },
        ),
        (
            "23:54:00",
            Fact::GaveUp {
                unit: unit(),
                reason: "it was restarted 5 times within 10 min".into(),
            },
        ),
        ("23:55:00", Fact::Reset { unit: unit() }),
        (
            "23:55:01",
            Fact::Paused {
                unit: Some(unit()),
                paused: true,
            },
        ),
        (
            "23:55:02",
            Fact::Paused {
                unit: None,
                paused: false,
            },
        ),
        (
            "23:56:00",
            Fact::Stalled {
                unit: unit(),
                stall: Stall::Silent(Duration::from_secs(320)),
                done: "it is nudged".into(),
            },
        ),
        (
            "23:56:01",
            Fact::Stalled {
                unit: unit(),
                stall: Stall::Overslept(time("23:10:00")),
                done: "it is told of".into(),
            },
        ),
        (
            "23:56:02",
            Fact::WaitsTooLong {
                unit: unit(),
                until: "2026-12-24T10:00:00Z".parse().expect("a time"),
                held_to: "2026-11-24T23:56:02Z".parse().expect("a time"),
            },
        ),
        (
            "23:57:00",
            Fact::NeedsLogin {
                unit: unit(),
                rows: rows(&["Please run /login"]),
            },
        ),
        (
            "23:57:01",
            Fact::Told {
                unit: unit(),
                text: "its id of a conversation is not used".into(),
            },
        ),
        (
            "23:57:02",
            Fact::Would {
                unit: Some(unit()),
                what: "start it anew".into(),
            },
        ),
        (
            "23:58:00",
            Fact::Storm {
                units: vec![unit(), UnitName::new("other")],
                server: true,
            },
        ),
        ("23:58:00", Fact::Canary { unit: unit() }),
        ("23:58:20", Fact::StormOver),
        (
            "23:58:30",
            Fact::Handoff {
                unit: unit(),
                what: "a claim".into(),
                subjects: rows(&["claim: gate 1 \u{9b}31m"]),
            },
        ),
        (
            "23:58:30",
            post(
                Purpose::Ping,
                Some("watchdog ping: a CLAIM was pushed"),
                Post::Queued,
            ),
        ),
        (
            "23:58:31",
            post(
                Purpose::Ping,
                None,
                Post::Receipt(Receipt::Waits("it works".into())),
            ),
        ),
        (
            "23:58:32",
            post(
                Purpose::Ping,
                None,
                Post::Receipt(Receipt::Unconfirmed("its screen shows no input".into())),
            ),
        ),
        (
            "23:58:33",
            post(
                Purpose::Nudge,
                None,
                Post::Receipt(Receipt::Failed("the pane is gone".into())),
            ),
        ),
        (
            "23:58:34",
            post(
                Purpose::Wake,
                None,
                Post::Receipt(Receipt::Nothing("the file is empty".into())),
            ),
        ),
        ("23:58:35", post(Purpose::Resume, None, Post::Unknown)),
        ("23:58:36", post(Purpose::Ping, None, Post::Dropped)),
        ("23:58:37", post(Purpose::Nudge, None, Post::Withdrawn)),
        (
            "23:59:00",
            Fact::Phase {
                from: Some("build".into()),
                to: "test".into(),
                why: "the phase before is done".into(),
            },
        ),
        (
            "23:59:01",
            Fact::Complete {
                last: "test".into(),
            },
        ),
        ("23:59:02", Fact::OnComplete { run: Some(unit()) }),
        (
            "23:59:03",
            Fact::Trouble {
                about: "remote".into(),
                reason: Some("it does not answer".into()),
            },
        ),
        (
            "23:59:04",
            Fact::Trouble {
                about: "remote".into(),
                reason: None,
            },
        ),
    ]
}
