//! Usage limits: waited out, probed, and never a reason to end anything.

use super::play::{at, limit, name, screen};
use super::*;
use crate::detect;

const BANNER: &str = "You've hit your limit · resets 3pm";

pub(super) fn limited() -> Play {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit(BANNER));
    play
}

/// What is written into the files of holds.
fn files(play: &Play) -> Vec<(&str, Option<HoldFile>)> {
    let files = play.actions.iter().filter_map(|action| match action {
        Action::WriteHold { unit, hold } => Some((unit.as_str(), *hold)),
        _ => None,
    });
    files.collect()
}

pub(super) fn until(play: &Play) -> Timestamp {
    let hold = play.hold("a").expect("it is held");
    hold.until.expect("it has an end")
}

/// The probe that is being typed lands and does not help.
pub(super) fn probe_in_vain(play: &mut Play) {
    play.typed("a", Receipt::Landed);
    play.pass(30);
}

// 74, 75, 76.
#[test]
fn a_limit_is_held_until_the_reset_that_the_banner_names_and_a_slack() {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit(BANNER));
    assert_eq!(until(&play), at("2026-06-13T15:00:45Z"));
    assert!(play.announced(
        |fact| matches!(fact, Fact::Hold { source: Source::Banner(words), rows, .. }
            if words.contains("3pm") && rows == &[BANNER])
    ));
    let file = HoldFile {
        until: at("2026-06-13T15:00:45Z"),
        probes: 0,
    };
    assert_eq!(files(&play), [("a", Some(file))]);
    assert_eq!(play.actions.first(), Some(&Action::Remember));
}

// 75, 76.
#[test]
fn a_bare_time_more_than_six_hours_ahead_is_a_guess() {
    for (words, source) in [
        ("resets 5:59pm", false),
        ("resets 6:01pm", true),
        ("resets 11am", true),
        ("limit reached", true),
    ] {
        let (mut play, _) = Play::running("a");
        play.shows("a", limit(words));
        let hold = play.hold("a").unwrap();
        assert_eq!(hold.source == Source::Guess, source, "{words}");
        if source {
            let expected = Some(at("2026-06-13T12:05:00Z"));
            assert_eq!(hold.until, expected, "{words}");
        }
    }
}

// 84 [B], better: a date or a zone is understood, and leaves no doubt up to eight days.
#[test]
fn a_date_or_a_zone_is_believed_up_to_eight_days_ahead() {
    for (words, end) in [
        ("resets Jun 20, 10pm", Some("2026-06-20T22:00:45Z")),
        ("resets 3am (UTC)", Some("2026-06-14T03:00:45Z")),
        ("resets Jun 22, 10pm", None),
    ] {
        let (mut play, _) = Play::running("a");
        play.shows("a", limit(words));
        let hold = play.hold("a").unwrap();
        match end {
            Some(end) => assert_eq!(hold.until, Some(at(end)), "{words}"),
            None => assert_eq!(hold.source, Source::Guess, "{words}"),
        }
    }
}

// 77.
#[test]
fn a_limit_is_over_as_soon_as_the_agent_works() {
    let mut play = limited();
    play.is("a", Showing::Working);
    assert!(play.hold("a").is_none());
    assert!(play.announced(|fact| matches!(fact, Fact::Lifted { .. })));
    assert_eq!(files(&play), [("a", None)]);
}

// 77.
#[test]
fn a_limit_is_over_once_it_has_not_been_shown_for_a_while() {
    let mut play = limited();
    play.is("a", Showing::Idle);
    assert!(play.hold("a").is_some(), "it may be repainted in a moment");
    play.shows("a", limit(BANNER));
    play.pass(60);
    assert!(play.hold("a").is_some());
    play.is("a", Showing::Idle);
    play.pass(10);
    assert!(play.hold("a").is_none());
    assert_eq!(files(&play), [("a", None)]);
}

// 78.
#[test]
fn before_its_end_nothing_is_sent_and_nothing_said() {
    let mut play = limited();
    // It has run well for so long that its restarts are forgiven.
    play.pass(600);
    play.pass(3 * 3600 - 600);
    assert_eq!(play.actions, []);
}

// 79.
#[test]
fn at_its_end_the_agent_is_asked_whether_it_can_go_on() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
    assert!(play.announced(|fact| matches!(fact, Fact::Probe { number: 1, .. })));
}

// 79 [B], better: what a probe left on the screen does not keep the next ones from being sent.
#[test]
fn a_probe_that_stays_on_the_screen_keeps_no_other_from_being_sent() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    let receipt = Receipt::Unconfirmed("its text is still shown".to_owned());
    play.typed("a", receipt);
    play.pass(30 + 300);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

