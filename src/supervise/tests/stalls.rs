//! Silence: how long it may last, what counts as silence, and what is done then.

use jiff::SignedDuration;

use super::play::{at, screen};
use super::*;
use crate::detect;

fn watched(name: &str) -> UnitSpec {
    UnitSpec {
        care: Care::HealAndStall,
        ..spec(name)
    }
}

/// An agent that has just fallen silent.
fn silent() -> Play {
    let (mut play, _) = Play::running_as(watched("a"));
    play.is("a", Showing::Working);
    play.pass(60);
    play.is("a", Showing::Idle);
    play
}

fn waiting(marker: &str) -> detect::Fact {
    let rows = [marker];
    detect::Fact {
        waiting: detect::waiting_in(rows.into_iter(), false),
        ..screen(Showing::Idle)
    }
}

/// Its silence is confirmed, if that is asked for; whether it is started anew.
fn confirmed(play: &mut Play, fact: detect::Fact) -> bool {
    if play.looks().is_empty() {
        return false;
    }
    play.looked(fact);
    !play.starts().is_empty()
}

// 92.
#[test]
fn an_agent_that_is_silent_for_stall_idle_is_started_anew() {
    let mut play = silent();
    play.pass(299);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"], "it is looked at once more first");
    play.looked(screen(Showing::Idle));
    assert_eq!(play.starts(), ["a"]);
    assert!(
        matches!(play.causes()[..], [Cause::Stalled(Stall::Silent(span))] if span.as_secs() == 300),
        "{:?}",
        play.causes()
    );
}

// 93.
#[test]
fn a_stall_is_told_with_how_long_it_was_silent_or_what_it_waited_for() {
    let mut play = silent();
    play.pass(300);
    play.looked(screen(Showing::Idle));
    assert!(
        play.announced(|fact| matches!(fact, Fact::Stalled { stall, .. }
            if stall.to_string() == "it showed no activity for 5 min"))
    );
    let mut play = silent();
    let marker = "WAITING-UNTIL: 2026-06-13T12:30:00Z";
    play.shows("a", waiting(marker));
    play.pass(3600);
    play.looked(waiting(marker));
    assert!(
        play.announced(|fact| matches!(fact, Fact::Stalled { stall, .. }
            if stall.to_string().contains("2026-06-13T12:30:00Z")))
    );
}

// 88.
#[test]
fn activity_ends_silence() {
    let mut play = silent();
    play.pass(290);
    play.is("a", Showing::Working);
    play.is("a", Showing::Idle);
    play.pass(299);
    assert!(play.looks().is_empty());
}

// 87.
#[test]
fn a_new_process_begins_with_no_silence() {
    let mut play = silent();
    play.pass(290);
    let at = play.where_is("a");
    play.dies("a", at, Some(1));
    play.start_works("a");
    play.is("a", Showing::Idle);
    play.pass(299);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
}

// 87, 92.
#[test]
fn a_silence_after_a_restart_counts_from_that_restart() {
    let mut play = silent();
    play.pass(300);
    play.looked(screen(Showing::Idle));
    play.start_works("a");
    play.is("a", Showing::Idle);
    play.pass(299);
    assert!(play.looks().is_empty());
}

#[test]
fn repaints_without_activity_do_not_end_silence() {
    let mut play = silent();
    for second in 0..299 {
        play.pass(1);
        let fact = detect::Fact {
            rows: vec![format!("00:{second}")],
            ..screen(Showing::Idle)
        };
        play.shows("a", fact);
    }
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
}

// 85, 88.
#[test]
fn an_agent_that_works_is_limited_or_needs_a_person_never_stalls() {
    for state in [Showing::Working, Showing::NeedsPerson, Showing::Login] {
        let mut play = silent();
        play.is("a", state);
        play.pass(24 * 3600);
        assert!(play.looks().is_empty(), "{state:?}");
    }
}

// 95.
#[test]
fn only_agents_that_are_watched_for_stalls_stall() {
    let (mut play, _) = Play::running("a");
    play.is("a", Showing::Idle);
    play.pass(24 * 3600);
    assert!(play.looks().is_empty());
}

