//! The predecessor's watchdog, where it runs outside its tmux session: in a terminal, in a
//! unit. Two watchdogs would act against each other, so ao names it and does not begin.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::DaemonError;
use crate::config::Fleet;
use crate::os::process::{self, Pid};
use crate::tmux::Server;

/// Fails if the predecessor looks after this config from outside its own session.
pub(super) fn refuse_beside(fleet: &Fleet, server: &Server) -> Result<(), DaemonError> {
    let rows = match process::table() {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(%error, "the process table cannot be read");
            return Ok(());
        }
    };
    let mut candidates = rows.into_iter().filter_map(|row| {
        let line = process::command_line(row.pid)?;
        let config = config_of(&line, &process::cwd(row.pid).unwrap_or_default())?;
        let same = config.canonicalize().is_ok_and(|path| path == fleet.path);
        same.then_some((row, line))
    });
    let Some((row, line)) = candidates.find(|(row, _)| !in_its_session(fleet, server, row.session))
    else {
        return Ok(());
    };
    let words: Vec<_> = line.iter().map(|word| word.to_string_lossy()).collect();
    Err(DaemonError::Predecessor {
        pid: row.pid.get(),
        command: words.join(" "),
    })
}

/// Whether a process belongs to the tmux session that ao ends when it takes over.
fn in_its_session(fleet: &Fleet, server: &Server, session: Option<Pid>) -> bool {
    let name = fleet.watchdog_session();
    let panes = server.panes_once().ok().flatten().unwrap_or_default();
    panes.iter().any(|pane| {
        let home = pane.home.as_ref().map(|home| home.1.as_str());
        home == Some(name.as_str()) && pane.pid.is_some() && pane.pid == session
    })
}

/// The config of the predecessor's watchdog, if this command line is one.
fn config_of(line: &[OsString], cwd: &Path) -> Option<PathBuf> {
    let script = line.iter().position(|word| {
        let name = Path::new(word).file_name();
        name.is_some_and(|name| name == "agents.py")
    })?;
    let rest = &line[script + 1..];
    let at = rest.iter().position(|word| word == "--config");
    let value = at.and_then(|at| rest.get(at + 1));
    let verb = rest
        .iter()
        .enumerate()
        .find(|(index, word)| *word != "--config" && Some(*index) != at.map(|at| at + 1))?;
    if verb.1 != "watchdog" {
        return None;
    }
    match value {
        Some(path) => Some(cwd.join(path)),
        None => {
            let here = cwd.join("agents.toml");
            let beside = Path::new(&line[script]).with_file_name("agents.toml");
            Some(if here.exists() {
                here
            } else {
                cwd.join(beside)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(line: &str) -> Option<PathBuf> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        config_of(&words, Path::new("/w"))
    }

    #[test]
    fn only_a_watchdog_counts_and_its_config_is_found() {
        assert_eq!(
            config("python3 /opt/agents.py watchdog --config x/agents.toml"),
            Some("/w/x/agents.toml".into())
        );
        assert_eq!(
            config("/usr/bin/python3 agents.py --config /c.toml watchdog"),
            Some("/c.toml".into())
        );
        assert_eq!(
            config("python3 /opt/agents.py watchdog"),
            Some("/opt/agents.toml".into())
        );
        assert_eq!(config("python3 /opt/agents.py up --config /c.toml"), None);
        assert_eq!(config("vim agents.py watchdog.md"), None);
        assert_eq!(config("ao watchdog --config /c.toml"), None);
    }
}
