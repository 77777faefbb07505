//! Names as they are typed, and what they mean in a fleet.

use super::message::{Exit, Failure};
use crate::config::{AgentName, Fleet, Known, SessionName};

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
