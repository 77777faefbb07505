//! Keeping the pane of a process that is about to be ended, in releases that cannot keep every dead
//! pane: see [`Version::keeps_dead_panes`](super::Version::keeps_dead_panes).
//!
//! What crashes those is output on its way to the connection when the pane dies. A pane that is
//! paused has none.

use tmux_control::CommandLine;
use tmux_control::command::{ClientChange, OptionScope, PaneFlow, RefreshClient, SetOption};

use super::{Connection, PaneId, TmuxError};

impl Connection {
    /// Makes sure that a pane outlives its process, which is about to be ended: so its session, and
    /// whoever is attached, outlive it too. Before tmux 3.3 nothing is heard of the pane from now on,
    /// until [`Connection::spare`].
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone.
    pub async fn keep(&self, pane: PaneId) -> Result<(), TmuxError> {
        if self.version()?.keeps_dead_panes() {
            return Ok(());
        }
        let change = ClientChange::Pane(pane, PaneFlow::Pause);
        // tmux tells of the pause inside the answer, so the reader does not let the pane on.
        let line = CommandLine::new(&RefreshClient { change })?.then(&remain(pane, "on"))?;
        self.request(&line).await.map(drop)
    }

    /// Undoes [`Connection::keep`]: the process was not ended. What was missed is seeded again.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone.
    pub async fn spare(&self, pane: PaneId) -> Result<(), TmuxError> {
        let open = self.stands()?;
        if open.version.keeps_dead_panes() {
            return Ok(());
        }
        let line = CommandLine::new(&remain(pane, "off"))?;
        self.request(&line).await?;
        open.link.pane_paused(pane);
        Ok(())
    }
}

fn remain(pane: PaneId, value: &str) -> SetOption {
    SetOption::new(OptionScope::Pane(pane.into()), "remain-on-exit", value)
}
