//! Edits of a config while its fleet runs, and names and settings that try to break out.

use crate::fleet_rig::{
    Fleet, is_alive, is_running, kill, script, sleeper, wait_for_text, wait_until,
};

#[test]
fn a_bad_edit_leaves_the_old_config_in_force_and_is_told() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let events = fleet.follow();
    fleet.configure("[[agent]\nname = \"a\"\n");
    let told = events.wait_for("the refusal", |event| event["kind"] == "config");
    assert_eq!(told["accepted"], false);
    assert!(
        told["text"]
            .as_str()
            .is_some_and(|text| text.contains("agents.toml:")),
        "{told}"
    );
    let status = fleet.status();
    assert!(
        status["watchdog"]["config_error"]
            .as_str()
            .is_some_and(|text| text.contains(':')),
        "{status:#}"
    );
    let old = fleet.pid("a");
    kill(old);
    fleet.wait_for_other_pid("a", old);

    fleet.configure(&(sleeper("a") + &sleeper("b")));
    events.wait_for("the next good one", |event| {
        event["kind"] == "config" && event["accepted"] == true
    });
    assert!(fleet.status()["watchdog"]["config_error"].is_null());
    fleet.wait_for_unit("b", "the added one runs", is_running);
}

#[test]
fn an_added_agent_is_started_and_a_removed_one_goes_on() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    let b = fleet.pid("b");
    fleet.configure(&(sleeper("a") + &sleeper("c")));
    fleet.wait_for_unit("c", "the added one runs", is_running);
    assert!(is_alive(b), "a removed agent was ended");
    let status = fleet.status().to_string();
    assert!(
        status.contains("\"b\""),
        "what still runs is reported: {status}"
    );
}

#[test]
fn an_edited_agent_is_stale_until_it_is_restarted() {
    let config =
        |word: &str| script("a", &format!("echo {word} >>words; exec sleep 1000")) + &sleeper("b");
    let fleet = Fleet::new(&config("one"));
    fleet.ok(&["up"]);
    let (a, b) = (fleet.pid("a"), fleet.pid("b"));
    assert_eq!(fleet.unit("a")["stale"], false);

    fleet.configure(&config("two"));
    fleet.wait_for_unit("a", "it is stale", |unit| unit["stale"] == true);
    assert_eq!(fleet.unit("b")["stale"], false);
    assert_eq!(fleet.pid("a"), a, "an edit restarts nothing");

    fleet.ok(&["restart", "a"]);
    fleet.wait_for_other_pid("a", a);
    assert_eq!(fleet.unit("a")["stale"], false);
    assert_eq!(fleet.pid("b"), b);
    wait_until("the new line ran", || fleet.read("words") == "one\ntwo\n");
}

#[test]
fn hostile_names_and_directories_come_up_literally_or_are_refused() {
    let names = [
        "#(touch ran)",
        "#S",
        "%Y-%m-%d",
        "it's",
        "say \"hi\"",
        "a; touch ran",
        "$(touch ran)",
        "=equal",
        "@at",
        "100%",
        "dot.ted",
        "co:lon",
        "spa ce",
        "sl/ash",
        "ünïcödé",
        "--force",
        "{model}",
    ];
    let agents: String = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let quoted = serde_json::to_string(name).expect("JSON, and so a TOML string");
            format!("[[agent]]\nname = {quoted}\ndir = \"dirs {n} #(touch ran) %Y\"\n")
        })
        .collect();
    let fleet = Fleet::new(&agents);
    let check = fleet.ao(&["check"]);
    let up = fleet.ao(&["up"]);
    assert_eq!((check.code, up.code), (0, 0), "{check:?} {up:?}");
    for (n, name) in names.iter().enumerate() {
        let unit = fleet.wait_for_unit(name, "it runs", is_running);
        let pid = unit["pid"].as_i64().expect("a pid");
        let dir = std::fs::read_link(format!("/proc/{pid}/cwd")).expect("a directory");
        assert_eq!(
            dir,
            fleet.path(&format!("dirs {n} #(touch ran) %Y")),
            "{name}"
        );
    }
    let again = fleet.ok(&["up"]);
    assert!(!again.err.contains("error"), "{again:?}");
    for (n, _) in names.iter().enumerate() {
        assert!(
            !fleet
                .path(&format!("dirs {n} #(touch ran) %Y/ran"))
                .exists()
        );
    }
    assert!(
        !fleet.path("ran").exists() && !fleet.path("home/ran").exists(),
        "something ran"
    );
    fleet.ok(&["down"]);
    fleet.wait_until_nothing_is_left();
}

