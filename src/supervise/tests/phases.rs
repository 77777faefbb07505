//! From one phase to the next, and what comes after the last.

use super::loops::{Loops, loops, with_report};
use super::*;

// 112.
#[test]
fn a_phase_that_is_not_done_leads_nowhere() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(1, Done::Yes);
    loops.pass(3600);
    assert!(loops.settle().is_empty());
    assert_eq!(loops.index(), None);
}

// 112.
#[test]
fn without_auto_advance_a_phase_that_is_done_leads_nowhere() {
    let mut spec = loops(&["one", "two"]);
    spec.sequence.as_mut().unwrap().auto_advance = false;
    let mut loops = Loops::new(spec, None);
    loops.says(0, Done::Yes);
    loops.pass(3600);
    assert!(loops.settle().is_empty());
    assert_eq!(loops.index(), None);
}

// 113, 121.
#[test]
fn a_phase_that_is_done_leads_to_the_next_and_its_loops_start_anew() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(0, Done::Yes);
    assert!(loops.announced(
        |fact| matches!(fact, Fact::Phase { from: Some(from), to, .. }
            if from == "one" && to == "two")
    ));
    let mut started = loops.settle();
    started.sort();
    assert_eq!(started, ["adversary", "builder"], "and nobody else");
    assert_eq!(loops.index(), Some(1));
    assert_eq!(loops.fleet.phase(), Some((1, false)));
    loops.pass(3600);
    assert!(loops.settle().is_empty(), "once");
}

// 113.
#[test]
fn the_number_is_on_disk_before_any_loop_starts_for_it() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(0, Done::Yes);
    assert!(loops.starts().is_empty());
    assert!(
        loops
            .actions
            .iter()
            .any(|action| matches!(action, Action::WriteIndex { index: 1, .. }))
    );
    let step = loops.next_step().unwrap();
    loops.carry_out(&step);
    assert_eq!(loops.starts().len(), 2);
}

// 114: better, a chain of phases that are done takes no intervals.
#[test]
fn a_chain_of_done_phases_is_gone_through_one_by_one() {
    let mut loops = Loops::new(self::loops(&["one", "two", "three", "four"]), None);
    loops.files.done = vec![Done::Yes, Done::Yes, Done::Yes, Done::No];
    loops.tell_files();
    loops.settle();
    assert_eq!(loops.fleet.phase(), Some((3, false)));
    assert_eq!(loops.index(), Some(3));
}

// 66 [B], better: a marker with nothing after it counts once its file has been left alone.
#[test]
fn a_bare_marker_counts_once_its_file_is_unchanged_for_a_while() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(0, Done::Bare);
    for _ in 0..5 {
        loops.pass(9);
        assert!(loops.settle().is_empty());
        loops.says(0, Done::Bare);
    }
    loops.pass(10);
    assert_eq!(loops.settle().len(), 2);
}

// 66 [B], better: a placeholder that follows in time keeps the phase open.
#[test]
fn a_placeholder_under_a_bare_marker_keeps_the_phase_open() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(0, Done::Bare);
    loops.pass(9);
    loops.says(0, Done::No);
    loops.pass(3600);
    assert!(loops.settle().is_empty());
}

// 115.
#[test]
fn after_the_last_phase_the_loops_end_and_the_file_says_so() {
    let mut loops = Loops::new(self::loops(&["one"]), None);
    loops.says(0, Done::Yes);
    assert!(loops.announced(|fact| matches!(fact, Fact::Complete { last } if last == "one")));
    let step = loops.next_step().unwrap();
    loops.carry_out(&step);
    assert!(loops.files.complete);
    assert_eq!(loops.ended(), ["builder", "adversary"]);
    assert!(loops.settle().is_empty());
    loops.pass(24 * 3600);
    assert!(loops.settle().is_empty());
    assert_eq!(loops.state("builder"), Judgement::Stopped);
    assert_eq!(loops.state("other"), Judgement::Running(Showing::Idle));
}

// 101.
#[test]
fn loops_are_not_healed_after_the_end_and_others_are() {
    let mut loops = Loops::new(self::loops(&["one"]), None);
    loops.says(0, Done::Yes);
    loops.settle();
    loops.killed();
    assert!(loops.settle().is_empty());
    let at = loops.where_is("other");
    loops.dies("other", at, Some(1));
    assert_eq!(loops.starts(), ["other"]);
}

#[test]
fn a_loop_agent_that_a_person_started_after_the_end_is_left_alone() {
    let mut loops = Loops::new(self::loops(&["one"]), None);
    loops.play.spec.units[0].care = Care::HealAndStall;
    loops.configured();
    loops.all_done();
    loops.settle();
    loops.up(&["builder"]);
    assert_eq!(loops.settle(), ["builder"]);
    loops.pass(24 * 3600);
    assert!(loops.looks().is_empty() && loops.starts().is_empty());
    assert!(loops.ended().is_empty());
}

// 116.
#[test]
fn after_the_end_the_trigger_goes_and_its_agent_is_started_though_disabled() {
    let mut loops = Loops::new(with_report(), Some(1));
    loops.all_done();
    assert_eq!(loops.settle().last().map(String::as_str), Some("report"));
    assert!(!loops.trigger);
    assert!(
        loops.fleet.memory().wanted["report"],
        "and wanted from then on"
    );
}

// 116.
#[test]
fn what_is_run_at_the_end_runs_once() {
    let mut loops = Loops::new(with_report(), None);
    loops.says(0, Done::Yes);
    loops.settle();
    loops.says(1, Done::Yes);
    assert!(loops.settle().contains(&"report".to_owned()));
    loops.dies_for_good("report", Some(0));
    loops.world.remove("report");
    loops.pass(24 * 3600);
    assert!(loops.settle().is_empty());
    loops.killed();
    loops.pass(3600);
    assert!(loops.settle().is_empty());
}

