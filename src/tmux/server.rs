//! Which tmux, which server, which version.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::pane::Listing;
use super::{Pane, TmuxError, Version};
use crate::os::process::{Pid, Process, Signal};

/// How long a tmux process of ours that only asks may take.
const ONCE: Duration = Duration::from_secs(5);

/// What tmux says when it reached a server that is about to end.
const ENDING: &str = "server exited unexpectedly";

/// How often a server is asked that is about to end, and how long it is given in between.
const TRIES: usize = 5;
const ENDS_IN: Duration = Duration::from_millis(100);

/// The longest answer that such a process may give, in bytes.
const ANSWER_MAX: u64 = 16 * 1024 * 1024;

/// What the config says about tmux; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The program; `tmux` from PATH if it is left out.
    pub binary: Option<PathBuf>,
    /// The socket's name, as after `-L`.
    pub socket_name: Option<String>,
    /// The socket's path, as after `-S`; it counts before the name.
    pub socket_path: Option<PathBuf>,
    /// The configuration that a server reads when it starts, as after `-f`.
    pub config_file: Option<PathBuf>,
}

/// A tmux server, running or not: the program, the address, the program's version.
#[derive(Clone, Debug)]
pub struct Server {
    binary: PathBuf,
    socket: PathBuf,
    config_file: Option<PathBuf>,
    version: Version,
}

impl Server {
    /// Finds the program and works out the server's address as tmux itself would, from the settings
    /// and the environment. Starts no server.
    ///
    /// # Errors
    /// When there is no tmux, or one older than [`Version::OLDEST`].
    pub fn find(settings: &Settings) -> Result<Self, TmuxError> {
        let wanted = settings.binary.as_deref().unwrap_or(Path::new("tmux"));
        let binary =
            find_program(wanted, std::env::var_os("PATH")).ok_or_else(|| TmuxError::Missing {
                binary: wanted.to_owned(),
            })?;
        let version = version_of(&binary)?;
        if version < Version::OLDEST {
            return Err(TmuxError::TooOld { found: version });
        }
        let uid = rustix::process::getuid().as_raw();
        Ok(Self {
            binary,
            socket: socket(settings, |name| std::env::var_os(name), uid)?,
            config_file: settings.config_file.as_deref().map(absolute).transpose()?,
            version,
        })
    }

    /// The program's version. A server that runs already may be of another one.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The program.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Where the server's socket is, or would be.
    pub fn socket_path(&self) -> &Path {
        &self.socket
    }

    /// The arguments that name the server: `-S`, and `-f` if it is configured. A name of a socket
    /// (`-L`) has become a path: its meaning would change with the environment.
    pub fn address_args(&self) -> Vec<OsString> {
        let mut args = vec![OsString::from("-S"), self.socket.clone().into()];
        if let Some(file) = &self.config_file {
            args.extend([OsString::from("-f"), file.into()]);
        }
        args
    }

    /// tmux, addressed to this server, for a person's own client.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(self.address_args());
        command
    }

    /// Every pane of the server, asked by one short tmux process with a time limit; None if no
    /// server runs. Starts nothing.
    ///
    /// # Errors
    /// When tmux cannot be run, or does not answer in time.
    pub fn panes_once(&self) -> Result<Option<Vec<Pane>>, TmuxError> {
        if !self.socket.exists() {
            return Ok(None);
        }
        let listing = Listing::new();
        let mut message = String::new();
        for _ in 0..TRIES {
            let mut command = self.command();
            // `list-panes` is not one of the commands that start a server. It lacks its last letter
            // so that no `command-alias` applies, see `CommandLine::encode_unaliased`.
            command.args(["-u", "list-pane", "-a", "-F"]);
            command.arg(listing.format());
            let answer = ask(command, "asking tmux for its panes")?;
            if answer.ok {
                return listing.panes(&answer.stdout, None).map(Some);
            }
            message = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
            let nobody = ["no server running", "No such file", "Connection refused"];
            if nobody.iter().any(|words| message.contains(words)) {
                return Ok(None);
            }
            if !message.contains(ENDING) {
                break;
            }
            std::thread::sleep(ENDS_IN);
        }
        Err(TmuxError::Command { message })
    }

    /// Makes the directory of a socket that was given by name, as tmux does for `-L`. A directory
    /// that is not safe is refused by tmux itself only for `-L`, so it is refused here.
    pub(super) fn prepare(&self) -> Result<(), TmuxError> {
        let Some(dir) = self.socket.parent() else {
            return Ok(());
        };
        let is_tmux_dir = dir
            .file_name()
            .is_some_and(|name| name.as_bytes().starts_with(b"tmux-"));
        if !is_tmux_dir {
            return Ok(());
        }
        let made = std::fs::DirBuilder::new().mode(0o700).create(dir);
        let checked = match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => check_socket_dir(dir),
        };
        checked.map_err(|source| TmuxError::Process {
            doing: format!("using the socket's directory {}", dir.display()),
            source,
        })
    }
}

fn check_socket_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::symlink_metadata(dir)?;
    let ours = meta.uid() == rustix::process::getuid().as_raw();
    if meta.is_dir() && ours && meta.permissions().mode() & 0o007 == 0 {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "it must be a directory of this user that others cannot enter",
    ))
}

