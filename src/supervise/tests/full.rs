//! Conversations that are full: nothing is cured by taking them up again.

use super::play::{name, screen};
use super::*;
use crate::detect;

fn full() -> detect::Fact {
    detect::Fact {
        rows: vec!["Prompt is too long".to_owned()],
        full: true,
        ..screen(Showing::Fatal)
    }
}

/// Whether what is started begins a new conversation.
fn fresh(play: &Play) -> Vec<bool> {
    let starts = play.actions.iter().filter_map(|action| match action {
        Action::Start { fresh, .. } | Action::Replace { fresh, .. } => Some(*fresh),
        _ => None,
    });
    starts.collect()
}

/// An agent that took up a conversation a good while ago, which is full now.
fn filled() -> Play {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    play.starts_up("a", true);
    play.is("a", Showing::Working);
    play.pass(3600);
    play.shows("a", full());
    play
}

#[test]
fn a_full_conversation_leads_to_one_fresh_start_and_that_is_told() {
    let mut play = filled();
    play.pass(29);
    assert!(
        play.looks().is_empty(),
        "it has to stand, as all that is fatal"
    );
    play.pass(1);
    play.looked(full());
    assert!(
        matches!(play.causes()[..], [Cause::Full(rows)] if rows == &["Prompt is too long"]),
        "{:?}",
        play.causes()
    );
    assert_eq!(fresh(&play), [true]);
    assert_eq!(play.actions.first(), Some(&Action::Remember));
}

#[test]
fn a_full_screen_that_tmux_does_not_show_restarts_nothing() {
    let mut play = filled();
    play.pass(30);
    play.looked(screen(Showing::Working));
    assert!(play.starts().is_empty());
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(fresh(&play), [false], "its conversation is kept");
}

#[test]
fn an_agent_that_is_full_at_once_when_taken_up_again_begins_anew_as_full() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    play.starts_up("a", true);
    play.shows("a", full());
    play.looked(full());
    assert!(matches!(play.causes()[..], [Cause::Full(_)]));
    assert_eq!(fresh(&play), [true]);
}

#[test]
fn fresh_conversations_that_are_full_at_once_spend_the_budget() {
    let mut play = filled();
    play.pass(30);
    play.looked(full());
    let mut starts = 0;
    while play.unit("a").latched().is_none() {
        // A later restart waits for its time, and is confirmed once more.
        while play.starts().is_empty() {
            play.pass(5);
            if !play.looks().is_empty() {
                play.looked(full());
            }
        }
        assert_eq!(fresh(&play), [true]);
        starts += 1;
        play.starts_up("a", false);
        play.shows("a", full());
        play.pass(30);
        play.looked(full());
    }
    assert_eq!(starts, Policy::default().restarts_per_window);
    assert!(play.announced(|fact| matches!(fact, Fact::GaveUp { .. })));
    assert!(play.starts().is_empty());
}

#[test]
fn what_dies_with_a_full_conversation_begins_anew() {
    let mut play = filled();
    let at = play.where_is("a");
    play.dies("a", at, Some(1));
    assert!(matches!(play.causes()[..], [Cause::Full(_)]));
    assert_eq!(fresh(&play), [true]);
}

#[test]
fn a_full_conversation_is_not_taken_up_by_the_next_watchdog_either() {
    let mut play = filled();
    play.pass(30);
    play.looked(full());
    play.kill_watchdog();
    play.configured();
    play.connected(vec![]);
    if play.starts().is_empty() {
        play.ends();
    }
    if play.starts().is_empty() {
        play.wait_for_start();
    }
    assert_eq!(fresh(&play), [true]);
    play.starts_up("a", false);
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(fresh(&play), [false], "the new one is taken up again");
}

#[test]
fn a_conversation_that_works_again_is_not_full_any_more() {
    let mut play = filled();
    play.is("a", Showing::Working);
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(fresh(&play), [false]);
}

#[test]
fn a_restart_by_hand_of_a_full_one_begins_anew() {
    let mut play = filled();
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(fresh(&play), [true]);
}
