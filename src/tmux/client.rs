//! The tmux clients as processes: how one is started so that it dies with the watchdog, and how
//! one that did not is ended.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::oneshot;

use super::{Options, Server, TmuxError};
use crate::os;
use crate::os::process::{Pid, Process, Signal};

/// What a server that ao starts must not inherit: it would hand it to every agent, for good.
const NOT_INHERITED: [&str; 4] = ["TMUX", "AO_", "AGENT_MODEL_", "AGENT_BACKEND_"];

/// How long an orphan may take to end once it is killed.
const ORPHAN_END: Duration = Duration::from_secs(2);

/// Becomes a tmux client that dies with `parent`: the body of the hidden verb
/// `ao internal client --parent PID -- ARGV…`. Returns only when that fails.
///
/// A control client that outlives its owner while panes flood can take a server down with it
/// (tmux 3.3a). Rust cannot set the parent-death signal between fork and exec without unsafe
/// code, so ao runs itself for it, and then the client in its own place.
///
/// `open_files` is the soft limit of open files that the client gets, and with it a server that
/// it starts, and every agent there: the watchdog has raised its own.
pub fn become_client(parent: Pid, open_files: Option<u64>, argv: &[OsString]) -> TmuxError {
    let failed = |source| TmuxError::Process {
        doing: "becoming a tmux client".to_owned(),
        source,
    };
    let Some((program, args)) = argv.split_first() else {
        return failed(io::ErrorKind::InvalidInput.into());
    };
    if let Err(error) = os::parent::die_with_parent(parent) {
        return failed(error);
    }
    if let Some(Err(error)) = open_files.map(os::limits::set_open_files) {
        return failed(error);
    }
    failed(Command::new(program).args(args).exec())
}

/// What makes a `tmux -C` client of `server` that runs `command`, through the hidden verb.
pub(super) fn command(
    options: &Options,
    server: &Server,
    command: &[&str],
) -> tokio::process::Command {
    let mut client = Command::new(&options.exe);
    client.args(["internal", "client", "--parent"]);
    client.arg(std::process::id().to_string());
    if let Some(limit) = options.open_files {
        client.arg("--open-files").arg(limit.to_string());
    }
    client.arg("--");
    // `-u`: else tmux writes `_` for what is not ASCII, unless the locale says otherwise.
    client.arg(server.binary()).args(["-u", "-C"]);
    client.args(server.address_args()).args(command);
    for (name, _) in std::env::vars_os() {
        if is_not_inherited(&name) {
            client.env_remove(name);
        }
    }
    // Ctrl-C in the watchdog's terminal is the watchdog's business, and no directory is held.
    client.process_group(0).current_dir("/");
    let mut client = tokio::process::Command::from(client);
    client.kill_on_drop(true);
    client
}

fn is_not_inherited(name: &OsStr) -> bool {
    NOT_INHERITED
        .iter()
        .any(|prefix| name.as_bytes().starts_with(prefix.as_bytes()))
}

/// The thread that starts the clients. The parent-death signal comes when the *thread* that
/// started a process ends, and this one ends with the connection.
pub(super) struct Starter {
    jobs: SyncSender<Job>,
}

struct Job {
    command: tokio::process::Command,
    answer: oneshot::Sender<io::Result<Child>>,
}

impl Starter {
    /// Must be called within a tokio runtime.
    pub(super) fn new() -> io::Result<Self> {
        let (jobs, to_do) = sync_channel::<Job>(1);
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new()
            .name("tmux-starter".to_owned())
            .spawn(move || {
                let _guard = runtime.enter();
                for mut job in to_do {
                    // Nobody to answer: dropping the child ends it.
                    let _ = job.answer.send(job.command.spawn());
                }
            })?;
        Ok(Self { jobs })
    }

    /// Starts a client.
    pub(super) async fn start(&self, command: tokio::process::Command) -> io::Result<Child> {
        let (answer, started) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts tmux clients is gone");
        // There is never more than one at a time, so this does not wait.
        self.jobs
            .try_send(Job { command, answer })
            .map_err(|_| gone())?;
        started.await.map_err(|_| gone())?
    }
}

/// Ends the control clients that a former watchdog of this fleet left on `hub` of `server`: before
/// anything else connects, since that may crash the server (tmux 3.3a). No other watchdog of the
/// fleet may be running.
pub(super) async fn end_orphans(server: &Server, hub: &str) {
    let rows = match os::process::table() {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(%error, "the process table cannot be read; orphans are not looked for");
            return;
        }
    };
    let uid = os::peer::own_uid();
    for row in rows {
        // A server keeps the command line of the client that started it; its name tells, and so
        // does that it leads a session. One of our own children is no orphan.
        let is_client = row.uid == uid
            && row.name == "tmux: client"
            && row.session != Some(row.pid)
            && row.parent != Some(Pid::own());
        let is_on_hub = || {
            let argv = os::process::command_line(row.pid);
            argv.is_some_and(|argv| is_on_hub(&argv, server.socket_path(), hub))
        };
        if !is_client || !is_on_hub() {
            continue;
        }
        let Ok(process) = Process::open_same(&row) else {
            continue;
        };
        tracing::info!(pid = %row.pid, "ending a tmux client that a former watchdog left behind");
        if let Err(error) = process.signal(Signal::KILL) {
            tracing::warn!(%error, pid = %row.pid, "it cannot be ended");
            continue;
        }
        let _ = tokio::time::timeout(ORPHAN_END, process.ended()).await;
    }
}

fn is_on_hub(argv: &[OsString], socket: &Path, hub: &str) -> bool {
    let target = format!("={hub}:");
    argv.iter().any(|arg| arg == "-C")
        && argv.iter().any(|arg| arg == socket.as_os_str())
        && argv.iter().any(|arg| arg == hub || *arg == target.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_inherits_neither_tmux_nor_overrides() {
        for name in ["TMUX", "TMUX_PANE", "AO_LOG", "AGENT_MODEL_a"] {
            assert!(is_not_inherited(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "XTMUX", "AGENT_TOKEN"] {
            assert!(!is_not_inherited(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn an_orphan_is_known_by_the_hub_that_it_is_on() {
        let is_ours = |words: &str| {
            let argv: Vec<_> = words.split(' ').map(OsString::from).collect();
            is_on_hub(&argv, Path::new("/s"), "ao-hub-00")
        };
        assert!(is_ours("tmux -u -C -S /s new-sessio -A -s ao-hub-00"));
        assert!(is_ours("tmux -C -S /s attach-sessio -t =ao-hub-00:"));
        assert!(!is_ours("tmux -C -S /s new-sessio -A -s ao-hub-01"));
        assert!(!is_ours("tmux -C -S /t new-sessio -A -s ao-hub-00"));
        assert!(!is_ours("tmux -S /s attach -t ao-hub-00"));
    }
}
