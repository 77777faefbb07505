//! All screens, and what is done with them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::Order;
use super::feed::{Batch, Item};
use super::offer::LISTENS;
use super::watched::Watched;
use crate::daemon::clock::Clock;
use crate::daemon::engine::News;
use crate::daemon::wire::{Level, Note};
use crate::tmux::{Connection, PaneId};

/// How many orders the thread takes in before screens are judged.
const ROUND: usize = 64;

/// How much memory for a batch is kept, in bytes.
const KEPT: usize = 256 * 1024;

/// The screens, which the reader enters if it need not wait, and the thread whenever it likes.
#[derive(Default)]
pub(in crate::daemon) struct Shared {
    /// Set once the connection stands, which is what the reader reads.
    keeper: OnceLock<Mutex<Keeper>>,
    /// Batches that were handed to the thread and are not taken in: the reader must not overtake
    /// them.
    handed_over: AtomicUsize,
}

impl Shared {
    /// Lets the reader and the thread in.
    pub(super) fn open(&self, keeper: Keeper) {
        // It is opened once.
        let _ = self.keeper.set(Mutex::new(keeper));
    }

    /// Enters for what came last, unless that means to wait or to overtake something.
    pub(super) fn try_enter(&self) -> Option<MutexGuard<'_, Keeper>> {
        if self.handed_over.load(Ordering::Acquire) > 0 {
            return None;
        }
        match self.keeper.get()?.try_lock() {
            Ok(keeper) => Some(keeper),
            Err(TryLockError::Poisoned(keeper)) => Some(keeper.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The reader hands a batch to the thread.
    pub(super) fn hand_over(&self) {
        self.handed_over.fetch_add(1, Ordering::Release);
    }

    fn enter(&self) -> Result<MutexGuard<'_, Keeper>, Over> {
        let keeper = self.keeper.get().ok_or(Over)?;
        Ok(keeper.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the thread does: orders, and whatever takes long or waits.
    pub(super) fn run(&self, inbox: &Receiver<Order>) {
        let mut until = None;
        while let Ok(next) = self.round(inbox, until) {
            until = next;
        }
    }

    /// Waits for orders, or for a time of the clock; gives the time to wait for next.
    fn round(
        &self,
        inbox: &Receiver<Order>,
        until: Option<Duration>,
    ) -> Result<Option<Duration>, Over> {
        let clock = self.enter()?.clock;
        let first = match until {
            None => Some(inbox.recv().map_err(|_| Over)?),
            Some(at) => match inbox.recv_timeout(at.saturating_sub(clock.mono())) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Err(Over),
            },
        };
        let mut keeper = self.enter()?;
        keeper.thread = Thread::Awake;
        for order in first.into_iter().chain(inbox.try_iter().take(ROUND)) {
            match order {
                Order::Stream(mut batch) => {
                    keeper.stream(&mut batch);
                    self.handed_over.fetch_sub(1, Ordering::Release);
                }
                Order::End => return Err(Over),
                order => keeper.take(order),
            }
        }
        // Told without the screens, since the engine may be behind; in the order in which it came.
        loop {
            keeper.judge_all();
            let untold = std::mem::take(&mut keeper.untold);
            if untold.is_empty() {
                break;
            }
            let sender = keeper.news.clone();
            drop(keeper);
            for news in untold {
                sender.blocking_send(news).map_err(|_| Over)?;
            }
            keeper = self.enter()?;
        }
        keeper.thread = Thread::AsleepUntil(keeper.next);
        Ok(keeper.next)
    }
}

/// The thread has nothing more to do.
struct Over;

/// What the thread is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// It will look at everything before it sleeps again.
    Awake,
    AsleepUntil(Option<Duration>),
}

/// Keeps all screens.
pub(super) struct Keeper {
    clock: Clock,
    connection: Connection,
    news: mpsc::Sender<News>,
    panes: HashMap<PaneId, Watched>,
    /// Panes in which something happened since they were judged.
    touched: Vec<PaneId>,
    /// When some pane wants to be judged though nothing happens, at the earliest.
    next: Option<Duration>,
    /// What the engine had no room for.
    untold: Vec<News>,
    thread: Thread,
}

impl Keeper {
    pub(super) fn new(clock: Clock, connection: Connection, news: mpsc::Sender<News>) -> Self {
        Self {
            clock,
            connection,
            news,
            panes: HashMap::new(),
            touched: Vec::new(),
            next: None,
            untold: Vec::new(),
            thread: Thread::AsleepUntil(None),
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            // What the thread does before it comes here.
            Order::Stream(_) | Order::End => {}
            Order::Wake => {}
            Order::Watch {
                pane,
                unit,
                signs,
                rules,
            } => {
                let now = self.clock.mono();
                let watched = Watched::new(unit, signs, rules, now);
                self.panes.insert(pane, watched);
                self.touched.push(pane);
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
                    watched.falls_behind(self.clock.mono());
                    self.touched.push(pane);
                    self.connection.seed(pane);
                }
            }
            Order::Told { pane, told } => {
                let now = self.clock.mono();
                if let Some(watched) = self.panes.get_mut(&pane) {
                    watched.told(told, now);
                    self.touched.push(pane);
                }
            }
            Order::Filed { pane, word } => {
                let now = self.clock.mono();
                if let Some(watched) = self.panes.get_mut(&pane) {
                    watched.filed(word, now);
                    self.touched.push(pane);
                }
            }
            Order::Forget(pane) => _ = self.panes.remove(&pane),
            Order::ForgetAll => self.panes.clear(),
            Order::Show(pane, reply) => {
                let reading = self.panes.get(&pane).map(Watched::reading);
                // Who asked may have given up.
                let _ = reply.send(reading);
            }
            Order::Confirm(pane, asked, reply) => {
                let watched = self.panes.get(&pane);
                let now = self.clock.mono();
                let confirmed = watched.map(|watched| watched.confirm(*asked, now));
                if confirmed.as_ref().is_some_and(|said| !said.agrees) {
                    // Output that is still on its way may be all there is to it.
                    self.connection.seed(pane);
                }
                let _ = reply.send(confirmed);
            }
        }
    }

