//! What is done about a pane whose output tmux stopped sending, because the reader was behind.
//!
//! tmux drops what was queued for it. So what the pane has is captured, and on the same line its
//! output is let on: what comes after the capture is exactly what follows it.

use std::collections::HashSet;

use tmux_control::CommandLine;
use tmux_control::command::{ClientChange, PaneFlow, RefreshClient};

use super::snapshot::{Answer, Question};
use super::{PaneId, TmuxError, Version};

/// How much history is asked for after a gap: as much as a pane has unless it is configured.
const HISTORY: u32 = 2_000;

/// Panes that were paused and not let on yet.
#[derive(Debug, Default)]
pub(super) struct Paused(HashSet<PaneId>);

impl Paused {
    /// False if the pane is known to be paused.
    pub(super) fn begin(&mut self, pane: PaneId) -> bool {
        self.0.insert(pane)
    }

    pub(super) fn end(&mut self, pane: PaneId) {
        self.0.remove(&pane);
    }
}

/// What is asked about a paused pane.
pub(super) fn question(pane: PaneId, version: Version) -> Question {
    Question {
        pane,
        history: HISTORY,
        version,
    }
}

/// The line that asks it, and lets the pane on.
pub(super) fn line(question: Question) -> Result<CommandLine, TmuxError> {
    let change = ClientChange::Pane(question.pane, PaneFlow::Continue);
    Ok(question.line()?.then(&RefreshClient { change })?)
}

/// History and screen in one, without trailing blanks.
pub(super) fn rows(answer: &Answer) -> Vec<Vec<u8>> {
    let rows = answer.history.iter().chain(&answer.snapshot.rows);
    rows.map(|row| {
        let blanks = row.iter().rev().take_while(|byte| **byte == b' ').count();
        row[..row.len() - blanks].to_vec()
    })
    .collect()
}
