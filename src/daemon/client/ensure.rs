//! Finding the fleet's daemon, and starting it where it does not run.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until};

use super::{Client, ClientError};
use crate::config::Fleet;
use crate::daemon::lock::{self, Holder, Looked};
use crate::os::process::Process;

/// How long a daemon that holds the lock may take until it listens, or until it is gone.
const SETTLE_DEADLINE: Duration = Duration::from_secs(5);
/// How long a daemon that we start may take until it listens.
const START_DEADLINE: Duration = Duration::from_secs(20);
/// How soon it is looked again whether somebody listens, at first and at most. That a daemon ended
/// is pushed by the kernel; that it listens is not: its socket is a file a moment before, and a
/// watch on files speaks only when they have come to rest.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));
/// How a detached daemon exits that found another one in its place: `EX_TEMPFAIL` of
/// `sysexits.h`, for the verb that started it.
pub(crate) const SECOND: u8 = 75;
/// How often a daemon is started that finds another one in its place, which has gone when it is
/// asked.
const ATTEMPTS: usize = 5;
/// How much of its log is shown when a daemon could not start, in bytes.
const LAST_WORDS: u64 = 4 * 1024;

/// Why there is no daemon to ask. `Display` is a sentence without a full stop.
#[derive(Debug, thiserror::Error)]
pub enum EnsureError {
    /// One runs, and cannot be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Its program or its log could not be opened.
    #[error("the watchdog could not be started: {doing}: {source}")]
    Spawn {
        /// What was attempted.
        doing: String,
        /// What the system says.
        source: io::Error,
    },
    /// It was started and ended.
    #[error("the watchdog ended as soon as it was started ({status}){}", said(.last_words))]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// What it had to say.
        last_words: String,
    },
    /// It was started and does not listen.
    #[error("the watchdog was started, and has not listened for {} s", START_DEADLINE.as_secs())]
    Late,
}

fn said(last_words: &str) -> String {
    if last_words.is_empty() {
        String::new()
    } else {
        format!(":\n{last_words}")
    }
}

impl EnsureError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Client(error) => error.hint(),
            Self::Spawn { .. } => "it is a matter of the file system or its permissions",
            Self::Exited { .. } | Self::Late => "`ao watchdog` runs it where you can see it",
        }
    }
}

/// The daemon of this fleet, if one runs. Writes nothing and starts nothing.
///
/// # Errors
/// When one runs and cannot be asked.
pub async fn find_daemon(fleet: &Fleet) -> Result<Option<Client>, ClientError> {
    let deadline = Instant::now() + SETTLE_DEADLINE;
    let mut rest = Rest::new(deadline);
    loop {
        match look(&fleet.state_dir).await? {
            Look::Nobody => return Ok(None),
            Look::Reached(client) => return Ok(Some(client)),
            Look::Deaf(_, error) if Instant::now() >= deadline => return Err(error),
            Look::Deaf(holder, _) => rest.unless_ended(holder.as_ref()).await,
        }
    }
}

/// Whether a daemon has this fleet's lock. It may be about to listen, or to end.
#[must_use]
pub fn is_running(fleet: &Fleet) -> bool {
    matches!(
        lock::look(&lock::path(&fleet.state_dir)),
        Ok(Looked::Running(_))
    )
}

/// The daemon's process, if one runs and has said so.
#[must_use]
pub fn holder(fleet: &Fleet) -> Option<Holder> {
    match lock::look(&lock::path(&fleet.state_dir)) {
        Ok(Looked::Running(holder)) => holder,
        _ => None,
    }
}

