//! Carries the supervisor's actions out, each in a task of its own.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Engine, News, Watching};
use crate::config::{self, Fleet, Launch, LaunchInput, Typed};
use crate::daemon::deaths;
use crate::daemon::delivery;
use crate::daemon::ending::{Ender, Force};
use crate::daemon::store;
use crate::daemon::wire::{Level, Note};
use crate::os::process::Pid;
use crate::supervise::{Fault, Input, Op, UnitName};
use crate::tmux::{
    Capture, Connection, PaneId, Screen, SessionId, Start, Started, Tags, TmuxError,
};

/// How many rows of a dead unit's screen are kept.
const LAST_ROWS: usize = 50;

/// What a start needs, put together off the loop: it reads and writes files.
struct Prepared {
    start: Start,
    typed: Option<Typed>,
    warnings: Vec<String>,
}

/// Everything that a task which starts a unit takes along.
struct Job {
    unit: UnitName,
    op: Op,
    fleet: Arc<Fleet>,
    shell: String,
    hash: String,
    path: Option<String>,
    /// The session that it runs or ran in, if it is still there.
    session: Option<SessionId>,
    connection: Connection,
    ender: Ender,
    news: mpsc::Sender<News>,
}

/// A process that a start replaces.
#[derive(Clone, Copy)]
pub(super) struct Old {
    pub(super) pane: PaneId,
    pub(super) pid: i32,
    pub(super) dead: bool,
}