/// Where `name` is: itself if it is a path, else in the directories of PATH.
fn find_program(name: &Path, path: Option<OsString>) -> Option<PathBuf> {
    let runs = |file: &Path| {
        std::fs::metadata(file)
            .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if name.components().count() > 1 || name.is_absolute() {
        return absolute(name).ok().filter(|file| runs(file));
    }
    std::env::split_paths(&path?)
        .map(|dir| dir.join(name))
        .filter_map(|file| absolute(&file).ok())
        .find(|file| runs(file))
}

fn absolute(path: &Path) -> Result<PathBuf, TmuxError> {
    std::path::absolute(path).map_err(|source| TmuxError::Process {
        doing: format!("working out where {} is", path.display()),
        source,
    })
}

/// The socket that tmux would use: `-S`, else `-L`, else the one in `$TMUX`, else the name
/// `default`. A name is looked up in `$TMUX_TMPDIR` if that exists, else in `/tmp`
/// (tmux.c, `make_label`).
fn socket(
    settings: &Settings,
    env: impl Fn(&str) -> Option<OsString>,
    uid: u32,
) -> Result<PathBuf, TmuxError> {
    if let Some(path) = &settings.socket_path {
        return absolute(path);
    }
    if settings.socket_name.is_none()
        && let Some(inherited) = env("TMUX")
    {
        let path = inherited.as_bytes().split(|&byte| byte == b',').next();
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            return absolute(Path::new(OsStr::from_bytes(path)));
        }
    }
    let base = env("TMUX_TMPDIR")
        .filter(|dir| !dir.is_empty())
        .and_then(|dir| std::fs::canonicalize(dir).ok())
        .or_else(|| std::fs::canonicalize("/tmp").ok())
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    let name = settings.socket_name.as_deref().unwrap_or("default");
    Ok(base.join(format!("tmux-{uid}")).join(name))
}

fn version_of(binary: &Path) -> Result<Version, TmuxError> {
    let mut command = Command::new(binary);
    command.arg("-V");
    let answer = ask(command, "asking tmux for its version")?;
    let text = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    Version::parse(text.strip_prefix("tmux ").unwrap_or(&text))
        .ok_or(TmuxError::Answer { answer: text })
}

struct Answer {
    ok: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Runs a tmux process that only asks, for at most [`ONCE`].
fn ask(mut command: Command, doing: &str) -> Result<Answer, TmuxError> {
    let failed = |source| TmuxError::Process {
        doing: doing.to_owned(),
        source,
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let pid = Pid::of_child(&child);
    let (send, receive) = std::sync::mpsc::sync_channel(1);
    let mut wait = move || -> io::Result<Answer> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        if let Some(pipe) = child.stdout.take() {
            pipe.take(ANSWER_MAX).read_to_end(&mut stdout)?;
        }
        if let Some(pipe) = child.stderr.take() {
            pipe.take(ANSWER_MAX).read_to_end(&mut stderr)?;
        }
        let ok = child.wait()?.success();
        Ok(Answer { ok, stdout, stderr })
    };
    // A thread, because there may be no runtime here, and a pipe can only be waited for by reading.
    std::thread::Builder::new()
        .name("tmux-ask".to_owned())
        .spawn(move || send.send(wait()))
        .map_err(failed)?;
    match receive.recv_timeout(ONCE) {
        Ok(answer) => answer.map_err(failed),
        Err(_) => {
            if let Ok(process) = Process::open(pid) {
                let _ = process.signal(Signal::KILL);
            }
            Err(TmuxError::Deadline { after: ONCE })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket_with(settings: &Settings, env: &[(&str, &str)]) -> PathBuf {
        let look = |name: &str| {
            let found = env.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(*value))
        };
        socket(settings, look, 1000).unwrap()
    }

    #[test]
    fn the_socket_is_the_one_that_tmux_would_use() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().canonicalize().unwrap();
        let dir_text = dir.to_str().unwrap();
        let none = Settings::default();
        let named = Settings {
            socket_name: Some("work".to_owned()),
            ..Settings::default()
        };
        let placed = Settings {
            socket_path: Some("/run/x".into()),
            ..named.clone()
        };
        let own = dir.join("tmux-1000");
        assert_eq!(
            socket_with(&none, &[("TMUX_TMPDIR", dir_text)]),
            own.join("default")
        );
        assert_eq!(
            socket_with(&named, &[("TMUX_TMPDIR", dir_text), ("TMUX", "/a,1,2")]),
            own.join("work")
        );
        assert_eq!(
            socket_with(&placed, &[("TMUX", "/a,1,2")]),
            Path::new("/run/x")
        );
        assert_eq!(
            socket_with(&none, &[("TMUX", "/a/b c,1,2")]),
            Path::new("/a/b c")
        );
        // tmux passes over these two as well.
        let odd = [("TMUX", ",1,2"), ("TMUX_TMPDIR", "/does/not/exist")];
        let tmp = Path::new("/tmp").canonicalize().unwrap();
        assert_eq!(socket_with(&none, &odd), tmp.join("tmux-1000/default"));
    }

    #[test]
    fn a_program_is_found_on_path_or_where_it_is_said_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tmux");
        std::fs::write(&file, "").unwrap();
        let path = || Some(OsString::from(dir.path()));
        assert_eq!(find_program(Path::new("tmux"), path()), None, "cannot run");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find_program(Path::new("tmux"), path()), Some(file.clone()));
        assert_eq!(find_program(&file, None), Some(file.clone()));
        assert_eq!(find_program(Path::new("/no/tmux"), path()), None);
    }

    #[test]
    fn a_missing_tmux_is_an_error_with_the_line_to_install_it() {
        let settings = Settings {
            binary: Some("/no/such/tmux".into()),
            ..Settings::default()
        };
        let error = Server::find(&settings).unwrap_err();
        assert!(matches!(error, TmuxError::Missing { .. }));
        assert!(error.hint().unwrap().contains("tmux"));
    }

    #[test]
    fn an_old_tmux_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tmux");
        std::fs::write(&file, "#!/bin/sh\necho tmux 3.1c\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let settings = Settings {
            binary: Some(file),
            ..Settings::default()
        };
        let error = Server::find(&settings).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tmux 3.1c is too old: ao needs tmux 3.2 or newer"
        );
    }
}
