//! Caps on spending: held without an end, and never probed.

use super::play::{at, limit, name, screen};
use super::*;
use crate::detect;

fn cap() -> detect::Fact {
    let words = "You're out of usage credits · resets Oct 3, 9am (UTC)";
    let mut fact = limit(words);
    let limit = fact.limit.as_mut().expect("a limit");
    limit.hard = true;
    fact
}

fn capped() -> Play {
    let (mut play, _) = Play::running("a");
    play.shows("a", cap());
    play
}

fn shared() -> Vec<UnitSpec> {
    let of = |name: &str| UnitSpec {
        account: Some("team".to_owned()),
        ..spec(name)
    };
    vec![of("a"), of("b")]
}

fn told_caps(play: &Play) -> usize {
    let caps = play.facts().filter(|fact| {
        matches!(
            fact,
            Fact::Hold {
                until: None,
                source: Source::Cap,
                ..
            }
        )
    });
    caps.count()
}

fn held_file(play: &Play) -> Option<HoldFile> {
    play.actions.iter().rev().find_map(|action| match action {
        Action::WriteHold { hold, .. } => *hold,
        _ => None,
    })
}

#[test]
fn a_cap_is_held_without_an_end_and_a_person_is_told_once() {
    let mut play = capped();
    assert_eq!(told_caps(&play), 1);
    assert_eq!(play.hold("a").expect("a hold").until, None);
    play.pass(30 * 24 * 3600);
    assert_eq!(told_caps(&play), 0);
    assert!(play.types().is_empty(), "it is never probed");
    assert!(play.starts().is_empty());
    assert!(play.hold("a").is_some());
}

#[test]
fn the_file_of_a_cap_names_a_time_that_nobody_waits_for() {
    let play = capped();
    let file = held_file(&play).expect("a file");
    assert!(file.until > at("2027-01-01T00:00:00Z"));
}

#[test]
fn a_cap_ends_when_the_agent_works_again_or_no_longer_shows_it() {
    let mut play = capped();
    play.is("a", Showing::Working);
    assert!(play.hold("a").is_none());
    let mut play = capped();
    play.is("a", Showing::Idle);
    assert!(play.hold("a").is_some(), "it may be painted anew");
    play.pass(11);
    assert!(play.hold("a").is_none());
}

#[test]
fn an_agent_that_dies_over_a_cap_stays_down_until_a_person_says_so() {
    let mut play = capped();
    play.dies_for_good("a", Some(1));
    play.pass(7 * 24 * 3600);
    assert!(play.starts().is_empty());
    assert!(play.hold("a").is_some());
    play.up(&["a"]);
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    assert!(play.hold("a").is_none());
}

#[test]
fn a_cap_is_of_the_whole_account() {
    let mut play = Play::new(shared());
    play.up(&["a", "b"]);
    play.start_works("a");
    play.start_works("b");
    play.shows("a", cap());
    play.dies_for_good("b", Some(1));
    play.pass(3600);
    assert!(play.starts().is_empty());
    play.is("a", Showing::Working);
    play.pass(91);
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn of_a_cap_and_a_window_the_cap_counts_until_nobody_shows_it() {
    let mut play = Play::new(shared());
    play.up(&["a", "b"]);
    play.start_works("a");
    play.start_works("b");
    play.shows("b", limit("resets 3pm"));
    play.shows("a", cap());
    assert_eq!(play.hold("b").expect("a hold").until, None);
    play.shows("b", limit("resets 4pm"));
    assert_eq!(play.hold("b").expect("a hold").until, None);
    play.is("a", Showing::Idle);
    play.pass(11);
    let until = play.hold("b").expect("a hold").until;
    assert_eq!(until, Some(at("2026-06-13T16:00:45Z")));
}

#[test]
fn a_window_that_turns_into_a_cap_is_not_probed_when_its_time_has_come() {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit("resets 3pm"));
    play.shows("a", cap());
    play.pass(24 * 3600);
    assert!(play.types().is_empty());
}

#[test]
fn a_cap_survives_the_watchdog_and_its_own_file() {
    let mut play = capped();
    let file = held_file(&play);
    play.next_watchdog();
    let unit = name("a");
    play.tell(Input::HoldFile { unit, hold: file });
    play.shows("a", cap());
    assert_eq!(play.hold("a").expect("a hold").until, None);
    play.pass(24 * 3600);
    assert!(play.types().is_empty());
}

#[test]
fn the_file_alone_keeps_a_cap_when_memory_is_lost() {
    let file = held_file(&capped());
    let mut play = Play::unconnected(vec![spec("a")], Memory::default());
    let unit = name("a");
    play.tell(Input::HoldFile { unit, hold: file });
    let hold = play.hold("a").expect("a hold");
    assert_eq!((hold.until, &hold.source), (None, &Source::Cap));
}

#[test]
fn whoever_removes_the_file_of_a_cap_wants_to_know_whether_it_is_over() {
    let mut play = capped();
    let unit = name("a");
    play.tell(Input::HoldFile { unit, hold: None });
    assert_eq!(play.types().len(), 1);
    play.typed("a", Receipt::Landed);
    play.pass(31);
    assert_eq!(play.hold("a").expect("a hold").until, None);
    play.pass(24 * 3600);
    assert!(play.types().is_empty());
}

#[test]
fn a_cap_of_agents_that_nobody_wants_any_more_holds_no_others() {
    let mut play = Play::new(shared());
    play.up(&["a", "b"]);
    play.start_works("a");
    play.start_works("b");
    play.shows("a", cap());
    play.dies_for_good("b", Some(1));
    play.down("a");
    play.ends();
    play.pass(100);
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_screen_that_goes_on_by_itself_is_no_cap() {
    let (mut play, _) = Play::running("a");
    play.shows("a", screen(Showing::Limited));
    assert!(play.hold("a").expect("a hold").until.is_some());
}
