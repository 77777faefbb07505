//! Names as they are typed, and what they mean in a fleet.

use super::message::{Exit, Failure};
use super::{Invocation, load};
use crate::config::{AgentName, Fleet, Known, Loaded, Overrides, SessionName};

/// Refuses names that are not exactly those of an agent, a service or the watchdog.
///
/// # Errors
/// The first unknown name; the hint lists the known.
pub(crate) fn check_exact(fleet: &Fleet, names: &[String]) -> Result<(), Failure> {
    let named = fleet.named(names);
    named
        .map(drop)
        .map_err(|error| Failure::with_hint_in(Exit::USAGE, &error.to_string()))
}

/// The fleet, for a verb that asks something of agents and services by their exact names. The
/// watchdog itself is none of them.
///
/// # Errors
/// There is no config that can be used, or a name is not known.
pub(crate) fn of_units(
    invocation: &Invocation,
    names: &[String],
) -> Result<(Loaded, Fleet), Failure> {
    let fleet = load::fleet_or_running(invocation)?;
    let loaded = load::load(invocation, &Overrides::default())?;
    check_exact(&fleet, names)?;
    if names.iter().any(|name| name == AgentName::WATCHDOG) {
        return Err(Failure::usage("the watchdog is no agent or service")
            .hint("name those that it looks after; `ao status` lists them"));
    }
    Ok((loaded, fleet))
}

/// The one that `name` means for a verb that only reads: by its exact name, by the beginning of
/// its name, or by a glob.
///
/// # Errors
/// It means nobody, or several.
pub(crate) fn find(fleet: &Fleet, name: &str) -> Result<Known, Failure> {
    let found = fleet.matching(&[name.to_owned()]);
    let found = found.map_err(|error| Failure::with_hint_in(Exit::USAGE, &error.to_string()))?;
    match found.as_slice() {
        [one] => Ok(one.clone()),
        several => {
            let names: Vec<&str> = several.iter().map(Known::as_str).collect();
            Err(
                Failure::usage(format!("`{name}` fits several, and this verb takes one"))
                    .hint(format!("it fits {}", names.join(", "))),
            )
        }
    }
}

/// The session of a name; a broken table may have none.
pub(crate) fn session(fleet: &Fleet, known: &Known) -> Option<SessionName> {
    let of_broken = |name: &AgentName| {
        let broken = fleet.broken.iter().find(|broken| broken.name == *name)?;
        broken.session.clone()
    };
    match known {
        Known::Watchdog => Some(fleet.watchdog_session()),
        Known::Agent(name) => {
            let agent = fleet.agent(name.as_str());
            agent
                .map(|agent| agent.session.clone())
                .or_else(|| of_broken(name))
        }
        Known::Service(name) => {
            let service = fleet.service(name.as_str());
            service
                .map(|service| service.session.clone())
                .or_else(|| of_broken(name))
        }
    }
}
