//! What runs already: units found by their marks, those of the predecessor, and what is missing.

use super::last_words::let_go;
use super::{Engine, News};
use crate::config::{AgentName, Digest, SessionName};
use crate::daemon::deaths;
use crate::daemon::refill;
use crate::daemon::status::is_stale;
use crate::daemon::wire::{Level, Note, What};
use crate::supervise::{Input, Seen, Unit, UnitName};
use crate::tmux::{Capture, Pane, PaneId, Tags};

/// How many rows of a pane's history fill a gap in its log.
const REFILL: u32 = 2000;

/// What is known of a predecessor's watchdog in the session that it makes for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Predecessor {
    /// Nobody has looked, or there is none.
    #[default]
    Unknown,
    /// It is being ended.
    Ending,
    /// There was one, and it is gone.
    Ended,
}

impl Engine {
    /// Takes in a whole list of panes.
    pub(super) fn observe(&mut self, panes: Vec<Pane>) {
        self.panes = panes;
        if !self.looked && self.ends_predecessor() {
            return;
        }
        let mut seen = self.marked();
        if !self.looked {
            self.looked = true;
            seen.extend(self.predecessors(&seen));
        }
        for found in seen.iter().filter(|found| found.marked) {
            let pane = self.panes.iter().find(|pane| pane.pane == found.pane);
            let session = pane.and_then(|pane| pane.home.as_ref()).map(|home| home.0);
            let start = pane
                .and_then(|pane| pane.tags.as_ref())
                .map(|tags| tags.start.clone());
            let runtime = self.runtimes.entry(found.unit.clone()).or_default();
            runtime.session = session.or(runtime.session);
            let unit = self.supervisor.unit(&found.unit);
            // What is just being started or ended is known better than by a list.
            if let Some(unit) = unit.filter(|unit| unit.is_news(found.pane, found.pid)) {
                runtime.started_as = start.or(runtime.started_as.take());
                if unit.runs_in() != Some(found.pane) {
                    self.take_up_log(&found.unit, found.pane);
                }
            }
        }
        let dead = self.known_dead(&seen);
        self.handle(Input::Observed(seen));
        for death in dead {
            self.handle(death);
        }
        self.sweep();
        self.look_for_missing();
    }

    /// The ends whose status tmux knows: it reaped such a process, and the number may be another's
    /// by now. Before that a dead pane only means that its terminal was closed; the kernel will tell
    /// of the end and its status.
    fn known_dead(&self, seen: &[Seen]) -> Vec<Input> {
        let dead = seen.iter().filter_map(|seen| {
            let pane = self.panes.iter().find(|pane| pane.pane == seen.pane)?;
            let reaped = pane.dead_status.is_some() || pane.dead_signal.is_some();
            (pane.dead && reaped).then(|| Input::Died {
                unit: seen.unit.clone(),
                pane: seen.pane,
                pid: seen.pid,
                ending: deaths::of_pane(pane, "tmux does not know its status"),
            })
        });
        dead.collect()
    }

    /// The panes that carry this fleet's marks, one for each unit: of several the one that the
    /// supervisor knows, else a living one, else the newest. A pane whose death nobody heard of
    /// is taken up as well: its end is then told.
    fn marked(&self) -> Vec<Seen> {
        let mut found: Vec<((bool, bool, PaneId), Seen)> = Vec::new();
        for pane in self.own_panes() {
            let unit = UnitName::new(pane.tags.as_ref().map_or("", |tags| &tags.agent));
            let Some(pid) = pane.pid else { continue };
            // The config may not have it at the moment, and have it again later.
            let known = self.supervisor.unit(&unit).and_then(Unit::running);
            let is_known = known.is_some_and(|(known, _)| known == pane.pane);
            let rank = (is_known, !pane.dead, pane.pane);
            let seen = Seen {
                stale: self.is_stale(pane, &unit),
                unit,
                pane: pane.pane,
                pid: pid.get(),
                marked: true,
            };
            match found.iter_mut().find(|(_, other)| other.unit == seen.unit) {
                None => found.push((rank, seen)),
                Some(other) if other.0 < rank => *other = (rank, seen),
                Some(_) => {}
            }
        }
        found.into_iter().map(|(_, seen)| seen).collect()
    }

