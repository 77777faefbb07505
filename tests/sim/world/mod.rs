//! A machine with a fleet on it, in simulated time: everything around the supervisor.
//!
//! The world keeps the truth: which processes live, what their screens show, what people asked for,
//! what was pushed and typed. The supervisor only hears of it what the daemon would tell, and the
//! checks hold what it does against the truth.

pub(crate) mod agent;
mod asks;
mod banner;
mod files;
pub(crate) mod git;
mod incident;
mod job;
mod keys;
mod night;
mod operator;
pub(crate) mod screen;
mod tmux;
mod trace;

use std::time::Duration;

use ao::supervise::{Action, FleetSpec, Input, Policy, Supervisor, UnitName};

use crate::chance::Chance;
use crate::check::{Rule, Truth};
use crate::clock::Clock;
use crate::faults::{Counts, Kind};
use crate::queue::Queue;
use crate::twin::Twin;

use agent::{Account, Unit};
use files::{Disk, Files};
use git::Git;
use incident::{Incident, Repair};
use job::Job;
pub(crate) use night::UNITS;
pub(crate) use operator::Word;
use tmux::{Listing, Tmux};
use trace::Trace;

/// How long a night is.
pub(crate) const NIGHT: Duration = Duration::from_secs(24 * 3600);

/// What is going to happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// An agent does what it does next.
    Step {
        unit: usize,
        pid: i32,
        epoch: u32,
    },
    /// A screen that was painted wrongly is painted anew.
    Repaint {
        unit: usize,
        pid: i32,
    },
    /// It asks something again.
    Asks {
        unit: usize,
        pid: i32,
        epoch: u32,
        dialog: String,
    },
    /// The daemon carries an action out.
    Do {
        life: u32,
        job: Job,
    },
    /// The typing of a prompt is over.
    Prompted {
        life: u32,
        unit: usize,
        pid: i32,
    },
    /// A list of panes comes in.
    Listed {
        life: u32,
        listing: Listing,
    },
    Incident(Incident),
    Repair(Repair),
    Says(Word),
    /// The loop agents have got somewhere with their phase.
    PhaseWork,
    /// A bare marker got more text behind it.
    MarkerSettles {
        phase: usize,
    },
    /// The long-term promises are looked at.
    Audit,
}

/// What was broken, when, and how.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    pub(crate) what: String,
}

/// See the module.
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) clock: Clock,
    pub(crate) queue: Queue<Event>,
    pub(crate) machine: Option<Supervisor>,
    /// Counts the lives of the watchdog.
    pub(crate) life: u32,
    pub(crate) policy: Policy,
    /// What the config says.
    pub(crate) fleet: FleetSpec,
    /// The units that the supervisor knew before the present call.
    pub(crate) known: Vec<UnitName>,
    /// There are agents that work in a loop, and hand work to each other.
    pub(crate) loops: bool,
    pub(crate) units: Vec<Unit>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tmux: Tmux,
    pub(crate) git: Git,
    pub(crate) files: Files,
    pub(crate) disk: Disk,
    pub(crate) truth: Truth,
    pub(crate) counts: Counts,
    pub(crate) violation: Option<Violation>,
    trace: Trace,
    /// Runs beside the machine, in a test of the journal.
    pub(crate) twin: Option<Twin>,
    /// The watchdog is killed before it carries out this action of the next call that has any.
    kill_before: Option<usize>,
    actions: Vec<Action>,
    /// How often the supervisor asked to be called again at once.
    pub(crate) hurried: u32,
    pub(crate) steps: u64,
}

impl World {
    /// Plays the night to its end, or until a rule is broken.
    pub(crate) fn play(&mut self) {
        while self.violation.is_none() && self.clock.awake < NIGHT {
            self.step();
        }
    }

