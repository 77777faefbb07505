//! Dialogs that are answered as the config says.

use super::play::{limit, name, screen};
use super::*;
use crate::detect;

fn dialog(name: &str) -> detect::Fact {
    detect::Fact {
        dialog: Some(name.to_owned()),
        ..screen(Showing::NeedsPerson)
    }
}

fn answering(dialog: &str) -> UnitSpec {
    UnitSpec {
        answers: [dialog.to_owned()].into(),
        ..spec("a")
    }
}

/// An agent with an answer to its dialog `trust`, which stands there.
fn asked() -> Play {
    let (mut play, _) = Play::running_as(answering("trust"));
    play.shows("a", dialog("trust"));
    play
}

fn answers(play: &Play) -> Vec<&str> {
    let answers = play.actions.iter().filter_map(|action| match action {
        Action::Answer { dialog, .. } => Some(dialog.as_str()),
        _ => None,
    });
    answers.collect()
}

fn replies(play: &Play) -> Vec<&Reply> {
    let replies = play.facts().filter_map(|fact| match fact {
        Fact::Answer { reply, .. } => Some(reply),
        _ => None,
    });
    replies.collect()
}

fn gone() -> Answered {
    Answered::Gone("Yes".to_owned())
}

fn stands() -> Answered {
    Answered::Stands("Yes".to_owned())
}

#[test]
fn a_dialog_that_stands_for_a_moment_is_answered_as_the_config_says() {
    let mut play = asked();
    assert!(answers(&play).is_empty(), "it may be half painted");
    play.pass(1);
    assert_eq!(answers(&play), ["trust"]);
    assert_eq!(replies(&play), [&Reply::Begins]);
    assert_eq!(play.actions.first(), Some(&Action::Remember));
    play.answered(gone());
    assert_eq!(replies(&play), [&Reply::Result(gone())]);
    play.is("a", Showing::Working);
    play.pass(600);
    assert!(answers(&play).is_empty());
}

#[test]
fn without_a_word_in_the_config_no_dialog_is_answered() {
    for shown in ["trust", "approval", "limit", "login"] {
        let (mut play, _) = Play::running_as(answering("key"));
        play.shows("a", dialog(shown));
        play.pass(3600);
        assert!(answers(&play).is_empty(), "{shown}");
    }
    let (mut play, _) = Play::running_as(answering("trust"));
    play.is("a", Showing::NeedsPerson);
    play.pass(3600);
    assert!(answers(&play).is_empty(), "a dialog without a name");
}

#[test]
fn a_dialog_that_passes_is_not_answered() {
    let mut play = asked();
    play.is("a", Showing::Working);
    play.pass(60);
    assert!(answers(&play).is_empty());
}

#[test]
fn a_dialog_is_answered_before_the_prompt_that_it_keeps_away() {
    let mut play = Play::new(vec![answering("trust")]);
    play.up(&["a"]);
    play.starts_up_prompting("a");
    play.shows("a", dialog("trust"));
    play.pass(1);
    assert_eq!(answers(&play), ["trust"]);
}

#[test]
fn an_answer_that_does_not_help_is_left_to_a_person_after_three_tries() {
    let mut play = asked();
    for _ in 0..3 {
        play.pass(10);
        assert_eq!(answers(&play), ["trust"]);
        play.answered(stands());
    }
    play.pass(10);
    assert!(answers(&play).is_empty());
    assert_eq!(replies(&play), [&Reply::LeftToPerson]);
    play.pass(24 * 3600);
    assert!(answers(&play).is_empty() && replies(&play).is_empty());
}

#[test]
fn a_dialog_that_cannot_be_answered_is_left_to_a_person_at_once() {
    let mut play = asked();
    play.pass(1);
    let never = Answered::Never("its options are told apart by their colours alone".to_owned());
    play.answered(never.clone());
    assert_eq!(
        replies(&play),
        [&Reply::Result(never), &Reply::LeftToPerson]
    );
    play.pass(3600);
    assert!(answers(&play).is_empty());
}

#[test]
fn a_dialog_that_comes_again_and_again_without_work_is_not_answered_for_ever() {
    let mut play = asked();
    let mut given = 0;
    for _ in 0..100 {
        play.pass(2);
        given += answers(&play).len();
        if answers(&play).is_empty() {
            break;
        }
        play.answered(gone());
        play.is("a", Showing::Unknown);
        play.shows("a", dialog("trust"));
    }
    assert_eq!(given, 12);
}

