//! What programs say of themselves: their status in the stream, their hooks, their conversation files.

use std::process::Stdio;

use jiff::Timestamp;
use serde_json::Value;

use crate::fleet_rig::{Fleet, wait_until};

/// What a terminal answers that listens to statuses.
const LISTENS: &str = "1b 5d 37 35 30 31 3b 3f 1b 5c";

/// An agent that runs `line` in a shell, with these keys of its backend.
fn agent(keys: &str, line: &str) -> String {
    format!(
        "\n[backend.b]\nprompt_delivery = \"exec\"\n{keys}\nbin = '''{line}; exec cat'''\n\n\
         [[agent]]\nname = \"a\"\nbackend = \"b\"\n"
    )
}

/// A shell line that waits for [`go`].
fn wait(number: usize) -> String {
    format!("until [ -e go{number} ]; do sleep 0.02; done")
}

fn go(fleet: &Fleet, number: usize) {
    fleet.write(&format!("go{number}"), "");
}

/// A shell line that prints this.
fn print(text: &str) -> String {
    format!("printf \"{text}\"")
}

fn status(text: &str) -> String {
    print(&format!("\\033]7501;{text}\\007"))
}

/// A shell line that reads ten bytes of the terminal, and writes them down.
fn read(file: &str) -> String {
    format!("dd bs=1 count=10 2>/dev/null | od -An -v -tx1 >{file}.new; mv {file}.new {file}")
}

fn is(state: &'static str, signal: &'static str) -> impl Fn(&Value) -> bool {
    move |unit| unit["state"] == state && unit["signal"] == signal
}

fn up(fleet: &Fleet) {
    fleet.ok(&["up"]);
    fleet.wait_for_unit("a", "a pane", |unit| unit["pane"].is_string());
}

#[test]
fn what_a_program_says_of_itself_in_the_stream_is_its_state() {
    let words = [
        "state=working",
        "state=blocked:kind=permission",
        "state=idle",
    ];
    let steps = words.iter().enumerate();
    let steps: Vec<String> = steps
        .map(|(n, word)| format!("{}; {}", wait(n), status(word)))
        .collect();
    let fleet = Fleet::new(&agent("", &steps.join("; ")));
    up(&fleet);
    let events = fleet.follow();
    let states = ["working", "needs-input", "idle"];
    for (number, state) in states.into_iter().enumerate() {
        go(&fleet, number);
        let unit = fleet.wait_for_unit("a", "its own word", is(state, "status"));
        let dialog = (number == 1).then_some("permission");
        assert_eq!(unit["dialog"].as_str(), dialog);
    }
    let event = events.wait_for("the question", |event| {
        event["kind"] == "state" && event["to"] == "needs-input"
    });
    assert_eq!(
        (&event["dialog"], &event["signal"]),
        (&"permission".into(), &"status".into())
    );
    let story = || fleet.ok(&["explain", "a"]).out;
    wait_until("the story", || {
        story().contains("has to answer: permission (status)")
    });
}

#[test]
fn a_program_that_asks_is_told_that_its_status_is_listened_to() {
    let asks = [
        "stty raw -echo".to_owned(),
        wait(0),
        status("?"),
        read("answer"),
        status("state=working"),
    ];
    let fleet = Fleet::new(&agent("", &asks.join("; ")));
    up(&fleet);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "its own word", is("working", "status"));
    assert_eq!(fleet.read("answer").trim(), LISTENS);
}

#[test]
fn who_looks_at_the_history_is_not_disturbed_by_an_answer() {
    let asks = [
        "stty raw -echo".to_owned(),
        wait(0),
        status("?"),
        status("state=working"),
        wait(1),
        status("?"),
        read("answer"),
    ];
    let fleet = Fleet::new(&agent("", &asks.join("; ")));
    up(&fleet);
    fleet.tmux(&["copy-mode", "-t", "=t-a:"]);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "its own word", is("working", "status"));
    // What is asked of tmux over the same connection comes after it.
    fleet.ok(&["screen", "a", "--confirm"]);
    let mode = fleet.tmux(&["display", "-p", "-t", "=t-a:", "#{pane_in_mode}"]);
    assert_eq!(mode.trim(), "1", "no key reached the mode");
    fleet.tmux(&["send-keys", "-t", "=t-a:", "-X", "cancel"]);
    go(&fleet, 1);
    wait_until("an answer", || fleet.read("answer").trim() == LISTENS);
}

#[test]
fn a_program_whose_preset_says_so_is_told_before_it_asks() {
    let early = [
        "stty raw -echo".to_owned(),
        wait(0),
        print("\\033[?2004h\\033[?2031h\\033[?1004h"),
        // It asks once an answer lies there.
        read("answer"),
        status("?"),
        status("state=working"),
    ];
    let fleet = Fleet::empty();
    let preset = "name = \"early\"\nabout = \"a test\"\n[status]\noffer = true\n";
    fleet.write("presets/early.toml", preset);
    fleet.configure(&agent("preset = \"early\"", &early.join("; ")));
    up(&fleet);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "its own word", is("working", "status"));
    assert_eq!(fleet.read("answer").trim(), LISTENS);
}

