//! The rules of healing with the real watchdog: what is started anew, when, and when no more.

use crate::fleet_rig::{Fleet, ended_with, is_alive, is_running, kill, unit_of, wait_until};
use crate::puppet::{BUSY, FATAL, IDLE, LOGIN, Puppet, puppet, restage, stage};

fn one(watchdog: &str, keys: &str) -> Fleet {
    let fleet = stage(watchdog, &puppet("a", keys));
    fleet.ok(&["up"]);
    fleet
}

// 96 [B], better: delays, a limit, and the status of every end.
#[test]
fn what_dies_over_and_over_waits_longer_each_time_then_is_left_until_a_person_resets_it() {
    let dies = "[backend.dies]\nprompt_delivery = 'exec'\nbin = 'exit 3'\n";
    let agents = dies.to_owned() + &puppet("dies", "backend = 'dies'");
    let watchdog = "restart_delay = 0.2\nrestarts_per_window = 3";
    let fleet = stage(watchdog, &agents);
    fleet.ao(&["up"]);
    let events = fleet.follow();
    let mut delays = Vec::new();
    for attempt in 1..=3 {
        let death = events.of("death", "dies");
        assert!(ended_with(&death, 3), "{death}");
        let restart = events.of("restart", "dies");
        assert_eq!(restart["attempt"], attempt, "{restart}");
        if death["exit_status"] == 3 {
            assert_eq!(restart["cause"], "its process ended with 3");
        }
        delays.push(restart["delay_ms"].as_u64().expect("a delay"));
    }
    assert!(
        delays[0] == 0 && delays[0] < delays[1] && delays[1] < delays[2],
        "{delays:?}"
    );
    let gave_up = events.of("gave-up", "dies");
    assert_eq!(gave_up["reason"], "it was restarted 3 times within 10 min");
    let unit = fleet.unit("dies");
    assert!(
        unit["state"] == "failed" && unit["gave_up"] == true,
        "{unit:#}"
    );

    fleet.ok(&["reset", "dies"]);
    events.of("reset", "dies");
    events.of("start", "dies");
    events.of("gave-up", "dies");
}

// 96.
#[test]
fn ao_restart_starts_what_had_failed_for_good() {
    let keys = "backend = 'dies'";
    let dies =
        "[backend.dies]\nprompt_delivery = 'exec'\nbin = 'test -e well && exec sleep 1000'\n";
    let fleet = stage(
        "restarts_per_window = 1",
        &(dies.to_owned() + &puppet("dies", keys)),
    );
    fleet.ao(&["up"]);
    let events = fleet.follow();
    events.of("gave-up", "dies");
    fleet.write("well", "");
    fleet.ok(&["restart", "dies"]);
    fleet.wait_for_unit("dies", "it runs", is_running);
    assert_eq!(fleet.unit("dies")["gave_up"], false);
}

// 96 [B], better: a task that ended well is done, and stays so.
#[test]
fn a_task_that_ended_with_0_is_done_also_for_the_next_watchdog() {
    let once = "[backend.once]\nprompt_delivery = 'exec'\nbin = 'echo ran >>ran'\n";
    let agents = once.to_owned()
        + &puppet("task", "backend = 'once'\nkind = 'task'")
        + &puppet("other", "backend = 'once'");
    let fleet = stage("heavy_interval = 1", &agents);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    events.of("death", "task");
    // The other one, which is no task, would not be alone if the task came back.
    events.of("restart", "other");
    events.of("start", "other");
    assert_eq!(fleet.unit("task")["state"], "exited");
    fleet.crash_watchdog();
    let events = fleet.follow();
    events.of("start", "other");
    for kind in ["restart", "start"] {
        assert!(fleet.events_of(kind, "task").is_empty());
    }
}

// 98.
#[test]
fn a_fatal_screen_that_stands_is_cured_and_one_in_passing_is_not() {
    let agents = puppet("passing", "") + &puppet("stands", "");
    let fleet = stage("signal_interval = 4", &agents);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let passing = Puppet::of(&fleet, "passing");
    passing.shows(FATAL);
    events.wait_for("it shows that it cannot go on", |event| {
        event["agent"] == "passing" && event["to"] == "fatal"
    });
    passing.shows(BUSY);
    Puppet::of(&fleet, "stands").shows(FATAL);
    let restart = events.of("restart", "stands");
    assert_eq!(
        restart["cause"],
        "its screen shows that the session cannot go on"
    );
    assert_eq!(restart["rows"][0], FATAL, "{restart}");
    events.of("start", "stands");
    assert!(fleet.events_of("restart", "passing").is_empty());
}

// 99.
#[test]
fn what_works_is_not_cured_of_what_else_it_shows() {
    let fleet = stage("", &(puppet("works", "") + &puppet("stands", "")));
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let both = format!("{BUSY}\\n{FATAL}");
    Puppet::of(&fleet, "works").shows(&both);
    events.wait_for("it works", |event| {
        event["agent"] == "works" && event["to"] == "working"
    });
    Puppet::of(&fleet, "stands").shows(FATAL);
    events.of("restart", "stands");
    assert!(fleet.events_of("restart", "works").is_empty());
}