// 80.
#[test]
fn a_probe_that_helps_ends_the_hold() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    play.typed("a", Receipt::Landed);
    play.is("a", Showing::Working);
    assert!(play.hold("a").is_none());
    play.pass(24 * 3600);
    assert_eq!(play.types(), []);
}

// 80.
#[test]
fn after_a_probe_in_vain_the_end_is_worked_out_anew() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    play.shows("a", limit("resets 5pm"));
    probe_in_vain(&mut play);
    assert_eq!(until(&play), at("2026-06-13T17:00:45Z"));
    assert_eq!(play.hold("a").unwrap().probes, 1);
}

// 80, 81.
#[test]
fn without_a_time_probes_are_five_minutes_apart_and_then_twice_as_long_each_up_to_thirty() {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit("limit reached"));
    for minutes in [5, 10, 20, 30, 30] {
        play.pass(minutes * 60 - 1);
        assert_eq!(play.types(), [], "{minutes} minutes");
        play.pass(1);
        assert_eq!(play.types(), [("a", Purpose::Probe)], "{minutes} minutes");
        probe_in_vain(&mut play);
    }
}

// 80.
#[test]
fn after_the_end_that_a_banner_named_probes_begin_five_minutes_apart() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    for minutes in [5, 10, 20, 30] {
        probe_in_vain(&mut play);
        play.pass(minutes * 60 - 1);
        assert_eq!(play.types(), [], "{minutes} minutes");
        play.pass(1);
        assert_eq!(play.types(), [("a", Purpose::Probe)], "{minutes} minutes");
    }
}

// 81.
#[test]
fn the_third_probe_in_vain_is_told_and_one_more_each_day_and_nothing_is_ever_ended() {
    let (mut play, _) = Play::running("a");
    play.shows("a", limit("limit reached"));
    let mut told = vec![];
    for number in 1..=150 {
        play.pass(3600);
        assert!(play.starts().is_empty() && play.ended().is_empty());
        if play.types().is_empty() {
            continue;
        }
        play.typed("a", Receipt::Landed);
        play.pass(60);
        let still = play.facts().find_map(|fact| match fact {
            Fact::StillLimited { probes, .. } => Some(*probes),
            _ => None,
        });
        told.extend(still.map(|probes| (number, probes)));
    }
    assert_eq!(told.first().map(|(_, probes)| *probes), Some(3));
    assert_eq!(told.len(), 7, "{told:?}");
    for pair in told.windows(2) {
        assert!((24..=26).contains(&(pair[1].0 - pair[0].0)), "{told:?}");
    }
}

// 82.
#[test]
fn a_probe_begins_as_prompts_expect_and_speaks_to_loops_of_their_loop() {
    for (resident, word) in [(true, "status"), (false, "loop")] {
        let (mut play, _) = Play::running_as(UnitSpec {
            resident_voice: resident,
            ..spec("a")
        });
        play.shows("a", limit(BANNER));
        play.pass(3 * 3600 + 45);
        let words = play.words();
        assert!(words[0].starts_with("watchdog probe: "), "{words:?}");
        assert!(words[0].contains(word), "{words:?}");
    }
}

// 85, 99.
#[test]
fn while_it_is_held_neither_silence_nor_another_program_ends_it() {
    let (mut play, (_, pid)) = Play::running_as(UnitSpec {
        care: Care::HealAndStall,
        ..spec("a")
    });
    play.shows("a", limit("resets Jun 15, 10pm"));
    play.tell(Input::Runs {
        unit: name("a"),
        pid,
        foreign: Some(Foreign {
            runs: "codex".to_owned(),
            expected: "claude".to_owned(),
        }),
    });
    assert!(play.looks().is_empty());
    play.pass(24 * 3600);
    assert!(play.looks().is_empty() && play.starts().is_empty());
}

// 85, 86: a dead one is started when the hold ends, whatever its `watch` says.
#[test]
fn a_dead_agent_on_hold_is_started_when_the_hold_ends() {
    for care in [Care::Heal, Care::HealAndStall] {
        let (mut play, _) = Play::running_as(UnitSpec { care, ..spec("a") });
        play.shows("a", limit(BANNER));
        play.dies_for_good("a", Some(1));
        play.pass(3 * 3600);
        assert!(play.starts().is_empty(), "{:?}", play.actions);
        play.pass(45);
        assert_eq!(play.starts(), ["a"]);
        assert_eq!(play.causes(), [&Cause::LimitOver]);
        assert!(play.hold("a").is_none());
    }
}

// 85, 128.
#[test]
fn a_persons_word_starts_a_dead_agent_on_hold_at_once_and_that_ends_the_hold() {
    for ask in [
        Ask::Up(Some(vec![name("a")])),
        Ask::Restart(vec![name("a")]),
    ] {
        let mut play = limited();
        play.dies_for_good("a", Some(1));
        play.ask(ask);
        assert_eq!(play.starts(), ["a"]);
        play.start_works("a");
        assert!(play.hold("a").is_none(), "it has shown nothing yet");
    }
}

