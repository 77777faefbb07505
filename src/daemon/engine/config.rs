//! The config in force: what it means to the supervisor, and what an edit changes.

use std::path::PathBuf;
use std::sync::Arc;

use super::Engine;
use crate::config::{
    self, Agent, Digest, Fleet, Handoff, Kind, Loaded, Overrides, SessionName, Severity, Watch,
};
use crate::daemon::wire::What;
use crate::os;
use crate::supervise::{
    Care, FleetSpec, HandoffSpec, Input, Policy, SequenceSpec, StallAction, UnitKind, UnitName,
    UnitSpec,
};

/// What the config says of the policy.
pub(in crate::daemon) fn policy(fleet: &Fleet, dry_run: bool) -> Policy {
    let watchdog = &fleet.watchdog;
    Policy {
        signal_interval: watchdog.signal_interval,
        heavy_interval: watchdog.heavy_interval,
        restart_delay: watchdog.restart_delay,
        restart_delay_max: watchdog.restart_delay_max,
        healthy_after: watchdog.healthy_after,
        restart_window: watchdog.restart_window,
        restarts_per_window: watchdog.restarts_per_window.get(),
        restarts_per_day: watchdog.restarts_per_day.get(),
        limit_probe_fallback: watchdog.limit_probe_fallback,
        limit_reset_slack: watchdog.limit_reset_slack,
        stall_grace: watchdog.stall_grace,
        waiting_max: watchdog.waiting_max,
        max_starting: watchdog.max_starting.map(|max| max.get() as usize),
        dry_run,
        zone: os::zone::local(),
        ..Policy::default()
    }
}

/// Every agent and service that the config names, broken ones too, with its session.
pub(super) fn units(fleet: &Fleet) -> Vec<(UnitName, SessionName, UnitSpec)> {
    let agents = fleet
        .agents
        .iter()
        .map(|agent| (agent.session.clone(), of_agent(agent)));
    let services = fleet.services.iter().map(|service| {
        let spec = UnitSpec {
            kind: UnitKind::Service,
            care: care(service.watch),
            shows_activity: false,
            ..UnitSpec::new(service.name.as_str())
        };
        (service.session.clone(), spec)
    });
    // What cannot be started can still be found running, shown and ended.
    let broken = fleet.broken.iter().filter_map(|broken| {
        let name = broken.name.as_str();
        let session = broken
            .session
            .clone()
            .or_else(|| SessionName::new(&format!("{}{name}", fleet.session_prefix)).ok())?;
        let kind = match (broken.unit, &broken.kind) {
            (config::Unit::Service, _) => UnitKind::Service,
            (config::Unit::Agent, Some(kind)) => unit_kind(kind),
            (config::Unit::Agent, None) => UnitKind::Resident,
        };
        let spec = UnitSpec {
            kind,
            enabled: broken.enabled,
            ..UnitSpec::new(name)
        };
        Some((session, spec))
    });
    agents
        .chain(services)
        .chain(broken)
        .map(|(session, spec)| (spec.name.clone(), session, spec))
        .collect()
}

fn of_agent(agent: &Agent) -> UnitSpec {
    let backend = &agent.backend;
    UnitSpec {
        name: UnitName::new(agent.name.as_str()),
        kind: unit_kind(&agent.kind),
        enabled: agent.enabled,
        care: care(agent.watch),
        account: agent.account.as_ref().map(ToString::to_string),
        shows_activity: backend.active_re.is_some()
            || backend.footer_ui
            || backend.preset.is_some(),
        stall_idle: backend.stall_idle,
        stall_action: match agent.stall_action {
            config::StallAction::Restart => StallAction::Restart,
            config::StallAction::Nudge => StallAction::Nudge,
            config::StallAction::Tell => StallAction::Tell,
        },
        wake: agent.wake.as_ref().map(|wake| wake.interval),
        resident_voice: matches!(agent.kind, Kind::Persistent | Kind::Orchestrator),
        answers: agent
            .answers
            .iter()
            .map(|(dialog, _)| dialog.to_owned())
            .collect(),
    }
}

fn unit_kind(kind: &Kind) -> UnitKind {
    match kind {
        Kind::Loop => UnitKind::Loop,
        Kind::Task => UnitKind::Task,
        Kind::Persistent | Kind::Orchestrator | Kind::Other(_) => UnitKind::Resident,
    }
}

fn care(watch: Watch) -> Care {
    match watch {
        Watch::None => Care::None,
        Watch::Heal => Care::Heal,
        Watch::HealAndStall => Care::HealAndStall,
    }
}

/// What the supervisor has to know of the config.
pub(in crate::daemon) fn fleet_spec(fleet: &Fleet) -> FleetSpec {
    let loop_ = fleet.loop_.as_ref();
    FleetSpec {
        units: units(fleet).into_iter().map(|(_, _, spec)| spec).collect(),
        sequence: loop_
            .filter(|loop_| !loop_.phases.is_empty())
            .map(|loop_| SequenceSpec {
                phases: loop_.phases.iter().map(|phase| phase.id.clone()).collect(),
                auto_advance: loop_.auto_advance,
                on_complete: loop_
                    .on_complete
                    .as_ref()
                    .and_then(|next| next.run.as_ref())
                    .map(|run| UnitName::new(run.as_str())),
                has_on_complete: loop_.on_complete.is_some(),
            }),
        handoff: loop_.and_then(|loop_| loop_.handoff.as_ref()).map(handoff),
    }
}