    fn step(&mut self) {
        let planned = self.queue.next_at().unwrap_or(NIGHT);
        let deadline = self.machine.as_ref().and_then(Supervisor::next_deadline);
        let deadline = deadline.map(|mono| self.clock.awake_at(mono));
        match deadline {
            Some(at) if at < planned => {
                let overdue = at <= self.clock.awake;
                self.clock.awake = at;
                self.check_haste(overdue);
                self.tell(Input::Tick);
            }
            _ => {
                self.clock.awake = planned.max(self.clock.awake);
                if let Some(event) = self.queue.pop() {
                    self.happen(event);
                }
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Step { unit, pid, epoch } => self.agent_steps(unit, pid, epoch),
            Event::Repaint { unit, pid } => self.repaint(unit, pid),
            Event::Asks {
                unit,
                pid,
                epoch,
                dialog,
            } => self.asks_again(unit, pid, epoch, dialog),
            Event::Do { life, job } if life == self.life => self.carry_out(job),
            Event::Prompted { life, unit, pid } if life == self.life => self.prompted(unit, pid),
            Event::Listed { life, listing } if life == self.life => self.listed(listing),
            Event::Do { .. } | Event::Prompted { .. } | Event::Listed { .. } => {}
            Event::Incident(incident) => self.strike(incident),
            Event::Repair(repair) => self.repair(repair),
            Event::Says(word) => self.says(word),
            Event::PhaseWork => self.phase_work(),
            Event::MarkerSettles { phase } => self.marker_settles(phase),
            Event::Audit => {
                self.audit();
                self.after(Duration::from_secs(60), Event::Audit);
            }
        }
    }

    /// Plans something.
    pub(crate) fn after(&mut self, delay: Duration, event: Event) {
        self.queue.push(self.clock.awake + delay, event);
    }

    /// Tells the supervisor something, and carries out what it asks for.
    pub(crate) fn tell(&mut self, input: Input) {
        let Some(mut machine) = self.machine.take() else {
            return;
        };
        self.steps += 1;
        let now = self.clock.now();
        let before = self.kill_before.map(|_| self.truth.clone());
        if matches!(input, Input::Asked(_)) {
            self.known = machine.units().map(|unit| unit.name().clone()).collect();
        }
        self.heard(&input);
        let mut actions = std::mem::take(&mut self.actions);
        self.trace.note(&self.clock, &input);
        let twin = self.twin.as_mut();
        let told = twin.map(|twin| twin.before(self.life, &machine, now, &input));
        machine.handle(now, input, &mut actions);
        if let (Some(twin), Some(told)) = (&mut self.twin, told) {
            twin.after(now, told, &actions);
        }
        self.trace.answer(&actions);
        self.machine = Some(machine);
        let mut kill = self.kill_before.filter(|_| !actions.is_empty());
        if let Some(place) = &mut kill {
            *place %= actions.len();
            self.kill_before = None;
        }
        self.announced(&actions);
        let mut saved = false;
        for (place, action) in actions.drain(..).enumerate() {
            if kill == Some(place) {
                self.counts.hit(Kind::KilledBetweenActions);
                self.killed(before.filter(|_| !saved));
                break;
            }
            saved |= action == Action::Remember;
            self.perform(action);
        }
        self.actions = actions;
        self.truth.end_call();
    }

    /// The watchdog is killed. `before` is the truth before the call that it did not live to
    /// remember.
    pub(crate) fn killed(&mut self, before: Option<Truth>) {
        self.trace
            .say(&self.clock, || "the watchdog is killed".to_owned());
        self.machine = None;
        self.kill_before = None;
        if let Some(before) = before {
            self.truth.take_back(before);
        }
        let life = self.life;
        self.life += 1;
        let under_way = self
            .queue
            .extract(|event| matches!(event, Event::Do { life: of, .. } if *of == life));
        for event in under_way {
            if let Event::Do { job, .. } = event
                && self.chance.percent(50)
            {
                self.finish_alone(job);
            }
        }
        for unit in &mut self.units {
            unit.forget_told();
        }
        self.lose_memory();
        let away = match self.chance.below(10) {
            0 => self.chance.secs(600, 5400),
            1 | 2 => self.chance.secs(60, 600),
            _ => self.chance.ms(200, 8000),
        };
        self.after(away, Event::Repair(Repair::Watchdog));
    }

    /// Writes down that a rule was broken; the first counts.
    pub(crate) fn broken(&mut self, rule: Rule, what: String) {
        if self.violation.is_none() {
            let when = self.clock.awake;
            self.trace
                .say(&self.clock, || format!("BROKEN {rule:?}: {what}"));
            self.violation = Some(Violation {
                rule,
                what: format!("{what} (after {when:?})"),
            });
        }
    }

    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        self.trace.say(&self.clock, what);
    }

    /// The last steps, if they were kept.
    pub(crate) fn story(&self) -> String {
        self.trace.story()
    }

    pub(crate) fn index_of(&self, name: &UnitName) -> Option<usize> {
        self.units.iter().position(|unit| unit.name == *name)
    }

    /// Whether the daemon hears of tmux at this moment.
    pub(crate) fn hears(&self) -> bool {
        self.machine.is_some() && self.tmux.connected
    }
}
