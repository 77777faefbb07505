//! What is looked at again before it is acted on, and what is typed.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Engine, News};
use crate::config::{self, Fleet};
use crate::daemon::delivery::{self, Question, Through, Typist};
use crate::daemon::screens;
use crate::daemon::status::foreground;
use crate::detect::foreign_program;
use crate::supervise::{
    Answered, Foreign, Input, Letter, Op, Purpose, RESET, Receipt, UnitName, View,
};
use crate::tmux::PaneId;

/// How long a service's screen may take to stand still.
const STILL_MAX: Duration = Duration::from_secs(12);

impl Engine {
    /// Reads from tmux and from the process table what is there now.
    pub(super) fn look(&mut self, unit: UnitName, op: Op, pane: PaneId, pid: i32) {
        let orders = self.screens.orders().clone();
        let connection = self.connection.clone();
        let news = self.news.clone();
        let programs = Programs::of(&self.fleet, &unit);
        tokio::spawn(async move {
            let confirmed = screens::confirm(&orders, &connection, pane).await;
            let view = confirmed.map(|confirmed| {
                Box::new(View {
                    last_output: confirmed.last_output,
                    fact: confirmed.fact,
                    foreign: programs.and_then(|programs| programs.foreign_in(pid)),
                })
            });
            let _ = news
                .send(News::Result(Input::Looked { unit, op, view }))
                .await;
        });
    }

    /// What another backend's program is in a pane is told at intervals: nothing pushes it.
    pub(super) fn look_at_programs(&mut self) {
        let running: Vec<(UnitName, i32)> = self
            .supervisor
            .units()
            .filter_map(|unit| {
                unit.runs_in()?;
                Some((unit.name().clone(), unit.running()?.1))
            })
            .collect();
        for (unit, pid) in running {
            let Some(programs) = Programs::of(&self.fleet, &unit) else {
                continue;
            };
            let foreign = programs.foreign_in(pid);
            let runtime = self.runtime(&unit);
            if foreign.is_some() || runtime.foreign {
                runtime.foreign = foreign.is_some();
                self.handle(Input::Runs { unit, pid, foreign });
            }
        }
    }

    /// Whether any agent's program has to be looked at.
    pub(super) fn looks_at_programs(&self) -> bool {
        let mut units = self.supervisor.units();
        units.any(|unit| {
            unit.runs_in().is_some() && Programs::of(&self.fleet, unit.name()).is_some()
        })
    }

    /// Types a text into a unit, once what is remembered of that is on disk.
    pub(super) fn type_letter(&mut self, unit: UnitName, op: Op, pane: PaneId, letter: Letter) {
        let written = self
            .disk
            .save_and_tell(super::MEMORY, &self.supervisor.memory());
        let journalled = self.journal.durable();
        let typist = Typist {
            connection: self.connection.clone(),
            registry: self.registry.clone(),
            clock: self.clock,
        };
        let news = self.news.clone();
        let fleet = std::sync::Arc::clone(&self.fleet);
        tokio::spawn(async move {
            // A disk that is full is told elsewhere, and stops nobody.
            let _ = (written.await, journalled.await);
            let receipt = match typed(&fleet, &unit, &letter) {
                Err(why) => Receipt::Nothing(why),
                Ok(letter) => match typist.deliver(pane, &letter, None).await {
                    delivery::Receipt::Landed => Receipt::Landed,
                    delivery::Receipt::Unconfirmed(why) => Receipt::Unconfirmed(why),
                    delivery::Receipt::Waits(why) => Receipt::Waits(why),
                    delivery::Receipt::Failed(why) => Receipt::Failed(why),
                },
            };
            let typed = Input::Typed { unit, op, receipt };
            let _ = news.send(News::Result(typed)).await;
        });
    }

