//! The files of a fleet that say what to do: holds, the phase, what is done; and the remote.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Engine, News};
use crate::config::{Observed, SessionName};
use crate::daemon::git;
use crate::daemon::loop_files::{self, Watched};
use crate::daemon::wire::What;
use crate::supervise::{HoldFile, Input, Op, SequenceFiles, UnitName};

/// What was last heard of the fleet's files.
#[derive(Debug, Default)]
pub(super) struct Heard {
    sequence: Option<SequenceFiles>,
    holds: BTreeMap<UnitName, Option<HoldFile>>,
    /// What was odd about files when they were last read.
    odd: BTreeMap<String, Vec<String>>,
    watched: BTreeMap<PathBuf, Watched>,
}

/// What was read of a fleet's files, or written to them.
#[derive(Debug)]
pub(in crate::daemon) enum Paper {
    /// The files of the sequence.
    Sequence(Observed<Option<SequenceFiles>>),
    /// A hold was read.
    Hold(UnitName, Observed<Option<HoldFile>>),
    /// A hold was written, and reads like this now.
    HoldWritten(UnitName, Result<Option<HoldFile>, String>),
}

impl Engine {
    /// The files that count when they change.
    pub(super) fn fleet_files(&mut self) -> Vec<PathBuf> {
        let phase = self.supervisor.phase().map(|(index, _)| index);
        let watched = loop_files::to_watch(&self.fleet, phase);
        self.heard.watched = watched.into_iter().collect();
        self.heard.watched.keys().cloned().collect()
    }

    /// Reads everything anew.
    pub(super) fn read_files(&mut self) {
        self.read_sequence();
        let agents = self.fleet.agents.iter();
        let agents: Vec<_> = agents
            .map(|agent| (UnitName::new(agent.name.as_str()), agent.session.clone()))
            .collect();
        for (unit, session) in agents {
            self.read_hold(unit, session);
        }
    }

    /// Files changed.
    pub(super) fn files_changed(&mut self, changed: &[PathBuf]) {
        let mut sequence = false;
        for path in changed {
            match self.heard.watched.get(path) {
                Some(Watched::Sequence) => sequence = true,
                Some(Watched::Hold(name)) => {
                    let agent = self.fleet.agent(name.as_str());
                    if let Some(session) = agent.map(|agent| agent.session.clone()) {
                        self.read_hold(UnitName::new(name.as_str()), session);
                    }
                }
                None => {}
            }
        }
        if sequence {
            self.read_sequence();
        }
    }

    fn read_sequence(&mut self) {
        let fleet = Arc::clone(&self.fleet);
        let news = self.news.clone();
        self.clerk.ask(move || {
            let read = loop_files::read_sequence(&fleet);
            let _ = news.blocking_send(News::Paper(Paper::Sequence(read)));
        });
    }

    fn read_hold(&mut self, unit: UnitName, session: SessionName) {
        let fleet = Arc::clone(&self.fleet);
        let news = self.news.clone();
        self.clerk.ask(move || {
            let read = loop_files::read_hold(&fleet, &session);
            let _ = news.blocking_send(News::Paper(Paper::Hold(unit, read)));
        });
    }

    /// Takes in what was read or written.
    pub(super) fn on_paper(&mut self, paper: Paper) {
        match paper {
            Paper::Sequence(read) => {
                self.tell_odd("sequence", read.warnings);
                if read.value != self.heard.sequence {
                    self.heard.sequence.clone_from(&read.value);
                    if let Some(files) = read.value {
                        self.handle(Input::Sequence(files));
                    }
                }
            }
            Paper::Hold(unit, read) => {
                self.tell_odd(unit.as_str(), read.warnings);
                let hold = read.value;
                let known = self.heard.holds.insert(unit.clone(), hold);
                // At the start a file that is not there says nothing.
                if known.unwrap_or_default() != hold {
                    self.handle(Input::HoldFile { unit, hold });
                }
            }
            Paper::HoldWritten(unit, Ok(hold)) => _ = self.heard.holds.insert(unit, hold),
            Paper::HoldWritten(unit, Err(why)) => self.tell_odd(unit.as_str(), vec![why]),
        }
    }

    /// Tells what is odd about a file once, for as long as it stays so.
    fn tell_odd(&mut self, about: &str, warnings: Vec<String>) {
        let known = self.heard.odd.insert(about.to_owned(), warnings.clone());
        let known = known.unwrap_or_default();
        for text in warnings.into_iter().filter(|text| !known.contains(text)) {
            self.publish(What::Told { agent: None, text });
        }
    }

    pub(super) fn write_hold(&mut self, unit: UnitName, hold: Option<HoldFile>) {
        let Some(session) = self.session_name(&unit) else {
            return;
        };
        let fleet = Arc::clone(&self.fleet);
        let news = self.news.clone();
        self.clerk.ask(move || {
            let written = loop_files::write_hold(&fleet, &session, hold);
            let _ = news.blocking_send(News::Paper(Paper::HoldWritten(unit, written)));
        });
    }

    /// Has a file of the sequence written.
    fn write(
        &mut self,
        op: Op,
        what: impl FnOnce(&crate::config::Fleet) -> Result<(), String> + Send + 'static,
    ) {
        let fleet = Arc::clone(&self.fleet);
        let news = self.news.clone();
        // What is under way is remembered first: whoever comes next goes on from there.
        let remembered = self
            .disk
            .save_and_tell(super::MEMORY, &self.supervisor.memory());
        self.clerk.ask(move || {
            let _ = remembered.blocking_recv();
            let result = what(&fleet);
            let _ = news.blocking_send(News::Result(Input::Written { op, result }));
        });
    }

    pub(super) fn write_index(&mut self, op: Op, index: usize) {
        self.write(op, move |fleet| loop_files::write_index(fleet, index));
    }

    pub(super) fn mark_complete(&mut self, op: Op, complete: bool) {
        self.write(op, move |fleet| {
            if complete {
                let now = Timestamp::now().to_zoned_datetime(TimeZone::system());
                loop_files::mark_complete(fleet, &now)
            } else {
                loop_files::unmark_complete(fleet)
            }
        });
    }

    pub(super) fn remove_trigger(&mut self, op: Op) {
        self.write(op, loop_files::remove_trigger);
    }

    /// Looks what the remote of the hand-off has.
    pub(super) fn fetch(&mut self, op: Op, since: Option<String>) {
        let fleet = Arc::clone(&self.fleet);
        let news = self.news.clone();
        tokio::spawn(async move {
            let handoff = fleet.loop_.as_ref().and_then(|it| it.handoff.as_ref());
            let result = match handoff {
                Some(handoff) => git::look(handoff, since.as_deref()).await,
                None => Err("the config has no [loop.handoff] any more".to_owned()),
            };
            let fetched = Input::Fetched { op, result };
            let _ = news.send(News::Result(fetched)).await;
        });
    }
}
