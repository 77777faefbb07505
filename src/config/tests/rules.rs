//! The keys that the rules of the supervisor go by: restarts, stalls, accounts, the hand-off's
//! branch, ids of new conversations.

use std::num::NonZeroU32;
use std::time::Duration;

use super::*;
use crate::config::StallAction;

const LOOP: &str = "[[agent]]\nname = \"builder\"\nbackend = \"c\"\n\
                    [[agent]]\nname = \"adversary\"\nbackend = \"c\"\n[loop.handoff]\n";

fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[test]
fn the_watchdog_s_rules_have_defaults() {
    let watchdog = clean(BASICS).watchdog;
    assert_eq!(watchdog.max_starting, None);
    assert_eq!(
        (watchdog.restart_delay, watchdog.restart_delay_max),
        (Duration::from_secs(2), Duration::from_secs(300))
    );
    assert_eq!(
        (watchdog.healthy_after, watchdog.restart_window),
        (Duration::from_secs(600), Duration::from_secs(600))
    );
    assert_eq!(
        (watchdog.restarts_per_window, watchdog.restarts_per_day),
        (count(5), count(20))
    );
    assert_eq!(watchdog.waiting_max, Duration::from_secs(86400));
}

#[test]
fn the_watchdog_s_rules_are_as_written() {
    let watchdog = clean(&format!(
        "{BASICS}[watchdog]\nmax_starting = 1\nrestart_delay = 1\nrestart_delay_max = 1\n\
         healthy_after = 60\nrestart_window = 61\nrestarts_per_window = 1\n\
         restarts_per_day = 4294967295\nwaiting_max = 0\n"
    ))
    .watchdog;
    assert_eq!(watchdog.max_starting, Some(count(1)));
    assert_eq!(
        (watchdog.restart_delay, watchdog.restart_delay_max),
        (Duration::from_secs(1), Duration::from_secs(1))
    );
    assert_eq!(
        (watchdog.healthy_after, watchdog.restart_window),
        (Duration::from_secs(60), Duration::from_secs(61))
    );
    assert_eq!(
        (watchdog.restarts_per_window, watchdog.restarts_per_day),
        (count(1), count(u32::MAX))
    );
    assert_eq!(watchdog.waiting_max, Duration::ZERO);
}

#[test]
fn a_number_of_agents_or_restarts_is_whole_and_not_0() {
    for (written, expected) in [
        ("0", "error: `max_starting` must be a whole number from 1"),
        ("-1", "error: `max_starting` must be a whole number from 1"),
        ("1.5", "error: `max_starting` must be a whole number from 1"),
        ("nan", "error: `max_starting` must be a whole number from 1"),
        ("inf", "error: `max_starting` must be a whole number from 1"),
        (
            "4294967296",
            "error: `max_starting` must be a whole number from 1",
        ),
        (
            "true",
            "error: `max_starting` must be a number, and is true or false",
        ),
        (
            "\"ten\"",
            "error: `max_starting` must be a number, and is a text",
        ),
        (
            "\"3\"",
            "warning: `max_starting` is a text, where a number is meant",
        ),
    ] {
        let text = format!("{BASICS}[watchdog]\nmax_starting = {written}\n");
        only(&text, &format!("4:16 {expected}"), &Reach::Settings);
        let meant = fleet(&text).watchdog.max_starting;
        assert_eq!(meant, (written == "\"3\"").then(|| count(3)), "{written}");
    }
    let wrong = format!("{BASICS}[watchdog]\nrestarts_per_window = 0\nrestarts_per_day = 0\n");
    let watchdog = fleet(&wrong).watchdog;
    assert_eq!(
        (watchdog.restarts_per_window, watchdog.restarts_per_day),
        (count(5), count(20)),
        "a wrong number leaves the default"
    );
}

#[test]
fn the_longest_delay_is_never_less_than_the_first() {
    let text = format!("{BASICS}[watchdog]\nrestart_delay = 60\nrestart_delay_max = 30\n");
    let message = "5:21 warning: `restart_delay_max` is less than `restart_delay`, which is used";
    only(&text, message, &Reach::Settings);
    assert_eq!(
        fleet(&text).watchdog.restart_delay_max,
        Duration::from_secs(60)
    );
    let alone = clean(&format!("{BASICS}[watchdog]\nrestart_delay = 900\n"));
    assert_eq!(alone.watchdog.restart_delay_max, Duration::from_secs(900));
}

#[test]
fn no_restart_follows_another_without_a_wait() {
    let text = format!("{BASICS}[watchdog]\nrestart_delay = 0\n");
    only(
        &text,
        "4:17 warning: `restart_delay` is too short; 0.05 s is used",
        &Reach::Settings,
    );
}

#[test]
fn an_agent_inherits_its_account_and_what_is_done_when_it_stalls() {
    let fleet = clean(&format!(
        "{BASICS}defaults.account = \"team\"\ndefaults.stall_action = \"tell\"\n{BACKEND}\
         [[agent]]\nname = \"a\"\nbackend = \"c\"\n\
         [[agent]]\nname = \"b\"\nbackend = \"c\"\naccount = \"own\"\nstall_action = \"nudge\"\n\
         [[agent]]\nname = \"d\"\nbackend = \"c\"\naccount = \"\"\nstall_action = \"\"\n"
    ));
    let of = |name: &str| {
        let agent = fleet.agent(name).unwrap();
        let account = agent.account.as_ref().map(|account| account.as_str());
        (account, agent.stall_action)
    };
    assert_eq!(of("a"), (Some("team"), StallAction::Tell));
    assert_eq!(of("b"), (Some("own"), StallAction::Nudge));
    assert_eq!(of("d"), (None, StallAction::Restart), "empty unsets");
}

