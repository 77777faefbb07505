//! What must hold for the supervisor whatever it is told, in whatever order. The fuzz target calls
//! this with what libFuzzer invents, and the tests with the corpus and with what proptest invents.

#![allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]

use std::time::Duration;

use ao::detect::{self, Limit, Seen as Showing};
use ao::supervise::{
    Action, Ask, Care, Done, Ending, Fault, FleetSpec, Foreign, HandoffSpec, HoldFile, Input,
    Memory, Now, Op, Policy, Receipt, Remote, Seen, SequenceFiles, SequenceSpec, StallAction,
    Supervisor, UnitKind, UnitName, UnitSpec, View,
};
use jiff::Timestamp;
use tmux_control::PaneId;

/// How many results that are due are kept; older ones never come.
const WAITING_MAX: usize = 64;

/// A supervisor, the clocks, and the actions whose results may come.
struct Play {
    machine: Supervisor,
    now: Now,
    waiting: Vec<Action>,
    next: u32,
}

/// Tells a supervisor what the bytes say: each input is a byte for its kind and one for what it is
/// about. It panics where something does not hold.
pub fn supervise(data: &[u8]) {
    let mut play = Play::new(Memory::default(), data.first().copied().unwrap_or_default());
    for pair in data.chunks_exact(2) {
        play.step(pair[0], pair[1]);
    }
}

impl Play {
    fn new(memory: Memory, seed: u8) -> Self {
        Self {
            machine: Supervisor::new(memory, u64::from(seed)),
            now: Now {
                mono: Duration::from_secs(1000),
                wall: Timestamp::from_second(1_800_000_000).expect("a date"),
            },
            waiting: Vec::new(),
            next: 1,
        }
    }

    fn step(&mut self, kind: u8, about: u8) {
        let unit = name(about);
        let pane = PaneId(u32::from(about >> 3));
        let pid = i32::from(about >> 3);
        let input = match kind % 24 {
            0 => Input::Configured {
                policy: Box::new(policy(about)),
                fleet: fleet(about),
            },
            1 => Input::Connected,
            2 => Input::Observed(vec![Seen {
                unit,
                pane,
                pid,
                marked: about & 64 == 0,
                stale: about & 128 == 0,
            }]),
            3 => Input::Observed(vec![]),
            4 => Input::Lost {
                server_gone: about & 1 == 0,
            },
            5 => Input::Asked(ask(about)),
            6 => self.shows(about),
            7 => self.dies(about),
            8..=13 => return self.answer(about),
            14 => Input::HoldFile {
                unit,
                hold: (about & 128 == 0).then(|| HoldFile {
                    until: self.wall_after(i64::from(about) * 60),
                    probes: u32::from(about),
                }),
            },
            15 => Input::Sequence(files(about)),
            16 => Input::Vanished { unit, pane },
            17 => self.runs(about),
            18 => return self.pass(Duration::from_millis(u64::from(about))),
            19 => return self.pass(Duration::from_secs(u64::from(about) * 30)),
            20 => return self.next_deadline(),
            21 => return self.set_clock(about),
            22 => return self.crash(about),
            _ => return self.survives_json(),
        };
        self.tell(input);
    }

    fn tell(&mut self, input: Input) {
        let mut actions = Vec::new();
        self.machine.handle(self.now, input, &mut actions);
        let typed = actions
            .iter()
            .position(|action| matches!(action, Action::Type { .. }));
        let remembers = actions
            .iter()
            .position(|action| *action == Action::Remember);
        if let Some(typed) = typed {
            let before = remembers.is_some_and(|remembers| remembers < typed);
            assert!(before, "what is typed is remembered first: {actions:?}");
        }
        assert!(actions.len() < 1000, "few actions follow from one input");
        self.waiting
            .extend(actions.into_iter().filter(|action| op(action).is_some()));
        let old = self.waiting.len().saturating_sub(WAITING_MAX);
        self.waiting.drain(..old);
        let most = self.machine.policy().letters_max + 1;
        for unit in self.machine.units() {
            assert!(unit.letters() <= most + 1, "few texts wait");
        }
    }

    fn wall_after(&self, seconds: i64) -> Timestamp {
        Timestamp::from_second(self.now.wall.as_second() + seconds).expect("a date")
    }

    fn pass(&mut self, span: Duration) {
        self.now.mono += span;
        self.now.wall += span;
        self.tell(Input::Tick);
    }

    /// Time passes until the machine wants to be called; it never wants that at once for ever.
    fn next_deadline(&mut self) {
        for _ in 0..64 {
            let Some(at) = self.machine.next_deadline() else {
                return;
            };
            let span = at.saturating_sub(self.now.mono);
            let waiting = self.waiting.len();
            self.pass(span);
            if span > Duration::ZERO || self.waiting.len() != waiting {
                return;
            }
        }
        panic!("it asks to be called at once, again and again");
    }

