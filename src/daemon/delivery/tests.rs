//! Statements about when something may be typed. What becomes of a text is tested on real programs.

use super::moment::why_not;
use super::*;
use crate::detect::{Fact, Limit, Seen};

fn fact(state: Seen, resumes_itself: bool) -> Fact {
    let limit = (state == Seen::Limited).then_some(Limit {
        hard: false,
        reset: None,
        resumes_itself,
    });
    Fact {
        state,
        limit,
        ..Fact::default()
    }
}

#[test]
fn nothing_is_typed_into_a_dialog_or_a_login_whatever_is_asked_for() {
    let all = Through {
        work: true,
        limit: true,
        resuming: true,
    };
    for state in [Seen::NeedsPerson, Seen::Login, Seen::Fatal, Seen::Retrying] {
        assert!(why_not(&fact(state, false), all).is_some(), "{state:?}");
    }
    for state in [Seen::Unknown, Seen::Idle, Seen::Working, Seen::Limited] {
        assert_eq!(why_not(&fact(state, false), all), None, "{state:?}");
    }
}

#[test]
fn an_agent_that_works_or_is_limited_is_left_alone_unless_that_is_meant() {
    let none = Through::default();
    assert_eq!(why_not(&fact(Seen::Idle, false), none), None);
    assert_eq!(why_not(&fact(Seen::Unknown, false), none), None);
    assert!(why_not(&fact(Seen::Working, false), none).is_some());
    assert!(why_not(&fact(Seen::Limited, false), none).is_some());
}

#[test]
fn a_probe_does_not_touch_an_agent_that_goes_on_by_itself() {
    let probe = Through {
        limit: true,
        ..Through::default()
    };
    assert_eq!(why_not(&fact(Seen::Limited, false), probe), None);
    let why = why_not(&fact(Seen::Limited, true), probe).unwrap();
    assert!(why.contains("by itself"), "{why}");
    let all_the_same = Through {
        resuming: true,
        ..probe
    };
    assert_eq!(why_not(&fact(Seen::Limited, true), all_the_same), None);
}

#[test]
fn a_probe_is_not_typed_into_a_menu_of_the_limit() {
    let probe = Through {
        limit: true,
        resuming: true,
        ..Through::default()
    };
    let menu = Fact {
        dialog: Some("limit".to_owned()),
        ..fact(Seen::Limited, false)
    };
    let why = why_not(&menu, probe).unwrap();
    assert!(why.contains("menu"), "{why}");
}
