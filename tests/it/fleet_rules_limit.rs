//! The rules for usage limits with the real watchdog: held, probed, lifted, and never a restart.

use std::cell::Cell;

use jiff::Timestamp;
use serde_json::Value;

use crate::fleet_rig::{Events, Fleet, is_running, kill, wait_until};
use crate::puppet::{BUSY, LIMIT, Puppet, puppet, stage};

const SOON: &str = "limit_reset_slack = 1\nlimit_probe_fallback = 1";
/// A guess that no test waits for.
const LATE: &str = "limit_reset_slack = 1\nlimit_probe_fallback = 5000";
const HOLD: &str = "logs/state/limited-t-a.json";

fn up(watchdog: &str, agents: &str) -> (Fleet, Events) {
    let fleet = stage(watchdog, agents);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    (fleet, events)
}

fn banner(reset: &str) -> String {
    format!("{LIMIT} {reset}")
}

/// What the hold's file says of its end.
fn until(fleet: &Fleet) -> f64 {
    let text = fleet.read(HOLD);
    let hold: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    hold["until"].as_f64().expect("seconds")
}

fn seconds_now() -> f64 {
    Timestamp::now().as_duration().as_secs_f64()
}

fn never_restarted(fleet: &Fleet, name: &str) {
    assert!(fleet.events_of("restart", name).is_empty());
    assert_eq!(fleet.events_of("start", name).len(), 1);
}

// 74, 75, 78, 79, 80, 82.
#[test]
fn a_limit_is_held_until_its_reset_then_probed_and_lifted_when_the_agent_works() {
    let (fleet, events) = up(SOON, &puppet("a", ""));
    let a = Puppet::of(&fleet, "a");
    a.answers(BUSY);
    a.shows(&banner("Resets in 8 seconds."));
    let limit = events.of("limit", "a");
    assert_eq!(
        (&limit["source"], &limit["banner"]),
        (&"banner".into(), &"Resets in 8 seconds".into())
    );
    let unit = fleet.unit("a");
    assert_eq!(
        (&unit["state"], &unit["hold"]["source"]),
        (&"limited".into(), &"banner".into())
    );
    assert!(until(&fleet) > seconds_now() - 1.0);
    assert_eq!(events.of("probe", "a")["number"], 1);
    events.of("lifted", "a");
    let heard = a.hears(1);
    assert!(
        heard.len() == 1 && heard[0].starts_with("watchdog probe: "),
        "{heard:?}"
    );
    wait_until("the hold's file is gone", || !fleet.path(HOLD).exists());
    never_restarted(&fleet, "a");
}

// 75, 76.
#[test]
fn a_limit_that_names_no_end_is_probed_after_a_while() {
    let (fleet, events) = up(SOON, &puppet("a", ""));
    let a = Puppet::of(&fleet, "a");
    a.answers(BUSY);
    a.shows(LIMIT);
    assert_eq!(events.of("limit", "a")["source"], "guess");
    events.of("probe", "a");
    events.of("lifted", "a");
    never_restarted(&fleet, "a");
}

