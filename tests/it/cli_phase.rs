//! `phase`: where the loop stands, and another phase by a person's word (statements 63 and 67 to 70 of
//! the predecessor's behaviour).

use crate::fleet_rig::{Fleet, sleeper};

const PHASES: &str = r#"
[loop]
roles_dir = "roles"
auto_advance = false
[[loop.phases]]
id = "plan"
status = "PLAN-STATUS.md"
[[loop.phases]]
id = "build"
status = "BUILD-STATUS.md"
[[loop.phases]]
id = "test"
status = "TEST-STATUS.md"
"#;

const INDEX: &str = "logs/state/phase-idx";

fn looping() -> Fleet {
    let fleet = Fleet::new(
        &(PHASES.to_owned() + "\n[[agent]]\nname = \"a\"\nkind = \"loop\"\nrole = \"a\"\n"),
    );
    fleet.write("roles/a.md", "go on\n");
    fleet
}

#[test]
fn phase_shows_the_current_one_its_place_and_all_of_them() {
    let fleet = looping();
    for arguments in [&["phase"][..], &["phase", "show"]] {
        let shown = fleet.ok(arguments);
        assert_eq!(shown.out, "phase plan [1/3] seq: plan build test\n");
        assert_eq!(shown.err, "");
    }
    assert!(
        !fleet.path("logs").exists(),
        "a verb that reads wrote something"
    );
    fleet.write(INDEX, "2\n");
    let shown = fleet.ok(&["phase"]);
    assert_eq!(shown.out, "phase test [3/3] seq: plan build test\n");
}

#[test]
fn a_number_in_the_file_that_is_no_phase_is_a_warning_and_the_nearest_one_counts() {
    let fleet = looping();
    for (text, shown) in [
        ("99", "phase test [3/3] seq: plan build test\n"),
        ("-1", "phase plan [1/3] seq: plan build test\n"),
        ("²", "phase plan [1/3] seq: plan build test\n"),
    ] {
        fleet.write(INDEX, text);
        let run = fleet.ok(&["phase"]);
        assert_eq!(run.out, shown, "{text}");
        assert!(run.err.starts_with("warning: "), "{text}: {run:?}");
    }
}

#[test]
fn without_phases_there_is_nothing_to_show_or_to_move() {
    let fleet = Fleet::new(&sleeper("a"));
    for arguments in [&["phase"][..], &["phase", "next"], &["phase", "set", "1"]] {
        let run = fleet.ok(arguments);
        assert_eq!(run.out, "no [loop].phases configured\n");
    }
}

#[test]
fn without_a_watchdog_next_and_set_write_the_number_down() {
    let fleet = looping();
    let next = fleet.ok(&["phase", "next"]);
    assert_eq!(next.out, "phase idx now 1 (build)\n");
    assert_eq!(fleet.read(INDEX), "1");
    let set = fleet.ok(&["phase", "set", "0"]);
    assert_eq!(set.out, "phase idx now 0 (plan)\n");
    assert_eq!(fleet.read(INDEX), "0");
    fleet.ok(&["phase", "set", "2"]);
    let next = fleet.ao(&["phase", "next"]);
    assert_eq!((next.code, next.out.as_str()), (1, ""), "{next:?}");
    assert!(
        next.err.contains("test is the last phase") && next.err.contains("hint: "),
        "{next:?}"
    );
    assert_eq!(fleet.read(INDEX), "2");
}

#[test]
fn moving_away_takes_the_mark_of_a_complete_sequence_along() {
    let fleet = looping();
    fleet.write(INDEX, "2");
    fleet.write("logs/SEQUENCE-COMPLETE", "phase sequence complete\n");
    fleet.ok(&["phase", "set", "0"]);
    assert!(!fleet.path("logs/SEQUENCE-COMPLETE").exists());
}

#[test]
fn a_phase_that_is_not_there_is_refused_before_anything_is_written() {
    let fleet = looping();
    for index in ["3", "99", "18446744073709551616", "-1"] {
        let run = fleet.ao(&["phase", "set", index]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
        assert!(!fleet.path("logs").exists(), "{index} was written");
    }
    let run = fleet.ao(&["phase", "set", "3"]);
    assert!(
        run.err.contains("phases count from 0 to 2") && run.err.contains("hint: "),
        "{run:?}"
    );
}

#[test]
fn a_watchdog_takes_the_loop_agents_to_the_phase_that_a_person_names() {
    let fleet = looping();
    fleet.ok(&["up"]);
    let first = fleet.pid("a");
    let events = fleet.follow();
    let set = fleet.ok(&["phase", "set", "1"]);
    assert_eq!(set.out, "phase idx now 1 (build)\n");
    let moved = events.wait_for("the move", |event| event["kind"] == "phase");
    assert_eq!(
        (&moved["from"], &moved["to"]),
        (&"plan".into(), &"build".into())
    );
    fleet.wait_for_other_pid("a", first);
    assert_eq!(fleet.read(INDEX), "1");
    assert_eq!(fleet.status()["phase"]["id"], "build");
    let wrong = fleet.ao(&["phase", "set", "3"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""), "{wrong:?}");
    fleet.ok(&["phase", "next"]);
    let end = fleet.ao(&["phase", "next"]);
    assert_eq!((end.code, end.out.as_str()), (1, ""), "{end:?}");
    assert!(end.err.contains("test is the last phase"), "{end:?}");
    fleet.ok(&["down"]);
}
