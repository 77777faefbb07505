//! `up`, `down` and `restart`: what they want, what they end, and what they exit with.

use crate::fleet_rig::{
    Fleet, is_alive, is_running, kill, run, script, sleeper, wait_for_text, wait_until,
};

#[test]
fn up_with_a_name_wants_no_other() {
    let fleet = Fleet::new(
        &(sleeper("a") + &sleeper("b") + "\n[[agent]]\nname = \"off\"\nenabled = false\n"),
    );
    fleet.ok(&["up", "a", "off"]);
    assert!(is_running(&fleet.unit("a")));
    assert!(
        is_running(&fleet.unit("off")),
        "a disabled one may be asked for"
    );
    let b = fleet.unit("b");
    assert_eq!(
        (&b["state"], &b["wanted"]),
        (&"stopped".into(), &serde_json::Value::Null)
    );

    let a = fleet.pid("a");
    fleet.ok(&["up"]);
    assert!(is_running(&fleet.unit("b")));
    assert_eq!(fleet.pid("a"), a, "what runs is left as it is");
}

#[test]
fn up_without_names_starts_all_that_is_enabled_and_all_services() {
    let fleet = Fleet::new(
        &(sleeper("a")
            + "\n[[agent]]\nname = \"off\"\nenabled = false\n\
               [[service]]\nname = \"web\"\ncommand = \"exec sleep 1000\"\n"),
    );
    fleet.ok(&["up"]);
    assert!(is_running(&fleet.unit("a")));
    assert!(is_running(&fleet.unit("web")));
    let off = fleet.unit("off");
    assert_eq!(
        (&off["state"], &off["enabled"]),
        (&"stopped".into(), &false.into())
    );
}

#[test]
fn an_unknown_name_is_an_error_that_lists_the_known_and_does_nothing() {
    let fleet = Fleet::new(&(sleeper("alpha") + &sleeper("beta")));
    for verb in ["up", "down", "restart"] {
        let run = fleet.ao(&[verb, "alpha", "gamma"]);
        assert_ne!(run.code, 0, "{verb}");
        for name in ["gamma", "alpha", "beta"] {
            assert!(run.err.contains(name), "{verb}: {run:?}");
        }
        assert_eq!(run.out, "", "messages go to stderr");
    }
    assert_eq!(fleet.unit("alpha")["state"], "stopped", "all or nothing");
}

#[test]
fn down_ends_everything_and_the_watchdog_last() {
    let fleet = Fleet::new(
        &(sleeper("a")
            + "\n[[service]]\nname = \"web\"\ncommand = \"exec sleep 1000\"\nwatch = \"heal\"\n"),
    );
    fleet.ok(&["up"]);
    let pids = [fleet.pid("a"), fleet.pid("web"), fleet.watchdog()];
    fleet.ok(&["down"]);
    for pid in pids {
        assert!(!is_alive(pid), "down returned before it was gone");
    }
    fleet.wait_until_nothing_is_left();
    assert_eq!(fleet.status()["watchdog"]["running"], false);
    fleet.ok(&["down"]);
}

#[test]
fn down_without_a_watchdog_does_the_same_work() {
    let fleet = Fleet::new(&(sleeper("a") + &sleeper("b")));
    fleet.ok(&["up"]);
    fleet.ok(&["down", "watchdog"]);
    let (a, b) = (fleet.pid("a"), fleet.pid("b"));
    fleet.ok(&["down", "a"]);
    assert!(!is_alive(a) && is_alive(b));
    assert_eq!(fleet.unit("a")["wanted"], "down");
    fleet.ok(&["down"]);
    assert!(!is_alive(b));
    fleet.wait_until_nothing_is_left();
}

#[test]
fn down_asks_then_insists_then_forces_and_says_whom() {
    let fleet = Fleet::new(
        &(sleeper("meek")
            + &script(
                "deaf",
                "trap '' HUP; echo up >deaf.up; while :; do sleep 0.2; done",
            )
            + &script(
                "stone",
                "trap '' HUP TERM; echo up >stone.up; while :; do sleep 0.2; done",
            )),
    );
    fleet.ok(&["up"]);
    for name in ["deaf.up", "stone.up"] {
        wait_for_text(&fleet.path(name), "up");
    }
    let pids = ["meek", "deaf", "stone"].map(|name| fleet.pid(name));
    let down = fleet.ok(&["down"]);
    for pid in pids {
        assert!(!is_alive(pid), "{down:?}");
    }
    assert!(
        down.err.contains("deaf") && down.err.contains("stone"),
        "{down:?}"
    );
    assert!(!down.err.contains("meek"), "{down:?}");
}

#[test]
fn down_ends_what_an_agent_left_in_its_terminal() {
    let line = "(trap '' HUP; exec sleep 1001) & echo $! >child; exec sleep 1002";
    let fleet = Fleet::new(&script("parent", line));
    fleet.ok(&["up"]);
    wait_until("the child is there", || {
        !fleet.read("child").trim().is_empty()
    });
    let child = fleet.read("child").trim().parse().expect("a pid");
    assert!(is_alive(child));
    fleet.ok(&["down", "parent"]);
    assert!(
        !is_alive(child),
        "a child that ignores HUP outlived its agent"
    );
}

