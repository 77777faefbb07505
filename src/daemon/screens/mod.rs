//! The screens of all panes, kept and judged beside the stream.
//!
//! What reads tmux's output brings the screens up to date itself, and searches the rows that changed
//! by patterns whose time is linear ([`Feed`]): to wake another thread for each read would cost more
//! than the work. It never waits. What could take long (patterns that turn back), comes by a clock,
//! or finds the screens in use, is left to a thread of its own. Only a change of what a screen shows
//! reaches the engine. What the thread is too slow for is dropped per pane, and the pane's model is
//! seeded anew from tmux.

mod confirm;
mod feed;
mod keeper;
mod offer;
mod watched;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::{fmt, io};

use tokio::sync::oneshot;

use confirm::Asked;
pub(super) use confirm::{Confirmed, confirm};
use feed::Batch;
pub(super) use feed::{Feed, Lane};
use keeper::{Keeper, Shared};

use super::clock::Clock;
use super::engine::News;
use crate::detect::{Reading, Signs, Told, Word};
use crate::screen::Rules;
use crate::supervise::UnitName;
use crate::tmux::{Connection, PaneId};

/// What the thread is asked to do, in the order of the stream.
pub(super) enum Order {
    /// What panes wrote.
    Stream(Batch),
    /// A unit runs in this pane: keep its screen and judge it by these signs.
    Watch {
        pane: PaneId,
        unit: UnitName,
        signs: Arc<Signs>,
        /// How the server shows what the pane writes.
        rules: Rules,
    },
    /// The reader left something to do.
    Wake,
    /// The config says something else now.
    Signs { pane: PaneId, signs: Arc<Signs> },
    /// The program in the pane says something of itself, beside its output.
    Told { pane: PaneId, told: Told },
    /// The program's conversation file says why it cannot go on.
    Filed { pane: PaneId, word: Word },
    /// Output of the pane is missing, and nobody seeds it by himself.
    Behind(PaneId),
    /// The pane is gone.
    Forget(PaneId),
    /// All panes are gone with their server.
    ForgetAll,
    /// The screen as it is now, and what it shows; nothing if the pane is not watched.
    Show(PaneId, oneshot::Sender<Option<Reading>>),
    /// What tmux says that the pane shows, to be judged apart from the stream.
    Confirm(PaneId, Box<Asked>, oneshot::Sender<Option<Confirmed>>),
    /// The daemon leaves.
    End,
}

/// Where orders go; cheap to clone. Sending never waits.
#[derive(Clone)]
pub(super) struct Orders {
    sender: Sender<Order>,
    shared: Arc<Shared>,
}

impl Orders {
    /// Where orders go, and where they come out.
    pub(super) fn channel() -> (Self, Receiver<Order>) {
        let (sender, receiver) = mpsc::channel();
        let shared = Arc::default();
        (Self { sender, shared }, receiver)
    }

    /// Hands an order on. Without the thread nobody needs it any more.
    pub(super) fn send(&self, order: Order) {
        let _ = self.sender.send(order);
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
        let shared = Arc::clone(&orders.shared);
        shared.open(Keeper::new(clock, connection, news));
        let thread = std::thread::Builder::new()
            .name("screens".to_owned())
            .spawn(move || shared.run(&inbox))?;
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
