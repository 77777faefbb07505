//! The screens of all panes, kept and judged by one thread.
//!
//! What reads tmux's output hands it on in batches, without waiting ([`Feed`]); this thread feeds
//! it to the model of each pane and, when rows changed, has them judged. Only a change of what a
//! screen shows reaches the engine. What the thread is too slow for is dropped per pane, and the
//! pane's model is seeded anew from tmux.

mod feed;
mod keeper;
mod watched;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::{fmt, io};

use tokio::sync::oneshot;

use feed::Batch;
pub(super) use feed::{Feed, Lane};
use keeper::Keeper;
pub(super) use watched::Confirmed;

use super::clock::Clock;
use super::engine::News;
use crate::detect::Signs;
use crate::screen::Picture;
use crate::supervise::UnitName;
use crate::tmux::{Connection, PaneId, Snapshot};

/// What the thread is asked to do, in the order of the stream.
pub(super) enum Order {
    /// What panes wrote.
    Stream(Batch),
    /// A unit runs in this pane: keep its screen and judge it by these signs.
    Watch {
        pane: PaneId,
        unit: UnitName,
        signs: Arc<Signs>,
        /// Bytes of the pane that were handed on and are not taken in yet.
        waiting: Arc<AtomicUsize>,
    },
    /// The config says something else now.
    Signs { pane: PaneId, signs: Arc<Signs> },
    /// Output of the pane is missing, and nobody seeds it by himself.
    Behind(PaneId),
    /// The pane is gone.
    Forget(PaneId),
    /// All panes are gone with their server.
    ForgetAll,
    /// The screen as it is now; nothing if the pane is not watched.
    Show(PaneId, oneshot::Sender<Option<Picture>>),
    /// What tmux says that the pane shows, to be judged apart from the stream.
    Confirm(PaneId, Box<Snapshot>, oneshot::Sender<Option<Confirmed>>),
    /// The daemon leaves.
    End,
}

/// Where orders go; cheap to clone. Sending never waits.
#[derive(Clone)]
pub(super) struct Orders(Sender<Order>);

impl Orders {
    /// Where orders go, and where they come out.
    pub(super) fn channel() -> (Self, Receiver<Order>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), receiver)
    }

    /// Hands an order on. Without the thread nobody needs it any more.
    pub(super) fn send(&self, order: Order) {
        let _ = self.0.send(order);
    }
}

impl fmt::Debug for Orders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orders").finish_non_exhaustive()
    }
}

/// The thread. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Screens {
    orders: Orders,
    thread: Option<JoinHandle<()>>,
}

impl Screens {
    /// Starts the thread, which tells `news` what screens show.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(
        orders: Orders,
        inbox: Receiver<Order>,
        clock: Clock,
        connection: Connection,
        news: tokio::sync::mpsc::Sender<News>,
    ) -> io::Result<Self> {
        let keeper = Keeper::new(clock, connection, news);
        let thread = std::thread::Builder::new()
            .name("screens".to_owned())
            .spawn(move || keeper.run(&inbox))?;
        Ok(Self {
            orders,
            thread: Some(thread),
        })
    }

    /// Where orders to the thread go.
    pub(super) fn orders(&self) -> &Orders {
        &self.orders
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            // It panicked: its message is out already.
            let _panicked = thread.join();
        }
    }
}
