//! What the screens of units show, and who asks for them.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Engine;
use super::batch::finish;
use crate::daemon::events;
use crate::daemon::screens::{self, Confirmed, Order, Orders};
use crate::daemon::wire::{Level, Message, Note};
use crate::detect::{Reading, Signs};
use crate::supervise::{Judgement, Unit, UnitName};
use crate::tmux::PaneId;

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
        let Some(pane) = self.pane_to_show(name) else {
            return has_no_screen(name, outbox);
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
                reading(&orders, pane).await.map(|reading| reading.picture)
            };
            let picture = picture.map(|picture| Message::Screen(Box::new(picture)));
            answer(&name, picture, outbox);
        });
    }

    /// Answers with what the watchdog makes of a unit's screen.
    pub(super) fn show_reading(&self, name: &str, outbox: mpsc::Sender<Message>) {
        let Some(pane) = self.pane_to_show(name) else {
            return has_no_screen(name, outbox);
        };
        let orders = self.screens.orders().clone();
        let name = name.to_owned();
        tokio::spawn(async move {
            let reading = reading(&orders, pane).await;
            let reading = reading.map(|reading| Message::Reading(Box::new(reading)));
            answer(&name, reading, outbox);
        });
    }

    fn pane_to_show(&self, name: &str) -> Option<PaneId> {
        let unit = self.supervisor.unit(&UnitName::new(name));
        unit.and_then(Unit::runs_in)
    }
}

/// The model of a pane as it is now.
async fn reading(orders: &Orders, pane: PaneId) -> Result<Reading, String> {
    let (reply, answer) = oneshot::channel();
    orders.send(Order::Show(pane, reply));
    let reading = answer.await.ok().flatten();
    reading.ok_or_else(|| "it has just ended".to_owned())
}

fn answer(name: &str, message: Result<Message, String>, outbox: mpsc::Sender<Message>) {
    match message {
        Ok(message) => {
            let _ = outbox.try_send(message);
            finish(outbox, 0);
        }
        Err(why) => no_screen(name, &why, outbox),
    }
}

fn has_no_screen(name: &str, outbox: mpsc::Sender<Message>) {
    let note = Note {
        level: Level::Error,
        text: format!("{name} does not run, so it has no screen"),
        hint: Some(
            "`ao status --json` has the last screen of what died, as `last_screen`".to_owned(),
        ),
    };
    let _ = outbox.try_send(Message::Note(note));
    finish(outbox, 1);
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

fn no_screen(name: &str, why: &str, outbox: mpsc::Sender<Message>) {
    let note = Note {
        level: Level::Error,
        text: format!("the screen of {name} cannot be had: {why}"),
        hint: Some("`ao status` shows what runs".to_owned()),
    };
    let _ = outbox.try_send(Message::Note(note));
    finish(outbox, 1);
}