    /// Takes in what panes wrote.
    pub(super) fn stream(&mut self, batch: &mut Batch) {
        let now = self.clock.mono();
        let mut from = 0;
        for (pane, item) in batch.items.drain(..) {
            let length = match item {
                Item::Output(length) => length,
                _ => 0,
            };
            let bytes = &batch.bytes[from..from + length];
            from += length;
            if let Some(watched) = self.panes.get_mut(&pane) {
                if !watched.dirty {
                    self.touched.push(pane);
                }
                watched.take(item, bytes, now);
                watched.dirty = true;
            }
        }
        batch.bytes.shrink_to(KEPT);
    }

    /// Judges what was touched and can be judged in little time; the rest stays touched.
    pub(super) fn judge_quickly(&mut self) {
        let now = self.clock.mono();
        let mut touched = std::mem::take(&mut self.touched);
        touched.retain(|pane| {
            let quick = self.panes.get(pane).is_none_or(Watched::is_quick);
            if quick {
                self.judge(*pane, now);
            }
            !quick
        });
        self.touched = touched;
    }

    /// Whether the thread has to look, and does not know it. It is told once.
    pub(super) fn needs_thread(&mut self) -> bool {
        let Thread::AsleepUntil(until) = self.thread else {
            return false;
        };
        let sooner = self
            .next
            .is_some_and(|next| until.is_none_or(|until| next < until));
        let needs = sooner || !self.touched.is_empty() || !self.untold.is_empty();
        if needs {
            self.thread = Thread::Awake;
        }
        needs
    }

    /// Judges what was touched, and whatever has a deadline by now.
    fn judge_all(&mut self) {
        let now = self.clock.mono();
        for pane in std::mem::take(&mut self.touched) {
            self.judge(pane, now);
        }
        if self.next.is_none_or(|at| at > now) {
            return;
        }
        let is_due = |watched: &Watched| watched.deadline().is_some_and(|at| at <= now);
        let due = self.panes.iter().filter(|(_, watched)| is_due(watched));
        let due: Vec<PaneId> = due.map(|(pane, _)| *pane).collect();
        for pane in due {
            self.judge(pane, now);
        }
        self.next = self.panes.values().filter_map(Watched::deadline).min();
    }

    fn judge(&mut self, pane: PaneId, now: Duration) {
        let Some(watched) = self.panes.get_mut(&pane) else {
            return;
        };
        if watched.wants_seed(now) {
            self.connection.seed(pane);
        }
        let fact = watched.judge(now);
        if watched.wants_answer(now) {
            self.connection.answer_program(pane, LISTENS);
        }
        let gave_up = watched.gave_up();
        // Too early does no harm: whatever is due is looked for then.
        self.next = self.next.into_iter().chain(watched.deadline()).min();
        if fact.is_none() && gave_up.is_none() {
            return;
        }
        let unit = watched.unit.clone();
        if let Some(signal) = gave_up {
            let note = Note {
                level: Level::Warning,
                text: format!(
                    "`{signal}` takes too long on the screen of {unit}, and counts as not matching"
                ),
                hint: Some("look for less: repetitions within repetitions take long".to_owned()),
            };
            let unit = unit.clone();
            self.tell(News::Told { unit, note });
        }
        if let Some(fact) = fact {
            self.tell(News::Shows { unit, pane, fact });
        }
    }

    /// Tells the engine, now or as soon as it has room.
    fn tell(&mut self, news: News) {
        if !self.untold.is_empty() || self.thread == Thread::Awake {
            self.untold.push(news);
        } else if let Err(refused) = self.news.try_send(news) {
            self.untold.push(refused.into_inner());
        }
    }
}
