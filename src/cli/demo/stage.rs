//! What a demo needs, made in a directory of its own and cleared away again.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::time::timeout;

use super::cast::Cast;
use crate::cli::load;
use crate::cli::message::Failure;
use crate::config::{self, Fleet, Overrides};
use crate::daemon::client::{find_daemon, holder};
use crate::daemon::place::Place;
use crate::daemon::wire::{Message, Request};
use crate::os::process::{Pid, Process, Signal};

/// How long `down` may take: the graces of a stubborn process, and something on top.
const DOWN_DEADLINE: Duration = Duration::from_secs(20);
/// How long a process may take to end when it was asked to.
const END_DEADLINE: Duration = Duration::from_secs(5);

/// The demo's fleet and the directory that holds all of it.
pub(super) struct Stage {
    dir: PathBuf,
    pub(super) fleet: Fleet,
    pub(super) cast: Cast,
}

impl Stage {
    /// Makes the directory and the config in it. Starts nothing yet.
    pub(super) fn build(agents: u64) -> Result<Self, Failure> {
        let failed = |e: io::Error| Failure::new(format!("the demo has no place to be: {e}"));
        let dir = private_dir().map_err(failed)?;
        let built = write(&dir, agents);
        if built.is_err() {
            let _ = std::fs::remove_dir_all(&dir);
        }
        let (fleet, cast) = built?;
        Ok(Self { dir, fleet, cast })
    }

    /// Ends all of it and removes the directory.
    ///
    /// # Errors
    /// Something is left; the message says what.
    pub(super) async fn clear(&self) -> Result<(), Failure> {
        // Asked nicely first. What does not answer is ended below all the same.
        let _ = timeout(DOWN_DEADLINE, self.down()).await;
        let state_dir = &self.fleet.state_dir;
        if let Some(holder) = holder(&self.fleet) {
            end(holder.pid).await;
        }
        self.end_server().await;
        if let Some(dir) = Place::of(state_dir)
            .ok()
            .as_ref()
            .and_then(|p| p.socket().parent())
        {
            // The directory of this fleet alone, and the one around it if it is empty now.
            let _ = std::fs::remove_dir_all(dir);
            let _ = dir.parent().map(std::fs::remove_dir);
        }
        std::fs::remove_dir_all(&self.dir).map_err(|error| {
            Failure::new(format!("{} is left behind: {error}", self.dir.display()))
                .hint("it can be removed")
        })
    }

    async fn down(&self) {
        let Ok(Some(mut client)) = find_daemon(&self.fleet).await else {
            return;
        };
        if client
            .send(&Request::Down { names: Vec::new() })
            .await
            .is_ok()
        {
            while let Ok(message) = client.next(None).await {
                if matches!(message, Message::Done { .. }) {
                    break;
                }
            }
        }
    }

    /// The server ends by itself with its last session; this is for what went wrong.
    async fn end_server(&self) {
        let Ok(server) = load::server(&self.fleet) else {
            return;
        };
        let Ok(stream) = UnixStream::connect(server.socket_path()).await else {
            return;
        };
        let pid = stream
            .peer_cred()
            .ok()
            .and_then(|peer| peer.pid())
            .and_then(Pid::new);
        drop(stream);
        let kill = Command::from(server.command())
            .arg("kill-server")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status();
        let _ = timeout(END_DEADLINE, kill).await;
        if let Some(pid) = pid {
            end(pid).await;
        }
    }
}

/// Waits for the end of a process, and makes it end if that takes too long.
async fn end(pid: Pid) {
    let Ok(process) = Process::open(pid) else {
        return;
    };
    for signal in [None, Some(Signal::TERM), Some(Signal::KILL)] {
        if let Some(signal) = signal {
            let _ = process.signal(signal);
        }
        if timeout(END_DEADLINE, process.ended()).await.is_ok() {
            return;
        }
    }
}

/// A new directory for this user alone.
fn private_dir() -> io::Result<PathBuf> {
    let base = std::env::temp_dir().canonicalize()?;
    let mut attempt = 0;
    loop {
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |t| t.subsec_nanos());
        let dir = base.join(format!("ao-demo-{}-{nanos:x}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => return Ok(dir),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 10 => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn write(dir: &Path, agents: u64) -> Result<(Fleet, Cast), Failure> {
    let failed = |e: io::Error| Failure::new(format!("the demo's files cannot be written: {e}"));
    let exe = std::env::current_exe().map_err(failed)?;
    let cast = Cast::of(agents, has_git());
    let path = dir.join("agents.toml");
    std::fs::write(&path, cast.config(&exe, dir)).map_err(failed)?;
    cast.write_prompts(dir).map_err(failed)?;
    let loaded = config::load(&path, &Overrides::default());
    let fleet = loaded.fleet.ok_or_else(|| {
        load::tell(&loaded.diagnostics);
        Failure::new("a defect of ao: the demo's config is not valid")
    })?;
    Ok((fleet, cast))
}

/// Whether git can be run.
fn has_git() -> bool {
    let asked = std::process::Command::new("git")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}
