//! The example config does what it says, on the default server as a newcomer would run it.

use crate::fleet_rig::{Fleet, is_running, kill, run, wait_for_text};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/agents.example.toml");

#[test]
fn the_example_comes_up_heals_and_leaves_nothing_behind() {
    let fleet = Fleet::empty();
    std::fs::copy(EXAMPLE, fleet.path("agents.toml")).expect("a copy");

    let check = fleet.ok(&["check"]);
    assert_eq!(check.err, "", "the example has mistakes");
    fleet.ok(&["up"]);
    let names = ["painter", "writer", "listener", "clock"];
    for name in names {
        fleet.wait_for_unit(name, "it runs", is_running);
    }
    let log = |session: &str| fleet.path(&format!(".ao-example/example-{session}.log"));
    wait_for_text(&log("painter"), "step: sketch the picture");
    wait_for_text(&log("writer"), "argument: --model");
    wait_for_text(&log("writer"), "argument: Write a poem about terminals");
    wait_for_text(&log("listener"), "patient> ");
    wait_for_text(&log("listener"), " characters");

    for name in names {
        let old = fleet.pid(name);
        kill(old);
        fleet.wait_for_other_pid(name, old);
    }

    fleet.ok(&["down"]);
    for name in names {
        assert_eq!(fleet.unit(name)["state"], "stopped", "{name}");
    }
    fleet.wait_until_nothing_is_left();
}

#[test]
fn the_example_is_valid_for_the_predecessor() {
    // It asks for these keys and for nothing else.
    let text = std::fs::read_to_string(EXAMPLE).expect("the example");
    let config: toml::Table = text.parse().expect("TOML");
    let defaults = config["defaults"].as_table().expect("a table");
    assert!(defaults.contains_key("session_prefix") && defaults.contains_key("log_dir"));
    let backends = config["backend"].as_table().expect("a table");
    for backend in backends.values() {
        assert!(backend.get("bin").is_some());
    }
    for agent in config["agent"].as_array().expect("a list") {
        assert!(agent.get("name").is_some());
        let backend = agent["backend"].as_str().expect("a name");
        assert!(backends.contains_key(backend), "{backend}");
    }
    for service in config["service"].as_array().expect("a list") {
        assert!(service.get("name").is_some() && service.get("command").is_some());
    }
}

#[test]
fn the_example_needs_nothing_but_a_posix_shell() {
    let fleet = Fleet::empty();
    let text = std::fs::read_to_string(EXAMPLE).expect("the example");
    let config: toml::Table = text.parse().expect("TOML");
    let lines = config["backend"]
        .as_table()
        .expect("a table")
        .values()
        .map(|backend| backend["bin"].as_str().expect("a line"))
        .chain(["while :; do date; sleep 30; done"]);
    for line in lines {
        let mut shell = fleet.command("sh");
        shell.args(["-n", "-c", line]);
        let run = run(shell);
        assert_eq!(run.code, 0, "{line}: {run:?}");
    }
}
