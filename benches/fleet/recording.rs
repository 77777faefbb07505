//! The lines that ao sends to tmux, recorded, so that the bare driver can send the same.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::ao::Fleet;
use crate::server::Server;

/// A tmux that keeps what its control clients were started with and told.
const RECORDER: &str = r#"
for argument in "$@"; do
    if [ "$argument" = -C ]; then
        printf '%s\0' "$@" >"recorded.$$.arguments"
        tee "recorded.$$.lines" | tmux "$@"
        exit
    fi
done
exec tmux "$@"
"#;

/// What one `tmux -C` of ao's was started with and told.
pub(crate) struct Recording {
    /// The client's own arguments, the server's address among them.
    arguments: Vec<String>,
    /// The address in them.
    socket: String,
    /// The lines of `up`.
    pub(crate) up: Vec<u8>,
    /// The lines of `down`.
    pub(crate) down: Vec<u8>,
    /// How many agents.
    pub(crate) agents: usize,
}

impl Recording {
    /// Brings a fleet of this backend up in `dir` and takes it down.
    pub(crate) fn new(dir: &Path, agents: usize, backend: &str) -> io::Result<Self> {
        let in_dir = format!("cd '{}' || exit\n", dir.display());
        let fleet = Fleet::new(dir, agents, backend, &(in_dir + RECORDER))?;
        fleet.ao(&["up"])?;
        let (stem, lines) = talkative(dir)?;
        let up = lines.len();
        fleet.ao(&["down"])?;
        let mut up_lines = fs::read(dir.join(format!("{stem}.lines")))?;
        let down = up_lines.split_off(up);
        let arguments = fs::read_to_string(dir.join(format!("{stem}.arguments")))?;
        Ok(Self {
            arguments: arguments
                .split_terminator('\0')
                .map(str::to_owned)
                .collect(),
            socket: dir.join("server").display().to_string(),
            up: up_lines,
            down,
            agents,
        })
    }

    /// The same client for another server.
    pub(crate) fn client(&self, server: &Server) -> Command {
        let socket = server.socket().display().to_string();
        let mut command = server.bare_command();
        command.args(self.arguments.iter().map(|argument| {
            if *argument == self.socket {
                &socket
            } else {
                argument
            }
        }));
        command
    }
}

/// The client that was told anything, and its whole lines; the keeper is told nothing.
fn talkative(dir: &Path) -> io::Result<(String, Vec<u8>)> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        let Some(stem) = name.strip_suffix(".lines") else {
            continue;
        };
        let mut lines = fs::read(dir.join(&name))?;
        lines.truncate(
            lines
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |end| end + 1),
        );
        if !lines.is_empty() {
            return Ok((stem.to_owned(), lines));
        }
    }
    Err(io::Error::other("ao told no control client anything"))
}
