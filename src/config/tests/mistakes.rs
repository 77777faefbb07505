//! What is wrong is told where it is, all at once, and keeps only that from coming up.

use std::ffi::OsString;

use super::super::diagnostic::Reach;
use super::super::fleet::Unit;
use super::super::names::AgentName;
use super::*;

const BACKEND: &str = "[backend.c]\nbin = \"claude\"\n";

/// A config of the least keys, a backend, and `rest`, whose first line is line 5.
fn with(rest: &str) -> String {
    format!("{BASICS}{BACKEND}{rest}")
}

fn agent(name: &str) -> Reach {
    Reach::Agent(AgentName::new(name).unwrap())
}

fn service(name: &str) -> Reach {
    Reach::Service(AgentName::new(name).unwrap())
}

/// Checks that a config has exactly this one mistake, and what it reaches.
#[track_caller]
fn only(text: &str, expected: &str, reach: &Reach) {
    let loaded = load(text);
    assert_eq!(brief(&loaded), [expected], "{text}");
    assert_eq!(loaded.diagnostics[0].reach, *reach, "{text}");
    assert!(!loaded.diagnostics[0].hint.is_empty());
    assert_eq!(loaded.fleet.is_none(), *reach == Reach::Whole, "{text}");
}

#[test]
fn only_what_everything_needs_stops_everything() {
    for (text, expected) in [
        (
            "defaults.log_dir = \"l\"\n",
            "- error: [defaults] must set `session_prefix`",
        ),
        (
            "defaults.session_prefix = \"p-\"\n",
            "- error: [defaults] must set `log_dir`",
        ),
        (
            "[defaults]\nsession_prefix = \"\"\nlog_dir = \"l\"\n",
            "2:18 error: [defaults] must set `session_prefix`",
        ),
        (
            "[defaults]\nsession_prefix = \"p\"\nlog_dir = \"\"\n",
            "3:11 error: [defaults] must set `log_dir`",
        ),
        (
            "[defaults]\nsession_prefix = [1]\nlog_dir = \"l\"\n",
            "2:18 error: `session_prefix` must be a text, and is a list",
        ),
        (
            "[defaults]\nsession_prefix = \"p\"\nlog_dir = {}\n",
            "3:11 error: `log_dir` must be a text, and is a table",
        ),
        (
            "[defaults]\nsession_prefix = \"a\\nb\"\nlog_dir = \"l\"\n",
            "2:18 error: `session_prefix` holds a control character (\\n)",
        ),
        (
            "[defaults]\nsession_prefix = \"p\"\nlog_dir = \"a\\tb\"\n",
            "3:11 error: `log_dir` holds a control character (\\t)",
        ),
    ] {
        only(text, expected, &Reach::Whole);
    }
    let empty = load("");
    assert_eq!(errors(&empty), 2, "{}", rendered(&empty.diagnostics));
}

#[test]
fn a_file_that_does_not_parse_is_pointed_into() {
    let text = format!("{BASICS}e = \"ü\" oops\n[[agent]\n");
    let loaded = load(&text);
    assert!(loaded.fleet.is_none());
    let places: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter_map(|one| one.place.clone())
        .collect();
    assert_eq!(
        (places[0].line, places[0].column),
        (3, 9),
        "{}",
        rendered(&loaded.diagnostics)
    );
    assert!(
        places.iter().any(|place| place.line == 4),
        "{}",
        rendered(&loaded.diagnostics)
    );
    assert!(
        loaded
            .diagnostics
            .iter()
            .all(|one| one.reach == Reach::Whole)
    );
}

#[test]
fn a_key_that_is_given_twice_is_a_mistake_of_the_whole_file() {
    let loaded = load(&format!("{BASICS}[tmux]\nbinary = \"a\"\nbinary = \"b\"\n"));
    assert!(loaded.fleet.is_none());
    assert!(
        brief(&loaded)[0].starts_with("5:1 error: "),
        "{:?}",
        brief(&loaded)
    );
}

