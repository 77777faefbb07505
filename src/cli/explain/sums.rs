//! What a story comes to.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::duration;
use crate::cli::message::count;
use crate::daemon::wire::{Outcome, What};

/// Counts, and the time that was spent on hold.
#[derive(Debug, Default)]
pub(super) struct Sums {
    restarts: usize,
    at_no_cost: usize,
    deaths: usize,
    gave_up: usize,
    holds: usize,
    held: Duration,
    /// Since when an account, or an agent without one, is held.
    open: BTreeMap<String, Timestamp>,
    typed: usize,
}

impl Sums {
    /// Counts what happened at this time.
    pub(super) fn add(&mut self, time: Timestamp, what: &What) {
        match what {
            What::Restart { attempt: 0, .. } => self.at_no_cost += 1,
            What::Restart { .. } => self.restarts += 1,
            What::Death { .. } => self.deaths += 1,
            What::GaveUp { .. } => self.gave_up += 1,
            What::Limit { agent, account, .. } => {
                let key = held_key(agent, account.as_deref());
                if !self.open.contains_key(&key) {
                    self.holds += 1;
                    self.open.insert(key, time);
                }
            }
            What::Lifted { agent, account, .. } => {
                if let Some(since) = self.open.remove(&held_key(agent, account.as_deref())) {
                    self.held += between(since, time);
                }
            }
            What::Delivery {
                outcome: Outcome::Landed | Outcome::Unconfirmed,
                ..
            } => self.typed += 1,
            _ => {}
        }
    }

    /// `2 deaths, 2 restarts, 1 hold (20m, still), 3 texts typed`.
    pub(super) fn sentence(&self, now: Timestamp) -> String {
        let mut parts = Vec::new();
        if self.deaths > 0 {
            parts.push(count(self.deaths, "death"));
        }
        parts.push(count(self.restarts, "restart"));
        if self.at_no_cost > 0 {
            parts.push(format!("{} at no cost", count(self.at_no_cost, "start")));
        }
        match self.gave_up {
            0 => {}
            1 => parts.push("failed for good once".to_owned()),
            n => parts.push(format!("failed for good {n} times")),
        }
        let open = self.open.values().map(|since| between(*since, now));
        let held = self.held + open.sum::<Duration>();
        if self.holds > 0 {
            let still = if self.open.is_empty() { "" } else { ", still" };
            let held = duration::rough(held);
            parts.push(format!("{} ({held}{still})", count(self.holds, "hold")));
        } else {
            parts.push("no holds".to_owned());
        }
        parts.push(format!("{} typed", count(self.typed, "text")));
        parts.join(", ")
    }
}

fn held_key(agent: &str, account: Option<&str>) -> String {
    account.map_or_else(
        || format!("agent {agent}"),
        |account| format!("account {account}"),
    )
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
