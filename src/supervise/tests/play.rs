//! A fleet whose clock, screens and remote belong to the test.

use jiff::SignedDuration;

use super::*;
use crate::detect;

/// The date on which all stories begin: a Saturday, at noon.
const NOON: &str = "2026-06-13T12:00:00Z";

/// A fleet, everything that was asked of whoever carries its actions out, and the time.
pub(super) struct Play {
    pub(super) fleet: Supervisor,
    pub(super) policy: Policy,
    pub(super) spec: FleetSpec,
    pub(super) mono: Duration,
    /// What the wall clock shows at [`Play::mono`] 0.
    pub(super) epoch: Timestamp,
    /// What the last step, or all steps of the last [`Play::pass`], asked for.
    pub(super) actions: Vec<Action>,
    /// Actions that nobody has answered yet.
    open: Vec<Action>,
    next_pane: u32,
}

/// A watched agent.
pub(super) fn spec(name: &str) -> UnitSpec {
    UnitSpec {
        care: Care::Heal,
        ..UnitSpec::new(name)
    }
}

/// A watched agent of the loop.
pub(super) fn looped(name: &str) -> UnitSpec {
    UnitSpec {
        kind: UnitKind::Loop,
        resident_voice: false,
        ..spec(name)
    }
}

pub(super) fn name(name: &str) -> UnitName {
    UnitName::new(name)
}

/// A screen that shows this, by no pattern in particular.
pub(super) fn screen(state: Showing) -> detect::Fact {
    detect::Fact {
        state,
        ..detect::Fact::default()
    }
}