#[test]
fn a_mistake_in_an_agent_fails_that_agent_alone() {
    let ok = "[[agent]]\nname = \"ok\"\nbackend = \"c\"\n";
    for (wrong, expected) in [
        ("backend = \"d\"", "10:11 error: no backend is called `d`"),
        ("", "8:1 error: agent `a` has no `backend`"),
        (
            "backend = true",
            "10:11 error: `backend` must be a text, and is true or false",
        ),
        (
            "backend = \"c\"\nkind = \"loop\"",
            "8:1 error: agent `a` is of kind \"loop\" and has no `role`",
        ),
        (
            "backend = \"c\"\ndir = \"a\\nb\"",
            "11:7 error: `dir` holds a control character (\\n)",
        ),
        (
            "backend = \"c\"\ndir = [\"x\"]",
            "11:7 error: `dir` must be a text, and is a list",
        ),
        (
            "backend = \"c\"\nenabled = []",
            "11:11 error: `enabled` must be true or false, and is a list",
        ),
        (
            "backend = \"c\"\nsession = \"a\\u001bb\"",
            "11:11 error: the session's name holds a control character (U+001B)",
        ),
        (
            "backend = \"c\"\nsession = 'a\\b'",
            "11:11 error: the session's name holds a backslash, which tmux stores in another form in \
             each release",
        ),
        (
            "backend = \"c\"\nsession = \"\"",
            "11:11 error: the session's name is empty",
        ),
        (
            "backend = \"c\"\nsession = \"p-watchdog\"",
            "11:11 error: the session `p-watchdog` belongs to the watchdog",
        ),
        (
            "backend = \"c\"\nenv = { 1A = \"x\" }",
            "11:9 error: `1A` cannot be the name of a variable",
        ),
        (
            "backend = \"c\"\nenv = \"A=1\"",
            "11:7 error: `env` must be a table, and is a text",
        ),
        (
            "backend = \"c\"\nwake = true",
            "11:8 error: `wake` must be a table, and is true or false",
        ),
        (
            "backend = \"c\"\nwake = { prompt_file = \"w\", interval = -1 }",
            "11:40 error: `interval` is no time that can be waited for",
        ),
    ] {
        // The session of the watchdog is claimed last, so that nothing else is wrong with it.
        let text = with(&format!("{ok}[[agent]]\nname = \"a\"\n{wrong}\n"));
        only(&text, expected, &agent("a"));
        let fleet = fleet(&text);
        assert!(fleet.agent("ok").is_some());
        assert!(fleet.agent("a").is_none());
        assert_eq!(fleet.broken.len(), 1);
        assert_eq!(fleet.broken[0].name.as_str(), "a");
        assert_eq!(fleet.broken[0].unit, Unit::Agent);
        assert_eq!(fleet.broken[0].diagnostics.len(), 1);
    }
}

#[test]
fn a_mistake_in_a_service_fails_that_service_alone() {
    for (wrong, expected) in [
        ("", "5:1 error: service `s` has no `command`"),
        (
            "command = \"  \"",
            "5:1 error: service `s` has no `command`",
        ),
        (
            "command = 5.5e1",
            "7:11 warning: `command` is a number, where a text is meant",
        ),
        (
            "command = \"a\\u0000b\"",
            "7:11 error: `command` holds a NUL, which no command line can",
        ),
        (
            "command = [\"a\"]",
            "7:11 error: `command` must be a text, and is a list",
        ),
        (
            "command = \"x\"\nenv.A = {}",
            "8:9 error: the value of A must be a text, and is a table",
        ),
    ] {
        let text = with(&format!("[[service]]\nname = \"s\"\n{wrong}\n"));
        only(&text, expected, &service("s"));
        let fleet = fleet(&text);
        assert_eq!(fleet.service("s").is_none(), expected.contains("error"));
    }
}

#[test]
fn what_has_no_usable_name_is_told_and_the_rest_comes_up() {
    for (table, expected) in [
        (
            "[[agent]]\nbackend = \"c\"\n",
            "5:1 error: an [[agent]] has no name",
        ),
        (
            "[[agent]]\nname = \"\"\nbackend = \"c\"\n",
            "6:8 error: the name is empty",
        ),
        (
            "[[agent]]\nname = \"a\\nb\"\nbackend = \"c\"\n",
            "6:8 error: the name holds a control character (\\n)",
        ),
        (
            "[[agent]]\nname = \"a\\u0000b\"\nbackend = \"c\"\n",
            "6:8 error: the name holds a control character (U+0000)",
        ),
        (
            "[[agent]]\nname = \"watchdog\"\nbackend = \"c\"\n",
            "6:8 error: the name `watchdog` belongs to the watchdog itself",
        ),
        (
            "[[service]]\nname = \"watchdog\"\ncommand = \"x\"\n",
            "6:8 error: the name `watchdog` belongs to the watchdog itself",
        ),
        (
            "[[service]]\ncommand = \"x\"\n",
            "5:1 error: a [[service]] has no name",
        ),
    ] {
        let text = with(&format!(
            "{table}[[agent]]\nname = \"ok\"\nbackend = \"c\"\n"
        ));
        only(&text, expected, &Reach::Unnamed);
        assert!(fleet(&text).agent("ok").is_some());
    }
    let long = with(&format!(
        "[[agent]]\nname = \"{}\"\nbackend = \"c\"\n",
        "x".repeat(300)
    ));
    only(
        &long,
        "6:8 error: the name is too long: 300 bytes, of at most 240",
        &Reach::Unnamed,
    );
}

