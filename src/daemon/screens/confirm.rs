//! What tmux itself says that a pane shows, and what that means.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Order, Orders};
use crate::detect::Fact;
use crate::screen::Picture;
use crate::tmux::{self, Capture, Connection, PaneId, Snapshot};

/// What tmux said of a pane.
#[derive(Debug)]
pub(in crate::daemon) struct Confirmed {
    /// What the pane shows.
    pub(in crate::daemon) picture: Picture,
    /// What that means, without a past.
    pub(in crate::daemon) fact: Fact,
    /// Its lines as its preset sees them, each with the row at which it begins; none without one.
    pub(in crate::daemon) lines: Vec<(u16, String)>,
    /// Whether the model had it shown the same.
    pub(in crate::daemon) agrees: bool,
    /// When the pane last wrote something, as far as this daemon heard it, on its monotonic clock.
    pub(in crate::daemon) last_output: Option<Duration>,
    /// The screen with its attributes, and whether a person looks at its history.
    pub(in crate::daemon) styled: tmux::Screen,
}

impl Confirmed {
    /// Whether a person looks at the pane's history, so that keys would not reach the program.
    pub(in crate::daemon) fn in_mode(&self) -> bool {
        self.styled.in_mode
    }
}

/// What [`confirm`] asked tmux for.
#[derive(Debug)]
pub(in crate::daemon) struct Asked {
    pub(super) snapshot: Snapshot,
    pub(super) styled: tmux::Screen,
}

/// Reads from tmux itself what a pane shows, and what that means: before anything that ends a
/// process or types. The model that shows something else meanwhile is seeded anew.
///
/// # Errors
/// Why it cannot be had, as a part of a sentence.
pub(in crate::daemon) async fn confirm(
    orders: &Orders,
    connection: &Connection,
    pane: PaneId,
) -> Result<Confirmed, String> {
    // Both are asked for at once, so they are of nearly the same instant.
    let (snapshot, styled) = tokio::try_join!(
        connection.snapshot(pane),
        connection.capture(pane, Capture::Styled)
    )
    .map_err(|error| error.to_string())?;
    let (reply, answer) = oneshot::channel();
    let asked = Box::new(Asked { snapshot, styled });
    orders.send(Order::Confirm(pane, asked, reply));
    let confirmed = answer.await.ok().flatten();
    confirmed.ok_or_else(|| "the program has ended".to_owned())
}