/// A screen that shows a limit in these words.
pub(super) fn limit(words: &str) -> detect::Fact {
    detect::Fact {
        rows: vec![words.to_owned()],
        limit: Some(detect::Limit {
            hard: false,
            reset: detect::reset_in(words),
            resumes_itself: false,
        }),
        ..screen(Showing::Limited)
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a date")
}

fn op_of(action: &Action) -> Option<Op> {
    match action {
        Action::Start { op, .. }
        | Action::Replace { op, .. }
        | Action::End { op, .. }
        | Action::Clear { op, .. }
        | Action::Look { op, .. }
        | Action::Type { op, .. }
        | Action::Answer { op, .. }
        | Action::WriteIndex { op, .. }
        | Action::MarkComplete { op, .. }
        | Action::RemoveTrigger { op }
        | Action::Fetch { op, .. } => Some(*op),
        _ => None,
    }
}

impl Play {
    /// A fleet that has looked at a tmux server where nothing runs.
    pub(super) fn new(specs: Vec<UnitSpec>) -> Self {
        let units = specs;
        Self::of(FleetSpec {
            units,
            ..FleetSpec::default()
        })
    }

    /// As [`Play::new`], with more than agents.
    pub(super) fn of(spec: FleetSpec) -> Self {
        let mut play = Self::begin(spec, Policy::default(), Memory::default());
        play.connected(vec![]);
        play
    }

    pub(super) fn unconnected(units: Vec<UnitSpec>, memory: Memory) -> Self {
        let spec = FleetSpec {
            units,
            ..FleetSpec::default()
        };
        Self::begin(spec, Policy::default(), memory)
    }

    fn begin(spec: FleetSpec, policy: Policy, memory: Memory) -> Self {
        let mono = Duration::from_secs(1000);
        let mut play = Self {
            fleet: Supervisor::new(memory, 1),
            policy,
            spec,
            mono,
            epoch: at(NOON) - SignedDuration::try_from(mono).unwrap(),
            actions: vec![],
            open: vec![],
            next_pane: 1,
        };
        play.configured();
        play
    }

    /// tmux answers, and lists what runs.
    pub(super) fn connected(&mut self, seen: Vec<Seen>) -> &[Action] {
        self.tell(Input::Connected);
        self.tell(Input::Observed(seen))
    }

    /// The watchdog is killed and another one comes, which finds what ran.
    pub(super) fn next_watchdog(&mut self) {
        let running = self.what_runs();
        self.kill_watchdog();
        self.configured();
        self.connected(running);
    }

    /// The watchdog is killed; the next one knows what was written down, and nothing else yet.
    pub(super) fn kill_watchdog(&mut self) {
        let written = serde_json::to_string(&self.fleet.memory()).expect("JSON");
        let memory = serde_json::from_str(&written).expect("a memory");
        self.fleet = Supervisor::new(memory, 2);
        self.open.clear();
    }

    /// The first step that was asked for and that nobody has answered: a start, an end, a write.
    pub(super) fn next_step(&self) -> Option<Action> {
        let mut open = self.open.iter();
        let step = open.find(|action| {
            !matches!(
                action,
                Action::Look { .. }
                    | Action::Type { .. }
                    | Action::Answer { .. }
                    | Action::Fetch { .. }
            )
        });
        step.cloned()
    }

    pub(super) fn what_runs(&self) -> Vec<Seen> {
        let running = self.fleet.units().filter_map(|unit| {
            let (pane, pid) = unit.running()?;
            Some(Seen {
                unit: unit.name().clone(),
                pane,
                pid,
                marked: true,
                stale: false,
            })
        });
        running.collect()
    }

    pub(super) fn configure(&mut self, units: Vec<UnitSpec>) {
        self.spec.units = units;
        self.configured();
    }

    /// The config as it is now is read.
    pub(super) fn configured(&mut self) {
        let policy = Box::new(self.policy.clone());
        let fleet = self.spec.clone();
        self.tell(Input::Configured { policy, fleet });
    }

    pub(super) fn now(&self) -> Timestamp {
        self.epoch + SignedDuration::try_from(self.mono).unwrap()
    }

    /// The wall clock is set, or ran on while the machine slept.
    pub(super) fn set_clock(&mut self, by: SignedDuration) -> &[Action] {
        self.epoch += by;
        self.tell(Input::Tick)
    }

    pub(super) fn tell(&mut self, input: Input) -> &[Action] {
        self.actions.clear();
        self.step(input);
        &self.actions
    }

    fn step(&mut self, input: Input) {
        let now = Now {
            mono: self.mono,
            wall: self.now(),
        };
        let before = self.actions.len();
        self.fleet.handle(now, input, &mut self.actions);
        let asked = self.actions[before..].iter();
        self.open
            .extend(asked.filter(|action| op_of(action).is_some()).cloned());
    }

    /// Nothing is heard for so long, and then the time is told.
    pub(super) fn wait(&mut self, seconds: u64) -> &[Action] {
        self.mono += Duration::from_secs(seconds);
        self.tell(Input::Tick)
    }

    /// So much time passes, from deadline to deadline.
    pub(super) fn pass(&mut self, seconds: u64) -> &[Action] {
        self.actions.clear();
        let end = self.mono + Duration::from_secs(seconds);
        for steps in 0.. {
            assert!(steps < 100_000, "it is called again and again");
            let next = self.fleet.next_deadline().filter(|next| *next < end);
            let Some(next) = next else { break };
            self.mono = self.mono.max(next);
            self.step(Input::Tick);
        }
        self.mono = end;
        self.step(Input::Tick);
        &self.actions
    }

    /// Waits from deadline to deadline until something is started.
    pub(super) fn wait_for_start(&mut self) {
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

    pub(super) fn announced(&self, what: impl Fn(&Fact) -> bool) -> bool {
        self.facts().any(what)
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.actions.iter().filter_map(|action| match action {
            Action::Announce(fact) => Some(fact),
            _ => None,
        })
    }

    pub(super) fn ask(&mut self, ask: Ask) -> &[Action] {
        self.tell(Input::Asked(ask))
    }

    pub(super) fn up(&mut self, names: &[&str]) -> &[Action] {
        let names = names.iter().map(|unit| name(unit)).collect();
        self.ask(Ask::Up(Some(names)))
    }

    pub(super) fn down(&mut self, unit: &str) -> &[Action] {
        self.ask(Ask::Down(Some(vec![name(unit)])))
    }

    /// Takes the first action of these that nobody has answered.
    fn take<T>(&mut self, what: &str, which: impl Fn(&Action) -> Option<T>) -> T {
        let found = self.open.iter().position(|action| which(action).is_some());
        let Some(found) = found else {
            panic!("no {what} in {:?}", self.open)
        };
        which(&self.open.remove(found)).expect("it was found")
    }

    fn take_start(&mut self, of: &str) -> Op {
        self.take(&format!("start of {of}"), |action| match action {
            Action::Start { unit, op, .. } | Action::Replace { unit, op, .. }
                if unit.as_str() == of =>
            {
                Some(*op)
            }
            _ => None,
        })
    }

    /// Says yes to the start that was just asked for.
    pub(super) fn start_works(&mut self, unit: &str) -> (PaneId, i32) {
        self.starts_up(unit, false)
    }

    /// As [`Play::start_works`]; `resumed`: with an earlier conversation.
    pub(super) fn starts_up(&mut self, unit: &str, resumed: bool) -> (PaneId, i32) {
        self.comes_up(unit, resumed, false)
    }

    /// As [`Play::start_works`], and its prompt is being typed.
    pub(super) fn starts_up_prompting(&mut self, unit: &str) -> (PaneId, i32) {
        self.comes_up(unit, false, true)
    }

    fn comes_up(&mut self, unit: &str, resumed: bool, prompting: bool) -> (PaneId, i32) {
        let op = self.take_start(unit);
        let pane = PaneId(self.next_pane);
        let pid = 100 + i32::try_from(self.next_pane).unwrap();
        self.next_pane += 1;
        self.tell(Input::Started {
            unit: name(unit),
            op,
            pane,
            pid,
            resumed,
            prompting,
        });
        (pane, pid)
    }

    /// Says no to the start that was just asked for.
    pub(super) fn start_fails(
        &mut self,
        unit: &str,
        reason: &str,
        fault: Fault,
        spared: Option<(PaneId, i32)>,
    ) {
        let op = self.take_start(unit);
        self.tell(Input::StartFailed {
            unit: name(unit),
            op,
            reason: reason.to_owned(),
            fault,
            spared,
        });
    }

    /// A fleet of one watched agent that runs.
    pub(super) fn running(unit: &str) -> (Self, (PaneId, i32)) {
        Self::running_as(spec(unit))
    }

    /// A fleet of one agent that runs.
    pub(super) fn running_as(spec: UnitSpec) -> (Self, (PaneId, i32)) {
        let unit = spec.name.clone();
        let mut play = Self::new(vec![spec]);
        play.up(&[unit.as_str()]);
        let at = play.start_works(unit.as_str());
        (play, at)
    }

    pub(super) fn dies(&mut self, unit: &str, (pane, pid): (PaneId, i32), status: Option<i32>) {
        let ending = Ending {
            status,
            reason: None,
        };
        self.tell(Input::Died {
            unit: name(unit),
            pane,
            pid,
            ending,
        });
    }

    /// What runs dies, and its pane goes.
    pub(super) fn dies_for_good(&mut self, unit: &str, status: Option<i32>) {
        let at = self.where_is(unit);
        self.dies(unit, at, status);
        self.clears();
    }

    pub(super) fn where_is(&self, unit: &str) -> (PaneId, i32) {
        let unit = self.unit(unit);
        unit.running().expect("it runs")
    }

    pub(super) fn clears(&mut self) {
        let (unit, op) = self.take("pane to clear", |action| match action {
            Action::Clear { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        self.tell(Input::Cleared { unit, op });
    }

    pub(super) fn respawned(&mut self, pane: PaneId, pid: i32) {
        let (unit, op) = self.take("pane to clear", |action| match action {
            Action::Clear { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        self.tell(Input::Respawned {
            unit,
            op,
            pane,
            pid,
        });
    }

    pub(super) fn ends(&mut self) {
        let (unit, op) = self.take("unit to end", |action| match action {
            Action::End { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        self.tell(Input::Ended { unit, op });
    }

    /// Its screen changes to this.
    pub(super) fn shows(&mut self, unit: &str, fact: detect::Fact) -> &[Action] {
        let (pane, _) = self.where_is(unit);
        let unit = name(unit);
        self.tell(Input::Shows { unit, pane, fact })
    }

    /// Its screen changes to this state.
    pub(super) fn is(&mut self, unit: &str, state: Showing) -> &[Action] {
        self.shows(unit, screen(state))
    }

    /// tmux is looked at again, and shows this.
    pub(super) fn looked(&mut self, fact: detect::Fact) {
        self.saw(fact, None, None);
    }

    /// As [`Play::looked`], with the time of its last output and the program in its pane.
    pub(super) fn saw(
        &mut self,
        fact: detect::Fact,
        last_output: Option<Duration>,
        foreign: Option<Foreign>,
    ) {
        let (unit, op) = self.take("look", |action| match action {
            Action::Look { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        let view = Ok(Box::new(View {
            fact,
            last_output,
            foreign,
        }));
        self.tell(Input::Looked { unit, op, view });
    }

    /// tmux does not say what is there.
    pub(super) fn look_fails(&mut self) {
        let (unit, op) = self.take("look", |action| match action {
            Action::Look { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        let view = Err("no answer".to_owned());
        self.tell(Input::Looked { unit, op, view });
    }

    /// What was being typed into it came to this.
    pub(super) fn typed(&mut self, into: &str, receipt: Receipt) -> &[Action] {
        let (unit, op) = self.take(&format!("text for {into}"), |action| match action {
            Action::Type { unit, op, .. } if unit.as_str() == into => Some((unit.clone(), *op)),
            _ => None,
        });
        self.tell(Input::Typed { unit, op, receipt })
    }

    /// The answer that was being given came to this.
    pub(super) fn answered(&mut self, answered: Answered) -> &[Action] {
        let (unit, op) = self.take("answer", |action| match action {
            Action::Answer { unit, op, .. } => Some((unit.clone(), *op)),
            _ => None,
        });
        self.tell(Input::Answered { unit, op, answered })
    }

    /// The file that was being written is, or is not.
    pub(super) fn written(&mut self, result: Result<(), String>) -> &[Action] {
        let op = self.take("file to write", |action| match action {
            Action::WriteIndex { op, .. }
            | Action::MarkComplete { op, .. }
            | Action::RemoveTrigger { op } => Some(*op),
            _ => None,
        });
        self.tell(Input::Written { op, result })
    }

    /// The remote was looked at.
    pub(super) fn fetched(&mut self, result: Result<Remote, String>) -> &[Action] {
        let op = self.take("look at the remote", |action| match action {
            Action::Fetch { op, .. } => Some(*op),
            _ => None,
        });
        self.tell(Input::Fetched { op, result })
    }
}