#[test]
fn a_table_where_a_list_is_meant_is_told() {
    only(
        &with("[agent]\nname = \"a\"\n"),
        "5:2 error: `agent` must be a list of tables, and is a table",
        &Reach::Settings,
    );
    only(
        &format!("agent = [1]\n{BASICS}"),
        "1:10 error: an agent must be a table, and is a number",
        &Reach::Unnamed,
    );
    only(
        &format!("service = [1]\n{BASICS}"),
        "1:12 error: a service must be a table, and is a number",
        &Reach::Unnamed,
    );
}

#[test]
fn both_places_of_a_duplicate_are_told_and_neither_comes_up() {
    let text = with(
        "[[agent]]\nname = \"a\"\nbackend = \"c\"\n[[agent]]\nname = \"ok\"\nbackend = \"c\"\n\
         [[service]]\nname = \"a\"\ncommand = \"x\"\n",
    );
    let loaded = load(&text);
    assert_eq!(
        brief(&loaded),
        [
            "6:8 error: the name `a` is given more than once: also in line 12",
            "12:8 error: the name `a` is given more than once: also in line 6",
        ]
    );
    let fleet = loaded.fleet.unwrap();
    assert!(fleet.agent("ok").is_some());
    assert_eq!(fleet.broken.len(), 1, "one entry for the one name");
    assert_eq!(fleet.broken[0].diagnostics.len(), 2);
    assert!(fleet.services.is_empty());
}

#[test]
fn two_names_that_tmux_makes_one_session_of_are_told() {
    let text = with(
        "[[agent]]\nname = \"a.b\"\nbackend = \"c\"\n[[agent]]\nname = \"a_b\"\nbackend = \"c\"\n\
         [[agent]]\nname = \"d\"\nsession = \"p-a:b\"\nbackend = \"c\"\n",
    );
    assert_eq!(
        brief(&load(&text)),
        [
            "6:8 error: the session `p-a_b` would also be that of line 9, line 13",
            "9:8 error: the session `p-a_b` would also be that of line 6, line 13",
            "13:11 error: the session `p-a_b` would also be that of line 6, line 9",
        ]
    );
}

#[test]
fn a_backend_that_is_wrong_fails_the_agents_that_use_it() {
    for (backend, expected) in [
        ("[backend.d]\n", "5:2 error: [backend.d] has no `bin`"),
        (
            "[backend.d]\nbin = \"\"\n",
            "5:2 error: [backend.d] has no `bin`",
        ),
        (
            "[backend.d]\nbin = \"x\"\nprompt_delivery = \"png\"\n",
            "7:19 error: there is no prompt_delivery \"png\"",
        ),
        (
            "[backend.d]\nbin = \"x\"\nconnect_delay = 1e99\n",
            "7:17 error: `connect_delay` is no time that can be waited for",
        ),
        (
            "[backend.d]\nbin = \"x\"\nsubmit_key = \"a\\nb\"\n",
            "7:14 error: `submit_key` is not the name of a key",
        ),
        (
            "[backend.d]\nbin = \"x\"\nlimit_re = [\"a\"]\n",
            "7:12 error: `limit_re` must be a text, and is a list",
        ),
    ] {
        let agent_d = "[[agent]]\nname = \"a\"\nbackend = \"d\"\n";
        let agent_c = "[[agent]]\nname = \"ok\"\nbackend = \"c\"\n";
        let one = with(&format!("{backend}{agent_d}{agent_c}"));
        let loaded = load(&one);
        assert_eq!(errors(&loaded), 1, "{}", rendered(&loaded.diagnostics));
        assert!(
            brief(&loaded)[0]
                .replace("5:10", "5:2")
                .starts_with(expected),
            "{:?}",
            brief(&loaded)
        );
        assert_eq!(loaded.diagnostics[0].reach, agent("a"));
        let fleet = loaded.fleet.unwrap();
        assert!(fleet.agent("ok").is_some() && fleet.agent("a").is_none());
        assert!(!fleet.backends.contains_key("d"));

        let two = with(&format!(
            "{backend}{agent_d}{}",
            agent_d.replace("\"a\"", "\"b\"")
        ));
        let loaded = load(&two);
        assert_eq!(loaded.diagnostics.len(), 1, "what two share is told once");
        assert_eq!(loaded.diagnostics[0].reach, Reach::Several);
        assert_eq!(loaded.fleet.unwrap().broken.len(), 2);

        let unused = with(&format!("{backend}{agent_c}"));
        let loaded = load(&unused);
        assert_eq!(
            errors(&loaded),
            0,
            "nothing fails by a backend that nobody uses"
        );
        assert_eq!(loaded.diagnostics.len(), 1);
    }
}

