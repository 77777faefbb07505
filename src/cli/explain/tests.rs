mod asked;
mod night;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::happening::Subject;
use super::story::Story;
use super::{Told, json};
use crate::cli::table::Reader;
use crate::daemon::wire::What;
use crate::detect::{Seen, Signal};
use crate::supervise::{Action, Fact, Judgement};
use asked::dialogs;
use night::*;

/// A number for each kind; a new kind does not compile before it has one, and its part in [`night`].
fn kind(fact: &Fact) -> usize {
    match fact {
        Fact::Start { .. } => 0,
        Fact::Adopt { .. } => 1,
        Fact::StartFailed { .. } => 2,
        Fact::Death { .. } => 3,
        Fact::Restart { .. } => 4,
        Fact::GaveUp { .. } => 5,
        Fact::Wanted { .. } => 6,
        Fact::Paused { .. } => 7,
        Fact::Reset { .. } => 8,
        Fact::State { .. } => 9,
        Fact::Would { .. } => 10,
        Fact::Storm { .. } => 11,
        Fact::Canary { .. } => 12,
        Fact::StormOver => 13,
        Fact::NeedsLogin { .. } => 14,
        Fact::Hold { .. } => 15,
        Fact::Lifted { .. } => 16,
        Fact::Probe { .. } => 17,
        Fact::StillLimited { .. } => 18,
        Fact::Stalled { .. } => 19,
        Fact::WaitsTooLong { .. } => 20,
        Fact::Post { .. } => 21,
        Fact::Phase { .. } => 22,
        Fact::Complete { .. } => 23,
        Fact::OnComplete { .. } => 24,
        Fact::Handoff { .. } => 25,
        Fact::Trouble { .. } => 26,
        Fact::Told { .. } => 27,
        Fact::Answer { .. } => 28,
    }
}

const KINDS: usize = 29;

fn entry(seq: usize, wall: Timestamp, rest: serde_json::Value) -> Told {
    let mut line = json!({
        "version": 1,
        "seq": seq,
        "mono": { "secs": 1, "nanos": 0 },
        "wall": wall,
    });
    let fields = line.as_object_mut().expect("an object");
    fields.extend(rest.as_object().expect("an object").clone());
    Told::read(line.to_string().as_bytes()).expect("an entry")
}

fn journal() -> Vec<Told> {
    let begin = json!({ "begin": { "ao": "0.1.0", "why": "start", "machine": {} } });
    let mut entries = vec![entry(1, time("19:59:59"), begin)];
    entries.extend(
        night()
            .into_iter()
            .chain(dialogs())
            .enumerate()
            .map(|(n, (at, fact))| {
                let actions = [Action::Remember, Action::Announce(fact)];
                entry(
                    n + 2,
                    time(at),
                    json!({ "input": "tick", "actions": actions }),
                )
            }),
    );
    let screen = json!({ "screen": { "unit": "worker", "rows": ["", "  Traceback", "boom \u{1b}[2J", ""] } });
    entries.push(entry(90, time("23:59:10"), screen));
    entries.push(entry(91, time("23:59:11"), json!({ "missed": 3 })));
    let config = What::Config {
        accepted: false,
        text: "agents.toml:3:1: no such backend\n 3 |".into(),
    };
    entries.push(entry(92, time("23:59:12"), json!({ "said": config })));
    let tmux = What::Tmux {
        text: "the tmux server does not answer".into(),
    };
    entries.push(entry(93, time("23:59:13"), json!({ "said": tmux })));
    entries
}

fn worker() -> Subject {
    Subject::Unit {
        name: "worker".into(),
        account: Some("team".into()),
    }
}

fn other() -> Subject {
    Subject::Unit {
        name: "other".into(),
        account: None,
    }
}

fn tell(subject: Subject, entries: Vec<Told>) -> String {
    let reader = Reader {
        now: "2026-11-24T06:00:00Z".parse().expect("a time"),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
        width: Some(100),
    };
    let mut story = Story::new(subject, reader);
    entries.into_iter().for_each(|entry| story.add(entry));
    let mut out = Vec::new();
    story.write(time("18:00:00"), &mut out).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn every_kind_of_fact_is_a_sentence_that_a_person_can_follow() {
    let mut kinds: Vec<usize> = night()
        .iter()
        .chain(&dialogs())
        .map(|(_, fact)| kind(fact))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (0..KINDS).collect::<Vec<_>>());
    insta::assert_snapshot!(tell(worker(), journal()));
}

#[test]
fn the_story_of_the_fleet_names_everybody_and_leaves_routine_out() {
    let text = tell(Subject::Fleet, journal());
    assert!(
        text.contains("worker: usage limit of the account team"),
        "{text}"
    );
    assert!(text.contains("loop: phase build -> test"), "{text}");
    assert!(!text.contains("by turns"), "{text}");
}

#[test]
fn the_story_of_another_agent_has_what_concerns_it_too() {
    insta::assert_snapshot!(tell(other(), journal()), @r"
    Monday, 2026-11-23
      20:59:59  watchdog: begins, ao 0.1.0
      21:00:00  fleet: wanted up
    Tuesday, 2026-11-24
      00:55:02  fleet: looked after again
      00:58:00  fleet: the tmux server went away; healing goes one by one: worker, other
      00:58:20  fleet: all of the incident were started
      00:59:11  journal: 3 entries are missing here
      00:59:13  tmux: the tmux server does not answer
    since 2026-11-23 19:00: 0 restarts, no holds, 0 texts typed
    ");
}

#[test]
fn working_and_being_idle_by_turns_is_told_once_however_often() {
    let states = [Seen::Working, Seen::Idle];
    let entries = (0..400).map(|n: usize| {
        let fact = shown(
            Judgement::Running(states[n % 2]),
            states[(n + 1) % 2],
            Signal::Silence,
            &[],
        );
        let at = time("20:00:00") + Duration::from_secs(n as u64);
        let actions = [Action::Announce(fact)];
        entry(n + 1, at, json!({ "input": "tick", "actions": actions }))
    });
    let text = tell(worker(), entries.collect());
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.contains("works and is idle by turns, 400 changes; works since 21:06:39"),
        "{text}"
    );
}

#[test]
fn a_story_without_events_says_so_and_how_to_look_further_back() {
    let text = tell(worker(), Vec::new());
    assert_eq!(
        text,
        "nothing happened to worker since 2026-11-23 19:00; `--since 7d` looks further back\n"
    );
}

#[test]
fn nothing_that_the_journal_holds_acts_upon_the_terminal() {
    for subject in [worker(), other(), Subject::Fleet, Subject::Watchdog] {
        let text = tell(subject, journal());
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bad), "{text:?}");
    }
}

#[test]
fn each_json_line_is_an_event_with_the_number_of_its_entry() {
    let mut out = Vec::new();
    json::write(journal().into_iter(), &worker(), &mut out).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(lines.len() > 50, "{}", lines.len());
    let of_kind = |kind: &str| {
        let found = lines.iter().find(|line| line["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}")).clone()
    };
    assert_eq!(of_kind("begin")["seq"], 1);
    assert_eq!(of_kind("limit")["until"], "2026-11-23T23:30:45Z");
    assert_eq!(of_kind("limit")["source"], "banner");
    assert_eq!(of_kind("last-screen")["rows"][1], "  Traceback");
    assert_eq!(of_kind("missed")["count"], 3);
    assert_eq!(of_kind("gave-up")["agent"], "worker");
    assert_eq!(of_kind("delivery")["outcome"], "typing");
    assert!(
        lines
            .iter()
            .all(|line| line["version"] == 1 && line["time"].is_string())
    );
}
