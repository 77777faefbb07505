//! `ao watchdog`: the daemon, in this process.

use super::args::WatchdogArgs;
use super::message::{Exit, Failure, Outcome};
use super::{Invocation, ask, load};
use crate::{daemon, os};

pub(crate) fn run(invocation: &Invocation, args: &WatchdogArgs) -> Outcome {
    let path = load::path(invocation)?;
    // Its mistakes are told here and now, where a person or a waiting verb reads them.
    load::fleet(invocation)?;
    if args.detach {
        os::session::detach()
            .map_err(|e| Failure::new(format!("the terminal's session cannot be left: {e}")))?;
    }
    let ended = ask::runtime()?.block_on(daemon::run(&path));
    ended
        .map(|()| Exit::DONE)
        .map_err(|e| Failure::new(e.to_string()))
}
