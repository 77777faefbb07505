//! `ao watchdog`: the daemon, in this process.

use super::args::WatchdogArgs;
use super::message::{self, Exit, Failure, Outcome};
use super::{Invocation, ask, load};
use crate::config::Overrides;
use crate::daemon::client::SECOND;
use crate::daemon::lock::LockError;
use crate::daemon::{self, DaemonError, Setup, Voice};
use crate::os;

pub(crate) fn run(invocation: &Invocation, args: &WatchdogArgs) -> Outcome {
    let loaded = load::load(invocation, &Overrides::default())?;
    // Told here and now, where a person or a waiting verb reads it.
    load::tell(&loaded.diagnostics);
    let Some(fleet) = &loaded.fleet else {
        return Err(Failure::told(Exit::USAGE));
    };
    let log = fleet.log_file(&fleet.watchdog_session());
    if args.detach {
        os::session::detach()
            .map_err(|e| Failure::new(format!("the terminal's session cannot be left: {e}")))?;
    } else {
        let text = format!("the watchdog runs here; its log is {}", log.display());
        message::info(&text, Some("Ctrl-C ends it; the agents run on"));
    }
    let voice = Voice {
        filter: std::env::var("AO_LOG").unwrap_or_else(|_| "info".to_owned()),
        // Of a detached one, stderr is its log, which has everything already.
        stderr: !args.detach,
    };
    let setup = Setup {
        loaded,
        exe: load::program()?,
        // A verb that starts one in the background says what it wants by itself.
        alone: !args.detach,
        dry_run: args.dry_run,
        voice,
    };
    let ended = ask::runtime()?.block_on(daemon::run(setup));
    ended.map(|()| Exit::DONE).map_err(|error| match error {
        DaemonError::Lock(LockError::Held(_)) if args.detach => {
            Failure::with_exit(Exit(SECOND), error.to_string())
        }
        error => ask::refused(&error),
    })
}
