//! Carries the supervisor's actions out, each in a task of its own.

use std::ffi::OsString;
use std::sync::Arc;

use super::last_words::{Words, last_words, let_go};
use super::start::{Job, Old};
use super::{Engine, News, Watching};
use crate::config::Typed;
use crate::daemon::deaths;
use crate::daemon::delivery::{Letter, Receipt, Through, Typist};
use crate::daemon::ending::Force;
use crate::os::process::{self, Pid};
use crate::supervise::{Input, Op, UnitName};
use crate::tmux::{PaneId, SessionId};

impl Engine {
    pub(super) fn start(&mut self, unit: UnitName, op: Op, old: Option<Old>, fresh: bool) {
        // Before anything that the program can write.
        self.runtime(&unit).began = Some(self.clock.now().wall);
        let fleet = self.one_off.get(&unit).unwrap_or(&self.fleet);
        let job = Job {
            op,
            fresh,
            fleet: Arc::clone(fleet),
            shell: self.shell.clone(),
            hash: self.hash.clone(),
            path: self.caller_path.clone(),
            exe: Arc::clone(&self.exe),
            session: self.session_of(&unit, old.map(|old| old.pane)),
            connection: self.connection.clone(),
            ender: self.ender.clone(),
            news: self.news.clone(),
            unit,
        };
        tokio::spawn(job.run(old));
    }

    /// The session that a start goes into: where its old pane is, else the one that ao made for
    /// it, if a person's windows keep it alive.
    fn session_of(&self, unit: &UnitName, old: Option<PaneId>) -> Option<SessionId> {
        let of_pane = |pane| {
            let found = self.panes.iter().find(|listed| listed.pane == pane)?;
            Some(found.home.as_ref()?.0)
        };
        let made = self.runtimes.get(unit).and_then(|runtime| runtime.session);
        let there = |session: &SessionId| {
            let mut homes = self.panes.iter().filter_map(|pane| pane.home.as_ref());
            homes.any(|home| home.0 == *session)
        };
        // The list may be older than the pane.
        old.and_then(|old| of_pane(old).or(made))
            .or_else(|| made.filter(there))
    }

    pub(super) fn end(&mut self, unit: UnitName, op: Op, pane: Option<PaneId>, pid: i32) {
        let connection = self.connection.clone();
        let ender = self.ender.clone();
        let news = self.news.clone();
        let held = self.runtimes.get(&unit).and_then(|it| it.watch.as_ref());
        let held = held.is_some_and(|watch| watch.pid == pid);
        tokio::spawn(async move {
            // A number out of an earlier watchdog's memory may be another process's by now.
            let own = |pid: &Pid| pane.is_some() || held || is_of(*pid, &unit);
            let force = match Pid::new(pid).filter(own) {
                Some(pid) => ender.end(pid).await,
                None => Force::None,
            };
            if let Some(pane) = pane {
                let_go(&connection, pane).await;
            }
            let report = News::Ended {
                unit,
                op,
                pane,
                force,
            };
            let _ = news.send(report).await;
        });
    }

    pub(super) fn clear(&mut self, unit: UnitName, op: Op, pane: PaneId, pid: i32) {
        let connection = self.connection.clone();
        let news = self.news.clone();
        tokio::spawn(async move {
            let report = match last_words(&connection, pane, pid).await {
                Words::Respawned(pid) => News::Result(Input::Respawned {
                    unit,
                    op,
                    pane,
                    pid,
                }),
                Words::Rows(rows) => {
                    let unit_too = unit.clone();
                    let _ = news
                        .send(News::LastScreen {
                            unit: unit_too,
                            rows,
                        })
                        .await;
                    let_go(&connection, pane).await;
                    News::Cleared { unit, op, pane }
                }
                Words::None => {
                    let_go(&connection, pane).await;
                    News::Cleared { unit, op, pane }
                }
            };
            let _ = news.send(report).await;
        });
    }

    pub(super) fn deliver(&mut self, unit: UnitName, pane: PaneId, typed: Typed) {
        self.runtime(&unit).delivering = true;
        let typist = Typist {
            connection: self.connection.clone(),
            registry: self.registry.clone(),
            clock: self.clock,
        };
        let fleet = self.one_off.get(&unit).unwrap_or(&self.fleet);
        let agent = fleet.agent(unit.as_str());
        let preset = agent.and_then(|agent| agent.backend.preset.clone());
        let letter = Letter {
            text: typed.text,
            submit_key: typed.submit_key.as_str().to_owned(),
            wait_at_most: typed.wait_at_most,
            // What a program shows while it starts says little of its work.
            through: Through {
                work: preset
                    .as_ref()
                    .is_none_or(|preset| preset.delivery.takes_text_while_working),
                ..Through::default()
            },
            preset,
        };
        let news = self.news.clone();
        tokio::spawn(async move {
            let mut told = None;
            loop {
                let receipt = typist.deliver(pane, &letter, told.as_deref()).await;
                told = match &receipt {
                    Receipt::Waits(why) => Some(why.clone()),
                    _ => None,
                };
                let report = News::Delivered {
                    unit: unit.clone(),
                    pane,
                    receipt,
                };
                if news.send(report).await.is_err() || told.is_none() {
                    return;
                }
            }
        });
    }

    /// Has every running process waited for and its screen kept, and no other.
    pub(super) fn watch_what_runs(&mut self) {
        let watched = |unit: &UnitName| {
            let watch = self.runtimes.get(unit)?.watch.as_ref()?;
            Some((watch.pane, watch.pid))
        };
        let units = self.supervisor.units();
        let changed = units.filter(|unit| unit.running() != watched(unit.name()));
        let changed: Vec<_> = changed
            .map(|unit| (unit.name().clone(), unit.running()))
            .collect();
        for (unit, running) in changed {
            if let Some((pane, pid)) = running {
                let signs = self.signs_of(&unit);
                self.registry.watch(pane, unit.clone(), signs, self.rules);
                self.recall_what_was_typed(&unit, pane, pid);
            }
            let watch = running.map(|(pane, pid)| Watching {
                pane,
                pid,
                task: tokio::spawn(deaths::watch(
                    unit.clone(),
                    pane,
                    pid,
                    self.connection.clone(),
                    self.news.clone(),
                )),
            });
            self.runtime(&unit).watch = watch;
        }
    }
}

/// Whether a process was started by ao for this unit, or has ended and left others of its terminal,
/// whose number is then nobody else's. Where the system does not tell, it is taken for another's.
fn is_of(pid: Pid, unit: &UnitName) -> bool {
    let mark = format!("AO_AGENT={unit}");
    let marked = |environ: Vec<OsString>| environ.iter().any(|entry| *entry == *mark);
    !process::is_alive(pid) || process::environ(pid).is_some_and(marked)
}
