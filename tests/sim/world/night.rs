//! How a night begins, all from its seed.

use std::time::Duration;

use ao::supervise::{
    Ask, Care, Done, FleetSpec, HandoffSpec, Mutant, Policy, SequenceSpec, StallAction, UnitKind,
    UnitName, UnitSpec,
};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::agent::{Account, Style, Temper, Told, Unit};
use super::files::{Disk, Files};
use super::git::Git;
use super::incident::{Incident, Repair};
use super::operator::Word;
use super::screen::DIALOGS;
use super::tmux::Tmux;
use super::trace::Trace;
use super::{Event, NIGHT, World};
use crate::chance::Chance;
use crate::check::Truth;
use crate::clock::Clock;
use crate::faults::{Counts, Kind};
use crate::queue::Queue;

/// How many agents and services a fleet has.
pub(crate) const UNITS: usize = 10;

impl World {
    /// The night of a seed, with a rule of the supervisor broken or none; `traced`: its last steps
    /// are kept.
    pub(crate) fn new(seed: u64, mutant: Option<Mutant>, traced: bool) -> Self {
        let mut chance = Chance::new(seed);
        let mut counts = Counts::default();
        let (began, zone) = evening(&mut chance, &mut counts);
        let uptime = chance.secs(100, 1_000_000);
        let mut policy = policy(&mut chance, zone);
        policy.mutant = mutant;
        let phases = chance.index(4);
        let loops = phases > 0 || chance.percent(50);
        let mut world = Self {
            clock: Clock::new(began, uptime),
            queue: Queue::new(),
            machine: None,
            life: 1,
            policy,
            fleet: FleetSpec::default(),
            known: Vec::new(),
            loops,
            units: Vec::new(),
            accounts: Vec::new(),
            tmux: Tmux {
                connected: false,
                hung_until: Duration::ZERO,
                loses_events: false,
                next_pane: 0,
                next_pid: 1000,
                calm_since: Duration::ZERO,
            },
            git: Git::new(),
            files: Files {
                done: vec![Done::No; phases],
                holds: vec![None; UNITS],
                ..Files::default()
            },
            disk: Disk::default(),
            truth: Truth::new(UNITS),
            counts,
            violation: None,
            trace: Trace::new(traced),
            twin: None,
            kill_before: None,
            actions: Vec::new(),
            hurried: 0,
            steps: 0,
            chance,
        };
        world.found(phases);
        world.plan_night();
        world
    }

    /// The fleet.
    fn found(&mut self, phases: usize) {
        for n in 0..UNITS {
            let unit = self.unit(n);
            self.units.push(unit);
        }
        for _ in 0..UNITS + 2 {
            self.accounts.push(Account {
                until: None,
                style: Style::Nothing,
                capped: false,
            });
        }
        self.fleet.units = (0..UNITS).map(|unit| self.spec_of(unit)).collect();
        if phases > 0 {
            self.fleet.sequence = Some(SequenceSpec {
                phases: (0..phases).map(|n| format!("phase-{n}")).collect(),
                auto_advance: true,
                on_complete: Some(UnitName::new("closer")),
                has_on_complete: true,
            });
        }
        if self.loops {
            self.fleet.handoff = Some(HandoffSpec {
                place: "repo origin main".to_owned(),
                claim_pings: UnitName::new("adversary"),
                review_pings: UnitName::new("builder"),
                inboxes: [
                    Some("machine-docs/ADVERSARY-INBOX.md".to_owned()),
                    Some("machine-docs/BUILDER-INBOX.md".to_owned()),
                ],
            });
        }
    }

    fn unit(&mut self, n: usize) -> Unit {
        let name = match n {
            0 => "builder".to_owned(),
            1 => "adversary".to_owned(),
            2 => "closer".to_owned(),
            9 => "service".to_owned(),
            n => format!("agent-{n}"),
        };
        let service = n == 9;
        let task = n == 2 || (n == 3 && self.chance.percent(60));
        // Accounts after those of single units are shared.
        let account = match self.chance.below(3) {
            0 => UNITS + self.chance.index(2),
            _ => n,
        };
        let resumes = !service && self.chance.percent(40);
        Unit {
            name: UnitName::new(&name),
            temper: Temper {
                works: self.chance.secs(180, 900),
                rests: self.chance.secs(10, 120),
                trouble: 1 + self.chance.below(4),
                resumes_itself: self.chance.percent(35),
                prompted: !(service || self.loops && n < 2) && self.chance.percent(30),
                resumes,
                task,
                service,
                shows_activity: !service && self.chance.percent(85),
            },
            account,
            processes: Vec::new(),
            bad_conversation: false,
            full: false,
            asks_until: Duration::ZERO,
            broken_until: Duration::ZERO,
            doomed_until: Duration::ZERO,
            paused_until: Duration::ZERO,
            told: Told::default(),
        }
    }

