//! What the screens of units show, and who asks for them.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Engine;
use super::batch::finish;
use crate::daemon::events;
use crate::daemon::screens::{self, Confirmed, Order};
use crate::daemon::wire::{Level, Message, Note};
use crate::detect::Signs;
use crate::supervise::{Judgement, UnitName};

impl Engine {
    /// What this unit's screen is judged by. All agents of a backend share it.
    pub(super) fn signs_of(&mut self, unit: &UnitName) -> Arc<Signs> {
        let Some(agent) = self.fleet.agent(unit.as_str()) else {
            return Arc::default();
        };
        let backend = &agent.backend;
        match self.signs.get(&backend.name) {
            Some((known, signs)) if Arc::ptr_eq(known, backend) => Arc::clone(signs),
            _ => {
                let signs = Arc::new(Signs::of(backend));
                let entry = (Arc::clone(backend), Arc::clone(&signs));
                self.signs.insert(backend.name.clone(), entry);
                signs
            }
        }
    }

    /// The config changed: what runs is judged by what it says now.
    pub(super) fn judge_anew(&mut self) {
        let places: Vec<_> = self.places().collect();
        for (unit, pane) in places {
            let signs = self.signs_of(&unit);
            self.screens.orders().send(Order::Signs { pane, signs });
        }
    }

    /// The connection was away: what was written meanwhile is not in the models.
    pub(super) fn seed_all(&self) {
        for (_, pane) in self.places() {
            self.screens.orders().send(Order::Behind(pane));
        }
    }

    /// Answers with the screen of a unit: the model's, or what tmux says now.
    pub(super) fn show_screen(&self, name: &str, confirm: bool, outbox: mpsc::Sender<Message>) {
        let unit = self.supervisor.unit(&UnitName::new(name));
        let Some(pane) = unit.and_then(|unit| unit.runs_in()) else {
            let note = Note {
                level: Level::Error,
                text: format!("{name} does not run, so it has no screen"),
                hint: Some(
                    "`ao status --json` has the last screen of what died, as `last_screen`"
                        .to_owned(),
                ),
            };
            let _ = outbox.try_send(Message::Note(note));
            return finish(outbox, 1);
        };
        let orders = self.screens.orders().clone();
        let connection = self.connection.clone();
        let name = name.to_owned();
        tokio::spawn(async move {
            let picture = if confirm {
                let confirmed = screens::confirm(&orders, &connection, pane).await;
                confirmed.map(|confirmed| {
                    note_difference(&name, &confirmed, &outbox);
                    confirmed.picture
                })
            } else {
                let (reply, answer) = oneshot::channel();
                orders.send(Order::Show(pane, reply));
                answer.await.ok().flatten().ok_or_else(ended)
            };
            match picture {
                Ok(picture) => {
                    let _ = outbox.try_send(Message::Screen(Box::new(picture)));
                    finish(outbox, 0);
                }
                Err(why) => no_screen(&name, &why, outbox),
            }
        });
    }
}

fn note_difference(name: &str, confirmed: &Confirmed, outbox: &mpsc::Sender<Message>) {
    if confirmed.agrees {
        return;
    }
    let state = events::state(Judgement::Running(confirmed.fact.state));
    let note = Note {
        level: Level::Info,
        text: format!(
            "tmux shows {name} as {}, which the watchdog did not see; it looks again",
            state.name()
        ),
        hint: None,
    };
    let _ = outbox.try_send(Message::Note(note));
}

fn ended() -> String {
    "it has just ended".to_owned()
}

fn no_screen(name: &str, why: &str, outbox: mpsc::Sender<Message>) {
    let note = Note {
        level: Level::Error,
        text: format!("the screen of {name} cannot be had: {why}"),
        hint: Some("`ao status` shows what runs".to_owned()),
    };
    let _ = outbox.try_send(Message::Note(note));
    finish(outbox, 1);
}
