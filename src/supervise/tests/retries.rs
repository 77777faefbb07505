//! Agents that try again by themselves.

use super::*;

fn stalls(care: Care) -> Play {
    let unit = UnitSpec { care, ..spec("a") };
    let (mut play, _) = Play::running_as(unit);
    play.is("a", Showing::Retrying);
    play
}

fn told(play: &Play) -> usize {
    let told = play
        .facts()
        .filter(|fact| matches!(fact, Fact::Told { text, .. } if text.contains("trying again")));
    told.count()
}

#[test]
fn retries_count_as_activity_for_ten_minutes_and_then_as_silence() {
    let mut play = stalls(Care::HealAndStall);
    play.pass(599);
    assert_eq!(told(&play), 0);
    play.pass(1);
    assert_eq!(told(&play), 1);
    play.pass(299);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
    play.looked(super::play::screen(Showing::Retrying));
    assert!(matches!(play.causes()[..], [Cause::Stalled(_)]));
}

#[test]
fn where_stalls_are_nobodys_business_long_retries_are_told_and_left_alone() {
    let mut play = stalls(Care::Heal);
    play.pass(600);
    assert_eq!(told(&play), 1);
    play.pass(24 * 3600);
    assert_eq!(told(&play), 0);
    assert!(play.starts().is_empty() && play.looks().is_empty());
}

#[test]
fn work_in_between_begins_the_time_anew() {
    let mut play = stalls(Care::HealAndStall);
    for _ in 0..20 {
        play.pass(500);
        play.is("a", Showing::Working);
        play.is("a", Showing::Retrying);
        assert_eq!(told(&play), 0);
    }
}

#[test]
fn a_screen_that_tells_nothing_for_a_moment_does_not() {
    let mut play = stalls(Care::HealAndStall);
    play.pass(500);
    play.is("a", Showing::Unknown);
    play.pass(5);
    play.is("a", Showing::Retrying);
    play.pass(95);
    assert_eq!(told(&play), 1);
}
