//! Dying with the parent.

use std::io;

use super::process::Pid;

/// Has the kernel kill this process, with KILL, when its parent ends, then checks that the parent
/// is still `parent`: it may have ended before the kernel was asked.
///
/// A child calls this in itself, before it becomes the program that must not outlive the parent:
/// the request survives `execve(2)`, but not that of a set-user-id program (`prctl(2)`,
/// `PR_SET_PDEATHSIG`). What the kernel means by the parent is the *thread* that made this process,
/// so that thread must be one that lives as long as the parent does.
///
/// # Errors
/// When the parent is another process by now; the caller should end.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
pub fn die_with_parent(parent: Pid) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    check_parent(parent)
}

/// Only checks that the parent is still `parent`: this system cannot be asked to end a process
/// with its parent. What must not outlive the parent has to end when its standard input does,
/// as a tmux control client does.
///
/// # Errors
/// When the parent is another process by now; the caller should end.
#[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
pub fn die_with_parent(parent: Pid) -> io::Result<()> {
    check_parent(parent)
}

fn check_parent(parent: Pid) -> io::Result<()> {
    if rustix::process::getppid().map(Pid::from) == Some(parent) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("the parent, process {parent}, had ended before this process was set up"),
    ))
}
