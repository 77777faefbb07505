//! What agents show: their screens as the watchdog has them, and the states that follow.

use serde_json::Value;

use crate::fleet_rig::{Fleet, wait_until};

/// An agent that runs `line` in a shell which then reads what is typed, and is judged by `keys`.
fn agent(name: &str, keys: &str, line: &str) -> String {
    format!(
        "\n[backend.{name}]\nprompt_delivery = \"exec\"\n{keys}\nbin = '''{line}; exec cat'''\n\n\
         [[agent]]\nname = \"{name}\"\nbackend = \"{name}\"\n"
    )
}

const PATTERNS: &str = "active_re = 'esc to interrupt'\nlimit_re = 'usage limit reached'\nfatal_re = 'please run /login'";

/// A shell line that prints each text when the file of its number appears.
fn steps(texts: &[&str]) -> String {
    let mut line = String::from("stty -echo");
    for (number, text) in texts.iter().enumerate() {
        let wait = format!("until [ -e go{number} ]; do sleep 0.02; done");
        line.push_str(&format!("; {wait}; printf \"{text}\""));
    }
    line
}

/// What the tests' agents wait for.
fn go(fleet: &Fleet, number: usize) {
    fleet.write(&format!("go{number}"), "");
}

fn screen(fleet: &Fleet, name: &str) -> Value {
    let run = fleet.ok(&["screen", name, "--json"]);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("no JSON: {error}: {run:?}"))
}

/// The screen as tmux itself has it.
fn captured(fleet: &Fleet, session: &str) -> String {
    fleet.tmux(&["capture-pane", "-p", "-t", &format!("={session}:")])
}

#[test]
fn a_state_is_what_the_screen_shows_and_its_change_is_an_event_with_the_rows() {
    let line = steps(&[
        "thinking (esc to interrupt)",
        "\\r\\033[2K> ",
        "\\r\\033[2KUsage limit\\r\\033[11C reached, resets 3pm",
        "\\033[2J\\033[HPlease run /login",
        "\\033[3;3Hesc to interrupt",
    ]);
    let fleet = Fleet::new(&agent("a", PATTERNS, &line));
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let state = |to: &'static str| {
        events.wait_for(to, move |event| {
            event["kind"] == "state" && event["to"] == to
        })
    };
    // Nothing was seen of it for two seconds.
    assert_eq!(state("idle")["signal"], "silence");

    go(&fleet, 0);
    let working = state("working");
    assert_eq!(working["signal"], "active_re");
    assert_eq!(
        working["rows"],
        serde_json::json!(["thinking (esc to interrupt)"])
    );
    assert_eq!(fleet.unit("a")["state"], "working");

    go(&fleet, 1);
    let idle = state("idle");
    assert_eq!(
        (&idle["from"], &idle["rows"]),
        (&"working".into(), &serde_json::json!([]))
    );

    go(&fleet, 2);
    let limited = state("limited");
    assert_eq!(limited["signal"], "limit_re");
    assert_eq!(
        limited["rows"],
        serde_json::json!(["Usage limit reached, resets 3pm"]),
        "written in two pieces, seen as a person sees it"
    );
    assert_eq!(fleet.unit("a")["state"], "limited");

    go(&fleet, 3);
    assert_eq!(
        state("fatal")["rows"],
        serde_json::json!(["Please run /login"])
    );
    go(&fleet, 4);
    assert_eq!(
        state("working")["from"],
        "fatal",
        "who works is not at its end"
    );
    assert_eq!(fleet.unit("a")["restarts"], 0, "a state restarts nothing");
}

#[test]
fn a_pattern_matches_across_the_terminals_wrap() {
    let line = steps(&["%070d usage limit reached"]);
    let fleet = Fleet::new(&agent("a", PATTERNS, &line));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    let unit = fleet.wait_for_unit("a", "a limit", |unit| unit["state"] == "limited");
    assert_eq!(unit["restarts"], 0);
    let lines = screen(&fleet, "a")["lines"].clone();
    assert_eq!(lines[1], "it reached", "{lines}");
}