// 83, 84 [B], better: what could be anything is a guess, and a date is understood.
#[test]
fn only_a_time_that_leaves_no_doubt_is_waited_for() {
    let (fleet, events) = up(LATE, &(puppet("a", "") + &puppet("b", "")));
    Puppet::of(&fleet, "a").shows(&banner("We will reset 5 files."));
    assert_eq!(events.of("limit", "a")["source"], "guess");
    let reset = Timestamp::now() + jiff::SignedDuration::from_hours(50);
    Puppet::of(&fleet, "b").shows(&banner(&format!("Resets at {reset:.0}.")));
    let limit = events.of("limit", "b");
    let until: Timestamp = limit["until"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    assert_eq!(until.as_second(), reset.as_second() + 1, "{limit}");
}

// 77, 82.
#[test]
fn who_works_again_by_itself_is_not_probed() {
    let (fleet, events) = up(LATE, &puppet("a", "kind = 'task'"));
    let a = Puppet::of(&fleet, "a");
    a.shows(&banner("Resets in 2 hours."));
    events.of("limit", "a");
    a.shows(BUSY);
    events.of("lifted", "a");
    assert!(a.heard().is_empty());
    assert!(fleet.unit("a")["hold"].is_null());
}

#[test]
fn two_of_one_account_are_held_together_and_one_probe_speaks_for_both() {
    let (fleet, events) = up(
        SOON,
        &(puppet("a", "account = 'x'") + &puppet("b", "account = 'x'")),
    );
    for name in ["a", "b"] {
        let it = Puppet::of(&fleet, name);
        it.answers(BUSY);
        it.shows(&banner("Resets in 4 seconds."));
        assert_eq!(events.of("limit", name)["account"], "x");
    }
    let probe = events.wait_for("a probe", |event| event["kind"] == "probe");
    let lifted = events.wait_for("the end of it", |event| event["kind"] == "lifted");
    assert_eq!(
        (&lifted["account"], &lifted["agent"]),
        (&"x".into(), &probe["agent"])
    );
    for name in ["a", "b"] {
        assert!(fleet.unit(name)["hold"].is_null());
        never_restarted(&fleet, name);
    }
    let probes = fleet.events();
    assert_eq!(
        probes
            .iter()
            .filter(|event| event["kind"] == "probe")
            .count(),
        1
    );
}

// 85 [B], 86 [B], better: who dies on hold is started when the hold ends, and at once by a person's word.
#[test]
fn who_dies_on_hold_is_started_when_the_hold_ends_or_a_person_says_so() {
    let (fleet, events) = up(LATE, &(puppet("a", "") + &puppet("b", "")));
    let b = Puppet::of(&fleet, "b");
    Puppet::of(&fleet, "a").shows(&banner("Resets in 6 seconds."));
    b.shows(&banner("Resets in 2 hours."));
    for name in ["a", "b"] {
        fleet.wait_for_unit(name, "it is held", |unit| unit["hold"].is_object());
        kill(fleet.pid(name));
        events.of("death", name);
    }
    fleet.ok(&["restart", "b"]);
    fleet.wait_for_unit("b", "it runs", is_running);
    let lifted = Cell::new(false);
    events.wait_for("its restart", |event| {
        lifted.set(lifted.get() || event["kind"] == "lifted" && event["agent"] == "a");
        let restart = event["kind"] == "restart" && event["agent"] == "a";
        assert!(lifted.get() || !restart, "it is still on hold: {event}");
        restart && event["cause"] == "the usage limit that it waited out is over"
    });
    fleet.wait_for_unit("a", "it runs", is_running);
}

// 70 [B], 74, better: an edit of the hold's file counts at once.
#[test]
fn the_file_of_a_hold_may_be_edited_and_removed_by_hand() {
    let (fleet, events) = up(LATE, &puppet("a", ""));
    let a = Puppet::of(&fleet, "a");
    a.answers(BUSY);
    a.shows(&banner("Resets in 2 hours."));
    events.of("limit", "a");
    wait_until("the hold is written down", || fleet.path(HOLD).exists());
    let later = Timestamp::now().as_second() + 40_000;
    let edit = format!("{{ \"until\": {later}, \"nudges\": 0 }}");
    fleet.write(HOLD, &edit);
    let limit = events.of("limit", "a");
    assert_eq!(limit["source"], "file");
    let until: Timestamp = limit["until"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    assert_eq!(until.as_second(), later);
    wait_until("it is written down again", || fleet.read(HOLD) != edit);
    std::fs::remove_file(fleet.path(HOLD)).expect("it was there");
    events.of("probe", "a");
    events.of("lifted", "a");
    never_restarted(&fleet, "a");
}

// 74 [B], better: whatever a hold's file says, nothing crashes.
#[test]
fn a_hold_survives_the_death_of_the_watchdog_and_a_bad_file_costs_nothing() {
    let (fleet, events) = up(LATE, &(puppet("a", "") + &puppet("b", "")));
    let a = Puppet::of(&fleet, "a");
    a.shows(&banner("Resets in 2 hours."));
    let limit = events.of("limit", "a");
    wait_until("the hold is written down", || fleet.path(HOLD).exists());
    fleet.kill_watchdog();
    fleet.write("logs/state/limited-t-b.json", "[1, 2]");
    fleet.ok(&["up", "watchdog"]);
    let unit = fleet.wait_for_unit("a", "it is held", |unit| unit["hold"].is_object());
    assert_eq!(unit["hold"]["until"], limit["until"]);
    assert!(fleet.unit("b")["hold"].is_null());
    let events = fleet.follow();
    a.shows(BUSY);
    events.of("lifted", "a");
    assert!(a.heard().is_empty(), "{:?}", a.heard());
    assert!(fleet.events_of("restart", "a").is_empty());
}
