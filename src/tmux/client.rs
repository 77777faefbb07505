//! The tmux clients as processes: how one is started so that it dies with the watchdog.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::TmuxError;
use crate::os;
use crate::os::process::Pid;

/// Becomes a tmux client that dies with `parent`: the body of the hidden verb
/// `ao internal client --parent PID -- ARGV…`. Returns only when that fails.
///
/// A control client that outlives its owner while panes flood can take a server down with it
/// (tmux 3.3a). Rust cannot set the parent-death signal between fork and exec without unsafe
/// code, so ao runs itself for it, and then the client in its own place.
pub fn become_client(parent: Pid, argv: &[OsString]) -> TmuxError {
    let failed = |source| TmuxError::Process {
        doing: "becoming a tmux client".to_owned(),
        source,
    };
    let Some((program, args)) = argv.split_first() else {
        return failed(std::io::ErrorKind::InvalidInput.into());
    };
    if let Err(error) = os::parent::die_with_parent(parent) {
        return failed(error);
    }
    failed(Command::new(program).args(args).exec())
}