#[test]
fn an_agent_without_patterns_is_unknown_and_has_a_screen_all_the_same() {
    let fleet = Fleet::new(&agent("a", "", &steps(&["esc to interrupt"])));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    wait_until("its screen", || {
        screen(&fleet, "a")["lines"][0] == "esc to interrupt"
    });
    assert_eq!(fleet.unit("a")["state"], "unknown");
}

#[test]
fn the_footer_of_a_footer_ui_is_its_last_ten_rows_and_its_output_counts_for_log_grace() {
    let keys = format!("{PATTERNS}\nfooter_ui = true\nlog_grace = 2");
    let line = steps(&[
        "esc to interrupt",
        "\\033[24;1Hesc to interrupt",
        "\\r\\033[2K",
    ]);
    let fleet = Fleet::new(&agent("a", &keys, &line));
    fleet.ok(&["up"]);
    let events = fleet.follow();
    let state = |to: &'static str| {
        events.wait_for(to, move |event| {
            event["kind"] == "state" && event["to"] == to
        })
    };
    state("idle");
    go(&fleet, 0);
    assert_eq!(
        state("working")["signal"],
        "log_grace",
        "not by a row at the top"
    );
    state("idle");
    go(&fleet, 1);
    // Both signals come with the same output; the better one counts.
    assert_eq!(state("working")["signal"], "active_re");
    go(&fleet, 2);
    state("idle");
}

#[test]
fn a_screen_is_that_of_tmux_from_its_start_and_after_each_resize() {
    let line =
        "stty -echo; printf '%0200d\\n' 7; printf '\\033]2;a title\\033\\\\日本 e\\314\\201'";
    let fleet = Fleet::new(&agent("a", "", line));
    fleet.ok(&["up"]);
    wait_until("its title", || screen(&fleet, "a")["title"] == "a title");
    for size in [(80, 24), (50, 10), (131, 40), (7, 3)] {
        let (cols, rows) = (size.0.to_string(), size.1.to_string());
        fleet.tmux(&["resize-window", "-t", "=t-a:", "-x", &cols, "-y", &rows]);
        wait_until("the screen of the new size", || {
            let text = fleet.ok(&["screen", "a"]).out;
            text == captured(&fleet, "t-a") && text.lines().count() == size.1
        });
        let asked = fleet.tmux(&["display", "-p", "-t", "=t-a:", "#{cursor_x},#{cursor_y}"]);
        let document = screen(&fleet, "a");
        let cursor = format!("{},{}\n", document["cursor"][0], document["cursor"][1]);
        assert_eq!(cursor, asked, "at {size:?}");
        assert_eq!(
            (&document["cols"], &document["rows"]),
            (&size.0.into(), &size.1.into())
        );
    }
}

#[test]
fn the_main_screen_that_a_resize_wrapped_anew_behind_the_alternate_one_is_known_when_it_returns() {
    let line = steps(&["%0100d\\n\\033[?1049hin the alternate", "\\033[?1049lback"]);
    let fleet = Fleet::new(&agent("a", "", &line));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    wait_until("the alternate screen", || {
        screen(&fleet, "a")["alternate"] == true
    });
    fleet.tmux(&["resize-window", "-t", "=t-a:", "-x", "30", "-y", "12"]);
    wait_until("the new size", || screen(&fleet, "a")["cols"] == 30);
    go(&fleet, 1);
    wait_until("the main screen", || {
        let text = fleet.ok(&["screen", "a"]).out;
        text.contains("back") && text == captured(&fleet, "t-a")
    });
}

#[test]
fn a_new_watchdog_knows_the_screens_of_what_it_finds_running() {
    let line = steps(&[
        "in the \\033[?1049halternate\\n\\033]2;t\\007usage limit reached",
        "!",
    ]);
    let fleet = Fleet::new(&agent("a", PATTERNS, &line));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "a limit", |unit| unit["state"] == "limited");
    fleet.ok(&["down", "watchdog"]);
    fleet.ok(&["up", "watchdog"]);
    fleet.wait_for_unit("a", "the limit again", |unit| unit["state"] == "limited");
    let document = screen(&fleet, "a");
    assert_eq!(
        (&document["alternate"], &document["title"]),
        (&true.into(), &"t".into())
    );
    go(&fleet, 1);
    wait_until("what came after", || {
        let text = fleet.ok(&["screen", "a"]).out;
        text.contains("reached!") && text == captured(&fleet, "t-a")
    });
}

