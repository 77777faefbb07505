//! `ao up`: want agents, and have the daemon start them.

use super::args::Names;
use super::message::{self, Exit, Failure, Outcome};
use super::{Invocation, ask, check, load, names};
use crate::config::Loaded;
use crate::daemon::wire::Request;

pub(crate) fn run(invocation: &Invocation, args: &Names) -> Outcome {
    let (caller, overrides) = load::caller();
    let loaded = load::load(invocation, &overrides)?;
    load::tell(&loaded.diagnostics);
    let Some(fleet) = &loaded.fleet else {
        return Err(Failure::told(Exit::USAGE));
    };
    names::check_exact(fleet, &args.names)?;
    for rule in fleet.rules_not_acted_on() {
        message::warning(&rule, None);
    }
    let request = Request::Up {
        names: args.names.clone(),
        caller,
    };
    let exit = ask::runtime()?.block_on(ask::daemon(fleet, &request))?;
    Ok(exit.max(mistakes(&loaded, &args.names)))
}

/// What does not come up because of a mistake in the config counts as not done, where it was
/// asked for.
fn mistakes(loaded: &Loaded, names: &[String]) -> Exit {
    if names.is_empty() {
        return check::exit(loaded);
    }
    let broken = loaded.fleet.iter().flat_map(|fleet| &fleet.broken);
    let asked = broken.filter(|broken| names.iter().any(|name| name == broken.name.as_str()));
    if asked.count() > 0 {
        Exit::FAILED
    } else {
        Exit::DONE
    }
}
