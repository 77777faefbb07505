//! What becomes of a unit that died.

use super::*;

#[test]
fn a_watched_agent_that_died_is_started_again_at_once_in_its_session() {
    let (mut play, at) = Play::running("a");
    play.dies("a", at, Some(1));
    assert!(
        matches!(play.actions.as_slice(), [.., Action::Replace { pane, dead: true, .. }, _, _] if *pane == at.0),
        "{:?}",
        play.actions
    );
    play.start_works("a");
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}

#[test]
fn an_agent_that_dies_over_and_over_waits_longer_each_time() {
    let (mut play, mut at) = Play::running("a");
    let mut delays = vec![];
    for _ in 0..12 {
        play.dies("a", at, Some(1));
        let before = play.mono;
        if play.starts().is_empty() {
            play.clears();
            let deadline = play.fleet.next_deadline().expect("a restart is due");
            play.mono = deadline - Duration::from_millis(1);
            play.tell(Input::Tick);
            assert!(play.starts().is_empty(), "not before its time");
            play.mono = deadline;
            play.tell(Input::Tick);
        }
        delays.push((play.mono - before).as_secs());
        at = play.start_works("a");
    }
    assert_eq!(delays, [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
}

#[test]
fn ten_healthy_minutes_forgive_all_restarts() {
    let (mut play, mut at) = Play::running("a");
    for _ in 0..2 {
        play.dies("a", at, Some(1));
        if play.starts().is_empty() {
            play.clears();
            play.wait(2);
        }
        at = play.start_works("a");
    }
    assert_eq!(
        play.fleet.next_deadline(),
        Some(play.mono + Duration::from_secs(600))
    );
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
    assert_eq!(play.fleet.unit(&UnitName::new("a")).unwrap().restarts(), 0);
    play.dies("a", at, Some(9));
    assert_eq!(play.starts(), ["a"], "its budget is untouched");
}

#[test]
fn a_task_that_ended_with_0_is_done_until_a_person_asks_again() {
    let mut play = Play::new(vec![UnitSpec {
        task: true,
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
            task: true,
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
        watched: false,
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
