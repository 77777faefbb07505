//! The events of a fleet, as `ao events --follow` tells them.

use std::process::Child;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fleet_rig::DEADLINE;

/// The lines of `ao events --follow --json`.
pub(crate) struct Events {
    pub(crate) child: Child,
    pub(crate) lines: mpsc::Receiver<Value>,
}

impl Events {
    /// The next event that `wanted` picks, with all that came before it left out.
    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + DEADLINE;
        let mut seen = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(event) if wanted(&event) => return event,
                Ok(event) => seen.push(event.to_string()),
                Err(error) => panic!("no event: {what}: {error}; others: {seen:#?}"),
            }
        }
    }

    /// The next event, if it comes within this time.
    pub(crate) fn next_within(&self, span: Duration) -> Result<Value, mpsc::RecvTimeoutError> {
        self.lines.recv_timeout(span)
    }

    /// The next event of this kind about this agent.
    pub(crate) fn of(&self, kind: &str, agent: &str) -> Value {
        self.wait_for(&format!("{kind} of {agent}"), |event| {
            event["kind"] == kind && event["agent"] == agent
        })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