// 116.
#[test]
fn what_is_run_at_the_end_is_started_anew_if_it_runs_already() {
    let mut loops = Loops::new(with_report(), None);
    loops.up(&["report"]);
    loops.settle();
    loops.all_done();
    let started = loops.settle();
    assert!(started.contains(&"report".to_owned()), "{started:?}");
}

// 117.
#[test]
fn phases_that_are_appended_after_the_end_are_gone_on_with() {
    let mut loops = Loops::new(self::loops(&["one"]), None);
    loops.says(0, Done::Yes);
    loops.settle();
    loops.files.done.push(Done::No);
    loops.files.digests.push(0);
    loops.play.spec.sequence.as_mut().unwrap().phases = vec!["one".into(), "two".into()];
    loops.configured();
    loops.tell_files();
    let mut started = loops.settle();
    started.sort();
    assert_eq!(started, ["adversary", "builder"]);
    assert!(!loops.files.complete);
    assert_eq!(loops.index(), Some(1));
}

// 70 [B], better: a phase that a person goes to is started for at once.
#[test]
fn a_person_moves_the_loops_to_a_phase() {
    let mut loops = Loops::new(self::loops(&["one", "two", "three"]), None);
    loops.ask(Ask::Phase(2));
    assert_eq!(loops.settle().len(), 2);
    assert_eq!(loops.index(), Some(2));
}

#[test]
fn who_goes_on_before_the_last_move_is_written_goes_on_from_there() {
    let mut loops = Loops::new(self::loops(&["one", "two", "three"]), None);
    loops.ask(Ask::Phase(1));
    assert_eq!(loops.index(), None, "it is being written");
    assert_eq!(loops.play.fleet.phase_ahead(), Some(1));
    loops.ask(Ask::Phase(2));
    assert_eq!(loops.play.fleet.phase_ahead(), Some(2));
    loops.settle();
    assert_eq!(loops.index(), Some(2));
}

// 68 [B], better: a phase that is not there changes nothing.
#[test]
fn a_phase_that_is_not_there_is_not_gone_to() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.ask(Ask::Phase(99));
    assert!(loops.settle().is_empty());
    assert_eq!(loops.index(), None);
}

// 70 [B], better: an edit of the file by hand restarts the loops on their new kickoff.
#[test]
fn an_edit_of_the_number_by_hand_moves_the_loops() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.files.index = Some(1);
    loops.tell_files();
    assert!(loops.announced(|fact| matches!(fact, Fact::Phase { to, .. } if to == "two")));
    assert_eq!(loops.settle().len(), 2);
}

// 62, 63 [B], better: a number out of range is the nearest phase that there is.
#[test]
fn a_number_out_of_range_is_the_nearest_phase() {
    for (written, index) in [(None, 0), (Some(99), 1), (Some(-1), 0), (Some(1), 1)] {
        let mut play = Play::of(loops(&["one", "two"]));
        play.tell(Input::Sequence(SequenceFiles {
            index: written,
            done: vec![Done::No; 2],
            ..SequenceFiles::default()
        }));
        assert_eq!(play.fleet.phase(), Some((index, false)), "{written:?}");
    }
}

// 118 [B], better: going back after the end brings loops and wakes back.
#[test]
fn going_back_after_the_end_starts_the_loops_and_takes_the_mark_away() {
    for by_hand in [false, true] {
        let mut loops = Loops::new(self::loops(&["one", "two"]), None);
        loops.all_done();
        loops.settle();
        assert!(loops.files.complete);
        loops.files.done = vec![Done::No, Done::No];
        if by_hand {
            loops.files.index = Some(0);
            loops.tell_files();
        } else {
            loops.tell_files();
            loops.ask(Ask::Phase(0));
        }
        let mut started = loops.settle();
        started.sort();
        assert_eq!(started, ["adversary", "builder"]);
        assert!(!loops.files.complete);
        assert_eq!(loops.fleet.phase(), Some((0, false)));
    }
}

// 32 [B], better: a file that cannot be written is tried again, and told once.
#[test]
fn a_number_that_cannot_be_written_is_tried_again() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.says(0, Done::Yes);
    loops.written(Err("no space".to_owned()));
    assert!(loops.announced(|fact| matches!(
        fact,
        Fact::Trouble {
            reason: Some(_),
            ..
        }
    )));
    assert!(loops.starts().is_empty());
    loops.pass(10);
    assert!(!loops.announced(|fact| matches!(fact, Fact::Trouble { .. })));
    assert_eq!(loops.settle().len(), 2);
}

// 113.
#[test]
fn a_loop_agent_on_hold_starts_for_the_new_phase_when_its_limit_is_over() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.shows("builder", super::play::limit("resets 3pm"));
    loops.says(0, Done::Yes);
    assert_eq!(loops.settle(), ["adversary"]);
    loops.is("builder", Showing::Working);
    assert_eq!(loops.settle(), ["builder"]);
}

// 113.
#[test]
fn a_loop_agent_that_nobody_wants_is_not_started_for_a_phase() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.down("builder");
    loops.ends();
    loops.says(0, Done::Yes);
    assert_eq!(loops.settle(), ["adversary"]);
}

#[test]
fn a_dry_run_goes_to_no_other_phase() {
    let mut loops = Loops::new(self::loops(&["one", "two"]), None);
    loops.play.policy.dry_run = true;
    loops.configured();
    loops.says(0, Done::Yes);
    assert!(loops.announced(|fact| matches!(fact, Fact::Would { .. })));
    loops.pass(3600);
    assert!(loops.settle().is_empty());
    assert_eq!(loops.index(), None);
}