/// A shell line that calls `ao hook` with this object, and writes down what it prints and its code.
fn hook(json: &str, file: &str) -> String {
    let ao = env!("CARGO_BIN_EXE_ao");
    let json = json.replace('"', "\\\"");
    format!(
        "printf %s \"{json}\" | \"{ao}\" hook >{file}.new 2>&1; echo $? >>{file}.new; mv {file}.new {file}"
    )
}

#[test]
fn a_hook_tells_the_watchdog_from_within_the_pane() {
    let events = [
        r#"{"hook_event_name":"UserPromptSubmit","prompt":"x"}"#,
        r#"{"hook_event_name":"PermissionRequest","tool_name":"Bash"}"#,
        r#"{"hook_event_name":"StopFailure","error":"rate_limit"}"#,
        r#"{"hook_event_name":"Stop"}"#,
    ];
    let steps = events.iter().enumerate();
    let steps: Vec<String> = steps
        .map(|(n, event)| format!("{}; {}", wait(n), hook(event, &format!("said{n}"))))
        .collect();
    let fleet = Fleet::new(&agent("", &steps.join("; ")));
    up(&fleet);
    let states = ["working", "needs-input", "limited", "idle"];
    for (number, state) in states.into_iter().enumerate() {
        go(&fleet, number);
        let unit = fleet.wait_for_unit("a", "what the hook says", is(state, "hook"));
        assert_eq!(unit["dialog"].as_str(), (number == 1).then_some("approval"));
        let said = format!("said{number}");
        wait_until("its end", || fleet.path(&said).exists());
        assert_eq!(fleet.read(&said), "0\n", "it prints nothing");
    }
}

#[test]
fn a_hook_ends_with_0_whatever_happens() {
    let fleet = Fleet::new("");
    let config = fleet.path("agents.toml");
    let stop = r#"{"hook_event_name":"Stop"}"#;
    for (args, config) in [
        (vec!["hook", stop], Some(config.as_path())),
        (vec!["hook", "--agent", "b", stop], Some(config.as_path())),
        (vec!["hook", "no JSON"], Some(config.as_path())),
        (vec!["hook", stop], Some("/nowhere/agents.toml".as_ref())),
        (vec!["hook", stop], None),
        (vec!["hook"], None),
        (vec!["hook", "--no-such-flag"], None),
        (vec!["hook", "one", "two"], None),
    ] {
        let mut command = fleet.command(env!("CARGO_BIN_EXE_ao"));
        command
            .args(&args)
            .stdin(Stdio::null())
            .env("AO_AGENT", "a");
        command.envs(config.map(|path| ("AO_CONFIG", path)));
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
    }
    // A pipe that nobody closes.
    let mut command = fleet.command(env!("CARGO_BIN_EXE_ao"));
    command.arg("hook").env("AO_AGENT", "a");
    command.env("AO_CONFIG", &config).stdin(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let held = child.stdin.take();
    assert!(child.wait().expect("it ends").success());
    drop(held);
}

#[test]
fn a_limit_is_held_until_the_second_that_the_conversation_file_names() {
    let fleet = Fleet::empty();
    let keys = format!(
        "preset = \"claude\"\nlimit_re = \"usage limit reached\"\nenv.CLAUDE_CONFIG_DIR = \"{}\"",
        fleet.path("claude").display()
    );
    let line = format!("{}; {}", wait(0), print("usage limit reached"));
    fleet.configure(&agent(&keys, &line));
    up(&fleet);
    let now = Timestamp::now();
    let until = now.as_second() + 4 * 3600 + 7;
    let dir = fleet.path("").canonicalize().expect("a directory");
    let dashed = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let dir: String = dir.to_str().expect("a path").chars().map(dashed).collect();
    let entry = format!(
        "{{\"type\":\"assistant\",\"timestamp\":\"{now}\",\"message\":{{\"content\":[]}},\
         \"quotaLimits\":{{\"resetsAt\":{until}}},\"error\":\"rate_limit\",\"isApiErrorMessage\":true}}\n"
    );
    fleet.write(&format!("claude/projects/{dir}/0a.jsonl"), &entry);
    go(&fleet, 0);
    let unit = fleet.wait_for_unit("a", "the exact time", |unit| {
        unit["hold"]["source"] == "banner" && unit["state"] == "limited"
    });
    assert_eq!(unit["signal"], "conversation");
    let held = unit["hold"]["until"].as_str().expect("a time");
    let held: Timestamp = held.parse().expect("a time");
    // A little slack is added.
    assert!((until..until + 120).contains(&held.as_second()), "{unit}");
    assert!(fleet.events_of("restart", "a").is_empty());
}