#[test]
fn a_wrong_account_or_stall_action_fails_its_agent() {
    for (wrong, expected) in [
        ("account = \" \"", "8:11 error: `account` is empty"),
        (
            "account = \"a\\u001bb\"",
            "8:11 error: `account` holds a control character (U+001B)",
        ),
        (
            "account = true",
            "8:11 error: `account` must be a text, and is true or false",
        ),
        (
            "stall_action = \"kill\"",
            "8:16 error: there is no stall_action \"kill\"",
        ),
    ] {
        let text = with(&format!(
            "[[agent]]\nname = \"a\"\nbackend = \"c\"\n{wrong}\n"
        ));
        only(&text, expected, &agent("a"));
    }
    let text = with("[[agent]]\nname = \"a\"\nbackend = \"c\"\nstall_action = \"restrt\"\n");
    assert_eq!(load(&text).diagnostics[0].hint, "did you mean \"restart\"?");
}

#[test]
fn the_hand_off_goes_by_main_of_origin_unless_told_otherwise() {
    let of = |keys: &str| {
        let handoff = clean(&with(&format!("{LOOP}repo = \".\"\n{keys}")))
            .loop_
            .unwrap()
            .handoff;
        let handoff = handoff.unwrap();
        (handoff.remote.to_string(), handoff.branch.to_string())
    };
    assert_eq!(of(""), ("origin".to_owned(), "main".to_owned()));
    let written = of("remote = \"up\"\nbranch = \"feat/x\"\n");
    assert_eq!(written, ("up".to_owned(), "feat/x".to_owned()));
}

#[test]
fn what_git_would_take_for_an_option_or_a_url_is_refused() {
    for (written, expected) in [
        (
            "branch = \"-x\"",
            "12:10 error: `branch` starts with `-`, as an option does",
        ),
        ("branch = \"a b\"", "12:10 error: `branch` holds ` `"),
        ("branch = \"a\\nb\"", "12:10 error: `branch` holds `\\n`"),
        ("branch = \"a:b\"", "12:10 error: `branch` holds `:`"),
        (
            "branch = \"a..b\"",
            "12:10 error: `branch` reads as an expression",
        ),
        (
            "remote = \"--upload-pack=x\"",
            "12:10 error: `remote` starts with `-`, as an option does",
        ),
        (
            "remote = \"git@host:repo\"",
            "12:10 error: `remote` holds `:`",
        ),
    ] {
        let text = with(&format!("{LOOP}{written}\n"));
        only(&text, expected, &Reach::Loop);
    }
}

#[test]
fn an_id_for_a_new_conversation_must_reach_the_program() {
    let with_flag = |keys: &str| {
        with(&format!(
            "[backend.d]\nbin = \"x\"\n{keys}[[agent]]\nname = \"a\"\nbackend = \"d\"\n"
        ))
    };
    let right = with_flag("supports_resume = true\nsession_id_flag = \"--session-id '{id}'\"\n");
    let flag = clean(&right)
        .agent("a")
        .unwrap()
        .backend
        .session_id_flag
        .clone();
    assert_eq!(flag.as_deref(), Some("--session-id '{id}'"));
    only(
        &with_flag("supports_resume = true\nsession_id_flag = \"--session\"\n"),
        "8:19 error: `session_id_flag` has no `{id}`",
        &agent("a"),
    );
    only(
        &with_flag("session_id_flag = \"--session-id {id}\"\n"),
        "7:19 warning: `session_id_flag` has no effect without `supports_resume`",
        &Reach::Settings,
    );
    assert_eq!(clean(&with("")).backends["c"].session_id_flag, None);
}

#[test]
fn a_flag_that_is_added_makes_an_agent_stale_and_a_rule_does_not() {
    let digest = |text: &str| fleet(text).agent("a").unwrap().digest(None);
    let config = |backend: &str, own: &str| {
        with(&format!(
            "[backend.d]\nbin = \"x\"\nsupports_resume = true\n{backend}\
             [[agent]]\nname = \"a\"\nbackend = \"d\"\n{own}"
        ))
    };
    let before = digest(&config("", ""));
    assert_ne!(
        digest(&config("session_id_flag = \"--id {id}\"\n", "")),
        before
    );
    let rules = "account = \"x\"\nstall_action = \"tell\"\n";
    assert_eq!(digest(&config("", rules)), before);
}

#[test]
fn a_marker_is_a_line_s_beginning_or_the_usual_one() {
    let of = |written: &str| {
        let loop_ = fleet(&with(&format!("[loop]\ndone_marker = {written}\n"))).loop_;
        loop_.map(|loop_| loop_.done_marker)
    };
    assert_eq!(of("\"STATUS: DONE\"").as_deref(), Some("STATUS: DONE"));
    assert_eq!(of("\"\"").as_deref(), Some("## DONE"));
    assert_eq!(of("\" \"").as_deref(), Some("## DONE"));
    only(
        &with("[loop]\ndone_marker = \"a\\nb\"\n"),
        "6:15 error: `done_marker` holds a control character (\\n)",
        &Reach::Loop,
    );
}
