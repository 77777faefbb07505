//! `ao down`: want agents no longer, and end them.

use super::args::Names;
use super::message::{Failure, Outcome};
use super::{Invocation, ask, load, names, status};
use crate::config::{Fleet, Overrides};
use crate::daemon::wire::Request;

pub(crate) fn run(invocation: &Invocation, args: &Names) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    let loaded = load::load(invocation, &Overrides::default())?;
    ask::runtime()?.block_on(async {
        check(&fleet, &args.names).await?;
        let request = Request::Down {
            names: args.names.clone(),
        };
        ask::daemon_or_here(loaded, &fleet, request).await
    })
}

/// Refuses names that mean nothing. What the config has no longer may still run, and it can be
/// ended by its name.
async fn check(fleet: &Fleet, names: &[String]) -> Result<(), Failure> {
    let Err(unknown) = names::check_exact(fleet, names) else {
        return Ok(());
    };
    let status = status::document(fleet).await?;
    let units = status
        .agents
        .iter()
        .chain(&status.services)
        .map(|unit| unit.name.as_str());
    let strays = status
        .strays
        .iter()
        .filter_map(|stray| stray.agent.as_deref());
    let running: Vec<&str> = units.chain(strays).collect();
    let gone: Vec<String> = names
        .iter()
        .filter(|name| !running.contains(&name.as_str()))
        .cloned()
        .collect();
    if names::check_exact(fleet, &gone).is_ok() {
        Ok(())
    } else {
        Err(unknown)
    }
}
