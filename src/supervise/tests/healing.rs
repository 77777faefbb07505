//! What becomes of a unit that died.

use super::*;

#[test]
fn a_watched_agent_that_died_is_started_again_at_once_in_its_session() {
    let (mut play, at) = Play::running("a");
    play.dies("a", at, Some(1));
    assert!(
        play.actions
            .iter()
            .any(|a| matches!(a, Action::Replace { pane, dead: true, .. } if *pane == at.0)),
        "{:?}",
        play.actions
    );
    play.start_works("a");
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}

#[test]
fn an_agent_that_dies_over_and_over_waits_longer_each_time_and_fails_for_good() {
    let (mut play, mut at) = Play::running("a");
    for about in [0, 2, 4, 8, 16] {
        play.dies("a", at, Some(1));
        let before = play.mono;
        if play.starts().is_empty() {
            play.clears();
            play.wait_for_start();
        }
        let waited = (play.mono - before).as_secs_f64();
        let about = f64::from(about);
        assert!(
            waited >= about * 0.8 && waited <= about * 1.2,
            "{waited} for {about}"
        );
        at = play.start_works("a");
    }
    play.dies("a", at, Some(1));
    assert!(play.announced(|fact| matches!(fact, Fact::GaveUp { .. })));
    play.clears();
    play.wait(100_000);
    assert!(play.starts().is_empty(), "it is told once and left alone");
    assert_eq!(play.state("a"), Judgement::Failed);
    play.tell(Input::Asked(Ask::Reset(vec![UnitName::new("a")])));
    assert_eq!(play.starts(), ["a"], "until a person asks for it");
}

#[test]
fn ten_healthy_minutes_forgive_all_restarts() {
    let (mut play, mut at) = Play::running("a");
    for _ in 0..2 {
        play.dies("a", at, Some(1));
        if play.starts().is_empty() {
            play.clears();
            play.wait_for_start();
        }
        at = play.start_works("a");
    }
    play.wait(600);
    assert!(play.actions.contains(&Action::Remember));
    play.dies("a", at, Some(1));
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_program_that_ended_with_0_did_not_fail_and_waits_for_the_heavy_interval() {
    let (mut play, at) = Play::running("a");
    play.dies("a", at, Some(0));
    play.clears();
    assert_eq!(play.state("a"), Judgement::Exited);
    play.wait(299);
    assert!(play.starts().is_empty());
    play.wait(1);
    let at = play.start_works("a");
    assert_eq!(
        play.fleet
            .unit(&UnitName::new("a"))
            .unwrap()
            .budget()
            .in_a_row(),
        0
    );
    play.dies("a", at, Some(9));
    assert_eq!(play.starts(), ["a"], "its budget is untouched");
}

#[test]
fn a_task_that_ended_with_0_is_done_until_a_person_asks_again() {
    let mut play = Play::new(vec![UnitSpec {
        kind: UnitKind::Task,
        ..spec("t")
    }]);
    play.up(&["t"]);
    let at = play.start_works("t");
    play.dies("t", at, Some(0));
    play.clears();
    play.wait(100_000);
    assert!(play.starts().is_empty());
    let memory = play.fleet.memory();
    let mut next = Play::unconnected(
        vec![UnitSpec {
            kind: UnitKind::Task,
            ..spec("t")
        }],
        memory,
    );
    next.tell(Input::Connected);
    next.tell(Input::Observed(vec![]));
    assert!(
        next.starts().is_empty(),
        "not after a restart of the watchdog either"
    );
    next.up(&["t"]);
    assert_eq!(next.starts(), ["t"]);
}

#[test]
fn an_unwatched_agent_stays_dead() {
    let mut play = Play::new(vec![UnitSpec {
        care: Care::None,
        ..spec("a")
    }]);
    play.up(&["a"]);
    let at = play.start_works("a");
    play.dies("a", at, Some(3));
    play.clears();
    play.wait(100_000);
    assert!(play.starts().is_empty());
    assert_eq!(play.state("a"), Judgement::Failed);
}

#[test]
fn a_death_that_is_heard_of_twice_is_told_once() {
    let (mut play, at) = Play::running("a");
    play.tell(Input::Asked(Ask::Restart(vec![UnitName::new("a")])));
    let death = |fact: &Fact| matches!(fact, Fact::Death { .. });
    play.dies("a", at, Some(129));
    assert!(play.announced(death));
    play.dies("a", at, Some(129));
    assert!(!play.announced(death));
}
