//! Twenty real programs, faults on purpose, and an editor that rewrites the config: nothing is lost,
//! and the journal explains every act.
//!
//! `AO_TEST_SOAK` says for how many seconds (20 without it), `AO_TEST_SEED` which faults.
//! `AO_TEST_AO` names a copy of the program, so that it may be built anew meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io::Write as _;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use crate::fleet_rig::{Events, Fleet, is_alive, is_running, kill, unit_of, wait_until};
use crate::puppet::{BUSY, DIALOG, FATAL, IDLE, LOGIN, Puppet, config, puppet, stage};
use crate::screen_random::number;

/// What the watchdog may hold in memory, in KiB, however long it runs.
const MEMORY_MAX: u64 = 96 * 1024;

/// Short delays, and no end to the patience with what is killed on purpose.
const WATCHDOG: &str = "
restart_delay = 0.2
restart_delay_max = 2
healthy_after = 5
restarts_per_window = 100000
restarts_per_day = 100000
limit_probe_fallback = 3
limit_reset_slack = 1
";

/// Those whose program is a puppet that works, and may reach a limit.
const WORKERS: [&str; 8] = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
/// Those that are started anew when they fall silent.
const SILENT: [&str; 4] = ["s0", "s1", "s2", "s3"];
/// Programs as people have them.
const PROGRAMS: [(&str, &str); 8] = [
    ("bash0", "exec bash --norc -i"),
    ("bash1", "exec bash --norc -i"),
    ("bash2", "exec bash --norc -i"),
    ("vim0", "exec vim -u NONE -n puppet.sh"),
    ("vim1", "exec vim -u NONE -n agents.toml"),
    ("less0", "exec less puppet.sh"),
    ("top0", "exec top -d 1"),
    ("top1", "exec $(command -v htop || echo top)"),
];

/// The fleet's agents: all that run in any version of the config.
///
/// In an hour some share an account. In a minute nobody can wait until they have gone on one after the
/// other.
fn agents(long: bool) -> String {
    let mut text = "
[backend.silent]
prompt_delivery = 'exec'
bin = 'exec sh puppet.sh'
active_re = 'esc to interrupt'
stall_idle = 2
"
    .to_owned();
    for (n, name) in WORKERS.iter().enumerate() {
        let account = if long && n < 4 {
            "account = 'shared'"
        } else {
            ""
        };
        text += &puppet(name, account);
    }
    for name in SILENT {
        text += &puppet(name, "backend = 'silent'\nwatch = 'heal+stall'");
    }
    for (name, line) in PROGRAMS {
        text += &format!("\n[backend.{name}]\nprompt_delivery = 'exec'\nbin = '{line}'\n");
        text += &puppet(name, &format!("backend = '{name}'"));
    }
    text
}

fn everybody() -> Vec<&'static str> {
    let programs = PROGRAMS.iter().map(|(name, _)| *name);
    WORKERS.into_iter().chain(SILENT).chain(programs).collect()
}

/// Random numbers, the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).expect("a bound")).expect("a number")
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }
}

/// What was done to the fleet, and what the watchdog says that it did.
struct Soak {
    fleet: Fleet,
    dice: Dice,
    begin: Instant,
    /// For each agent, the faults that gave a reason to start it anew and did not do so yet.
    reasons: BTreeMap<String, Vec<(Timestamp, &'static str)>>,
    /// How often each kind of fault was made.
    faults: BTreeMap<&'static str, usize>,
    events: Vec<Value>,
    /// Who is held, by the events.
    held: BTreeSet<String>,
    edits: u32,
    /// It is more than a minute.
    long: bool,
    /// How much memory the watchdog had, and when.
    memory: Vec<(Duration, u64)>,
    loud: bool,
}

impl Soak {
    fn say(&self, what: &str) {
        if self.loud {
            println!("{:7.1} {what}", self.begin.elapsed().as_secs_f64());
        }
    }

    /// Takes in what the watchdog told since the last time, for so long.
    fn listen(&mut self, events: &Events, span: Duration) {
        let end = Instant::now() + span;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match events.next_within(left) {
                Ok(event) => self.take(event),
                Err(mpsc::RecvTimeoutError::Timeout) => return,
                Err(error) => panic!("the events ended: {error}"),
            }
        }
    }

    fn take(&mut self, event: Value) {
        self.say(&event.to_string());
        let agent = event["agent"].as_str().unwrap_or_default().to_owned();
        match event["kind"].as_str().expect("a kind") {
            "limit" => {
                self.held.insert(agent);
            }
            "lifted" => {
                let how = event["how"].as_str().unwrap_or_default();
                self.held.remove(&agent);
                if event["account"] == "shared" && !how.contains("others of its account") {
                    self.held
                        .retain(|name| !WORKERS[..4].contains(&name.as_str()));
                }
            }
            "restart" => {
                assert!(
                    !self.held.contains(&agent),
                    "it is limited, and was restarted: {event}"
                );
                self.account_for(&agent, &event);
            }
            "gave-up" => panic!("nobody may give up: {event}"),
            _ => {}
        }
        self.events.push(event);
    }

