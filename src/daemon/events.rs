//! The event stream: what happened, numbered, remembered for a while, sent to who listens.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::broadcast;

use super::wire::{self, Event, What};

mod words;

pub use words::what_in;
pub(super) use words::{showing, source, state, wanted, what};

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
    /// What cannot be done at the moment, and why.
    troubles: BTreeMap<String, String>,
    sender: broadcast::Sender<Arc<Event>>,
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            next: 1,
            past: VecDeque::new(),
            troubles: BTreeMap::new(),
            sender: broadcast::channel(BEHIND).0,
        }
    }

    /// Numbers an event, keeps it and sends it.
    pub(super) fn publish(&mut self, time: Timestamp, what: What) {
        tracing::info!(event = %for_log(&what));
        if let What::Trouble { about, reason } = &what {
            match reason {
                Some(reason) => self.troubles.insert(about.clone(), reason.clone()),
                None => self.troubles.remove(about),
            };
        }
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

    /// What cannot be done at the moment, each in a sentence without a full stop.
    pub(super) fn troubles(&self) -> impl Iterator<Item = String> {
        let troubles = self.troubles.iter();
        troubles.map(|(about, reason)| format!("{about}: {reason}"))
    }

    pub(super) fn subscribe(&self) -> Subscription {
        (self.past.iter().cloned().collect(), self.sender.subscribe())
    }
}

fn for_log(what: &What) -> String {
    serde_json::to_string(what).unwrap_or_else(|error| error.to_string())
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
    fn what_cannot_be_done_is_known_until_it_can_be_done_again() {
        let mut events = Events::new();
        let mut trouble = |about: &str, reason: Option<&str>| {
            let (about, reason) = (about.to_owned(), reason.map(str::to_owned));
            events.publish(Timestamp::UNIX_EPOCH, What::Trouble { about, reason });
            events.troubles().collect::<Vec<_>>()
        };
        trouble("phase", Some("the disk is full"));
        let both = trouble("remote", Some("it does not answer"));
        assert_eq!(
            both,
            ["phase: the disk is full", "remote: it does not answer"]
        );
        assert_eq!(trouble("phase", None), ["remote: it does not answer"]);
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
