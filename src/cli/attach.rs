//! `ao attach`: a person's own tmux client on an agent.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

use super::args::OneName;
use super::message::{Failure, Outcome};
use super::{Invocation, load, names};
use crate::config::{Known, SessionName};
use crate::tmux::{Pane, Server};

pub(crate) fn run(invocation: &Invocation, args: &OneName) -> Outcome {
    let fleet = load::fleet(invocation)?;
    let found = names::find(&fleet, &args.name)?;
    if found == Known::Watchdog {
        return Err(Failure::new("the watchdog has no terminal")
            .hint("`ao logs watchdog` shows what it does"));
    }
    let server = load::server(&fleet)?;
    let panes = server.panes_once().map_err(|e| load::tmux_failed(&e))?;
    let session = names::session(&fleet, &found);
    let (name, mark) = (found.as_str(), load::mark(&fleet)?);
    let Some(target) = target(&mark, name, session.as_ref(), &panes.unwrap_or_default()) else {
        return Err(
            Failure::new(format!("{name} does not run")).hint(format!("`ao up {name}` starts it"))
        );
    };
    let mut command = server.command();
    if is_inside(&server) {
        command.arg("switch-client");
    } else {
        // A client in a pane of another server is asked for: tmux would refuse it as nested.
        command.env_remove("TMUX").arg("attach-session");
    }
    let error = command.arg("-t").arg(target).exec();
    Err(Failure::new(format!("tmux could not be run: {error}")))
}

/// The window of the agent's pane in its own session: by ids, for names can be anything, and
/// people rename. A session of the right name that carries no marks is the predecessor's.
fn target(mark: &str, name: &str, session: Option<&SessionName>, panes: &[Pane]) -> Option<String> {
    let marked = |pane: &&Pane| {
        pane.home.is_some()
            && pane
                .tags
                .as_ref()
                .is_some_and(|tags| tags.fleet == mark && tags.agent == name)
    };
    let named = |pane: &&Pane| {
        let home = pane.home.as_ref().map(|(_, home)| home.as_str());
        pane.tags.is_none() && home.is_some() && home == session.map(SessionName::as_str)
    };
    let pane = panes
        .iter()
        .find(marked)
        .or_else(|| panes.iter().find(named))?;
    let (session, _) = pane.home.as_ref()?;
    Some(format!("{session}:{}", pane.window))
}

/// Whether this terminal is a pane of that very server.
fn is_inside(server: &Server) -> bool {
    let Some(tmux) = std::env::var_os("TMUX").filter(|tmux| !tmux.is_empty()) else {
        return false;
    };
    let end = tmux
        .as_bytes()
        .iter()
        .position(|&b| b == b',')
        .unwrap_or(tmux.len());
    let ours = Path::new(OsStr::from_bytes(&tmux.as_bytes()[..end]));
    let theirs = server.socket_path();
    ours == theirs
        || matches!((ours.canonicalize(), theirs.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
