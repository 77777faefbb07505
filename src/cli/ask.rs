//! Asking the daemon for something that changes the fleet, and telling what it says.

use std::time::Duration;

use tokio::time::timeout;

use super::load;
use super::message::{self, Exit, Failure, Outcome};
use super::terminal::Progress;
use crate::config::{AgentName, Fleet, Loaded};
use crate::daemon::client::{
    Client, ClientError, EnsureError, SECOND, ensure_daemon, find_daemon, holder,
};
use crate::daemon::lock::LockError;
use crate::daemon::wire::{Message, Request};
use crate::daemon::{self, DaemonError};
use crate::os::process::Process;

/// The longest that the daemon may say nothing in the middle of a request.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// For what is ready in the daemon's memory; one that takes longer hangs.
pub(super) const READY: Duration = Duration::from_secs(5);

/// How often a daemon that was about to end is tried anew.
const ATTEMPTS: usize = 3;

/// A runtime for a verb: one thread, which lives as long as the process.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Prompts are read off the loop; more readers at once would only wait for the disk.
        .max_blocking_threads(4)
        .build()
        .map_err(|error| Failure::new(format!("the system gives no event queue: {error}")))
}

/// Sends `request` to the fleet's daemon, which is started if none runs.
pub(crate) async fn daemon(fleet: &Fleet, request: &Request) -> Outcome {
    let mut attempt = 1;
    loop {
        let mut client = ensure_daemon(fleet).await.map_err(|e| not_ensured(&e))?;
        match converse(&mut client, request).await {
            Err(broken) if broken.is_too_late() && attempt < ATTEMPTS => attempt += 1,
            Err(broken) => return Err(unanswered(&broken.error)),
            Ok(exit) => return Ok(exit),
        }
    }
}

/// Sends `request` to the fleet's daemon, or does the same work here if none runs.
pub(crate) async fn daemon_or_here(loaded: Loaded, fleet: &Fleet, request: Request) -> Outcome {
    let mut attempt = 1;
    loop {
        let process = holder(fleet).and_then(|holder| Process::open(holder.pid).ok());
        if let Some(mut client) = find_daemon(fleet).await.map_err(|e| unanswered(&e))? {
            let exit = match converse(&mut client, &request).await {
                Err(broken) if broken.is_too_late() && attempt < ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                answer => answer.map_err(|broken| unanswered(&broken.error))?,
            };
            // The daemon ends once we are gone.
            drop(client);
            if let (true, Some(process)) = (ends_the_daemon(&request), process) {
                let _ = timeout(PATIENCE, process.ended()).await;
            }
            return Ok(exit);
        }
        let mut teller = Teller::new();
        let hear = |message| _ = teller.hear(message);
        let work = daemon::run_once(loaded.clone(), load::program()?, request.clone(), hear);
        match work.await {
            // Another verb started one since we looked; nothing has been done here.
            Err(DaemonError::Lock(LockError::Held(_))) if attempt < ATTEMPTS => attempt += 1,
            done => return done.map(Exit).map_err(|error| refused(&error)),
        }
    }
}

/// Whether the daemon ends itself after this request.
fn ends_the_daemon(request: &Request) -> bool {
    let is_watchdog = |name: &String| name == AgentName::WATCHDOG;
    matches!(request, Request::Down { names } if names.is_empty() || names.iter().any(is_watchdog))
}

/// A daemon that could not run here.
pub(crate) fn refused(error: &DaemonError) -> Failure {
    let failure = Failure::with_exit(Exit(error.exit_code()), error.to_string());
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// A conversation that broke.
struct Broken {
    error: ClientError,
    /// Whether the daemon had said anything before.
    heard: bool,
}

impl Broken {
    /// Whether the daemon was on its way out when we came, and has done nothing.
    fn is_too_late(&self) -> bool {
        !self.heard && matches!(self.error, ClientError::Ended | ClientError::Io(_))
    }
}

async fn converse(client: &mut Client, request: &Request) -> Result<Exit, Broken> {
    let mut heard = false;
    let mut teller = Teller::new();
    client
        .send(request)
        .await
        .map_err(|error| Broken { error, heard })?;
    loop {
        let message = client
            .next(Some(PATIENCE))
            .await
            .map_err(|error| Broken { error, heard })?;
        heard = true;
        if let Some(exit) = teller.hear(message) {
            return Ok(exit);
        }
    }
}

/// Tells a person what the daemon says.
struct Teller {
    progress: Progress,
}

impl Teller {
    fn new() -> Self {
        Self {
            progress: Progress::begin(),
        }
    }

    /// The exit code, once all is said.
    fn hear(&mut self, message: Message) -> Option<Exit> {
        match message {
            Message::Progress { done, total, text } => self.progress.step(done, total, &text),
            Message::Note(note) => {
                self.progress.clear();
                message::note(&note);
            }
            Message::Done { code } => {
                self.progress.clear();
                return Some(Exit(code));
            }
            // Nothing that such a request asks for.
            Message::Status(_)
            | Message::Phase(_)
            | Message::Screen(_)
            | Message::Reading(_)
            | Message::Event(_)
            | Message::Missed { .. } => {}
        }
        None
    }
}

/// Asks the fleet's daemon for something that it has in its memory: `pick` takes it out of what it
/// says. Else how the verb ends, after what was told.
///
/// # Errors
/// No daemon runs, or it does not answer.
pub(crate) fn of_memory<T>(
    fleet: &Fleet,
    request: &Request,
    pick: impl Fn(Message) -> Option<T>,
) -> Result<Result<T, Exit>, Failure> {
    let asking = async {
        let client = find_daemon(fleet).await.map_err(|e| unanswered(&e))?;
        let Some(mut client) = client else {
            return Err(Failure::new(
                "no watchdog runs for this fleet, and it is who knows the screens",
            )
            .hint("`ao up watchdog` starts it; `ao attach` shows the terminal itself"));
        };
        client.send(request).await.map_err(|e| unanswered(&e))?;
        let mut found = None;
        loop {
            match client
                .next(Some(PATIENCE))
                .await
                .map_err(|e| unanswered(&e))?
            {
                Message::Note(note) => message::note(&note),
                Message::Done { code } => return Ok(found.ok_or(Exit(code))),
                message => found = pick(message).or(found),
            }
        }
    };
    runtime()?.block_on(asking)
}

/// The daemon could not be asked.
pub(crate) fn unanswered(error: &ClientError) -> Failure {
    Failure::new(error.to_string()).hint(error.hint())
}

fn not_ensured(error: &EnsureError) -> Failure {
    if let EnsureError::Exited { status, last_words } = error
        && let Some(own) = own_words(last_words)
    {
        // It is an `ao` like this one: what it said is what there is to say.
        message::plain(own);
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        let code = code.filter(|code| *code != SECOND);
        return Failure::told(code.map_or(Exit::FAILED, Exit));
    }
    Failure::new(error.to_string()).hint(error.hint())
}

/// The last error that a daemon told, without what it logged before.
fn own_words(log: &str) -> Option<&str> {
    const ERROR: &str = "error: ";
    if log.starts_with(ERROR) && !log.contains("\nerror: ") {
        return Some(log);
    }
    log.rfind("\nerror: ").map(|at| &log[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_daemons_log_only_its_last_error_is_told_again() {
        let error = "error: no tmux\nhint: install it";
        for log in [
            error.to_owned(),
            format!("INFO begun\n{error}"),
            format!("error: a\n{error}"),
        ] {
            assert_eq!(own_words(&log), Some(error));
        }
        assert_eq!(own_words("INFO no error: here"), None);
        assert_eq!(own_words(""), None);
    }
}