/// The daemon of this fleet; it is started in a session of its own if none runs. It outlives the
/// caller and its terminal.
///
/// # Errors
/// When one runs and cannot be asked, or none can be started.
pub async fn ensure_daemon(fleet: &Fleet) -> Result<Client, EnsureError> {
    if let Some(client) = find_daemon(fleet).await? {
        return Ok(client);
    }
    let mut attempt = 1;
    loop {
        match start(fleet).await {
            Err(EnsureError::Exited { status, .. })
                if status.code() == Some(i32::from(SECOND)) && attempt < ATTEMPTS =>
            {
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn start(fleet: &Fleet) -> Result<Client, EnsureError> {
    let mut started = Started::spawn(fleet)?;
    let deadline = Instant::now() + START_DEADLINE;
    let mut rest = Rest::new(deadline);
    loop {
        if let Look::Reached(client) = look(&fleet.state_dir).await? {
            return Ok(client);
        }
        if Instant::now() >= deadline {
            return Err(EnsureError::Late);
        }
        tokio::select! {
            ended = started.child.wait() => {
                // Another verb's daemon may have been quicker than ours.
                if let Some(client) = find_daemon(fleet).await? {
                    return Ok(client);
                }
                return Err(started.exited(ended));
            }
            () = rest.take() => {}
        }
    }
}

/// What there is to see of a daemon.
enum Look {
    /// The lock is free.
    Nobody,
    /// It answers.
    Reached(Client),
    /// It holds the lock and does not listen: it is about to, or it is ending.
    Deaf(Option<Holder>, ClientError),
}

async fn look(state_dir: &Path) -> Result<Look, ClientError> {
    let path = lock::path(state_dir);
    let looked = lock::look(&path).map_err(|source| ClientError::Lock { path, source })?;
    let holder = match looked {
        Looked::NotRunning(_) => return Ok(Look::Nobody),
        Looked::Running(holder) => holder,
    };
    let Some(holder) = holder else {
        return Ok(Look::Deaf(None, ClientError::Starting));
    };
    match Client::connect(&holder.socket).await {
        Ok(client) => Ok(Look::Reached(client)),
        Err(error @ ClientError::Connect { .. }) => Ok(Look::Deaf(Some(holder), error)),
        Err(error) => Err(error),
    }
}

/// Time between two looks; it grows, and ends at a deadline.
struct Rest {
    next: Duration,
    deadline: Instant,
}

impl Rest {
    fn new(deadline: Instant) -> Self {
        Self {
            next: LOOK_AGAIN.0,
            deadline,
        }
    }

    async fn take(&mut self) {
        let end = (Instant::now() + self.next).min(self.deadline);
        self.next = (self.next * 2).min(LOOK_AGAIN.1);
        sleep_until(end).await;
    }

    /// Ends at once when the daemon does.
    async fn unless_ended(&mut self, holder: Option<&Holder>) {
        match holder.map(|holder| Process::open(holder.pid)) {
            Some(Ok(process)) => tokio::select! {
                () = process.ended() => {}
                () = self.take() => {}
            },
            // Not known, or gone and about to leave the lock.
            _ => self.take().await,
        }
    }
}

/// A daemon that was just started.
struct Started {
    child: Child,
    log: File,
    /// How long the log was before.
    log_len: u64,
}

impl Started {
    fn spawn(fleet: &Fleet) -> Result<Self, EnsureError> {
        let failed = |doing: String| move |source| EnsureError::Spawn { doing, source };
        std::fs::create_dir_all(&fleet.log_dir)
            .map_err(failed(format!("making {}", fleet.log_dir.display())))?;
        let path = fleet.log_file(&fleet.watchdog_session());
        let log = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed(format!("opening its log {}", path.display())))?;
        let log_len = log
            .metadata()
            .map_err(failed("reading its log".into()))?
            .len();
        let stderr = log.try_clone().map_err(failed("opening its log".into()))?;
        let exe = std::env::current_exe().map_err(failed("finding this program".into()))?;
        let child = command(&exe, fleet)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .map_err(failed(format!("running {}", exe.display())))?;
        Ok(Self {
            child,
            log,
            log_len,
        })
    }

    /// The error for a daemon that ended, with what it wrote.
    fn exited(&self, ended: io::Result<ExitStatus>) -> EnsureError {
        let status = match ended {
            Ok(status) => status,
            Err(source) => {
                return EnsureError::Spawn {
                    doing: "waiting for it".into(),
                    source,
                };
            }
        };
        let end = self.log.metadata().map_or(self.log_len, |meta| meta.len());
        let from = self.log_len.max(end.saturating_sub(LAST_WORDS));
        let mut words = vec![0; usize::try_from(end.saturating_sub(from)).unwrap_or(0)];
        let read = self.log.read_at(&mut words, from).unwrap_or(0);
        let last_words = String::from_utf8_lossy(&words[..read])
            .trim_end()
            .to_owned();
        EnsureError::Exited { status, last_words }
    }
}

/// The daemon's command line, directory and environment.
///
/// What tmux itself goes by stays (`TMUX`, `TMUX_TMPDIR`), so that the daemon finds the server
/// that the caller's own `tmux` would; so does `AO_LOG`. The caller's pane, what ao gave to the
/// caller as an agent, and one-off overrides do not concern a process that outlives the caller.
fn command(exe: &Path, fleet: &Fleet) -> Command {
    let mut command = Command::new(exe);
    command
        .arg("--config")
        .arg(&fleet.path)
        .args(["watchdog", "--detach"]);
    for (name, _) in std::env::vars_os() {
        if is_the_callers_own(&name) {
            command.env_remove(name);
        }
    }
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    if let Some(dir) = std::env::var_os("TMUX_TMPDIR").filter(|dir| !dir.is_empty()) {
        // The daemon's directory is another one.
        command.env("TMUX_TMPDIR", here.join(dir));
    }
    let beside_config = fleet.path.parent().unwrap_or(Path::new("/"));
    let dir = if fleet.project_dir.is_dir() {
        &fleet.project_dir
    } else {
        beside_config
    };
    command.current_dir(dir);
    command
}

fn is_the_callers_own(name: &OsString) -> bool {
    let name: &OsStr = name;
    let begins = |prefix: &[u8]| name.as_bytes().starts_with(prefix);
    name == "TMUX_PANE"
        || begins(b"AGENT_MODEL_")
        || begins(b"AGENT_BACKEND_")
        || (begins(b"AO_") && name != "AO_LOG")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_gets_nothing_that_is_the_callers_own() {
        for (name, own) in [
            ("TMUX_PANE", true),
            ("AGENT_MODEL_worker", true),
            ("AGENT_BACKEND_x", true),
            ("AO_AGENT", true),
            ("AO_SESSION", true),
            ("AO_CONFIG", true),
            ("AO_LOG", false),
            ("TMUX", false),
            ("TMUX_TMPDIR", false),
            ("PATH", false),
            ("AGENT_X", false),
        ] {
            assert_eq!(is_the_callers_own(&OsString::from(name)), own, "{name}");
        }
    }
}
