//! `ao detect`, `ao record` and `ao selftest`: on files, and on agents that run.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::fleet_rig::{Fleet, Run, run};

/// A preset that a person keeps beside the config.
const PRESET: &str = r#"
name = "mine"
about = "a program of these tests"

[screen]
composer = '^>( |$)'

[title]
working = '^busy'

[dialogs.trust]

[[sign]]
name = "baking"
state = "working"
line = '^\* Baking'
evidence = "the tests"

[[sign]]
name = "limit"
state = "limited"
line = '^You have reached your usage limit'
evidence = "the tests"

[[sign]]
name = "trust"
state = "needs-input"
dialog = "trust"
line = '^Do you trust'
evidence = "the tests"

[[sign]]
name = "prompt"
state = "idle"
where = "composer"
line = '^>( |$)'
evidence = "the tests"
"#;

const LIMIT: &str = "Hello\n\n  You have reached\nYou have reached your usage limit, it resets 12:49pm (UTC)\n\n> \n";

/// A config with that preset, and an agent `a` that shows what it says.
fn fleet(shows: &str) -> Fleet {
    let fleet = Fleet::new(&format!(
        "\n[backend.own]\npreset = 'mine'\nprompt_delivery = 'exec'\nbin = '''printf '{shows}'; exec cat'''\n\
         fatal_re = 'corrupt'\n\n[[agent]]\nname = 'a'\nbackend = 'own'\n"
    ));
    fleet.write("presets/mine.toml", PRESET);
    fleet
}

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("no JSON: {error}: {run:?}"))
}

fn detect(fleet: &Fleet, arguments: &[&str]) -> Value {
    let mut all = vec!["detect", "--json"];
    all.extend(arguments);
    document(&fleet.ok(&all))
}

#[test]
fn a_text_is_read_by_a_preset_with_neither_a_config_nor_tmux() {
    let fleet = Fleet::empty();
    fleet.write("screen.txt", "$ ls\nnotes\nPassword: \n");
    let found = detect(&fleet, &["--backend", "shell", "screen.txt"]);
    assert_eq!(
        found,
        json!({
            "state": "needs-input", "signal": "rows", "row": 2, "pattern": "password",
            "dialog": "password", "limit": null,
        })
    );
    let told = fleet.ok(&["detect", "--backend", "shell", "screen.txt"]);
    assert!(
        told.out.starts_with("needs-input, dialog `password`\n"),
        "{told:?}"
    );
    assert!(told.out.contains("row 2  Password:"), "{told:?}");
}

#[test]
fn a_limit_ends_at_the_time_that_it_names_counted_from_now() {
    let fleet = fleet("");
    fleet.write("limit.txt", LIMIT);
    let limit = |now: &str, path: &str| detect(&fleet, &["--backend", "mine", "--now", now, path]);
    let found = limit("2026-11-23T09:00:00Z", "limit.txt");
    assert_eq!(
        (&found["state"], &found["row"], &found["pattern"]),
        (&json!("limited"), &json!(3), &json!("limit"))
    );
    let until = json!({ "until": "2026-11-23T12:49:00Z", "hard": false, "source": "rows" });
    assert_eq!(found["limit"], until);
    let next_day = limit("2026-11-23T15:00:00+01:00", "./limit.txt");
    assert_eq!(next_day["limit"]["until"], "2026-11-24T12:49:00Z");

    let told = fleet.ok(&[
        "detect",
        "--backend",
        "own",
        "--now",
        "2026-11-23T09:00:00Z",
        "limit.txt",
    ]);
    assert!(told.out.contains("watchdog  holds it until"), "{told:?}");
}

#[test]
fn a_backend_of_the_config_has_its_own_patterns_as_well() {
    let fleet = fleet("");
    fleet.write("corrupt.txt", "state is corrupt\n\n> \n");
    let found = |backend| detect(&fleet, &["--backend", backend, "corrupt.txt"]);
    assert_eq!(found("mine")["state"], "idle");
    assert_eq!(found("own")["state"], "fatal");
    assert_eq!(found("own")["signal"], "fatal_re");
}

