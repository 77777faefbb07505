//! `ao down`: want agents no longer, and end them.

use super::args::Names;
use super::message::Outcome;
use super::{Invocation, ask, load};
use crate::config::Overrides;
use crate::daemon::wire::Request;

pub(crate) fn run(invocation: &Invocation, args: &Names) -> Outcome {
    // Names are for the daemon to judge: it knows what runs and is in no config any more.
    let fleet = load::fleet(invocation)?;
    let loaded = load::load(invocation, &Overrides::default())?;
    let request = Request::Down {
        names: args.names.clone(),
    };
    ask::runtime()?.block_on(ask::daemon_or_here(loaded, &fleet, request))
}
