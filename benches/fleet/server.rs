//! A tmux server of the bench's own, and what it and its panes cost.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process;

/// How long a server may take to go.
const GRACE: Duration = Duration::from_secs(20);

/// The address of a server; it starts with the first command that starts one, and ends with this
/// value.
pub(crate) struct Server {
    socket: PathBuf,
}

impl Server {
    /// A server whose socket lies in `dir`, under `name`.
    pub(crate) fn new(dir: &Path, name: &str) -> Self {
        Self {
            socket: dir.join(name),
        }
    }

    /// Where its socket is.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// A `tmux` for this server, with no configuration and without a trace of the tmux that the
    /// bench may itself run in.
    pub(crate) fn command<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.bare_command();
        command
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(&self.socket)
            .args(arguments);
        command
    }

    /// A `tmux` with no arguments yet, not even the address.
    pub(crate) fn bare_command(&self) -> Command {
        let mut command = Command::new("tmux");
        command
            .env_remove("TMUX")
            .env_remove("TMUX_PANE")
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// What a short command prints; nothing if it fails.
    pub(crate) fn ask(&self, arguments: &[&str]) -> String {
        self.command(arguments)
            .output()
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> io::Result<i32> {
        self.ask(&["display-message", "-p", "#{pid}"])
            .trim()
            .parse()
            .map_err(|_| io::Error::other("the tmux server does not run"))
    }
}

impl Server {
    /// Ends the server, if it runs as `pid`.
    pub(crate) fn end(&self, pid: Option<i32>) {
        let Some(pid) = pid else { return };
        self.ask(&["kill-server"]);
        if !process::wait_until_gone(pid, GRACE) {
            process::kill(pid);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(self.pid().ok());
    }
}
