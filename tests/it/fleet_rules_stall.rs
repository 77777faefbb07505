//! The rules for who falls silent, says that it waits, or is to be woken.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fleet_rig::{Fleet, wait_until};
use crate::puppet::{BUSY, DIALOG, IDLE, Puppet, puppet, restage, stage};

/// Agents whose backend takes this much silence.
fn silent(seconds: u32, agents: &str) -> String {
    format!(
        "[backend.silent]\nprompt_delivery = 'exec'\nbin = 'exec sh puppet.sh'\n\
         active_re = 'esc to interrupt'\ndialog_re = 'do you trust'\nstall_idle = {seconds}\n{agents}"
    )
}

fn watched(name: &str, keys: &str) -> String {
    puppet(
        name,
        &format!("backend = 'silent'\nwatch = 'heal+stall'\n{keys}"),
    )
}

fn up(watchdog: &str, agents: &str) -> Fleet {
    let fleet = stage(watchdog, agents);
    for name in ["a", "b"] {
        Puppet::of(&fleet, name).begins_with(BUSY);
    }
    fleet.ok(&["up"]);
    fleet
}

fn time_of(value: &Value) -> Timestamp {
    let text = value.as_str().unwrap_or_else(|| panic!("no time: {value}"));
    text.parse().expect("a time")
}

fn seconds_from_now(seconds: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(seconds)
}

// 88, 89, 92, 93.
#[test]
fn silence_ends_in_a_restart_and_work_does_not() {
    let fleet = up("", &silent(1, &(watched("a", "") + &watched("b", ""))));
    let events = fleet.follow();
    Puppet::of(&fleet, "a").shows(IDLE);
    let stall = events.of("stall", "a");
    assert!(stall["silent_ms"].as_u64() >= Some(1000), "{stall}");
    let restart = events.of("restart", "a");
    assert_eq!(restart["cause"], "it showed no activity for 1 s");
    events.of("start", "a");
    assert!(fleet.events_of("stall", "b").is_empty());
}

// 94 [B], better: without a pattern for work, all output counts as work.
#[test]
fn who_writes_is_not_silent_where_nothing_tells_work() {
    let mute = "[backend.mute]\nprompt_delivery = 'exec'\nstall_idle = 1\n\
                bin = 'while sleep 0.2; do echo word; done'\n";
    let writes = puppet("writes", "backend = 'mute'\nwatch = 'heal+stall'");
    let fleet = up(
        "",
        &silent(1, &format!("{mute}{writes}{}", watched("a", ""))),
    );
    let events = fleet.follow();
    for _ in 0..2 {
        Puppet::of(&fleet, "a").shows(IDLE);
        events.of("stall", "a");
        events.of("start", "a");
    }
    assert!(fleet.events_of("stall", "writes").is_empty());
}

#[test]
fn who_is_to_be_nudged_is_asked_once_and_then_started_anew() {
    let fleet = up("", &silent(2, &watched("a", "stall_action = 'nudge'")));
    let events = fleet.follow();
    let a = Puppet::of(&fleet, "a");
    a.answers(BUSY);
    fleet.wait_for_unit("a", "it works", |unit| unit["state"] == "working");
    a.shows(IDLE);
    events.of("stall", "a");
    assert!(
        a.hears(1)[0].starts_with("watchdog ping: "),
        "{:?}",
        a.heard()
    );
    events.wait_for("it works again", |event| {
        event["agent"] == "a" && event["to"] == "working"
    });
    // That one did not help.
    a.answers_nothing();
    a.shows(IDLE);
    a.hears(2);
    events.of("restart", "a");
    events.of("start", "a");
    assert_eq!(a.heard().len(), 2, "{:?}", a.heard());
}

#[test]
fn who_is_only_to_be_told_of_is_left_alone() {
    let agents = watched("a", "stall_action = 'tell'") + &watched("b", "");
    let fleet = up("", &silent(1, &agents));
    let events = fleet.follow();
    Puppet::of(&fleet, "a").shows(IDLE);
    events.of("stall", "a");
    Puppet::of(&fleet, "b").shows(IDLE);
    events.of("restart", "b");
    assert!(fleet.events_of("restart", "a").is_empty());
    assert!(Puppet::of(&fleet, "a").heard().is_empty());
}

// 90, 91.
#[test]
fn who_says_until_when_it_waits_has_until_then_and_a_grace_time() {
    let fleet = up(
        "stall_grace = 1",
        &silent(1, &(watched("a", "") + &watched("b", ""))),
    );
    let events = fleet.follow();
    let until = seconds_from_now(4);
    Puppet::of(&fleet, "a").shows(&format!("WAITING-UNTIL: {until:.0}"));
    Puppet::of(&fleet, "b").shows(IDLE);
    events.of("stall", "b");
    fleet.wait_for_unit("a", "it waits", |unit| unit["state"] == "waiting");
    let stall = events.of("stall", "a");
    assert!(stall["silent_ms"].is_null(), "{stall}");
    assert_eq!(time_of(&stall["overslept"]).as_second(), until.as_second());
    events.of("restart", "a");
}