// 89 [B], better: silence goes on while the watchdog is restarted.
#[test]
fn silence_goes_on_over_a_restart_of_the_watchdog() {
    let mut play = silent();
    play.pass(200);
    play.next_watchdog();
    play.is("a", Showing::Idle);
    play.pass(99);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
}

#[test]
fn what_happened_while_the_watchdog_was_long_away_is_not_called_silence() {
    let mut play = silent();
    play.pass(200);
    let running = play.what_runs();
    play.kill_watchdog();
    play.mono += Duration::from_secs(3600);
    play.configured();
    play.connected(running);
    play.is("a", Showing::Idle);
    assert!(play.looks().is_empty());
    play.pass(90);
    assert!(play.looks().is_empty());
    play.pass(60);
    assert_eq!(play.looks(), ["a"]);
}

#[test]
fn a_clock_that_is_set_makes_no_silence_longer_or_shorter() {
    for hours in [-5, 5] {
        let mut play = silent();
        play.set_clock(SignedDuration::from_hours(hours));
        play.pass(299);
        assert!(play.looks().is_empty());
        play.pass(1);
        assert_eq!(play.looks(), ["a"]);
    }
}

#[test]
fn a_stall_that_tmux_does_not_confirm_restarts_nothing() {
    let mut play = silent();
    play.pass(300);
    play.looked(screen(Showing::Working));
    assert!(play.starts().is_empty());
    play.pass(24 * 3600);
    assert!(play.looks().is_empty(), "it works, as far as anyone knows");
}

