use std::path::PathBuf;

use jiff::Timestamp;
use tempfile::TempDir;
use tmux_control::PaneId;

use super::file::numbered;
use super::*;
use crate::detect::{self, Signal};
use crate::supervise::{
    Ask, Care, Ending, Fact, FleetSpec, Memory, Policy, Receipt, StallAction, UnitSpec, View,
};

const SECOND: Duration = Duration::from_secs(1);

/// A machine behind a journal, and a world that does what the machine asks for.
struct Night {
    dir: TempDir,
    journal: Journal,
    machine: Supervisor,
    now: Now,
    pid: i32,
}

impl Night {
    fn new(bounds: Bounds) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut night = Self {
            journal: Journal::open_with(dir.path(), bounds).unwrap(),
            machine: Supervisor::new(Memory::default(), 7),
            now: Now {
                mono: SECOND,
                wall: "2026-11-23T22:00:00Z".parse().unwrap(),
            },
            pid: 100,
            dir,
        };
        night.configure();
        night
    }

    fn configure(&mut self) {
        let unit = |name: &str| UnitSpec {
            care: Care::HealAndStall,
            stall_action: StallAction::Nudge,
            ..UnitSpec::new(name)
        };
        self.give(Input::Configured {
            policy: Box::new(Policy::default()),
            fleet: FleetSpec {
                units: ["a", "b", "c", "d"].map(unit).to_vec(),
                ..FleetSpec::default()
            },
        });
        self.give(Input::Connected);
        self.give(Input::Observed(Vec::new()));
        self.give(Input::Asked(Ask::Up(None)));
    }

    /// One input, and all that follows from it at this moment.
    fn give(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let actions = self.journal.handle(&mut self.machine, self.now, input);
            inputs.extend(actions.into_iter().filter_map(|action| self.answer(action)));
        }
    }

    fn answer(&mut self, action: Action) -> Option<Input> {
        Some(match action {
            Action::Start { unit, op, .. } | Action::Replace { unit, op, .. } => {
                self.pid += 1;
                Input::Started {
                    unit,
                    op,
                    pane: pane(self.pid),
                    pid: self.pid,
                    resumed: false,
                    prompting: false,
                }
            }
            Action::Clear { unit, op, .. } => Input::Cleared { unit, op },
            Action::End { unit, op, .. } => Input::Ended { unit, op },
            Action::Type { unit, op, .. } => Input::Typed {
                unit,
                op,
                receipt: Receipt::Landed,
            },
            Action::Look { unit, op, .. } => Input::Looked {
                view: Ok(Box::new(View {
                    fact: self.shown(&unit),
                    last_output: None,
                    foreign: None,
                })),
                unit,
                op,
            },
            _ => return None,
        })
    }

    fn shown(&self, unit: &UnitName) -> detect::Fact {
        let unit = self.machine.unit(unit).unwrap();
        unit.shown().cloned().unwrap_or_default()
    }

    fn pass(&mut self, span: Duration) {
        let until = self.now.mono + span;
        while let Some(next) = self.machine.next_deadline().filter(|next| *next <= until) {
            self.jump(next.max(self.now.mono + Duration::from_millis(1)));
            self.give(Input::Tick);
        }
        self.jump(until);
    }

    fn jump(&mut self, mono: Duration) {
        let passed = mono.saturating_sub(self.now.mono);
        self.now.mono = mono;
        self.now.wall += passed;
    }

    fn shows(&mut self, name: &str, state: detect::Seen) {
        let unit = UnitName::new(name);
        let Some(pane) = self.machine.unit(&unit).and_then(|unit| unit.runs_in()) else {
            return;
        };
        let fact = detect::Fact {
            state,
            signal: Signal::LimitRe,
            rows: vec!["a row — with \u{1b}[31mbytes\u{7f}".to_owned()],
            ..detect::Fact::default()
        };
        self.give(Input::Shows { unit, pane, fact });
    }

    fn dies(&mut self, name: &str, status: i32) {
        let unit = UnitName::new(name);
        if let Some((pane, pid)) = self.machine.unit(&unit).and_then(|unit| unit.running()) {
            let ending = Ending {
                status: Some(status),
                reason: None,
            };
            self.give(Input::Died {
                unit,
                pane,
                pid,
                ending,
            });
        }
    }

    /// Deaths, limits and silence, for a while.
    fn go_on(&mut self, rounds: u32) {
        use detect::Seen::{Idle, Limited, Working};
        for round in 0..rounds {
            let name = ["a", "b", "c", "d"][round as usize % 4];
            match round % 5 {
                0 => self.dies(name, 1),
                1 => self.shows(name, Working),
                2 => self.shows(name, Limited),
                3 => self.shows(name, Idle),
                _ => self.give(Input::Asked(Ask::Reset(vec![UnitName::new(name)]))),
            }
            self.pass(SECOND * (round * 37 % 200));
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join(NAME)
    }

    /// Ends the journal, so that all of it is on disk.
    fn end(self) -> TempDir {
        drop(self.journal);
        self.dir
    }
}

