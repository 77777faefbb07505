//! Texts that are typed: when, one at a time, remembered first, and never twice.

use super::play::{limit, name};
use super::*;

const HOUR: u64 = 3600;

/// An agent that has just been woken: a text is being typed into it.
fn typing() -> Play {
    let mut play = waiting();
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), [("a", Purpose::Wake)]);
    play
}

/// An agent that works while a text waits for it.
fn waiting() -> Play {
    let (mut play, _) = Play::running_as(UnitSpec {
        wake: Some(Duration::from_secs(HOUR)),
        ..spec("a")
    });
    play.is("a", Showing::Working);
    play.pass(HOUR);
    assert_eq!(play.unit("a").letters(), 1);
    play
}

fn posts(play: &Play) -> Vec<&Post> {
    let posts = play.facts().filter_map(|fact| match fact {
        Fact::Post { post, .. } => Some(post),
        _ => None,
    });
    posts.collect()
}

// 44.
#[test]
fn a_text_waits_until_the_agent_is_idle_and_says_so() {
    let mut play = waiting();
    assert_eq!(posts(&play), [&Post::Queued]);
    play.pass(HOUR / 2);
    assert_eq!(posts(&play), [] as [&Post; 0], "once");
    play.is("a", Showing::Idle);
    assert_eq!(posts(&play), [&Post::Typing]);
}

#[test]
fn what_is_typed_is_remembered_before_the_first_byte() {
    let play = typing();
    assert_eq!(play.actions.first(), Some(&Action::Remember));
    let typing = play.fleet.memory().units["a"].typing.clone();
    assert_eq!(typing.map(|letter| letter.purpose), Some(Purpose::Wake));
}

// 44 [B], better: what a crash left in doubt is reported and not sent again.
#[test]
fn a_text_that_was_being_typed_when_the_watchdog_died_is_not_typed_again() {
    let mut play = typing();
    let running = play.what_runs();
    play.kill_watchdog();
    play.configured();
    assert_eq!(posts(&play), [&Post::Unknown]);
    play.connected(running);
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), []);
    play.next_watchdog();
    assert_eq!(posts(&play), [] as [&Post; 0], "it is reported once");
}

#[test]
fn a_text_that_was_not_being_typed_is_typed_by_the_next_watchdog() {
    let mut play = waiting();
    play.next_watchdog();
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), [("a", Purpose::Wake)]);
}

#[test]
fn a_text_that_arrived_is_gone() {
    let mut play = typing();
    play.typed("a", Receipt::Landed);
    assert_eq!(posts(&play), [&Post::Receipt(Receipt::Landed)]);
    assert_eq!(play.unit("a").letters(), 0);
    play.next_watchdog();
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), []);
}

// 44 [B], better: a text that stays on the screen is not submitted over and over; that is told.
#[test]
fn a_text_whose_arrival_is_in_doubt_is_not_typed_again() {
    let mut play = typing();
    let receipt = Receipt::Unconfirmed("it is still shown".to_owned());
    play.typed("a", receipt.clone());
    assert_eq!(posts(&play), [&Post::Receipt(receipt)]);
    play.pass(HOUR / 2);
    assert_eq!(play.types(), []);
}

#[test]
fn a_text_that_found_a_draft_is_tried_again_at_longer_intervals_and_that_is_told_once() {
    let mut play = typing();
    let receipt = Receipt::Waits("somebody is typing".to_owned());
    play.typed("a", receipt.clone());
    assert_eq!(posts(&play), [&Post::Receipt(receipt.clone())]);
    for seconds in [10, 20, 40, 80, 160, 300, 300] {
        play.pass(seconds - 1);
        assert_eq!(play.types(), []);
        play.pass(1);
        assert_eq!(play.types(), [("a", Purpose::Wake)]);
        play.typed("a", receipt.clone());
        assert_eq!(posts(&play), [] as [&Post; 0]);
    }
}

#[test]
fn a_text_that_found_a_draft_is_tried_as_soon_as_the_agent_has_done_something() {
    let mut play = typing();
    for _ in 0..5 {
        play.typed("a", Receipt::Waits("somebody is typing".to_owned()));
        play.is("a", Showing::Working);
        play.is("a", Showing::Idle);
        assert_eq!(play.types(), [("a", Purpose::Wake)]);
    }
}

#[test]
fn a_text_that_did_not_arrive_is_reported() {
    let mut play = typing();
    let receipt = Receipt::Failed("the pane is gone".to_owned());
    play.typed("a", receipt.clone());
    assert!(posts(&play).contains(&&Post::Receipt(receipt)));
}

#[test]
fn a_text_that_does_not_arrive_is_tried_three_times() {
    let mut play = typing();
    for _ in 0..2 {
        play.typed("a", Receipt::Failed("its text is still shown".to_owned()));
        play.pass(10);
        assert_eq!(play.types(), [("a", Purpose::Wake)]);
    }
    play.typed("a", Receipt::Failed("its text is still shown".to_owned()));
    play.pass(600);
    assert_eq!(play.types(), []);
}

// 44.
#[test]
fn nothing_is_typed_while_the_prompt_is_typed_or_nothing_was_heard_yet() {
    let mut play = waiting();
    let at = play.where_is("a");
    play.dies("a", at, Some(1));
    play.start_works("a");
    play.pass(5);
    assert_eq!(play.types(), []);
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), [("a", Purpose::Wake)]);
}

#[test]
fn nothing_is_typed_into_a_question_a_login_or_a_limit() {
    for state in [
        Showing::NeedsPerson,
        Showing::Login,
        Showing::Retrying,
        Showing::Fatal,
    ] {
        let mut play = waiting();
        play.is("a", state);
        play.pass(20);
        assert_eq!(play.types(), [], "{state:?}");
    }
    let mut play = waiting();
    play.shows("a", limit("resets 6pm"));
    play.pass(HOUR);
    assert_eq!(play.types(), []);
}

#[test]
fn a_restart_waits_for_what_is_being_typed() {
    let mut play = typing();
    let (_, pid) = play.where_is("a");
    play.tell(Input::Runs {
        unit: name("a"),
        pid,
        foreign: Some(Foreign {
            runs: "codex".to_owned(),
            expected: "claude".to_owned(),
        }),
    });
    assert!(play.looks().is_empty());
}

#[test]
fn a_text_whose_agent_died_meanwhile_is_not_typed_into_its_successor() {
    let mut play = typing();
    let at = play.where_is("a");
    play.dies("a", at, Some(1));
    play.start_works("a");
    play.is("a", Showing::Idle);
    assert_eq!(play.types(), [], "its fate is not known yet");
    play.typed("a", Receipt::Unconfirmed("the pane went away".to_owned()));
    play.pass(HOUR / 2);
    assert_eq!(play.types(), []);
}

#[test]
fn texts_for_an_agent_that_is_sent_away_are_withdrawn_and_told() {
    let mut play = waiting();
    play.down("a");
    assert_eq!(posts(&play), [&Post::Withdrawn]);
    assert_eq!(play.unit("a").letters(), 0);
}
