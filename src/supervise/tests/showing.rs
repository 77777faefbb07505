//! What a screen shows becomes the unit's state, and nothing else.

use super::*;
use crate::detect::{self, Signal};

fn shows(play: &mut Play, pane: PaneId, state: Showing, signal: Signal, rows: &[&str]) {
    let rows = rows.iter().map(ToString::to_string).collect();
    let fact = detect::Fact {
        state,
        signal,
        rows,
        ..detect::Fact::default()
    };
    let unit = UnitName::new("a");
    play.tell(Input::Shows { unit, pane, fact });
}

fn announced(play: &Play) -> Vec<(Judgement, Judgement, Vec<String>)> {
    let states = play.actions.iter().filter_map(|action| match action {
        Action::Announce(Fact::State {
            from, to, shown, ..
        }) => {
            let rows = shown.as_ref().map(|fact| fact.rows.clone());
            Some((*from, *to, rows.unwrap_or_default()))
        }
        _ => None,
    });
    states.collect()
}

#[test]
fn a_change_of_what_is_shown_is_told_once_with_its_rows() {
    let (mut play, (pane, _)) = Play::running("a");
    let unknown = Judgement::Running(Showing::Unknown);
    let limited = Judgement::Running(Showing::Limited);
    shows(
        &mut play,
        pane,
        Showing::Limited,
        Signal::LimitRe,
        &["limit"],
    );
    assert_eq!(
        announced(&play),
        [(unknown, limited, vec!["limit".to_owned()])]
    );
    assert_eq!(play.state("a"), limited);
    shows(
        &mut play,
        pane,
        Showing::Limited,
        Signal::LimitRe,
        &["limit 2"],
    );
    assert_eq!(play.actions, [], "the same state by other rows is no news");
}

#[test]
fn a_limit_and_idleness_restart_nothing() {
    let (mut play, (pane, _)) = Play::running("a");
    for state in [Showing::Limited, Showing::Idle] {
        shows(&mut play, pane, state, Signal::FatalRe, &[]);
        play.wait(3600);
        assert!(play.starts().is_empty(), "{:?}", play.actions);
        assert_eq!(play.state("a"), Judgement::Running(state));
    }
}

#[test]
fn another_panes_screen_says_nothing_of_a_unit() {
    let (mut play, (pane, _)) = Play::running("a");
    let other = PaneId(pane.0 + 1);
    shows(&mut play, other, Showing::Fatal, Signal::FatalRe, &[]);
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}

#[test]
fn a_new_process_has_shown_nothing_yet() {
    let (mut play, at) = Play::running("a");
    shows(
        &mut play,
        at.0,
        Showing::Working,
        Signal::ActiveRe,
        &["busy"],
    );
    play.dies("a", at, Some(1));
    let (pane, _) = play.start_works("a");
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
    assert_ne!(pane, at.0);
    // What was on its way from the old pane comes too late.
    shows(
        &mut play,
        at.0,
        Showing::Working,
        Signal::ActiveRe,
        &["busy"],
    );
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}
