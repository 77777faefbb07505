//! What is shared fails those who share it, and nobody else.

use super::*;

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
        (
            "[backend.d]\nbin = \"x\"\nfatal_re = 'a|(b'\n",
            "7:15 error: `fatal_re` is not a pattern: the group is not ended",
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
            "[loop.handoff]\nclaim_pings = \"l\"\nreview_pings = \"l\"\nreview_pattern = '*'\n",
            "16:19 error: `review_pattern` is not a pattern: nothing stands before `*` that could be \
             repeated",
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
