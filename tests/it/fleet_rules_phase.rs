//! The rules for phases with the real watchdog: on to the next, by hand, and what comes after the last.

use crate::fleet_rig::{Events, Fleet, is_running, wait_until};
use crate::puppet::{Puppet, puppet, restage, stage};

const DONE: &str = "## DONE\nAll tests pass.\n";
const INDEX: &str = "logs/state/phase-idx";
const COMPLETE: &str = "logs/SEQUENCE-COMPLETE";

/// Phases of these names, with an agent `a` that works through them.
fn config(phases: &[&str], rest: &str) -> String {
    let mut text = "[loop]\nkickoff_template = 'kickoff.md'\n".to_owned();
    for phase in phases {
        text += &format!("[[loop.phases]]\nid = '{phase}'\nstatus = '{phase}.md'\n");
    }
    text + rest + &puppet("a", "kind = 'loop'\nrole = 'builder'") + &puppet("by", "")
}

fn looping(phases: &[&str], rest: &str) -> Fleet {
    let fleet = stage("", &config(phases, rest));
    fleet.write("kickoff.md", "Phase {phase_id}, {role}.\n");
    fleet.write("prompts/builder.md", "Build.\n");
    fleet
}

fn up(phases: &[&str], rest: &str) -> (Fleet, Events) {
    let fleet = looping(phases, rest);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    (fleet, events)
}

/// Waits until `a` was started on the kickoffs of these phases, one after the other.
fn works_through(fleet: &Fleet, phases: &[&str]) {
    let wanted: Vec<String> = phases
        .iter()
        .map(|it| format!("Phase {it}, builder."))
        .collect();
    let a = Puppet::of(fleet, "a");
    wait_until(&format!("it works through {phases:?}"), || {
        a.starts() == wanted
    });
}

fn goes_to(events: &Events, phase: &str) -> serde_json::Value {
    events.wait_for(&format!("the phase {phase}"), |event| {
        event["kind"] == "phase" && event["to"] == phase
    })
}

// 112, 113.
#[test]
fn a_phase_that_is_done_leads_to_the_next_and_its_agents_start_anew() {
    let (fleet, events) = up(&["one", "two"], "");
    works_through(&fleet, &["one"]);
    fleet.write("machine-docs/one.md", "## DONE\nnot yet\n");
    fleet.write("machine-docs/one.md", DONE);
    let phase = goes_to(&events, "two");
    assert_eq!(
        (&phase["from"], &phase["why"]),
        (&"one".into(), &"the phase before is done".into())
    );
    works_through(&fleet, &["one", "two"]);
    assert_eq!(fleet.read(INDEX).trim(), "1");
    let restart = events.of("restart", "a");
    assert_eq!(
        (&restart["cause"], &restart["attempt"]),
        (&"the loop goes on to the phase two".into(), &0.into())
    );
    assert_eq!(
        Puppet::of(&fleet, "by").starts().len(),
        1,
        "it is in no loop"
    );
}

// 114 [B], better: a chain of done phases takes no time.
#[test]
fn phases_that_are_all_done_are_passed_one_after_the_other() {
    let fleet = looping(&["one", "two", "three"], "");
    for phase in ["one", "two"] {
        fleet.write(&format!("{phase}.md"), DONE);
    }
    fleet.ok(&["up"]);
    let events = fleet.follow();
    goes_to(&events, "two");
    goes_to(&events, "three");
    wait_until("it works on the third", || {
        Puppet::of(&fleet, "a")
            .starts()
            .last()
            .is_some_and(|it| it.contains("three"))
    });
    assert_eq!(fleet.read(INDEX).trim(), "2");
    assert!(!fleet.path(COMPLETE).exists());
}

// 64, 66 [B], better: a marker with nothing behind it counts once nobody writes on.
#[test]
fn a_bare_marker_counts_once_its_file_stands_still() {
    let (fleet, events) = up(&["one", "two", "three"], "");
    fleet.write("one.md", DONE);
    goes_to(&events, "two");
    fleet.write("two.md", "```\n## DONE\n```\n## DONE criteria\n");
    fleet.write("two.md", "## DONE\n");
    fleet.write("two.md", "## DONE\nnot yet\n");
    wait_until("that was read", || {
        fleet.status()["phase"]["done"][1] == false
    });
    fleet.write("two.md", "## DONE\n");
    goes_to(&events, "three");
}

