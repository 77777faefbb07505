//! The watchdog itself: one per fleet, outlived by its agents, and what people asked for is kept.

use std::process::Stdio;

use rustix::process::Signal;

use crate::fleet_rig::{
    Fleet, is_alive, is_running, kill, run, script, signal, sleeper, wait_until,
};

#[test]
fn a_second_watchdog_refuses_and_names_the_first() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let first = fleet.watchdog();
    let second = fleet.ao(&["watchdog"]);
    assert_eq!(second.code, 1, "{second:?}");
    assert!(second.err.contains(&first.to_string()), "{second:?}");
    assert_eq!(fleet.watchdog(), first);
}

#[test]
fn agents_outlive_a_killed_watchdog_and_the_next_one_takes_them_over() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    let (a, b) = (fleet.pid("a"), fleet.pid("b"));
    let old = fleet.watchdog();
    kill(old);
    wait_until("the watchdog is gone", || !is_alive(old));

    let status = fleet.status();
    assert_eq!(status["watchdog"]["running"], false);
    assert!(is_alive(a) && is_alive(b));
    assert_eq!(
        status["agents"][0]["pid"], a,
        "status needs no watchdog: {status:#}"
    );

    // One that dies meanwhile is brought back by the next watchdog.
    kill(b);
    wait_until("b is gone", || !is_alive(b));
    fleet.ok(&["up"]);
    assert_ne!(fleet.watchdog(), old);
    assert_eq!(fleet.pid("a"), a, "it was restarted");
    fleet.wait_for_other_pid("b", b);
}

#[test]
fn a_dead_pane_that_a_killed_watchdog_left_beside_the_new_one_goes() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let agent = fleet.pid("a");
    kill(fleet.watchdog());

    leave_dead_pane(&fleet);
    let dead = || fleet.tmux(&["list-panes", "-a", "-f", "#{pane_dead}"]);
    assert_eq!(fleet.pid("a"), agent, "the living one counts");

    fleet.ok(&["up"]);
    wait_until("the dead pane is gone", || dead().is_empty());
    assert_eq!(fleet.pid("a"), agent, "it was restarted");
}

#[test]
fn down_takes_every_dead_pane_that_a_killed_watchdog_left() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    kill(fleet.watchdog());
    for _ in 0..2 {
        leave_dead_pane(&fleet);
    }
    kill(fleet.pid("a"));
    fleet.ok(&["down"]);
    let sessions = fleet.tmux(&["list-sessions"]);
    assert!(!sessions.contains("t-a"), "{sessions}");
}

/// A dead pane with the marks of the agent `a`, in its session.
fn leave_dead_pane(fleet: &Fleet) {
    let format = ["-P", "-F", "#{pane_id} #{pane_pid}"];
    let made = [
        &["new-window", "-d", "-t", "=t-a:"],
        &format[..],
        &["sleep 1000"],
    ]
    .concat();
    let made = fleet.tmux(&made);
    let (pane, pid) = made.trim().split_once(' ').expect("a pane");
    for name in ["@ao_agent", "@ao_fleet", "@ao_start"] {
        let value = fleet.tmux(&["show-options", "-p", "-v", "-t", "=t-a:", name]);
        fleet.tmux(&["set-option", "-p", "-t", pane, name, value.trim()]);
    }
    fleet.tmux(&["set-option", "-w", "-t", pane, "remain-on-exit", "on"]);
    kill(pid.parse().expect("a pid"));
    wait_until("tmux knows of the death", || {
        let dead = fleet.tmux(&["list-panes", "-a", "-f", "#{pane_dead}", "-F", "#{pane_id}"]);
        dead.lines().any(|line| line == pane)
    });
}

#[test]
fn verbs_that_race_each_other_are_all_answered() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    for _ in 0..4 {
        let verbs = ["up", "down", "up", "down"];
        let started = verbs.map(|verb| {
            let mut command = fleet.ao_command(&[verb]);
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            (verb, command.spawn().expect("ao"))
        });
        for (verb, child) in started {
            let done = child.wait_with_output().expect("an end");
            let err = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{verb}: {err}");
        }
    }
}

#[test]
fn a_watchdog_that_starts_first_wants_all_that_is_enabled() {
    let fleet = Fleet::new(&(sleeper("a") + "\n[[agent]]\nname = \"off\"\nenabled = false\n"));
    let mut watchdog = fleet
        .ao_command(&["watchdog"])
        .spawn()
        .expect("ao watchdog");
    fleet.wait_for_unit("a", "it runs", is_running);
    assert_eq!(fleet.unit("off")["state"], "stopped");

    signal(i32::try_from(watchdog.id()).expect("a pid"), Signal::TERM);
    let status = watchdog.wait().expect("a status");
    assert!(status.success(), "a clean leave is no error: {status}");
    assert!(
        is_running(&fleet.unit("a")),
        "agents outlive their watchdog"
    );
}