#[test]
fn a_look_that_fails_is_taken_again() {
    let mut play = silent();
    play.pass(300);
    play.look_fails();
    assert!(play.starts().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
}

// 91.
#[test]
fn an_agent_that_says_until_when_it_waits_is_left_alone_until_then_and_a_grace() {
    let mut play = silent();
    let marker = "WAITING-UNTIL: 2026-06-13T14:00:00Z";
    play.shows("a", waiting(marker));
    play.pass(2 * 3600 - 60 + 179);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert!(confirmed(&mut play, waiting(marker)), "and no longer");
    let until = at("2026-06-13T14:00:00Z");
    assert_eq!(play.causes(), [&Cause::Stalled(Stall::Overslept(until))]);
}

// 90, 91.
#[test]
fn a_marker_without_a_zone_is_meant_on_the_watchdogs_clock() {
    let (mut play, _) = Play::running_as(watched("a"));
    play.policy.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    play.configured();
    let marker = "WAITING-UNTIL: 2026-06-13T15:00:00";
    play.shows("a", waiting(marker));
    play.pass(3600 + 179);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert_eq!(play.looks(), ["a"]);
}

// 90.
#[test]
fn a_marker_that_cannot_be_read_counts_as_none() {
    let mut play = silent();
    play.shows("a", waiting("WAITING-UNTIL: soon"));
    play.pass(300);
    assert_eq!(play.looks(), ["a"]);
}

// 91 [B], better: what lies too far ahead is held to the most that may be, and told.
#[test]
fn a_far_marker_holds_for_a_day_at_most_and_is_told() {
    let mut play = silent();
    let marker = "WAITING-UNTIL: 2030-01-01T10:00:00Z";
    play.shows("a", waiting(marker));
    assert!(
        play.announced(|fact| matches!(fact, Fact::WaitsTooLong { held_to, .. }
            if *held_to == at("2026-06-14T12:01:00Z")))
    );
    play.pass(24 * 3600 + 179);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert!(confirmed(&mut play, waiting(marker)));
}

#[test]
fn a_marker_that_is_still_shown_after_a_restart_of_the_watchdog_holds_no_longer() {
    let mut play = silent();
    let marker = "WAITING-UNTIL: 2030-01-01T10:00:00Z";
    for _ in 0..30 {
        play.shows("a", waiting(marker));
        play.pass(3600);
        if !play.looks().is_empty() {
            return;
        }
        play.next_watchdog();
    }
    panic!("each watchdog gave it a day");
}

#[test]
fn a_suspend_does_not_make_a_waiting_agent_late_before_it_could_wake() {
    let mut play = silent();
    let marker = "WAITING-UNTIL: 2026-06-13T14:00:00Z";
    play.shows("a", waiting(marker));
    play.set_clock(SignedDuration::from_hours(8));
    assert!(play.looks().is_empty(), "it has only just come back");
    play.pass(179);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert!(confirmed(&mut play, waiting(marker)));
}

// 94 [B], better: where no pattern tells activity, all output counts.
#[test]
fn an_agent_whose_backend_shows_no_activity_is_judged_by_its_output() {
    let (mut play, _) = Play::running_as(UnitSpec {
        shows_activity: false,
        ..watched("a")
    });
    play.pass(300);
    assert_eq!(play.looks(), ["a"]);
    let written = play.mono - Duration::from_secs(20);
    play.saw(screen(Showing::Unknown), Some(written), None);
    assert!(play.starts().is_empty());
    play.pass(279);
    assert!(play.looks().is_empty());
    play.pass(1);
    play.saw(screen(Showing::Unknown), Some(written), None);
    assert_eq!(play.starts(), ["a"], "silent since it last wrote");
}

#[test]
fn stall_action_nudge_speaks_to_it_once_and_then_starts_it_anew() {
    let (mut play, _) = Play::running_as(UnitSpec {
        stall_action: StallAction::Nudge,
        ..watched("a")
    });
    play.is("a", Showing::Idle);
    play.pass(300);
    assert!(!confirmed(&mut play, screen(Showing::Idle)));
    assert_eq!(play.types(), [("a", Purpose::Nudge)]);
    assert!(play.words()[0].starts_with("watchdog ping: "));
    play.typed("a", Receipt::Landed);
    play.pass(299);
    assert!(play.looks().is_empty());
    play.pass(1);
    assert!(confirmed(&mut play, screen(Showing::Idle)));
}

#[test]
fn an_agent_that_worked_after_a_nudge_is_nudged_again() {
    let (mut play, _) = Play::running_as(UnitSpec {
        stall_action: StallAction::Nudge,
        ..watched("a")
    });
    for _ in 0..3 {
        play.is("a", Showing::Idle);
        play.pass(300);
        assert!(!confirmed(&mut play, screen(Showing::Idle)));
        assert_eq!(play.types(), [("a", Purpose::Nudge)]);
        play.typed("a", Receipt::Landed);
        play.is("a", Showing::Working);
    }
}

#[test]
fn stall_action_tell_tells_once_and_leaves_it_alone() {
    let (mut play, _) = Play::running_as(UnitSpec {
        stall_action: StallAction::Tell,
        ..watched("a")
    });
    play.is("a", Showing::Idle);
    play.pass(300);
    assert!(!confirmed(&mut play, screen(Showing::Idle)));
    assert!(play.announced(|fact| matches!(fact, Fact::Stalled { .. })));
    play.pass(24 * 3600);
    assert!(play.looks().is_empty() && play.types().is_empty());
    play.is("a", Showing::Working);
    play.is("a", Showing::Idle);
    play.pass(300);
    assert_eq!(play.looks(), ["a"], "another stall is another thing");
}

// 96 [B], better: stalls have a budget too.
#[test]
fn an_agent_that_stalls_over_and_over_fails_for_good_and_runs_on() {
    let (mut play, _) = Play::running_as(UnitSpec {
        stall_idle: Duration::from_secs(10),
        ..watched("a")
    });
    let mut restarts = 0;
    for _ in 0..100 {
        play.is("a", Showing::Idle);
        play.pass(60);
        if play.looks().is_empty() {
            break;
        }
        if confirmed(&mut play, screen(Showing::Idle)) {
            restarts += 1;
            play.start_works("a");
        }
    }
    assert_eq!(restarts, 5);
    assert!(play.unit("a").latched().is_some());
    assert_eq!(play.state("a"), Judgement::Running(Showing::Idle));
}

#[test]
fn an_edited_stall_idle_counts_at_once() {
    let mut play = silent();
    play.pass(100);
    play.configure(vec![UnitSpec {
        stall_idle: Duration::from_secs(60),
        ..watched("a")
    }]);
    assert_eq!(play.looks(), ["a"]);
}
