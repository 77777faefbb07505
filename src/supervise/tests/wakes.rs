//! Regular turns: by the date, and never into what an agent is doing.

use jiff::SignedDuration;

use super::play::{limit, looped, name};
use super::*;

const HOUR: u64 = 3600;

fn woken(name: &str) -> UnitSpec {
    UnitSpec {
        wake: Some(Duration::from_secs(HOUR)),
        ..spec(name)
    }
}

/// An agent that is woken each hour, and has nothing to do.
fn idle() -> Play {
    let (mut play, _) = Play::running_as(woken("a"));
    play.is("a", Showing::Idle);
    play
}

fn wakes(play: &Play) -> usize {
    let types = play.types();
    let wakes = types.iter().filter(|(_, why)| *why == Purpose::Wake);
    wakes.count()
}

// 102, 103.
#[test]
fn an_idle_agent_is_woken_each_interval() {
    let mut play = idle();
    for _ in 0..3 {
        play.pass(HOUR - 1);
        assert_eq!(wakes(&play), 0);
        play.pass(1);
        assert_eq!(wakes(&play), 1);
        play.typed("a", Receipt::Landed);
    }
}

// 102 [B], better: the interval is measured by the date, also over restarts of the watchdog.
#[test]
fn a_restart_of_the_watchdog_puts_no_wake_off() {
    let mut play = idle();
    for _ in 0..5 {
        play.pass(700);
        assert_eq!(wakes(&play), 0);
        play.next_watchdog();
        play.is("a", Showing::Idle);
    }
    play.pass(100);
    assert_eq!(wakes(&play), 1);
}

#[test]
fn a_suspend_of_many_intervals_makes_one_wake() {
    let mut play = idle();
    play.set_clock(SignedDuration::from_hours(10));
    play.pass(60);
    play.typed("a", Receipt::Landed);
    play.pass(HOUR - 120);
    assert_eq!(wakes(&play), 0);
    play.pass(120);
    assert_eq!(wakes(&play), 1);
}

#[test]
fn a_watchdog_that_was_away_for_many_intervals_wakes_once() {
    let mut play = idle();
    let running = play.what_runs();
    play.kill_watchdog();
    play.mono += Duration::from_secs(10 * HOUR);
    play.configured();
    play.connected(running);
    play.is("a", Showing::Idle);
    assert_eq!(wakes(&play), 1);
    play.typed("a", Receipt::Landed);
    play.pass(HOUR - 1);
    assert_eq!(wakes(&play), 0);
}

#[test]
fn a_clock_that_is_set_back_puts_no_wake_off_by_more_than_an_interval() {
    let mut play = idle();
    play.pass(1800);
    play.set_clock(SignedDuration::from_hours(-24));
    play.pass(HOUR);
    assert_eq!(wakes(&play), 1);
}

// 103.
#[test]
fn a_wake_waits_until_the_agent_has_stopped_working() {
    let mut play = idle();
    play.is("a", Showing::Working);
    play.pass(5 * HOUR);
    assert_eq!(wakes(&play), 0);
    play.is("a", Showing::Idle);
    assert_eq!(wakes(&play), 1, "one, however long it worked");
    play.typed("a", Receipt::Landed);
    play.pass(HOUR - 1);
    assert_eq!(wakes(&play), 0, "the interval counts from the wake");
    play.pass(1);
    assert_eq!(wakes(&play), 1);
}

// 103.
#[test]
fn a_wake_waits_while_the_agent_is_dead() {
    let (mut play, _) = Play::running_as(UnitSpec {
        care: Care::None,
        ..woken("a")
    });
    play.dies_for_good("a", Some(1));
    play.pass(2 * HOUR);
    assert_eq!(wakes(&play), 0);
    play.up(&["a"]);
    play.start_works("a");
    play.is("a", Showing::Idle);
    assert_eq!(wakes(&play), 1);
}

