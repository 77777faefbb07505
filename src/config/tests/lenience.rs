//! What the predecessor took is still taken, with a warning where something else was meant.

use std::time::Duration;

use super::super::agent::Watch;
use super::*;

fn with_agent(keys: &str) -> String {
    format!("{BASICS}[backend.b]\nbin = \"x\"\n[[agent]]\nname = \"a\"\nbackend = \"b\"\n{keys}\n")
}

/// The fleet of a config that has this one warning and no error.
#[track_caller]
fn warned(text: &str, message: &str) -> Fleet {
    let loaded = load(text);
    assert_eq!(errors(&loaded), 0, "{}", rendered(&loaded.diagnostics));
    let found: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(found, [message], "{text}");
    loaded.fleet.unwrap()
}

#[test]
fn numbers_may_be_texts_and_fractions() {
    for (written, seconds, message) in [
        (
            "\"30\"",
            30.0,
            "`signal_interval` is a text, where a number of seconds is meant",
        ),
        (
            "\" 45 \"",
            45.0,
            "`signal_interval` is a text, where a number of seconds is meant",
        ),
        (
            "0.5",
            0.5,
            "`signal_interval` has a fraction; it is used as 0.5 s",
        ),
        ("0", 0.05, "`signal_interval` is too short; 0.05 s is used"),
    ] {
        let text = format!("{BASICS}[watchdog]\nsignal_interval = {written}\n");
        let fleet = warned(&text, message);
        assert_eq!(
            fleet.watchdog.signal_interval,
            Duration::from_secs_f64(seconds)
        );
    }
    let fleet = clean(&format!(
        "{BASICS}[watchdog]\nsignal_interval = 0x1e\nheavy_interval = 1_0.0\n"
    ));
    assert_eq!(fleet.watchdog.signal_interval, Duration::from_secs(30));
    assert_eq!(fleet.watchdog.heavy_interval, Duration::from_secs(10));
}

#[test]
fn what_was_true_or_false_still_is() {
    for (written, meant) in [
        ("0", false),
        ("1", true),
        ("0.0", false),
        ("\"\"", false),
        ("\"yes\"", true),
        ("\"no\"", false),
        ("\"anything\"", true),
    ] {
        let message = format!("`enabled` should be true or false; it is read as {meant}");
        let fleet = warned(&with_agent(&format!("enabled = {written}")), &message);
        assert_eq!(fleet.agent("a").unwrap().enabled, meant, "{written}");
    }
}

#[test]
fn a_text_may_be_a_number() {
    let fleet = warned(
        &with_agent("model = 5"),
        "`model` is a number, where a text is meant",
    );
    assert_eq!(fleet.agent("a").unwrap().model.as_deref(), Some("5"));
}

#[test]
fn an_unknown_watch_heals() {
    for (written, meant, message) in [
        (
            "\"heel\"",
            Watch::Heal,
            "there is no watch `heel`; it is read as \"heal\"",
        ),
        (
            "false",
            Watch::None,
            "there is no watch `false`; it is read as \"none\"",
        ),
        (
            "true",
            Watch::Heal,
            "there is no watch `true`; it is read as \"heal\"",
        ),
    ] {
        let fleet = warned(&with_agent(&format!("watch = {written}")), message);
        assert_eq!(fleet.agent("a").unwrap().watch, meant);
    }
}

#[test]
fn unknown_kinds_are_fine() {
    let fleet = clean(&with_agent("kind = \"reviewer\""));
    assert_eq!(fleet.agent("a").unwrap().kind.as_str(), "reviewer");
    let fleet = warned(
        &with_agent("kind = \"lop\""),
        "there is no kind `lop`; it acts like \"persistent\"",
    );
    assert_eq!(fleet.agent("a").unwrap().kind.as_str(), "lop");
}

#[test]
fn every_key_of_an_agent_may_stand_in_defaults() {
    let fleet = clean(
        r#"
[defaults]
session_prefix = "p-"
log_dir = "logs"
backend = "b"
prompt = "hello"
role = "r"
resume = true
enabled = false
command = "serve"
wake = { prompt_file = "w" }
env = { A = "1" }
[backend.b]
bin = "x"
[[agent]]
name = "a"
[[service]]
name = "s"
"#,
    );
    let agent = fleet.agent("a").unwrap();
    assert!(!agent.enabled && agent.resume && agent.wake.is_some());
    assert_eq!(agent.role.as_deref(), Some("r"));
    assert_eq!(fleet.service("s").unwrap().command, "serve");
}