    /// Whether a start of this unit would now bring something else than what runs in its pane.
    fn is_stale(&self, pane: &Pane, unit: &UnitName) -> bool {
        let started_as = pane.tags.as_ref().map(|tags| tags.start.as_str());
        let now = super::digest(&self.fleet, unit).map(|digest| digest.to_string());
        is_stale(started_as, now.as_deref())
    }

    /// The panes that carry this fleet's marks.
    fn own_panes(&self) -> impl Iterator<Item = &Pane> {
        let own = |pane: &&Pane| {
            let tags = pane.tags.as_ref();
            tags.is_some_and(|tags| tags.fleet == self.hash)
        };
        self.panes.iter().filter(own)
    }

    /// Lets go of the panes that are left over.
    fn sweep(&self) {
        for pane in self.leftovers() {
            let connection = self.connection.clone();
            tokio::spawn(async move { let_go(&connection, pane).await });
        }
    }

    /// Dead panes that nobody waits for. A watchdog that was killed in the middle of a restart
    /// leaves them beside the new ones.
    pub(super) fn leftovers(&self) -> Vec<PaneId> {
        let left = self.own_panes().filter(|pane| {
            let unit = pane.tags.as_ref().map(|tags| UnitName::new(&tags.agent));
            let unit = unit.and_then(|name| self.supervisor.unit(&name));
            pane.dead && !unit.is_some_and(|unit| unit.holds(pane.pane))
        });
        left.map(|pane| pane.pane).collect()
    }

    /// Ends the predecessor's watchdog in its session, if there is one: two would act against
    /// each other. Whether that is under way.
    fn ends_predecessor(&mut self) -> bool {
        match self.predecessor {
            Predecessor::Ended => return false,
            Predecessor::Ending => return true,
            Predecessor::Unknown => {}
        }
        let session = self.fleet.watchdog_session();
        let mut panes = self.panes.iter();
        let found = panes.find(|pane| pane.tags.is_none() && is_home(pane, &session));
        let Some((home, pid)) = found.and_then(|pane| Some((pane.home.clone()?, pane.pid))) else {
            return false;
        };
        self.predecessor = Predecessor::Ending;
        let text = format!("ends the predecessor's watchdog in the session {}", home.1);
        self.publish(What::Told {
            agent: None,
            text: text.clone(),
        });
        self.greet(Note {
            level: Level::Info,
            text,
            hint: None,
        });
        let (connection, ender) = (self.connection.clone(), self.ender.clone());
        let news = self.news.clone();
        tokio::spawn(async move {
            if let Some(pid) = pid {
                ender.end(pid).await;
            }
            // Its session goes with its process, as the predecessor made it.
            let _ = connection.kill_session(home.0).await;
            let _ = news.send(News::PredecessorEnded).await;
        });
        true
    }

    /// The predecessor acts no more: what it started can be taken over.
    pub(super) fn predecessor_ended(&mut self) {
        self.predecessor = Predecessor::Ended;
        let panes = std::mem::take(&mut self.panes);
        self.observe(panes);
    }

    /// Units that the predecessor started, whose sessions have their names and pipe their
    /// output to a log.
    fn predecessors(&mut self, marked: &[Seen]) -> Vec<Seen> {
        let mut found = Vec::new();
        for (unit, session, _) in super::config::units(&self.fleet) {
            if marked.iter().any(|seen| seen.unit == unit) {
                continue;
            }
            let mut panes: Vec<&Pane> = self
                .panes
                .iter()
                .filter(|pane| pane.tags.is_none() && is_home(pane, &session))
                .collect();
            // Without its watchdog beside it, only the pipe tells the predecessor's panes from
            // a session that a person happened to give this name.
            panes.sort_by_key(|pane| (!pane.piped, pane.pane));
            let first = panes
                .first()
                .filter(|pane| pane.piped || self.predecessor == Predecessor::Ended);
            if let Some((pane, pid)) = first.and_then(|pane| Some((pane.pane, pane.pid?))) {
                found.push(Seen {
                    unit,
                    pane,
                    pid: pid.get(),
                    marked: false,
                    stale: false,
                });
            }
        }
        if !found.is_empty() {
            self.greet(Note {
                level: Level::Info,
                text: format!("took over {} that ran already", plural(found.len())),
                hint: None,
            });
        }
        found
    }

