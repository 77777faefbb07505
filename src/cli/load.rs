//! The config that a verb goes by.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Invocation;
use super::message::{self, Exit, Failure};
use super::terminal;
use crate::config::{self, Diagnostic, Fleet, Loaded, Overrides, Reach, Search};
use crate::daemon::{self, wire::Caller};
use crate::tmux::{Server, TmuxError};

/// Which config it is.
///
/// # Errors
/// None is named and none is found.
pub(crate) fn path(invocation: &Invocation) -> Result<PathBuf, Failure> {
    let search = Search {
        option: invocation.config.clone(),
        current_dir: std::env::current_dir().unwrap_or_default(),
        variable: std::env::var_os("AO_CONFIG"),
        binary: std::env::current_exe().ok(),
    };
    let found = search.find();
    found.map_err(|error| Failure::with_hint_in(Exit::USAGE, &error.to_string()))
}

/// The config with every mistake that is in it; nothing is told yet.
///
/// # Errors
/// As for [`path`].
pub(crate) fn load(invocation: &Invocation, overrides: &Overrides) -> Result<Loaded, Failure> {
    Ok(config::load(&path(invocation)?, overrides))
}

/// The fleet, for a verb that does not care about mistakes that leave one.
///
/// # Errors
/// There is no config, or nothing of it can be used; its mistakes were told then.
pub(crate) fn fleet(invocation: &Invocation) -> Result<Fleet, Failure> {
    whole(load(invocation, &Overrides::default())?)
}

/// The fleet, for a verb that a watchdog can answer: while the config is half-edited, one that
/// goes by the last good version can still be asked, and is found by what the file does tell.
///
/// # Errors
/// As for [`fleet`], when no watchdog runs.
pub(crate) fn fleet_or_running(invocation: &Invocation) -> Result<Fleet, Failure> {
    let path = path(invocation)?;
    // Read once: it may be another file the next time.
    let loaded = config::load(&path, &Overrides::default());
    if loaded.fleet.is_none()
        && let Some(fleet) = config::load_defaults(&path).filter(daemon::client::is_running)
    {
        return Ok(fleet);
    }
    whole(loaded)
}

fn whole(loaded: Loaded) -> Result<Fleet, Failure> {
    loaded.fleet.ok_or_else(|| {
        let whole = |d: &&Diagnostic| d.is_error() && d.reach == Reach::Whole;
        tell(loaded.diagnostics.iter().filter(whole));
        Failure::told(Exit::USAGE)
    })
}

/// Tells mistakes, each with its place and its hint.
pub(crate) fn tell<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) {
    for diagnostic in diagnostics {
        message::plain(&diagnostic.to_string());
    }
}

/// What the caller's environment says about a start.
pub(crate) fn caller() -> (Caller, Overrides) {
    let own: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("AGENT_MODEL_") || name.starts_with("AGENT_BACKEND_")
        })
        .collect();
    let overrides: BTreeMap<String, String> = own
        .iter()
        .filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value.to_str()?.to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let path = std::env::var_os("PATH").and_then(|path| path.into_string().ok());
    (Caller { path, overrides }, Overrides::from_environment(own))
}

/// This program, for what it starts.
///
/// # Errors
/// The system does not say where it is.
pub(crate) fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe()
        .map_err(|error| Failure::new(format!("this program cannot find itself: {error}")))
}

/// What ao's panes of this fleet are marked with.
///
/// # Errors
/// The path of the state directory makes no sense.
pub(crate) fn mark(fleet: &Fleet) -> Result<String, Failure> {
    let hash = daemon::place::fleet_hash(&fleet.state_dir);
    hash.map(|hash| hash.to_string()).map_err(|error| {
        Failure::new(format!(
            "the state directory {} cannot be found: {error}",
            fleet.state_dir.display()
        ))
    })
}

/// The fleet's tmux server, running or not.
///
/// # Errors
/// tmux is missing or too old.
pub(crate) fn server(fleet: &Fleet) -> Result<Server, Failure> {
    daemon::find_server(fleet).map_err(|error| super::ask::refused(&error))
}

/// tmux could not be asked.
pub(crate) fn tmux_failed(error: &TmuxError) -> Failure {
    let failure = Failure::new(terminal::line(&error.to_string()));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
