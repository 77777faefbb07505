//! Answers a dialog: by the label of an option, never by its place.
//!
//! Each step is taken only after tmux itself has shown that the same dialog stands there: the option
//! is found by its label, the mark is moved to it one key at a time, and the key that chooses is
//! pressed once the mark is seen on that row. Whatever is not as it should be ends it before that.

mod options;

use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use tokio::time::Instant;

use super::{Desk, Typist};
use crate::config::Agent;
use crate::daemon::pulse::Pulse;
use crate::daemon::screens::Confirmed;
use crate::detect::{Fact, Signal};
use crate::preset::Choose;
use crate::supervise::Answered;
use crate::tmux::PaneId;
use options::Line;

/// How many keys at most lead to an option.
const KEYS_MAX: usize = 24;
/// How long a program may take to show what a key did.
const ECHO: Duration = Duration::from_secs(2);
/// A screen that has not changed for so long has been painted.
const PAINTED: Duration = Duration::from_millis(80);
/// How often a screen is read that does not show yet what a key did.
const READS: usize = 3;
/// How long a dialog may take to go.
const GOES: Duration = Duration::from_secs(3);

/// A dialog, and what to answer.
#[derive(Debug, Clone)]
pub(in crate::daemon) struct Question {
    dialog: String,
    /// The option's label is one of these.
    labels: Vec<String>,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// Up and Down until this marks the row, then Enter.
    Arrows(Regex),
    /// A letter, then Enter.
    Letter,
    /// Enter alone: there is nothing to choose.
    Enter,
}

/// What ends an answer before anything is chosen.
enum Stopped {
    /// It is no good moment.
    Waits(&'static str),
    /// Something is not as it should be.
    Failed(String),
}

impl From<String> for Stopped {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

impl Question {
    /// The question that Enter alone answers.
    pub(in crate::daemon) fn enter(dialog: &str) -> Self {
        Self {
            dialog: dialog.to_owned(),
            labels: Vec::new(),
            how: How::Enter,
        }
    }

    /// What the config answers to a dialog of this agent.
    ///
    /// # Errors
    /// It cannot be answered; why, as a part of a sentence.
    pub(in crate::daemon) fn of(agent: &Agent, dialog: &str) -> Result<Self, String> {
        let answer = agent.answers.to(dialog);
        let answer = answer.ok_or("the config has no answer to it")?;
        let preset = agent.backend.preset.as_ref();
        let preset = preset.ok_or("its backend has no preset")?;
        let known = preset.dialogs.get(dialog);
        let known = known.ok_or_else(|| format!("the preset {} does not know it", preset.name))?;
        let marker = known.marker.as_deref().map(Regex::new);
        let how = match (known.choose, marker) {
            (Choose::Letter, _) => How::Letter,
            (Choose::Arrows, Some(Ok(marker))) => How::Arrows(marker),
            (Choose::Arrows, _) => {
                return Err("its preset does not say how a chosen option is marked".to_owned());
            }
            (Choose::Sideways, _) => {
                return Err("its options are told apart by their colours alone".to_owned());
            }
        };
        Ok(Self {
            dialog: dialog.to_owned(),
            labels: preset.labels(dialog, answer),
            how,
        })
    }

    /// Whether this dialog stands there, by the rows of the screen: what a program says of itself
    /// shows no options.
    fn stands(&self, fact: &Fact) -> bool {
        fact.signal == Signal::Rows && fact.dialog.as_deref() == Some(self.dialog.as_str())
    }
}

impl Typist {
    /// Answers a dialog in `pane`.
    pub(in crate::daemon) async fn answer(&self, pane: PaneId, question: &Question) -> Answered {
        let pulse = Pulse::new();
        self.registry.pulse(pane, Arc::clone(&pulse));
        let answered = self.at(pane, &pulse).answer(question).await;
        self.registry.calm(pane, &pulse);
        match answered {
            Ok(answered) => answered,
            Err(Stopped::Waits(why)) => Answered::Waits(why.to_owned()),
            Err(Stopped::Failed(why)) => Answered::Failed(why),
        }
    }
}

impl Desk<'_> {
    async fn answer(&self, question: &Question) -> Result<Answered, Stopped> {
        let (option, before) = match &question.how {
            How::Enter => ("Enter".to_owned(), self.look(question).await?),
            How::Letter => self.type_letter(question).await?,
            How::Arrows(marker) => self.mark(question, marker).await?,
        };
        self.nobody_types().await?;
        let beats = self.pulse.beats();
        self.key("Enter").await?;
        let deadline = Instant::now() + GOES;
        let before = options::words(&before);
        let mut known = beats;
        loop {
            let wrote = self.pulse.wait_for_more(known, deadline).await;
            known = self.pulse.beats();
            self.pulse.stands_still(PAINTED, deadline).await;
            // Where it can no longer be asked, the program has ended over the answer.
            let gone = match self.confirm().await {
                Err(_) => true,
                Ok(view) => !question.stands(&view.fact) || options::words(&view.lines) != before,
            };
            if gone {
                return Ok(Answered::Gone(option));
            }
            if !wrote {
                return Ok(Answered::Stands(option));
            }
        }
    }

