//! One watchdog per fleet: a lock on a file that is never deleted.
//!
//! The lock is the kernel's, so it goes with its holder however that ends; what the file says is
//! only true while it is locked. The file stays for ever: a lock on a deleted file would not
//! keep out who makes the file anew.

use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::fs::{FileType, FlockOperation, Mode, OFlags, flock, fstat, ftruncate, open};
use rustix::io::{Errno, pwrite};
use serde::{Deserialize, Serialize};

use crate::os::process::{Pid, is_alive};

const FILE_MAX: u64 = 64 << 10;
/// Who only looks holds a shared lock for an instant; it is not taken for a watchdog.
const LOOKERS_TAKE: Duration = Duration::from_millis(500);
const TRY_EVERY: Duration = Duration::from_millis(5);

/// The lock of the fleet with this state directory.
pub fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("watchdog.lock")
}

/// Who holds a fleet's lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The watchdog's process.
    pub pid: Pid,
    /// The socket that it listens on.
    pub socket: PathBuf,
    /// When it took the lock.
    pub started: Timestamp,
}

/// The lock, held until this is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: OwnedFd,
}

/// Why the lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another watchdog holds it. It is not named while it has just taken the lock.
    #[error("{}", held(.0.as_ref()))]
    Held(Option<Holder>),
    /// The file cannot be used.
    #[error("the lock {path} cannot be used: {source}")]
    Io {
        /// The lock's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn held(holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { pid, socket, .. }) => format!(
            "another watchdog runs for this fleet: process {pid}, listening on {}",
            socket.display()
        ),
        None => "another watchdog is just starting for this fleet".to_owned(),
    }
}

/// What the lock tells to who only looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// A watchdog runs. It is not named while it has just taken the lock.
    Running(Option<Holder>),
    /// None runs; who was the last, if that is known.
    NotRunning(Option<Holder>),
}

impl Lock {
    /// Takes the lock and writes down who has it. Waits at most half a second for others that
    /// only look.
    ///
    /// # Errors
    /// [`LockError::Held`] when another watchdog has it; [`LockError::Io`] when the file is a
    /// link, another user's, or cannot be written.
    pub fn acquire(path: &Path, holder: &Holder) -> Result<Self, LockError> {
        let io = |source: io::Error| LockError::Io {
            path: path.to_owned(),
            source,
        };
        let flags = OFlags::RDWR | OFlags::CREATE;
        let file = open_checked(path, flags).map_err(io)?;
        let began = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::INTR) => continue,
                Err(Errno::WOULDBLOCK) => {}
                Err(error) => return Err(io(error.into())),
            }
            let holder = content(&file);
            let is_watchdog = holder.as_ref().is_some_and(|holder| is_alive(holder.pid));
            if is_watchdog || began.elapsed() > LOOKERS_TAKE {
                return Err(LockError::Held(holder));
            }
            std::thread::sleep(TRY_EVERY);
        }
        write_down(&file, holder).map_err(io)?;
        Ok(Self { _file: file })
    }
}

/// Looks who holds the lock. Nothing is written, and no file is made.
///
/// # Errors
/// When the file is a link, another user's, or cannot be read.
pub fn look(path: &Path) -> io::Result<Looked> {
    let file = match open_checked(path, OFlags::RDONLY) {
        Ok(file) => file,
        // Where no directory can be, no watchdog is.
        Err(error) if is_missing(&error) => return Ok(Looked::NotRunning(None)),
        Err(error) => return Err(error),
    };
    loop {
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            // Closing the file gives the lock back.
            Ok(()) => return Ok(Looked::NotRunning(content(&file))),
            Err(Errno::WOULDBLOCK) => return Ok(Looked::Running(content(&file))),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether there is no such file, be it that something else stands where its directory would be.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn open_checked(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = open(path, flags, Mode::RUSR | Mode::WUSR)?;
    let stat = fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is no regular file",
        ));
    }
    if stat.st_uid != crate::os::peer::own_uid() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user",
        ));
    }
    Ok(file)
}

/// None when it was never written, or is being written.
fn content(file: &OwnedFd) -> Option<Holder> {
    let mut text = String::new();
    let mut file = std::fs::File::from(file.try_clone().ok()?);
    io::Seek::rewind(&mut file).ok()?;
    file.take(FILE_MAX).read_to_string(&mut text).ok()?;
    serde_json::from_str(text.trim_end()).ok()
}

/// Written in place, since another file would not be locked. It is never empty on the way.
fn write_down(file: &OwnedFd, holder: &Holder) -> io::Result<()> {
    let mut text = serde_json::to_vec(holder)?;
    text.push(b'\n');
    let mut written = 0;
    while written < text.len() {
        written += pwrite(file, &text[written..], written as u64)?;
    }
    Ok(ftruncate(file, text.len() as u64)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: Pid, socket: &str) -> Holder {
        Holder {
            pid,
            socket: socket.into(),
            started: Timestamp::UNIX_EPOCH,
        }
    }

    fn own(socket: &str) -> Holder {
        holder(Pid::own(), socket)
    }

    #[test]
    fn a_second_watchdog_is_refused_and_told_of_the_first() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("lock");
        let first = Lock::acquire(&path, &own("/a/long/socket")).unwrap();
        let error = Lock::acquire(&path, &own("/b")).unwrap_err();
        assert!(
            error.to_string().contains(&Pid::own().to_string()),
            "{error}"
        );
        let LockError::Held(named) = error else {
            panic!("held, not {error}")
        };
        assert_eq!(named, Some(own("/a/long/socket")));
        drop(first);
        let _second = Lock::acquire(&path, &own("/b")).unwrap();
        assert_eq!(look(&path).unwrap(), Looked::Running(Some(own("/b"))));
    }

    #[test]
    fn a_lock_that_nobody_holds_says_that_none_runs_whatever_is_written_there() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("lock");
        assert_eq!(look(&path).unwrap(), Looked::NotRunning(None));
        assert!(!path.exists(), "who looks makes nothing");
        drop(Lock::acquire(&path, &own("/a")).unwrap());
        assert_eq!(look(&path).unwrap(), Looked::NotRunning(Some(own("/a"))));
        for damaged in ["", "{", "\u{0}", "{\"pid\":0}"] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(
                look(&path).unwrap(),
                Looked::NotRunning(None),
                "{damaged:?}"
            );
            drop(Lock::acquire(&path, &own("/a")).unwrap());
        }
    }

    #[test]
    fn who_only_looks_is_not_taken_for_a_watchdog() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("lock");
        let gone = holder(Pid::new(i32::MAX).unwrap(), "/gone");
        drop(Lock::acquire(&path, &gone).unwrap());
        let looker = open_checked(&path, OFlags::RDONLY).unwrap();
        flock(&looker, FlockOperation::NonBlockingLockShared).unwrap();
        std::thread::scope(|scope| {
            let watchdog = scope.spawn(|| Lock::acquire(&path, &own("/new")));
            drop(looker);
            watchdog.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_link_is_no_lock() {
        let tmp = tempfile::tempdir().unwrap();
        std::fs::write(tmp.path().join("target"), "precious").unwrap();
        let path = tmp.path().join("lock");
        std::os::unix::fs::symlink("target", &path).unwrap();
        assert!(matches!(
            Lock::acquire(&path, &own("/a")),
            Err(LockError::Io { .. })
        ));
        assert!(look(&path).is_err());
        assert_eq!(
            std::fs::read_to_string(tmp.path().join("target")).unwrap(),
            "precious"
        );
    }
}
