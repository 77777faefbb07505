//! What holds for any text at all.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;

use proptest::prelude::*;

use super::super::starter::starter;
use super::*;

/// Checks what every load promises.
fn holds(text: &str) {
    let loaded = load(text);
    for diagnostic in &loaded.diagnostics {
        let shown = diagnostic.to_string();
        assert!(shown.contains("hint: "), "{shown}");
        assert!(
            !shown.contains(|c: char| c.is_control() && c != '\n'),
            "{shown:?}"
        );
    }
    match &loaded.fleet {
        None => assert!(errors(&loaded) > 0, "there is a reason for no fleet"),
        Some(fleet) => {
            let broken = fleet
                .broken
                .iter()
                .all(|broken| !broken.diagnostics.is_empty());
            assert!(broken, "what is broken says why");
            fleet.rules_not_acted_on();
            fleet.known();
        }
    }
}

/// Keys and values of the schema, thrown together.
fn odd_config() -> impl Strategy<Value = String> {
    let header = prop::sample::select(vec![
        "[defaults]",
        "[watchdog]",
        "[tmux]",
        "[backend.b]",
        "[backend.\"\"]",
        "[loop]",
        "[[loop.phases]]",
        "[loop.handoff]",
        "[loop.on_complete]",
        "[[agent]]",
        "[[service]]",
        "[agent]",
        "[defaults.env]",
    ]);
    let key = prop::sample::select(vec![
        "name",
        "session",
        "kind",
        "enabled",
        "watch",
        "backend",
        "model",
        "role",
        "dir",
        "prompt",
        "prompt_file",
        "resume",
        "wake",
        "env",
        "bin",
        "prompt_delivery",
        "submit_key",
        "model_env",
        "limit_re",
        "session_id_flag",
        "supports_resume",
        "stall_action",
        "account",
        "max_starting",
        "restart_delay",
        "restart_delay_max",
        "restarts_per_day",
        "branch",
        "remote",
        "login_re",
        "dialog_re",
        "stall_idle",
        "signal_interval",
        "phases",
        "id",
        "status",
        "models",
        "handoff",
        "repo",
        "inboxes",
        "claim_pings",
        "run",
        "command",
        "session_prefix",
        "log_dir",
        "project_dir",
        "socket_name",
        "binary",
        "state_file",
        "log",
        "odd",
    ]);
    let value = prop::sample::select(vec![
        "\"a\"",
        "\"b\"",
        "\"\"",
        "\"loop\"",
        "\"a\\u0000\"",
        "\"~/x\"",
        "\"../é\"",
        "1",
        "-1",
        "0.5",
        "nan",
        "1e400",
        "99999999999999999999",
        "true",
        "false",
        "[]",
        "[1, \"a\", {}]",
        "{}",
        "{ a = 1 }",
        "{ interval = \"x\" }",
        "2020-01-01",
        "\"\"\"\nx\n\"\"\"",
    ]);
    let line = prop_oneof![
        1 => header.prop_map(str::to_owned),
        4 => (key, value).prop_map(|(key, value)| format!("{key} = {value}")),
    ];
    let lines = prop::collection::vec(line, 0..30);
    (any::<bool>(), lines).prop_map(|(basics, lines)| {
        // A key that is given twice in a table would end most of them at the parser.
        let mut seen = std::collections::HashSet::new();
        let kept = lines.into_iter().filter(|line| {
            if line.starts_with("[[") {
                seen.clear();
            }
            line.starts_with("[[") || seen.insert(line.split(' ').next().unwrap_or("").to_owned())
        });
        let kept: Vec<String> = kept.collect();
        format!("{}{}", if basics { BASICS } else { "" }, kept.join("\n"))
    })
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        holds(&text);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mixture_of_keys_is_read_without_a_panic(text in odd_config()) {
        holds(&text);
    }

    #[test]
    fn a_first_config_has_no_mistake_whatever_the_directory(name in prop::collection::vec(1_u8.., 0..60)) {
        first_config_is_clean(&OsString::from_vec(name));
    }
}

#[test]
fn deep_nesting_is_refused_and_not_fatal() {
    holds(&format!("{BASICS}a = {}", "[".repeat(100_000)));
    holds(&format!("{BASICS}{} = 1", vec!["a"; 50_000].join(".")));
}

fn first_config_is_clean(directory: &OsStr) -> Fleet {
    clean(&starter(directory))
}

#[test]
fn a_first_config_takes_its_prefix_from_the_directory() {
    for (directory, prefix) in [
        ("proj", "proj-"),
        ("my_proj-2", "my_proj-2-"),
        ("my.site", "my-site-"),
        ("a:b", "a-b-"),
        ("it's \"q\" \\ $x", "it-s-q-x-"),
        ("a\nb", "a-b-"),
        ("...", "project-"),
        ("", "project-"),
        ("/", "project-"),
        ("été", "été-"),
        ("--x--", "x-"),
    ] {
        let fleet = first_config_is_clean(OsStr::new(directory));
        assert_eq!(fleet.session_prefix, prefix, "{directory:?}");
        assert_eq!(fleet.agents.len(), 1);
        assert_eq!(fleet.agents[0].name.as_str(), "worker");
        assert_eq!(fleet.agents[0].session.as_str(), format!("{prefix}worker"));
    }
    let long = first_config_is_clean(OsStr::new(&"é".repeat(300)));
    assert!(long.session_prefix.len() < 50);
}