#[test]
fn restart_ends_the_old_process_before_the_new_one_starts() {
    let line = "if mkdir alone; then trap 'rmdir alone; exit' HUP TERM; \
                while :; do sleep 0.05; done; else echo two >two; fi";
    let fleet = Fleet::new(&script("one", line));
    fleet.ok(&["up"]);
    let old = fleet.pid("one");
    wait_until("it is alone", || fleet.path("alone").exists());
    fleet.ok(&["restart", "one"]);
    assert!(!is_alive(old));
    fleet.wait_for_other_pid("one", old);
    assert!(!fleet.path("two").exists(), "two of one agent");
}

#[test]
fn restart_checks_before_it_ends_anything() {
    let agent = "[[agent]]\nname = \"a\"\nprompt_file = \"prompt.txt\"\n";
    let fleet = Fleet::new(agent);
    fleet.write("prompt.txt", "do it");
    fleet.ok(&["up"]);
    let old = fleet.pid("a");
    std::fs::remove_file(fleet.path("prompt.txt")).expect("the prompt file");
    let restart = fleet.ao(&["restart", "a"]);
    assert_eq!(restart.code, 1, "{restart:?}");
    assert!(restart.err.contains("prompt.txt"), "{restart:?}");
    assert!(is_alive(old), "the agent was killed for nothing");
    assert_eq!(fleet.pid("a"), old);
}

#[test]
fn one_bad_agent_does_not_keep_the_others_from_coming_up() {
    let fleet = Fleet::new(
        &("[[agent]]\nname = \"bad\"\nbackend = \"nowhere\"\n".to_owned()
            + "[[agent]]\nname = \"lost\"\nprompt_file = \"missing.txt\"\n"
            + &sleeper("good")),
    );
    let up = fleet.ao(&["up"]);
    assert_eq!(up.code, 1, "{up:?}");
    assert!(
        up.err.contains("nowhere") && up.err.contains("missing.txt"),
        "{up:?}"
    );
    assert!(is_running(&fleet.unit("good")));
    assert!(!is_running(&fleet.unit("bad")) && !is_running(&fleet.unit("lost")));
    assert!(
        fleet.status()["watchdog"]["running"]
            .as_bool()
            .expect("a flag")
    );
}

#[test]
fn a_config_that_does_not_parse_is_exit_2_with_its_place() {
    let fleet = Fleet::empty();
    fleet.write("agents.toml", "[defaults]\nsession_prefix = t-\n");
    for verb in ["up", "down", "status", "check", "watchdog"] {
        let run = fleet.ao(&[verb]);
        assert_eq!(run.code, 2, "{verb}: {run:?}");
        assert!(run.err.contains("agents.toml:2:"), "{verb}: {run:?}");
    }
    fleet.wait_until_nothing_is_left();
}

#[test]
fn a_missing_tmux_is_told_with_the_line_that_installs_it() {
    let fleet = Fleet::new(&sleeper("a"));
    let bin = fleet.path("bin");
    std::fs::create_dir(&bin).expect("a directory");
    std::os::unix::fs::symlink("/bin/sh", bin.join("sh")).expect("a link");
    let mut up = fleet.ao_command(&["up"]);
    up.env("PATH", &bin);
    let up = run(up);
    assert_eq!(up.code, 1, "{up:?}");
    assert!(
        up.err.contains("tmux") && up.err.contains("hint:"),
        "{up:?}"
    );
    fleet.wait_until_nothing_is_left();
}

#[test]
fn overrides_count_for_one_call() {
    let fleet = Fleet::new(
        "[backend.show]\nprompt_delivery = \"exec\"\nbin = \"echo {model} >>models; exec sleep 1000\"\n\
         [[agent]]\nname = \"a\"\nbackend = \"show\"\nmodel = \"usual\"\n",
    );
    let mut up = fleet.ao_command(&["up"]);
    up.env("AGENT_MODEL_a", "special");
    assert_eq!(run(up).code, 0);
    wait_until("the first model", || {
        fleet.read("models").starts_with("special\n")
    });

    let old = fleet.pid("a");
    kill(old);
    fleet.wait_for_other_pid("a", old);
    wait_until("the second model", || {
        fleet.read("models") == "special\nusual\n"
    });
    for environment in fleet
        .processes()
        .iter()
        .map(|(pid, _)| std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default())
    {
        let text = String::from_utf8_lossy(&environment).into_owned();
        assert!(!text.contains("AGENT_MODEL_a"), "the override leaked");
    }
}

#[test]
fn verbs_that_read_write_nothing_and_start_no_server() {
    let fleet = Fleet::new(&sleeper("a"));
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["check"],
        &["events"],
        &["logs", "a"],
        &["attach", "a"],
    ] {
        fleet.ao(arguments);
    }
    fleet.wait_until_nothing_is_left();
    let mut names: Vec<_> = std::fs::read_dir(fleet.path("."))
        .expect("the directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["agents.toml", "home", "run", "tmux.conf"]);
    assert_eq!(
        std::fs::read_dir(fleet.path("run")).expect("run").count(),
        0
    );
}