#[test]
fn a_screen_can_be_asked_of_tmux_itself() {
    let fleet = Fleet::new(&agent("a", PATTERNS, &steps(&["usage limit reached"])));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "a limit", |unit| unit["state"] == "limited");
    assert_eq!(
        fleet.ok(&["screen", "a", "--confirm"]).out,
        fleet.ok(&["screen", "a"]).out
    );
}

#[test]
fn an_edit_of_a_pattern_counts_at_once_and_a_bad_one_leaves_the_old_in_force() {
    let line = steps(&["usage limit reached"]);
    let fleet = Fleet::new(&agent("a", PATTERNS, &line));
    fleet.ok(&["up"]);
    go(&fleet, 0);
    fleet.wait_for_unit("a", "a limit", |unit| unit["state"] == "limited");

    fleet.configure(&agent("a", "limit_re = '(unclosed'", &line));
    let status = || fleet.status()["watchdog"]["config_error"].clone();
    wait_until("the mistake", || {
        status().as_str().is_some_and(|e| e.contains("limit_re"))
    });
    assert_eq!(fleet.unit("a")["state"], "limited");

    for (key, state) in [("fatal_re", "fatal"), ("active_re", "working")] {
        fleet.configure(&agent("a", &format!("{key} = 'usage limit'"), &line));
        fleet.wait_for_unit("a", "the new pattern", |unit| unit["state"] == state);
    }
}

#[test]
fn who_has_no_screen_is_told_so() {
    let fleet = Fleet::new(&agent("a", "", "true"));
    let nobody = fleet.ao(&["screen", "a"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(
        nobody.err.contains("no watchdog") && nobody.err.contains("hint: "),
        "{nobody:?}"
    );
    fleet.ok(&["up"]);
    fleet.ok(&["down", "a"]);
    let down = fleet.ao(&["screen", "a"]);
    assert_eq!(down.code, 1);
    assert!(
        down.err.contains("does not run") && down.err.contains("hint: "),
        "{down:?}"
    );
    assert_eq!(fleet.ao(&["screen", "b"]).code, 2);
    assert_eq!(fleet.ao(&["screen", "watchdog"]).code, 1);
}

#[test]
fn another_backends_program_in_the_pane_is_a_remark() {
    let other = "\n[backend.other]\nbin = \"x\"\nprocess_name = \"cat\"\n";
    let fleet = Fleet::new(&(agent("a", "process_name = 'claude'", "true") + other));
    fleet.ok(&["up"]);
    let remark = |unit: &Value| unit["remarks"].to_string().contains("runs cat, not claude");
    fleet.wait_for_unit("a", "a remark", remark);
    // A program that no backend names is no mistake.
    fleet.configure(&agent("a", "process_name = 'claude'", "true"));
    fleet.wait_for_unit("a", "no remark", |unit| !remark(unit));
}

#[test]
fn a_pattern_that_takes_too_long_is_told_once_and_counts_as_not_matching() {
    // A repetition within a repetition, which only an engine that turns back can search.
    let keys = "limit_re = '(?<!a)(?:a|aa)+\\b(?=!)'\nfatal_re = 'aaaa'";
    let line = steps(&[
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "more",
    ]);
    let fleet = Fleet::new(&agent("a", keys, &line));
    fleet.ok(&["up"]);
    let events = fleet.follow();
    go(&fleet, 0);
    let told = events.wait_for("a note", |event| {
        event["kind"] == "told" && event["text"].to_string().contains("limit_re")
    });
    assert_eq!(told["agent"], "a");
    fleet.wait_for_unit("a", "the next pattern", |unit| unit["state"] == "fatal");
}
