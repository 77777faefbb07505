//! Types a text into a program and sees to it that it arrived.
//!
//! First tmux itself is asked what the pane shows: nothing is typed into a dialog, a login, a
//! history that a person looks at, or a person's half-typed text (`draft`). Then the text is pasted,
//! seen, submitted, and seen to be gone. Each step is waited for by the pane's own output, and each
//! has a bound.
//!
//! Where a preset says how the program's input looks (`standing`), all of this goes by what stands
//! in there, and nothing is typed where no input is shown (`by_input`).

mod answer;
mod by_input;
mod draft;
mod glance;
mod letter;
mod moment;
mod probe;
mod standing;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::clock::Clock;
use super::pulse::Pulse;
use super::screens::{Confirmed, confirm};
use super::tap::Registry;
use crate::detect::Seen;
use crate::tmux::{Capture, Connection, PaneId, TmuxError};
pub(super) use answer::Question;
use glance::Glance;
pub(super) use letter::{Letter, Recall, Through};
use moment::refusal;
use probe::Probe;

/// A screen that has not changed for so long stands still.
const QUIET: Duration = Duration::from_millis(700);
/// How long a pasted text may take to show.
const ECHO: Duration = Duration::from_secs(2);
/// How long after the paste the submit key waits at least: some programs drop a key that comes
/// in one piece with the text (Codex does).
const SETTLE: Duration = Duration::from_millis(400);
/// How long a submitted text may take to go.
const SUBMIT: Duration = Duration::from_secs(2);
/// How often the submit key is pressed at most, where the text is seen to stand in the input still.
const TRIES: usize = 3;
/// How long after the last key of a person somebody counts as typing, in seconds.
const TYPING: i64 = 5;
/// How often a text that has to wait is tried again, unless the pane writes something sooner.
const RETRY: Duration = Duration::from_secs(5);

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receipt {
    /// It was seen to arrive.
    Landed,
    /// It was typed and submitted, but the screen does not tell whether it arrived; why.
    Unconfirmed(String),
    /// Nothing was typed, since it is no good moment; why.
    Waits(String),
    /// It did not arrive; why.
    Failed(String),
}

/// Types into panes; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Typist {
    pub(super) connection: Connection,
    pub(super) registry: Registry,
    pub(super) clock: Clock,
}

impl Typist {
    /// Gives a text to the program in `pane` once its screen stands still. One at a time for a pane.
    ///
    /// For as long as it has to wait for what was `told` already, this goes on trying.
    pub(super) async fn deliver(
        &self,
        pane: PaneId,
        letter: &Letter,
        told: Option<&str>,
    ) -> Receipt {
        let pulse = Pulse::new();
        self.registry.pulse(pane, Arc::clone(&pulse));
        let receipt = loop {
            let beats = pulse.beats();
            match self.at(pane, &pulse).deliver(letter).await {
                Receipt::Waits(why) if told == Some(why.as_str()) => {
                    pulse.wait_for_more(beats, Instant::now() + RETRY).await;
                }
                receipt => break receipt,
            }
        };
        self.registry.calm(pane, &pulse);
        receipt
    }

    fn at<'t>(&'t self, pane: PaneId, pulse: &'t Pulse) -> Desk<'t> {
        Desk {
            typist: self,
            connection: &self.connection,
            pane,
            pulse,
        }
    }
}

/// One pane, while something is typed into it.
struct Desk<'t> {
    typist: &'t Typist,
    connection: &'t Connection,
    pane: PaneId,
    pulse: &'t Pulse,
}

/// What the pane is like before anything is typed.
enum Ready {
    /// Type it.
    Yes(Box<Glance>),
    /// It stands in the input already, from an attempt before: it only has to be submitted.
    Typed(Box<Glance>),
    /// It stood there, was submitted, and is gone since.
    Gone,
    /// Another text of ours stands there, which an earlier watchdog did not submit any more.
    Left,
    /// No.
    No(Receipt),
}

