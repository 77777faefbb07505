//! What the thread does.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::Order;
use super::feed::{Batch, Item};
use super::watched::Watched;
use crate::daemon::clock::Clock;
use crate::daemon::engine::News;
use crate::daemon::wire::{Level, Note};
use crate::tmux::{Connection, PaneId};

/// How many orders are taken in before screens are judged.
const ROUND: usize = 64;

/// Keeps all screens.
pub(super) struct Keeper {
    clock: Clock,
    connection: Connection,
    news: mpsc::Sender<News>,
    panes: HashMap<PaneId, Watched>,
    /// Panes in which something happened in this round.
    touched: Vec<PaneId>,
    /// When some pane wants to be judged though nothing happens, at the earliest.
    next: Option<Duration>,
}

/// The thread has nothing more to do.
struct Over;

impl Keeper {
    pub(super) fn new(clock: Clock, connection: Connection, news: mpsc::Sender<News>) -> Self {
        Self {
            clock,
            connection,
            news,
            panes: HashMap::new(),
            touched: Vec::new(),
            next: None,
        }
    }

    pub(super) fn run(mut self, inbox: &Receiver<Order>) {
        while self.round(inbox).is_ok() {}
    }

    fn round(&mut self, inbox: &Receiver<Order>) -> Result<(), Over> {
        let first = match self.next {
            None => Some(inbox.recv().map_err(|_| Over)?),
            Some(at) => {
                let left = at.saturating_sub(self.clock.mono());
                match inbox.recv_timeout(left) {
                    Ok(order) => Some(order),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return Err(Over),
                }
            }
        };
        let now = self.clock.mono();
        for order in first.into_iter().chain(inbox.try_iter().take(ROUND)) {
            self.take(order, now)?;
        }
        let now = self.clock.mono();
        self.judge_touched(now)?;
        if self.next.is_some_and(|at| at <= now) {
            self.judge_due(now)?;
        }
        Ok(())
    }

    fn take(&mut self, order: Order, now: Duration) -> Result<(), Over> {
        match order {
            Order::Stream(mut batch) => self.stream(&mut batch, now),
            Order::Watch {
                pane,
                unit,
                signs,
                waiting,
            } => {
                self.panes.insert(pane, Watched::new(unit, signs, waiting));
                self.connection.seed(pane);
            }
            Order::Signs { pane, signs } => {
                if let Some(watched) = self.panes.get_mut(&pane) {
                    watched.set_signs(signs);
                    self.touched.push(pane);
                }
            }
            Order::Behind(pane) => {
                if let Some(watched) = self.panes.get_mut(&pane) {
                    watched.falls_behind(now);
                    self.connection.seed(pane);
                }
            }
            Order::Forget(pane) => _ = self.panes.remove(&pane),
            Order::ForgetAll => self.panes.clear(),
            Order::Show(pane, reply) => {
                let picture = self.panes.get(&pane).map(Watched::picture);
                // Who asked may have given up.
                let _ = reply.send(picture);
            }
            Order::Confirm(pane, snapshot, reply) => {
                let watched = self.panes.get(&pane);
                let confirmed = watched.map(|watched| watched.confirm(*snapshot));
                if confirmed
                    .as_ref()
                    .is_some_and(|confirmed| !confirmed.agrees)
                {
                    // Output that is still on its way may be all there is to it.
                    self.connection.seed(pane);
                }
                let _ = reply.send(confirmed);
            }
            Order::End => return Err(Over),
        }
        Ok(())
    }

    fn stream(&mut self, batch: &mut Batch, now: Duration) {
        let mut from = 0;
        for (pane, item) in batch.items.drain(..) {
            let length = match item {
                Item::Output(length) => length,
                _ => 0,
            };
            let bytes = &batch.bytes[from..from + length];
            from += length;
            if let Some(watched) = self.panes.get_mut(&pane) {
                let was_dirty = watched.dirty;
                watched.take(item, bytes, now);
                if !was_dirty {
                    self.touched.push(pane);
                }
            }
        }
    }

    fn judge_touched(&mut self, now: Duration) -> Result<(), Over> {
        let mut touched = std::mem::take(&mut self.touched);
        let mut panes = touched.drain(..);
        let done = panes.try_for_each(|pane| self.judge(pane, now));
        drop(panes);
        self.touched = touched;
        done
    }

    /// Judges whatever has a deadline by now, and finds the next.
    fn judge_due(&mut self, now: Duration) -> Result<(), Over> {
        let is_due = |watched: &Watched| watched.deadline().is_some_and(|at| at <= now);
        let due = self.panes.iter().filter(|(_, watched)| is_due(watched));
        let due: Vec<PaneId> = due.map(|(pane, _)| *pane).collect();
        due.into_iter().try_for_each(|pane| self.judge(pane, now))?;
        self.next = self.panes.values().filter_map(Watched::deadline).min();
        Ok(())
    }

    fn judge(&mut self, pane: PaneId, now: Duration) -> Result<(), Over> {
        let Some(watched) = self.panes.get_mut(&pane) else {
            return Ok(());
        };
        if watched.wants_seed(now) {
            self.connection.seed(pane);
        }
        let fact = watched.judge(now);
        let gave_up = watched.gave_up();
        // Too early does no harm: whatever is due is looked for then.
        self.next = self.next.into_iter().chain(watched.deadline()).min();
        let unit = (fact.is_some() || gave_up.is_some()).then(|| watched.unit.clone());
        let Some(unit) = unit else { return Ok(()) };
        if let Some(signal) = gave_up {
            let note = Note {
                level: Level::Warning,
                text: format!(
                    "`{signal}` takes too long on the screen of {unit}, and counts as not matching"
                ),
                hint: Some("look for less: repetitions within repetitions take long".to_owned()),
            };
            let unit = unit.clone();
            self.send(News::Told { unit, note })?;
        }
        match fact {
            Some(fact) => self.send(News::Shows { unit, pane, fact }),
            None => Ok(()),
        }
    }

    /// Tells the engine, and waits for it if it is behind: what comes meanwhile is bounded.
    fn send(&self, news: News) -> Result<(), Over> {
        self.news.blocking_send(news).map_err(|_| Over)
    }
}
