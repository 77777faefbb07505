//! Agents that share an account share its usage limits.

use super::limits::{limited, probe_in_vain, until};
use super::play::{at, limit};
use super::*;

const BANNER: &str = "You've hit your limit · resets 3pm";

fn shared(unit: &str) -> UnitSpec {
    UnitSpec {
        account: Some("team".to_owned()),
        ..spec(unit)
    }
}

/// A fleet whose agents share an account, and all run.
fn fleet_of(units: &[&str]) -> Play {
    let mut play = Play::new(units.iter().map(|unit| shared(unit)).collect());
    play.up(units);
    for unit in units {
        play.start_works(unit);
    }
    play
}

#[test]
fn agents_of_one_account_have_one_hold_and_one_probe() {
    let mut play = fleet_of(&["a", "b", "c"]);
    for unit in ["a", "b", "c"] {
        play.shows(unit, limit(BANNER));
    }
    play.pass(3 * 3600 + 45);
    assert_eq!(play.types().len(), 1);
    play.typed("a", Receipt::Landed);
    play.is("a", Showing::Working);
    assert!(play.hold("b").is_none() && play.hold("c").is_none());
    assert_eq!(play.types(), [], "they go on one after the other");
    play.pass(90);
    let mut resumed = play.types();
    resumed.sort_by_key(|(unit, _)| *unit);
    assert_eq!(resumed, [("b", Purpose::Resume), ("c", Purpose::Resume)]);
}

#[test]
fn who_still_shows_the_limit_after_the_others_went_on_is_held_again() {
    let mut play = fleet_of(&["a", "b"]);
    play.shows("a", limit(BANNER));
    play.shows("b", limit(BANNER));
    play.is("a", Showing::Working);
    play.pass(90);
    assert_eq!(play.types(), [("b", Purpose::Resume)]);
    play.typed("b", Receipt::Landed);
    assert!(play.hold("b").is_some());
    play.pass(30);
    assert_eq!(play.types(), [("b", Purpose::Probe)]);
}

#[test]
fn a_dead_agent_of_an_account_on_hold_waits_for_its_turn() {
    let mut play = fleet_of(&["a", "b"]);
    play.shows("a", limit(BANNER));
    play.dies_for_good("b", Some(1));
    play.pass(3600);
    assert!(play.starts().is_empty(), "it would only meet the limit");
    play.is("a", Showing::Working);
    play.pass(90);
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_limit_of_one_account_is_none_of_another() {
    let mut play = Play::new(vec![shared("a"), spec("b")]);
    play.up(&["a", "b"]);
    play.start_works("a");
    play.start_works("b");
    play.shows("a", limit(BANNER));
    assert!(play.hold("b").is_none());
    let at = play.where_is("b");
    play.dies("b", at, Some(1));
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_hold_moves_with_its_agent_to_another_account() {
    let mut play = limited();
    play.configure(vec![shared("a")]);
    assert_eq!(until(&play), at("2026-06-13T15:00:45Z"));
    play.pass(3 * 3600 + 45);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
    probe_in_vain(&mut play);
    play.is("a", Showing::Working);
    assert!(play.fleet.memory().holds.is_empty());
}
