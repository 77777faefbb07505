//! `ao hook`: what a program's hook says, handed on to the watchdog.
//!
//! The program waits for its hooks, reads what they print, and takes exit code 2 for a veto. So
//! nothing is printed, it ends soon, and it ends with 0 whatever happens.

use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use super::args::HookArgs;
use super::message::Exit;
use super::{Invocation, ask};
use crate::config::{self, Overrides};
use crate::daemon::client;
use crate::daemon::wire::Request;
use crate::detect::{HOOK_MAX, hook};

/// How long it may take: to read what the program says, and to tell the watchdog.
const PATIENCE: Duration = Duration::from_millis(900);

pub(crate) fn run(invocation: &Invocation, args: HookArgs) -> Exit {
    let config = invocation.config.clone();
    let (done, is_done) = mpsc::channel();
    // The process ends with the verb, whatever this thread still waits for.
    let worker = std::thread::Builder::new().spawn(move || {
        tell(config, args);
        let _ = done.send(());
    });
    if worker.is_ok() {
        let _ = is_done.recv_timeout(PATIENCE);
    }
    Exit::DONE
}

/// Whether a command line, which is wrong, was meant for this verb.
pub(crate) fn is_meant(mut words: impl Iterator<Item = OsString>) -> bool {
    words.nth(1).is_some_and(|word| word == "hook")
}

/// Tells the watchdog, if there is one and something to tell.
fn tell(config: Option<PathBuf>, args: HookArgs) -> Option<()> {
    let own = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let agent = args.agent.or_else(|| own("AO_AGENT")?.into_string().ok())?;
    // An agent may work in a directory that has a config of its own.
    let path = config.or_else(|| own("AO_CONFIG").map(PathBuf::from))?;
    let said = match args.event {
        Some(event) => hook(event.as_bytes()),
        None => hook(&stdin()?),
    }?;
    let fleet = config::load(&path, &Overrides::default()).fleet;
    let fleet = fleet.or_else(|| config::load_defaults(&path))?;
    ask::runtime().ok()?.block_on(async {
        let mut client = client::find_daemon(&fleet).await.ok()??;
        client.send(&Request::Hook { agent, said }).await.ok()?;
        // It is told when it is answered.
        client.next(Some(PATIENCE)).await.ok().map(drop)
    })
}

/// All of standard input, if it is not too long.
fn stdin() -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = HOOK_MAX as u64 + 1;
    std::io::stdin().take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