// 91.
#[test]
fn who_is_long_past_the_time_that_it_named_is_started_anew_at_once() {
    let fleet = up("stall_grace = 1", &silent(5000, &watched("a", "")));
    let events = fleet.follow();
    let until = seconds_from_now(-60);
    Puppet::of(&fleet, "a").shows(&format!("WAITING-UNTIL: {until:.0}"));
    let stall = events.of("stall", "a");
    assert_eq!(time_of(&stall["overslept"]).as_second(), until.as_second());
    events.of("restart", "a");
}

// 91 [B], better: nobody waits for ever.
#[test]
fn who_says_that_it_waits_for_years_is_held_to_a_day_or_what_the_config_says() {
    let watchdog = "stall_grace = 1\nwaiting_max = 2";
    let fleet = up(watchdog, &silent(5000, &watched("a", "")));
    let events = fleet.follow();
    Puppet::of(&fleet, "a").shows("WAITING-UNTIL: 2099-01-01T00:00:00Z");
    let told = events.of("waits-too-long", "a");
    assert!(time_of(&told["held_to"]) < seconds_from_now(3), "{told}");
    events.of("stall", "a");
    events.of("restart", "a");
}

// 89 [B], better: silence is remembered.
#[test]
fn silence_goes_on_over_a_restart_of_the_watchdog() {
    let fleet = up("", &silent(5000, &watched("a", "")));
    Puppet::of(&fleet, "a").shows(IDLE);
    let unit = fleet.wait_for_unit("a", "it is silent", |unit| {
        unit["state"] == "idle" && unit["silent_since"].is_string()
    });
    let since = time_of(&unit["silent_since"]);
    wait_until("it has been silent for a while", || {
        since < seconds_from_now(-3)
    });
    fleet.crash_watchdog();
    let unit = fleet.wait_for_unit("a", "its silence is known", |unit| {
        unit["silent_since"].is_string()
    });
    let known = time_of(&unit["silent_since"]);
    let apart = known.duration_since(since).abs();
    assert!(apart < SignedDuration::from_millis(1500), "{since} {known}");
}

/// An agent that is woken each second.
fn woken(keys: &str) -> String {
    puppet(
        "a",
        &format!("wake = {{ prompt_file = 'wake.txt', interval = 1 }}\n{keys}"),
    )
}

const TURN: &str = "It is your turn now.";

// 102, 103.
#[test]
fn a_turn_comes_when_it_is_due_and_waits_for_who_works_or_needs_a_person() {
    let fleet = stage("", &woken(""));
    fleet.write("wake.txt", "It is\nyour  turn\nnow.\n");
    let a = Puppet::of(&fleet, "a");
    a.begins_with(BUSY);
    a.answers(BUSY);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    events.wait_for("it waits", |event| {
        event["kind"] == "delivery" && event["outcome"] == "queued"
    });
    a.shows(DIALOG);
    fleet.wait_for_unit("a", "it needs a person", |unit| {
        unit["state"] == "needs-input"
    });
    assert!(a.heard().is_empty(), "{:?}", a.heard());
    for turn in 1..=2 {
        a.shows(IDLE);
        assert_eq!(a.hears(turn), vec![TURN; turn]);
        events.wait_for("it is known to have landed", |event| {
            event["kind"] == "delivery" && event["outcome"] == "landed"
        });
    }
}

// 102 [B], 104 [B], better: a later table counts, and who is disabled is left in peace.
#[test]
fn a_later_table_counts_and_who_is_disabled_is_not_woken() {
    let idle = puppet("a", "");
    let disabled = woken("enabled = false").replace("\"a\"", "\"b\"");
    let fleet = stage("", &(idle + &disabled));
    fleet.write("wake.txt", TURN);
    for name in ["a", "b"] {
        Puppet::of(&fleet, name).begins_with(IDLE);
    }
    fleet.ok(&["up", "a", "b", "watchdog"]);
    restage(&fleet, "", &(woken("") + &disabled));
    assert_eq!(Puppet::of(&fleet, "a").hears(1), [TURN]);
    assert!(Puppet::of(&fleet, "b").heard().is_empty());
}

// 104.
#[test]
fn a_turn_without_words_is_told_and_nothing_is_typed() {
    let fleet = stage("", &woken(""));
    Puppet::of(&fleet, "a").begins_with(IDLE);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let told = events.wait_for("there is nothing to say", |event| {
        event["kind"] == "delivery" && event["outcome"] == "nothing"
    });
    assert!(told["reason"].to_string().contains("wake.txt"), "{told}");
    assert!(Puppet::of(&fleet, "a").heard().is_empty());
}
