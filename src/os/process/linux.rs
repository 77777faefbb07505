//! Processes on Linux: pidfds (5.3 and later) and `/proc`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::stat::Stat;
use super::{Entry, Exit, NoExit, Pid, Signal, StartTime};

/// A stat line is a few hundred bytes; a status file a few thousand.
const SMALL_FILE_MAX: u64 = 64 << 10;
/// A command line or environment is at most what `execve(2)` takes by default.
const ARGUMENTS_MAX: u64 = 2 << 20;
/// How often an end is looked for when the kernel cannot be asked to push it.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// One process, held: its number cannot come to mean another one.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    start: StartTime,
    fd: OwnedFd,
}

impl Process {
    /// Takes hold of a process, which may be a zombie.
    ///
    /// # Errors
    /// `NotFound` when there is none with that number; `Unsupported` on a kernel before 5.3.
    pub fn open(pid: Pid) -> io::Result<Self> {
        let fd = match pidfd_open(pid.into(), PidfdFlags::empty()) {
            Ok(fd) => fd,
            // EINVAL is a thread that does not lead its process: no process has that number.
            Err(Errno::SRCH | Errno::INVAL) => return Err(gone(pid)),
            Err(error) => return Err(error.into()),
        };
        // The descriptor is held first: if the process ends now and its number is taken over, it
        // is reaped, which the poll below shows.
        let bytes = read_stat(pid)?;
        let start = Stat::parse(&bytes).ok_or_else(|| malformed(pid))?.start();
        let process = Self { pid, start, fd };
        if process.is_reaped() {
            Err(gone(pid))
        } else {
            Ok(process)
        }
    }

    /// Takes hold of the very process of that row.
    ///
    /// # Errors
    /// As [`Process::open`]; `NotFound` also when the number is another process's by now.
    pub fn open_same(row: &Entry) -> io::Result<Self> {
        let process = Self::open(row.pid)?;
        if process.start.is_same(row.start) {
            Ok(process)
        } else {
            Err(gone(row.pid))
        }
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Whether it has ended, zombie included.
    pub fn has_ended(&self) -> bool {
        let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        loop {
            match poll(&mut fds, Some(&now)) {
                Ok(ready) => return ready > 0,
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }

    /// Resolves when it has ended, zombie included, and at once if it had before. Any number of
    /// waits may be dropped and begun again.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn ended(&self) {
        while !self.has_ended() {
            let ready = match self.register() {
                Ok(pushed) => pushed.readable().await.map(drop),
                Err(error) => Err(error),
            };
            if ready.is_err() {
                // No descriptor or kernel memory is left for the watch: rather late than never.
                tokio::time::sleep(POLL_EVERY).await;
            }
        }
    }

    /// How it ended, from the last field of the zombie's stat line. Ask as soon as it has ended:
    /// when its parent has read the status, nobody else gets it.
    ///
    /// # Errors
    /// The reason why it is not known.
    pub fn exit(&self) -> Result<Exit, NoExit> {
        if !self.has_ended() {
            return Err(NoExit::StillRuns);
        }
        let bytes = read_stat(self.pid).map_err(|_| NoExit::AlreadyReaped)?;
        let stat = Stat::parse(&bytes).ok_or(NoExit::AlreadyReaped)?;
        if !stat.start().is_same(self.start) {
            return Err(NoExit::AlreadyReaped);
        }
        match stat.wait_status {
            // 0 also stands for "you may not know".
            Some(0) if !may_see(self.pid) => Err(NoExit::NotPermitted),
            Some(raw) => Ok(Exit::from_wait_status(raw)),
            None => Err(NoExit::Unsupported),
        }
    }

    /// Sends a signal to it and to nothing else. That it has ended already is no error.
    ///
    /// # Errors
    /// `PermissionDenied` for another user's process.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        match pidfd_send_signal(&self.fd, signal) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the runtime that waits to push the end. Each wait has a registration of its own, since
    /// one is served only while its runtime runs, and a descriptor can be registered only once.
    #[allow(
        deprecated,
        reason = "what replaces it is unsafe, for types that may name another descriptor later; an owned one cannot"
    )]
    fn register(&self) -> io::Result<AsyncFd<OwnedFd>> {
        AsyncFd::with_interest(self.fd.try_clone()?, Interest::READABLE)
    }

    fn is_reaped(&self) -> bool {
        self.has_ended()
            && match read_stat(self.pid) {
                Ok(bytes) => Stat::parse(&bytes).is_none_or(|stat| {
                    stat.state() != super::State::Zombie || !stat.start().is_same(self.start)
                }),
                Err(_) => true,
            }
    }
}

