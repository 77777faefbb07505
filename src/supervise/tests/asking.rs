//! A person's word, and how long it counts.

use super::*;

#[test]
fn what_was_sent_away_stays_away_over_a_restart_of_the_watchdog() {
    let (mut play, _) = Play::running("a");
    play.tell(Input::Asked(Ask::Up(None)));
    play.down("a");
    play.ends();
    assert_eq!(play.state("a"), Judgement::Stopped);
    let mut next = Play::unconnected(vec![spec("a")], play.fleet.memory());
    next.tell(Input::Connected);
    next.tell(Input::Observed(vec![]));
    assert!(next.starts().is_empty());
    next.tell(Input::Asked(Ask::Up(None)));
    assert_eq!(next.starts(), ["a"], "until the fleet is asked for again");
}

#[test]
fn a_death_that_was_asked_for_is_not_healed() {
    let (mut play, at) = Play::running("a");
    play.down("a");
    play.dies("a", at, Some(129));
    assert!(play.starts().is_empty());
    play.ends();
    play.wait(1000);
    assert!(play.starts().is_empty());
}

#[test]
fn up_of_one_wants_no_other() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.up(&["a"]);
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.wait(1000);
    assert!(play.starts().is_empty());
    assert_eq!(
        play.fleet.unit(&UnitName::new("b")).unwrap().wanted(None),
        None
    );
}

#[test]
fn up_of_all_leaves_out_what_is_disabled_and_down_of_all_ends_it_too() {
    let disabled = UnitSpec {
        enabled: false,
        ..spec("d")
    };
    let mut play = Play::new(vec![spec("a"), disabled]);
    play.tell(Input::Asked(Ask::Up(None)));
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.up(&["d"]);
    play.start_works("d");
    play.tell(Input::Asked(Ask::Down(None)));
    let ends = play
        .actions
        .iter()
        .filter(|action| matches!(action, Action::End { .. }))
        .count();
    assert_eq!(ends, 2);
}

#[test]
fn a_watchdog_alone_wants_all_that_is_enabled_but_only_once() {
    let unwatched = UnitSpec {
        care: Care::None,
        ..spec("u")
    };
    let mut play = Play::new(vec![spec("a"), unwatched]);
    play.tell(Input::Asked(Ask::Watch));
    assert_eq!(
        play.starts(),
        ["a"],
        "what is not watched is not the watchdog's to start"
    );
    play.start_works("a");
    play.tell(Input::Asked(Ask::Down(None)));
    play.ends();
    play.tell(Input::Asked(Ask::Watch));
    assert!(play.starts().is_empty(), "what a person said counts");
}