#[test]
fn an_agent_that_was_taken_down_stays_down_over_a_restart_of_the_watchdog() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    fleet.ok(&["down", "b"]);
    assert_eq!(fleet.unit("b")["wanted"], "down");

    let old = fleet.watchdog();
    kill(old);
    wait_until("the watchdog is gone", || !is_alive(old));
    fleet.ok(&["up", "watchdog"]);
    // Proof that the new watchdog heals: it brings the other one back.
    let a = fleet.pid("a");
    kill(a);
    fleet.wait_for_other_pid("a", a);
    let unit = fleet.unit("b");
    assert_eq!(
        (&unit["wanted"], &unit["state"]),
        (&"down".into(), &"stopped".into())
    );

    fleet.ok(&["up"]);
    assert!(is_running(&fleet.unit("b")), "a person changed their mind");
}

#[test]
fn down_watchdog_leaves_the_agents_running() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let (a, watchdog) = (fleet.pid("a"), fleet.watchdog());
    fleet.ok(&["down", "watchdog"]);
    assert!(!is_alive(watchdog));
    assert!(is_alive(a));
    fleet.ok(&["up"]);
    assert_eq!(fleet.pid("a"), a);
}

#[test]
fn a_watchdog_killed_amid_a_flood_costs_neither_the_server_nor_an_agent() {
    let flood: String = (0..10)
        .map(|n| {
            script(
                &format!("flood{n}"),
                "exec yes the same line again and again",
            )
        })
        .collect();
    let fleet = Fleet::new(&flood);
    fleet.ok(&["up"]);
    let pids: Vec<i32> = (0..10).map(|n| fleet.pid(&format!("flood{n}"))).collect();
    let server = fleet.tmux(&["display-message", "-p", "#{pid}"]);
    let watchdog = fleet.watchdog();

    kill(watchdog);
    wait_until("the watchdog is gone", || !is_alive(watchdog));
    for _ in 0..50 {
        fleet.tmux(&["list-sessions"]);
    }
    assert_eq!(fleet.tmux(&["display-message", "-p", "#{pid}"]), server);
    for pid in &pids {
        assert!(is_alive(*pid));
    }
    wait_until("the hub is gone", || {
        fleet
            .tmux(&["list-sessions", "-F", "#{session_name}"])
            .lines()
            .all(|name| name.starts_with("t-flood"))
    });

    fleet.ok(&["up"]);
    for (n, pid) in pids.iter().enumerate() {
        assert_eq!(fleet.pid(&format!("flood{n}")), *pid, "it was restarted");
    }
}

#[test]
fn a_stopped_watchdog_slows_no_agent() {
    let fleet = Fleet::new(&script(
        "writer",
        "n=0; while :; do n=$((n+1)); echo line $n; [ $((n % 1000)) = 0 ] && echo $n >count; done",
    ));
    fleet.ok(&["up"]);
    let watchdog = fleet.watchdog();
    signal(watchdog, Signal::STOP);
    let count = || {
        fleet
            .read("count")
            .trim()
            .parse::<u64>()
            .unwrap_or_default()
    };
    // Far more than the buffers of a terminal hold.
    let first = count();
    wait_until("it goes on writing", || count() > first + 50_000);
    let events = fleet.ao(&["events"]);
    assert_eq!(events.code, 1, "{events:?}");
    assert!(events.err.contains("has not answered"), "{events:?}");
    signal(watchdog, Signal::CONT);
    assert!(is_running(&fleet.unit("writer")));
}

#[test]
fn up_works_from_inside_an_agents_pane() {
    // TMUX, AO_* and the like in the caller's environment change nothing.
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up", "a"]);
    let mut inside = fleet.ao_command(&["up", "b"]);
    inside
        .env("TMUX", format!("{},1,0", fleet.path("tmux.sock").display()))
        .env("AO_AGENT", "a");
    let inside = run(inside);
    assert_eq!(inside.code, 0, "{inside:?}");
    assert!(is_running(&fleet.unit("b")));
}

#[test]
fn a_wish_that_cannot_be_written_down_is_carried_out_and_owned_up_to() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let agent = fleet.pid("a");
    let file = fleet.path("logs/state/supervisor.json");
    std::fs::remove_file(&file).expect("what is wanted is on disk");
    std::fs::create_dir(&file).expect("a directory in its place");

    let down = fleet.ok(&["down", "a"]);
    assert!(down.err.contains("could not be written down"), "{down:?}");
    assert!(!is_alive(agent));
}
