//! Statements about the fleet, each played in virtual time.

use std::time::Duration;

use jiff::Timestamp;
use tmux_control::PaneId;

use super::*;
use crate::detect::Seen as Showing;

mod asking;
mod healing;
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
        care: Care::Heal,
        ..UnitSpec::new(name)
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
            fleet: Supervisor::new(memory, 1),
            mono: Duration::from_secs(1000),
            actions: vec![],
            next_pane: 1,
        };
        play.configure(specs);
        play
    }

    fn configure(&mut self, units: Vec<UnitSpec>) {
        self.tell(Input::Configured {
            policy: Box::new(Policy::default()),
            fleet: FleetSpec {
                units,
                ..FleetSpec::default()
            },
        });
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

    /// Waits from deadline to deadline until something is started.
    fn wait_for_start(&mut self) {
        for _ in 0..100 {
            let deadline = self.fleet.next_deadline().expect("a start is due");
            self.mono = self.mono.max(deadline);
            self.tell(Input::Tick);
            if !self.starts().is_empty() {
                return;
            }
        }
        panic!("nothing was started");
    }

    fn announced(&self, what: impl Fn(&Fact) -> bool) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| matches!(action, Action::Announce(fact) if what(fact)))
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
                Action::Start { unit, op, .. } | Action::Replace { unit, op, .. }
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
            resumed: false,
            prompting: false,
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
