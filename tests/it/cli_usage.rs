//! The command line itself: help, usage errors, and what needs no fleet.

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::fleet_rig::{Fleet, Run, run, sleeper};

const VERBS: [&str; 24] = [
    "up",
    "down",
    "status",
    "logs",
    "restart",
    "phase",
    "reset",
    "pause",
    "resume",
    "plan",
    "explain",
    "watchdog",
    "attach",
    "screen",
    "detect",
    "record",
    "selftest",
    "check",
    "init",
    "demo",
    "events",
    "hook",
    "completions",
    "man",
];

/// `ao` in an empty directory, as wide as it likes.
fn ao(arguments: &[&str]) -> Run {
    let fleet = Fleet::empty();
    let mut command = fleet.ao_command(arguments);
    command.env_remove("COLUMNS").env_remove("CLICOLOR_FORCE");
    run(command)
}

#[test]
fn help_is_printed_on_stdout_by_every_name_it_has() {
    let help = ao(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    insta::assert_snapshot!("help", help.out);
    assert_eq!(ao(&[]).out, help.out, "no verb");
    assert_eq!(ao(&["help"]).out, help.out);
    let short = ao(&["-h"]);
    assert!(
        short.code == 0 && short.out.contains("Usage: ao"),
        "{short:?}"
    );
    let version = ao(&["--version"]);
    assert_eq!(
        (version.code, version.out),
        (0, format!("ao {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn every_verb_has_a_help_text_with_examples_and_exit_codes() {
    let root = ao(&["--help"]).out;
    for verb in VERBS {
        let help = ao(&[verb, "--help"]);
        assert_eq!((help.code, help.err.as_str()), (0, ""), "{verb}");
        assert!(help.out.contains("Examples:"), "{verb}");
        assert!(help.out.contains("Exit codes:"), "{verb}");
        assert!(
            root.contains(&format!("\n  {verb} ")),
            "{verb} is not in the help"
        );
        assert_eq!(ao(&["help", verb]).out, help.out, "{verb}");
        insta::assert_snapshot!(format!("help_{verb}"), help.out);
    }
    assert!(!root.contains("internal"), "{root}");
}

#[test]
fn what_is_not_understood_is_an_error_on_stderr() {
    for arguments in [
        &["frobnicate"][..],
        &["status", "--jsn"],
        &["--config"],
        &["status", "--config"],
        &["logs"],
        &["restart"],
        &["demo", "--for", "soon"],
        &["reset"],
        &["phase", "later"],
        &["phase", "set"],
        &["phase", "set", "abc"],
        &["phase", "set", "-1"],
        &["phase", "set", "1.5"],
        &["explain", "a", "--since", "yesterday"],
        &["demo", "--agents", "0"],
        &["completions", "tcl"],
        &["man", "frobnicate"],
    ] {
        let run = ao(arguments);
        assert_eq!(
            (run.code, run.out.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
        assert!(run.err.starts_with("error: "), "{arguments:?}: {run:?}");
    }
}

#[test]
fn a_directory_without_a_config_is_told_what_to_do() {
    for verb in [
        "up", "down", "status", "check", "events", "watchdog", "phase", "pause", "resume", "plan",
        "explain",
    ] {
        let run = ao(&[verb]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{verb}: {run:?}");
        assert!(
            run.err.contains("hint: ") && run.err.contains("ao init"),
            "{verb}: {run:?}"
        );
    }
}

#[test]
fn a_config_that_is_not_there_is_an_error_with_its_path() {
    for arguments in [
        &["--config", "no/where.toml"][..],
        &["up", "--config=no/where.toml"],
    ] {
        let run = ao(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
        assert!(run.err.contains("no/where.toml"), "{run:?}");
    }
}

#[test]
fn the_first_config_counts_wherever_it_stands() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&[
        "status",
        "--config",
        "agents.toml",
        "--config",
        "no/where.toml",
    ]);
    assert_eq!(
        fleet
            .ao(&[
                "--config",
                "no/where.toml",
                "status",
                "--config=agents.toml"
            ])
            .code,
        2
    );
}

#[test]
fn completions_and_manual_pages_name_the_verbs_and_nothing_hidden() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = ao(&["completions", shell]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{shell}");
        assert!(
            run.out.contains("watchdog") && run.out.contains("restart"),
            "{shell}"
        );
        assert!(!run.out.contains("internal"), "{shell}: {}", run.out);
    }
    let page = ao(&["man"]);
    assert!(page.code == 0 && page.out.contains(".TH ao 1"), "{page:?}");
    for verb in VERBS {
        let page = ao(&["man", verb]);
        assert!(
            page.code == 0 && page.out.contains(&format!(".TH ao-{verb} 1")),
            "{page:?}"
        );
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let fleet = Fleet::empty();
    for arguments in [
        &["man"][..],
        &["completions", "zsh"],
        &["--help"],
        &["help", "up"],
    ] {
        let mut child = fleet
            .ao_command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ao");
        drop(child.stdout.take());
        let mut err = String::new();
        child
            .stderr
            .take()
            .expect("a pipe")
            .read_to_string(&mut err)
            .expect("text");
        let status = child.wait().expect("a status");
        assert_eq!(
            (status.code(), err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let fleet = Fleet::new(&sleeper("a"));
    for (name, value) in [("CLICOLOR_FORCE", "1"), ("COLORTERM", "truecolor")] {
        let mut status = fleet.ao_command(&["status"]);
        status.env(name, value);
        let status = run(status);
        assert!(
            !status.out.contains('\x1b') && !status.err.contains('\x1b'),
            "{status:?}"
        );
    }
    if Command::new("script")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return;
    }
    let in_terminal = |no_color: bool| {
        let line = format!("'{}' status", env!("CARGO_BIN_EXE_ao"));
        let mut script = fleet.command("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm-256color");
        script.env_remove("NO_COLOR");
        if no_color {
            script.env("NO_COLOR", "1");
        }
        run(script).out
    };
    assert!(in_terminal(false).contains("\x1b["));
    assert!(!in_terminal(true).contains('\x1b'));
}
