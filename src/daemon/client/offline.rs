//! The status document as far as it can be seen without a daemon: what the config names, what tmux
//! shows, and what the last daemon kept. What only a running one knows (since when, holds) is
//! absent. Nothing is written and no server is started.

use std::cmp::Reverse;

use super::{holder, is_running};
use crate::config::{Fleet, Known};
use crate::daemon::clock::Clock;
use crate::daemon::engine::{self, MEMORY, digest, kept_screen};
use crate::daemon::store::Store;
use crate::daemon::wire::{State, Status, Stray, Unit, VERSION, Watchdog};
use crate::daemon::{DaemonError, find_server, place, state_error, status};
use crate::os::boot;
use crate::os::process::{Pid, Process, is_alive};
use crate::supervise::{Input, Memory, Now, Supervisor, UnitName};
use crate::tmux::Pane;

/// Looks once.
///
/// # Errors
/// tmux is missing, too old, or does not answer.
pub fn document_without_daemon(fleet: &Fleet) -> Result<Status, DaemonError> {
    let server = find_server(fleet)?;
    let panes = server.panes_once().map_err(DaemonError::Tmux)?;
    let hash = place::fleet_hash(&fleet.state_dir).map_err(|e| state_error(fleet, e))?;
    let now = Clock::new().now();
    let seen = Seen {
        fleet,
        hash: hash.to_string(),
        panes: &panes.unwrap_or_default(),
        kept: kept(fleet, now),
        now,
        store: Store::read_only(&fleet.state_dir),
    };
    let known = fleet.known();
    let units = |wanted: fn(&Known) -> bool| {
        let those = known.iter().filter(|known| wanted(known));
        those.map(|known| seen.unit(known)).collect()
    };
    Ok(Status {
        version: VERSION,
        phase: status::phase(fleet),
        watchdog: watchdog(fleet),
        agents: units(|known| matches!(known, Known::Agent(_))),
        services: units(|known| matches!(known, Known::Service(_))),
        strays: seen.strays(&known),
    })
}

/// A daemon that runs without answering is still one that runs.
fn watchdog(fleet: &Fleet) -> Watchdog {
    let holder = holder(fleet);
    Watchdog {
        running: is_running(fleet),
        pid: holder.as_ref().map(|holder| holder.pid.get()),
        since: holder.map(|holder| holder.started),
        ..Watchdog::default()
    }
}

/// What the last daemon remembered of what is wanted.
fn kept(fleet: &Fleet, now: Now) -> Supervisor {
    let store = Store::read_only(&fleet.state_dir);
    let memory = store
        .load::<Memory>(MEMORY)
        .ok()
        .and_then(|kept| kept.value);
    let mut memory = memory.unwrap_or_default();
    memory.came_back(&boot::id());
    let mut supervisor = Supervisor::new(memory, 0);
    let configured = Input::Configured {
        policy: Box::new(engine::policy(fleet, false)),
        fleet: engine::fleet_spec(fleet),
    };
    // Nothing is carried out: this one only answers questions.
    supervisor.handle(now, configured, &mut Vec::new());
    supervisor
}

struct Seen<'a> {
    fleet: &'a Fleet,
    hash: String,
    panes: &'a [Pane],
    kept: Supervisor,
    now: Now,
    store: Store,
}

impl Seen<'_> {
    fn unit(&self, known: &Known) -> Unit {
        let name = UnitName::new(known.as_str());
        let mut unit = status::from_config(self.fleet, name.as_str());
        unit.last_screen = kept_screen(&self.store, &name);
        if let Some(pane) = self.pane_of(&name, &unit.session) {
            self.add_pane(&mut unit, &name, pane);
        }
        if let Some(kept) = self.kept.unit(&name) {
            status::fill(&mut unit, kept, &self.kept, self.now);
            unit.reason = status::reason(&unit, kept);
        }
        unit
    }

    /// By ao's marks first, else what the predecessor started.
    fn pane_of(&self, name: &UnitName, session: &str) -> Option<&Pane> {
        let marked = |pane: &&Pane| self.agent_of(pane) == Some(name.as_str());
        let unmarked_in = |pane: &Pane, session: &str| {
            let home = pane.home.as_ref().map(|(_, home)| home.as_str());
            pane.tags.is_none() && home == Some(session)
        };
        // A person may have given a session this name; the predecessor pipes, or its watchdog
        // runs.
        let watchdog = self.fleet.watchdog_session();
        let mut panes = self.panes.iter();
        let watched = panes.any(|pane| unmarked_in(pane, watchdog.as_str()));
        let named = |pane: &&Pane| unmarked_in(pane, session) && (pane.piped || watched);
        let mut marked: Vec<&Pane> = self.panes.iter().filter(marked).collect();
        // A watchdog that was killed in the middle of a restart leaves two.
        marked.sort_by_key(|pane| (pane.dead, Reverse(pane.pane)));
        let first = marked.first().copied();
        first.or_else(|| self.panes.iter().find(named))
    }

    fn add_pane(&self, unit: &mut Unit, name: &UnitName, pane: &Pane) {
        unit.pane = Some(pane.pane.to_string());
        // tmux misses deaths, the system does not.
        if let Some(pid) = pane.pid.filter(|pid| !pane.dead && is_alive(*pid)) {
            unit.state = State::Unknown;
            unit.pid = Some(pid.get());
            unit.command = status::foreground(pid.get());
            let started_as = pane.tags.as_ref().map(|tags| tags.start.as_str());
            let now = digest(self.fleet, name).map(|digest| digest.to_string());
            unit.stale = status::is_stale(started_as, now.as_deref());
            unit.started_as = started_as.map(str::to_owned);
            unit.remarks.extend(status::odd_places(pane, &unit.session));
            return;
        }
        let signal = pane.dead_signal.map(|signal| 128 + signal);
        unit.exit_status = pane
            .dead_status
            .or(signal)
            .or_else(|| ended_with(pane.pid?));
        unit.state = if unit.exit_status == Some(0) {
            State::Exited
        } else {
            State::Failed
        };
    }

    /// Whose pane it is, if it is this fleet's.
    fn agent_of<'p>(&self, pane: &'p Pane) -> Option<&'p str> {
        let tags = pane.tags.as_ref().filter(|tags| tags.fleet == self.hash)?;
        Some(tags.agent.as_str())
    }

    fn strays(&self, known: &[Known]) -> Vec<Stray> {
        let unknown = |name: &str| !known.iter().any(|known| known.as_str() == name);
        let stray = |pane: &Pane| {
            let name = self.agent_of(pane).filter(|name| unknown(name))?;
            Some(Stray {
                pane: pane.pane.to_string(),
                session: pane.home.as_ref().map(|(_, home)| home.clone()),
                agent: Some(name.to_owned()),
                reason: "the config has no such agent or service".to_owned(),
            })
        };
        self.panes.iter().filter_map(stray).collect()
    }
}

/// The exit status of a process that nobody has reaped yet.
fn ended_with(pid: Pid) -> Option<i32> {
    let exit = Process::open(pid).ok()?.exit().ok()?;
    Some(exit.shell_status())
}