    /// A restart has its cause in something that was done to the agent before.
    fn account_for(&mut self, agent: &str, event: &Value) {
        let cause = event["cause"].as_str().expect("a cause");
        let fitting: &[&str] = match cause {
            cause if cause.contains("showed no activity") => &["stall"],
            cause if cause.contains("cannot go on") => &["fatal"],
            cause if cause.contains("process ended") => &["kill", "exit", "kill-server"],
            cause if cause.contains("pane went away") || cause.contains("could not be started") => {
                &["kill-server"]
            }
            cause if cause.contains("limit that it waited out") => &["kill", "exit", "kill-server"],
            _ => panic!("nobody gave a reason for that: {event}"),
        };
        let time: Timestamp = event["time"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time");
        let reasons = self.reasons.entry(agent.to_owned()).or_default();
        let before = reasons.len();
        reasons.retain(|(at, kind)| *at > time || !fitting.contains(kind));
        assert!(
            reasons.len() < before,
            "it was restarted for nothing: {event}; {reasons:?}"
        );
    }

    fn give_reason(&mut self, agent: &str, at: Timestamp, kind: &'static str) {
        self.reasons
            .entry(agent.to_owned())
            .or_default()
            .push((at, kind));
    }

    /// One fault, or one edit of the config.
    fn disturb(&mut self) {
        let kinds = [
            "kill", "kill", "exit", "limit", "limit", "stall", "stall", "fatal", "passing", "keys",
            "edit", "edit",
        ];
        let kind = self.dice.pick(&kinds);
        let whom = match kind {
            "kill" | "keys" => self.dice.pick(&everybody()),
            "stall" => self.dice.pick(&SILENT),
            _ => self.dice.pick(&WORKERS),
        };
        if kind != "edit" && self.held.contains(whom) {
            return;
        }
        let puppet = Puppet::of(&self.fleet, whom);
        let at = Timestamp::now();
        let done = match kind {
            "kill" => {
                let unit = self.fleet.unit(whom);
                let pid = unit["pid"].as_i64().filter(|_| is_running(&unit));
                if let Some(pid) = pid {
                    kill(i32::try_from(pid).expect("a pid"));
                }
                pid.is_some()
            }
            "exit" => puppet.may_exit(3),
            "limit" => puppet.may_show("You have reached your usage limit. Resets in 2s."),
            "stall" => puppet.may_show(IDLE),
            "fatal" => puppet.may_show(FATAL),
            "passing" => puppet.may_show(LOGIN) && puppet.may_show(DIALOG) && puppet.may_show(BUSY),
            "keys" => {
                let target = format!("=t-{whom}:");
                self.fleet.tmux(&["send-keys", "-t", &target, "j"]);
                true
            }
            _ => self.edit(),
        };
        if done {
            *self.faults.entry(kind).or_default() += 1;
            self.say(&format!("-- {kind} {whom}"));
            if ["kill", "exit", "stall", "fatal"].contains(&kind) {
                self.give_reason(whom, at, kind);
            }
        }
    }

    /// Rewrites the config as an editor does: in place, so that half of it is there for a moment.
    fn edit(&mut self) -> bool {
        self.edits += 1;
        let edits = self.edits;
        let watchdog = format!("{WATCHDOG}stall_grace = {}\n", 60 + edits);
        let whole = config(&watchdog, &agents(self.long));
        let text = match edits % 4 {
            0 => format!("{whole}\nthis is no TOML\n"),
            1 => whole.replace("active_re", "# edited\nactive_re"),
            _ => whole,
        };
        let mut file = fs::File::create(self.fleet.path("agents.toml")).expect("the config");
        let (first, second) = text.as_bytes().split_at(self.dice.below(text.len()));
        file.write_all(first).expect("one half");
        file.sync_all().expect("it is on the disk");
        file.write_all(second).expect("the other half");
        true
    }

    /// The tmux server is killed, with all its panes.
    fn kill_server(&mut self) {
        self.say("-- kill-server");
        *self.faults.entry("kill-server").or_default() += 1;
        for name in everybody() {
            self.give_reason(name, Timestamp::now(), "kill-server");
        }
        self.fleet.tmux(&["kill-server"]);
    }

    fn measure(&mut self, watchdog: i32) {
        assert!(is_alive(watchdog), "the watchdog has ended");
        let status = fs::read_to_string(format!("/proc/{watchdog}/status")).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let words = line.expect("its memory").split_whitespace();
        let size = words.skip(1).find_map(|word| word.parse().ok());
        let size = size.expect("a number");
        self.memory.push((self.begin.elapsed(), size));
        self.say(&format!("-- memory {size} KiB"));
    }

    /// Everything that should run does, as it should.
    fn settle(&mut self, events: &Events) {
        fs::write(
            self.fleet.path("agents.toml"),
            config(WATCHDOG, &agents(self.long)),
        )
        .expect("the config");
        for name in WORKERS.into_iter().chain(SILENT) {
            Puppet::of(&self.fleet, name).may_show(BUSY);
        }
        let mut left = Vec::new();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(120) {
            self.listen(events, Duration::from_millis(500));
            let status = self.fleet.status();
            let sits = |name: &&&str| {
                let unit = unit_of(&status, name);
                !is_running(&unit) || unit["hold"].is_object()
            };
            left = everybody()
                .iter()
                .filter(sits)
                .map(|name| unit_of(&status, name))
                .collect();
            if left.is_empty() && self.held.is_empty() {
                return;
            }
        }
        panic!(
            "after the last fault these do not run: {left:#?}; held: {:?}",
            self.held
        );
    }

    /// The journal accounts for every act that the events told.
    fn explain(&self) {
        let told = self.fleet.ok(&["explain", "--since", "24h", "--json"]).out;
        let mut explained = HashSet::new();
        for line in told.lines() {
            let line: Value = serde_json::from_str(line).expect("a line of the story");
            explained.insert(act(&line));
        }
        let acts = [
            "start", "restart", "death", "limit", "lifted", "probe", "stall", "storm",
        ];
        let acts = self.events.iter().filter(|event| {
            event["kind"]
                .as_str()
                .is_some_and(|kind| acts.contains(&kind))
        });
        let missing: Vec<_> = acts
            .filter(|event| !explained.contains(&act(event)))
            .collect();
        assert!(
            missing.is_empty(),
            "the journal does not have these: {missing:#?}"
        );
    }
}

/// What is the same in an event and in the journal's line about it.
fn act(event: &Value) -> (String, String, String) {
    let text = |key: &str| event[key].to_string();
    (text("kind"), text("agent"), text("pid") + &text("cause"))
}

#[test]
fn twenty_programs_live_through_faults_and_the_journal_explains_every_act() {
    let span = Duration::from_secs(u64::from(number("AO_TEST_SOAK", 20)));
    let seed = number("AO_TEST_SEED", 5);
    let long = span > Duration::from_secs(120);
    let fleet = stage(WATCHDOG, &agents(long));
    for name in WORKERS.into_iter().chain(SILENT) {
        let puppet = Puppet::of(&fleet, name);
        puppet.begins_with(BUSY);
        puppet.answers(BUSY);
    }
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let mut soak = Soak {
        fleet,
        dice: Dice(u64::from(seed)),
        begin: Instant::now(),
        reasons: BTreeMap::new(),
        faults: BTreeMap::new(),
        events: Vec::new(),
        held: BTreeSet::new(),
        edits: 0,
        long,
        memory: Vec::new(),
        loud: std::env::var_os("AO_TEST_SOAK").is_some(),
    };
    println!("seed {seed}");
    let watchdog = soak.fleet.watchdog();
    // An hour has its faults further apart than a minute.
    let pace = if long { 4000 } else { 700 };
    let mut servers = span / 3;
    while soak.begin.elapsed() < span {
        soak.disturb();
        let wait = Duration::from_millis(soak.dice.next() % pace + 100);
        soak.listen(&events, wait);
        soak.measure(watchdog);
        if long && soak.begin.elapsed() > servers {
            servers += span / 3;
            soak.kill_server();
        }
    }
    soak.settle(&events);
    soak.measure(watchdog);
    assert_eq!(soak.fleet.watchdog(), watchdog, "it is the same watchdog");
    soak.explain();
    let most = soak.memory.iter().map(|(_, size)| *size).max();
    assert!(most < Some(MEMORY_MAX), "{:?}", soak.memory);
    for kind in ["kill", "limit", "stall", "fatal", "edit"] {
        assert!(
            soak.faults.contains_key(kind),
            "no {kind}: {:?}",
            soak.faults
        );
    }
    println!(
        "{} events; faults: {:?}; memory at most {most:?} KiB",
        soak.events.len(),
        soak.faults
    );
    soak.fleet.ok(&["down"]);
    wait_until("the watchdog has ended", || !is_alive(watchdog));
    soak.fleet.wait_until_nothing_is_left();
}
