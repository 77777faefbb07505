//! Statements about the fleet, each played in virtual time.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::*;
use crate::detect::Seen as Showing;

mod showing;

/// A fleet whose clock belongs to the test.
struct Play {
    fleet: Supervisor,
    mono: Duration,
    actions: Vec<Action>,
    next_pane: u32,
}

fn spec(name: &str) -> UnitSpec {
    UnitSpec {
        name: UnitName::new(name),
        service: false,
        task: false,
        enabled: true,
        watched: true,
    }
}

impl Play {
    /// A fleet that has looked at a tmux server where nothing runs.
    fn new(specs: Vec<UnitSpec>) -> Self {
        let mut play = Self::unconnected(specs, Memory::default());
        play.tell(Input::Connected);
        play.tell(Input::Observed(vec![]));
        play
    }

    fn unconnected(specs: Vec<UnitSpec>, memory: Memory) -> Self {
        let mut play = Self {
            fleet: Supervisor::new(Policy::default(), memory),
            mono: Duration::from_secs(1000),
            actions: vec![],
            next_pane: 1,
        };
        play.tell(Input::Configured(specs));
        play
    }

    fn tell(&mut self, input: Input) -> &[Action] {
        let wall = Timestamp::UNIX_EPOCH + self.mono;
        self.actions.clear();
        self.fleet.handle(
            Now {
                mono: self.mono,
                wall,
            },
            input,
            &mut self.actions,
        );
        &self.actions
    }

    fn wait(&mut self, seconds: u64) -> &[Action] {
        self.mono += Duration::from_secs(seconds);
        self.tell(Input::Tick)
    }

    fn up(&mut self, names: &[&str]) -> &[Action] {
        let names = names.iter().map(|name| UnitName::new(name)).collect();
        self.tell(Input::Asked(Ask::Up(Some(names))))
    }

    fn down(&mut self, name: &str) -> &[Action] {
        self.tell(Input::Asked(Ask::Down(Some(vec![UnitName::new(name)]))))
    }

    /// Says yes to the start that was just asked for.
    fn start_works(&mut self, name: &str) -> (PaneId, i32) {
        let op = self
            .actions
            .iter()
            .find_map(|action| match action {
                Action::Start { unit, op } | Action::Replace { unit, op, .. }
                    if unit.as_str() == name =>
                {
                    Some(*op)
                }
                _ => None,
            })
            .unwrap_or_else(|| panic!("no start of {name} in {:?}", self.actions));
        let pane = PaneId(self.next_pane);
        let pid = 100 + i32::try_from(self.next_pane).unwrap();
        self.next_pane += 1;
        self.tell(Input::Started {
            unit: UnitName::new(name),
            op,
            pane,
            pid,
        });
        (pane, pid)
    }

    fn running(name: &str) -> (Self, (PaneId, i32)) {
        let mut play = Self::new(vec![spec(name)]);
        play.up(&[name]);
        let at = play.start_works(name);
        (play, at)
    }

    fn dies(&mut self, name: &str, (pane, pid): (PaneId, i32), status: Option<i32>) {
        let ending = Ending {
            status,
            reason: None,
        };
        self.tell(Input::Died {
            unit: UnitName::new(name),
            pane,
            pid,
            ending,
        });
    }