    /// Answers a dialog of a unit, once what is remembered of that is on disk.
    pub(super) fn answer_dialog(&mut self, unit: UnitName, op: Op, pane: PaneId, dialog: &str) {
        let written = self
            .disk
            .save_and_tell(super::MEMORY, &self.supervisor.memory());
        let journalled = self.journal.durable();
        let typist = Typist {
            connection: self.connection.clone(),
            registry: self.registry.clone(),
            clock: self.clock,
        };
        let news = self.news.clone();
        let question = question(&self.fleet, &unit, dialog);
        tokio::spawn(async move {
            let _ = (written.await, journalled.await);
            let answered = match question {
                Ok(question) => typist.answer(pane, &question).await,
                Err(why) => Answered::Never(why),
            };
            let answered = Input::Answered { unit, op, answered };
            let _ = news.send(News::Result(answered)).await;
        });
    }

    /// A text of an earlier watchdog may stand in this process's input, pasted and not submitted.
    pub(super) fn recall_what_was_typed(&mut self, unit: &UnitName, pane: PaneId, pid: i32) {
        let left = self.runtime(unit).left.take();
        let left = left.filter(|(known, _)| *known == pid);
        let text = left.and_then(|(_, letter)| typed(&self.fleet, unit, &letter).ok());
        if let Some(letter) = text {
            let recall = delivery::Recall::left(&letter.text);
            self.registry.remember(pane, recall);
        }
    }
}

/// What is answered to a dialog.
fn question(fleet: &Fleet, unit: &UnitName, dialog: &str) -> Result<Question, String> {
    if dialog == RESET {
        return Ok(Question::enter(dialog));
    }
    let agent = fleet.agent(unit.as_str());
    Question::of(agent.ok_or("the config no longer has it")?, dialog)
}

/// What is typed for a letter.
fn typed(fleet: &Fleet, unit: &UnitName, letter: &Letter) -> Result<delivery::Letter, String> {
    let agent = fleet.agent(unit.as_str());
    let text = match (&letter.text, letter.purpose) {
        (Some(text), _) => text.clone(),
        (None, Purpose::Wake) => {
            let wake = agent.and_then(|agent| agent.wake.as_ref());
            let wake = wake.ok_or("the config no longer wakes it")?;
            config::read_wake(wake).map_err(|error| error.to_string())?
        }
        (None, _) => return Err("there is no text".to_owned()),
    };
    if text.is_empty() {
        return Err("its text is empty".to_owned());
    }
    let key = agent.map_or_else(Default::default, |agent| agent.backend.submit_key());
    Ok(delivery::Letter {
        text: text.into_bytes(),
        submit_key: key.as_str().to_owned(),
        wait_at_most: agent.map_or(STILL_MAX, |agent| agent.backend.connect_delay),
        through: Through {
            limit: letter.purpose.goes_through_limit(),
            // Whoever is probed has had its time to go on by itself.
            resuming: letter.purpose == Purpose::Probe,
            ..Through::default()
        },
        preset: agent.and_then(|agent| agent.backend.preset.clone()),
    })
}

/// The programs by which a pane that runs another backend's is known.
struct Programs {
    own: String,
    others: BTreeSet<String>,
}

impl Programs {
    /// None if this unit's program cannot be a mistake.
    fn of(fleet: &Fleet, unit: &UnitName) -> Option<Self> {
        let backend = &fleet.agent(unit.as_str())?.backend;
        let own = backend.process_name.clone()?;
        let others = fleet.backends.values();
        let others: BTreeSet<String> = others
            .filter(|other| other.name != backend.name)
            .filter_map(|other| other.process_name.clone())
            .filter(|other| *other != own)
            .collect();
        (!others.is_empty()).then_some(Self { own, others })
    }

    /// The program of another backend in the foreground of this process's terminal.
    fn foreign_in(&self, pid: i32) -> Option<Foreign> {
        let runs = foreground(pid)?;
        let others = self.others.iter().map(String::as_str);
        foreign_program(&runs, Some(&self.own), others).then(|| Foreign {
            runs,
            expected: self.own.clone(),
        })
    }
}
