//! The watchdog is killed over and over amid all that it does: nothing is lost, nothing comes twice.
//!
//! `AO_TEST_KILLS` says how often (20 without it), `AO_TEST_SEED` at which moments.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fleet_rig::{DEADLINE, is_alive, is_running, kill, pause, unit_of, wait_until};
use crate::fleet_rules_handoff::Remote;
use crate::fleet_soak::Dice;
use crate::puppet::{BUSY, IDLE, LIMIT, Puppet, puppet};
use crate::screen_random::number;

const WATCHDOG: &str = "
restart_delay = 0.1
restart_delay_max = 0.5
restarts_per_window = 100000
restarts_per_day = 100000
limit_probe_fallback = 2
limit_reset_slack = 1
";

/// Those that reach a limit again and again.
const LIMITED: [&str; 3] = ["limited0", "limited1", "limited2"];
/// Those that are woken again and again.
const WOKEN: [&str; 2] = ["woken0", "woken1"];
/// Those that are killed now and then.
const MORTAL: [&str; 2] = ["mortal0", "mortal1"];
/// Who is limited for hours.
const HELD: &str = "held";

fn agents() -> String {
    let plain = LIMITED.iter().chain(&MORTAL).chain([&HELD]);
    let plain: String = plain.map(|name| puppet(name, "")).collect();
    let wake = "wake = { prompt_file = 'wake.txt', interval = 2 }";
    let woken: String = WOKEN.iter().map(|name| puppet(name, wake)).collect();
    plain + &woken
}

/// A fleet at work, and what was done to it.
struct Busy {
    remote: Remote,
    dice: Dice,
    /// How many claims were pushed.
    claims: usize,
    /// How often each mortal was killed.
    deaths: BTreeMap<&'static str, usize>,
    /// Until when the long hold is.
    until: Value,
}

impl Busy {
    fn puppet(&self, name: &str) -> Puppet<'_> {
        Puppet::of(&self.remote.fleet, name)
    }

    /// Kills the watchdog at some moment, at times one that has only just begun, and starts another.
    fn crash(&mut self) {
        let fleet = &self.remote.fleet;
        let watchdog = fleet.watchdog();
        // Mostly soon, and at times after what takes its time: typing, git.
        let part = self.dice.next() % 1000;
        linger(Duration::from_millis(part * part / 400));
        kill(watchdog);
        wait_until("the watchdog is gone", || !is_alive(watchdog));
        if self.dice.below(4) == 0 {
            let mut up = fleet.ao_command(&["up", "watchdog"]);
            up.stderr(std::process::Stdio::null());
            let mut up = up.spawn().expect("ao up");
            let mut young = None;
            wait_until("another one begins", || {
                let mut all = fleet.processes().into_iter();
                young = all.find(|(_, line)| line.contains("--detach"));
                young.is_some() || up.try_wait().expect("ao up").is_some()
            });
            linger(Duration::from_millis(self.dice.next() % 60));
            if let Some((pid, _)) = young {
                kill(pid);
                wait_until("it is gone", || !is_alive(pid));
            }
            let _ = up.wait();
        }
        fleet.ok(&["up", "watchdog"]);
    }

    /// Gives the watchdog something to do.
    fn stir(&mut self) {
        let limited = LIMITED[self.dice.below(LIMITED.len())];
        self.puppet(limited)
            .may_show(&format!("{LIMIT} Resets in 1 second."));
        if self.dice.below(3) == 0 {
            let name = MORTAL[self.dice.below(MORTAL.len())];
            let unit = self.remote.fleet.unit(name);
            if let Some(pid) = unit["pid"].as_i64().filter(|_| is_running(&unit)) {
                kill(i32::try_from(pid).expect("a pid"));
                *self.deaths.entry(name).or_default() += 1;
            }
        }
        // One at a time, since pings that wait and are equal are one.
        if self.told_of_claims() >= self.claims {
            self.claims += 1;
            self.remote
                .push(&format!("claim: number {}", self.claims), &[]);
        }
    }

    /// How many claims the adversary heard of, or may have heard of when the watchdog was killed.
    fn told_of_claims(&self) -> usize {
        let heard = self.puppet("adversary").heard();
        let claims = heard.iter().filter(|line| line.contains("CLAIM")).count();
        claims + self.deliveries("adversary", "unknown")
    }

    /// How many deliveries to an agent came to this, by the journal.
    fn deliveries(&self, name: &str, outcome: &str) -> usize {
        let acts = self.story(name);
        let acts = acts.iter().filter(|act| act["kind"] == "delivery");
        acts.filter(|act| act["agent"] == name && act["outcome"] == outcome)
            .count()
    }

    fn screen(&self, name: &str) -> String {
        let target = format!("=t-{name}:");
        self.remote
            .fleet
            .tmux(&["capture-pane", "-p", "-t", &target])
            .trim()
            .to_owned()
    }

    fn story(&self, name: &str) -> Vec<Value> {
        let told = self
            .remote
            .fleet
            .ok(&["explain", name, "--since", "24h", "--json"])
            .out;
        let told = told.lines().map(serde_json::from_str);
        told.map(|line| line.expect("a line of the story"))
            .collect()
    }

    /// What has to be so after each kill.
    fn check(&self) {
        let status = self.remote.fleet.status();
        let held = unit_of(&status, HELD);
        assert_eq!(
            held["hold"]["until"], self.until,
            "its hold was lost: {held:#}"
        );
        for name in LIMITED
            .iter()
            .chain(&WOKEN)
            .chain([&HELD, &"builder", &"adversary"])
        {
            let starts = self.puppet(name).starts().len();
            assert_eq!(
                starts,
                1,
                "{name} was started anew: {:#?}",
                self.story(name)
            );
        }
        for name in MORTAL {
            let deaths = self.deaths.get(name).copied().unwrap_or_default();
            let starts = self.puppet(name).starts().len();
            assert!(starts <= deaths + 1, "{name}: {:#?}", self.story(name));
        }
        let heard = self.puppet("adversary").heard();
        assert!(heard.len() <= self.claims, "{}: {heard:#?}", self.claims);
    }

    /// Once nothing disturbs the watchdog any more, all is as it should be.
    fn settle(&self) {
        let begin = Instant::now();
        loop {
            let status = self.remote.fleet.status();
            let calm = |name: &str| {
                let unit = unit_of(&status, name);
                is_running(&unit) && unit["hold"].is_null()
            };
            let names = LIMITED.iter().chain(&WOKEN).chain(&MORTAL);
            if names.clone().all(|name| calm(name)) && self.told_of_claims() >= self.claims {
                return;
            }
            let told = self.told_of_claims();
            let late = begin.elapsed() > 2 * DEADLINE;
            let screens = names.map(|name| self.screen(name)).collect::<Vec<_>>();
            assert!(
                !late,
                "of {} claims {told} were told; {screens:#?}; {status:#}",
                self.claims
            );
            pause();
        }
    }

    /// Every line that an agent heard, and every start, stands in the journal.
    fn explained(&self) {
        let names = LIMITED.iter().chain(&WOKEN).chain(&MORTAL);
        for name in names.chain([&"adversary", &"builder"]) {
            let heard = self.puppet(name).heard();
            let typed = self.deliveries(name, "typing");
            assert!(
                heard.len() <= typed,
                "{name} heard more than was typed: {:#?}",
                self.story(name)
            );
        }
        for name in MORTAL {
            let story = self.story(name);
            let count = |kind: &str| story.iter().filter(|act| act["kind"] == kind).count();
            // What was started as the watchdog was killed is found by the next one.
            let begun = count("start") + count("adopt");
            assert!(
                begun >= self.puppet(name).starts().len(),
                "{name}: {story:#?}"
            );
        }
    }
}