    fn clears(&mut self) {
        let cleared = self.actions.iter().find_map(|action| match action {
            Action::Clear { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        let (unit, op) = cleared.expect("a pane to clear");
        self.tell(Input::Cleared { unit, op });
    }

    fn ends(&mut self) {
        let ended = self.actions.iter().find_map(|action| match action {
            Action::End { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        let (unit, op) = ended.expect("something to end");
        self.tell(Input::Ended { unit, op });
    }

    fn starts(&self) -> Vec<&str> {
        self.actions
            .iter()
            .filter_map(|action| match action {
                Action::Start { unit, .. } | Action::Replace { unit, .. } => Some(unit.as_str()),
                _ => None,
            })
            .collect()
    }

    fn state(&self, name: &str) -> Judgement {
        self.fleet.unit(&UnitName::new(name)).unwrap().judgement()
    }
}

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

#[test]
fn what_was_sent_away_stays_away_over_a_restart_of_the_watchdog() {
    let (mut play, _) = Play::running("a");
    play.tell(Input::Asked(Ask::Up(None)));
    play.down("a");
    play.ends();
    assert_eq!(play.state("a"), Judgement::Stopped);
    let mut next = Play::unconnected(vec![spec("a")], play.fleet.memory());
    next.tell(Input::Connected);
    next.tell(Input::Observed(vec![]));
    assert!(next.starts().is_empty());
    next.tell(Input::Asked(Ask::Up(None)));
    assert_eq!(next.starts(), ["a"], "until the fleet is asked for again");
}

#[test]
fn a_death_that_was_asked_for_is_not_healed() {
    let (mut play, at) = Play::running("a");
    play.down("a");
    let end = play.actions.clone();
    play.dies("a", at, Some(129));
    assert!(play.starts().is_empty());
    play.actions = end;
    play.ends();
    play.wait(1000);
    assert!(play.starts().is_empty());
}

#[test]
fn up_of_one_wants_no_other() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.up(&["a"]);
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.wait(1000);
    assert!(play.starts().is_empty());
    assert_eq!(
        play.fleet.unit(&UnitName::new("b")).unwrap().wanted(None),
        None
    );
}

#[test]
fn up_of_all_leaves_out_what_is_disabled_and_down_of_all_ends_it_too() {
    let disabled = UnitSpec {
        enabled: false,
        ..spec("d")
    };
    let mut play = Play::new(vec![spec("a"), disabled]);
    play.tell(Input::Asked(Ask::Up(None)));
    assert_eq!(play.starts(), ["a"]);
    play.start_works("a");
    play.up(&["d"]);
    play.start_works("d");
    play.tell(Input::Asked(Ask::Down(None)));
    let ends = play
        .actions
        .iter()
        .filter(|action| matches!(action, Action::End { .. }))
        .count();
    assert_eq!(ends, 2);
}

#[test]
fn a_watchdog_alone_wants_all_that_is_enabled_but_only_once() {
    let unwatched = UnitSpec {
        watched: false,
        ..spec("u")
    };
    let mut play = Play::new(vec![spec("a"), unwatched]);
    play.tell(Input::Asked(Ask::Watch));
    assert_eq!(
        play.starts(),
        ["a"],
        "what is not watched is not the watchdog's to start"
    );
    play.start_works("a");
    play.tell(Input::Asked(Ask::Down(None)));
    play.ends();
    play.tell(Input::Asked(Ask::Watch));
    assert!(play.starts().is_empty(), "what a person said counts");
}

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
    let end = play.actions.clone();
    play.tell(Input::Connected);
    play.tell(Input::Observed(vec![]));
    assert!(play.starts().is_empty(), "there are never two");
    play.actions = end;
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
    play.tell(Input::Connected);
    play.tell(Input::Observed(vec![]));
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_start_that_tmux_could_not_do_costs_nothing() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    let Some(Action::Start { op, .. }) = play
        .actions
        .iter()
        .find(|a| matches!(a, Action::Start { .. }))
        .cloned()
    else {
        panic!("a start")
    };
    play.tell(Input::StartFailed {
        unit: UnitName::new("a"),
        op,
        reason: "no answer".into(),
        fault: Fault::Tmux,
        spared: None,
    });
    play.wait(1);
    assert_eq!(play.starts(), ["a"]);
    assert_eq!(play.fleet.unit(&UnitName::new("a")).unwrap().restarts(), 0);
}

#[test]
fn a_restart_that_cannot_work_spares_what_runs() {
    let (mut play, at) = Play::running("a");
    play.tell(Input::Asked(Ask::Restart(vec![UnitName::new("a")])));
    let Some(Action::Replace { op, .. }) = play
        .actions
        .iter()
        .find(|a| matches!(a, Action::Replace { .. }))
        .cloned()
    else {
        panic!("a replacement")
    };
    play.tell(Input::StartFailed {
        unit: UnitName::new("a"),
        op,
        reason: "prompts/a.md is missing".into(),
        fault: Fault::Unit,
        spared: Some(at),
    });
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
    play.dies("a", at, Some(1));
    assert_eq!(play.starts(), ["a"], "and it is still looked after");
}

#[test]
fn down_during_a_start_ends_it_as_soon_as_it_runs() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    let start = play.actions.clone();
    play.down("a");
    play.actions = start;
    play.start_works("a");
    play.ends();
    assert_eq!(play.state("a"), Judgement::Stopped);
}

#[test]
fn an_agent_that_left_the_config_runs_on_but_is_not_healed() {
    let (mut play, at) = Play::running("a");
    play.tell(Input::Configured(vec![]));
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
    play.tell(Input::Configured(vec![spec("a"), spec("b")]));
    assert_eq!(play.starts(), ["b"]);
}

#[test]
fn a_pane_that_a_person_respawned_is_taken_as_it_is() {
    let mut play = Play::new(vec![UnitSpec {
        watched: false,
        ..spec("a")
    }]);
    play.up(&["a"]);
    let at = play.start_works("a");
    play.dies("a", at, Some(137));
    let op = play.actions.iter().find_map(|action| match action {
        Action::Clear { op, .. } => Some(*op),
        _ => None,
    });
    let op = op.expect("a pane to clear");
    play.tell(Input::Respawned {
        unit: UnitName::new("a"),
        op,
        pane: at.0,
        pid: 999,
    });
    assert_eq!(
        play.fleet.unit(&UnitName::new("a")).unwrap().running(),
        Some((at.0, 999))
    );
}
