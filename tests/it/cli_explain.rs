//! `explain`, and the journal that it tells from.

use crate::fleet_rig::{Fleet, is_running, kill, script, sleeper, wait_until};

const JOURNAL: &str = "logs/state/journal.jsonl";

/// A fleet of which one agent has died by itself, and was brought back.
fn after_a_death() -> Fleet {
    let once = "if [ -e died ]; then exec sleep 1000; fi; touch died; echo 'boom: no more'; exit 3";
    let fleet = Fleet::new(&(script("a", once) + &sleeper("b")));
    fleet.ok(&["up"]);
    fleet.wait_for_unit("a", "its second start", |unit| {
        is_running(unit) && unit["restarts"] == 1
    });
    fleet
}

/// What `explain` tells, once the journal has it.
fn told(fleet: &Fleet, arguments: &[&str], text: &str) -> String {
    let mut said = String::new();
    wait_until(text, || {
        said = fleet.ok(arguments).out;
        said.contains(text)
    });
    said
}

#[test]
fn why_an_agent_was_restarted_can_be_asked_later_and_without_a_watchdog() {
    let fleet = after_a_death();
    let story = told(&fleet, &["explain", "a"], "its last rows:");
    assert!(story.contains("  ended with 3"), "{story}");
    assert!(
        story.contains("  restart 1 at once: its process ended with 3"),
        "{story}"
    );
    assert!(story.contains("| boom: no more"), "{story}");
    assert!(story.contains("watchdog: begins"), "{story}");
    assert!(
        story.contains("1 death, 1 restart, no holds, 0 texts typed"),
        "{story}"
    );
    fleet.ok(&["down"]);
    let story = fleet.ok(&["explain", "a", "--since", "1h"]).out;
    assert!(
        story.contains("restart 1 at once") && story.contains("wanted down"),
        "{story}"
    );
    let fleet_story = fleet.ok(&["explain"]).out;
    assert!(
        fleet_story.contains("a: restart 1 at once"),
        "{fleet_story}"
    );
    assert_eq!(fleet.ok(&["explain", "fleet"]).out, fleet_story);
    let other = fleet.ok(&["explain", "b"]).out;
    assert!(!other.contains("restart 1"), "{other}");
}

#[test]
fn the_story_as_json_is_the_events_with_the_numbers_of_their_entries() {
    let fleet = after_a_death();
    told(&fleet, &["explain", "a"], "its last rows:");
    fleet.ok(&["down"]);
    let text = fleet.ok(&["explain", "a", "--json"]).out;
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let death = lines.iter().find(|line| line["kind"] == "death");
    let death = death.expect("a death");
    assert_eq!(
        (&death["agent"], &death["version"]),
        (&"a".into(), &1.into())
    );
    assert!(
        death["seq"].is_u64() && death["time"].is_string(),
        "{death}"
    );
}

#[test]
fn names_that_never_were_are_refused_and_those_that_are_gone_still_have_their_story() {
    let fleet = after_a_death();
    told(&fleet, &["explain", "a"], "restart 1");
    let unknown = fleet.ao(&["explain", "zzz"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""), "{unknown:?}");
    assert!(
        unknown.err.contains("there is no agent or service `zzz`"),
        "{unknown:?}"
    );
    fleet.ok(&["down", "a"]);
    fleet.configure(&sleeper("b"));
    let story = fleet.ok(&["explain", "a"]).out;
    assert!(story.contains("restart 1 at once"), "{story}");
    fleet.ok(&["down"]);
}

#[test]
fn without_a_journal_there_is_no_story_and_nothing_is_written() {
    let fleet = Fleet::new(&sleeper("a"));
    let run = fleet.ao(&["explain", "a"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:?}");
    assert!(
        run.err.contains("no journal") && run.err.contains("hint: "),
        "{run:?}"
    );
    assert!(!fleet.path("logs").exists());
}

#[test]
fn what_a_crash_left_of_a_line_is_told_and_left_out() {
    let fleet = after_a_death();
    told(&fleet, &["explain", "a"], "restart 1");
    fleet.ok(&["down"]);
    let journal = fleet.read(JOURNAL);
    fleet.write(JOURNAL, &(journal + "{\"version\":1,\"seq\"\n"));
    let run = fleet.ok(&["explain", "a"]);
    assert!(run.out.contains("restart 1"), "{run:?}");
    assert!(
        run.err.contains("1 line of the journal cannot be read"),
        "{run:?}"
    );
}

#[test]
fn the_journal_of_a_real_watchdog_plays_again_to_the_same_decisions() {
    let fleet = after_a_death();
    kill(fleet.pid("b"));
    told(&fleet, &["explain", "b"], "restart 1");
    fleet.ok(&["restart", "b"]);
    fleet.ok(&["down", "watchdog"]);
    fleet.ok(&["up"]);
    fleet.ok(&["down"]);
    let path = fleet.path(JOURNAL).display().to_string();
    let replay = fleet.ao(&["internal", "replay", &path]);
    assert_eq!(replay.code, 0, "{replay:#?}");
    assert!(
        replay.out.contains("from 2 machines: 0 differences"),
        "{replay:?}"
    );

    let doctored = fleet
        .read(JOURNAL)
        .replacen("\"attempt\":1", "\"attempt\":7", 1);
    fleet.write("doctored.jsonl", &doctored);
    let path = fleet.path("doctored.jsonl").display().to_string();
    let replay = fleet.ao(&["internal", "replay", &path]);
    assert_eq!(replay.code, 1, "{replay:#?}");
    assert!(replay.out.contains("doctored.jsonl:"), "{replay:?}");
    assert!(
        replay.out.contains("\"attempt\":7") && replay.out.contains("\"attempt\":1"),
        "{replay:?}"
    );
}
