//! A proof that cannot fail proves nothing: each rule is broken on purpose, and the ordinary nights
//! have to notice.

use ao::supervise::Mutant;

use crate::check::Rule;
use crate::nights::{NIGHTS, story};
use crate::world::World;

/// Plays the ordinary nights with a broken supervisor until one notices, by one of these rules.
#[track_caller]
fn is_caught(mutant: Mutant, by: &[Rule]) {
    for seed in 1..=NIGHTS {
        let mut world = World::new(seed, Some(mutant), false);
        world.play();
        let Some(violation) = world.violation else {
            continue;
        };
        println!(
            "seed {seed} catches {mutant:?}: {:?}: {}",
            violation.rule, violation.what
        );
        assert!(
            by.contains(&violation.rule),
            "{}",
            story(seed, Some(mutant))
        );
        return;
    }
    panic!("none of {NIGHTS} nights catches {mutant:?}");
}

#[test]
fn a_start_of_a_limited_agent_is_caught() {
    is_caught(Mutant::StartsTheLimited, &[Rule::LimitedIsNotRestarted]);
}

#[test]
fn healing_what_nobody_wants_is_caught() {
    is_caught(Mutant::HealsTheUnwanted, &[Rule::UnwantedIsNotStarted]);
}

#[test]
fn a_wish_that_a_crash_loses_is_caught() {
    is_caught(
        Mutant::ForgetsWishes,
        &[Rule::UnwantedIsNotStarted, Rule::TheIllAreHealed],
    );
}

#[test]
fn a_ping_that_is_sent_twice_is_caught() {
    is_caught(Mutant::PingsTwice, &[Rule::NothingIsSentTwice]);
}

#[test]
fn a_fatal_screen_that_nobody_acts_upon_is_caught() {
    is_caught(Mutant::LeavesTheFatal, &[Rule::TheIllAreHealed]);
}

#[test]
fn restarts_without_end_are_caught() {
    is_caught(Mutant::SpendsWithoutEnd, &[Rule::BudgetsHold]);
}

#[test]
fn a_restart_that_nobody_is_told_of_is_caught() {
    is_caught(Mutant::RestartsInSilence, &[Rule::EveryActIsTold]);
}

#[test]
fn two_of_one_agent_are_caught() {
    is_caught(Mutant::StartsTwins, &[Rule::NoTwins]);
}

#[test]
fn typing_into_a_dialog_is_caught() {
    is_caught(Mutant::TypesIntoDialogs, &[Rule::NothingIsTypedBlindly]);
}

#[test]
fn starting_all_at_once_is_caught() {
    is_caught(Mutant::StartsAllAtOnce, &[Rule::NotAllAtOnce]);
}

#[test]
fn acting_through_a_pause_is_caught() {
    is_caught(Mutant::ActsThroughPauses, &[Rule::PausedIsLeftAlone]);
}

#[test]
fn a_hold_that_a_crash_loses_is_caught() {
    is_caught(
        Mutant::ForgetsHolds,
        &[Rule::HoldsHold, Rule::LimitedIsNotRestarted],
    );
}

#[test]
fn a_hold_without_an_end_is_caught() {
    is_caught(Mutant::HoldsForEver, &[Rule::HoldsHold]);
}

#[test]
fn waking_too_often_is_caught() {
    is_caught(Mutant::WakesTooOften, &[Rule::WakesComeOnce]);
}

#[test]
fn a_phase_that_is_skipped_is_caught() {
    is_caught(Mutant::SkipsPhases, &[Rule::PhasesInOrder]);
}

#[test]
fn a_claim_that_nobody_hears_of_is_caught() {
    is_caught(Mutant::LosesClaims, &[Rule::WhatIsPushedIsTold]);
}

#[test]
fn an_answer_that_the_config_does_not_have_is_caught() {
    is_caught(Mutant::AnswersUnasked, &[Rule::DialogsAreAnswered]);
}

#[test]
fn an_answer_to_a_dialog_that_is_gone_is_caught() {
    is_caught(Mutant::AnswersTheGone, &[Rule::DialogsAreAnswered]);
}

#[test]
fn answers_without_end_are_caught() {
    is_caught(Mutant::AnswersWithoutEnd, &[Rule::DialogsAreAnswered]);
}

#[test]
fn a_full_conversation_that_is_taken_up_again_is_caught() {
    is_caught(Mutant::ResumesTheFull, &[Rule::TheFullBeginAnew]);
}

#[test]
fn a_probe_of_a_cap_is_caught() {
    is_caught(Mutant::ProbesTheCapped, &[Rule::HoldsHold]);
}

#[test]
fn a_machine_that_never_rests_is_caught() {
    is_caught(Mutant::NeverRests, &[Rule::NoBusyLoop]);
}
