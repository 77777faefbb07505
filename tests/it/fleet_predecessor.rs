//! Coming from agents.py: a fleet that it started is taken over as it runs.

use std::process::Child;

use crate::fleet_rig::{
    Fleet, is_alive, is_running, kill, script, sleeper, wait_for_text, wait_until,
};

/// What `agents.py` does to start one session.
fn start_like_the_predecessor(fleet: &Fleet, session: &str, line: &str) {
    let dir = fleet.path(".");
    std::fs::create_dir_all(fleet.path("logs/state")).expect("a directory");
    fleet.tmux(&[
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-s",
        session,
        "-c",
        dir.to_str().expect("a path"),
        line,
    ]);
    let log = fleet.path(&format!("logs/{session}.log"));
    let pipe = format!("cat >> '{}'", log.display());
    fleet.tmux(&["pipe-pane", "-o", "-t", &format!("={session}:"), &pipe]);
}

fn pane_pid(fleet: &Fleet, session: &str) -> i32 {
    let target = format!("={session}:");
    let pid = fleet.tmux(&["display-message", "-p", "-t", &target, "#{pane_pid}"]);
    pid.trim().parse().expect("a pid")
}

#[test]
fn its_agents_are_taken_as_they_run_and_its_watchdog_is_stopped() {
    let ticker = "n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.1; done";
    let fleet = Fleet::new(&(sleeper("a") + &script("ticker", ticker)));
    start_like_the_predecessor(&fleet, "t-a", "exec sleep 1000");
    start_like_the_predecessor(&fleet, "t-ticker", ticker);
    start_like_the_predecessor(&fleet, "t-watchdog", "exec sleep 1000");
    let (a, t) = (pane_pid(&fleet, "t-a"), pane_pid(&fleet, "t-ticker"));
    let watchdog = pane_pid(&fleet, "t-watchdog");
    wait_for_text(&fleet.path("logs/t-ticker.log"), "tick 3");

    let up = fleet.ok(&["up"]);
    assert!(up.err.contains("t-watchdog"), "it says so: {up:?}");
    assert!(!is_alive(watchdog));
    assert_eq!(
        (fleet.pid("a"), fleet.pid("ticker")),
        (a, t),
        "something was restarted"
    );
    let piped = fleet.tmux(&["list-panes", "-a", "-F", "#{pane_pipe}"]);
    assert!(
        piped.lines().all(|pipe| pipe == "0"),
        "its pipes are replaced: {piped}"
    );

    // The logs go on in the same files.
    let length = || fleet.read("logs/t-ticker.log").len();
    let before = length();
    wait_until("the log goes on", || length() > before + 100);

    kill(a);
    fleet.wait_for_other_pid("a", a);
    fleet.ok(&["down"]);
    assert!(!is_alive(t));
    fleet.wait_until_nothing_is_left();
}

#[test]
fn what_it_left_dead_is_started() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    start_like_the_predecessor(&fleet, "t-a", "exec sleep 1000");
    let a = pane_pid(&fleet, "t-a");
    fleet.ok(&["up"]);
    assert_eq!(fleet.pid("a"), a);
    assert!(is_running(&fleet.unit("b")));
}

/// A process that looks like the predecessor's watchdog in a terminal of somebody's.
struct Outside(Child);

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn one_that_runs_outside_its_session_is_named_and_not_acted_beside() {
    let fleet = Fleet::new(&sleeper("a"));
    // Its arguments are what counts: python3 agents.py watchdog --config PATH.
    fleet.write("agents.py", "exec sleep 1000\n");
    std::os::unix::fs::symlink("/bin/sh", fleet.path("python3")).expect("a link");
    let mut command = fleet.command(fleet.path("python3"));
    command
        .arg(fleet.path("agents.py"))
        .args(["watchdog", "--config"])
        .arg(fleet.path("agents.toml"));
    fleet.write("agents.py", "while :; do sleep 1; done\n");
    let outside = Outside(command.spawn().expect("a shell"));
    let pid = outside.0.id().to_string();
    wait_until("it runs", || {
        std::fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains("agents.py"))
    });

    let up = fleet.ao(&["up"]);
    assert_eq!(up.code, 1, "{up:?}");
    assert!(up.err.contains(&pid), "{up:?}");
    assert!(!is_running(&fleet.unit("a")));
    assert!(
        is_alive(pid.parse().expect("a pid")),
        "it is not ao's to end"
    );
}