// 104 [B], better: a limit stops a wake, as does a question that a person has to answer.
#[test]
fn a_limited_agent_or_one_that_needs_a_person_is_not_woken() {
    for state in [Showing::NeedsPerson, Showing::Login, Showing::Retrying] {
        let mut play = idle();
        play.is("a", state);
        play.pass(2 * HOUR);
        assert_eq!(wakes(&play), 0, "{state:?}");
    }
    let mut play = idle();
    play.shows("a", limit("resets 6pm"));
    play.pass(5 * HOUR);
    assert_eq!(wakes(&play), 0);
    play.is("a", Showing::Working);
    play.is("a", Showing::Idle);
    assert_eq!(wakes(&play), 1);
}

// 104 [B], better: what is disabled is not woken.
#[test]
fn a_disabled_agent_is_not_woken() {
    let (mut play, _) = Play::running_as(UnitSpec {
        enabled: false,
        ..woken("a")
    });
    play.is("a", Showing::Idle);
    play.pass(5 * HOUR);
    assert_eq!(wakes(&play), 0);
}

// 104.
#[test]
fn where_there_is_nothing_to_type_the_next_wake_comes_an_interval_later() {
    let mut play = idle();
    play.pass(HOUR);
    let reason = "prompts/wake.md is missing".to_owned();
    play.typed("a", Receipt::Nothing(reason.clone()));
    let skipped = Post::Receipt(Receipt::Nothing(reason));
    assert!(play.announced(|fact| matches!(fact, Fact::Post { post, .. } if *post == skipped)));
    play.pass(HOUR - 1);
    assert_eq!(wakes(&play), 0);
    play.pass(1);
    assert_eq!(wakes(&play), 1);
}

// 102 [B], better: a table that is added later counts, and one that goes takes nothing with it.
#[test]
fn a_wake_that_the_config_gains_counts_and_one_that_it_loses_ends() {
    let (mut play, _) = Play::running("a");
    play.is("a", Showing::Idle);
    play.pass(HOUR);
    play.configure(vec![woken("a")]);
    play.pass(HOUR - 1);
    assert_eq!(wakes(&play), 0, "its interval begins with it");
    play.pass(1);
    assert_eq!(wakes(&play), 1);
    play.typed("a", Receipt::Landed);
    play.is("a", Showing::Working);
    play.pass(HOUR);
    play.configure(vec![spec("a")]);
    play.is("a", Showing::Idle);
    assert_eq!(wakes(&play), 0, "nor does one that waited");
    play.configure(vec![]);
    play.pass(5 * HOUR);
    assert_eq!(wakes(&play), 0);
}

#[test]
fn an_edited_interval_counts_from_the_last_wake() {
    let mut play = idle();
    play.pass(HOUR);
    play.typed("a", Receipt::Landed);
    play.pass(600);
    play.configure(vec![UnitSpec {
        wake: Some(Duration::from_secs(900)),
        ..spec("a")
    }]);
    play.pass(299);
    assert_eq!(wakes(&play), 0);
    play.pass(1);
    assert_eq!(wakes(&play), 1);
}

// 102.
#[test]
fn nobody_is_woken_once_the_sequence_is_complete() {
    let mut play = Play::of(FleetSpec {
        units: vec![woken("a"), looped("l")],
        sequence: Some(SequenceSpec {
            phases: vec!["one".to_owned()],
            auto_advance: true,
            ..SequenceSpec::default()
        }),
        ..FleetSpec::default()
    });
    play.tell(Input::Sequence(SequenceFiles {
        complete: true,
        done: vec![Done::Yes],
        ..SequenceFiles::default()
    }));
    play.up(&["a"]);
    play.start_works("a");
    play.is("a", Showing::Idle);
    play.pass(5 * HOUR);
    assert_eq!(wakes(&play), 0);
}

#[test]
fn a_paused_agent_is_woken_once_it_is_looked_after_again() {
    let mut play = idle();
    play.ask(Ask::Pause(Some(vec![name("a")])));
    play.pass(3 * HOUR);
    assert_eq!(wakes(&play), 0);
    play.ask(Ask::Resume(Some(vec![name("a")])));
    assert_eq!(wakes(&play), 1);
    play.typed("a", Receipt::Landed);
    play.pass(HOUR - 1);
    assert_eq!(wakes(&play), 0);
}