#[test]
fn session_and_kind_are_not_inherited() {
    let text = with_agent("").replace(
        "defaults.log_dir",
        "defaults.kind = \"loop\"\ndefaults.session = \"x\"\ndefaults.log_dir",
    );
    let loaded = load(&text);
    assert_eq!(errors(&loaded), 0);
    assert_eq!(loaded.diagnostics.len(), 2);
    let fleet = loaded.fleet.unwrap();
    assert_eq!(fleet.agent("a").unwrap().kind.as_str(), "persistent");
    assert_eq!(fleet.agent("a").unwrap().session.as_str(), "p-a");
}

#[test]
fn a_loop_agent_without_a_loop_has_its_role_alone() {
    let message = "agent `a` is of kind \"loop\" and there is no [loop]";
    let fleet = warned(&with_agent("kind = \"loop\"\nrole = \"r\""), message);
    assert!(fleet.loop_.is_none());
    assert!(fleet.agent("a").is_some());
}

#[test]
fn empty_tables_and_texts_count_as_absent() {
    let fleet = clean(&with_agent(
        "wake = {}\nmodel = \"\"\nrole = \"\"\nprompt_file = \"\"\nprompt = \"p\"\n[loop]\nhandoff = {}\non_complete = {}\nkickoff_template = \"\"",
    ));
    assert!(fleet.agent("a").unwrap().wake.is_none());
    let loop_ = fleet.loop_.unwrap();
    assert!(loop_.handoff.is_none() && loop_.on_complete.is_none());
}

#[test]
fn a_wake_without_a_prompt_never_happens_and_says_so() {
    let message = "`wake` has no `prompt_file`, so it never happens";
    let fleet = warned(&with_agent("wake = { interval = 60 }"), message);
    assert!(fleet.agent("a").unwrap().wake.is_none());
}

#[test]
fn a_prompt_beside_a_prompt_file_has_no_effect_and_says_so() {
    let message = "`prompt` has no effect beside `prompt_file`";
    let fleet = warned(
        &with_agent("prompt = \"x\"\nprompt_file = \"y.md\""),
        message,
    );
    let expected = super::super::agent::PromptSource::File(PathBuf::from("/project/y.md"));
    assert_eq!(fleet.agent("a").unwrap().prompt, expected);
}

#[test]
fn default_targets_of_a_handoff_that_nobody_has_are_a_warning() {
    let loaded = load(&with_agent("[loop.handoff]\nrepo = \".\""));
    assert_eq!(errors(&loaded), 0, "{}", rendered(&loaded.diagnostics));
    assert_eq!(loaded.diagnostics.len(), 2);
    assert!(loaded.fleet.unwrap().loop_.unwrap().handoff.is_some());
}

#[test]
fn names_may_be_odd_as_long_as_they_can_be_found_again() {
    for name in [
        "#(touch X)",
        "#S",
        "%Y",
        "it's",
        "a;b",
        "\u{e9} \u{4f60}",
        "-x",
        "a/b",
        "$1",
        "\"q\"",
    ] {
        let quoted = toml::Value::from(name).to_string();
        let fleet = clean(&with_agent("").replace("\"a\"", &quoted));
        assert_eq!(fleet.agents[0].session.as_str(), format!("p-{name}"));
    }
    let fleet = clean(&with_agent("session = \"a/b%.c\""));
    assert_eq!(
        fleet.log_file(&fleet.agents[0].session),
        Path::new("/project/logs/a%2Fb%_c.log")
    );
    assert_eq!(fleet.agents[0].session.written(), "a/b%.c");
}

#[test]
fn tmux_settings_are_resolved_against_the_project() {
    let fleet = clean(&format!(
        "{BASICS}[tmux]\nbinary = \"bin/tmux\"\nsocket_path = \"run/sock\"\nconfig_file = \"~/.t.conf\"\n"
    ));
    assert_eq!(fleet.tmux.binary, Path::new("/project/bin/tmux"));
    assert_eq!(
        fleet.tmux.socket_path.as_deref(),
        Some(Path::new("/project/run/sock"))
    );
    assert_eq!(
        fleet.tmux.config_file.as_deref(),
        Some(Path::new("/home/al/.t.conf"))
    );
    let both = format!(
        "{BASICS}[tmux]\nbinary = \"tmux-3.5\"\nsocket_name = \"n\"\nsocket_path = \"/s\"\n"
    );
    let fleet = warned(&both, "`socket_name` has no effect beside `socket_path`");
    assert_eq!(fleet.tmux.binary, Path::new("tmux-3.5"));
    assert_eq!(fleet.tmux.socket_name, None);
}

#[test]
fn a_submit_key_that_tmux_does_not_know_is_a_warning() {
    let text = with_agent("").replace("bin = \"x\"", "bin = \"x\"\nsubmit_key = \"Return\"");
    let fleet = warned(
        &text,
        "tmux knows no key `Return`; it will be typed as text",
    );
    assert_eq!(fleet.agents[0].backend.submit_key().as_str(), "Return");
}