#[test]
fn names_that_cannot_be_are_refused_with_the_reason() {
    for name in [
        "new\\nline",
        "tab\\t",
        "\\u0000",
        "back\\\\slash",
        "watchdog",
        "",
    ] {
        let fleet = Fleet::new(&format!(
            "[[agent]]\nname = \"{name}\"\n{}",
            sleeper("good")
        ));
        let up = fleet.ao(&["up"]);
        assert_ne!(up.code, 0, "{name:?}: {up:?}");
        assert!(up.err.contains("agents.toml:"), "{name:?}: {up:?}");
    }
}

#[test]
fn a_hostile_tmux_configuration_breaks_nothing() {
    let fleet =
        Fleet::new(&(sleeper("a") + &script("says", "echo hello from the agent; exec sleep 1000")));
    fleet.write(
        "tmux.conf",
        "set -g remain-on-exit on\n\
         set -g destroy-unattached on\n\
         set -g base-index 5\n\
         set -g pane-base-index 3\n\
         set -g default-command 'exit 3'\n\
         set -g renumber-windows on\n\
         set -g history-limit 0\n\
         set -g window-size smallest\n\
         set -g detach-on-destroy off\n\
         set -g set-titles on\n\
         set -g automatic-rename-format '#(touch ran)'\n\
         set -s command-alias[50] new-session='kill-server'\n\
         set -s command-alias[51] list-panes='display-message oops'\n\
         set-hook -g after-new-session 'display-message -p hooked'\n\
         set-hook -g session-created 'display-message -p hooked'\n",
    );
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-says.log"), "hello from the agent");
    // Somebody's short command must not take unattached sessions along.
    fleet.tmux(&["list-sessions"]);
    for name in ["a", "says"] {
        let old = fleet.pid(name);
        kill(old);
        fleet.wait_for_other_pid(name, old);
    }
    fleet.ok(&["down"]);
    wait_until("nothing of the fleet is left", || {
        !fleet
            .tmux(&["list-sessions", "-F", "#{session_name}"])
            .contains("t-")
    });
}

#[test]
fn two_fleets_of_one_prefix_on_one_server_do_not_mix() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let a = fleet.pid("a");
    let text = fleet
        .read("agents.toml")
        .replace("\"logs\"", "\"other-logs\"");
    fleet.write("other.toml", &text);
    let other = fleet.ao(&["--config", "other.toml", "up"]);
    assert_ne!(other.code, 0, "{other:?}");
    assert!(other.err.contains("t-"), "{other:?}");
    assert_eq!(fleet.pid("a"), a);
}

#[test]
fn who_edits_and_asks_at_once_means_the_edit() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    for n in 0..4 {
        let name = format!("new{n}");
        fleet.configure(&(sleeper("a") + &script(&name, &format!("exec sleep 10{n}"))));
        fleet.ok(&["restart", &name]);
        assert!(is_running(&fleet.unit(&name)));
    }
}

#[test]
fn a_prefix_that_changed_is_owned_up_to_by_up() {
    let fleet = Fleet::new(&sleeper("a"));
    fleet.ok(&["up"]);
    let text = fleet.read("agents.toml").replace("\"t-\"", "\"other-\"");
    fleet.write("agents.toml", &text);
    let up = fleet.ok(&["up"]);
    assert!(up.err.contains("session_prefix cannot change"), "{up:?}");
    assert!(up.err.contains("hint: "), "{up:?}");
}