// 97.
#[test]
fn another_backends_program_in_the_pane_is_replaced() {
    let tailer = "[backend.tailer]\nbin = 'tail'\nprocess_name = 'tail'\n";
    let own = "[backend.own]\nprompt_delivery = 'exec'\nbin = 'exec sh puppet.sh'\n\
               process_name = 'sh'\n";
    let fleet = stage(
        "",
        &format!("{tailer}{own}{}", puppet("a", "backend = 'own'")),
    );
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let old = fleet.pid("a");
    let a = Puppet::of(&fleet, "a");
    a.becomes("tail -f puppet.sh");
    let restart = events.of("restart", "a");
    assert_eq!(restart["cause"], "its pane runs tail, where sh should");
    fleet.wait_for_other_pid("a", old);
    wait_until("the puppet is back", || a.starts().len() == 2);
}

#[test]
fn who_needs_a_login_is_told_once_and_not_started_anew() {
    let fleet = one("", "");
    let events = fleet.follow();
    let a = Puppet::of(&fleet, "a");
    a.shows(LOGIN);
    let login = events.of("login", "a");
    assert_eq!(login["rows"][0], LOGIN, "{login}");
    assert_eq!(fleet.unit("a")["state"], "login");
    a.exits(1);
    let gave_up = events.of("gave-up", "a");
    assert_eq!(gave_up["reason"], "it ended while it asked for a login");
    assert!(fleet.events_of("restart", "a").is_empty());
    fleet.ok(&["up", "a"]);
    a.shows(IDLE);
    fleet.wait_for_unit("a", "it runs", is_running);
}

// 95.
#[test]
fn a_dead_agent_comes_back_though_nothing_can_be_written_down() {
    let fleet = one("", "");
    fleet.kill_watchdog();
    // As a full disk would have it, for who may write anything.
    for name in ["supervisor.json", "journal.jsonl"] {
        let path = fleet.path("logs/state").join(name);
        let _ = std::fs::remove_file(&path);
        std::fs::create_dir_all(path.join("in the way")).expect("a directory");
    }
    fleet.ao(&["up", "watchdog"]);
    let old = fleet.pid("a");
    kill(old);
    fleet.wait_for_other_pid("a", old);
    assert_eq!(fleet.status()["watchdog"]["journal_ok"], false);
}

#[test]
fn a_killed_server_is_one_incident_and_one_agent_goes_first() {
    let stubborn = "[backend.stubborn]\nprompt_delivery = 'exec'\n\
                    bin = '''trap \"\" HUP; while :; do sleep 1000; done'''\n";
    let names = ["a", "b", "c", "stubborn"];
    let keys = |name: &str| {
        if name == "stubborn" {
            "backend = 'stubborn'"
        } else {
            ""
        }
    };
    let agents: String = names.iter().map(|name| puppet(name, keys(name))).collect();
    let fleet = stage("", &format!("{stubborn}{agents}"));
    fleet.ok(&["up"]);
    let old = names.map(|name| fleet.pid(name));
    let events = fleet.follow();
    fleet.tmux(&["kill-server"]);
    events.wait_for("an incident", |event| event["kind"] == "storm");
    let canary = events.wait_for("who goes first", |event| event["kind"] == "canary");
    let first = events.wait_for("a start", |event| event["kind"] == "start");
    assert_eq!(first["agent"], canary["agent"]);
    events.wait_for("the end of it", |event| event["kind"] == "storm-over");
    let status = fleet.status();
    for (name, old) in names.iter().zip(old) {
        assert!(is_running(&unit_of(&status, name)), "{name}: {status:#}");
        assert!(!is_alive(old), "{name} lives twice");
        let starts = fleet.events_of("start", name);
        let restarts = fleet.events_of("restart", name);
        assert_eq!(
            (starts.len(), restarts.len()),
            (2, 1),
            "{starts:#?} {restarts:#?}"
        );
    }
    let all = fleet.events();
    let storms = all.iter().filter(|event| event["kind"] == "storm");
    assert_eq!(storms.count(), 1, "{all:#?}");
}

#[test]
fn no_more_agents_are_starting_at_a_time_than_may_be() {
    let names = ["a", "b", "c", "d"];
    let agents: String = names.iter().map(|name| puppet(name, "")).collect();
    let fleet = stage("max_starting = 1", &agents);
    for name in names {
        Puppet::of(&fleet, name).begins_with(BUSY);
    }
    fleet.ok(&["up"]);
    let mut starting: Option<String> = None;
    let mut starts = 0;
    for event in fleet.events() {
        let agent = event["agent"].as_str().unwrap_or_default().to_owned();
        match event["kind"].as_str() {
            Some("start") => {
                assert_eq!(starting, None, "{event}");
                (starting, starts) = (Some(agent), starts + 1);
            }
            Some("state") if event["to"] == "working" => _ = starting.take_if(|it| *it == agent),
            _ => {}
        }
    }
    assert_eq!(starts, names.len());
}

// 25 [B], better: what the watchdog goes by counts as soon as it is saved.
#[test]
fn another_delay_counts_as_soon_as_the_config_has_it() {
    let once = "[backend.once]\nprompt_delivery = 'exec'\nbin = 'echo ran >>ran'\n";
    let agents = once.to_owned() + &puppet("once", "backend = 'once'");
    let fleet = stage("heavy_interval = 5000", &agents);
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let restart = events.of("restart", "once");
    assert_eq!(restart["delay_ms"], 5_000_000);
    restage(&fleet, "heavy_interval = 1", &agents);
    events.wait_for("it is taken in", |event| event["kind"] == "config");
    fleet.ok(&["restart", "once"]);
    let restart = events.of("restart", "once");
    assert_eq!(restart["delay_ms"], 1000);
    events.of("start", "once");
}
