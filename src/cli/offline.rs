//! The status document as far as it can be seen without a daemon: what the config names and what
//! tmux shows. What only the daemon keeps (restarts, holds, since when) is absent.

use super::load;
use super::message::Failure;
use crate::config::{self, Agent, Broken, Fleet, Service, SessionName, Unit as UnitKind};
use crate::daemon::place;
use crate::daemon::wire::{Phase, State, Status, Stray, Unit, VERSION, Watchdog};
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
    let hash = place::fleet_hash(&fleet.state_dir).to_string();
    Ok(of_panes(fleet, &hash, &panes, watchdog))
}

fn of_panes(fleet: &Fleet, hash: &str, panes: &[Pane], watchdog: bool) -> Status {
    let seen = Seen { hash, panes };
    let phase = config::current_phase(fleet).value;
    let agents = fleet.agents.iter().map(|agent| {
        let unit = of_agent(agent, phase.map(|(_, phase)| phase));
        seen.fill(unit, Some(&agent.session))
    });
    let services = fleet
        .services
        .iter()
        .map(|service| seen.fill(of_service(service), Some(&service.session)));
    let broken = |kind: UnitKind| {
        let those = fleet
            .broken
            .iter()
            .filter(move |broken| broken.unit == kind);
        those.map(|broken| seen.fill(of_broken(broken), broken.session.as_ref()))
    };
    Status {
        version: VERSION,
        phase: phase.map(|(index, phase)| Phase {
            id: phase.id.clone(),
            index,
            count: fleet.loop_.as_ref().map_or(0, |l| l.phases.len()),
            plan: phase.plan.clone(),
        }),
        watchdog: Watchdog {
            running: watchdog,
            ..Watchdog::default()
        },
        agents: agents.chain(broken(UnitKind::Agent)).collect(),
        services: services.chain(broken(UnitKind::Service)).collect(),
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

fn of_agent(agent: &Agent, phase: Option<&config::Phase>) -> Unit {
    Unit {
        kind: agent.kind.to_string(),
        backend: Some(agent.backend.name.clone()),
        model: agent.model_in(phase).map(str::to_owned),
        watch: agent.watch.to_string(),
        enabled: agent.enabled,
        ..bare(agent.name.as_str(), agent.session.as_str())
    }
}

fn of_service(service: &Service) -> Unit {
    Unit {
        kind: "service".to_owned(),
        watch: service.watch.to_string(),
        ..bare(service.name.as_str(), service.session.as_str())
    }
}

fn of_broken(broken: &Broken) -> Unit {
    let service = broken.unit == UnitKind::Service;
    let kind = broken.kind.as_ref().map_or("-", |kind| kind.as_str());
    Unit {
        kind: if service { "service" } else { kind }.to_owned(),
        enabled: broken.enabled,
        remarks: broken
            .diagnostics
            .iter()
            .map(|d| d.message.clone())
            .collect(),
        ..bare(
            broken.name.as_str(),
            broken.session.as_ref().map_or("", SessionName::as_str),
        )
    }
}

fn bare(name: &str, session: &str) -> Unit {
    Unit {
        name: name.to_owned(),
        session: session.to_owned(),
        kind: String::new(),
        backend: None,
        model: None,
        watch: "none".to_owned(),
        enabled: true,
        wanted: None,
        state: State::Stopped,
        stale: false,
        pane: None,
        pid: None,
        command: None,
        exit_status: None,
        exit_reason: None,
        since: None,
        restarts: 0,
        hold: None,
        last_screen: None,
        remarks: Vec::new(),
    }
}