#[test]
fn a_title_and_what_a_stream_tells_count() {
    let fleet = fleet("");
    fleet.write("idle.txt", "> \n");
    let text = detect(
        &fleet,
        &["--backend", "mine", "--title", "busy x", "idle.txt"],
    );
    assert_eq!(
        (&text["state"], &text["signal"]),
        (&json!("working"), &json!("title"))
    );

    let stream = b"\x1b]7501;state=working:app=x\x1b\\\x1b[31m> \x1b[m";
    std::fs::write(fleet.path("one.raw"), stream).expect("a file");
    let told = detect(&fleet, &["--backend", "mine", "--stream", "one.raw"]);
    assert_eq!(
        (&told["state"], &told["signal"]),
        (&json!("working"), &json!("status"))
    );
    // As a text the same bytes are a prompt, colours and all.
    let read = detect(&fleet, &["--backend", "mine", "./one.raw"]);
    assert_eq!(read["state"], "idle", "{read}");
}

#[test]
fn standard_input_is_read_and_bytes_that_are_no_text_do_no_harm() {
    let fleet = fleet("");
    let mut command = fleet.ao_command(&["detect", "--json", "--backend", "mine", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ao");
    let mut stdin = child.stdin.take().expect("a pipe");
    let bytes = b"\xff\xfe \x1b]2;busy\x07 \x1b[2J\x9b\x00\r\n* Baking \xc3\r\n";
    stdin.write_all(bytes).expect("a reader");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found["state"], "working");
}

#[test]
fn a_screen_wraps_and_scrolls_as_its_size_says() {
    let fleet = fleet("");
    let long = format!("{}* Baking\n> \n", "x".repeat(20));
    fleet.write("long.txt", &long);
    let found = |size| detect(&fleet, &["--backend", "mine", "--size", size, "long.txt"]);
    assert_eq!(found("80x24")["state"], "idle");
    assert_eq!(
        found("20x24")["state"],
        "idle",
        "one line, wherever it wraps"
    );
    fleet.write("scrolled.txt", "* Baking\n1\n2\n> \n");
    let found = |size| {
        detect(
            &fleet,
            &["--backend", "mine", "--size", size, "scrolled.txt"],
        )
    };
    assert_eq!(found("80x4")["state"], "working");
    assert_eq!(found("80x3")["state"], "idle");
}

#[test]
fn mistakes_on_the_command_line_are_told_with_what_to_do() {
    let fleet = fleet("");
    fleet.write("limit.txt", LIMIT);
    fleet.write("nothing.txt", "nothing to see\n");
    for (arguments, told) in [
        (&["--backend", "nobody", "limit.txt"][..], "claude, codex"),
        (&["--size", "80", "limit.txt"], "80x24"),
        (&["--now", "soon", "limit.txt"], "2026-11-23T09:36:00Z"),
        (&["./nothing.txt"], "--backend"),
        (&["limit.txt"], "--backend"),
    ] {
        let mut all = vec!["detect"];
        all.extend(arguments);
        let run = fleet.ao(&all);
        assert_eq!(
            (run.code, run.out.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
        assert!(run.err.contains(told), "{arguments:?}: {run:?}");
    }
    let missing = fleet.ao(&["detect", "--backend", "mine", "./missing"]);
    assert_eq!(missing.code, 1, "{missing:?}");
    let large = std::fs::File::create(fleet.path("large")).expect("a file");
    large.set_len((16 << 20) + 1).expect("room");
    let large = fleet.ao(&["detect", "--backend", "mine", "--stream", "large"]);
    assert_eq!(large.code, 1, "{large:?}");
    assert!(large.err.contains("larger than 16 MiB"), "{large:?}");
}

#[test]
fn an_agent_that_runs_is_seen_as_the_watchdog_sees_it() {
    let fleet = fleet(r"\033]2;a title\007Do you trust this folder?\r\n> ");
    let stopped = fleet.ao(&["detect", "a"]);
    assert_eq!(stopped.code, 1, "{stopped:?}");
    fleet.ok(&["up"]);
    fleet.wait_for_unit("a", "its dialog", |unit| unit["state"] == "needs-input");
    let found = detect(&fleet, &["a"]);
    assert_eq!(
        (
            &found["state"],
            &found["signal"],
            &found["row"],
            &found["dialog"]
        ),
        (
            &json!("needs-input"),
            &json!("rows"),
            &json!(0),
            &json!("trust")
        )
    );
    let told = fleet.ok(&["detect", "a"]);
    assert!(told.out.contains("`answer = { trust = "), "{told:?}");
    assert_eq!(fleet.ao(&["detect", "nobody"]).code, 2);
}

#[test]
fn a_screen_that_is_recorded_is_a_fixture_from_then_on() {
    let fleet = fleet(r"\033]2;a title\007Do you trust this folder?\r\n> ");
    fleet.ok(&["up"]);
    fleet.wait_for_unit("a", "its dialog", |unit| unit["state"] == "needs-input");
    let recorded = fleet.ok(&["record", "a", "trust", "--how", "at its first start"]);
    let path = "detect/fixtures/trust.screen";
    assert!(recorded.out.trim_end().ends_with(path), "{recorded:?}");
    let text = fleet.read(path);
    for line in [
        "backend = \"own\"",
        "made = \"recorded\"",
        "how = \"at its first start\"",
        "title = \"a title\"",
        "state = \"needs-input\"",
        "dialog = \"trust\"",
        "Do you trust this folder?",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    let again = fleet.ao(&["record", "a", "trust"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert_eq!(fleet.read(path), text, "nothing is overwritten");
    let own = fleet.ok(&["selftest", "--backend", "own", "--verbose"]);
    assert!(
        own.out
            .contains("detect/fixtures/trust (text): needs-input"),
        "{own:?}"
    );

    // Where a person would see something else, the self-test says so.
    fleet.ok(&[
        "record",
        "a",
        "./detect/fixtures/odd.screen",
        "--expect",
        "login",
    ]);
    let odd = fleet.ao(&["selftest", "detect/fixtures/*"]);
    assert_eq!(odd.code, 1, "{odd:?}");
    for line in [
        "FAIL detect/fixtures/odd (text)",
        "  -state = \"login\"",
        "  +state = \"needs-input\"",
        "    0>Do you trust this folder?",
    ] {
        assert!(
            odd.out.lines().any(|found| found == line),
            "{line}: {}",
            odd.out
        );
    }
    let bad = fleet.ao(&["record", "a", "x", "--expect", "asleep"]);
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.err.contains("needs-input"), "{bad:?}");
}

#[test]
fn a_self_test_tells_what_fails_in_a_document_too() {
    let fleet = fleet("");
    let head = |state: &str| {
        format!(
            "+++\nbackend = \"mine\"\nmade = \"by-hand\"\nsize = \"80x24\"\n\
             now = \"2026-11-23T09:00:00Z\"\nstream = \"s.raw\"\nbytes = 2\n[expect]\nstate = \"{state}\"\n+++\n> \n"
        )
    };
    fleet.write("detect/fixtures/deep/good.screen", &head("idle"));
    fleet.write("detect/fixtures/deep/s.raw", "> and more");
    let good = fleet.ok(&["selftest", "--backend", "mine", "--json"]);
    let good = document(&good);
    assert_eq!(
        (&good["passed"], &good["fixtures"], &good["streams"]),
        (&json!(true), &json!(1), &json!(1))
    );
    fleet.write("detect/fixtures/bad.screen", &head("working"));
    fleet.write("detect/fixtures/none.screen", "no head\n");
    let run = fleet.ao(&["selftest", "--json", "detect/fixtures/**"]);
    assert_eq!(run.code, 1, "{run:?}");
    let bad = document(&run);
    let names: Vec<&Value> = bad["failures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|failure| &failure["name"])
        .collect();
    assert_eq!(
        names,
        ["detect/fixtures/bad", "detect/fixtures/none"],
        "{bad}"
    );
    let unknown = fleet.ao(&["selftest", "no-such-fixture"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}

#[test]
fn the_built_in_fixtures_need_neither_a_config_nor_tmux() {
    let fleet = Fleet::empty();
    let mut command = fleet.ao_command(&["selftest", "--backend", "shell"]);
    command.env("PATH", "/nonexistent");
    let run = run(command);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("shell"), "{run:?}");
}
