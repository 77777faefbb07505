//! Names as they are typed, and what they mean in a fleet.

use super::message::Failure;
use crate::config::{AgentName, Fleet, SessionName};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its full name.
    pub(crate) name: String,
    /// The session that it runs in; a broken table may have none.
    pub(crate) session: Option<SessionName>,
}

/// Every agent and service of the config, the broken ones too, in the order of the file.
pub(crate) fn all(fleet: &Fleet) -> Vec<Found> {
    let found = |name: &AgentName, session: Option<&SessionName>| Found {
        name: name.as_str().to_owned(),
        session: session.cloned(),
    };
    let agents = fleet
        .agents
        .iter()
        .map(|agent| found(&agent.name, Some(&agent.session)));
    let services = fleet
        .services
        .iter()
        .map(|service| found(&service.name, Some(&service.session)));
    let broken = fleet
        .broken
        .iter()
        .map(|broken| found(&broken.name, broken.session.as_ref()));
    agents.chain(services).chain(broken).collect()
}

/// Refuses names that are neither an agent nor a service nor the watchdog.
///
/// # Errors
/// The first unknown names; the hint lists the known.
pub(crate) fn check_exact(fleet: &Fleet, names: &[String]) -> Result<(), Failure> {
    let known = all(fleet);
    let unknown: Vec<&String> = names
        .iter()
        .filter(|name| *name != AgentName::WATCHDOG && !known.iter().any(|k| k.name == **name))
        .collect();
    match unknown.as_slice() {
        [] => Ok(()),
        unknown => Err(not_known(unknown, &known)),
    }
}

/// The agent or service of this name, or the only one whose name begins so.
///
/// # Errors
/// There is none, or more than one.
pub(crate) fn find(fleet: &Fleet, name: &str) -> Result<Found, Failure> {
    let known = all(fleet);
    let exact = known.iter().find(|k| k.name == name);
    let mut beginning = known.iter().filter(|k| k.name.starts_with(name));
    match (exact, beginning.next(), beginning.next()) {
        (Some(found), _, _) | (None, Some(found), None) => Ok(found.clone()),
        _ => Err(not_known(&[&name.to_owned()], &known)),
    }
}

fn not_known(unknown: &[&String], known: &[Found]) -> Failure {
    let quoted: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    let names: Vec<&str> = known.iter().map(|k| k.name.as_str()).collect();
    Failure::usage(format!("the config knows no {}", quoted.join(", ")))
        .hint(format!("it knows {}, and `watchdog`", names.join(", ")))
}
