//! What is done about a pane whose output tmux stopped sending, because the reader was behind.
//!
//! tmux drops what was queued for it. So what the pane has is captured, and on the same line its
//! output is let on: what comes after the capture is exactly what follows it.

use std::collections::HashSet;

use tmux_control::command::{CapturePane, ClientChange, PaneFlow, RefreshClient, Row};
use tmux_control::{CommandLine, Reply};

use super::capture::{Size, question};
use super::{PaneId, TmuxError};

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

/// The line for a paused pane.
pub(super) fn line(pane: PaneId) -> Result<CommandLine, TmuxError> {
    let capture = CapturePane {
        start: Some(Row::At(-(HISTORY as i32))),
        ..CapturePane::screen(pane)
    };
    let change = ClientChange::Pane(pane, PaneFlow::Continue);
    Ok(CommandLine::new(&question(pane))?
        .then(&capture)?
        .then(&RefreshClient { change })?)
}

/// The rows in the answer; None when the pane is gone, or when what it shows broke the answer.
pub(super) fn rows(replies: &[Reply]) -> Option<Vec<Vec<u8>>> {
    let [size, capture, ..] = replies else {
        return None;
    };
    let size = Size::read(size).ok()?;
    let rows: Vec<Vec<u8>> = capture.lines().map(<[u8]>::to_vec).collect();
    (capture.ok && rows.len() == size.rows(HISTORY)).then_some(rows)
}
