//! When nothing may be typed, whatever stands in the input.

use super::{Receipt, Through};
use crate::daemon::screens::Confirmed;
use crate::detect::{Fact, Seen};

/// Why nothing may be typed, by what the pane is in.
pub(super) fn refusal(view: &Confirmed, through: Through) -> Option<Receipt> {
    let waits = |why: &str| Some(Receipt::Waits(why.to_owned()));
    if view.styled.dead {
        return Some(Receipt::Failed("the program has ended".to_owned()));
    }
    if view.in_mode() {
        return waits("a person is looking at the pane's history");
    }
    waits(why_not(&view.fact, through)?)
}

pub(super) fn why_not(fact: &Fact, through: Through) -> Option<&'static str> {
    let resumes = fact
        .limit
        .as_ref()
        .is_some_and(|limit| limit.resumes_itself);
    match fact.state {
        Seen::Unknown | Seen::Idle => None,
        Seen::Working if through.work => None,
        Seen::Working => Some("it works"),
        Seen::Retrying => Some("it is trying again by itself"),
        Seen::NeedsPerson => Some("it asks something that a person has to answer"),
        Seen::Login => Some("it wants a person to log in"),
        Seen::Limited if fact.dialog.is_some() && !resumes => {
            Some("a menu of its usage limit waits for an answer")
        }
        Seen::Limited if resumes && !through.resuming => {
            Some("it goes on by itself when its usage limit ends")
        }
        Seen::Limited if resumes || through.limit => None,
        Seen::Limited => Some("its usage limit is reached"),
        Seen::Fatal => Some("its session cannot go on"),
    }
}
