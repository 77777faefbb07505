//! `ao pause` and `ao resume`: whom the watchdog looks after by itself.

use super::args::UnitNames;
use super::message::Outcome;
use super::{Invocation, ask, names};
use crate::daemon::wire::Request;

/// Which of the two verbs it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Pause,
    Resume,
}

pub(crate) fn run(invocation: &Invocation, args: &UnitNames, wish: Wish) -> Outcome {
    let (loaded, fleet) = names::of_units(invocation, &args.names)?;
    let names = args.names.clone();
    let request = match wish {
        Wish::Pause => Request::Pause { names },
        Wish::Resume => Request::Resume { names },
    };
    ask::runtime()?.block_on(ask::daemon_or_here(loaded, &fleet, request))
}
