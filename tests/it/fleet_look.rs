//! What people see: status, events, logs, and an agent's terminal.

use crate::fleet_rig::{
    Fleet, is_running, keeps_dead_panes, kill, run, script, sleeper, wait_for_text, wait_until,
};

#[test]
fn status_has_every_key_whether_or_not_a_watchdog_runs() {
    let fleet = Fleet::new(
        &(sleeper("a") + "[[service]]\nname = \"web\"\ncommand = \"exec sleep 1000\"\n"),
    );
    let keys_of = |status: &serde_json::Value| {
        for key in ["version", "phase", "watchdog", "agents", "services"] {
            assert!(status.get(key).is_some(), "{key}: {status:#}");
        }
        for key in ["running", "pid", "config", "config_error", "since"] {
            assert!(status["watchdog"].get(key).is_some(), "{key}: {status:#}");
        }
        for unit in [&status["agents"][0], &status["services"][0]] {
            for key in [
                "name",
                "session",
                "kind",
                "backend",
                "model",
                "watch",
                "enabled",
                "wanted",
                "state",
                "stale",
                "pane",
                "pid",
                "command",
                "exit_status",
                "exit_reason",
                "since",
                "restarts",
                "hold",
                "last_screen",
            ] {
                assert!(unit.get(key).is_some(), "{key}: {unit:#}");
            }
        }
    };
    keys_of(&fleet.status());
    fleet.ok(&["up"]);
    // It is tmux itself until it runs the program.
    fleet.wait_for_unit("a", "its command", |unit| unit["command"] == "sleep");
    let status = fleet.status();
    keys_of(&status);
    assert_eq!(status["version"], 1);
    let a = &status["agents"][0];
    assert_eq!(a["session"], "t-a");
    assert_eq!(a["wanted"], "up");
    assert!(
        a["pane"].as_str().is_some_and(|pane| pane.starts_with('%')),
        "{a:#}"
    );
    assert!(
        a["since"]
            .as_str()
            .is_some_and(|since| since.ends_with('Z')),
        "{a:#}"
    );
    fleet.ok(&["down", "watchdog"]);
    keys_of(&fleet.status());
}

#[test]
fn config_alone_is_status_and_nothing_at_all_is_help() {
    let fleet = Fleet::new(&sleeper("a"));
    let alone = fleet.ok(&["--config", "agents.toml"]);
    assert_eq!(alone.out, fleet.ok(&["status"]).out);
    assert!(alone.out.contains('a') && alone.err.is_empty(), "{alone:?}");
    assert!(!alone.out.contains('\x1b'), "colour in a pipe: {alone:?}");
    let help = fleet.ok(&[]);
    assert!(help.out.contains("Usage"), "{help:?}");
}

#[test]
fn events_are_json_lines_with_rising_numbers() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let old = fleet.pid("a");
    kill(old);
    fleet.wait_for_other_pid("a", old);
    let lines = fleet.ok(&["events", "--json"]).out;
    let events: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let mut last = None;
    for event in &events {
        assert_eq!(event["version"], 1);
        let seq = event["seq"].as_u64().expect("a number");
        assert!(last.is_none_or(|last| seq == last + 1), "a hole: {lines}");
        last = Some(seq);
    }
    let kinds: Vec<&str> = events
        .iter()
        .filter(|event| event["agent"] == "a")
        .filter_map(|event| event["kind"].as_str())
        .filter(|kind| ["start", "death", "restart"].contains(kind))
        .collect();
    assert_eq!(kinds, ["start", "death", "restart", "start"]);
    let people = fleet.ok(&["events"]).out;
    assert!(people.contains('a') && !people.contains('{'), "{people}");
}

#[test]
fn events_without_a_watchdog_are_an_error_with_a_hint() {
    let fleet = Fleet::new(&sleeper("a"));
    let run = fleet.ao(&["events"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("hint:"), "{run:?}");
}

#[test]
fn logs_hold_what_an_agent_wrote_from_its_first_byte() {
    let fleet = Fleet::new(&script(
        "a",
        "i=1; while [ $i -le 50 ]; do printf '\\033[31mline %s\\033[0m\\n' $i; i=$((i+1)); done; exec sleep 1000",
    ));
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-a.log"), "line 50");
    let all = fleet.ok(&["logs", "a", "-n", "1000"]).out;
    for n in 1..=50 {
        assert!(
            all.lines()
                .any(|line| line.trim_end() == format!("line {n}")),
            "{n}: {all}"
        );
    }
    assert!(!all.contains('\x1b'), "control sequences: {all:?}");
    assert!(
        fleet
            .ok(&["logs", "a", "--raw", "-n", "3"])
            .out
            .contains("\x1b[31mline 50")
    );
    let three = fleet.ok(&["logs", "a", "-n", "3"]).out;
    assert!(three.lines().count() <= 3, "{three:?}");
    assert!(!fleet.ok(&["logs", "watchdog"]).out.is_empty());
    let unknown = fleet.ao(&["logs", "nobody"]);
    assert_ne!(unknown.code, 0);
    assert!(unknown.err.contains("nobody"), "{unknown:?}");
}

#[test]
fn the_log_of_a_restarted_agent_goes_on_in_the_same_file() {
    let fleet = Fleet::new(&script("a", "echo hello; exec sleep 1000"));
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-a.log"), "hello");
    fleet.ok(&["restart", "a"]);
    wait_until("both lines", || {
        fleet.read("logs/t-a.log").matches("hello").count() == 2
    });
}

#[test]
fn what_an_agent_wrote_while_no_watchdog_ran_is_filled_in() {
    let fleet = Fleet::new(&script(
        "a",
        "echo first; read -r _; echo meanwhile; exec sleep 1000",
    ));
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-a.log"), "first");
    fleet.ok(&["down", "watchdog"]);
    fleet.tmux(&["send-keys", "-t", "=t-a:", "Enter"]);
    wait_until("it wrote", || {
        fleet
            .tmux(&["capture-pane", "-p", "-t", "=t-a:"])
            .contains("meanwhile")
    });
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-a.log"), "meanwhile");
}

/// A terminal for `ao`: a tmux server of a person's own, in whose panes it runs.
struct Terminal<'a> {
    fleet: &'a Fleet,
}

