//! A watchdog that takes over from another.

use super::play::name;
use super::*;

/// An agent that is dead after so many restarts, with the next one planned.
fn in_trouble(restarts: u32) -> Play {
    let (mut play, mut at) = Play::running("a");
    for _ in 0..restarts {
        play.dies("a", at, Some(1));
        if play.starts().is_empty() {
            play.clears();
            play.wait_for_start();
        }
        at = play.start_works("a");
    }
    play.dies("a", at, Some(1));
    play.clears();
    play
}

// 96 [B], better: restarts are counted over restarts of the watchdog.
#[test]
fn a_new_watchdog_does_not_begin_with_fresh_restarts() {
    let mut play = in_trouble(3);
    play.next_watchdog();
    assert!(play.starts().is_empty(), "it waits as long as before");
    play.wait_for_start();
    assert!(play.unit("a").budget().in_a_row() >= 4);
}

#[test]
fn watchdogs_that_are_killed_over_and_over_give_no_agent_more_restarts() {
    let (mut play, _) = Play::running("a");
    let mut starts = 0;
    for _ in 0..30 {
        if play.unit("a").runs_in().is_some() {
            let at = play.where_is("a");
            play.dies("a", at, Some(1));
            if play
                .next_step()
                .is_some_and(|step| matches!(step, Action::Clear { .. }))
            {
                play.clears();
            }
        }
        for _ in 0..3 {
            play.pass(7);
            if let Some(Action::Start { .. } | Action::Replace { .. }) = play.next_step() {
                play.start_works("a");
                starts += 1;
            }
        }
        play.next_watchdog();
    }
    assert!(starts <= 5, "{starts}");
}

#[test]
fn what_failed_for_good_stays_so() {
    let (mut play, at) = Play::running("a");
    play.is("a", Showing::Login);
    play.dies("a", at, Some(1));
    play.clears();
    play.next_watchdog();
    play.pass(3600);
    assert!(play.starts().is_empty());
    assert!(play.unit("a").latched().is_some());
}

// 100 [B], better: what was sent away stays away.
#[test]
fn what_a_person_wants_outlives_the_watchdog() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.ask(Ask::Up(None));
    play.start_works("a");
    play.start_works("b");
    play.down("a");
    play.ends();
    play.next_watchdog();
    play.pass(3600);
    assert!(play.starts().is_empty());
}

#[test]
fn what_died_while_no_watchdog_ran_is_started() {
    let (mut play, _) = Play::running("a");
    play.kill_watchdog();
    play.configured();
    play.connected(vec![]);
    assert_eq!(play.ended(), ["a"], "what may be left of it goes first");
    play.ends();
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn after_a_restart_of_the_machine_all_that_is_wanted_comes_up_with_fresh_restarts() {
    let play = in_trouble(3);
    let mut memory = play.fleet.memory();
    memory.came_back("another boot");
    let mut next = Play::unconnected(vec![spec("a")], memory);
    next.connected(vec![]);
    assert_eq!(next.starts(), ["a"]);
}

#[test]
fn a_watchdog_that_knows_nothing_adopts_what_runs_and_starts_nothing_unasked() {
    let mut play = Play::unconnected(vec![spec("a"), spec("b")], Memory::default());
    play.connected(vec![Seen {
        unit: name("a"),
        pane: PaneId(5),
        pid: 50,
        marked: true,
        stale: false,
    }]);
    assert!(play.starts().is_empty());
    assert_eq!(play.state("a"), Judgement::Running(Showing::Unknown));
}

#[test]
fn a_start_that_was_under_way_when_the_watchdog_died_is_not_made_twice() {
    let mut play = Play::new(vec![spec("a")]);
    play.up(&["a"]);
    play.kill_watchdog();
    play.configured();
    play.connected(vec![Seen {
        unit: name("a"),
        pane: PaneId(5),
        pid: 50,
        marked: true,
        stale: false,
    }]);
    assert!(play.starts().is_empty());
    assert_eq!(play.where_is("a"), (PaneId(5), 50));
}

#[test]
fn an_end_that_was_under_way_when_the_watchdog_died_is_gone_on_with() {
    let (mut play, at) = Play::running("a");
    play.down("a");
    play.kill_watchdog();
    play.configured();
    play.connected(vec![Seen {
        unit: name("a"),
        pane: at.0,
        pid: at.1,
        marked: true,
        stale: false,
    }]);
    assert_eq!(play.ended(), ["a"], "a person sent it away");
}

// 18: a wish of a name that the config lost for a moment is kept.
#[test]
fn a_config_that_loses_a_name_for_a_while_loses_no_word_about_it() {
    let mut play = Play::new(vec![spec("a"), spec("b")]);
    play.ask(Ask::Up(None));
    play.start_works("a");
    play.start_works("b");
    play.down("b");
    play.ends();
    play.configure(vec![spec("a")]);
    play.next_watchdog();
    play.configure(vec![spec("a"), spec("b")]);
    assert!(play.starts().is_empty());
}

#[test]
fn all_that_is_remembered_says_the_same_when_it_is_read_again() {
    let mut play = in_trouble(2);
    play.ask(Ask::Pause(None));
    let memory = play.fleet.memory();
    let text = serde_json::to_string(&memory).unwrap();
    assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
}
