//! From one phase to the next, and what comes after the last.

use std::collections::BTreeMap;

use super::play::{looped, name};
use super::*;

fn loops(phases: &[&str]) -> FleetSpec {
    FleetSpec {
        units: vec![looped("builder"), looped("adversary"), spec("other")],
        sequence: Some(SequenceSpec {
            phases: phases.iter().map(ToString::to_string).collect(),
            auto_advance: true,
            ..SequenceSpec::default()
        }),
        ..FleetSpec::default()
    }
}

/// Two phases, after which `report` is run, which is disabled.
fn with_report() -> FleetSpec {
    let mut spec = loops(&["one", "two"]);
    spec.units.push(UnitSpec {
        enabled: false,
        care: Care::None,
        kind: UnitKind::Task,
        ..UnitSpec::new("report")
    });
    let sequence = spec.sequence.as_mut().unwrap();
    sequence.has_on_complete = true;
    sequence.on_complete = Some(name("report"));
    spec
}

/// A fleet of loops beside what outlives its watchdog: the disk, and what runs.
struct Loops {
    play: Play,
    files: SequenceFiles,
    trigger: bool,
    /// What runs, and for which phase it was started.
    world: BTreeMap<String, ((PaneId, i32), i64)>,
}

impl std::ops::Deref for Loops {
    type Target = Play;

    fn deref(&self) -> &Play {
        &self.play
    }
}

impl std::ops::DerefMut for Loops {
    fn deref_mut(&mut self) -> &mut Play {
        &mut self.play
    }
}

impl Loops {
    /// All that is enabled runs, in this phase.
    fn new(spec: FleetSpec, phase: Option<i64>) -> Self {
        let phases = spec.sequence.as_ref().unwrap().phases.len();
        let mut loops = Self {
            play: Play::of(spec),
            files: SequenceFiles {
                index: phase,
                done: vec![Done::No; phases],
                digests: vec![0; phases],
                ..SequenceFiles::default()
            },
            trigger: true,
            world: BTreeMap::new(),
        };
        loops.tell_files();
        loops.play.ask(Ask::Up(None));
        loops.settle();
        loops
    }

    fn tell_files(&mut self) {
        let files = self.files.clone();
        self.play.tell(Input::Sequence(files));
    }

    fn says(&mut self, phase: usize, done: Done) {
        self.files.done[phase] = done;
        self.files.digests[phase] += 1;
        self.tell_files();
    }

    /// All phases are done.
    fn all_done(&mut self) {
        self.files.done.fill(Done::Yes);
        self.tell_files();
    }

    /// What a step leaves in the world.
    fn happens(&mut self, step: &Action) {
        match step {
            Action::WriteIndex { index, .. } => self.files.index = i64::try_from(*index).ok(),
            Action::MarkComplete { complete, .. } => self.files.complete = *complete,
            Action::RemoveTrigger { .. } => self.trigger = false,
            Action::End { unit, .. } => {
                self.world.remove(unit.as_str());
            }
            Action::Start { unit, .. } | Action::Replace { unit, .. } => {
                let number = u32::try_from(900 + self.world.len()).unwrap();
                let at = (PaneId(number), i32::try_from(number).unwrap());
                let phase = self.files.index.unwrap_or(0);
                self.world.insert(unit.as_str().to_owned(), (at, phase));
            }
            _ => {}
        }
    }

    /// A step is carried out, and the machine hears of it. An agent that starts becomes idle.
    fn carry_out(&mut self, step: &Action) {
        self.happens(step);
        match step {
            Action::Start { unit, .. } | Action::Replace { unit, .. } => {
                let at = self.play.start_works(unit.as_str());
                self.world.get_mut(unit.as_str()).unwrap().0 = at;
                self.play.is(unit.as_str(), Showing::Idle);
            }
            Action::End { .. } => self.play.ends(),
            Action::Clear { .. } => self.play.clears(),
            _ => {
                self.play.written(Ok(()));
            }
        }
    }

    /// Carries out all that is asked for; who was started, in order.
    fn settle(&mut self) -> Vec<String> {
        let mut started = vec![];
        for _ in 0..100 {
            let Some(step) = self.play.next_step() else {
                return started;
            };
            if let Action::Start { unit, .. } | Action::Replace { unit, .. } = &step {
                started.push(unit.as_str().to_owned());
            }
            self.carry_out(&step);
        }
        panic!("there is no end to it: {started:?}");
    }

    /// The watchdog is killed, and the next one finds the world.
    fn killed(&mut self) {
        let phase = self.files.index.unwrap_or(0);
        let seen = self.world.iter().map(|(unit, (at, started_for))| Seen {
            unit: name(unit),
            pane: at.0,
            pid: at.1,
            marked: true,
            stale: *started_for != phase,
        });
        let seen = seen.collect();
        self.play.kill_watchdog();
        self.play.configured();
        self.tell_files();
        self.play.connected(seen);
    }

    fn index(&self) -> Option<i64> {
        self.files.index
    }
}

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