fn handoff(handoff: &Handoff) -> HandoffSpec {
    let inbox = |file: &Option<String>| {
        let file = file.as_ref()?;
        Some(if handoff.state_subdir.is_empty() {
            file.clone()
        } else {
            format!("{}/{file}", handoff.state_subdir.trim_end_matches('/'))
        })
    };
    HandoffSpec {
        place: format!(
            "{} {} {}",
            handoff.repo.display(),
            handoff.remote.as_str(),
            handoff.branch.as_str()
        ),
        claim_pings: UnitName::new(handoff.claim_pings.as_str()),
        review_pings: UnitName::new(handoff.review_pings.as_str()),
        inboxes: [inbox(&handoff.claim_inbox), inbox(&handoff.review_inbox)],
    }
}

/// What a start of this unit depends on now.
pub(in crate::daemon) fn digest(fleet: &Fleet, unit: &UnitName) -> Option<Digest> {
    let name = unit.as_str();
    if let Some(agent) = fleet.agent(name) {
        let phase = config::current_phase(fleet).value.map(|(_, phase)| phase);
        return Some(agent.digest(phase));
    }
    fleet.service(name).map(config::Service::digest)
}

/// The first mistake, for those who ask why the config is not in force.
pub(in crate::daemon) fn first_error(loaded: &Loaded) -> Option<String> {
    let mut errors = loaded
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors.next().map(ToString::to_string)
}

impl Engine {
    /// Tells the supervisor what the config says.
    pub(super) fn configure(&mut self) {
        self.handle(Input::Configured {
            policy: Box::new(policy(&self.fleet, self.dry_run)),
            fleet: fleet_spec(&self.fleet),
        });
    }

    /// The files that the config is made of.
    pub(super) fn config_files(&self) -> Vec<PathBuf> {
        let own = std::iter::once(self.config_path.clone());
        own.chain(self.fleet.env_files.iter().cloned()).collect()
    }

    /// A file of the config changed.
    pub(super) fn reload(&mut self) {
        let loaded = config::load(&self.config_path, &Overrides::default());
        let error = first_error(&loaded);
        let Some(mut fleet) = loaded.fleet else {
            self.reject(error.unwrap_or_else(|| "it cannot be read".to_owned()));
            return;
        };
        if let Some(what) = identity_change(&self.fleet, &fleet) {
            self.reject(format!(
                "{what} cannot change while the watchdog runs\nhint: `ao down`, then `ao up`"
            ));
            return;
        }
        self.keep_what_was_right(&mut fleet);
        self.rejected = None;
        let text = difference(&self.fleet, &fleet);
        if text.is_none() && error == self.config_error {
            return;
        }
        self.config_error = error.clone();
        self.fleet = Arc::new(fleet);
        let unchanged = "nothing that counts has changed".to_owned();
        self.publish(What::Config {
            accepted: error.is_none(),
            text: error.or(text).unwrap_or(unchanged),
        });
        self.configure();
        self.judge_anew();
    }

    fn reject(&mut self, error: String) {
        self.rejected = Some(error.clone());
        if self.config_error.as_ref() != Some(&error) {
            self.config_error = Some(error.clone());
            self.publish(What::Config {
                accepted: false,
                text: error,
            });
        }
    }

    /// An agent whose part was right before and is wrong now goes on by what was right.
    fn keep_what_was_right(&self, fleet: &mut Fleet) {
        let old = &self.fleet;
        fleet.broken.retain(|broken| {
            let name = broken.name.as_str();
            match (old.agent(name), old.service(name)) {
                (Some(agent), _) => fleet.agents.push(agent.clone()),
                (_, Some(service)) => fleet.services.push(service.clone()),
                (None, None) => return true,
            }
            false
        });
    }
}

/// What makes it another fleet.
fn identity_change(old: &Fleet, new: &Fleet) -> Option<&'static str> {
    if old.session_prefix != new.session_prefix {
        Some("session_prefix")
    } else if old.state_dir != new.state_dir {
        Some("log_dir")
    } else if old.tmux != new.tmux {
        Some("[tmux]")
    } else {
        None
    }
}

/// What an edit adds, removes and changes, in a sentence; none if nothing that counts.
fn difference(old: &Fleet, new: &Fleet) -> Option<String> {
    let names = |fleet: &Fleet| -> Vec<UnitName> {
        units(fleet).into_iter().map(|(name, ..)| name).collect()
    };
    let (before, after) = (names(old), names(new));
    let list = |names: Vec<&UnitName>| {
        let names: Vec<&str> = names.into_iter().map(UnitName::as_str).collect();
        names.join(", ")
    };
    let added = list(after.iter().filter(|name| !before.contains(name)).collect());
    let removed = list(before.iter().filter(|name| !after.contains(name)).collect());
    let changed =
        |name: &&UnitName| before.contains(name) && digest(old, name) != digest(new, name);
    let edited = list(after.iter().filter(changed).collect());
    let parts = [
        ("added", added, ""),
        ("removed (what runs of it goes on)", removed, ""),
        (
            "edited",
            edited,
            ", in force with the next start (`ao restart`)",
        ),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(_, names, _)| !names.is_empty())
        .map(|(what, names, tail)| format!("{what}: {names}{tail}"))
        .collect();
    // A backend's patterns are no part of a start.
    let quiet = old.watchdog == new.watchdog
        && old.backends == new.backends
        && fleet_spec(old) == fleet_spec(new);
    match said.is_empty() {
        false => Some(said.join("; ")),
        true if quiet => None,
        true => Some("settings changed".to_owned()),
    }
}
