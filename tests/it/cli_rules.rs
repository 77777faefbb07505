//! `pause`, `resume`, `reset` and `plan`: what the watchdog does by itself, and what it would.

use serde_json::Value;

use crate::fleet_rig::{Fleet, is_running, kill, script, sleeper};

/// A config with a budget of one restart.
fn hopeless() -> Fleet {
    let fleet = Fleet::new("");
    let config = script("a", "echo hopeless; exit 3") + &sleeper("b");
    fleet.configure(&config);
    let text = fleet.read("agents.toml");
    let text = text.replace(
        "[watchdog]\n",
        "[watchdog]\nrestarts_per_window = 1\nrestart_delay = 0.01\n",
    );
    fleet.write("agents.toml", &text);
    fleet
}

fn names(plan: &Value, list: &str) -> Vec<String> {
    let list = plan[list]
        .as_array()
        .unwrap_or_else(|| panic!("{list}: {plan:#}"));
    let names = list.iter().map(|entry| entry["name"].as_str());
    names.map(|name| name.expect("a name").to_owned()).collect()
}

fn plan(fleet: &Fleet) -> Value {
    let run = fleet.ok(&["plan", "--json"]);
    serde_json::from_str(&run.out).expect("JSON")
}

#[test]
fn nothing_is_done_by_itself_about_an_agent_that_is_paused() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    fleet.ok(&["pause", "a"]);
    assert_eq!(fleet.unit("a")["paused"], true);
    assert!(fleet.ok(&["status"]).out.contains("paused"));
    let (a, b) = (fleet.pid("a"), fleet.pid("b"));
    kill(a);
    fleet.wait_for_unit("a", "its death", |unit| !is_running(unit));
    kill(b);
    fleet.wait_for_other_pid("b", b);
    assert!(!is_running(&fleet.unit("a")));
    fleet.ok(&["resume", "a"]);
    fleet.wait_for_other_pid("a", a);
    fleet.ok(&["pause"]);
    assert_eq!(fleet.status()["watchdog"]["paused"], true);
    fleet.ok(&["resume"]);
    assert_eq!(fleet.status()["watchdog"]["paused"], false);
    fleet.ok(&["down"]);
}

#[test]
fn a_pause_is_written_down_without_a_watchdog_and_counts_for_the_next_one() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["pause", "a"]);
    assert_eq!(fleet.unit("a")["paused"], true);
    assert!(fleet.processes().is_empty(), "a verb started something");
    fleet.ok(&["up"]);
    assert!(is_running(&fleet.unit("a")), "a person's word counts");
    assert_eq!(fleet.unit("a")["paused"], true);
    fleet.ok(&["resume"]);
    assert_eq!(fleet.unit("a")["paused"], false);
    fleet.ok(&["down"]);
}

#[test]
fn what_has_failed_for_good_says_why_and_is_tried_again_after_a_reset() {
    let fleet = hopeless();
    let events = {
        fleet.ok(&["up", "watchdog"]);
        fleet.follow()
    };
    fleet.ao(&["up"]);
    let told = events.of("gave-up", "a");
    assert!(
        told["reason"].as_str().is_some_and(|why| !why.is_empty()),
        "{told}"
    );
    let unit = fleet.wait_for_unit("a", "giving up", |unit| unit["gave_up"] == true);
    assert_eq!(unit["reason"], told["reason"]);
    assert_eq!(unit["budget"]["window_max"], 1);
    let table = fleet.ok(&["status"]).out;
    assert!(
        table.contains("gave up: ") && table.contains("`ao reset a`"),
        "{table}"
    );
    assert_eq!(names(&plan(&fleet), "failed"), ["a"]);
    fleet.ok(&["reset", "a"]);
    events.of("reset", "a");
    events.of("gave-up", "a");
    let story = fleet.ok(&["explain", "a"]).out;
    assert!(story.contains("gave up: "), "{story}");
    fleet.ok(&["down"]);
}

#[test]
fn these_verbs_refuse_names_that_nobody_has() {
    let fleet = Fleet::new(&sleeper("a"));
    for verb in ["pause", "resume", "reset"] {
        for name in ["nobody", "watchdog"] {
            let run = fleet.ao(&[verb, name]);
            assert_eq!(
                (run.code, run.out.as_str()),
                (2, ""),
                "{verb} {name}: {run:?}"
            );
            assert!(run.err.contains("hint: "), "{verb} {name}: {run:?}");
        }
    }
    assert!(!fleet.path("logs").exists());
}

#[test]
fn a_plan_names_what_differs_from_the_config_and_changes_nothing() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b") + &sleeper("c") + &sleeper("d")));
    let before = plan(&fleet);
    assert_eq!(names(&before, "start"), ["a", "b", "c", "d"]);
    assert_eq!(before["watchdog"], false);
    assert!(
        !fleet.path("logs").exists(),
        "a verb that reads wrote something"
    );
    fleet.ok(&["up"]);
    fleet.ok(&["down", "d"]);
    let same = fleet.ok(&["plan"]).out;
    assert!(
        same.contains(". d") && same.contains("3 run as the config says"),
        "{same}"
    );
    let pid = fleet.pid("a");
    let edited = "\n[[agent]]\nname = \"a\"\ndir = \"elsewhere\"\n";
    let unwatched = "\n[[agent]]\nname = \"e\"\nwatch = \"none\"\n";
    let off = "\n[[agent]]\nname = \"f\"\nenabled = false\n";
    let wrong = "\n[[agent]]\nname = \"g\"\nbackend = \"none\"\n";
    fleet.configure(&(edited.to_owned() + &sleeper("b") + &sleeper("d") + unwatched + off + wrong));
    let plan = plan(&fleet);
    for (list, expected) in [
        ("start", &["e"][..]),
        ("removed", &["c"]),
        ("stale", &["a"]),
        ("down", &["d"]),
        ("disabled", &["f"]),
        ("broken", &["g"]),
        ("failed", &[]),
    ] {
        assert_eq!(names(&plan, list), expected, "{list}: {plan:#}");
    }
    assert_eq!(plan["unchanged"], 1);
    let table = fleet.ok(&["plan"]).out;
    for line in ["+ e", "- c", "~ a", ". d", ". f", "! g"] {
        assert!(
            table.lines().any(|row| row.starts_with(line)),
            "{line}: {table}"
        );
    }
    assert_eq!(fleet.pid("a"), pid);
    fleet.ok(&["down"]);
}