impl Desk<'_> {
    async fn deliver(&self, letter: &Letter) -> Receipt {
        match self.try_deliver(letter).await {
            Ok(receipt) => receipt,
            Err(why) => Receipt::Failed(why),
        }
    }

    async fn try_deliver(&self, letter: &Letter) -> Result<Receipt, String> {
        let mut view = self.confirm().await?;
        if refusal(&view, letter.through).is_none() && !self.stands_still(&view) {
            self.wait_until_still(letter.wait_at_most).await?;
            view = self.confirm().await?;
        }
        let probe = Probe::new(&letter.text);
        let mut ready = self.ready(&view, letter, &probe).await?;
        if matches!(ready, Ready::Left) {
            self.submit_what_is_left(letter).await?;
            view = self.confirm().await?;
            ready = self.ready(&view, letter, &probe).await?;
        }
        match ready {
            Ready::No(receipt) => Ok(receipt),
            Ready::Gone => {
                self.typist.registry.remember(self.pane, Recall::default());
                Ok(Receipt::Landed)
            }
            Ready::Left => Ok(Receipt::Waits(
                "a text of an earlier watchdog stands in its input".to_owned(),
            )),
            Ready::Typed(seen) => {
                if let Some(input) = letter.input() {
                    return self.submit_by_input(letter, input, &probe).await;
                }
                let before = probe.count(&seen).saturating_sub(1);
                self.submit(letter, &probe, before, &seen).await
            }
            Ready::Yes(seen) => {
                if let Some(input) = letter.input() {
                    return self.type_by_input(letter, input, &probe).await;
                }
                let beats = self.pulse.beats();
                let pasted = self.connection.paste(self.pane, &letter.text).await;
                pasted.map_err(|error| error.to_string())?;
                let echo = Instant::now() + ECHO;
                self.pulse.wait_for_more(beats, echo).await;
                self.pulse.stands_still(letter.settle(), echo).await;
                let pasted = self.glance().await?;
                let before = probe.count(&seen);
                if probe.count(&pasted) > before {
                    self.submit(letter, &probe, before, &pasted).await
                } else {
                    self.submit_unseen(letter, &seen).await
                }
            }
        }
    }

    /// What tmux itself says that the pane shows.
    async fn confirm(&self) -> Result<Confirmed, String> {
        confirm(self.typist.registry.orders(), self.connection, self.pane).await
    }

    /// Whether the pane is known to have shown something for a while, and the same.
    fn stands_still(&self, view: &Confirmed) -> bool {
        let now = self.typist.clock.mono();
        let quiet = view.last_output.is_some_and(|at| at + QUIET <= now);
        quiet && !Glance::of(&view.styled).is_blank()
    }

    /// Waits until the program has painted something and stands still, `at_most` so long.
    async fn wait_until_still(&self, at_most: Duration) -> Result<(), String> {
        let deadline = Instant::now() + at_most;
        loop {
            let beats = self.pulse.beats();
            if !self.pulse.stands_still(QUIET, deadline).await {
                return Ok(());
            }
            // Programs that start with a blank screen are not ready yet.
            if !self.glance().await?.is_blank() || Instant::now() >= deadline {
                return Ok(());
            }
            self.pulse.wait_for_more(beats, deadline).await;
        }
    }

    /// Whether this is the moment to type, by what tmux itself says.
    async fn ready(
        &self,
        view: &Confirmed,
        letter: &Letter,
        probe: &Probe,
    ) -> Result<Ready, String> {
        if let Some(receipt) = refusal(view, letter.through) {
            return Ok(Ready::No(receipt));
        }
        if self.is_typed_into().await? {
            return Ok(Ready::No(Receipt::Waits(
                "somebody is typing there".to_owned(),
            )));
        }
        let seen = Box::new(Glance::of(&view.styled));
        let recall = self.typist.registry.recall(self.pane);
        if let Some(input) = letter.input() {
            return Ok(self.ready_by_input(view, input, seen, &recall, probe));
        }
        let preset = letter.preset.as_ref();
        if preset.is_some_and(|preset| preset.delivery.wait_for_prompt)
            && view.fact.state == Seen::Unknown
        {
            let why = "its prompt is not shown".to_owned();
            return Ok(Ready::No(Receipt::Waits(why)));
        }
        if recall.left && seen.ends_at_cursor(&recall.unsubmitted) {
            let same = recall.unsubmitted == probe.whole();
            return Ok(if same {
                Ready::Typed(seen)
            } else {
                Ready::Left
            });
        }
        let Some(draft) = draft::draft(&seen, recall.empty.as_deref()) else {
            return Ok(Ready::Yes(seen));
        };
        let solid = probe::solid(draft.chars());
        let is_ours = !solid.is_empty()
            && recall
                .unsubmitted
                .windows(solid.len())
                .any(|part| *part == solid);
        if is_ours && recall.unsubmitted == probe.whole() {
            return Ok(Ready::Typed(seen));
        }
        if is_ours && recall.left {
            return Ok(Ready::Left);
        }
        let whose = if is_ours {
            "a text that could not be submitted"
        } else {
            "somebody's text"
        };
        let why = format!("{whose} stands in its input: {:?}", draft::told(&draft));
        Ok(Ready::No(Receipt::Waits(why)))
    }

    /// Whether a person has just typed something into the pane.
    async fn is_typed_into(&self) -> Result<bool, String> {
        let last_key = self.connection.last_key(self.pane).await;
        let last_key = last_key.map_err(|error| error.to_string())?;
        let now = self.typist.clock.now().wall.as_second();
        Ok(last_key.is_some_and(|at| (0..TYPING).contains(&(now - at))))
    }

    /// Presses the submit key once for a text of an earlier watchdog: it was on its way, and nothing
    /// else could be typed behind it.
    async fn submit_what_is_left(&self, letter: &Letter) -> Result<(), String> {
        let mut recall = self.typist.registry.recall(self.pane);
        recall.left = false;
        self.typist.registry.remember(self.pane, recall);
        self.press(letter).await.map(drop)
    }

    /// Presses the submit key once: an empty line may be an answer to something.
    async fn submit_unseen(&self, letter: &Letter, before: &Glance) -> Result<Receipt, String> {
        let after = self.press(letter).await?.seen;
        let why = if after.rows == before.rows {
            "the program shows nothing of what is typed"
        } else {
            "the program shows something else than what was typed"
        };
        Ok(Receipt::Unconfirmed(why.to_owned()))
    }

    /// Presses the submit key until the text, which is shown, is gone from the input. `before` is
    /// how often it stood on the screen without that.
    async fn submit(
        &self,
        letter: &Letter,
        probe: &Probe,
        before: usize,
        pasted: &Glance,
    ) -> Result<Receipt, String> {
        for _ in 0..TRIES {
            let Pressed { seen, answered } = self.press(letter).await?;
            let standing = draft::still_holds(&seen, &probe.head, &probe.tail);
            let gone = probe.count(&seen) <= before;
            // A plain terminal program leaves what was typed on the screen and goes on below it.
            let went_on = answered && (seen.cursor != pasted.cursor || seen.rows != pasted.rows);
            if gone || went_on && !standing {
                self.remember(&seen);
                return Ok(Receipt::Landed);
            }
            if !standing {
                // One key and no more, as above.
                let why = "the program goes on showing it as if nothing had happened";
                return Ok(Receipt::Unconfirmed(why.to_owned()));
            }
        }
        let mut recall = self.typist.registry.recall(self.pane);
        recall.unsubmitted = probe.whole().to_vec();
        self.typist.registry.remember(self.pane, recall);
        Ok(Receipt::Failed(format!(
            "the text still stands there unsubmitted after {TRIES} times {}",
            letter.submit_key
        )))
    }

    async fn press(&self, letter: &Letter) -> Result<Pressed, String> {
        let beats = self.pulse.beats();
        let key = self.connection.key(self.pane, &letter.submit_key).await;
        key.map_err(|error| error.to_string())?;
        let limit = Instant::now() + SUBMIT;
        let answered = self.pulse.wait_for_more(beats, limit).await;
        self.pulse.stands_still(SETTLE, limit).await;
        let seen = self.glance().await?;
        Ok(Pressed { seen, answered })
    }

    /// Keeps what stands before the cursor now that the input is empty.
    fn remember(&self, seen: &Glance) {
        let empty = seen
            .cursor_shown
            .then(|| glance::text(&seen.before_cursor()));
        let recall = Recall {
            empty,
            ..Recall::default()
        };
        self.typist.registry.remember(self.pane, recall);
    }

    async fn glance(&self) -> Result<Glance, String> {
        let screen = self.connection.capture(self.pane, Capture::Styled).await;
        let screen = screen.map_err(|error: TmuxError| error.to_string())?;
        if screen.dead {
            return Err("the program has ended".to_owned());
        }
        Ok(Glance::of(&screen))
    }
}

/// What came of a key.
struct Pressed {
    seen: Glance,
    /// Whether the pane wrote anything.
    answered: bool,
}
