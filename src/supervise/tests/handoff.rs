//! Work that agents hand to each other over a git remote, and texts that wait for them.

use super::play::{limit, looped, name};
use super::*;

const SUBJECTS: &str = "claim: gate 3";

fn handoff() -> HandoffSpec {
    HandoffSpec {
        place: "repo origin main".to_owned(),
        claim_pings: name("adversary"),
        review_pings: name("builder"),
        inboxes: [
            Some("machine-docs/to-adversary.md".to_owned()),
            Some("machine-docs/to-builder.md".to_owned()),
        ],
    }
}

/// Two loop agents that run and are idle, and a hand-off between them.
fn pair() -> Play {
    let mut play = Play::of(FleetSpec {
        units: vec![looped("builder"), looped("adversary")],
        handoff: Some(handoff()),
        ..FleetSpec::default()
    });
    play.ask(Ask::Up(None));
    for unit in ["builder", "adversary"] {
        play.start_works(unit);
    }
    for unit in ["builder", "adversary"] {
        play.is(unit, Showing::Idle);
    }
    play
}

/// A pair whose remote was looked at once.
fn known() -> Play {
    let mut play = pair();
    play.fetched(Ok(remote("1")));
    play
}

fn remote(head: &str) -> Remote {
    Remote {
        head: head.to_owned(),
        ..Remote::default()
    }
}

fn claim(head: &str) -> Remote {
    Remote {
        claims: vec![SUBJECTS.to_owned()],
        ..remote(head)
    }
}

fn review(head: &str) -> Remote {
    Remote {
        reviews: vec!["review: gate 3 fails".to_owned()],
        ..remote(head)
    }
}

fn inbox(head: &str, digest: &str) -> Remote {
    Remote {
        inboxes: [None, Some(digest.to_owned())],
        ..remote(head)
    }
}

/// The remote is looked at when it is time, and has this.
fn next_look(play: &mut Play, remote: Remote) {
    play.pass(30);
    play.fetched(Ok(remote));
}

fn fetches(play: &Play) -> Vec<Option<&str>> {
    let fetches = play.actions.iter().filter_map(|action| match action {
        Action::Fetch { since, .. } => Some(since.as_deref()),
        _ => None,
    });
    fetches.collect()
}

// 105.
#[test]
fn the_remote_is_looked_at_each_signal_interval_one_look_at_a_time() {
    let mut play = known();
    play.pass(29);
    assert_eq!(fetches(&play), [] as [Option<&str>; 0]);
    play.pass(1);
    assert_eq!(fetches(&play), [Some("1")]);
    play.pass(3600);
    assert_eq!(
        fetches(&play),
        [] as [Option<&str>; 0],
        "one that hangs is enough"
    );
}

// 104, 105 [B], better: after the sequence is complete nothing is looked at any more.
#[test]
fn nothing_is_looked_at_without_loop_agents_or_after_the_end() {
    let none: [Option<&str>; 0] = [];
    let mut play = Play::of(FleetSpec {
        units: vec![spec("a")],
        handoff: Some(handoff()),
        ..FleetSpec::default()
    });
    play.ask(Ask::Up(None));
    play.pass(3600);
    assert_eq!(fetches(&play), none);
    let mut play = known();
    play.spec.sequence = Some(SequenceSpec {
        phases: vec!["one".to_owned()],
        ..SequenceSpec::default()
    });
    play.configured();
    play.tell(Input::Sequence(SequenceFiles {
        complete: true,
        ..SequenceFiles::default()
    }));
    play.pass(3600);
    assert_eq!(fetches(&play), none);
}

// 106.
#[test]
fn the_first_commit_that_is_seen_is_only_remembered() {
    let mut play = pair();
    play.fetched(Ok(claim("1")));
    assert_eq!(play.types(), []);
    assert_eq!(play.fleet.memory().handoff.head.as_deref(), Some("1"));
}