// 85.
#[test]
fn a_limit_costs_no_restart_of_the_budget() {
    let mut play = limited();
    play.dies_for_good("a", Some(1));
    play.pass(4 * 3600);
    play.start_works("a");
    assert_eq!(play.unit("a").budget().in_a_row(), 0);
}

#[test]
fn a_hold_survives_a_restart_of_the_watchdog() {
    let mut play = limited();
    play.next_watchdog();
    assert_eq!(until(&play), at("2026-06-13T15:00:45Z"));
    play.shows("a", limit(BANNER));
    assert_eq!(until(&play), at("2026-06-13T15:00:45Z"));
    assert!(!play.announced(|fact| matches!(fact, Fact::Hold { .. })));
    play.pass(3 * 3600);
    assert_eq!(play.types(), []);
    play.pass(45);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

#[test]
fn an_agent_that_died_on_hold_stays_so_over_a_restart_of_the_watchdog() {
    let mut play = limited();
    play.dies_for_good("a", Some(1));
    play.next_watchdog();
    play.pass(3 * 3600);
    assert!(play.starts().is_empty());
    play.pass(45);
    assert_eq!(play.starts(), ["a"]);
}

#[test]
fn a_probe_that_a_killed_watchdog_may_have_sent_is_not_sent_again_at_once() {
    let mut play = limited();
    play.pass(3 * 3600 + 45);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
    play.next_watchdog();
    play.shows("a", limit(BANNER));
    play.pass(299);
    assert_eq!(play.types(), []);
    play.pass(1);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

// 31.
#[test]
fn an_edit_of_the_holds_file_counts_at_once() {
    let mut play = limited();
    let edited = HoldFile {
        until: at("2026-06-13T18:00:00Z"),
        probes: 0,
    };
    play.tell(Input::HoldFile {
        unit: name("a"),
        hold: Some(edited),
    });
    assert_eq!(until(&play), edited.until);
    play.pass(6 * 3600 - 1);
    assert_eq!(play.types(), []);
    play.pass(1);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

// 31, 77.
#[test]
fn whoever_removes_the_holds_file_has_the_agent_asked_at_once() {
    let mut play = limited();
    play.tell(Input::HoldFile {
        unit: name("a"),
        hold: None,
    });
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

// 31, 74.
#[test]
fn a_hold_of_the_predecessor_is_taken_over() {
    let (mut play, _) = Play::running("a");
    play.tell(Input::HoldFile {
        unit: name("a"),
        hold: Some(HoldFile {
            until: at("2026-06-13T14:00:00Z"),
            probes: 2,
        }),
    });
    play.shows("a", limit("limit reached"));
    assert_eq!(until(&play), at("2026-06-13T14:00:00Z"));
    play.pass(2 * 3600);
    assert!(play.announced(|fact| matches!(fact, Fact::Probe { number: 3, .. })));
}

#[test]
fn an_agent_that_goes_on_by_itself_is_left_alone_for_a_while_after_the_reset() {
    let (mut play, _) = Play::running("a");
    let mut fact = limit(BANNER);
    fact.limit.as_mut().unwrap().resumes_itself = true;
    play.shows("a", fact);
    play.pass(3 * 3600 + 45 + 599);
    assert_eq!(play.types(), []);
    play.pass(1);
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

#[test]
fn a_hold_does_not_end_early_or_hours_late_when_the_clock_is_set() {
    use jiff::SignedDuration;
    let (mut play, _) = Play::running("a");
    play.shows("a", limit("limit reached"));
    play.set_clock(SignedDuration::from_hours(-3));
    play.pass(300);
    assert_eq!(
        play.types(),
        [("a", Purpose::Probe)],
        "a guess is an interval"
    );
    let mut play = limited();
    play.set_clock(SignedDuration::from_hours(-1));
    assert_eq!(until(&play), at("2026-06-13T15:00:45Z"), "a date is a date");
    play.set_clock(SignedDuration::from_hours(5));
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}

// 74: the banner of a limit that an agent only talks about is hidden by its work.
#[test]
fn an_agent_that_works_is_not_limited() {
    let (mut play, _) = Play::running("a");
    play.shows(
        "a",
        detect::Fact {
            rows: vec![BANNER.to_owned()],
            ..screen(Showing::Working)
        },
    );
    assert!(play.hold("a").is_none());
}

#[test]
fn a_paused_agent_is_not_probed_before_it_is_looked_after_again() {
    let mut play = limited();
    play.ask(Ask::Pause(Some(vec![name("a")])));
    play.pass(4 * 3600);
    assert_eq!(play.types(), []);
    play.ask(Ask::Resume(Some(vec![name("a")])));
    assert_eq!(play.types(), [("a", Purpose::Probe)]);
}