    /// What the config says of a unit.
    pub(crate) fn spec_of(&mut self, unit: usize) -> UnitSpec {
        let loops = self.loops;
        let temper = self.units[unit].temper.clone();
        let account = self.units[unit].account;
        let mut spec = UnitSpec::new(self.units[unit].name.as_str());
        spec.kind = match unit {
            0 | 1 if loops => UnitKind::Loop,
            _ if temper.task => UnitKind::Task,
            _ if temper.service => UnitKind::Service,
            _ => UnitKind::Resident,
        };
        spec.enabled = unit != 2 && (unit < 4 || self.chance.percent(92));
        spec.care = match self.chance.below(10) {
            _ if temper.service && self.chance.percent(50) => Care::None,
            0 if unit > 3 => Care::None,
            1..=4 => Care::Heal,
            _ => Care::HealAndStall,
        };
        spec.account = (account >= UNITS).then(|| format!("account-{account}"));
        spec.shows_activity = temper.shows_activity;
        spec.stall_idle = self.chance.secs(300, 900);
        spec.stall_action = match self.chance.below(4) {
            0 => StallAction::Tell,
            1 => StallAction::Nudge,
            _ => StallAction::Restart,
        };
        let wakes = !temper.service && unit > 2 && self.chance.percent(40);
        spec.wake = wakes.then(|| self.chance.secs(1200, 3 * 3600));
        for dialog in DIALOGS {
            if self.chance.percent(50) {
                spec.answers.insert(dialog.to_owned());
            }
        }
        spec.resident_voice = spec.kind != UnitKind::Loop;
        spec
    }

    /// When what happens in the night.
    fn plan_night(&mut self) {
        self.queue
            .push(Duration::ZERO, Event::Repair(Repair::Watchdog));
        let first = if self.chance.percent(70) {
            Ask::Up(None)
        } else {
            Ask::Watch
        };
        let at = self.chance.secs(1, 20);
        self.queue.push(at, Event::Says(Word::Ask(first)));
        self.queue.push(Duration::from_secs(90), Event::Audit);
        if !self.files.done.is_empty() {
            let at = self.chance.secs(1800, 3 * 3600);
            self.queue.push(at, Event::PhaseWork);
        }
        let night = NIGHT.as_secs();
        for _ in 0..18 + self.chance.below(18) {
            let incident = *self.chance.pick(&Incident::ALL);
            let at = self.chance.secs(60, night);
            self.queue.push(at, Event::Incident(incident));
        }
        for _ in 0..6 + self.chance.below(8) {
            let word = self.chance.pick(&Word::ALL).clone();
            let at = self.chance.secs(60, night);
            self.queue.push(at, Event::Says(word));
        }
        let common = [
            Incident::Claim,
            Incident::Review,
            Incident::Inbox,
            Incident::LimitReached,
        ];
        for incident in common {
            for _ in 0..self.chance.below(8) {
                let at = self.chance.secs(60, night);
                self.queue.push(at, Event::Incident(incident));
            }
        }
    }
}

/// The date at which the night begins, and where. Half of the nights have a switch of daylight
/// saving in them.
fn evening(chance: &mut Chance, counts: &mut Counts) -> (Timestamp, TimeZone) {
    let zone = |name: &str| TimeZone::get(name).expect("a zone");
    let (day, zone) = match chance.below(4) {
        0 => {
            counts.hit(Kind::SpringSwitch);
            (date(2026, 3, 28), zone("Europe/Berlin"))
        }
        1 => {
            counts.hit(Kind::AutumnSwitch);
            (date(2026, 10, 24), zone("Europe/Berlin"))
        }
        2 => (date(2026, 12, 31), zone("America/New_York")),
        _ => (date(2026, 6, 10), TimeZone::UTC),
    };
    let evening = day.at(17, 0, 0, 0).in_tz(zone.iana_name().unwrap_or("UTC"));
    let evening = evening.expect("an evening").timestamp();
    (evening + chance.ms(0, 3_600_000), zone)
}

fn policy(chance: &mut Chance, zone: TimeZone) -> Policy {
    let mut policy = Policy {
        zone,
        ..Policy::default()
    };
    if chance.percent(30) {
        policy.max_starting = Some(chance.index(4) + 1);
    }
    policy
}