/// Lets the watchdog go on for so long: at which moment it is killed must be any.
fn linger(span: Duration) {
    let end = Instant::now() + span;
    while Instant::now() < end {
        std::thread::park_timeout(end.saturating_duration_since(Instant::now()));
    }
}

// 108 [B], better: no hold is lost, nothing arrives twice, nobody is started anew without a cause.
#[test]
fn a_watchdog_that_is_killed_at_any_moment_loses_nothing_and_does_nothing_twice() {
    let kills = number("AO_TEST_KILLS", 20);
    let seed = number("AO_TEST_SEED", 7);
    println!("seed {seed}");
    let remote = Remote::with(WATCHDOG, &agents());
    remote.fleet.write("wake.txt", "It is your turn.");
    for name in LIMITED {
        let it = Puppet::of(&remote.fleet, name);
        it.begins_with(BUSY);
        it.answers(BUSY);
    }
    for name in WOKEN {
        Puppet::of(&remote.fleet, name).begins_with(IDLE);
    }
    let held = Puppet::of(&remote.fleet, HELD);
    held.begins_with(&format!("{LIMIT} Resets in 5 hours."));
    remote.fleet.ok(&["up"]);
    remote.knows_the_branch();
    let unit = remote
        .fleet
        .wait_for_unit(HELD, "it is held", |unit| unit["hold"].is_object());
    let until = unit["hold"]["until"].clone();
    let dice = Dice(u64::from(seed));
    let mut busy = Busy {
        remote,
        dice,
        claims: 0,
        deaths: BTreeMap::new(),
        until,
    };
    for _ in 0..kills {
        busy.stir();
        busy.crash();
        busy.check();
    }
    busy.settle();
    busy.check();
    busy.explained();
    println!("{} claims, deaths: {:?}", busy.claims, busy.deaths);
}

// 109 [B], better: what a crash left half typed blocks nothing.
#[test]
fn a_text_that_was_pasted_and_not_submitted_by_a_killed_watchdog_arrives_once_and_the_next_one_too()
{
    let remote = Remote::with("", "");
    remote.fleet.ok(&["up"]);
    remote.knows_the_branch();
    let adversary = Puppet::of(&remote.fleet, "adversary");
    let watchdog = remote.fleet.watchdog();
    remote.push("claim: one", &[]);
    wait_until("it is pasted", || {
        let screen = ["capture-pane", "-p", "-t", "=t-adversary:"];
        remote.fleet.tmux(&screen).contains("CLAIM")
    });
    kill(watchdog);
    wait_until("the watchdog is gone", || !is_alive(watchdog));
    // Had the key been pressed already, this would be another story, and an easier one.
    let submitted = !adversary.heard().is_empty();
    remote.fleet.ok(&["up", "watchdog"]);
    // The next one knows of it too.
    remote.fleet.crash_watchdog();
    remote.push(
        "a word",
        &[("machine-docs/for-adversary.md", "Look here.\n")],
    );
    let heard = adversary.hears(2);
    assert!(
        heard[0].contains("CLAIM") && heard[1].contains("for-adversary.md"),
        "{heard:#?}"
    );
    assert!(
        heard
            .iter()
            .all(|line| line.matches("watchdog").count() == 1),
        "{heard:#?}"
    );
    assert_eq!(heard.len(), 2, "submitted before the kill: {submitted}");
}