/// Every process that can be seen, in one pass over `/proc`. Those that vanish during the pass, or
/// that are hidden from us, are left out.
///
/// # Errors
/// When `/proc` itself cannot be read.
pub fn table() -> io::Result<Vec<Entry>> {
    let mut rows = Vec::with_capacity(256);
    for found in std::fs::read_dir("/proc")? {
        let name = found?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        rows.extend(entry(pid));
    }
    Ok(rows)
}

/// The row of one process.
///
/// # Errors
/// `NotFound` when there is no such process.
pub fn entry(pid: Pid) -> io::Result<Entry> {
    use std::os::unix::fs::MetadataExt;
    let bytes = read_stat(pid)?;
    let stat = Stat::parse(&bytes).ok_or_else(|| malformed(pid))?;
    Ok(Entry {
        pid,
        parent: stat.parent,
        group: stat.group,
        session: stat.session,
        foreground: stat.foreground,
        tty: stat.tty(),
        uid: std::fs::metadata(format!("/proc/{pid}"))
            .map_err(|error| missing(pid, error))?
            .uid(),
        name: String::from_utf8_lossy(stat.name).into_owned(),
        state: stat.state(),
        start: stat.start(),
    })
}

/// The arguments that a process was started with, the program's name first. None when it is
/// gone, hidden, a zombie or the kernel's own. A program may have written others over them.
pub fn command_line(pid: Pid) -> Option<Vec<OsString>> {
    split_at_nul(&read(pid, "cmdline", ARGUMENTS_MAX).ok()?)
}

/// The environment that a process was started with, as `NAME=value`. None when it is gone,
/// hidden or another user's.
pub fn environ(pid: Pid) -> Option<Vec<OsString>> {
    split_at_nul(&read(pid, "environ", ARGUMENTS_MAX).ok()?)
}

/// The directory that a process is in. None when it is gone, hidden or another user's.
pub fn cwd(pid: Pid) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

fn split_at_nul(bytes: &[u8]) -> Option<Vec<OsString>> {
    if bytes.is_empty() {
        return None;
    }
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    Some(
        bytes
            .split(|byte| *byte == 0)
            .map(|part| OsStr::from_bytes(part).to_owned())
            .collect(),
    )
}

/// Whether the kernel shows us the inside of this process: `ptrace(2)` wants all of its user ids
/// to be ours, or us to be root.
fn may_see(pid: Pid) -> bool {
    let own = rustix::process::geteuid();
    if own.is_root() {
        return true;
    }
    let Ok(status) = read(pid, "status", SMALL_FILE_MAX) else {
        return false;
    };
    let own = own.as_raw().to_string();
    String::from_utf8_lossy(&status)
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .is_some_and(
            // Real, effective and saved; the fourth, of the file system, does not count.
            |uids| uids.split_ascii_whitespace().take(3).all(|uid| uid == own),
        )
}

fn read_stat(pid: Pid) -> io::Result<Vec<u8>> {
    read(pid, "stat", SMALL_FILE_MAX)
}

fn read(pid: Pid, what: &str, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    File::open(format!("/proc/{pid}/{what}"))
        .and_then(|file| file.take(max).read_to_end(&mut bytes))
        .map_err(|error| missing(pid, error))?;
    Ok(bytes)
}

/// A process that ends while its file is read gives ESRCH, one that ended before gives ENOENT.
fn missing(pid: Pid, error: io::Error) -> io::Error {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::SRCH | Errno::NOENT) => gone(pid),
        _ => error,
    }
}

fn gone(pid: Pid) -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        format!("there is no process {pid}"),
    )
}

fn malformed(pid: Pid) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("/proc/{pid}/stat is not understood"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_status_of_another_process_with_the_same_number_is_not_taken_for_its_own() {
        let mut child = std::process::Command::new("false").spawn().unwrap();
        let mut process = Process::open(Pid::of_child(&child)).unwrap();
        process.ended().await;
        assert_eq!(process.exit(), Ok(Exit::Code(1)));
        process.start = StartTime(process.start.0 + 1);
        assert_eq!(process.exit(), Err(NoExit::AlreadyReaped));
        child.wait().unwrap();
    }

    #[test]
    fn the_status_of_another_users_process_is_shown_to_root_only() {
        let first = Pid::new(1).unwrap();
        let theirs = entry(first).unwrap().uid != rustix::process::geteuid().as_raw();
        assert_eq!(
            may_see(first),
            !theirs || rustix::process::geteuid().is_root()
        );
        assert!(may_see(Pid::own()));
    }
}