    fn set_clock(&mut self, about: u8) {
        let by = (i64::from(about) - 128) * 300;
        self.now.wall = self.wall_after(by);
        self.tell(Input::Tick);
    }

    /// The machine ends, and another one goes on with its memory.
    fn crash(&mut self, about: u8) {
        let memory = serde_json::to_string(&self.machine.memory()).expect("it is plain");
        let mut memory: Memory = serde_json::from_str(&memory).expect("it was written so");
        memory.came_back(if about & 1 == 0 { "here" } else { "there" });
        self.machine = Supervisor::new(memory, u64::from(about));
        self.waiting.clear();
    }

    /// A machine out of a journal is the same one.
    fn survives_json(&mut self) {
        let written = serde_json::to_string(&self.machine).expect("it is plain");
        let machine: Supervisor = serde_json::from_str(&written).expect("it was written so");
        let again = serde_json::to_string(&machine).expect("it is plain");
        assert_eq!(written, again);
        self.machine = machine;
    }

    fn shows(&self, about: u8) -> Input {
        let unit = name(about);
        let running = self.machine.unit(&unit).and_then(|unit| unit.running());
        let pane = running.map_or(PaneId(1), |(pane, _)| pane);
        let fact = fact(about);
        Input::Shows { unit, pane, fact }
    }

    fn runs(&self, about: u8) -> Input {
        let unit = name(about);
        let running = self.machine.unit(&unit).and_then(|unit| unit.running());
        let pid = running.map_or(1, |(_, pid)| pid);
        let foreign = (about & 128 == 0).then(|| Foreign {
            runs: "vi".to_owned(),
            expected: "claude".to_owned(),
        });
        Input::Runs { unit, pid, foreign }
    }

    fn dies(&self, about: u8) -> Input {
        let unit = name(about);
        let running = self.machine.unit(&unit).and_then(|unit| unit.running());
        let (pane, pid) = running.unwrap_or((PaneId(1), 1));
        let ending = Ending {
            status: (about & 128 == 0).then(|| i32::from(about >> 5)),
            reason: None,
        };
        Input::Died {
            unit,
            pane,
            pid,
            ending,
        }
    }

    /// The result of an action that is waited for, good or bad.
    fn answer(&mut self, about: u8) {
        if self.waiting.is_empty() {
            return;
        }
        let action = self
            .waiting
            .remove(usize::from(about & 15) % self.waiting.len());
        self.next += 1;
        let good = about & 128 == 0;
        let number = self.next;
        if let Some(input) = result(action, good, about, number) {
            self.tell(input);
        }
    }
}

fn name(about: u8) -> UnitName {
    UnitName::new(["builder", "adversary", "closer", "worker", "service"][usize::from(about) % 5])
}

fn op(action: &Action) -> Option<Op> {
    match action {
        Action::Start { op, .. }
        | Action::Replace { op, .. }
        | Action::End { op, .. }
        | Action::Clear { op, .. }
        | Action::Look { op, .. }
        | Action::Type { op, .. }
        | Action::WriteIndex { op, .. }
        | Action::MarkComplete { op, .. }
        | Action::RemoveTrigger { op }
        | Action::Fetch { op, .. } => Some(*op),
        _ => None,
    }
}

fn result(action: Action, good: bool, about: u8, number: u32) -> Option<Input> {
    let outcome = || if good { Ok(()) } else { Err("no".to_owned()) };
    Some(match action {
        Action::Start { unit, op, .. } | Action::Replace { unit, op, .. } if good => {
            Input::Started {
                unit,
                op,
                pane: PaneId(number),
                pid: i32::try_from(number).ok()?,
                resumed: about & 16 == 0,
                prompting: about & 32 == 0,
            }
        }
        Action::Start { unit, op, .. } => Input::StartFailed {
            unit,
            op,
            reason: "no".to_owned(),
            fault: if about & 16 == 0 {
                Fault::Unit
            } else {
                Fault::Tmux
            },
            spared: None,
        },
        Action::Replace {
            unit,
            op,
            pane,
            pid,
            dead,
            ..
        } => Input::StartFailed {
            unit,
            op,
            reason: "no".to_owned(),
            fault: if about & 16 == 0 {
                Fault::Unit
            } else {
                Fault::Tmux
            },
            spared: (!dead).then_some((pane, pid)),
        },
        Action::End { unit, op, .. } => Input::Ended { unit, op },
        Action::Clear { unit, op, .. } if good => Input::Cleared { unit, op },
        Action::Clear { unit, op, pane, .. } => Input::Respawned {
            unit,
            op,
            pane,
            pid: i32::try_from(number).ok()?,
        },
        Action::Look { unit, op, .. } => Input::Looked {
            unit,
            op,
            view: if good {
                Ok(Box::new(View {
                    fact: fact(about),
                    last_output: None,
                    foreign: None,
                }))
            } else {
                Err("no".to_owned())
            },
        },
        Action::Type { unit, op, .. } => Input::Typed {
            unit,
            op,
            receipt: match about >> 4 & 7 {
                0..=2 => Receipt::Landed,
                3 => Receipt::Unconfirmed("?".to_owned()),
                4 => Receipt::Waits("later".to_owned()),
                5 => Receipt::Failed("no".to_owned()),
                _ => Receipt::Nothing("empty".to_owned()),
            },
        },
        Action::WriteIndex { op, .. }
        | Action::MarkComplete { op, .. }
        | Action::RemoveTrigger { op } => Input::Written {
            op,
            result: outcome(),
        },
        Action::Fetch { op, .. } => Input::Fetched {
            op,
            result: outcome().map(|()| Remote {
                head: format!("commit-{}", about >> 5),
                claims: vec!["claim".to_owned(); usize::from(about & 16 == 0)],
                reviews: vec!["review".to_owned(); usize::from(about & 32 == 0)],
                inboxes: [(about & 64 == 0).then(|| format!("{about}")), None],
                ..Remote::default()
            }),
        },
        _ => return None,
    })
}

