//! What dies comes back, and what it died of is known.

use std::cell::RefCell;

use crate::fleet_rig::{
    Fleet, ended_with, is_alive, is_running, keeps_dead_panes, kill, script, sleeper, wait_until,
};

fn two() -> Fleet {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    fleet
}

#[test]
fn a_killed_agent_comes_back_and_its_end_is_told() {
    let fleet = two();
    let (old, other) = (fleet.pid("a"), fleet.pid("b"));
    let events = fleet.follow();

    kill(old);
    let death = events.of("death", "a");
    assert_eq!(death["pid"], old);
    assert!(ended_with(&death, 128 + 9), "{death}");
    let restart = events.of("restart", "a");
    assert_eq!(
        (&restart["attempt"], &restart["delay_ms"]),
        (&1.into(), &0.into())
    );
    let start = events.of("start", "a");

    assert_eq!(
        fleet.wait_for_other_pid("a", old),
        start["pid"].as_i64().expect("a pid") as i32
    );
    assert_eq!(fleet.unit("a")["restarts"], 1);
    assert_eq!(fleet.pid("b"), other, "the other one was left alone");
    let sessions = fleet.tmux(&["list-sessions", "-F", "#{session_name}"]);
    assert_eq!(
        sessions.lines().filter(|name| *name == "t-a").count(),
        1,
        "{sessions}"
    );
}

#[test]
fn a_session_that_a_person_killed_is_made_again() {
    let fleet = two();
    let (old, other) = (fleet.pid("a"), fleet.pid("b"));
    fleet.tmux(&["kill-session", "-t", "=t-a"]);
    fleet.wait_for_other_pid("a", old);
    wait_until("the old process is gone", || !is_alive(old));
    assert_eq!(fleet.pid("b"), other);
}

#[test]
fn a_window_that_a_person_killed_is_made_again() {
    let fleet = two();
    let (old, other) = (fleet.pid("a"), fleet.pid("b"));
    fleet.tmux(&["kill-window", "-t", "=t-a:"]);
    fleet.wait_for_other_pid("a", old);
    wait_until("the old process is gone", || !is_alive(old));
    assert_eq!(fleet.pid("b"), other);
}

#[test]
fn a_killed_server_is_one_incident_and_each_agent_is_rebuilt_once() {
    let fleet = two();
    let old = [fleet.pid("a"), fleet.pid("b")];
    let events = fleet.follow();

    fleet.tmux(&["kill-server"]);
    let new = [
        fleet.wait_for_other_pid("a", old[0]),
        fleet.wait_for_other_pid("b", old[1]),
    ];
    for pid in old {
        wait_until("the old process is gone", || !is_alive(pid));
    }

    // Whatever else had been started would be told before this.
    kill(new[0]);
    let starts = RefCell::new(Vec::new());
    events.wait_for("the death of the new a", |event| {
        // What is remembered from before comes first.
        let before = old.iter().any(|pid| event["pid"] == *pid);
        if event["kind"] == "start" && !before {
            starts
                .borrow_mut()
                .push(event["agent"].as_str().map(str::to_owned));
        }
        event["kind"] == "death" && event["pid"] == new[0]
    });
    let mut starts = starts.into_inner();
    starts.sort();
    assert_eq!(starts, [Some("a".to_owned()), Some("b".to_owned())]);
}

#[test]
fn a_server_that_is_killed_outright_is_replaced_and_its_survivors_end() {
    let fleet = Fleet::new(&script(
        "stubborn",
        "trap '' HUP TERM; while :; do sleep 1; done",
    ));
    fleet.ok(&["up"]);
    let old = fleet.pid("stubborn");
    let server = fleet.tmux(&["display-message", "-p", "#{pid}"]);
    kill(server.trim().parse().expect("a pid"));
    fleet.wait_for_other_pid("stubborn", old);
    assert!(!is_alive(old), "two of one agent");
}

#[test]
fn an_agent_that_fails_is_shown_with_its_status_and_last_screen() {
    let fleet = Fleet::new(&script("broken", "echo no such model; exit 3"));
    fleet.ao(&["up"]);
    // tmux itself loses the last output of one death in some hundred; it fails more than once.
    let has_words = |unit: &serde_json::Value| {
        let rows = unit["last_screen"].as_array();
        rows.is_some_and(|rows| rows.iter().any(|row| row == "no such model"))
    };
    let unit = fleet.wait_for_unit("broken", "it failed, with its last words", |unit| {
        unit["state"] == "failed" && ended_with(unit, 3) && (!keeps_dead_panes() || has_words(unit))
    });
    assert!(unit["pid"].is_null() && unit["pane"].is_null(), "{unit:#}");
}

#[test]
fn an_agent_that_ended_well_is_started_anew_after_a_while() {
    let fleet = Fleet::new(&script("done", "exec sleep 0.1"));
    let events_needed = 2;
    fleet.ok(&["up"]);
    let events = fleet.follow();
    for _ in 0..events_needed {
        let death = events.of("death", "done");
        assert!(ended_with(&death, 0), "{death}");
        let restart = events.of("restart", "done");
        if death["exit_status"] == 0 {
            assert_eq!(restart["delay_ms"], 2000, "heavy_interval: {restart}");
        }
        events.of("start", "done");
    }
}

#[test]
fn what_nobody_watches_stays_down() {
    let fleet = Fleet::new(
        "[[agent]]\nname = \"alone\"\nwatch = \"none\"\n\
         [[service]]\nname = \"web\"\ncommand = \"exec sleep 1000\"\n\
         [[service]]\nname = \"guarded\"\ncommand = \"exec sleep 1000\"\nwatch = \"heal\"\n",
    );
    fleet.ok(&["up"]);
    for name in ["alone", "web"] {
        kill(fleet.pid(name));
        fleet.wait_for_unit(name, "it failed", |unit| unit["state"] == "failed");
    }
    // A later death is healed, so these two were seen and left.
    let old = fleet.pid("guarded");
    kill(old);
    fleet.wait_for_other_pid("guarded", old);
    for name in ["alone", "web"] {
        let unit = fleet.unit(name);
        assert_eq!(unit["state"], "failed", "{unit:#}");
        assert!(ended_with(&unit, 137), "{unit:#}");
    }
}

#[test]
fn has_session_still_means_alive() {
    let fleet = Fleet::new(
        &("[[agent]]\nname = \"alone\"\nwatch = \"none\"\n".to_owned() + &sleeper("other")),
    );
    fleet.ok(&["up"]);
    kill(fleet.pid("alone"));
    wait_until("its session is gone", || {
        !fleet
            .tmux(&["list-sessions", "-F", "#{session_name}"])
            .lines()
            .any(|name| name == "t-alone")
    });
    assert!(is_running(&fleet.unit("other")));
}
