//! `check` and `init`: a config before anything runs.

use std::os::unix::fs::symlink;

use crate::fleet_rig::{Fleet, sleeper};

#[test]
fn check_counts_what_would_come_up() {
    let fleet = Fleet::new(
        &(sleeper("a") + &sleeper("b") + "[[service]]\nname = \"web\"\ncommand = \"true\"\n"),
    );
    let check = fleet.ok(&["check"]);
    assert_eq!(
        (check.out.as_str(), check.err.as_str()),
        ("OK: 2 agents, 1 service\n", "")
    );
}

#[test]
fn check_names_every_mistake_and_says_by_its_exit_code_how_far_they_reach() {
    let fleet =
        Fleet::new(&(sleeper("a") + "[[agent]]\nname = \"b\"\nbackend = \"none\"\ncolor = 1\n"));
    let check = fleet.ao(&["check"]);
    assert_eq!(check.code, 1, "{check:?}");
    assert!(!check.out.contains("OK"), "{check:?}");
    for word in ["agents.toml:", "none", "color", "hint: "] {
        assert!(check.err.contains(word), "{word}: {check:?}");
    }
    fleet.write("agents.toml", "[defaults\n");
    let check = fleet.ao(&["check"]);
    assert_eq!((check.code, check.out.as_str()), (2, ""), "{check:?}");
    assert!(check.err.contains("agents.toml:1:"), "{check:?}");
}

#[test]
fn check_points_into_a_pattern_that_is_none() {
    let backend = "[backend.odd]\nbin = \"true\"\nlimit_re = 'limit|(reached'\n";
    let agent = "[[agent]]\nname = \"odd\"\nbackend = \"odd\"\n";
    let fleet = Fleet::new(&(sleeper("a") + backend + agent));
    let check = fleet.ao(&["check"]);
    assert_eq!(check.code, 1, "{check:?}");
    let line = fleet
        .read("agents.toml")
        .lines()
        .position(|line| line.starts_with("limit_re"));
    let place = format!("agents.toml:{}:19: error: ", line.expect("it is there") + 1);
    assert!(check.err.contains(&place), "{place}: {check:?}");
    assert!(
        check.err.contains("hint: write ) where it ends"),
        "{check:?}"
    );
}

#[test]
fn warnings_are_told_and_are_no_mistakes() {
    let fleet = Fleet::new(&(sleeper("a") + "colour = 1\n"));
    let check = fleet.ok(&["check"]);
    assert_eq!(check.out, "OK: 1 agent, 0 services, 1 warning\n");
    assert!(check.err.contains("colour"), "{check:?}");
}

#[test]
fn init_writes_a_config_that_passes_check_whatever_the_directory_is_called() {
    for name in [
        "plain",
        "my.site",
        "co:lon",
        "it's \"quoted\" \\",
        "ünï",
        "-x",
        "...",
    ] {
        let fleet = Fleet::empty();
        fleet.ok(&["init", "--", name]);
        let dir = fleet.path(name);
        assert!(dir.join("prompts").is_dir(), "{name:?}");
        let config = dir.join("agents.toml").display().to_string();
        let check = fleet.ok(&["--config", &config, "check"]);
        assert!(
            check.out.starts_with("OK: 1 agent") && check.err.is_empty(),
            "{name:?}: {check:?}"
        );
    }
}

#[test]
fn init_refuses_a_directory_that_no_fleet_can_be_in() {
    let fleet = Fleet::empty();
    let init = fleet.ao(&["init", "new\nline"]);
    assert_eq!((init.code, init.out.as_str()), (1, ""), "{init:?}");
    assert!(
        init.err.contains("control character") && init.err.contains("hint: "),
        "{init:?}"
    );
    assert!(!fleet.path("new\nline").exists());
}

#[test]
fn init_here_takes_the_name_of_this_directory() {
    let fleet = Fleet::empty();
    let init = fleet.ok(&["init"]);
    assert_eq!(init.out, "agents.toml\n");
    assert!(init.err.contains("ao up"), "{init:?}");
    let name = fleet.path(".").canonicalize().expect("a path");
    let name = name
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert!(
        fleet.read("agents.toml").contains(&format!("\"{name}-\"")),
        "{name}"
    );
}

#[test]
fn init_overwrites_nothing() {
    let fleet = Fleet::empty();
    fleet.write("agents.toml", "mine");
    fleet.write("prompts/worker.md", "mine too");
    let init = fleet.ao(&["init"]);
    assert_eq!((init.code, init.out.as_str()), (1, ""), "{init:?}");
    assert!(
        init.err.contains("agents.toml") && init.err.contains("hint: "),
        "{init:?}"
    );
    assert_eq!(fleet.read("agents.toml"), "mine");
    assert_eq!(fleet.read("prompts/worker.md"), "mine too");

    fleet.write("other/elsewhere.toml", "mine");
    symlink("elsewhere.toml", fleet.path("other/agents.toml")).expect("a link");
    assert_eq!(fleet.ao(&["init", "other"]).code, 1);
    assert_eq!(fleet.read("other/elsewhere.toml"), "mine");
}
