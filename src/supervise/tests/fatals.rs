//! Living agents that cannot go on: a fatal screen, another program in the pane, a login.

use super::play::{limit, name, screen};
use super::*;
use crate::detect;

fn fatal() -> detect::Fact {
    detect::Fact {
        rows: vec!["session is corrupt".to_owned()],
        ..screen(Showing::Fatal)
    }
}

fn other() -> Option<Foreign> {
    Some(Foreign {
        runs: "codex".to_owned(),
        expected: "claude".to_owned(),
    })
}

fn runs(play: &mut Play, pid: i32, foreign: Option<Foreign>) {
    let unit = name("a");
    play.tell(Input::Runs { unit, pid, foreign });
}

// 98.
#[test]
fn a_fatal_screen_that_stands_is_looked_at_again_and_the_agent_started_anew() {
    let (mut play, at) = Play::running("a");
    play.shows("a", fatal());
    play.pass(29);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
    play.looked(fatal());
    assert!(
        matches!(play.causes()[..], [Cause::Fatal(rows)] if rows == &["session is corrupt"]),
        "{:?}",
        play.causes()
    );
    assert!(play.actions.iter().any(
        |action| matches!(action, Action::Replace { pane, dead: false, .. } if *pane == at.0)
    ));
}

// 28: words that pass are no verdict.
#[test]
fn a_fatal_screen_in_passing_does_nothing() {
    let (mut play, _) = Play::running("a");
    for _ in 0..100 {
        play.shows("a", fatal());
        play.pass(20);
        assert!(play.looks().is_empty());
        play.is("a", Showing::Working);
        play.pass(20);
        assert!(play.looks().is_empty());
    }
}

#[test]
fn a_fatal_screen_that_tmux_does_not_show_restarts_nothing() {
    let (mut play, _) = Play::running("a");
    play.shows("a", fatal());
    play.pass(30);
    play.looked(screen(Showing::Working));
    assert!(play.starts().is_empty());
    assert_eq!(play.state("a"), Judgement::Running(Showing::Working));
}

// 98, 99.
#[test]
fn a_limit_hides_a_fatal_screen() {
    let (mut play, _) = Play::running("a");
    play.shows("a", fatal());
    play.pass(30);
    play.looked(limit("resets 3pm"));
    assert!(play.starts().is_empty());
    assert!(play.hold("a").is_some());
}

// 95.
#[test]
fn what_is_not_watched_is_left_with_its_fatal_screen() {
    let (mut play, _) = Play::running_as(UnitSpec {
        care: Care::None,
        ..spec("a")
    });
    play.shows("a", fatal());
    play.pass(30);
    if !play.looks().is_empty() {
        play.looked(fatal());
    }
    assert!(play.starts().is_empty());
}

// 97.
#[test]
fn another_backends_program_in_the_pane_is_confirmed_and_replaced() {
    let (mut play, (_, pid)) = Play::running("a");
    runs(&mut play, pid, other());
    assert_eq!(play.looks(), ["a"]);
    play.saw(screen(Showing::Unknown), None, other());
    assert_eq!(play.starts(), ["a"]);
    assert!(matches!(
        play.causes()[..],
        [Cause::WrongProgram { runs, expected }] if runs == "codex" && expected == "claude"
    ));
}

// 97.
#[test]
fn a_program_that_was_there_for_a_moment_is_no_reason() {
    let (mut play, (_, pid)) = Play::running("a");
    runs(&mut play, pid, other());
    play.saw(screen(Showing::Unknown), None, None);
    assert!(play.starts().is_empty());
    runs(&mut play, pid + 1, other());
    assert!(play.looks().is_empty(), "of another process nothing counts");
}

// 96 [B], better: living agents have the same budget, and are looked at again before it is spent.
#[test]
fn a_fatal_screen_that_comes_back_waits_longer_each_time() {
    let (mut play, _) = Play::running("a");
    let mut waited = vec![];
    for _ in 0..3 {
        play.shows("a", fatal());
        play.pass(30);
        play.looked(fatal());
        let decided = play.mono;
        for _ in 0..100 {
            if !play.starts().is_empty() {
                break;
            }
            let next = play.fleet.next_deadline().expect("a restart is due");
            play.pass((next.saturating_sub(play.mono)).as_secs() + 1);
            if !play.looks().is_empty() {
                play.looked(fatal());
            }
        }
        waited.push((play.mono - decided).as_secs());
        play.start_works("a");
    }
    assert_eq!(waited[0], 0, "{waited:?}");
    assert!((1..=4).contains(&waited[1]), "{waited:?}");
    assert!((3..=7).contains(&waited[2]), "{waited:?}");
}

#[test]
fn a_restart_that_was_put_off_is_dropped_when_the_agent_works_again() {
    let (mut play, _) = Play::running("a");
    for _ in 0..2 {
        play.shows("a", fatal());
        play.pass(30);
        play.looked(fatal());
        if !play.starts().is_empty() {
            play.start_works("a");
        }
    }
    play.is("a", Showing::Working);
    play.pass(10);
    if !play.looks().is_empty() {
        play.looked(screen(Showing::Working));
    }
    play.pass(3600);
    assert!(play.starts().is_empty());
}

#[test]
fn an_agent_that_needs_a_login_is_told_once_and_not_restarted() {
    let (mut play, _) = Play::running_as(UnitSpec {
        care: Care::HealAndStall,
        ..spec("a")
    });
    play.is("a", Showing::Login);
    assert!(play.announced(|fact| matches!(fact, Fact::NeedsLogin { .. })));
    play.pass(24 * 3600);
    assert!(play.looks().is_empty() && play.starts().is_empty());
    assert!(!play.announced(|fact| matches!(fact, Fact::NeedsLogin { .. })));
}

#[test]
fn an_agent_that_ended_while_it_asked_for_a_login_waits_for_a_person() {
    let (mut play, at) = Play::running("a");
    play.is("a", Showing::Login);
    play.dies("a", at, Some(1));
    assert!(play.announced(|fact| matches!(fact, Fact::GaveUp { .. })));
    play.clears();
    play.pass(24 * 3600);
    assert!(play.starts().is_empty());
    play.ask(Ask::Restart(vec![name("a")]));
    assert_eq!(play.starts(), ["a"]);
}
