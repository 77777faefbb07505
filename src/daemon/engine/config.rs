//! The config in force: what it means to the supervisor, and what an edit changes.

use std::path::PathBuf;
use std::sync::Arc;

use super::Engine;
use crate::config::{self, Digest, Fleet, Kind, Loaded, Overrides, SessionName, Severity, Watch};
use crate::daemon::wire::What;
use crate::supervise::{Input, Policy, UnitName, UnitSpec};

/// What the config says of the policy.
pub(in crate::daemon) fn policy(fleet: &Fleet) -> Policy {
    Policy {
        after_success: fleet.watchdog.heavy_interval,
        ..Policy::default()
    }
}

/// Every agent and service that the config names, broken ones too, with its session.
pub(super) fn units(fleet: &Fleet) -> Vec<(UnitName, SessionName, UnitSpec)> {
    let spec = |name: &str, service, task, enabled, watched| UnitSpec {
        name: UnitName::new(name),
        service,
        task,
        enabled,
        watched,
    };
    let agents = fleet.agents.iter().map(|agent| {
        let watched = agent.watch != Watch::None;
        let task = agent.kind == Kind::Task;
        let name = agent.name.as_str();
        (
            agent.session.clone(),
            spec(name, false, task, agent.enabled, watched),
        )
    });
    let services = fleet.services.iter().map(|service| {
        let watched = service.watch != Watch::None;
        let name = service.name.as_str();
        (
            service.session.clone(),
            spec(name, true, false, true, watched),
        )
    });
    // What cannot be started can still be found running, shown and ended.
    let broken = fleet.broken.iter().filter_map(|broken| {
        let service = broken.unit == config::Unit::Service;
        let name = broken.name.as_str();
        let session = broken
            .session
            .clone()
            .or_else(|| SessionName::new(&format!("{}{name}", fleet.session_prefix)).ok())?;
        Some((session, spec(name, service, false, broken.enabled, false)))
    });
    agents
        .chain(services)
        .chain(broken)
        .map(|(session, spec)| (spec.name.clone(), session, spec))
        .collect()
}

/// What the supervisor has to know of the config.
pub(in crate::daemon) fn specs(fleet: &Fleet) -> Vec<UnitSpec> {
    units(fleet).into_iter().map(|(_, _, spec)| spec).collect()
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
        let policy = policy(&self.fleet);
        self.policy_changed(policy);
        let specs = specs(&self.fleet);
        self.handle(Input::Configured(specs));
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
    let quiet =
        old.watchdog == new.watchdog && old.backends == new.backends && specs(old) == specs(new);
    match said.is_empty() {
        false => Some(said.join("; ")),
        true if quiet => None,
        true => Some("settings changed".to_owned()),
    }
}
