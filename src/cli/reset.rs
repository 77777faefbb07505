//! `ao reset`: what failed for good is tried again.

use super::args::SomeNames;
use super::message::Outcome;
use super::{Invocation, ask, names};
use crate::daemon::wire::Request;

pub(crate) fn run(invocation: &Invocation, args: &SomeNames) -> Outcome {
    let (loaded, fleet) = names::of_units(invocation, &args.names)?;
    let request = Request::Reset {
        names: args.names.clone(),
    };
    ask::runtime()?.block_on(ask::daemon_or_here(loaded, &fleet, request))
}