fn pane(number: i32) -> PaneId {
    format!("%{number}").parse().unwrap()
}

fn small() -> Bounds {
    Bounds {
        rotate_at: 64 << 10,
        ..Bounds::default()
    }
}

fn lines(dir: &Path) -> Vec<Line> {
    let lines = Lines::open(dir, None).unwrap();
    lines.map(Result::unwrap).collect()
}

fn replay(lines: Lines) -> (Vec<Difference>, Replayed) {
    let mut replay = Replay::new(lines);
    let found = replay.by_ref().map(Result::unwrap).collect();
    (found, replay.so_far())
}

#[test]
fn a_night_plays_again_to_the_same_decisions_from_any_file_that_is_kept() {
    let mut night = Night::new(small());
    night.go_on(600);
    let dir = night.end();
    let path = dir.path().join(NAME);
    assert!(numbered(&path, KEPT).exists(), "it was not rotated enough");
    assert!(!numbered(&path, KEPT + 1).exists());
    let (differences, done) = replay(Lines::open(dir.path(), None).unwrap());
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(done.steps > 300, "{done:?}");
    assert_eq!((done.skipped, done.missed, done.unreadable), (0, 0, 0));
    for number in 0..=KEPT {
        let lines = Lines::of(&[numbered(&path, number)]).unwrap();
        let (differences, done) = replay(lines);
        assert!(differences.is_empty(), "{differences:#?}");
        assert!(done.begins >= 1 && done.skipped == 0, "{done:?}");
    }
}

#[test]
fn a_decision_that_differs_is_found_with_its_place() {
    let mut night = Night::new(Bounds::default());
    night.go_on(20);
    let dir = night.end();
    let path = dir.path().join(NAME);
    let text = std::fs::read_to_string(&path).unwrap();
    let restart = text.lines().position(|line| line.contains("\"attempt\":1"));
    let restart = restart.expect("a restart");
    let doctored = text.replacen("\"attempt\":1", "\"attempt\":9", 1);
    std::fs::write(&path, doctored).unwrap();
    let (differences, done) = replay(Lines::open(dir.path(), None).unwrap());
    assert_eq!(differences.len(), 1, "{differences:#?}");
    assert_eq!(done.differences, 1);
    let found = &differences[0];
    assert_eq!(found.line, restart as u64 + 1);
    let attempt = |actions: &[Action]| {
        actions.iter().find_map(|action| match action {
            Action::Announce(Fact::Restart { attempt, .. }) => Some(*attempt),
            _ => None,
        })
    };
    assert_eq!(
        (attempt(&found.expected), attempt(&found.got)),
        (Some(9), Some(1))
    );
}

#[test]
fn half_a_line_that_a_crash_left_is_skipped_and_what_follows_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(NAME);
    std::fs::write(&path, "{\"version\":1,\"seq\":4,\"mo").unwrap();
    assert!(lines(dir.path()).is_empty(), "it is being written, maybe");
    let mut journal = Journal::open(dir.path()).unwrap();
    let mut machine = Supervisor::new(Memory::default(), 1);
    let now = Now {
        mono: SECOND,
        wall: Timestamp::UNIX_EPOCH,
    };
    let _ = journal.handle(&mut machine, now, Input::Connected);
    drop(journal);
    let lines = lines(dir.path());
    assert_eq!(lines.len(), 3, "half a line, the machine, the input");
    assert!(Entry::read(&lines[0].bytes).is_err());
    let entry = Entry::read(&lines[1].bytes).unwrap();
    assert!(matches!(entry.body, Body::Begin(begin) if begin.why == "start"));
    let entry = Entry::read(&lines[2].bytes).unwrap();
    assert_eq!(entry.now, now);
    assert!(matches!(entry.body, Body::Step { input, .. } if matches!(*input, Input::Connected)));
}

