//! Conversations that are taken up again, and ids that are no good.

use super::play::screen;
use super::*;
use crate::detect;

/// An agent that was started with the id of a conversation.
fn resumed() -> (Play, (PaneId, i32)) {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    let at = play.starts_up("a", true);
    (play, at)
}

/// Whether the start that was asked for begins a new conversation.
fn fresh(play: &Play) -> Option<bool> {
    play.actions.iter().find_map(|action| match action {
        Action::Start { fresh, .. } | Action::Replace { fresh, .. } => Some(*fresh),
        _ => None,
    })
}

fn told(play: &Play) -> bool {
    play.announced(|fact| matches!(fact, Fact::Told { text, .. } if text.contains("set aside")))
}

fn no_conversation() -> detect::Fact {
    detect::Fact {
        no_conversation: true,
        ..screen(Showing::Idle)
    }
}

// 57: better, an id that is no good is not tried for ever.
#[test]
fn a_resume_that_fails_soon_is_set_aside_and_started_fresh() {
    let (mut play, at) = resumed();
    play.pass(29);
    play.dies("a", at, Some(1));
    assert!(told(&play));
    assert_eq!(fresh(&play), Some(true));
    assert_eq!(play.causes(), [&Cause::BadResume]);
}

#[test]
fn a_fresh_start_that_fails_is_an_ordinary_failure() {
    let (mut play, at) = resumed();
    play.dies("a", at, Some(1));
    let at = play.start_works("a");
    play.dies("a", at, Some(1));
    assert!(!told(&play));
    play.clears();
    play.wait_for_start();
    assert_eq!(fresh(&play), Some(false));
}

// 58.
#[test]
fn a_resume_that_worked_for_a_while_is_taken_up_again() {
    let (mut play, at) = resumed();
    play.pass(31);
    play.dies("a", at, Some(1));
    assert!(!told(&play));
    assert_eq!(fresh(&play), Some(false));
}

#[test]
fn a_resume_that_ends_well_is_no_bad_one() {
    let (mut play, at) = resumed();
    play.dies("a", at, Some(0));
    assert!(!told(&play));
}

#[test]
fn a_program_that_says_there_is_no_such_conversation_is_started_fresh() {
    let (mut play, _) = resumed();
    play.shows("a", no_conversation());
    assert_eq!(play.looks(), ["a"], "it is looked at once more first");
    play.looked(no_conversation());
    assert!(told(&play));
    assert_eq!(fresh(&play), Some(true));
}

#[test]
fn such_words_on_another_screen_are_only_words() {
    let (mut play, _) = Play::running("a");
    play.shows("a", no_conversation());
    play.pass(3600);
    assert!(play.looks().is_empty(), "it was not resumed");
    let (mut play, _) = resumed();
    play.is("a", Showing::Working);
    play.pass(60);
    play.shows("a", no_conversation());
    play.pass(3600);
    assert!(play.looks().is_empty(), "it has been resumed for long");
}

#[test]
fn a_lost_pane_says_nothing_of_the_conversation() {
    let (mut play, (pane, _)) = resumed();
    let unit = UnitName::new("a");
    play.tell(Input::Vanished { unit, pane });
    play.ends();
    assert!(!told(&play));
    assert_eq!(fresh(&play), Some(false));
}