impl<'a> Terminal<'a> {
    fn new(fleet: &'a Fleet, line: &str) -> Self {
        let terminal = Self { fleet };
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "100",
            "-y",
            "30",
            line,
        ]);
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = self.fleet.command("tmux");
        command
            .arg("-S")
            .arg(self.fleet.path("person.sock"))
            .args(arguments);
        run(command).out
    }
}

#[test]
fn attach_in_a_terminal_shows_the_agent_and_types_into_it() {
    let fleet = Fleet::new(
        &(script("echo", "while read -r line; do echo \"heard $line\"; done") + &sleeper("b")),
    );
    fleet.ok(&["up"]);
    let ao = env!("CARGO_BIN_EXE_ao");
    let terminal = Terminal::new(&fleet, &format!("unset TMUX; exec '{ao}' attach echo"));
    let clients = || {
        fleet.tmux(&[
            "list-clients",
            "-F",
            "#{session_name} #{client_control_mode}",
        ])
    };
    wait_until("it is attached", || {
        clients().lines().any(|line| line == "t-echo 0")
    });
    terminal.tmux(&["send-keys", "hello", "Enter"]);
    wait_until("the agent hears it", || {
        fleet
            .tmux(&["capture-pane", "-p", "-t", "=t-echo:"])
            .contains("heard hello")
    });
}

#[test]
fn attach_inside_the_same_tmux_switches_the_client() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    let socket = fleet.path("tmux.sock");
    fleet.tmux(&["new-session", "-d", "-s", "person", "exec sh"]);
    let line = format!(
        "unset TMUX; exec tmux -S '{}' attach -t =person",
        socket.display()
    );
    let _terminal = Terminal::new(&fleet, &line);
    let clients = || {
        fleet.tmux(&[
            "list-clients",
            "-F",
            "#{session_name} #{client_control_mode}",
        ])
    };
    wait_until("the person is attached", || {
        clients().lines().any(|line| line == "person 0")
    });
    let ao = format!("{} attach b", env!("CARGO_BIN_EXE_ao"));
    fleet.tmux(&["send-keys", "-t", "=person:", &ao, "Enter"]);
    wait_until("the client was switched", || {
        clients().lines().any(|line| line == "t-b 0")
    });
    assert!(is_running(&fleet.unit("b")));
}

#[test]
fn whoever_is_attached_stays_attached_over_a_restart() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    let ao = env!("CARGO_BIN_EXE_ao");
    let _terminal = Terminal::new(&fleet, &format!("unset TMUX; exec '{ao}' attach a"));
    let clients = || {
        fleet.tmux(&[
            "list-clients",
            "-F",
            "#{client_tty} #{session_name} #{client_control_mode}",
        ])
    };
    let attached = || clients().lines().any(|line| line.ends_with(" t-a 0"));
    wait_until("it is attached", attached);
    let old = fleet.pid("a");
    fleet.ok(&["restart", "a"]);
    fleet.wait_for_other_pid("a", old);
    assert!(attached(), "{}", clients());
    if !keeps_dead_panes() {
        return;
    }
    let old = fleet.pid("a");
    kill(old);
    fleet.wait_for_other_pid("a", old);
    assert!(attached(), "{}", clients());
}

#[test]
fn attach_to_what_does_not_run_is_an_error_with_a_hint() {
    let fleet = Fleet::new(&sleeper("a"));
    let run = fleet.ao(&["attach", "a"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.err.contains("hint:") && run.err.contains("ao up"),
        "{run:?}"
    );
}

#[test]
fn a_persons_session_of_an_agents_name_is_not_taken_for_the_agent() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.tmux(&["new-session", "-d", "-s", "t-a", "exec sleep 1000"]);
    assert_eq!(fleet.unit("a")["state"], "stopped");
    fleet.tmux(&["kill-server"]);
}