// 106.
#[test]
fn a_claim_is_told_to_whom_claims_concern_and_a_review_to_the_other() {
    let mut play = known();
    next_look(&mut play, claim("2"));
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
    let words = &play.words()[0];
    assert!(words.starts_with("watchdog ping: ") && words.contains("CLAIM"));
    assert!(
        play.announced(|fact| matches!(fact, Fact::Handoff { unit, subjects, .. }
            if unit.as_str() == "adversary" && subjects == &[SUBJECTS]))
    );
    play.typed("adversary", Receipt::Landed);
    next_look(&mut play, review("3"));
    assert_eq!(play.types(), [("builder", Purpose::Ping)]);
    assert!(play.words()[0].starts_with("watchdog ping: "));
}

// 106.
#[test]
fn a_push_with_both_is_told_to_both() {
    let mut play = known();
    let both = Remote {
        reviews: review("2").reviews,
        ..claim("2")
    };
    next_look(&mut play, both);
    assert_eq!(
        play.types(),
        [("adversary", Purpose::Ping), ("builder", Purpose::Ping)]
    );
}

// 106, 110.
#[test]
fn commits_that_are_neither_are_told_to_nobody() {
    let mut play = known();
    next_look(&mut play, remote("2"));
    assert_eq!(play.types(), []);
}

// 107.
#[test]
fn an_inbox_is_told_once_for_each_content_with_its_path_and_that_it_is_to_be_deleted() {
    let mut play = known();
    next_look(&mut play, inbox("2", "x"));
    assert_eq!(play.types(), [("builder", Purpose::Ping)]);
    let words = &play.words()[0];
    assert!(words.starts_with("watchdog ping: "), "{words}");
    assert!(words.contains("machine-docs/to-builder.md") && words.contains("delete"));
    play.typed("builder", Receipt::Landed);
    next_look(&mut play, inbox("3", "x"));
    assert_eq!(play.types(), []);
    next_look(&mut play, inbox("4", "y"));
    assert_eq!(play.types(), [("builder", Purpose::Ping)]);
}

// 107.
#[test]
fn an_inbox_that_was_deleted_and_written_again_is_told_again() {
    let mut play = known();
    next_look(&mut play, inbox("2", "x"));
    play.typed("builder", Receipt::Landed);
    next_look(&mut play, remote("3"));
    assert_eq!(play.types(), []);
    next_look(&mut play, inbox("4", "x"));
    assert_eq!(play.types(), [("builder", Purpose::Ping)]);
}

// 107: the first look tells of inboxes that lie there.
#[test]
fn an_inbox_that_lies_there_from_the_start_is_told() {
    let mut play = pair();
    play.fetched(Ok(inbox("1", "x")));
    assert_eq!(play.types(), [("builder", Purpose::Ping)]);
}

