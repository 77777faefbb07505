//! What is wrong is told where it is, all at once, and keeps only that from coming up.

use super::super::fleet::Unit;
use super::*;

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
fn a_pattern_is_pointed_into_however_its_text_is_written() {
    for (written, at) in [
        (r"'ab(c'", "7:16"),
        (r#""\\d(c""#, "7:17"),
        (r#""\u00e9\t(c""#, "7:22"),
        ("\"\"\"\nab\n(c\"\"\"", "9:1"),
        (r"'a\N{DASH}'", "7:15"),
    ] {
        let text = with(&format!(
            "[backend.d]\nbin = \"x\"\nactive_re = {written}\n[[agent]]\nname = \"a\"\nbackend = \"d\"\n"
        ));
        let loaded = load(&text);
        assert_eq!(errors(&loaded), 1, "{}", rendered(&loaded.diagnostics));
        let told = &brief(&loaded)[0];
        assert!(
            told.starts_with(&format!("{at} error: `active_re` is not a pattern")),
            "{told}"
        );
        assert!(!loaded.diagnostics[0].hint.is_empty());
        assert!(loaded.fleet.unwrap().agent("a").is_none());
    }
}
