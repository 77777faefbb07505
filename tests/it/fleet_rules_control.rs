//! What a person wants wins: pauses, dry runs, and what is taken down.

use rustix::process::Signal;

use crate::fleet_rig::{Fleet, is_alive, is_running, kill, signal, wait_until};
use crate::puppet::{FATAL, Puppet, puppet, stage};

fn two() -> Fleet {
    let fleet = stage("", &(puppet("a", "") + &puppet("b", "")));
    fleet.ok(&["up"]);
    fleet
}

fn kill_both(fleet: &Fleet) {
    for name in ["a", "b"] {
        kill(fleet.pid(name));
    }
}

#[test]
fn a_paused_agent_is_left_alone_until_it_is_resumed() {
    let fleet = two();
    let (events, old) = (fleet.follow(), fleet.pid("b"));
    fleet.ok(&["pause", "a"]);
    assert_eq!(fleet.unit("a")["paused"], true);
    kill_both(&fleet);
    events.of("death", "a");
    fleet.wait_for_other_pid("b", old);
    assert_eq!(fleet.unit("a")["state"], "failed");
    assert!(fleet.events_of("restart", "a").is_empty());
    // It is written down.
    fleet.crash_watchdog();
    assert_eq!(fleet.unit("a")["paused"], true);
    assert!(!is_running(&fleet.unit("a")));
    fleet.ok(&["resume", "a"]);
    fleet.wait_for_unit("a", "it is looked after again", is_running);
}

#[test]
fn a_paused_fleet_is_left_alone_but_a_persons_word_counts() {
    let fleet = two();
    let events = fleet.follow();
    fleet.ok(&["pause"]);
    events.wait_for("it is paused", |event| {
        event["kind"] == "paused" && event["agent"].is_null()
    });
    kill_both(&fleet);
    events.of("death", "a");
    fleet.ok(&["up", "b"]);
    fleet.wait_for_unit("b", "it runs, as was asked for", is_running);
    assert!(!is_running(&fleet.unit("a")));
    fleet.ok(&["resume"]);
    fleet.wait_for_unit("a", "it runs", is_running);
}

#[test]
fn a_dry_run_tells_what_it_would_do_and_does_nothing() {
    let fleet = two();
    fleet.ok(&["down", "watchdog"]);
    let mut dry = fleet.ao_command(&["watchdog", "--dry-run"]);
    let mut dry = dry
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("ao watchdog");
    wait_until("it has taken the fleet over", || {
        fleet.status()["watchdog"]["dry_run"] == true && is_running(&fleet.unit("b"))
    });
    let events = fleet.follow();
    Puppet::of(&fleet, "b").shows(FATAL);
    kill(fleet.pid("a"));
    for name in ["a", "b"] {
        let would = events.of("would", name);
        assert!(would["text"].to_string().contains("start it"), "{would}");
    }
    assert!(!is_running(&fleet.unit("a")));
    assert_eq!(fleet.unit("b")["state"], "fatal");
    for name in ["a", "b"] {
        assert!(fleet.events_of("start", name).is_empty());
    }
    let pid = i32::try_from(dry.id()).expect("a pid");
    signal(pid, Signal::TERM);
    assert!(dry.wait().expect("a status").success());
    // What it would have done, the next one does.
    fleet.ok(&["up", "watchdog"]);
    fleet.wait_for_unit("a", "it runs", is_running);
}

// 100 [B], better: what was taken down stays down.
#[test]
fn an_agent_that_was_taken_down_is_not_healed_by_any_rule() {
    let fleet = two();
    let events = fleet.follow();
    let old = fleet.pid("a");
    fleet.ok(&["down", "a"]);
    assert!(!is_alive(old));
    kill(fleet.pid("b"));
    events.of("restart", "b");
    events.of("start", "b");
    fleet.crash_watchdog();
    let unit = fleet.unit("a");
    assert_eq!(
        (&unit["state"], &unit["wanted"]),
        (&"stopped".into(), &"down".into()),
        "{unit:#}"
    );
}