    /// Makes a pane that runs already one of ours.
    pub(super) fn adopt(&mut self, unit: &UnitName, pane: PaneId) {
        let digest = super::config::digest(&self.fleet, unit);
        let start = digest.as_ref().map(Digest::to_string).unwrap_or_default();
        let listed = self.panes.iter().find(|listed| listed.pane == pane);
        let session = listed
            .and_then(|pane| pane.home.as_ref())
            .map(|home| home.0);
        let runtime = self.runtime(unit);
        runtime.started_as = Some(start.clone());
        runtime.session = session;
        let tags = Tags {
            agent: unit.to_string(),
            fleet: self.hash.clone(),
            start,
        };
        self.log_pane(unit, pane);
        let connection = self.connection.clone();
        let news = self.news.clone();
        let unit = unit.clone();
        tokio::spawn(async move {
            if let Err(error) = connection.adopt(pane, &tags).await {
                let note = Note {
                    level: Level::Error,
                    text: format!("{unit} could not be taken over: {error}"),
                    hint: Some("`ao restart` starts it anew".to_owned()),
                };
                let _ = news.send(News::Told { unit, note }).await;
            }
        });
    }

    /// The unit's output goes to its log.
    pub(super) fn log_pane(&mut self, unit: &UnitName, pane: PaneId) {
        if let Some(log) = self.log_of(unit) {
            self.registry.log(pane, log);
        }
    }

    /// The log of a unit that ran while nobody listened: the gap is marked and filled with what
    /// the pane's history still has.
    fn take_up_log(&mut self, unit: &UnitName, pane: PaneId) {
        let (Some(mut log), Some(session)) = (self.log_of(unit), self.session_name(unit)) else {
            return;
        };
        let path = self.fleet.log_file(&session);
        let (connection, registry) = (self.connection.clone(), self.registry.clone());
        tokio::spawn(async move {
            let tail = tokio::task::spawn_blocking(move || refill::end_of(&path));
            let tail = tail.await.unwrap_or_default();
            log.gap("the watchdog was not running");
            if let Ok(screen) = connection.capture(pane, Capture::History(REFILL)).await {
                log.text(&refill::missing(&tail, &screen.rows));
            }
            // What came in between waits in the registry.
            registry.log(pane, log);
        });
    }

    /// A unit that runs, but is missing from a list, may have been started after that list was
    /// made. A list that is asked for now knows.
    fn look_for_missing(&self) {
        let listed = |pane| self.panes.iter().any(|listed| listed.pane == pane);
        if self.places().any(|(_, pane)| !listed(pane)) {
            self.look_again();
        }
    }

    /// Has the panes listed anew. Only what runs now must be in that list.
    pub(super) fn look_again(&self) {
        let expected = self.places().collect();
        let (connection, news) = (self.connection.clone(), self.news.clone());
        tokio::spawn(async move {
            if let Ok(panes) = connection.list().await {
                let _ = news.send(News::Listed { panes, expected }).await;
            }
        });
    }

    /// Where every unit runs.
    pub(super) fn places(&self) -> impl Iterator<Item = (UnitName, PaneId)> {
        let units = self.supervisor.units();
        units.filter_map(|unit| Some((unit.name().clone(), unit.runs_in()?)))
    }

    /// Takes in a list that was asked for while these ran.
    pub(super) fn on_list(&mut self, panes: Vec<Pane>, expected: Vec<(UnitName, PaneId)>) {
        for (unit, pane) in expected {
            let there = panes.iter().any(|listed| listed.pane == pane);
            let runs = self.supervisor.unit(&unit).and_then(|unit| unit.runs_in());
            if !there && runs == Some(pane) {
                self.registry.forget(pane);
                self.handle(Input::Vanished { unit, pane });
            }
        }
        self.observe(panes);
    }
}

fn is_home(pane: &Pane, session: &SessionName) -> bool {
    let home = pane.home.as_ref().map(|home| home.1.as_str());
    home == Some(session.as_str())
}

fn plural(count: usize) -> String {
    match count {
        1 => "one agent or service".to_owned(),
        n => format!("{n} agents and services"),
    }
}

/// Whether an agent of this name could be confused with the watchdog.
pub(super) fn is_watchdog(name: &str) -> bool {
    name == AgentName::WATCHDOG
}