#[test]
fn a_mistake_in_the_loop_fails_the_loop_and_its_agents() {
    let agents = "[[agent]]\nname = \"l\"\nkind = \"loop\"\nrole = \"r\"\nbackend = \"c\"\n\
                  [[agent]]\nname = \"ok\"\nbackend = \"c\"\n";
    for (wrong, expected) in [
        (
            "[[loop.phases]]\nid = \"1\"\n",
            "13:1 error: a phase has no `status`",
        ),
        (
            "[[loop.phases]]\nstatus = \"s\"\n",
            "13:1 error: a phase has no `id`",
        ),
        (
            "[loop]\nphases = 3\n",
            "14:10 error: `phases` must be a list, and is a number",
        ),
        (
            "[loop]\nphases = [3]\n",
            "14:11 error: `phases` must be a table, and is a number",
        ),
        (
            "[loop.on_complete]\nrun = \"okk\"\n",
            "14:7 error: `run` names no agent: there is no `okk`",
        ),
        (
            "[loop.handoff]\nclaim_pings = \"l\"\nreview_pings = \"x\"\n",
            "15:16 error: `review_pings` names no agent: there is no `x`",
        ),
        (
            "[loop]\nstate_file = \"a\\nb\"\n",
            "14:14 error: `state_file` holds a control character (\\n)",
        ),
    ] {
        let text = with(&format!("{agents}{wrong}"));
        only(&text, expected, &Reach::Loop);
        let fleet = fleet(&text);
        assert!(fleet.agent("ok").is_some() && fleet.agent("l").is_none());
        assert!(fleet.loop_.is_none());
        assert_eq!(fleet.loop_broken.len(), 1);
        assert_eq!(fleet.broken[0].diagnostics, fleet.loop_broken);
    }
}

#[test]
fn a_mistake_in_a_setting_leaves_its_default() {
    for (wrong, expected) in [
        (
            "signal_interval = -1",
            "6:19 error: `signal_interval` is no time that can be waited for",
        ),
        (
            "signal_interval = nan",
            "6:19 error: `signal_interval` is no time that can be waited for",
        ),
        (
            "signal_interval = 99999999999",
            "6:19 error: `signal_interval` is no time that can be waited for",
        ),
        (
            "signal_interval = true",
            "6:19 error: `signal_interval` must be a number of seconds, and is true or false",
        ),
        (
            "signal_interval = \"30s\"",
            "6:19 error: `signal_interval` must be a number of seconds, and is a text",
        ),
    ] {
        let text = with(&format!("[watchdog]\n{wrong}\n"));
        only(&text, expected, &Reach::Settings);
        assert_eq!(fleet(&text).watchdog.signal_interval.as_secs(), 30);
    }
}

#[test]
fn a_wrong_tmux_table_stops_everything_rather_than_use_another_server() {
    only(
        &with("[tmux]\nsocket_name = [\"x\"]\n"),
        "6:15 error: `socket_name` must be a text, and is a list",
        &Reach::Whole,
    );
    only(
        &with("[tmux]\nsocket_name = \"a/b\"\n"),
        "6:15 error: `socket_name` must be a plain file name",
        &Reach::Whole,
    );
    only(
        &with("tmux = 3\n"),
        "5:1 warning: [backend.c] has no key `tmux`; it has no effect",
        &Reach::Settings,
    );
    only(
        &format!("tmux = 3\n{BASICS}"),
        "1:8 error: `tmux` must be a table, and is a number",
        &Reach::Whole,
    );
}

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
