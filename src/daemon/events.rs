//! The event stream: what happened, numbered, remembered for a while, sent to who listens.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::broadcast;

use super::wire::{self, Event, What};
use crate::detect::Seen as Showing;
use crate::supervise::{Fact, Judgement};

/// How many events are remembered for those who come later.
const REMEMBERED: usize = 1000;

/// How far a listener may fall behind before it misses events.
const BEHIND: usize = 4096;

/// What a new listener gets: what is remembered, and what comes from now on.
pub(super) type Subscription = (Vec<Arc<Event>>, broadcast::Receiver<Arc<Event>>);

/// The stream. Publishing never waits, however slow the listeners are.
#[derive(Debug)]
pub(super) struct Events {
    next: u64,
    past: VecDeque<Arc<Event>>,
    sender: broadcast::Sender<Arc<Event>>,
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            next: 1,
            past: VecDeque::new(),
            sender: broadcast::channel(BEHIND).0,
        }
    }

    /// Numbers an event, keeps it and sends it.
    pub(super) fn publish(&mut self, time: Timestamp, what: What) {
        tracing::info!(event = %for_log(&what));
        let event = Arc::new(Event {
            version: wire::VERSION,
            seq: self.next,
            time,
            what,
        });
        self.next += 1;
        if self.past.len() == REMEMBERED {
            self.past.pop_front();
        }
        self.past.push_back(Arc::clone(&event));
        // Without listeners there is nobody to fail to reach.
        let _ = self.sender.send(event);
    }

    pub(super) fn subscribe(&self) -> Subscription {
        (self.past.iter().cloned().collect(), self.sender.subscribe())
    }
}

fn for_log(what: &What) -> String {
    serde_json::to_string(what).unwrap_or_else(|error| error.to_string())
}

/// A judgement in the words of the wire.
pub(super) fn state(judgement: Judgement) -> wire::State {
    match judgement {
        Judgement::Stopped => wire::State::Stopped,
        Judgement::Starting => wire::State::Starting,
        Judgement::Exited => wire::State::Exited,
        Judgement::Failed => wire::State::Failed,
        Judgement::Running(Showing::Unknown) => wire::State::Unknown,
        Judgement::Running(Showing::Working) => wire::State::Working,
        Judgement::Running(Showing::Retrying) => wire::State::Retrying,
        Judgement::Running(Showing::NeedsPerson) => wire::State::NeedsPerson,
        Judgement::Running(Showing::Login) => wire::State::Login,
        Judgement::Running(Showing::Idle) => wire::State::Idle,
        Judgement::Running(Showing::Limited) => wire::State::Limited,
        Judgement::Running(Showing::Fatal) => wire::State::Fatal,
    }
}

/// A fact of the supervisor in the words of the wire.
pub(super) fn what(fact: Fact) -> What {
    match fact {
        Fact::Start { unit, pane, pid } => What::Start {
            agent: unit.to_string(),
            pane: pane.to_string(),
            pid,
        },
        Fact::Adopt { unit, pane, pid } => What::Adopt {
            agent: unit.to_string(),
            pane: pane.to_string(),
            pid,
        },
        Fact::StartFailed { unit, reason } => What::StartFailed {
            agent: unit.to_string(),
            reason,
        },
        Fact::Death {
            unit,
            pane,
            pid,
            ending,
        } => What::Death {
            agent: unit.to_string(),
            pane: Some(pane.to_string()),
            pid: Some(pid),
            exit_status: ending.status,
            exit_reason: ending.reason,
        },
        Fact::Restart {
            unit,
            attempt,
            delay,
            cause,
        } => What::Restart {
            agent: unit.to_string(),
            attempt,
            delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
            cause: format!("{cause:?}"),
        },
        Fact::Wanted { unit, up } => What::Wanted {
            agent: unit.map(|unit| unit.to_string()),
            wanted: wanted(up),
        },
        Fact::State {
            unit,
            from,
            to,
            shown,
        } => {
            // What a screen showed says nothing about an end or a start.
            let shown = shown.filter(|_| matches!(to, Judgement::Running(_)));
            What::State {
                agent: unit.to_string(),
                from: state(from),
                to: state(to),
                signal: shown.as_ref().map(|fact| fact.signal.to_string()),
                rows: shown.map(|fact| fact.rows).unwrap_or_default(),
            }
        }
        other => What::Told {
            agent: None,
            text: format!("{other:?}"),
        },
    }
}

/// A wish in the words of the wire.
pub(super) fn wanted(up: bool) -> wire::Wanted {
    if up {
        wire::Wanted::Up
    } else {
        wire::Wanted::Down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(n: usize) -> What {
        What::Told {
            agent: None,
            text: n.to_string(),
        }
    }

    #[test]
    fn numbers_rise_by_one_and_old_events_are_forgotten() {
        let mut events = Events::new();
        for n in 0..REMEMBERED + 10 {
            events.publish(Timestamp::UNIX_EPOCH, told(n));
        }
        let (past, _) = events.subscribe();
        let numbers: Vec<u64> = past.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, (11..=1010).collect::<Vec<_>>());
    }

    #[test]
    fn a_slow_listener_is_told_how_much_it_missed_and_slows_nobody() {
        let mut events = Events::new();
        let (_, mut slow) = events.subscribe();
        for n in 0..BEHIND + 3 {
            events.publish(Timestamp::UNIX_EPOCH, told(n));
        }
        assert_eq!(
            slow.try_recv().unwrap_err(),
            broadcast::error::TryRecvError::Lagged(3)
        );
        assert_eq!(slow.try_recv().unwrap().seq, 4);
    }
}
