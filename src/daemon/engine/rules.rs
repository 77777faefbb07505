//! Requests that change what the supervisor does by itself, and start or end nothing at once.

use tokio::sync::mpsc;

use super::batch::{Verb, finish};
use super::{Engine, MEMORY, ask};
use crate::config::Fleet;
use crate::daemon::disk::Disk;
use crate::daemon::journal::Journal;
use crate::daemon::status;
use crate::daemon::wire::{Level, Message, Note, Phase, PhaseTo, Request};
use crate::os::boot;
use crate::supervise::{Ask, Input, Memory, Now, Supervisor, UnitName};

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
        // Its number may not be written down yet.
        let ahead = self.supervisor.phase_ahead().unwrap_or(current.index);
        let index = match to {
            PhaseTo::Set(index) => index,
            PhaseTo::Next if ahead >= last => {
                let last = status::phase_at(&self.fleet, last);
                let id = last.map_or(current.id, |phase| phase.id);
                return Err(wrong(format!("{id} is the last phase")));
            }
            PhaseTo::Next => ahead + 1,
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

/// Whether this request changes only what the supervisor does by itself, so that it can be written
/// down without a watchdog and without tmux.
pub(in crate::daemon) fn is_decree(request: &Request) -> bool {
    matches!(
        request,
        Request::Reset { .. } | Request::Pause { .. } | Request::Resume { .. }
    )
}

/// Writes such a request down, when no watchdog runs.
pub(in crate::daemon) async fn decree_alone(
    fleet: &Fleet,
    request: &Request,
    disk: &Disk,
    journal: &mut Journal,
    now: Now,
) -> Vec<Message> {
    let some = |names: &[String]| names.iter().map(|name| UnitName::new(name)).collect();
    let all_or = |names: &[String]| (!names.is_empty()).then(|| some(names));
    let ask = match request {
        Request::Reset { names } => Ask::Reset(some(names)),
        Request::Pause { names } => Ask::Pause(all_or(names)),
        Request::Resume { names } => Ask::Resume(all_or(names)),
        _ => return Vec::new(),
    };
    let mut memory: Memory = disk.load(MEMORY);
    memory.came_back(&boot::id());
    let mut machine = Supervisor::new(memory, 0);
    let configured = Input::Configured {
        policy: Box::new(super::config::policy(fleet, false)),
        fleet: super::config::fleet_spec(fleet),
    };
    // tmux was not looked at, so nothing that would have to be carried out can follow.
    let _ = journal.handle(&mut machine, now, configured);
    let _ = journal.handle(&mut machine, now, Input::Asked(ask));
    let kept = disk.save_now(MEMORY, &machine.memory()).await;
    let trouble = kept.err().map(|error| Note {
        level: Level::Error,
        ..ask::not_kept(&error)
    });
    trouble.into_iter().map(Message::Note).collect()
}