// 108 [B], better: a restart of the watchdog neither misses a commit nor tells an inbox again.
#[test]
fn what_was_pushed_while_no_watchdog_ran_is_told_and_nothing_is_told_twice() {
    let mut play = known();
    next_look(&mut play, inbox("2", "x"));
    play.typed("builder", Receipt::Landed);
    play.next_watchdog();
    play.is("builder", Showing::Idle);
    play.is("adversary", Showing::Idle);
    let mut found = claim("3");
    found.inboxes = inbox("3", "x").inboxes;
    play.fetched(Ok(found));
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

#[test]
fn another_remote_or_branch_begins_anew() {
    let mut play = known();
    play.spec.handoff.as_mut().unwrap().place = "repo origin other".to_owned();
    play.configured();
    // The look that is under way is at the branch before.
    if !fetches(&play).is_empty() {
        play.fetched(Ok(claim("9")));
    }
    play.pass(30);
    play.fetched(Ok(claim("9")));
    assert_eq!(play.types(), []);
    assert_eq!(play.fleet.memory().handoff.place, "repo origin other");
}

// 109 [B], better: a ping to a dead agent waits until it can land.
#[test]
fn a_ping_to_a_dead_agent_waits_for_it() {
    let mut play = known();
    let at = play.where_is("adversary");
    play.dies("adversary", at, Some(1));
    next_look(&mut play, claim("2"));
    assert_eq!(play.types(), []);
    play.start_works("adversary");
    assert_eq!(play.types(), [], "it has to come up first");
    play.is("adversary", Showing::Idle);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

// 109 [B], better: nor is one typed into what an agent does, or lost to a limit.
#[test]
fn a_ping_to_a_busy_or_limited_agent_waits_for_it() {
    let mut play = known();
    play.is("adversary", Showing::Working);
    next_look(&mut play, claim("2"));
    assert_eq!(play.types(), []);
    play.shows("adversary", limit("resets 3pm"));
    play.pass(3600);
    assert_eq!(play.types(), []);
    play.is("adversary", Showing::Working);
    play.is("adversary", Showing::Idle);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

#[test]
fn pings_that_wait_survive_a_restart_of_the_watchdog() {
    let mut play = known();
    play.is("adversary", Showing::Working);
    next_look(&mut play, claim("2"));
    play.next_watchdog();
    play.is("adversary", Showing::Idle);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

#[test]
fn equal_pings_that_wait_are_one() {
    let mut play = known();
    play.is("adversary", Showing::Working);
    for head in ["2", "3", "4"] {
        next_look(&mut play, claim(head));
    }
    assert_eq!(play.unit("adversary").letters(), 1);
    play.is("adversary", Showing::Idle);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
    play.typed("adversary", Receipt::Landed);
    assert_eq!(play.types(), []);
}

#[test]
fn of_too_many_pings_that_wait_the_oldest_is_dropped_and_told() {
    let mut play = known();
    play.is("builder", Showing::Working);
    for number in 0..12 {
        let path = format!("inbox-{number}.md");
        play.spec.handoff.as_mut().unwrap().inboxes[1] = Some(path);
        play.configured();
        next_look(
            &mut play,
            inbox(&format!("head {number}"), &number.to_string()),
        );
        assert_eq!(
            play.announced(|fact| matches!(
                fact,
                Fact::Post {
                    post: Post::Dropped,
                    ..
                }
            )),
            number >= 10
        );
    }
    assert_eq!(play.unit("builder").letters(), 10);
}

#[test]
fn a_claim_that_comes_while_the_last_one_is_typed_is_told_after_it() {
    let mut play = known();
    next_look(&mut play, claim("2"));
    next_look(&mut play, claim("3"));
    assert_eq!(play.types(), []);
    play.typed("adversary", Receipt::Landed);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

// 105 [B], better: a remote that does not answer delays nothing and is asked less often.
#[test]
fn a_remote_that_fails_is_told_once_asked_less_often_and_told_when_it_is_back() {
    let mut play = known();
    let mut told = 0;
    for wait in [30, 30, 60, 120, 240, 300, 300] {
        play.pass(wait - 1);
        assert_eq!(fetches(&play).len(), 0, "{wait}");
        play.pass(1);
        assert_eq!(fetches(&play).len(), 1, "{wait}");
        play.fetched(Err("no route".to_owned()));
        let troubles = play
            .facts()
            .filter(|fact| matches!(fact, Fact::Trouble { .. }));
        told += troubles.count();
    }
    assert_eq!(told, 1);
    play.pass(300);
    play.fetched(Ok(claim("2")));
    assert!(play.announced(|fact| matches!(fact, Fact::Trouble { reason: None, .. })));
    assert_eq!(
        play.types(),
        [("adversary", Purpose::Ping)],
        "late, not lost"
    );
}

// 122 [B], better: nothing waits for the remote.
#[test]
fn a_death_is_healed_while_a_look_at_the_remote_is_under_way() {
    let mut play = known();
    play.pass(30);
    assert_eq!(fetches(&play).len(), 1);
    let at = play.where_is("builder");
    play.dies("builder", at, Some(1));
    assert_eq!(play.starts(), ["builder"]);
}

// 108: a phase that begins does not make old work news.
#[test]
fn a_target_that_nobody_wants_keeps_its_pings() {
    let mut play = known();
    play.down("adversary");
    play.ends();
    next_look(&mut play, claim("2"));
    assert_eq!(play.types(), []);
    play.up(&["adversary"]);
    play.start_works("adversary");
    play.is("adversary", Showing::Idle);
    assert_eq!(play.types(), [("adversary", Purpose::Ping)]);
}

// 111: what a commit says is told as it is; escaping is for whoever shows it.
#[test]
fn subjects_are_carried_and_never_typed() {
    let mut play = known();
    let mut found = claim("2");
    found.claims = vec!["claim: \u{1b}[2J".to_owned()];
    next_look(&mut play, found);
    assert!(!play.words()[0].contains('\u{1b}'));
}