    /// The lines of the screen, if the dialog stands there and nobody is in the way.
    async fn look(&self, question: &Question) -> Result<Vec<Line>, Stopped> {
        let view = self.confirm().await?;
        may_answer(&view)?;
        if !question.stands(&view.fact) {
            let why = format!("tmux does not show the dialog {}", question.dialog);
            return Err(Stopped::Failed(why));
        }
        Ok(view.lines)
    }

    async fn nobody_types(&self) -> Result<(), Stopped> {
        match self.is_typed_into().await? {
            true => Err(Stopped::Waits("somebody is typing there")),
            false => Ok(()),
        }
    }

    async fn key(&self, name: &str) -> Result<(), Stopped> {
        let pressed = self.connection.key(self.pane, name).await;
        pressed.map_err(|error| Stopped::Failed(error.to_string()))
    }

    /// Moves the mark to the option, one key at a time. Its label, and the screen that shows the mark
    /// there.
    async fn mark(
        &self,
        question: &Question,
        marker: &Regex,
    ) -> Result<(String, Vec<Line>), Stopped> {
        let mut lines = self.look(question).await?;
        let (_, label) = options::option(&lines, &question.labels)?;
        let label = label.to_owned();
        for _ in 0..KEYS_MAX {
            let (index, _) = options::option(&lines, &question.labels)?;
            let key = match options::way(&lines, marker, index)? {
                0 => return Ok((label, lines)),
                up if up < 0 => "Up",
                _ => "Down",
            };
            self.nobody_types().await?;
            lines = self.press_and_see(question, key, lines).await?;
        }
        Err(Stopped::Failed(format!(
            "the mark did not come to {label:?} within {KEYS_MAX} keys"
        )))
    }

    /// Presses a key, and returns the screen once that shows something else than before.
    async fn press_and_see(
        &self,
        question: &Question,
        key: &str,
        before: Vec<Line>,
    ) -> Result<Vec<Line>, Stopped> {
        let mut beats = self.pulse.beats();
        self.key(key).await?;
        for _ in 0..READS {
            let deadline = Instant::now() + ECHO;
            self.pulse.wait_for_more(beats, deadline).await;
            beats = self.pulse.beats();
            self.pulse.stands_still(PAINTED, deadline).await;
            let lines = self.look(question).await?;
            if lines != before {
                return Ok(lines);
            }
        }
        Err(Stopped::Failed(format!("the key {key} changes nothing")))
    }

    /// Types the letter of the option behind the question. The option's label, and the screen that
    /// shows it there.
    async fn type_letter(&self, question: &Question) -> Result<(String, Vec<Line>), Stopped> {
        let lines = self.look(question).await?;
        let (letter, label) = options::letter(&lines, &question.labels)?;
        let last = |lines: &[Line]| {
            let last = lines.iter().rev().find(|(_, text)| !text.trim().is_empty());
            last.map(|(_, text)| text.trim_end().to_owned())
        };
        let asked = last(&lines).unwrap_or_default();
        self.nobody_types().await?;
        let mut beats = self.pulse.beats();
        self.key(&letter.to_string()).await?;
        for _ in 0..READS {
            let deadline = Instant::now() + ECHO;
            self.pulse.wait_for_more(beats, deadline).await;
            beats = self.pulse.beats();
            self.pulse.stands_still(PAINTED, deadline).await;
            let view = self.confirm().await?;
            may_answer(&view)?;
            let shown = last(&view.lines).unwrap_or_default();
            let typed = shown.strip_prefix(&asked).map(str::trim);
            if typed.is_some_and(|typed| typed == letter.to_string()) {
                return Ok((label, view.lines));
            }
            if shown != asked {
                let why = format!("its question shows something else than {letter:?}");
                return Err(Stopped::Failed(why));
            }
        }
        Err(Stopped::Failed(format!("it does not show {letter:?}")))
    }
}

fn may_answer(view: &Confirmed) -> Result<(), Stopped> {
    if view.styled.dead {
        return Err(Stopped::Failed("the program has ended".to_owned()));
    }
    if view.in_mode() {
        return Err(Stopped::Waits("a person is looking at the pane's history"));
    }
    Ok(())
}
