//! How mistakes are told: together, in order, in place, and without secrets.

use std::ffi::OsString;

use super::*;

#[test]
fn mistakes_are_told_together_in_the_order_of_the_file() {
    let text = "\
[defaults]
session_prefix = \"p-\"
log_dir = \"logs\"
backend = \"claud\"
colour = 1
[watchdog]
heavy_interval = \"x\"
[backend.claude]
bin = \"claude\"
[[agent]]
name = \"a\"
kind = \"loop\"
[[agent]]
name = \"b\"
[[service]]
name = \"s\"
";
    let loaded = load(text);
    assert_eq!(
        brief(&loaded),
        [
            "4:11 error: no backend is called `claud`",
            "5:1 warning: [defaults] has no key `colour`; it has no effect",
            "7:18 error: `heavy_interval` must be a number of seconds, and is a text",
            "10:1 error: agent `a` is of kind \"loop\" and has no `role`",
            "15:1 error: service `s` has no `command`",
        ]
    );
    assert_eq!(loaded.diagnostics[0].hint, "did you mean `claude`?");
    assert_eq!(loaded.diagnostics[0].reach, Reach::Several);
    let fleet = loaded.fleet.unwrap();
    let broken: Vec<_> = fleet
        .broken
        .iter()
        .map(|one| (one.name.as_str(), one.diagnostics.len()))
        .collect();
    assert_eq!(broken, [("a", 2), ("b", 1), ("s", 1)]);
    assert_eq!(
        fleet.broken[0].session.as_ref().unwrap().as_str(),
        "p-a",
        "it may run from before"
    );
}

#[test]
fn an_unknown_key_is_a_warning_with_the_nearest_known_name() {
    for (key, hint) in [
        ("promt_file = \"x\"", "did you mean `prompt_file`?"),
        ("Model = \"x\"", "did you mean `model`?"),
        ("env-file = \"x\"", "did you mean `env_file`?"),
    ] {
        let text = with(&format!(
            "[[agent]]\nname = \"a\"\nbackend = \"c\"\n{key}\n"
        ));
        let loaded = load(&text);
        assert_eq!(errors(&loaded), 0);
        assert_eq!(loaded.diagnostics[0].hint, hint);
        assert!(loaded.fleet.unwrap().agent("a").is_some());
    }
    let loaded = load(&with("[[agents]]\nname = \"a\"\n"));
    assert_eq!(loaded.diagnostics[0].hint, "did you mean `agent`?");
}

#[test]
fn a_column_counts_characters() {
    let text = with(
        "[[agent]]\nname = \"a\"\nwake = { \"prompt_file\" = \"日本\", intervall = 3 }\nbackend = \"c\"\n",
    );
    only(
        &text,
        "7:32 warning: `wake` has no key `intervall`; it has no effect",
        &agent("a"),
    );
}

#[test]
fn a_secret_is_not_shown_with_its_mistake() {
    let text = with(
        "[[service]]\nname = \"s\"\ncommand = \"x\"\nenv = { A = \"hush\", B-C = \"hush\", D = [\"hush\"] }\n",
    );
    let loaded = load(&text);
    assert_eq!(errors(&loaded), 2);
    assert!(!rendered(&loaded.diagnostics).contains("hush"));
}

#[test]
fn a_config_that_is_wrong_everywhere_is_told_in_part() {
    let keys: String = (0..2000).map(|index| format!("odd{index} = 1\n")).collect();
    let loaded = load(&format!("{BASICS}{keys}[[agent]]\n"));
    assert!(loaded.diagnostics.len() <= 501);
    assert_eq!(errors(&loaded), 2, "no error is lost among the warnings");
    assert!(
        loaded
            .diagnostics
            .last()
            .unwrap()
            .message
            .contains("more mistakes")
    );
}

#[test]
fn an_override_that_names_no_backend_fails_its_agent() {
    let pairs = [(OsString::from("AGENT_BACKEND_a"), OsString::from("nope"))];
    let overrides = Overrides::from_environment(pairs);
    let text = with("[[agent]]\nname = \"a\"\nbackend = \"c\"\n");
    let loaded = load_with(&text, &overrides);
    assert_eq!(brief(&loaded), ["- error: no backend is called `nope`"]);
    assert_eq!(loaded.fleet.unwrap().broken.len(), 1);
}