impl Engine {
    pub(super) fn start(&mut self, unit: UnitName, op: Op, old: Option<Old>) {
        let fleet = self.one_off.get(&unit).unwrap_or(&self.fleet);
        let job = Job {
            op,
            fleet: Arc::clone(fleet),
            shell: self.shell.clone(),
            hash: self.hash.clone(),
            path: self.caller_path.clone(),
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
        tokio::spawn(async move {
            let force = match Pid::new(pid) {
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
        let connection = self.connection.clone();
        let news = self.news.clone();
        let pulse = self.pulse_for(pane);
        tokio::spawn(async move {
            let receipt = delivery::deliver(&connection, pane, &pulse, &typed).await;
            let report = News::Delivered {
                unit,
                pane,
                receipt,
            };
            let _ = news.send(report).await;
        });
    }

    /// Has every running process waited for, and no other.
    pub(super) fn watch_what_runs(&mut self) {
        for unit in self.supervisor.units() {
            let running = unit.running();
            let watched = self
                .runtimes
                .get(unit.name())
                .and_then(|runtime| runtime.watch.as_ref())
                .map(|watch| (watch.pane, watch.pid));
            if running == watched {
                continue;
            }
            let watch = running.map(|(pane, pid)| Watching {
                pane,
                pid,
                task: tokio::spawn(deaths::watch(
                    unit.name().clone(),
                    pane,
                    pid,
                    self.connection.clone(),
                    self.news.clone(),
                )),
            });
            self.runtimes.entry(unit.name().clone()).or_default().watch = watch;
        }
    }
}

impl Job {
    async fn run(self, old: Option<Old>) {
        let prepared = tokio::task::spawn_blocking({
            let (fleet, unit) = (Arc::clone(&self.fleet), self.unit.clone());
            let (shell, hash, path) = (self.shell.clone(), self.hash.clone(), self.path.clone());
            move || prepare(&fleet, &unit, &shell, hash, path)
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
                let reason = match error.hint() {
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
        let force = self.ender.end(Pid::new(old.pid)?).await;
        let text = match force {
            Force::None => return None,
            Force::Survived => {
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

/// Everything of a start that can fail, before anything is ended.
fn prepare(
    fleet: &Fleet,
    unit: &UnitName,
    shell: &str,
    hash: String,
    path: Option<String>,
) -> Result<Prepared, String> {
    let name = unit.as_str();
    if let Some(broken) = fleet
        .broken
        .iter()
        .find(|broken| broken.name.as_str() == name)
    {
        let mistakes: Vec<String> = broken
            .diagnostics
            .iter()
            .map(|d| d.message.clone())
            .collect();
        return Err(format!(
            "its part of the config is wrong: {}\nhint: `ao check` shows where",
            mistakes.join("; ")
        ));
    }
    let mut warnings = Vec::new();
    let (session, digest, launch) = if let Some(agent) = fleet.agent(name) {
        let phase = config::current_phase(fleet);
        warnings.extend(phase.warnings);
        let phase = phase.value.map(|(_, phase)| phase);
        let phase = phase.filter(|_| agent.kind == config::Kind::Loop);
        let prompt = config::read_prompt(agent, phase).map_err(|error| error.to_string())?;
        warnings.extend(prompt.warnings);
        let resume = config::read_resume_id(fleet, agent);
        warnings.extend(resume.warnings);
        let input = LaunchInput {
            phase,
            prompt: prompt.value,
            kickoff_path: fleet.kickoff_file(&agent.session),
            resume_id: resume.value,
        };
        let launch = config::launch(agent, &input);
        if let Some(kickoff) = &launch.kickoff {
            store::write_file(&input.kickoff_path, kickoff).map_err(|error| {
                format!(
                    "its prompt cannot be written to {}: {error}",
                    input.kickoff_path.display()
                )
            })?;
        }
        (&agent.session, agent.digest(phase), launch)
    } else if let Some(service) = fleet.service(name) {
        (
            &service.session,
            service.digest(),
            config::launch_service(service),
        )
    } else {
        return Err("the config no longer has it".to_owned());
    };
    make_dir(&launch.dir)?;
    tracing::info!(agent = name, what = %launch.summary, "starting");
    let mut env: Vec<(OsString, OsString)> = vec![
        ("AO_AGENT".into(), name.into()),
        ("AO_SESSION".into(), session.as_str().into()),
        ("AO_CONFIG".into(), fleet.path.clone().into()),
    ];
    env.extend(path.map(|path| ("PATH".into(), path.into())));
    // What the config says comes last, and so counts.
    env.extend(launch.env.iter().map(|(k, v)| (k.into(), v.into())));
    let Launch {
        line, dir, typed, ..
    } = launch;
    Ok(Prepared {
        start: Start {
            session: session.written().to_owned(),
            dir,
            argv: vec![shell.into(), "-c".into(), OsString::from_vec(line)],
            env,
            tags: Tags {
                agent: name.to_owned(),
                fleet: hash,
                start: digest.to_string(),
            },
        },
        typed,
        warnings,
    })
}

fn make_dir(dir: &Path) -> Result<(), String> {
    std::fs::create_dir_all(dir)
        .map_err(|error| format!("its directory {} cannot be made: {error}", dir.display()))
}

/// A person's default shell if its `-c` takes a line of the POSIX shell language.
pub(super) fn posix_shell(default: &str) -> String {
    let known = ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "yash"];
    let name = Path::new(default)
        .file_name()
        .and_then(|name| name.to_str());
    match name {
        Some(name) if known.contains(&name) => default.to_owned(),
        _ => "/bin/sh".to_owned(),
    }
}

async fn let_go(connection: &Connection, pane: PaneId) {
    if let Err(error) = connection.kill_pane(pane).await {
        // It goes with its server or is listed again; either way it is not forgotten.
        tracing::debug!(%pane, %error, "a pane could not be let go");
    }
}

enum Words {
    /// A living process runs in the pane.
    Respawned(i32),
    /// The rows that stood there.
    Rows(Vec<String>),
    /// The pane is gone, or tmux.
    None,
}

/// What stands in the pane of a process that ended.
async fn last_words(connection: &Connection, pane: PaneId, dead: i32) -> Words {
    let history = Capture::History(u32::try_from(LAST_ROWS).unwrap_or(u32::MAX));
    match connection.capture(pane, history).await {
        Ok(screen) => match screen.pid {
            Some(pid) if pid.get() != dead => Words::Respawned(pid.get()),
            _ => Words::Rows(rows_to_keep(&screen)),
        },
        Err(error) => {
            tracing::debug!(%pane, %error, "no last screen");
            Words::None
        }
    }
}

/// The last rows that are not blank, without tmux's own note that the pane is dead.
fn rows_to_keep(screen: &Screen) -> Vec<String> {
    let mut rows: Vec<String> = screen
        .rows
        .iter()
        .map(|row| String::from_utf8_lossy(row).trim_end().to_owned())
        .collect();
    let trim = |rows: &mut Vec<String>| {
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
    };
    trim(&mut rows);
    if rows
        .last()
        .is_some_and(|row| row.starts_with("Pane is dead"))
    {
        rows.pop();
        trim(&mut rows);
    }
    let first = rows.len().saturating_sub(LAST_ROWS);
    rows.split_off(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_that_speaks_another_language_is_not_given_lines() {
        assert_eq!(posix_shell("/usr/bin/zsh"), "/usr/bin/zsh");
        for other in [
            "/usr/bin/fish",
            "/bin/false",
            "",
            "/usr/bin/nu",
            "/bin/tcsh",
        ] {
            assert_eq!(posix_shell(other), "/bin/sh", "{other}");
        }
    }
}
