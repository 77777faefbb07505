//! `ao watchdog`: the daemon, in this process.

use super::args::WatchdogArgs;
use super::message::{Exit, Failure, Outcome};
use super::{Invocation, ask, load};
use crate::config::Overrides;
use crate::daemon::{self, Setup, Voice};
use crate::os;

pub(crate) fn run(invocation: &Invocation, args: &WatchdogArgs) -> Outcome {
    // Its mistakes are told here and now, where a person or a waiting verb reads them.
    let loaded = load::load(invocation, &Overrides::default())?;
    load::tell(&loaded.diagnostics);
    if loaded.fleet.is_none() {
        return Err(Failure::told(Exit::USAGE));
    }
    let voice = if args.detach {
        os::session::detach()
            .map_err(|e| Failure::new(format!("the terminal's session cannot be left: {e}")))?;
        // Its stderr is its log, which has everything already.
        Voice::Silent
    } else {
        Voice::Filtered(std::env::var("AO_LOG").unwrap_or_else(|_| "info".to_owned()))
    };
    let setup = Setup {
        loaded,
        exe: ask::own_program()?,
        alone: !args.detach,
        voice,
    };
    let ended = ask::runtime()?.block_on(daemon::run(setup));
    ended.map(|()| Exit::DONE).map_err(|e| ask::not_run(&e))
}
