//! The streams of the real programs, played back through real panes: what the watchdog makes of them.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use ao::detect::Doing;
use ao::fixture::{Collection, Fixture, Made};
use ao::screen::Size;
use serde_json::{Value, json};

use crate::fleet_rig::{DEADLINE, Fleet, wait_until};

/// The size of an agent's pane.
const SIZE: Size = Size { cols: 80, rows: 24 };

/// The states in which a program stays by itself.
const STATES: [Doing; 7] = [
    Doing::Working,
    Doing::Retrying,
    Doing::Idle,
    Doing::NeedsInput,
    Doing::Login,
    Doing::Limited,
    Doing::Fatal,
];

/// One recording of each program in each state, with its bytes.
fn recordings() -> BTreeMap<String, (Doing, Fixture, Vec<u8>)> {
    let built_in = Collection::Builtin;
    let mut chosen = BTreeMap::new();
    for name in built_in.fixtures().expect("the fixtures") {
        let fixture = built_in.read(&name).expect("a fixture");
        let state = fixture.expect.stream_state.unwrap_or(fixture.expect.state);
        let key = format!("{}-{state}", fixture.backend);
        let fits = fixture.made == Made::Recorded
            && fixture.size == SIZE
            && STATES.contains(&state)
            && fixture.expect.stream_state.is_none()
            && !name.starts_with("traps");
        if !fits || chosen.contains_key(&key) {
            continue;
        }
        if let Some(bytes) = built_in.stream(&name, &fixture).expect("a stream") {
            chosen.insert(key, (state, fixture, bytes));
        }
    }
    chosen
}

#[test]
fn every_state_of_the_real_programs_is_seen_in_a_pane() {
    let fleet = Fleet::empty();
    let recordings = recordings();
    let programs = ["claude", "codex", "opencode", "gemini", "aider"];
    for program in programs {
        let mut names = recordings.keys();
        assert!(names.any(|name| name.starts_with(program)), "{program}");
    }
    let mut config = String::new();
    for (name, (_, fixture, bytes)) in &recordings {
        fs::write(fleet.path(name), bytes).expect("a written file");
        let (path, backend) = (fleet.path(name), &fixture.backend);
        // It writes what the program wrote, and reads what is typed without showing it.
        config.push_str(&format!(
            "[backend.{name}]\npreset = \"{backend}\"\nprompt_delivery = \"exec\"\nhooks = false\n\
             process_name = \"\"\nbin = '''stty raw -echo; cat '{}'; exec cat >/dev/null'''\n\
             [[agent]]\nname = \"{name}\"\nbackend = \"{name}\"\n",
            path.display()
        ));
    }
    fleet.configure(&config);
    fleet.ok(&["up"]);
    // What came next (a fatal screen is restarted, a limit ends) does not matter.
    let mut missing = Vec::new();
    let is_seen = |event: &Value, name: &str, state: Doing| {
        event["kind"] == "state" && event["agent"] == name && event["to"] == json!(state)
    };
    let start = Instant::now();
    wait_until("every state", || {
        let events = fleet.events();
        missing = recordings
            .iter()
            .filter(|(name, (state, ..))| !events.iter().any(|event| is_seen(event, name, *state)))
            .map(|(name, _)| fleet.unit(name))
            .collect();
        // In time to say who is missing.
        missing.is_empty() || start.elapsed() > DEADLINE * 3 / 4
    });
    let told: Vec<String> = missing.iter().map(|unit| format!("{unit:#}")).collect();
    assert!(told.is_empty(), "not seen: {}", told.join("\n"));
    let events = fleet.events();
    for (name, (state, ..)) in &recordings {
        let is_held = |event: &Value| event["kind"] == "limit" && event["agent"] == **name;
        assert!(
            *state != Doing::Limited || events.iter().any(is_held),
            "{name} is not held"
        );
    }
    fleet.ok(&["down"]);
    fleet.wait_until_nothing_is_left();
}
