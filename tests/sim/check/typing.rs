//! What is typed, into whom, and how often.

use std::time::Duration;

use ao::detect::Seen;
use ao::supervise::{Letter, Purpose, Receipt};
use tmux_control::PaneId;

use super::{Rule, Topic};
use crate::world::World;
use crate::world::agent::Errand;

impl World {
    pub(crate) fn check_type(&mut self, unit: usize, pane: PaneId, letter: &Letter) {
        let known = &self.units[unit];
        let name = known.name.clone();
        let told = &known.told;
        let purpose = letter.purpose;
        let wrong = match told.fact.state {
            _ if told.place.map(|place| place.0) != Some(pane) => Some("it is not there"),
            _ if told.dead => Some("it is dead"),
            _ if told.prompting => Some("its prompt is being typed"),
            Seen::NeedsPerson => Some("it asks a person something"),
            Seen::Login => Some("it wants a login"),
            Seen::Limited if !purpose.goes_through_limit() => Some("it is limited"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.broken(
                Rule::NothingIsTypedBlindly,
                format!("a {} is typed into {name}, and {wrong}", purpose.as_str()),
            );
        }
        if known_twice(&self.units[unit]) {
            let what = format!("two texts are typed into {name} at once");
            self.broken(Rule::NothingIsTypedBlindly, what);
        }
        if self.is_paused(unit) {
            self.broken(
                Rule::PausedIsLeftAlone,
                format!("something is typed into {name}"),
            );
        }
        self.truth.units[unit].acted.typed = true;
        if !self.truth.units[unit].explained.typed {
            self.broken(
                Rule::EveryActIsTold,
                format!("something is typed into {name}, and nobody is told"),
            );
        }
        match purpose {
            Purpose::Probe => self.check_probe(unit),
            Purpose::Wake => self.check_wake(unit),
            Purpose::Ping => self.check_ping(unit, letter),
            Purpose::Nudge | Purpose::Resume => {}
        }
        self.units[unit].told.typing = Some(letter.clone());
        self.truth.units[unit].ill = 0;
    }

    fn check_probe(&mut self, unit: usize) {
        let account = self.units[unit].account;
        let edited = self
            .truth
            .holds
            .get(&account)
            .is_none_or(|hold| hold.edited);
        let limit = self.units[unit].told.fact.limit.as_ref();
        if limit.is_some_and(|limit| limit.hard) && !edited {
            let name = self.units[unit].name.clone();
            let what = format!("{name} is probed, and its spending is capped");
            self.broken(Rule::HoldsHold, what);
        }
        self.truth.unprobed.remove(&account);
        if let Some(until) = self.held_until(account) {
            let name = self.units[unit].name.clone();
            let what = format!("{name} is probed, and its limit holds until {until}");
            self.broken(Rule::HoldsHold, what);
        }
    }

    fn check_wake(&mut self, unit: usize) {
        let name = self.units[unit].name.clone();
        let over = self.is_over();
        let spec = self.spec(unit);
        let interval = spec.filter(|spec| spec.enabled).and_then(|spec| spec.wake);
        let Some(interval) = interval.filter(|_| !over) else {
            let what = format!("{name} is woken, and should not be");
            return self.broken(Rule::WakesComeOnce, what);
        };
        if let Some((at, wall)) = self.truth.units[unit].woken {
            let awake = self.clock.awake.saturating_sub(at);
            let by_wall = self.clock.wall().duration_since(wall);
            let by_wall = Duration::try_from(by_wall.abs()).unwrap_or_default();
            let steady = self
                .truth
                .jumped
                .is_none_or(|jumped| jumped + Duration::from_secs(60) < at);
            if steady && awake < interval / 2 && by_wall < interval / 2 {
                let what = format!("{name} is woken twice within {awake:?} of {interval:?}");
                self.broken(Rule::WakesComeOnce, what);
            }
        }
    }

    /// What a ping is about.
    fn topic_of(&self, letter: &Letter) -> Option<Topic> {
        let handoff = self.fleet.handoff.as_ref()?;
        let text = letter.text.as_deref()?;
        let inbox = |which: usize| {
            let path = handoff.inboxes[which].as_deref();
            path.is_some_and(|path| text.contains(path))
        };
        match () {
            () if inbox(0) => Some(Topic::Inbox(0)),
            () if inbox(1) => Some(Topic::Inbox(1)),
            () if text.contains("CLAIM was pushed") => Some(Topic::Claim),
            () if text.contains("review was pushed") => Some(Topic::Review),
            () => None,
        }
    }

    /// Whom a topic is for.
    pub(crate) fn target_of(&self, topic: Topic) -> Option<usize> {
        let handoff = self.fleet.handoff.as_ref()?;
        let name = match topic {
            Topic::Claim | Topic::Inbox(0) => &handoff.claim_pings,
            _ => &handoff.review_pings,
        };
        self.index_of(name)
    }

    fn check_ping(&mut self, unit: usize, letter: &Letter) {
        let name = self.units[unit].name.clone();
        let Some(topic) = self.topic_of(letter) else {
            let what = format!("nobody knows what this is about: {letter:?}");
            return self.broken(Rule::WhatIsPushedIsTold, what);
        };
        if self.target_of(topic) != Some(unit) {
            let what = format!("{topic:?} is told to {name}, and is for another");
            self.broken(Rule::WhatIsPushedIsTold, what);
        }
        let handed = &mut self.truth.handed[topic.place()];
        handed.unserved = 0;
        handed.typed = handed.told;
        if handed.told <= handed.landed {
            let what = format!("{topic:?} is told to {name} again, after it arrived");
            self.broken(Rule::NothingIsSentTwice, what);
        }
    }

    /// A text that was typed has its receipt.
    pub(crate) fn typed(&mut self, unit: usize, receipt: &Receipt) {
        let Some(letter) = self.units[unit].told.typing.take() else {
            return;
        };
        let now = (self.clock.awake, self.clock.wall());
        if letter.purpose == Purpose::Wake && !matches!(receipt, Receipt::Waits(_)) {
            let truth = &mut self.truth.units[unit];
            truth.wakes_from = Some(now);
            truth.unwoken = 0;
        }
        if *receipt != Receipt::Landed {
            return;
        }
        if letter.purpose == Purpose::Wake {
            self.truth.units[unit].woken = Some(now);
        }
        if let Some(topic) = self.topic_of(&letter) {
            let handed = &mut self.truth.handed[topic.place()];
            handed.landed = handed.landed.max(handed.typed);
        }
    }

    /// The texts that wait for a unit are given up, and that was told.
    pub(crate) fn served(&mut self, unit: usize) {
        for topic in Topic::ALL {
            if self.target_of(topic) == Some(unit) {
                let handed = &mut self.truth.handed[topic.place()];
                handed.typed = handed.told;
            }
        }
    }
}

fn known_twice(unit: &crate::world::agent::Unit) -> bool {
    unit.has_under_way(Errand::Type)
}
