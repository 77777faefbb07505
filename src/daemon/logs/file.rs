//! One log file: appended to, rotated by size, made again when a person takes it away.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

/// How often it is checked that the name still leads to the open file.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// When a log is rotated, and how many are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    pub(super) at: u64,
    pub(super) keep: u32,
}

/// A log that is opened when something is written.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    id: (u64, u64),
    size: u64,
    checked: Instant,
}

impl LogFile {
    pub(super) fn new(path: PathBuf, rotation: Rotation) -> Self {
        Self {
            path,
            rotation,
            open: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends, after a rotation if the log would grow over its size.
    ///
    /// # Errors
    /// When the disk is full, or the file is not a regular file of this user. Part of the bytes
    /// may have been written.
    pub(super) fn append(&mut self, bytes: &[u8], now: Instant) -> io::Result<()> {
        let result = self.try_append(bytes, now);
        if result.is_err() {
            // How much was written is not known, and the file may have been replaced.
            self.open = None;
        }
        result
    }

    fn try_append(&mut self, bytes: &[u8], now: Instant) -> io::Result<()> {
        let mut open = self.current(now)?;
        if open.size > 0 && open.size + bytes.len() as u64 > self.rotation.at {
            drop(open);
            self.rotate()?;
            open = self.current(now)?;
        }
        open.file.write_all(bytes)?;
        open.size += bytes.len() as u64;
        self.open = Some(open);
        Ok(())
    }

    /// The open file, or the one that its name leads to now.
    fn current(&mut self, now: Instant) -> io::Result<Open> {
        if let Some(mut open) = self.open.take() {
            if now.duration_since(open.checked) < CHECK_EVERY {
                return Ok(open);
            }
            if let Ok(meta) = std::fs::metadata(&self.path)
                && (meta.dev(), meta.ino()) == open.id
            {
                // A person may have cut it.
                (open.size, open.checked) = (meta.len(), now);
                return Ok(open);
            }
        }
        // The predecessor's `cat >>` followed links, and people rely on it. NONBLOCK: a FIFO is to
        // be refused, not waited for.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(flags.bits() as i32)
            .open(&self.path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(refused("it is no regular file"));
        }
        if meta.uid() != crate::os::peer::own_uid() {
            return Err(refused("it belongs to another user"));
        }
        Ok(Open {
            file,
            id: (meta.dev(), meta.ino()),
            size: meta.len(),
            checked: now,
        })
    }

    /// Moves `.log` to `.log.1`, that to `.log.2`, and so on; the oldest goes. A log that is a link
    /// stays one: what it leads to is rotated in its place.
    fn rotate(&mut self) -> io::Result<()> {
        let real = match self.path.canonicalize() {
            Ok(real) => real,
            // A person took it away just now; it is made again.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for number in (0..self.rotation.keep).rev() {
            let from = if number == 0 {
                real.clone()
            } else {
                numbered(&real, number)
            };
            match std::fs::rename(from, numbered(&real, number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name: OsString = path.into();
    name.push(format!(".{number}"));
    name.into()
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}
