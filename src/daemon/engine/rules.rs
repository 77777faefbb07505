//! Requests that change what the supervisor does by itself, and start or end nothing at once.

use tokio::sync::mpsc;

use super::batch::{Verb, finish};
use super::{Engine, MEMORY, ask};
use crate::daemon::status;
use crate::daemon::wire::{Level, Message, Note, Phase, PhaseTo};
use crate::supervise::{Ask, Input, UnitName};

type Outbox = mpsc::Sender<Message>;

impl Engine {
    pub(super) async fn reset(&mut self, names: &[String], outbox: Outbox) {
        let targets = self.targets(names, &outbox, Verb::Restart);
        let code = u8::from(targets.len() != names.len());
        self.decree(Ask::Reset(targets), outbox, code).await;
    }

    /// Pauses these, or all, or looks after them again.
    pub(super) async fn pause(&mut self, names: &[String], paused: bool, outbox: Outbox) {
        let whom: Option<Vec<UnitName>> =
            (!names.is_empty()).then(|| self.targets(names, &outbox, Verb::Restart));
        let known = whom.as_ref().map_or(names.len(), Vec::len);
        let ask = if paused {
            Ask::Pause(whom)
        } else {
            Ask::Resume(whom)
        };
        self.decree(ask, outbox, u8::from(known != names.len()))
            .await;
    }

    /// Goes to another phase, if there is such a one.
    pub(super) async fn go_to_phase(&mut self, to: PhaseTo, outbox: Outbox) {
        match self.phase_meant(to) {
            Ok(phase) => {
                let index = phase.index;
                let _ = outbox.try_send(Message::Phase(phase));
                self.decree(Ask::Phase(index), outbox, 0).await;
            }
            Err(note) => {
                let _ = outbox.try_send(Message::Note(note));
                finish(outbox, 1);
            }
        }
    }

    fn phase_meant(&self, to: PhaseTo) -> Result<Phase, Note> {
        let current = status::current_phase(self);
        let wrong = |text: String| Note {
            level: Level::Error,
            text,
            hint: Some("`ao phase` shows them".to_owned()),
        };
        let Some(current) = current else {
            return Err(wrong("the config has no [[loop.phases]]".to_owned()));
        };
        let last = current.count - 1;
        let index = match to {
            PhaseTo::Set(index) => index,
            PhaseTo::Next if current.index == last => {
                let text = format!("{} is the last phase", current.id);
                return Err(wrong(text));
            }
            PhaseTo::Next => current.index + 1,
        };
        let phase = status::phase_at(&self.fleet, index);
        phase.ok_or_else(|| wrong(format!("there is no phase {index}; they are 0 to {last}")))
    }

    /// A person's word: on disk before anything is done about it.
    async fn decree(&mut self, ask: Ask, outbox: Outbox, code: u8) {
        let actions = self.decide(Input::Asked(ask));
        let memory = self.supervisor.memory();
        if let Err(error) = self.disk.save_now(MEMORY, &memory).await {
            let _ = outbox.try_send(Message::Note(ask::not_kept(&error)));
        }
        self.carry_out(actions);
        finish(outbox, code);
    }
}
