//! Terminal sessions.

use std::io;

/// Makes this process the leader of a session of its own, without a terminal: closing the terminal
/// that it was started from no longer ends it.
///
/// # Errors
/// `PermissionDenied` when it leads a process group, as a shell's job does; a child of it can.
pub fn detach() -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}
