//! Processes: who runs, when one ends and how, and who shares a terminal session.
//!
//! On Linux a process is held by a pidfd, so its end is pushed by the kernel and a signal can
//! never hit a stranger that got the same number. Elsewhere it is held by number and start time
//! and looked at ten times a second.

mod exit;
mod pid;
#[cfg(all(target_os = "linux", not(feature = "portable")))]
mod stat;

#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[path = "linux.rs"]
mod system;
#[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
#[path = "portable.rs"]
mod system;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;

pub use exit::{Exit, NoExit};
pub use pid::Pid;
pub use rustix::process::Signal;
pub use system::{Process, command_line, cwd, entry, environ, table};

/// When a process started, as the system counts it. It only tells two processes apart that had
/// the same number one after the other; it is no time of day.
#[derive(Clone, Copy, Debug)]
pub struct StartTime(u64);

impl StartTime {
    /// Two readings of one process lie less than this apart: the portable fallback reads whole
    /// seconds that the system works out anew each time from a boot time that drifts.
    #[cfg(all(target_os = "linux", not(feature = "portable")))]
    const APART: u64 = 1;
    #[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
    const APART: u64 = 3;

    /// Whether two readings of one number can be of the same process.
    pub fn is_same(self, other: Self) -> bool {
        self.0.abs_diff(other.0) < Self::APART
    }
}

/// What a process is doing, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs or sleeps.
    Alive,
    /// It is stopped, by a signal or by a debugger.
    Stopped,
    /// It has ended and waits for its parent to read its status, or is just vanishing.
    Zombie,
}

/// One row of the process table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number.
    pub pid: Pid,
    /// Its parent; none for the first process and those the kernel started.
    pub parent: Option<Pid>,
    /// Its process group.
    pub group: Option<Pid>,
    /// Its session: the number of the session's leader, which may have ended already.
    pub session: Option<Pid>,
    /// The process group in the foreground of its terminal.
    pub foreground: Option<Pid>,
    /// Its terminal as `ps` shows it (`pts/3`); none without one.
    pub tty: Option<String>,
    /// The effective user id that it runs as.
    pub uid: u32,
    /// Its short name (`comm`): on Linux at most 15 bytes. Any bytes may be in it; what is not
    /// UTF-8 is shown as U+FFFD.
    pub name: String,
    /// What it is doing.
    pub state: State,
    /// When it started.
    pub start: StartTime,
}

/// Whether a process with this number exists and has not ended (a zombie has).
///
/// A number alone can be taken over by another process; hold a [`Process`] where that matters.
pub fn is_alive(pid: Pid) -> bool {
    match entry(pid) {
        Ok(entry) => entry.state != State::Zombie,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        // The row is hidden from us (another user's, on a hardened system): it exists.
        Err(_) => rustix::process::test_kill_process(pid.into()) != Err(rustix::io::Errno::SRCH),
    }
}

/// Every process that is in the terminal session of one of `leaders`, the leader included, in
/// one pass over the table. A session with nobody left has an empty list. Zombies are left out:
/// nothing can be done to them.
///
/// A process that forks while the table is read may be missed; who ends a session asks again
/// until the list is empty.
///
/// # Errors
/// When the table cannot be read at all.
pub fn terminal_sessions(leaders: &[Pid]) -> io::Result<HashMap<Pid, Vec<Process>>> {
    let mut sessions: HashMap<Pid, Vec<Process>> =
        leaders.iter().map(|leader| (*leader, Vec::new())).collect();
    for row in table()? {
        let Some(members) = row.session.and_then(|sid| sessions.get_mut(&sid)) else {
            continue;
        };
        if row.state == State::Zombie {
            continue;
        }
        match Process::open_same(&row) {
            Ok(process) => members.push(process),
            // It ended, or its number was taken over, since its row was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sessions)
}
