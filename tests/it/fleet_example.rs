//! The example config does what it says, on the default server as a newcomer would run it.

use std::path::Path;

use crate::fleet_rig::{Fleet, is_running, kill, run, wait_for_text, wait_until};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The example as a clean clone has it: the config, and the prompts beside it.
fn example() -> Fleet {
    let fleet = Fleet::empty();
    std::fs::copy(
        Path::new(ROOT).join("agents.example.toml"),
        fleet.path("agents.toml"),
    )
    .expect("a copy");
    std::fs::create_dir(fleet.path("prompts")).expect("a directory");
    for prompt in std::fs::read_dir(Path::new(ROOT).join("prompts")).expect("prompts") {
        let prompt = prompt.expect("a prompt");
        std::fs::copy(
            prompt.path(),
            fleet.path("prompts").join(prompt.file_name()),
        )
        .expect("a copy");
    }
    fleet
}

fn example_text() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("agents.example.toml")).expect("the example")
}

fn names_in(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn the_example_comes_to_the_end_of_both_phases_and_leaves_nothing_outside_its_directory() {
    let fleet = example();
    let before = names_in(&fleet.path(""));
    let check = fleet.ok(&["check"]);
    assert_eq!(check.err, "", "the example has mistakes");
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let mut missing = vec!["builder", "adversary", "orchestrator", "clock"];
    while !missing.is_empty() {
        let is_missing = |event: &serde_json::Value| missing.iter().any(|m| event["agent"] == *m);
        let started = events.wait_for("a start of each", |event| {
            event["kind"] == "start" && is_missing(event)
        });
        missing.retain(|name| started["agent"] != *name);
    }
    events.wait_for("the second phase", |event| {
        event["kind"] == "phase" && event["from"] == "greet" && event["to"] == "count"
    });
    events.wait_for("the end of the phases", |event| event["kind"] == "complete");
    events.of("start", "report");
    fleet.wait_for_unit("report", "it is done", |unit| unit["state"] == "exited");
    fleet.wait_for_unit("builder", "it has ended", |unit| unit["state"] == "stopped");
    assert!(is_running(&fleet.unit("orchestrator")), "it stays");

    let report = fleet.read(".ao-example/report.txt");
    let steps: Vec<&str> = report.lines().collect();
    assert_eq!(
        steps,
        [
            "builder: plan: two small programs",
            "builder: claim: greet, attempt 1",
            "adversary: review: greet, attempt 1: FAIL",
            "builder: claim: greet, attempt 2",
            "adversary: review: greet, attempt 2: PASS",
            "builder: claim: greet is done",
            "builder: claim: count, attempt 1",
            "adversary: review: count, attempt 1: PASS",
            "builder: claim: count is done",
        ],
        "each handed its work over to the other"
    );
    let docs = fleet.path(".ao-example/adversary/machine-docs");
    assert!(!docs.join("BUILDER-INBOX.md").exists(), "it was read");
    assert_eq!(fleet.read(".ao-example/state/phase-idx").trim(), "1");

    fleet.ok(&["down"]);
    drop(events);
    fleet.wait_until_nothing_is_left();
    let mut after = names_in(&fleet.path(""));
    after.retain(|name| name != ".ao-example" && !name.starts_with("tmux-"));
    assert_eq!(after, before);
    assert_eq!(names_in(&fleet.path("home")), [""; 0]);
}

#[test]
fn the_example_goes_on_where_it_was_stopped_and_survives_the_death_of_everybody() {
    let fleet = example();
    // Whoever dies between reading a ping and acting on it goes on only when it is nudged.
    let impatient = example_text().replace("stall_idle = 60", "stall_idle = 20");
    assert_ne!(impatient, example_text());
    fleet.write("agents.toml", &impatient);
    fleet.ok(&["up"]);
    wait_until("a claim is pushed", || {
        let mut git = fleet.command("git");
        git.args(["--git-dir", ".ao-example/remote.git", "log", "--format=%s"]);
        run(git).out.contains("claim: greet, attempt 1")
    });
    fleet.ok(&["down"]);
    fleet.wait_until_nothing_is_left();

    fleet.ok(&["up"]);
    for name in ["builder", "adversary", "orchestrator", "clock"] {
        let old = fleet.wait_for_unit(name, "it runs", is_running)["pid"].as_i64();
        let old = i32::try_from(old.expect("a pid")).expect("a pid");
        kill(old);
        // The loop may be through by the time that it is looked at.
        fleet.wait_for_unit(name, "it came back", |unit| {
            unit["state"] == "stopped"
                || is_running(unit) && unit["pid"].as_i64() != Some(i64::from(old))
        });
    }
    wait_for_text(&fleet.path(".ao-example/state/phase-idx"), "1");
    wait_for_text(
        &fleet.path(".ao-example/report.txt"),
        "builder: claim: count is done",
    );
    fleet.ok(&["down"]);
    fleet.wait_until_nothing_is_left();
}

#[test]
fn the_example_is_valid_for_the_predecessor() {
    // It asks for these keys and for nothing else.
    let config: toml::Table = example_text().parse().expect("TOML");
    let defaults = config["defaults"].as_table().expect("a table");
    assert!(defaults.contains_key("session_prefix") && defaults.contains_key("log_dir"));
    let backends = config["backend"].as_table().expect("a table");
    for backend in backends.values() {
        assert!(backend.get("bin").is_some());
    }
    for agent in config["agent"].as_array().expect("a list") {
        assert!(agent.get("name").is_some());
        let backend = agent.get("backend").unwrap_or(&defaults["backend"]);
        let backend = backend.as_str().expect("a name");
        assert!(backends.contains_key(backend), "{backend}");
    }
    for service in config["service"].as_array().expect("a list") {
        assert!(service.get("name").is_some() && service.get("command").is_some());
    }
    for phase in config["loop"]["phases"].as_array().expect("a list") {
        assert!(phase.get("id").is_some() && phase.get("status").is_some());
    }
}

#[test]
fn the_examples_backends_for_real_agents_are_valid() {
    let fleet = example();
    let text = example_text();
    let (head, commented) = text
        .split_once("# [backend.claude]")
        .expect("the backends of real agents");
    let lines = format!("# [backend.claude]{commented}");
    let bare: String = lines
        .lines()
        .map(|line| line.strip_prefix('#').expect("a comment"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    // What is commented twice is text.
    fleet.write("agents.toml", &format!("{head}\n{bare}"));
    let check = fleet.ok(&["check"]);
    assert_eq!(check.err, "");
    for backend in ["claude", "codex", "opencode"] {
        let text = format!("{head}\n{bare}").replace(
            "backend = \"stand-in\"",
            &format!("backend = \"{backend}\""),
        );
        fleet.write("agents.toml", &text);
        assert_eq!(fleet.ok(&["check"]).err, "", "{backend}");
    }
}

#[test]
fn the_example_needs_nothing_but_a_posix_shell() {
    let fleet = example();
    let config: toml::Table = example_text().parse().expect("TOML");
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
    let mut shell = fleet.command("sh");
    shell.args(["-n", "prompts/stand-in.sh"]);
    assert_eq!(run(shell).code, 0);
}

#[test]
fn the_prompts_name_what_the_watchdog_types_and_reads() {
    let prompt = |name: &str| {
        std::fs::read_to_string(Path::new(ROOT).join("prompts").join(name)).expect("a prompt")
    };
    for (name, words) in [
        (
            "builder.md",
            &["`claim:`", "BUILDER-INBOX.md", "## DONE", "Evidence:"][..],
        ),
        (
            "adversary.md",
            &["`review:`", "ADVERSARY-INBOX.md", "Verdict: PASS"][..],
        ),
    ] {
        let text = prompt(name);
        let both = ["WAITING-UNTIL: ", "`watchdog ping:`", "`watchdog probe:`"];
        for word in both.iter().chain(words) {
            assert!(text.contains(word), "{name} says nothing of {word}");
        }
    }
    let kickoff = prompt("kickoff.md");
    for slot in ["{phase_id}", "{plan}", "{status}", "{role}"] {
        assert!(kickoff.contains(slot), "{slot}");
    }
}
