//! What is typed, through what, and what is remembered of a pane's input.

use std::sync::Arc;
use std::time::Duration;

use super::SETTLE;
use super::probe::Probe;
use crate::preset::{Input, Preset};

/// What to type.
#[derive(Debug, Clone)]
pub(in crate::daemon) struct Letter {
    /// One line without control characters. Bytes, since a path need not be UTF-8.
    pub(in crate::daemon) text: Vec<u8>,
    /// The key that submits it, by tmux's name.
    pub(in crate::daemon) submit_key: String,
    /// The longest wait for the screen to stand still.
    pub(in crate::daemon) wait_at_most: Duration,
    pub(in crate::daemon) through: Through,
    /// What is known of the program.
    pub(in crate::daemon) preset: Option<Arc<Preset>>,
}

impl Letter {
    /// How long after the text its submit key is pressed at the earliest.
    pub(super) fn settle(&self) -> Duration {
        let known = self.preset.as_ref();
        let delay = known.and_then(|preset| preset.delivery.enter_delay);
        delay.map_or(SETTLE, Duration::from_millis)
    }

    pub(super) fn input(&self) -> Option<&Input> {
        self.preset.as_ref()?.input()
    }
}

/// What a text is typed through all the same.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::daemon) struct Through {
    /// The agent works.
    pub(in crate::daemon) work: bool,
    /// Its usage limit is reached, and it does not go on by itself.
    pub(in crate::daemon) limit: bool,
    /// It waits for the end of its limit, and a key would end that.
    pub(in crate::daemon) resuming: bool,
}

/// What is remembered of a pane's input from one text to the next.
#[derive(Debug, Clone, Default)]
pub(in crate::daemon) struct Recall {
    /// What stood before the cursor when the input was empty.
    pub(super) empty: Option<String>,
    /// Letters and digits of a text that was typed and could not be submitted.
    pub(super) unsubmitted: Vec<char>,
    /// An earlier watchdog typed it, and ended before it could tell whether it was submitted.
    pub(super) left: bool,
    /// It was submitted as well, and stood there all the same when that was looked at last.
    pub(super) submitted: bool,
    /// When it was typed, if nothing of it was seen since.
    pub(super) unseen_since: Option<Duration>,
}

impl Recall {
    /// Of a pane into which an earlier watchdog typed this when it ended.
    pub(in crate::daemon) fn left(text: &[u8]) -> Self {
        Self {
            empty: None,
            unsubmitted: Probe::new(text).whole().to_vec(),
            left: true,
            submitted: false,
            unseen_since: None,
        }
    }
}