#[test]
fn each_question_after_some_work_is_a_new_one() {
    let mut play = asked();
    for _ in 0..50 {
        play.pass(1);
        assert_eq!(answers(&play), ["trust"]);
        play.answered(gone());
        play.is("a", Showing::Working);
        play.shows("a", dialog("trust"));
    }
}

#[test]
fn where_it_is_no_good_moment_it_is_tried_later_and_told_once() {
    let mut play = asked();
    play.pass(1);
    let waits = Answered::Waits("somebody is typing there".to_owned());
    play.answered(waits.clone());
    assert_eq!(replies(&play), [&Reply::Result(waits.clone())]);
    for _ in 0..10 {
        play.pass(300);
        assert_eq!(answers(&play), ["trust"]);
        assert!(replies(&play).is_empty());
        play.answered(waits.clone());
        assert!(replies(&play).is_empty());
    }
}

#[test]
fn nothing_else_is_typed_while_a_dialog_is_answered() {
    let mut unit = answering("trust");
    unit.wake = Some(Duration::from_secs(1800));
    let (mut play, _) = Play::running_as(unit);
    play.is("a", Showing::Idle);
    play.pass(1790);
    play.shows("a", dialog("trust"));
    play.pass(2);
    assert_eq!(answers(&play), ["trust"]);
    play.is("a", Showing::Idle);
    play.pass(60);
    assert!(play.types().is_empty());
    play.answered(gone());
    assert_eq!(play.types().len(), 1);
}

#[test]
fn a_pause_a_dry_run_and_an_unwanted_agent_are_left_alone() {
    let mut play = asked();
    play.ask(Ask::Pause(None));
    play.pass(600);
    assert!(answers(&play).is_empty());
    play.ask(Ask::Resume(None));
    play.pass(1);
    assert_eq!(answers(&play), ["trust"]);

    let (mut play, _) = Play::running_as(answering("trust"));
    play.policy.dry_run = true;
    play.configured();
    play.shows("a", dialog("trust"));
    play.pass(600);
    assert!(answers(&play).is_empty());
    let would = play.facts().filter(
        |fact| matches!(fact, Fact::Would { what, .. } if what == "answer its dialog trust"),
    );
    assert_eq!(would.count(), 1);

    let unwatched = UnitSpec {
        care: Care::None,
        ..answering("trust")
    };
    let (mut play, _) = Play::running_as(unwatched);
    play.shows("a", dialog("trust"));
    play.pass(600);
    assert!(answers(&play).is_empty());
}

#[test]
fn a_limit_that_the_program_waits_out_itself_is_never_touched() {
    let (mut play, _) = Play::running_as(answering("limit"));
    let mut fact = limit("resets 3pm");
    fact.dialog = Some("limit".to_owned());
    fact.limit.as_mut().expect("a limit").resumes_itself = true;
    play.shows("a", fact.clone());
    play.pass(600);
    assert!(answers(&play).is_empty());
    fact.limit.as_mut().expect("a limit").resumes_itself = false;
    play.shows("a", fact);
    play.pass(1);
    assert_eq!(answers(&play), ["limit"], "a menu is another thing");
}

#[test]
fn the_key_that_a_limit_waits_for_at_its_end_is_pressed_in_place_of_a_probe() {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit("resets 3pm"));
    play.pass(3 * 3600 + 30);
    play.shows("a", dialog("reset"));
    play.pass(9);
    assert!(answers(&play).is_empty(), "it is held still");
    play.pass(3);
    assert_eq!(answers(&play), ["reset"]);
    assert!(play.hold("a").is_none());
    play.answered(gone());
    play.is("a", Showing::Working);
    play.pass(600);
    assert!(play.types().is_empty());
}

#[test]
fn an_answer_that_the_watchdog_did_not_live_to_see_is_told_and_counts() {
    let mut play = asked();
    for _ in 0..2 {
        play.pass(10);
        play.answered(stands());
    }
    play.pass(10);
    assert_eq!(answers(&play), ["trust"]);
    let running = play.what_runs();
    play.kill_watchdog();
    play.configured();
    assert_eq!(replies(&play), [&Reply::Unknown]);
    play.connected(running);
    play.shows("a", dialog("trust"));
    play.pass(10);
    assert!(answers(&play).is_empty());
    assert_eq!(replies(&play), [&Reply::LeftToPerson]);
}

#[test]
fn a_person_who_has_failures_forgotten_has_it_tried_again() {
    let mut play = asked();
    play.pass(1);
    play.answered(Answered::Never("it is unknown".to_owned()));
    play.ask(Ask::Reset(vec![name("a")]));
    play.pass(1);
    assert_eq!(answers(&play), ["trust"]);
}
