//! Many failures at once: one incident, one that goes first, and the rest one after the other.

use super::play::{name, screen};
use super::*;

/// A watched fleet of so many, all of which run.
fn fleet(size: usize) -> (Play, Vec<String>) {
    let units: Vec<String> = (0..size).map(|number| format!("a{number}")).collect();
    let mut play = Play::new(units.iter().map(|unit| spec(unit)).collect());
    play.ask(Ask::Up(None));
    for unit in &units {
        play.start_works(unit);
    }
    for unit in &units {
        play.is(unit, Showing::Working);
    }
    (play, units)
}

/// These die, each a second after the other, and those that are started at once stay.
fn die(play: &mut Play, units: &[String]) -> bool {
    let mut storm = false;
    for unit in units {
        let at = play.where_is(unit);
        play.dies(unit, at, Some(1));
        storm |= play.announced(|fact| matches!(fact, Fact::Storm { .. }));
        match play.next_step() {
            Some(Action::Clear { .. }) => play.clears(),
            _ if play.starts().is_empty() => {}
            _ => {
                play.start_works(unit);
            }
        }
        storm |= play.announced(|fact| matches!(fact, Fact::Storm { .. }));
    }
    storm
}

fn canary(play: &Play) -> Option<String> {
    play.facts().find_map(|fact| match fact {
        Fact::Canary { unit } => Some(unit.as_str().to_owned()),
        _ => None,
    })
}

/// Waits until a canary is started; who it is.
fn wait_for_canary(play: &mut Play) -> String {
    for _ in 0..100 {
        if let Some(canary) = canary(play) {
            return canary;
        }
        let next = play.fleet.next_deadline().expect("a canary is due");
        play.mono = play.mono.max(next);
        play.tell(Input::Tick);
    }
    panic!("nobody goes first");
}

#[test]
fn a_third_of_the_fleet_that_fails_within_a_minute_is_one_incident() {
    let (mut play, units) = fleet(12);
    assert!(!die(&mut play, &units[..3]), "three of twelve are no third");
    assert!(die(&mut play, &units[3..4]));
}

#[test]
fn fewer_than_three_are_no_incident_however_small_the_fleet() {
    let (mut play, units) = fleet(3);
    assert!(!die(&mut play, &units[..2]));
}

#[test]
fn failures_that_lie_more_than_a_minute_apart_are_no_incident() {
    let (mut play, units) = fleet(6);
    for unit in &units {
        assert!(!die(&mut play, std::slice::from_ref(unit)));
        play.pass(61);
    }
}

#[test]
fn one_that_fails_over_and_over_is_no_incident() {
    let (mut play, units) = fleet(3);
    for _ in 0..4 {
        assert!(!die(&mut play, &units[..1]));
        if play.unit(&units[0]).runs_in().is_none() {
            play.wait_for_start();
            play.start_works(&units[0]);
        }
    }
}

#[test]
fn in_an_incident_one_goes_first_and_the_others_follow_once_it_lives() {
    let (mut play, units) = fleet(6);
    // The server's end takes all at once.
    play.tell(Input::Lost { server_gone: true });
    for _ in &units {
        play.ends();
    }
    play.connected(vec![]);
    let mut started = vec![];
    let first = wait_for_canary(&mut play);
    assert_eq!(play.starts(), [first.as_str()]);
    play.start_works(&first);
    play.pass(4);
    assert!(play.starts().is_empty(), "it has to live for a while");
    for _ in 0..100 {
        play.pass(1);
        let now: Vec<String> = play.starts().iter().map(ToString::to_string).collect();
        assert!(now.len() <= 2, "they follow one after the other: {now:?}");
        for unit in now {
            play.start_works(&unit);
            started.push(unit);
        }
    }
    assert_eq!(started.len(), 5);
    for unit in &units {
        assert_eq!(play.unit(unit).budget().in_a_row(), 0, "{unit}");
    }
}

#[test]
fn starts_that_tmux_cannot_do_do_not_end_an_incident() {
    let (mut play, units) = fleet(3);
    // Their server is on its way out, which shows only now.
    for unit in &units {
        let at = play.where_is(unit);
        play.dies(unit, at, Some(129));
        play.start_fails(unit, "the connection is down", Fault::Tmux, None);
        assert!(!play.announced(|fact| *fact == Fact::StormOver));
    }
    play.tell(Input::Lost { server_gone: true });
    play.connected(vec![]);
    let first = wait_for_canary(&mut play);
    assert_eq!(play.starts(), [first.as_str()]);
    play.start_works(&first);
    play.pass(2);
    assert!(play.starts().is_empty(), "it has to live for a while");
}

