//! Typing into a program whose input is known: what stands there tells what became of a text.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::glance::Glance;
use super::probe::Probe;
use super::standing::Standing;
use super::{Desk, Letter, Ready, Recall, Receipt, TRIES, Through, draft, refusal};
use crate::daemon::screens::Confirmed;
use crate::detect::Seen;
use crate::preset::Input;

/// How long a pasted text may take to show: it is not typed again while it may be on its way.
const SHOWN: Duration = Duration::from_secs(8);

/// How long a submitted text may take to go before the key is pressed once more.
const TAKEN: Duration = Duration::from_secs(4);

/// How often the screen is read while something is waited for.
const LOOK: Duration = Duration::from_millis(150);

impl Desk<'_> {
    /// Whether this is the moment to type, by what stands in the input.
    pub(super) fn ready_by_input(
        &self,
        view: &Confirmed,
        input: &Input,
        seen: Box<Glance>,
        recall: &Recall,
        probe: &Probe,
    ) -> Ready {
        let waits = |why: String| Ready::No(Receipt::Waits(why));
        let Some(standing) = Standing::of(input, &seen) else {
            return waits(HIDDEN.to_owned());
        };
        if standing.is_empty() {
            // It may be on its way still, if the program has done nothing since.
            if recall.submitted && recall.unsubmitted == probe.whole() {
                return Ready::Gone;
            }
            let silent = |since| view.last_output.is_none_or(|last| last <= since);
            return match recall.unseen_since {
                Some(since) if silent(since) => waits(UNSEEN.to_owned()),
                _ => Ready::Yes(seen),
            };
        }
        let is_ours = standing.is_of(&recall.unsubmitted);
        if is_ours && recall.unsubmitted == probe.whole() {
            return Ready::Typed(seen);
        }
        if is_ours && recall.left {
            return Ready::Left;
        }
        let whose = if is_ours {
            "a text that could not be submitted"
        } else {
            "somebody's text"
        };
        let text = draft::told(&standing.text);
        waits(format!("{whose} stands in its input: {text:?}"))
    }

    /// Pastes the text into the empty input, and submits it once it stands there.
    pub(super) async fn type_by_input(
        &self,
        letter: &Letter,
        input: &Input,
        probe: &Probe,
    ) -> Result<Receipt, String> {
        let pasted = self.connection.paste(self.pane, &letter.text).await;
        pasted.map_err(|error| error.to_string())?;
        let settled = Instant::now() + letter.settle();
        let shows = |standing: &Option<Standing>| {
            standing
                .as_ref()
                .is_some_and(|standing| !standing.is_empty())
        };
        let standing = self.watch(input, SHOWN, shows).await?;
        if !shows(&standing) {
            let recall = Recall {
                unsubmitted: probe.whole().to_vec(),
                unseen_since: Some(self.typist.clock.mono()),
                ..Recall::default()
            };
            self.typist.registry.remember(self.pane, recall);
            return Ok(Receipt::Waits(UNSEEN.to_owned()));
        }
        sleep_until(settled).await;
        self.submit_by_input(letter, input, probe).await
    }

    /// Presses the submit key until the text is gone from the input.
    pub(super) async fn submit_by_input(
        &self,
        letter: &Letter,
        input: &Input,
        probe: &Probe,
    ) -> Result<Receipt, String> {
        let before = self.standing(input).await?;
        let Some(standing) = &before else {
            // Whatever came up is not answered. The text may be there still when it is gone.
            self.keep_unsubmitted(probe, false);
            return Ok(Receipt::Waits(HIDDEN.to_owned()));
        };
        if standing.is_empty() {
            let why = "it was gone from the input before it was submitted";
            return Ok(Receipt::Unconfirmed(why.to_owned()));
        }
        for attempt in 0..TRIES {
            if attempt > 0
                && let Some(why) = self.hinders(letter).await?
            {
                // What looks like the input may be the conversation behind a dialog.
                self.keep_unsubmitted(probe, true);
                return Ok(Receipt::Waits(why));
            }
            let key = self.connection.key(self.pane, &letter.submit_key).await;
            key.map_err(|error| error.to_string())?;
            // While it is drawn anew, anything may stand there for a moment.
            let empty =
                |standing: &Option<Standing>| standing.as_ref().is_some_and(Standing::is_empty);
            let standing = self.watch(input, TAKEN, empty).await?;
            match standing {
                Some(standing)
                    if standing.is_of(probe.whole()) || Some(&standing) == before.as_ref() => {}
                Some(standing) if !standing.is_empty() => {
                    let why = "something else stands in its input now";
                    return Ok(Receipt::Unconfirmed(why.to_owned()));
                }
                _ => {
                    self.typist.registry.remember(self.pane, Recall::default());
                    return Ok(Receipt::Landed);
                }
            }
        }
        self.keep_unsubmitted(probe, true);
        Ok(Receipt::Failed(format!(
            "the text still stands there unsubmitted after {TRIES} times {}",
            letter.submit_key
        )))
    }

    /// Why the submit key may not be pressed again: that it works now is no reason.
    async fn hinders(&self, letter: &Letter) -> Result<Option<String>, String> {
        let through = Through {
            work: true,
            ..letter.through
        };
        let view = self.confirm().await?;
        if view.fact.state == Seen::Retrying {
            return Ok(None);
        }
        match refusal(&view, through) {
            Some(Receipt::Waits(why)) => Ok(Some(why)),
            Some(_) => Err("the program has ended".to_owned()),
            None => Ok(None),
        }
    }

    fn keep_unsubmitted(&self, probe: &Probe, submitted: bool) {
        let recall = Recall {
            unsubmitted: probe.whole().to_vec(),
            submitted,
            ..Recall::default()
        };
        self.typist.registry.remember(self.pane, recall);
    }

    /// What stands in the input once it is as wanted, or after so long.
    async fn watch(
        &self,
        input: &Input,
        at_most: Duration,
        wanted: impl Fn(&Option<Standing>) -> bool,
    ) -> Result<Option<Standing>, String> {
        let deadline = Instant::now() + at_most;
        loop {
            let beats = self.pulse.beats();
            let standing = self.standing(input).await?;
            if wanted(&standing) || Instant::now() >= deadline {
                return Ok(standing);
            }
            // Not at each piece of output: a program that streams writes many.
            let next = (Instant::now() + LOOK).min(deadline);
            sleep_until(next).await;
            self.pulse.wait_for_more(beats, deadline).await;
        }
    }

    async fn standing(&self, input: &Input) -> Result<Option<Standing>, String> {
        Ok(Standing::of(input, &self.glance().await?))
    }
}

/// A dialog stands there, or a screen that nobody knows.
const HIDDEN: &str = "its input is not shown";

/// Nothing of a text that was pasted is seen.
const UNSEEN: &str = "the program shows nothing of what is typed";
