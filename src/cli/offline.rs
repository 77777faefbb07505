//! The status document as far as it can be seen without a daemon: what the config names and what
//! tmux shows. What only the daemon keeps (restarts, holds, since when) is absent.

use super::message::Failure;
use super::{load, names};
use crate::config::{Fleet, Known, SessionName};
use crate::daemon::status;
use crate::daemon::wire::{State, Status, Stray, Unit, VERSION, Watchdog};
use crate::tmux::Pane;

/// Looks once. `watchdog` says whether one runs that did not answer.
///
/// # Errors
/// tmux is missing, too old, or does not answer.
pub(crate) fn document(fleet: &Fleet, watchdog: bool) -> Result<Status, Failure> {
    let server = load::server(fleet)?;
    let panes = server
        .panes_once()
        .map_err(|e| load::tmux_failed(&e))?
        .unwrap_or_default();
    let hash = load::mark(fleet)?;
    Ok(of_panes(fleet, &hash, &panes, watchdog))
}

fn of_panes(fleet: &Fleet, hash: &str, panes: &[Pane], watchdog: bool) -> Status {
    let seen = Seen { hash, panes };
    let (mut agents, mut services) = (Vec::new(), Vec::new());
    for known in fleet.known() {
        let unit = || {
            let unit = status::from_config(fleet, known.as_str());
            seen.fill(unit, names::session(fleet, &known).as_ref())
        };
        match known {
            Known::Agent(_) => agents.push(unit()),
            Known::Service(_) => services.push(unit()),
            Known::Watchdog => {}
        }
    }
    Status {
        version: VERSION,
        phase: status::phase(fleet),
        watchdog: Watchdog {
            running: watchdog,
            ..Watchdog::default()
        },
        agents,
        services,
        strays: seen.strays(fleet),
    }
}

/// What tmux shows.
struct Seen<'a> {
    hash: &'a str,
    panes: &'a [Pane],
}

impl Seen<'_> {
    /// Adds what is seen of a unit: by ao's marks first; a session of its name that carries none
    /// is the predecessor's.
    fn fill(&self, unit: Unit, session: Option<&SessionName>) -> Unit {
        let marked = self
            .panes
            .iter()
            .find(|pane| self.agent_of(pane) == Some(unit.name.as_str()));
        let named = || {
            let session = session?.as_str();
            self.panes.iter().find(|pane| {
                pane.tags.is_none() && pane.home.as_ref().is_some_and(|(_, home)| home == session)
            })
        };
        let Some(pane) = marked.or_else(named) else {
            return unit;
        };
        let state = match (pane.dead, pane.dead_status) {
            (false, _) => State::Unknown,
            (true, Some(0)) => State::Exited,
            (true, _) => State::Failed,
        };
        Unit {
            state,
            pane: Some(pane.pane.to_string()),
            pid: pane.pid.filter(|_| !pane.dead).map(|pid| pid.get()),
            command: Some(pane.command.clone()).filter(|c| !pane.dead && !c.is_empty()),
            exit_status: pane
                .dead_status
                .or(pane.dead_signal.map(|signal| 128 + signal)),
            exit_reason: pane
                .dead_signal
                .map(|signal| format!("killed by signal {signal}")),
            ..unit
        }
    }

    /// Whose pane it is, if it is this fleet's.
    fn agent_of<'p>(&self, pane: &'p Pane) -> Option<&'p str> {
        let tags = pane.tags.as_ref().filter(|tags| tags.fleet == self.hash)?;
        Some(tags.agent.as_str())
    }

    fn strays(&self, fleet: &Fleet) -> Vec<Stray> {
        let known = fleet.known();
        let unknown = |name: &str| !known.iter().any(|known| known.as_str() == name);
        self.panes
            .iter()
            .filter_map(|pane| Some((pane, self.agent_of(pane).filter(|name| unknown(name))?)))
            .map(|(pane, name)| Stray {
                pane: pane.pane.to_string(),
                session: pane.home.as_ref().map(|(_, home)| home.clone()),
                agent: Some(name.to_owned()),
                reason: "the config has nothing of that name any more".to_owned(),
            })
            .collect()
    }
}