#[test]
fn a_tick_before_anything_is_due_leaves_no_entry() {
    let mut night = Night::new(Bounds::default());
    for _ in 0..50 {
        night.give(Input::Tick);
    }
    let dir = night.end();
    let ticks = lines(dir.path());
    let ticks = ticks
        .iter()
        .filter(|line| line.bytes.windows(6).any(|part| part == b"\"tick\""));
    assert_eq!(ticks.count(), 0);
}

#[tokio::test]
async fn what_is_durable_is_in_the_file() {
    let mut night = Night::new(Bounds::default());
    night.go_on(3);
    night.journal.durable().await.unwrap();
    let text = std::fs::read_to_string(night.path()).unwrap();
    let last = Told::read(text.lines().last().unwrap().as_bytes()).unwrap();
    assert_eq!(last.seq, night.journal.seq);
    night.journal.durable().await.unwrap();
}

#[tokio::test]
async fn a_disk_that_fails_loses_entries_and_says_so_where_they_are_missing() {
    let mut night = Night::new(Bounds::default());
    night.journal.durable().await.unwrap();
    // What cannot be written to stands for a full disk.
    std::fs::remove_file(night.path()).unwrap();
    std::fs::create_dir(night.path()).unwrap();
    night.go_on(5);
    let why = night.journal.durable().await.unwrap_err();
    assert!(!why.is_empty());
    assert!(!night.journal.is_written());
    let before = night.journal.missed();
    assert!(before > 0);
    night.go_on(5);
    std::fs::remove_dir(night.path()).unwrap();
    night.pass(RETRY * 2);
    for _ in 0..2 {
        night.dies("a", 1);
        night.pass(RETRY * 2);
        let _ = night.journal.durable().await;
    }
    assert!(night.journal.is_written());
    let missed = night.journal.missed();
    let dir = night.end();
    let (differences, done) = replay(Lines::open(dir.path(), None).unwrap());
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(done.steps > 0 && done.begins > 0, "{done:?}");
    assert_eq!(done.missed, missed, "{done:?}");
}

#[test]
fn what_finds_no_room_is_counted_and_marked() {
    let mut night = Night::new(Bounds {
        waiting_max: 8 << 10,
        ..Bounds::default()
    });
    night.go_on(300);
    let (missed, unmarked) = (night.journal.missed, night.journal.unmarked);
    let written = night.journal.seq - missed;
    let dir = night.end();
    assert!(missed > 0, "everything had room");
    assert_eq!(lines(dir.path()).len() as u64, written);
    let (differences, done) = replay(Lines::open(dir.path(), None).unwrap());
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(done.missed, missed - unmarked);
}

#[test]
fn a_journal_that_a_person_takes_away_begins_anew_with_the_machine() {
    let mut night = Night::new(Bounds::default());
    night.go_on(5);
    wait_for_file(&night);
    std::fs::rename(night.path(), night.dir.path().join("taken.jsonl")).unwrap();
    night.go_on(5);
    wait_for_file(&night);
    night.go_on(5);
    let dir = night.end();
    let (differences, done) = replay(Lines::open(dir.path(), None).unwrap());
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(done.begins == 1 && done.steps > 0, "{done:?}");
}

fn wait_for_file(night: &Night) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(night.journal.durable()).unwrap();
}

#[test]
fn a_link_is_not_written_to() {
    let mut night = Night::new(Bounds::default());
    wait_for_file(&night);
    let precious = night.dir.path().join("precious");
    std::fs::write(&precious, "mine").unwrap();
    std::fs::remove_file(night.path()).unwrap();
    std::os::unix::fs::symlink(&precious, night.path()).unwrap();
    night.go_on(3);
    let dir = night.end();
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "mine");
    assert!(Lines::open(dir.path(), None).is_err(), "a link is not read");
}

#[test]
fn only_files_that_were_written_since_are_read() {
    let mut night = Night::new(small());
    night.go_on(400);
    let dir = night.end();
    let now = Timestamp::now();
    let all = Lines::open(dir.path(), Some(now - Duration::from_secs(3600)));
    assert!(!all.unwrap().is_empty());
    let none = Lines::open(dir.path(), Some(now + Duration::from_secs(3600)));
    assert!(none.unwrap().is_empty());
}
