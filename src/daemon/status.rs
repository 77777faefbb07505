//! The document of `ao status`.

mod decided;

use crate::config::{self, Agent, Fleet, Service};
use crate::detect::foreign_program;
use crate::os::process::{self, Pid};
use crate::supervise::{self, Done, UnitName};
use crate::tmux::Pane;

use super::engine::{Engine, digest};
use super::events;
use super::wire::{self, Phase, Status, Stray, Unit, Watchdog};
pub(super) use decided::{fill, reason};

/// What the engine knows, for people and machines.
pub(super) fn document(engine: &Engine) -> Status {
    let (mut agents, mut services) = (Vec::new(), Vec::new());
    for unit in engine.supervisor.units() {
        let service = unit
            .spec()
            .is_some_and(|spec| spec.kind == supervise::UnitKind::Service);
        let row = row(engine, unit);
        if service {
            services.push(row);
        } else {
            agents.push(row);
        }
    }
    Status {
        version: wire::VERSION,
        phase: current_phase(engine),
        watchdog: watchdog(engine),
        agents,
        services,
        strays: strays(engine),
    }
}

fn watchdog(engine: &Engine) -> Watchdog {
    let machine = &engine.supervisor;
    Watchdog {
        running: true,
        pid: Some(Pid::own().get()),
        config: Some(engine.fleet.path.display().to_string()),
        config_error: engine.config_error.clone(),
        since: Some(engine.since),
        config_stale: engine.config_error.is_some(),
        dry_run: machine.policy().dry_run,
        paused: machine.paused(),
        journal_ok: Some(engine.journal.is_written()),
        journal_missed: engine.journal.missed(),
        troubles: engine.events.troubles().collect(),
    }
}

/// Where the loop stands: as the supervisor has it, once it has read the files.
pub(super) fn current_phase(engine: &Engine) -> Option<Phase> {
    let machine = &engine.supervisor;
    let Some((index, complete)) = machine.phase() else {
        return phase(&engine.fleet);
    };
    let files = machine.sequence_files();
    let done = files.map_or(&[][..], |files| &files.done);
    Some(Phase {
        complete,
        done: done.iter().map(|done| *done == Done::Yes).collect(),
        ..phase_at(&engine.fleet, index)?
    })
}

/// Where the loop stands, by the config and the file with the phase's number alone.
pub fn phase(fleet: &Fleet) -> Option<Phase> {
    let (index, _) = config::current_phase(fleet).value?;
    phase_at(fleet, index)
}

/// The phase with this number, counted from 0.
pub fn phase_at(fleet: &Fleet, index: usize) -> Option<Phase> {
    let phases = &fleet.loop_.as_ref()?.phases;
    let phase = phases.get(index)?;
    Some(Phase {
        id: phase.id.clone(),
        index,
        count: phases.len(),
        plan: phase.plan.clone(),
        complete: fleet.complete_file().exists(),
        done: Vec::new(),
    })
}

fn row(engine: &Engine, unit: &supervise::Unit) -> Unit {
    let fleet = &engine.fleet;
    let name = unit.name();
    let mut row = from_config(fleet, name.as_str());
    let mistaken = !row.remarks.is_empty();
    let runtime = engine.runtimes.get(name);
    let running = unit.running();
    let listed = running.and_then(|(pane, _)| engine.panes.iter().find(|p| p.pane == pane));
    let now_digest = digest(fleet, name).map(|digest| digest.to_string());
    let started_as = runtime.and_then(|runtime| runtime.started_as.clone());
    let now = engine.clock.now();
    fill(&mut row, unit, &engine.supervisor, now);
    row.state = events::showing(unit.judgement(), unit.shown());
    row.stale = running.is_some() && is_stale(started_as.as_deref(), now_digest.as_deref());
    row.pane = running.map(|(pane, _)| pane.to_string());
    row.pid = running.map(|(_, pid)| pid);
    row.command = running.and_then(|(_, pid)| foreground(pid));
    row.exit_status = unit.ending().and_then(|ending| ending.status);
    row.exit_reason = unit.ending().and_then(|ending| ending.reason.clone());
    row.since = Some(unit.since());
    row.reason = reason(&row, unit);
    row.started_as = started_as;
    row.last_screen = runtime.and_then(|runtime| runtime.last_screen.clone());
    if let Some(due) = unit.due() {
        let left = due.saturating_sub(now.mono).as_secs();
        row.remarks.push(format!("starts again in {left} s"));
    }
    // What is wrong with its config stands there already, and is why it failed.
    let failure = unit.failure().filter(|_| !mistaken);
    row.remarks.extend(failure.map(decided::one_line));
    if unit.spec().is_none() {
        row.remarks
            .push("the config no longer has it; it runs on unwatched".to_owned());
    }
    if let Some(pane) = listed {
        row.remarks.extend(odd_places(pane, &row.session));
    }
    row.remarks.extend(other_program(fleet, &row));
    row
}

/// That another backend's program runs where this agent should.
fn other_program(fleet: &Fleet, row: &Unit) -> Option<String> {
    let backend = &fleet.agent(&row.name)?.backend;
    let own = backend.process_name.as_deref();
    let others = fleet.backends.values();
    let others = others.filter(|other| other.name != backend.name);
    let others = others.filter_map(|other| other.process_name.as_deref());
    let command = row.command.as_deref()?;
    foreign_program(command, own, others)
        .then(|| format!("its pane runs {command}, not {}", own.unwrap_or_default()))
}