// 68, 70 [B], better: the loop's agents start anew on the phase that a person moved to.
#[test]
fn a_phase_may_be_moved_by_a_verb_and_by_the_file() {
    let (fleet, events) = up(&["one", "two", "three"], "");
    works_through(&fleet, &["one"]);
    fleet.ok(&["phase", "set", "2"]);
    assert_eq!(goes_to(&events, "three")["why"], "by a person's word");
    works_through(&fleet, &["one", "three"]);
    fleet.write(INDEX, "1\n");
    assert_eq!(goes_to(&events, "two")["why"], "by hand");
    works_through(&fleet, &["one", "three", "two"]);
    assert_eq!(fleet.ao(&["phase", "set", "7"]).code, 2);
    assert_eq!(fleet.read(INDEX).trim(), "1");
}

const LATER: &str = "[loop.on_complete]\nrun = 'report'\ntrigger_file = 'go'\n\
                     [backend.report]\nprompt_delivery = 'exec'\nbin = 'echo ran >>report; exec sleep 1000'\n\
                     [[agent]]\nname = 'report'\nbackend = 'report'\nenabled = false\nkind = 'task'\n";

// 115, 116, 117, 118 [B], better: what comes after the end counts at once, and so does going back.
#[test]
fn after_the_last_phase_the_loop_ends_a_task_begins_and_a_new_phase_goes_on() {
    let (fleet, events) = up(&["one"], LATER);
    works_through(&fleet, &["one"]);
    fleet.write("logs/go", "");
    fleet.write("one.md", DONE);
    events.wait_for("the end", |event| {
        event["kind"] == "complete" && event["last"] == "one"
    });
    events.wait_for("what comes then", |event| {
        event["kind"] == "on-complete" && event["run"] == "report"
    });
    fleet.wait_for_unit("report", "it runs though it is disabled", is_running);
    fleet.wait_for_unit("a", "it has ended", |unit| unit["state"] == "stopped");
    assert!(!fleet.path("logs/go").exists());
    let marker = fleet.read(COMPLETE);
    assert!(marker.starts_with("phase sequence complete 2"), "{marker}");
    assert!(
        marker.ends_with(". Loops stopped; build finished.\n"),
        "{marker}"
    );
    assert_eq!(fleet.read("report").lines().count(), 1);

    // The next watchdog begins nothing of that again.
    fleet.crash_watchdog();
    assert!(is_running(&fleet.unit("report")));
    let events = fleet.follow();
    restage(&fleet, "", &config(&["one", "more"], LATER));
    goes_to(&events, "more");
    works_through(&fleet, &["one", "more"]);
    assert!(!fleet.path(COMPLETE).exists());

    fleet.ok(&["phase", "set", "0"]);
    wait_until("done already, so it goes on again", || {
        fleet.read(INDEX).trim() == "1" && Puppet::of(&fleet, "a").starts().len() > 2
    });
    assert_eq!(fleet.read("report").lines().count(), 1);
}

// 118 [B], better: a move that a crash cut short is finished.
#[test]
fn a_watchdog_that_is_killed_amid_a_move_is_followed_by_one_that_finishes_it() {
    let (fleet, events) = up(&["one", "two"], "");
    works_through(&fleet, &["one"]);
    let watchdog = fleet.watchdog();
    fleet.write("one.md", DONE);
    goes_to(&events, "two");
    crate::fleet_rig::kill(watchdog);
    wait_until("it is gone", || !crate::fleet_rig::is_alive(watchdog));
    fleet.ok(&["up", "watchdog"]);
    wait_until("it works on the second", || {
        let last = Puppet::of(&fleet, "a").starts().pop();
        let there = fleet.read(INDEX).trim() == "1" && is_running(&fleet.unit("a"));
        there && last.is_some_and(|it| it.contains("two"))
    });
    let starts = Puppet::of(&fleet, "a").starts();
    assert_eq!(
        starts.iter().filter(|it| it.contains("one")).count(),
        1,
        "{starts:?}"
    );
}

#[test]
fn a_phase_that_cannot_be_written_down_is_told_and_tried_again() {
    let (fleet, events) = up(&["one", "two"], "");
    works_through(&fleet, &["one"]);
    std::fs::create_dir_all(fleet.path(INDEX).join("in the way")).expect("a directory");
    fleet.write("one.md", DONE);
    let trouble = |wanted: bool| {
        events.wait_for("trouble", |event| {
            event["kind"] == "trouble"
                && event["about"] == "phase"
                && event["reason"].is_string() == wanted
        })
    };
    trouble(true);
    works_through(&fleet, &["one"]);
    std::fs::remove_dir_all(fleet.path(INDEX)).expect("it was there");
    trouble(false);
    works_through(&fleet, &["one", "two"]);
}