#[test]
fn a_canary_that_dies_is_followed_by_another_and_later() {
    let (mut play, units) = fleet(9);
    play.tell(Input::Lost { server_gone: true });
    for _ in &units {
        play.ends();
    }
    play.connected(vec![]);
    let mut waited = vec![];
    for _ in 0..4 {
        let before = play.mono;
        let first = wait_for_canary(&mut play);
        waited.push((play.mono - before).as_secs());
        let at = play.start_works(&first);
        play.dies(&first, at, Some(1));
        assert!(
            play.starts().is_empty(),
            "nobody follows a canary that died"
        );
        if let Some(Action::Clear { .. }) = play.next_step() {
            play.clears();
        }
        play.actions.clear();
    }
    assert!(waited[1] >= 1 && waited[3] > waited[1], "{waited:?}");
}

#[test]
fn a_storm_is_told_once_and_its_end_too() {
    let (mut play, units) = fleet(6);
    play.tell(Input::Lost { server_gone: true });
    let (mut storms, mut overs) = (0, 0);
    let mut count = |play: &Play| {
        storms += play
            .facts()
            .filter(|fact| matches!(fact, Fact::Storm { server: true, units } if units.len() == 6))
            .count();
        overs += play
            .facts()
            .filter(|fact| matches!(fact, Fact::StormOver))
            .count();
    };
    count(&play);
    for _ in &units {
        play.ends();
        count(&play);
    }
    play.connected(vec![]);
    count(&play);
    for _ in 0..100 {
        while let Some(Action::Start { unit, .. } | Action::Replace { unit, .. }) = play.next_step()
        {
            play.start_works(unit.as_str());
            count(&play);
        }
        play.pass(1);
        count(&play);
    }
    assert_eq!((storms, overs), (1, 1));
}

#[test]
fn a_persons_word_waits_for_no_storm() {
    let (mut play, units) = fleet(6);
    play.tell(Input::Lost { server_gone: true });
    for _ in &units {
        play.ends();
    }
    play.connected(vec![]);
    let first = wait_for_canary(&mut play);
    let other = units.iter().find(|unit| **unit != first).unwrap();
    play.up(&[other]);
    assert_eq!(play.starts(), [other.as_str()]);
}

#[test]
fn what_ends_well_takes_part_in_no_storm() {
    let (mut play, units) = fleet(6);
    for unit in &units {
        play.dies_for_good(unit, Some(0));
        assert!(!play.announced(|fact| matches!(fact, Fact::Storm { .. })));
    }
}

#[test]
fn a_storm_of_living_agents_is_an_incident_too() {
    let (mut play, units) = fleet(3);
    let mut storm = false;
    for unit in &units {
        play.is(unit, Showing::Fatal);
    }
    play.pass(30);
    for _ in &units {
        play.looked(screen(Showing::Fatal));
        storm |= play.announced(|fact| matches!(fact, Fact::Storm { .. }));
    }
    assert!(storm);
}

#[test]
fn what_a_person_sends_away_in_a_storm_holds_up_nobody() {
    let (mut play, units) = fleet(4);
    play.tell(Input::Lost { server_gone: true });
    for _ in &units {
        play.ends();
    }
    play.connected(vec![]);
    let first = wait_for_canary(&mut play);
    play.start_works(&first);
    play.down(&first);
    play.ends();
    let mut started = vec![];
    for _ in 0..100 {
        play.pass(1);
        while let Some(Action::Start { unit, .. } | Action::Replace { unit, .. }) = play.next_step()
        {
            play.start_works(unit.as_str());
            started.push(unit);
        }
    }
    assert_eq!(started.len(), 3, "{started:?}");
    assert!(!started.contains(&name(&first)));
}

#[test]
fn a_canary_that_loses_its_pane_did_not_live_and_another_one_goes_first() {
    let (mut play, units) = fleet(6);
    play.tell(Input::Lost { server_gone: true });
    for _ in &units {
        play.ends();
    }
    play.connected(vec![]);
    let first = wait_for_canary(&mut play);
    let (pane, _) = play.start_works(&first);
    play.tell(Input::Vanished {
        unit: name(&first),
        pane,
    });
    play.ends();
    let next = wait_for_canary(&mut play);
    assert_eq!(play.starts(), [next.as_str()]);
}
