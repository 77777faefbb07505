//! What the supervisor asks for.

use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use super::{Fact, HoldFile, Letter, Op, UnitName};

/// What the supervisor asks for. Each that carries an [`Op`] has a result, which comes back as an
/// input with the same one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Start the unit in a session of its own.
    Start {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// Set the id of its conversation aside and begin a new one.
        fresh: bool,
    },
    /// Check all that a start needs, end what runs in this pane, start the unit in its session,
    /// then let the pane go.
    Replace {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane that is replaced.
        pane: PaneId,
        /// Its process.
        pid: i32,
        /// That process has ended already.
        dead: bool,
        /// Set the id of its conversation aside and begin a new one.
        fresh: bool,
    },
    /// End every process of the pane's terminal session, then let the pane go.
    End {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane; none when it went with its server and only processes may be left.
        pane: Option<PaneId>,
        /// The pane's process.
        pid: i32,
    },
    /// Keep the last screen of a dead pane, then let the pane go.
    Clear {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// The pane.
        pane: PaneId,
        /// The process that ended in it.
        pid: i32,
    },
    /// Take over a pane that runs already.
    Adopt {
        /// The unit.
        unit: UnitName,
        /// The pane.
        pane: PaneId,
    },
    /// Read from tmux and from the process table what is there now.
    Look {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
    },
    /// Type a text into a unit and submit it. An [`Action::Remember`] stands before it: what
    /// that remembers must be on disk before the first byte is typed.
    Type {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// Its pane.
        pane: PaneId,
        /// What to type.
        letter: Letter,
    },
    /// Give the answer that the config has for this dialog, once tmux itself shows that it stands
    /// there. Remembered before as [`Action::Type`] is.
    Answer {
        /// The unit.
        unit: UnitName,
        /// The action.
        op: Op,
        /// Its pane.
        pane: PaneId,
        /// The dialog's name.
        dialog: String,
    },
    /// Write down until when a unit's limit holds, for people and for what came before ao; none:
    /// it holds no more.
    WriteHold {
        /// The unit.
        unit: UnitName,
        /// What to write.
        hold: Option<HoldFile>,
    },
    /// Write the number of the current phase.
    WriteIndex {
        /// The action.
        op: Op,
        /// The number, counted from 0.
        index: usize,
    },
    /// Mark the sequence as complete, or take the mark away.
    MarkComplete {
        /// The action.
        op: Op,
        /// Whether it is.
        complete: bool,
    },
    /// Remove the trigger file of what comes after the last phase.
    RemoveTrigger {
        /// The action.
        op: Op,
    },
    /// Look what the remote of the hand-off has.
    Fetch {
        /// The action.
        op: Op,
        /// The commit that was its head before.
        since: Option<String>,
    },
    /// Tell whoever listens.
    Announce(Fact),
    /// What [`super::Supervisor::memory`] returns has changed.
    Remember,
}
