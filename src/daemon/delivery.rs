//! Types a text into a program and sees to it that it arrived.
//!
//! Paste, see it on the screen, submit, see it gone: each step is waited for by the pane's own
//! output, and each has a bound.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::pulse::Pulse;
use crate::config::Typed;
use crate::tmux::{Capture, Connection, PaneId, Screen, TmuxError};

/// A screen that has not changed for so long stands still.
const QUIET: Duration = Duration::from_millis(700);
/// How long a pasted text may take to show.
const ECHO: Duration = Duration::from_secs(2);
/// How long after the paste the submit key waits at least: some programs drop a key that comes
/// in one piece with the text (Codex does).
const SETTLE: Duration = Duration::from_millis(400);
/// How long a submitted text may take to go.
const SUBMIT: Duration = Duration::from_secs(2);
/// How often the submit key is pressed at most.
const TRIES: usize = 3;
/// How much of the text has to be recognised on the screen, in characters that are not blank.
const PROBE: usize = 28;

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receipt {
    /// It was seen to arrive.
    Landed,
    /// It was typed and submitted, but the screen does not tell whether it arrived.
    Unconfirmed(&'static str),
    /// It did not arrive.
    Failed(String),
}

/// Gives `text` to the program in `pane` once its screen stands still.
pub(super) async fn deliver(
    connection: &Connection,
    pane: PaneId,
    pulse: &Arc<Pulse>,
    text: &Typed,
) -> Receipt {
    match try_deliver(connection, pane, pulse, text).await {
        Ok(receipt) => receipt,
        Err(error) => Receipt::Failed(error.to_string()),
    }
}

async fn try_deliver(
    connection: &Connection,
    pane: PaneId,
    pulse: &Pulse,
    text: &Typed,
) -> Result<Receipt, TmuxError> {
    wait_until_ready(connection, pane, pulse, text.wait_at_most).await?;
    let probe = Probe::new(&text.text);
    let before = connection.capture(pane, Capture::Screen).await?;
    if before.dead {
        return Ok(Receipt::Failed("the program has ended".to_owned()));
    }
    if before.in_mode {
        return Ok(Receipt::Failed(
            "a person is looking at the pane's history".to_owned(),
        ));
    }
    let seen_before = probe.count(&before);
    let beats = pulse.beats();
    connection.paste(pane, &text.text).await?;
    let echo = Instant::now() + ECHO;
    pulse.wait_for_more(beats, echo).await;
    pulse.stands_still(SETTLE, echo).await;
    let pasted = connection.capture(pane, Capture::Screen).await?;
    let shown = probe.count(&pasted) > seen_before;
    for _ in 0..TRIES {
        let beats = pulse.beats();
        connection.key(pane, text.submit_key.as_str()).await?;
        let limit = Instant::now() + SUBMIT;
        let answered = pulse.wait_for_more(beats, limit).await;
        pulse.stands_still(SETTLE, limit).await;
        let after = connection.capture(pane, Capture::Screen).await?;
        if !shown {
            // One key and no more: an empty line may be an answer to something.
            let why = if after.rows == before.rows {
                "the program shows nothing of what is typed"
            } else {
                "the program shows something else than what was typed"
            };
            return Ok(Receipt::Unconfirmed(why));
        }
        if probe.count(&after) <= seen_before {
            return Ok(Receipt::Landed);
        }
        // A plain terminal program leaves what was typed on the screen and goes on below it.
        if answered && (after.cursor != pasted.cursor || after.rows != pasted.rows) {
            return Ok(Receipt::Landed);
        }
    }
    Ok(Receipt::Failed(format!(
        "the text still stands there unsubmitted after {TRIES} times {}",
        text.submit_key.as_str()
    )))
}

/// Waits until the program has painted something and stands still, `at_most` so long.
async fn wait_until_ready(
    connection: &Connection,
    pane: PaneId,
    pulse: &Pulse,
    at_most: Duration,
) -> Result<(), TmuxError> {
    let deadline = Instant::now() + at_most;
    loop {
        let beats = pulse.beats();
        if !pulse.stands_still(QUIET, deadline).await {
            return Ok(());
        }
        let screen = connection.capture(pane, Capture::Screen).await?;
        let blank = screen.rows.iter().all(|row| row.trim_ascii().is_empty());
        if !blank || screen.dead || Instant::now() >= deadline {
            return Ok(());
        }
        // Programs that start with a blank screen are not ready yet.
        pulse.wait_for_more(beats, deadline).await;
    }
}

/// The end of a text, to be recognised on a screen whatever was wrapped or framed.
struct Probe(Vec<u8>);

impl Probe {
    fn new(text: &[u8]) -> Self {
        let solid = solid(text);
        Self(solid[solid.len().saturating_sub(PROBE)..].to_vec())
    }

    /// How often it stands on the screen. Frames around an input box break a text apart, so
    /// only letters and digits count.
    fn count(&self, screen: &Screen) -> usize {
        if self.0.is_empty() {
            return 0;
        }
        let all: Vec<u8> = screen.rows.iter().flat_map(|row| solid(row)).collect();
        all.windows(self.0.len())
            .filter(|window| *window == self.0)
            .count()
    }
}

fn solid(text: &[u8]) -> Vec<u8> {
    text.iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(rows: &[&str]) -> Screen {
        Screen {
            rows: rows.iter().map(|row| row.as_bytes().to_vec()).collect(),
            history: 0,
            cursor: (0, 0),
            alternate: false,
            size: (80, 24),
            in_mode: false,
            dead: false,
            pid: None,
        }
    }

    #[test]
    fn a_text_is_recognised_across_wraps_and_frames() {
        let probe = Probe::new(b"Your kickoff is in /tmp/state/kickoff-p-a.txt: read it now");
        let framed = screen(&[
            "│ > Your kickoff is in /tmp/state/kick │",
            "│   off-p-a.txt: read it no            │",
            "│   w                                  │",
        ]);
        assert_eq!(probe.count(&framed), 1);
        assert_eq!(probe.count(&screen(&["nothing of it"])), 0);
    }
}