fn fact(about: u8) -> detect::Fact {
    let states = [
        Showing::Unknown,
        Showing::Working,
        Showing::Idle,
        Showing::NeedsPerson,
        Showing::Login,
        Showing::Limited,
        Showing::Fatal,
        Showing::Retrying,
    ];
    let state = states[usize::from(about >> 3 & 7)];
    let banners = [
        "",
        "resets 3:30pm",
        "try again in 2 hours",
        "resets Oct 31, 9am (UTC)",
    ];
    let limited = state == Showing::Limited;
    let waits = state == Showing::Idle && about & 128 == 0;
    detect::Fact {
        state,
        limit: limited.then(|| Limit {
            hard: false,
            reset: detect::reset_in(banners[usize::from(about >> 6)]),
            resumes_itself: about & 4 == 0,
        }),
        waiting: waits
            .then(|| detect::waiting_in(["WAITING-UNTIL: 2027-01-16T10:00:00Z"].into_iter(), false))
            .flatten(),
        no_conversation: about & 192 == 192,
        ..detect::Fact::default()
    }
}

fn ask(about: u8) -> Ask {
    let one = vec![name(about)];
    match about >> 4 {
        0 | 1 => Ask::Up(None),
        2 => Ask::Up(Some(one)),
        3 => Ask::Watch,
        4 => Ask::Down(None),
        5 | 6 => Ask::Down(Some(one)),
        7 | 8 => Ask::Restart(one),
        9 => Ask::Reset(one),
        10 => Ask::Pause(None),
        11 => Ask::Pause(Some(one)),
        12 => Ask::Resume(None),
        13 => Ask::Resume(Some(one)),
        _ => Ask::Phase(usize::from(about & 3)),
    }
}

fn files(about: u8) -> SequenceFiles {
    let done = |bits: u8| match bits & 3 {
        0 | 1 => Done::No,
        2 => Done::Bare,
        _ => Done::Yes,
    };
    SequenceFiles {
        index: (about & 128 == 0).then(|| i64::from(about & 3) - 1),
        complete: about & 64 == 0,
        done: vec![done(about >> 2), done(about >> 4)],
        digests: vec![u64::from(about), 1],
    }
}

fn policy(about: u8) -> Policy {
    Policy {
        max_starting: (about & 1 == 0).then_some(1),
        dry_run: about & 62 == 62,
        ..Policy::default()
    }
}

fn fleet(about: u8) -> FleetSpec {
    let spec = |index: u8| {
        let name = name(index);
        let mut spec = UnitSpec::new(name.as_str());
        spec.kind = match index {
            0 | 1 => UnitKind::Loop,
            2 => UnitKind::Task,
            4 => UnitKind::Service,
            _ => UnitKind::Resident,
        };
        spec.care = if about & 4 == 0 {
            Care::HealAndStall
        } else {
            Care::Heal
        };
        spec.stall_action = [StallAction::Restart, StallAction::Nudge, StallAction::Tell]
            [usize::from(about >> 3) % 3];
        spec.account = (about & 64 == 0).then(|| "shared".to_owned());
        spec.wake = (about & 128 == 0).then(|| Duration::from_secs(3600));
        spec.shows_activity = index != 4;
        spec
    };
    let units = if about & 32 == 0 { 5 } else { 3 };
    FleetSpec {
        units: (0..units).map(spec).collect(),
        sequence: (about & 2 == 0).then(|| SequenceSpec {
            phases: vec!["one".to_owned(), "two".to_owned()],
            auto_advance: true,
            on_complete: Some(UnitName::new("closer")),
            has_on_complete: true,
        }),
        handoff: (about & 16 == 0).then(|| HandoffSpec {
            place: "here".to_owned(),
            claim_pings: name(1),
            review_pings: name(0),
            inboxes: [Some("INBOX.md".to_owned()), None],
        }),
    }
}
