//! The fleet's machine: what is wanted, whether tmux is there, a machine for each unit, and what
//! concerns several of them at once.

mod asks;
mod caps;
mod handoff;
mod hold_files;
mod holds;
mod memory;
mod probes;
mod sequence;
mod starts;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::fact::{Cause, Fact};
use super::holds::Hold;
use super::input::{Input, Now, Seen, SequenceFiles, UnitName};
use super::memory::{HandoffMemory, Memory, SequenceMemory};
use super::spec::{FleetSpec, HandoffSpec, SequenceSpec};
use super::timer::{Timer, Timers};
use super::unit::{Context, Report, Unit};
use super::{Action, Mutant, Policy};
use handoff::Handoff;
use sequence::Sequence;
use starts::Storm;

/// How far the two clocks may drift apart before the wall clock counts as set.
const SET: Duration = Duration::from_secs(2);

/// How often reports are taken in that taking in reports led to.
const ROUNDS: usize = 4;

/// Decides for a whole fleet. See the [module](super).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Supervisor {
    policy: Policy,
    /// What was asked of the whole fleet.
    fleet: Option<bool>,
    /// Nothing is done about any unit.
    paused: bool,
    /// In the config's order; what the config no longer has stands at the end.
    units: Vec<Unit>,
    /// What is known of units that the config does not have at the moment, and of what this
    /// machine has not come to yet.
    memory: Memory,
    ready: bool,
    last_op: u64,
    dice: Dice,
    now: Option<Now>,
    timers: Timers,
    /// By account.
    holds: BTreeMap<String, Hold>,
    /// What tmux listed last of units that the config does not have at the moment.
    strangers: Vec<Seen>,
    /// Who failed lately, and when.
    failures: VecDeque<(UnitName, Duration)>,
    storm: Option<Storm>,
    sequence: Sequence,
    handoff: Handoff,
}

impl Supervisor {
    /// A machine that knows what an earlier one remembered. The seed decides what is left to
    /// chance.
    #[must_use]
    pub fn new(memory: Memory, seed: u64) -> Self {
        Self {
            policy: Policy::default(),
            fleet: memory.fleet,
            paused: memory.paused,
            units: Vec::new(),
            ready: false,
            last_op: 0,
            dice: Dice::new(seed),
            now: None,
            timers: Timers::default(),
            holds: memory.holds.clone(),
            strangers: Vec::new(),
            failures: VecDeque::new(),
            storm: None,
            sequence: Sequence::new(memory.sequence.clone()),
            handoff: Handoff::new(memory.handoff.clone()),
            memory,
        }
    }

    /// Every bound that is in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What was asked of the whole fleet: up, down, or nothing yet.
    #[must_use]
    pub fn fleet_wanted(&self) -> Option<bool> {
        self.fleet
    }

