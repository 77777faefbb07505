use super::*;
use crate::daemon::wire::{Budget, Hold, Phase, Source, Stray, VERSION};

fn time(text: &str) -> Timestamp {
    format!("2026-11-23T{text}Z").parse().expect("a time")
}

fn unit(name: &str, state: State) -> Unit {
    Unit {
        name: name.into(),
        session: format!("demo-{name}"),
        kind: "persistent".into(),
        backend: Some("claude".into()),
        model: None,
        watch: "heal".into(),
        enabled: true,
        wanted: Some(Wanted::Up),
        state,
        stale: false,
        pane: None,
        pid: None,
        command: None,
        exit_status: None,
        exit_reason: None,
        since: Some(time("11:56:40")),
        restarts: 0,
        budget: None,
        hold: None,
        reason: None,
        gave_up: false,
        paused: false,
        waiting_until: None,
        signal: None,
        dialog: None,
        context_left: None,
        silent_since: None,
        letters: 0,
        account: None,
        started_as: None,
        last_screen: None,
        remarks: Vec::new(),
    }
}

fn fleet() -> Status {
    let running = Unit {
        command: Some("node".into()),
        model: Some("opus".into()),
        ..unit("worker", State::Unknown)
    };
    let failed = Unit {
        exit_status: Some(137),
        exit_reason: Some("killed by signal 9".into()),
        restarts: 3,
        remarks: vec!["the next restart is due in 8 s".into()],
        ..unit("reviewer-of-everything", State::Failed)
    };
    let held = Unit {
        hold: Some(Hold {
            until: Some(time("13:12:00")),
            source: Source::Banner,
            banner: Some("resets 2pm\u{202e}".into()),
            probes: 1,
        }),
        stale: true,
        letters: 2,
        ..unit("held", State::Limited)
    };
    let latched = Unit {
        exit_status: Some(1),
        restarts: 5,
        gave_up: true,
        reason: Some("it was restarted 5 times within 10 min".into()),
        budget: Some(Budget {
            restarts_window: 5,
            window_max: 5,
            restarts_day: 7,
            day_max: 20,
        }),
        ..unit("hopeless", State::Failed)
    };
    let login = Unit {
        reason: Some("Please run /login".into()),
        paused: true,
        ..unit("stranger", State::Login)
    };
    let waiting = Unit {
        waiting_until: Some("2026-11-24T09:00:00Z".parse().expect("a time")),
        letters: 1,
        ..unit("patient", State::Waiting)
    };
    let never = Unit {
        enabled: false,
        wanted: None,
        since: None,
        ..unit("once", State::Stopped)
    };
    let unwanted = Unit {
        wanted: Some(Wanted::Down),
        ..unit("leaving", State::Unknown)
    };
    let hostile = Unit {
        command: Some("sh\x1b[2J".into()),
        remarks: vec!["a\nb".into()],
        ..unit("hostile", State::Exited)
    };
    let service = Unit {
        kind: "service".into(),
        backend: None,
        watch: "none".into(),
        ..unit("docs", State::Unknown)
    };
    Status {
        version: VERSION,
        phase: Some(Phase {
            id: "build".into(),
            index: 1,
            count: 3,
            plan: Some("PLAN.md".into()),
            complete: false,
            done: vec![true, true, false],
        }),
        watchdog: Watchdog {
            running: true,
            pid: Some(4711),
            config: Some("/p/agents.toml".into()),
            config_error: Some("agents.toml:3:1: no such backend".into()),
            since: Some(time("10:00:00")),
            config_stale: true,
            dry_run: true,
            paused: false,
            journal_ok: Some(true),
            journal_missed: 3,
            troubles: vec!["remote: it does not answer".into()],
        },
        agents: vec![
            running, failed, held, latched, login, waiting, never, unwanted, hostile,
        ],
        services: vec![service],
        strays: vec![Stray {
            pane: "%9".into(),
            session: Some("demo-old".into()),
            agent: Some("old".into()),
            reason: "the config has no such agent".into(),
        }],
    }
}

fn reader(width: Option<usize>) -> Reader {
    Reader {
        now: time("12:00:00"),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
        width,
    }
}

fn plain(width: Option<usize>) -> String {
    let text = render(&fleet(), &reader(width));
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn the_table_shows_what_matters() {
    insta::assert_snapshot!(plain(None));
}

#[test]
fn the_table_fits_a_narrow_terminal_as_far_as_names_allow() {
    insta::assert_snapshot!(plain(Some(100)));
    insta::assert_snapshot!(plain(Some(72)));
}

#[test]
fn nothing_that_an_agent_says_acts_upon_the_terminal() {
    assert!(!plain(None).contains(|c: char| c.is_control() && c != '\n'));
}

#[test]
fn an_empty_fleet_has_a_watchdog_row() {
    let empty = Status {
        version: VERSION,
        phase: None,
        watchdog: Watchdog::default(),
        agents: vec![],
        services: vec![],
        strays: vec![],
    };
    let text = render(&empty, &reader(Some(80)));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @r"
    AGENT     KIND  BACKEND  MODEL  WATCH  STATE    SINCE
    watchdog  -     -        -      -      stopped  -
    ");
}

#[test]
fn the_document_has_every_key_with_null_for_what_is_absent() {
    let document = serde_json::to_value(fleet()).expect("JSON");
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    let expected = "account backend budget command context_left dialog enabled exit_reason exit_status gave_up hold kind last_screen \
         letters model name pane paused pid reason remarks restarts session signal silent_since since stale \
         started_as state waiting_until wanted watch";
    for unit in document["agents"].as_array().expect("agents") {
        assert_eq!(keys(unit).join(" "), expected);
    }
    assert_eq!(
        keys(&document["watchdog"]).join(" "),
        "config config_error config_stale dry_run journal_missed journal_ok paused pid running since troubles"
    );
    assert_eq!(document["agents"][6]["wanted"], serde_json::Value::Null);
    assert_eq!(document["agents"][0]["since"], "2026-11-23T11:56:40Z");
}
