//! Statements about the fleet, each played in virtual time.
//!
//! A comment above a test names the predecessor's promises that it proves, by their numbers in the
//! table of `tests/it/behaviour.rs`; `[B]` marks one that is deliberately kept otherwise.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::*;
use crate::detect::Seen as Showing;
use play::{Play, spec};

mod accounts;
mod answers;
mod asked;
mod asking;
mod between_phases;
mod caps;
mod fatals;
mod full;
mod handoff;
mod healing;
mod interrupted;
mod limits;
mod loops;
mod memory;
mod pauses;
mod phases;
mod play;
mod posts;
mod resumes;
mod retries;
mod showing;
mod stalls;
mod storms;
mod wakes;

#[test]
fn what_runs_already_is_adopted_and_not_started() {
    let mut play = Play::unconnected(vec![spec("a")], Memory::default());
    play.tell(Input::Asked(Ask::Up(None)));
    assert!(
        play.starts().is_empty(),
        "nothing is started before tmux was looked at"
    );
    play.tell(Input::Connected);
    let seen = Seen {
        unit: UnitName::new("a"),
        pane: PaneId(7),
        pid: 70,
        marked: false,
        stale: false,
    };
    play.tell(Input::Observed(vec![seen]));
    assert!(play.starts().is_empty());
    assert!(play.actions.iter().any(|a| matches!(
        a,
        Action::Adopt {
            pane: PaneId(7),
            ..
        }
    )));
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}

#[test]
fn a_server_that_went_away_is_rebuilt_once_after_its_survivors_ended() {
    let (mut play, _) = Play::running("a");
    play.tell(Input::Lost { server_gone: true });
    assert!(
        play.actions
            .iter()
            .any(|action| matches!(action, Action::End { pane: None, .. })),
        "what ignored the hang-up is ended first"
    );
    play.connected(vec![]);
    assert!(play.starts().is_empty(), "there are never two");
    play.ends();
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.wait(1000);
    assert!(play.starts().is_empty());
}

#[test]
fn a_connection_that_broke_alone_restarts_nothing() {
    let (mut play, (pane, pid)) = Play::running("a");
    play.tell(Input::Lost { server_gone: false });
    play.tell(Input::Connected);
    play.tell(Input::Observed(vec![Seen {
        unit: UnitName::new("a"),
        pane,
        pid,
        marked: true,
        stale: false,
    }]));
    assert_eq!(play.actions, []);
}

#[test]
fn a_death_while_tmux_is_away_is_healed_when_it_is_back() {
    let (mut play, at) = Play::running("a");
    play.tell(Input::Lost { server_gone: false });
    play.dies("a", at, Some(1));
    assert!(play.starts().is_empty());
    play.clears();
    play.connected(vec![]);
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_start_that_tmux_could_not_do_costs_nothing() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    play.start_fails("a", "no answer", Fault::Tmux, None);
    play.wait(1);
    assert_eq!(play.starts(), ["a"]);
    assert_eq!(
        play.fleet
            .unit(&UnitName::new("a"))
            .unwrap()
            .budget()
            .in_a_row(),
        0
    );
}

#[test]
fn a_restart_that_cannot_work_spares_what_runs() {
    let (mut play, at) = Play::running("a");
    play.tell(Input::Asked(Ask::Restart(vec![UnitName::new("a")])));
    let reason = "prompts/a.md is missing";
    play.start_fails("a", reason, Fault::Unit, Some(at));
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
    play.dies("a", at, Some(1));
    assert_eq!(play.starts(), ["a"], "and it is still looked after");
}

#[test]
fn down_during_a_start_ends_it_as_soon_as_it_runs() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    play.down("a");
    play.start_works("a");
    play.ends();
    assert_eq!(play.state("a"), Judgement::Stopped);
}

#[test]
fn an_agent_that_left_the_config_runs_on_but_is_not_healed() {
    let (mut play, at) = Play::running("a");
    play.configure(vec![]);
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
    play.dies("a", at, Some(1));
    play.clears();
    assert!(play.fleet.unit(&UnitName::new("a")).is_none());
    assert_eq!(
        play.fleet.memory().wanted.get("a"),
        Some(&true),
        "the wish is kept"
    );
}

#[test]
fn a_watched_agent_that_joins_a_wanted_fleet_is_started() {
    let mut play = Play::new(vec![spec("a")]);
    play.tell(Input::Asked(Ask::Up(None)));
    play.start_works("a");
    play.configure(vec![spec("a"), spec("b")]);
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_pane_that_a_person_respawned_is_taken_as_it_is() {
    let mut play = Play::new(vec![UnitSpec {
        care: Care::None,
        ..spec("a")
    }]);
    play.up(&["a"]);
    let at = play.start_works("a");
    play.dies("a", at, Some(137));
    play.respawned(at.0, 999);
    assert_eq!(
        play.fleet.unit(&UnitName::new("a")).unwrap().running(),
        Some((at.0, 999))
    );
}