/// Whether a start by this config would bring something else than what runs.
#[must_use]
pub fn is_edited(fleet: &Fleet, unit: &Unit) -> bool {
    let now = digest(fleet, &UnitName::new(&unit.name)).map(|digest| digest.to_string());
    is_stale(unit.started_as.as_deref(), now.as_deref())
}

/// Whether a start would bring something else than what runs. What the config no longer has cannot
/// be started anew, and a pane without a mark may be of any config.
pub(super) fn is_stale(started_as: Option<&str>, now: Option<&str>) -> bool {
    let started_as = started_as.filter(|start| !start.is_empty());
    started_as.zip(now).is_some_and(|(start, now)| start != now)
}

/// What people did to the place where a unit runs.
pub(super) fn odd_places(pane: &Pane, session: &str) -> Vec<String> {
    let mut remarks = Vec::new();
    match &pane.home {
        Some((_, name)) if name != session => {
            remarks.push(format!("runs in the session {name}"));
        }
        None => remarks.push("its session is gone; only ao shows it".to_owned()),
        Some(_) => {}
    }
    if pane.window_panes > 1 {
        remarks.push(format!("its window has {} panes", pane.window_panes));
    }
    remarks
}

/// The program in the foreground of a pane's terminal, as people know it.
pub(super) fn foreground(pane_process: i32) -> Option<String> {
    let entry = process::entry(Pid::new(pane_process)?).ok()?;
    let front = entry.foreground.unwrap_or(entry.pid);
    let line = process::command_line(front).unwrap_or_default();
    let program = line.first().and_then(|program| {
        let name = std::path::Path::new(program).file_name()?;
        Some(name.to_string_lossy().into_owned())
    });
    program.or_else(|| process::entry(front).ok().map(|entry| entry.name))
}

/// A row with what the config alone says.
pub fn from_config(fleet: &Fleet, name: &str) -> Unit {
    if let Some(agent) = fleet.agent(name) {
        return of_agent(fleet, agent);
    }
    if let Some(service) = fleet.service(name) {
        return of_service(service);
    }
    let broken = fleet
        .broken
        .iter()
        .find(|broken| broken.name.as_str() == name);
    let session = broken.and_then(|broken| broken.session.as_ref());
    let mut row = blank(
        name,
        &session.map_or_else(
            || format!("{}{name}", fleet.session_prefix),
            ToString::to_string,
        ),
    );
    if let Some(broken) = broken {
        let kind = broken.kind.as_ref();
        row.kind = kind.map_or("service", |kind| kind.as_str()).to_owned();
        row.enabled = broken.enabled;
        let mistakes = broken.diagnostics.iter();
        row.remarks = mistakes.map(|found| found.message.clone()).collect();
    }
    row
}

fn of_agent(fleet: &Fleet, agent: &Agent) -> Unit {
    let phase = config::current_phase(fleet).value.map(|(_, phase)| phase);
    Unit {
        kind: agent.kind.to_string(),
        backend: Some(agent.backend.name.clone()),
        model: agent.model_in(phase).map(str::to_owned),
        watch: agent.watch.to_string(),
        enabled: agent.enabled,
        ..blank(agent.name.as_str(), agent.session.as_str())
    }
}

fn of_service(service: &Service) -> Unit {
    Unit {
        kind: "service".to_owned(),
        watch: service.watch.to_string(),
        ..blank(service.name.as_str(), service.session.as_str())
    }
}

fn blank(name: &str, session: &str) -> Unit {
    Unit {
        name: name.to_owned(),
        session: session.to_owned(),
        kind: "persistent".to_owned(),
        backend: None,
        model: None,
        watch: "none".to_owned(),
        enabled: true,
        wanted: None,
        state: wire::State::Stopped,
        stale: false,
        pane: None,
        pid: None,
        command: None,
        exit_status: None,
        exit_reason: None,
        since: None,
        restarts: 0,
        budget: None,
        hold: None,
        reason: None,
        gave_up: false,
        paused: false,
        waiting_until: None,
        signal: None,
        dialog: None,
        context_left: None,
        silent_since: None,
        letters: 0,
        account: None,
        started_as: None,
        last_screen: None,
        remarks: Vec::new(),
    }
}

/// Panes with this fleet's marks that no unit runs in.
fn strays(engine: &Engine) -> Vec<Stray> {
    let marked = engine.panes.iter().filter_map(|pane| {
        let tags = pane.tags.as_ref()?;
        (tags.fleet == engine.hash).then_some((pane, tags))
    });
    marked
        .filter_map(|(pane, tags)| {
            let unit = engine.supervisor.unit(&UnitName::new(&tags.agent));
            let reason = match unit.and_then(supervise::Unit::running) {
                Some((owner, _)) if owner == pane.pane => return None,
                Some((owner, _)) => format!("a second pane of it; it runs in {owner}"),
                None if unit.is_none() => "the config has no such agent or service".to_owned(),
                // Its end is just being dealt with.
                None => return None,
            };
            Some(Stray {
                pane: pane.pane.to_string(),
                session: pane.home.as_ref().map(|home| home.1.clone()),
                agent: Some(tags.agent.clone()),
                reason,
            })
        })
        .collect()
}
