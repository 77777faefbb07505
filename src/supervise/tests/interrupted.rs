//! Moves between phases, and ends, in which the watchdog is killed.

use super::loops::{Loops, loops, with_report};
use super::*;

/// Plays a whole move or end from this phase, with the watchdog killed at its `kill`th step, which
/// has happened or not; who was started since, by anyone.
fn killed_at(kill: usize, happened: bool, spec: FleetSpec, phase: i64) -> (Vec<String>, Loops) {
    let mut loops = Loops::new(spec, Some(phase));
    loops.says(usize::try_from(phase).unwrap(), Done::Yes);
    let mut started = vec![];
    for step in 0..100 {
        let Some(next) = loops.next_step() else {
            return (started, loops);
        };
        if let (Action::Start { unit, .. } | Action::Replace { unit, .. }, true) =
            (&next, step != kill || happened)
        {
            started.push(unit.as_str().to_owned());
        }
        if step != kill {
            loops.carry_out(&next);
            continue;
        }
        if happened {
            loops.happens(&next);
        }
        loops.killed();
    }
    panic!("there is no end to it: {started:?}");
}

// 118 [B], better: a crash at any point of a move is recovered by the next watchdog.
#[test]
fn a_move_that_a_crash_interrupted_is_gone_on_with() {
    for kill in 0..5 {
        for happened in [false, true] {
            let spec = loops(&["one", "two", "three"]);
            let (mut started, loops) = killed_at(kill, happened, spec, 0);
            started.sort();
            let told = format!("killed before step {kill}, done {happened}");
            assert_eq!(loops.index(), Some(1), "{told}");
            assert_eq!(loops.fleet.phase(), Some((1, false)), "{told}");
            assert_eq!(loops.fleet.memory().sequence.moving_to, None, "{told}");
            assert_eq!(started, ["adversary", "builder"], "{told}");
        }
    }
}

// 118 [B], better: so are the loops ended after a crash at any point of the end.
#[test]
fn loops_that_a_crash_at_the_end_left_running_are_ended() {
    for kill in 0..4 {
        for happened in [false, true] {
            let (_, loops) = killed_at(kill, happened, loops(&["one"]), 0);
            let told = format!("killed before step {kill}, done {happened}");
            assert!(loops.files.complete, "{told}");
            assert!(loops.unit("builder").running().is_none(), "{told}");
            assert!(loops.unit("adversary").running().is_none(), "{told}");
            assert!(!loops.fleet.memory().sequence.completing, "{told}");
        }
    }
}

// 118 [B], better: what comes after the end is run all the same.
#[test]
fn an_end_that_a_crash_interrupted_is_gone_on_with() {
    for kill in 0..6 {
        for happened in [false, true] {
            let (started, loops) = killed_at(kill, happened, with_report(), 1);
            let told = format!("killed before step {kill}, done {happened}: {started:?}");
            assert!(loops.files.complete, "{told}");
            assert!(!loops.trigger, "{told}");
            assert!(!loops.fleet.memory().sequence.completing, "{told}");
            assert!(loops.unit("builder").running().is_none(), "{told}");
            assert!(loops.unit("report").running().is_some(), "{told}");
        }
    }
}
