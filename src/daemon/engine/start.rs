//! Starts a unit, in the place of its old process if there is one.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::News;
use super::last_words::{Words, last_words, let_go};
use super::prepare::prepare;
use crate::config::Fleet;
use crate::daemon::ending::{Ender, Force};
use crate::daemon::wire::{Level, Note};
use crate::os::process::Pid;
use crate::supervise::{Fault, Input, Op, UnitName};
use crate::tmux::{Connection, PaneId, SessionId, Start, Started, TmuxError};

/// Everything that a task which starts a unit takes along.
pub(super) struct Job {
    pub(super) unit: UnitName,
    pub(super) op: Op,
    /// With a new conversation, whatever id there is.
    pub(super) fresh: bool,
    pub(super) fleet: Arc<Fleet>,
    pub(super) shell: String,
    pub(super) hash: String,
    pub(super) path: Option<String>,
    /// This program.
    pub(super) exe: Arc<Path>,
    /// The session that it runs or ran in, if it is still there.
    pub(super) session: Option<SessionId>,
    pub(super) connection: Connection,
    pub(super) ender: Ender,
    pub(super) news: mpsc::Sender<News>,
}

/// A process that a start replaces.
#[derive(Clone, Copy)]
pub(super) struct Old {
    pub(super) pane: PaneId,
    pub(super) pid: i32,
    pub(super) dead: bool,
}

impl Job {
    pub(super) async fn run(self, old: Option<Old>) {
        let prepared = tokio::task::spawn_blocking({
            let (fleet, unit) = (Arc::clone(&self.fleet), self.unit.clone());
            let (shell, hash, path) = (self.shell.clone(), self.hash.clone(), self.path.clone());
            let fresh = self.fresh;
            let exe = Arc::clone(&self.exe);
            move || prepare(&fleet, &unit, &shell, hash, path, fresh, &exe)
        })
        .await
        .unwrap_or_else(|error| Err(format!("a start broke off: {error}")));
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(reason) => {
                let spared = old.filter(|old| !old.dead).map(|old| (old.pane, old.pid));
                return self.fail(reason, Fault::Unit, spared).await;
            }
        };
        if let Some(old) = old {
            if old.dead {
                match last_words(&self.connection, old.pane, old.pid).await {
                    Words::Respawned(pid) => return self.found_alive(old.pane, pid).await,
                    Words::Rows(rows) => {
                        let unit = self.unit.clone();
                        self.report(News::LastScreen { unit, rows }).await;
                    }
                    Words::None => {}
                }
            } else if let Some(reason) = self.end_old(old).await {
                return self
                    .fail(reason, Fault::Unit, Some((old.pane, old.pid)))
                    .await;
            }
        }
        match self.start(&prepared.start, old.map(|old| old.pane)).await {
            Ok(started) => {
                let report = News::Started {
                    unit: self.unit.clone(),
                    op: self.op,
                    session: started.session,
                    pane: started.pane,
                    old: old.map(|old| old.pane),
                    pid: started.pid.get(),
                    started_as: prepared.start.tags.start,
                    resumed: prepared.resumed,
                    typed: prepared.typed,
                    warnings: prepared.warnings,
                };
                self.report(report).await;
            }
            Err(error) => {
                let fault = if error.is_unknown_outcome() {
                    Fault::Tmux
                } else {
                    Fault::Unit
                };
                let taken = matches!(&error, TmuxError::Command { message }
                    if message.contains("duplicate session"));
                let hint = if taken {
                    Some("a session of its name is there and not ao's: rename or end it".to_owned())
                } else {
                    error.hint()
                };
                let reason = match hint {
                    Some(hint) => format!("{error}\nhint: {hint}"),
                    None => error.to_string(),
                };
                self.fail(reason, fault, None).await;
            }
        }
    }

    /// Into its session if that is there, else into a new one.
    async fn start(&self, start: &Start, old: Option<PaneId>) -> Result<Started, TmuxError> {
        if let Some(session) = self.session {
            match self.connection.start_in(session, old, start).await {
                // The session went in the meantime.
                Err(TmuxError::Command { .. }) => {}
                result => return result,
            }
        }
        if let Some(old) = old {
            let_go(&self.connection, old).await;
        }
        self.connection.start(start).await
    }

    /// Ends a living process; some text if that cannot be done, so that there are never two.
    async fn end_old(&self, old: Old) -> Option<String> {
        let pid = Pid::new(old.pid)?;
        if let Err(error) = self.connection.keep(old.pane).await {
            // Then it starts in a new session.
            tracing::debug!(pane = %old.pane, %error, "a pane cannot be kept");
        }
        let force = self.ender.end(pid).await;
        let text = match force {
            Force::None => return None,
            Force::Survived => {
                if let Err(error) = self.connection.spare(old.pane).await {
                    tracing::debug!(pane = %old.pane, %error, "a pane is not heard again");
                }
                return Some(format!(
                    "its processes could not be ended (process {})",
                    old.pid
                ));
            }
            Force::Terminated => "ignored the hang-up and had to be terminated",
            Force::Killed => "ignored the request to end and had to be killed",
        };
        let note = Note {
            level: Level::Warning,
            text: format!("{} {text}", self.unit),
            hint: None,
        };
        let unit = self.unit.clone();
        self.report(News::Told { unit, note }).await;
        None
    }

    async fn found_alive(&self, pane: PaneId, pid: i32) {
        self.report(News::Result(Input::Started {
            unit: self.unit.clone(),
            op: self.op,
            pane,
            pid,
            resumed: false,
            prompting: false,
        }))
        .await;
    }

    async fn fail(&self, reason: String, fault: Fault, spared: Option<(PaneId, i32)>) {
        self.report(News::Result(Input::StartFailed {
            unit: self.unit.clone(),
            op: self.op,
            reason,
            fault,
            spared,
        }))
        .await;
    }

    async fn report(&self, news: News) {
        // Nobody listens once the daemon is leaving.
        let _ = self.news.send(news).await;
    }
}