    /// Whether nothing is done about any unit.
    #[must_use]
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// All units, in the config's order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter()
    }

    /// One unit.
    #[must_use]
    pub fn unit(&self, name: &UnitName) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.name() == name)
    }

    /// When to call [`handle`](Self::handle) with [`Input::Tick`] if nothing happens before: a
    /// time of the monotonic clock.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let now = self.now?;
        if self.policy.breaks(Mutant::NeverRests) {
            return Some(now.mono);
        }
        let all = self.units.iter().map(|unit| &unit.timers);
        all.chain([&self.timers])
            .filter_map(|timers| timers.next(now, self.policy.wall_check))
            .min()
    }

    /// Takes in one input and appends what has to be done about it.
    pub fn handle(&mut self, now: Now, input: Input, out: &mut Vec<Action>) {
        let first = out.len();
        let mut run = Run {
            now,
            remember: false,
            reports: Vec::new(),
            out,
        };
        self.watch_clock(&mut run);
        self.now = Some(now);
        self.take(&mut run, input);
        self.take_due(&mut run);
        self.take_reports(&mut run);
        self.tend_sequence(&mut run);
        self.tend_handoff(&mut run);
        self.tend_holds(&mut run);
        self.hold_whoever_is_limited(&mut run);
        self.start_queued(&mut run);
        // What is reported may lead to more of it, but not for long.
        for _ in 0..ROUNDS {
            if run.reports.is_empty() {
                break;
            }
            self.take_reports(&mut run);
            self.start_queued(&mut run);
        }
        self.each(&mut run, |unit, ctx| unit.judge(ctx));
        if self.units.iter().any(Unit::forgotten) {
            self.memory = self.memory();
            self.units.retain(|unit| !unit.forgotten());
        }
        self.set_keep_timer(now);
        if run.remember {
            // What follows may be done only once it is remembered.
            out.insert(first, Action::Remember);
        }
    }

    fn take(&mut self, run: &mut Run<'_>, input: Input) {
        match input {
            Input::Configured { policy, fleet } => self.configure(run, *policy, fleet),
            Input::Asked(ask) => self.ask(run, ask),
            Input::Connected => self.ready = false,
            Input::Lost { server_gone } => {
                self.ready = false;
                if server_gone {
                    self.each(run, |unit, ctx| unit.lost_pane(ctx, true));
                }
            }
            Input::Observed(list) => {
                self.ready = true;
                for seen in &list {
                    self.one(run, &seen.unit, |unit, ctx| unit.seen(ctx, seen));
                }
                self.strangers = list;
                let units = &self.units;
                let known = |seen: &Seen| units.iter().any(|unit| *unit.name() == seen.unit);
                self.strangers.retain(|seen| !known(seen));
                self.each(run, |unit, ctx| unit.end_what_survived(ctx));
                self.reconcile(run);
            }
            Input::Vanished { unit, pane } => self.one(run, &unit, |unit, ctx| {
                if unit.runs_in() == Some(pane) {
                    unit.lost_pane(ctx, false);
                }
            }),
            Input::Started {
                unit,
                op,
                pane,
                pid,
                resumed,
                prompting,
            } => self.one(run, &unit, |unit, ctx| {
                unit.started(ctx, op, (pane, pid), resumed, prompting);
            }),
            Input::StartFailed {
                unit,
                op,
                reason,
                fault,
                spared,
            } => self.one(run, &unit, |unit, ctx| {
                unit.start_failed(ctx, op, reason, fault, spared);
            }),
            Input::Prompted { unit, pane } => {
                self.one(run, &unit, |unit, _| unit.prompted(pane));
            }
            Input::Shows { unit, pane, fact } => {
                self.one(run, &unit, |unit, ctx| unit.shows(ctx, pane, fact));
            }
            Input::Runs { unit, pid, foreign } => {
                self.one(run, &unit, |unit, ctx| unit.runs(ctx, pid, foreign));
            }
            Input::Looked { unit, op, view } => {
                self.one(run, &unit, |unit, ctx| unit.looked(ctx, op, view));
            }
            Input::Typed { unit, op, receipt } => {
                self.one(run, &unit, |unit, ctx| unit.typed(ctx, op, receipt));
            }
            Input::Answered { unit, op, answered } => {
                self.one(run, &unit, |unit, ctx| unit.answered(ctx, op, answered));
            }
            Input::Died {
                unit,
                pane,
                pid,
                ending,
            } => self.one(run, &unit, |unit, ctx| unit.died(ctx, (pane, pid), ending)),
            Input::Ended { unit, op } => self.one(run, &unit, |unit, ctx| unit.ended(ctx, op)),
            Input::Cleared { unit, op } => self.one(run, &unit, |unit, ctx| unit.cleared(ctx, op)),
            Input::Respawned {
                unit,
                op,
                pane,
                pid,
            } => self.one(run, &unit, |unit, ctx| unit.respawned(ctx, op, pane, pid)),
            Input::HoldFile { unit, hold } => self.hold_file(run, &unit, hold),
            Input::Sequence(files) => self.sequence.take_files(files),
            Input::Written { op, result } => self.written(run, op, result),
            Input::Fetched { op, result } => self.fetched(run, op, result),
            Input::Tick => {}
        }
    }

    /// Deadlines that have come, of units and of the fleet.
    fn take_due(&mut self, run: &mut Run<'_>) {
        self.each(run, |unit, ctx| unit.tick(ctx));
        while let Some(timer) = self.timers.take_due(run.now) {
            match timer {
                Timer::Storm => self.storm_goes_on(run),
                Timer::Keep => run.remember = true,
                // The others only ask that it is looked at what there is to do, which is done
                // after every input.
                _ => {}
            }
        }
    }

    fn take_reports(&mut self, run: &mut Run<'_>) {
        for (unit, report) in std::mem::take(&mut run.reports) {
            match report {
                Report::Failed => self.note_failure(run, unit, false),
                Report::LostServer => self.note_failure(run, unit, true),
                report => self.hold_report(run, &unit, report),
            }
        }
    }

    /// A wall clock that was set makes all that waits by it anew.
    fn watch_clock(&mut self, run: &mut Run<'_>) {
        let Some(last) = self.now else {
            return;
        };
        let mono = i128::try_from(run.now.mono.saturating_sub(last.mono).as_nanos());
        let mono = mono.unwrap_or(i128::MAX);
        let wall = run.now.wall.duration_since(last.wall).as_nanos();
        let set = i128::try_from(SET.as_nanos()).unwrap_or(i128::MAX);
        if (wall - mono).abs() > set {
            let back = wall < mono;
            self.each(run, |unit, ctx| unit.clock_was_set(ctx, back));
            if back {
                self.holds_after_clock_went_back(run, last);
            }
        }
    }

    /// Silence that lasts is written down now and then.
    fn set_keep_timer(&mut self, now: Now) {
        let silent =
            |unit: &Unit| unit.care() == super::Care::HealAndStall && unit.silent_since().is_some();
        if !self.units.iter().any(silent) {
            self.timers.clear(Timer::Keep);
        } else if !self.timers.is_set(Timer::Keep) {
            let at = now.mono.saturating_add(self.policy.keep_every);
            self.timers.set_mono(Timer::Keep, at);
        }
    }

    fn configure(&mut self, run: &mut Run<'_>, policy: Policy, spec: FleetSpec) {
        let first = self.units.is_empty();
        if first {
            self.take_over(run.now, &policy);
        }
        self.policy = policy;
        let mut old: BTreeMap<UnitName, Unit> = std::mem::take(&mut self.units)
            .into_iter()
            .map(|unit| (unit.name().clone(), unit))
            .collect();
        let mut specs = spec.units.into_iter().map(Some).collect::<Vec<_>>();
        for spec in &specs {
            let name = spec.as_ref().map(|spec| spec.name.clone());
            self.units.extend(name.map(|name| {
                old.remove(&name)
                    .unwrap_or_else(|| Unit::new(name, run.now))
            }));
        }
        specs.resize(specs.len() + old.len(), None);
        self.units.extend(old.into_values());
        let away = self.away(run.now);
        let memory = std::mem::take(&mut self.memory);
        let mut specs = specs.into_iter();
        self.each(run, |unit, ctx| {
            let known = memory.units.get(unit.name().as_str());
            if let Some(known) = known.filter(|_| unit.is_new()) {
                unit.recall(known, ctx);
                unit.forget_time_away(away);
            }
            if unit.is_new() {
                unit.wanted = memory.wanted.get(unit.name().as_str()).copied();
            }
            unit.configure(ctx, specs.next().flatten());
        });
        self.memory = memory;
        self.sequence.spec = spec.sequence;
        self.handoff.spec = spec.handoff;
        if first {
            self.recall_holds(run);
        }
        self.move_holds(run);
        self.sync_holds(run);
        if self.ready {
            self.greet_strangers(run);
            self.each(run, |unit, ctx| unit.end_what_survived(ctx));
            self.reconcile(run);
        }
    }

    /// What ran already when the config gained its unit is taken over.
    fn greet_strangers(&mut self, run: &mut Run<'_>) {
        let (met, strangers) = std::mem::take(&mut self.strangers)
            .into_iter()
            .partition(|seen: &Seen| self.unit(&seen.unit).is_some());
        self.strangers = strangers;
        let met: Vec<Seen> = met;
        for seen in &met {
            self.one(run, &seen.unit, |unit, ctx| unit.seen(ctx, seen));
        }
    }

    /// What should run and does not is started.
    fn reconcile(&mut self, run: &mut Run<'_>) {
        self.each(run, |unit, ctx| unit.reconcile(ctx, &Cause::Missing));
    }

    /// The fleet's view of things, for a unit's machine.
    fn context<'a>(parts: Parts<'a>, run: &'a mut Run<'_>) -> Context<'a> {
        Context {
            policy: parts.policy,
            now: run.now,
            ready: parts.ready,
            fleet: parts.fleet,
            paused: parts.paused,
            complete: parts.complete,
            phase: parts.phase,
            storm: parts.storm,
            slots: parts.slots,
            dice: parts.dice,
            last_op: parts.last_op,
            remember: &mut run.remember,
            reports: &mut run.reports,
            out: run.out,
        }
    }

    fn one(
        &mut self,
        run: &mut Run<'_>,
        name: &UnitName,
        what: impl FnOnce(&mut Unit, &mut Context<'_>),
    ) {
        let slots = self.slots();
        let complete = self.sequence.is_complete();
        let phase = self.sequence.index();
        let Some(unit) = self.units.iter_mut().find(|unit| unit.name() == name) else {
            return;
        };
        let parts = Parts {
            policy: &self.policy,
            ready: self.ready,
            fleet: self.fleet,
            paused: self.paused,
            complete,
            phase,
            storm: self.storm.is_some(),
            slots,
            dice: &mut self.dice,
            last_op: &mut self.last_op,
        };
        what(unit, &mut Self::context(parts, run));
    }

    fn each(&mut self, run: &mut Run<'_>, mut what: impl FnMut(&mut Unit, &mut Context<'_>)) {
        let parts = Parts {
            slots: self.slots(),
            complete: self.sequence.is_complete(),
            phase: self.sequence.index(),
            policy: &self.policy,
            ready: self.ready,
            fleet: self.fleet,
            paused: self.paused,
            storm: self.storm.is_some(),
            dice: &mut self.dice,
            last_op: &mut self.last_op,
        };
        let mut ctx = Self::context(parts, run);
        for unit in &mut self.units {
            what(unit, &mut ctx);
        }
    }
}

/// What a unit's machine sees of the fleet's.
struct Parts<'a> {
    policy: &'a Policy,
    ready: bool,
    fleet: Option<bool>,
    paused: bool,
    complete: bool,
    phase: Option<usize>,
    storm: bool,
    slots: usize,
    dice: &'a mut Dice,
    last_op: &'a mut u64,
}

/// One call of [`Supervisor::handle`].
struct Run<'a> {
    now: Now,
    remember: bool,
    reports: Vec<(UnitName, Report)>,
    out: &'a mut Vec<Action>,
}

impl Run<'_> {
    fn announce(&mut self, fact: Fact) {
        self.out.push(Action::Announce(fact));
    }
}
