//! `ao restart`: end agents and start them anew.

use super::args::SomeNames;
use super::message::{Exit, Failure, Outcome};
use super::{Invocation, ask, load, names};
use crate::config::AgentName;
use crate::daemon::wire::Request;

pub(crate) fn run(invocation: &Invocation, args: &SomeNames) -> Outcome {
    let (caller, overrides) = load::caller();
    let loaded = load::load(invocation, &overrides)?;
    let Some(fleet) = loaded.fleet.clone() else {
        load::tell(&loaded.diagnostics);
        return Err(Failure::told(Exit::USAGE));
    };
    names::check_exact(&fleet, &args.names)?;
    if args.names.iter().any(|name| name == AgentName::WATCHDOG) {
        return Err(
            Failure::usage("the watchdog is not restarted like an agent")
                .hint("`ao down watchdog`, then `ao up watchdog`; the agents run on meanwhile"),
        );
    }
    let request = Request::Restart {
        names: args.names.clone(),
        caller,
    };
    ask::runtime()?.block_on(ask::daemon_or_here(loaded, &fleet, request))
}
