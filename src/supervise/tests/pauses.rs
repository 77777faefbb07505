//! Hands off: paused agents, dry runs, how many may start at a time, and configs that change.

use super::play::{name, screen};
use super::*;

fn pause(play: &mut Play, unit: &str) {
    play.ask(Ask::Pause(Some(vec![name(unit)])));
}

fn look_after(play: &mut Play, unit: &str) {
    play.ask(Ask::Resume(Some(vec![name(unit)])));
}

#[test]
fn a_paused_agent_that_died_is_left_dead_until_it_is_looked_after_again() {
    let (mut play, _) = Play::running("a");
    pause(&mut play, "a");
    assert!(play.announced(|fact| matches!(fact, Fact::Paused { paused: true, .. })));
    play.dies_for_good("a", Some(1));
    play.pass(24 * 3600);
    assert!(play.starts().is_empty());
    look_after(&mut play, "a");
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_pause_of_one_is_none_of_another() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.up(&["a", "b"]);
    play.start_works("a");
    let at = play.start_works("b");
    pause(&mut play, "a");
    play.dies("b", at, Some(1));
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_pause_of_the_fleet_stops_all_and_its_end_begins_with_what_was_left() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.up(&["a", "b"]);
    play.start_works("a");
    play.start_works("b");
    play.ask(Ask::Pause(None));
    play.dies_for_good("a", Some(1));
    play.shows("b", screen(Showing::Fatal));
    play.pass(3600);
    assert!(play.starts().is_empty() && play.looks().is_empty());
    play.ask(Ask::Resume(None));
    assert_eq!(play.starts(), ["a"]);
    play.pass(30);
    assert_eq!(play.looks(), ["b"]);
}

#[test]
fn a_pause_survives_a_restart_of_the_watchdog() {
    let (mut play, _) = Play::running("a");
    pause(&mut play, "a");
    play.dies_for_good("a", Some(1));
    play.next_watchdog();
    play.pass(3600);
    assert!(play.starts().is_empty());
    assert!(play.unit("a").paused());
}

#[test]
fn a_person_can_start_and_end_what_is_paused() {
    let (mut play, _) = Play::running("a");
    pause(&mut play, "a");
    play.down("a");
    assert_eq!(play.ended(), ["a"]);
    play.ends();
    play.up(&["a"]);
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_restart_that_was_due_when_the_pause_began_is_not_made() {
    let (mut play, at) = Play::running("a");
    play.dies("a", at, Some(1));
    let at = play.start_works("a");
    play.dies("a", at, Some(1));
    play.clears();
    pause(&mut play, "a");
    play.pass(3600);
    assert!(play.starts().is_empty());
    look_after(&mut play, "a");
    play.pass(300);
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_dry_run_says_what_it_would_do_once_and_does_nothing() {
    let (mut play, _) = Play::running_as(UnitSpec {
        care: Care::HealAndStall,
        wake: Some(Duration::from_secs(3600)),
        ..spec("a")
    });
    play.policy.dry_run = true;
    play.configured();
    let at = play.where_is("a");
    play.dies("a", at, Some(1));
    let mut would = usize::from(play.announced(|fact| matches!(fact, Fact::Would { .. })));
    play.clears();
    play.pass(24 * 3600);
    assert!(play.starts().is_empty());
    let more = play
        .facts()
        .filter(|fact| matches!(fact, Fact::Would { .. }));
    would += more.count();
    assert!((1..=2).contains(&would), "{would}");
}

#[test]
fn a_dry_run_wakes_nudges_and_restarts_nobody() {
    let (mut play, _) = Play::running_as(UnitSpec {
        care: Care::HealAndStall,
        wake: Some(Duration::from_secs(3600)),
        stall_action: StallAction::Nudge,
        ..spec("a")
    });
    play.policy.dry_run = true;
    play.configured();
    play.is("a", Showing::Idle);
    let mut would = 0;
    for _ in 0..100 {
        play.pass(600);
        assert!(play.starts().is_empty() && play.types().is_empty());
        would += play
            .facts()
            .filter(|fact| matches!(fact, Fact::Would { .. }))
            .count();
        if !play.looks().is_empty() {
            play.looked(screen(Showing::Idle));
            assert!(play.starts().is_empty() && play.types().is_empty());
            would += play
                .facts()
                .filter(|fact| matches!(fact, Fact::Would { .. }))
                .count();
        }
    }
    assert!(would > 0);
}

#[test]
fn no_more_start_at_a_time_than_may() {
    let units: Vec<String> = (0..6).map(|number| format!("a{number}")).collect();
    let mut play = Play::new(units.iter().map(|unit| spec(unit)).collect());
    play.policy.max_starting = Some(2);
    play.configured();
    play.ask(Ask::Up(None));
    assert_eq!(play.starts(), ["a0", "a1"]);
    play.start_works("a0");
    assert!(play.starts().is_empty(), "it has shown nothing yet");
    play.is("a0", Showing::Working);
    assert_eq!(play.starts(), ["a2"]);
    play.start_fails("a1", "no such directory", Fault::Unit, None);
    assert_eq!(play.starts(), ["a3"]);
    play.start_works("a2");
    play.pass(9);
    assert!(play.starts().is_empty());
    play.pass(1);
    assert_eq!(
        play.starts(),
        ["a1"],
        "one that shows nothing is not waited for for ever"
    );
}

#[test]
fn healing_keeps_to_how_many_may_start_too() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.policy.max_starting = Some(1);
    play.configured();
    play.up(&["a", "b"]);
    let a = play.start_works("a");
    play.is("a", Showing::Working);
    let b = play.start_works("b");
    play.is("b", Showing::Working);
    play.dies("a", a, Some(1));
    assert_eq!(play.starts(), ["a"]);
    play.dies("b", b, Some(1));
    play.clears();
    assert!(play.starts().is_empty());
    play.start_works("a");
    play.is("a", Showing::Working);
    assert_eq!(play.starts(), ["b"]);
}

// 21, 25 [B], better: an edit counts at once, intervals too.
#[test]
fn an_edited_policy_counts_at_once() {
    let (mut play, _) = Play::running("a");
    play.policy.signal_interval = Duration::from_secs(5);
    play.configured();
    play.shows("a", screen(Showing::Fatal));
    play.pass(5);
    assert_eq!(play.looks(), ["a"]);
}

#[test]
fn an_agent_that_is_no_longer_watched_is_not_brought_back() {
    let (mut play, at) = Play::running("a");
    play.dies("a", at, Some(1));
    let at = play.start_works("a");
    play.dies("a", at, Some(1));
    play.clears();
    play.configure(vec![UnitSpec {
        care: Care::None,
        ..spec("a")
    }]);
    play.pass(3600);
    assert!(play.starts().is_empty());
}

#[test]
fn up_restarts_nothing_that_runs() {
    let (mut play, _) = Play::running("a");
    play.configure(vec![UnitSpec {
        stall_idle: Duration::from_secs(9),
        ..spec("a")
    }]);
    play.ask(Ask::Up(None));
    assert!(play.starts().is_empty());
}
