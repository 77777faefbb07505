//! State on disk, whole or not at all.
//!
//! A file is written beside its place, synced, renamed into it, and the directory is synced: after
//! a crash at any moment the old or the new state is there. A file that cannot be understood is
//! set aside, never reset silently.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rustix::fs::OFlags;
use rustix::io::Errno;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::os::place::private_dir;
use crate::os::process::{Pid, is_alive};

/// The version of what is written, in every JSON file as `"version"`.
pub const VERSION: u64 = 1;
/// More than any state is.
const FILE_MAX: u64 = 16 << 20;
/// Leaves room for what is added to a name, within the 255 bytes that file systems take.
const NAME_MAX: usize = 200;
/// How many damaged versions of one file are kept.
const SET_ASIDE_MAX: usize = 5;
const TEMPORARY: &str = ".ao-new";

/// The directory of one fleet's state.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    writes: bool,
}

/// What was found under a name.
#[derive(Debug)]
pub struct Loaded<T> {
    /// None when there is no such file, or it is damaged.
    pub value: Option<T>,
    /// What was wrong with the file.
    pub damage: Option<Damage>,
}

/// A file that could not be understood.
#[derive(Debug)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, for people.
    pub reason: String,
    /// Where it was put; none if it still lies there, because the store only reads or because the
    /// move failed.
    pub set_aside: Option<PathBuf>,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not used: {}", self.path.display(), self.reason)?;
        match &self.set_aside {
            Some(path) => write!(f, "; it was set aside as {}", path.display()),
            None => Ok(()),
        }
    }
}

impl Store {
    /// Opens a state directory for reading and writing: makes it, for this user alone, and clears
    /// away what a crash left half-written.
    ///
    /// # Errors
    /// When the directory is a link or another user's, or cannot be made.
    pub fn open(dir: &Path) -> io::Result<Self> {
        private_dir(dir)?;
        let store = Self {
            dir: dir.to_owned(),
            writes: true,
        };
        store.clear_half_written();
        Ok(store)
    }

    /// The store for who only reads: nothing is made, moved or removed, and saving fails. The
    /// directory need not exist.
    pub fn read_only(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            writes: false,
        }
    }

    /// The state directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads a JSON file that [`Store::save`] wrote. One that is damaged, or of a later version, is
    /// set aside as `NAME.damaged-<time>`, of which five are kept.
    ///
    /// # Errors
    /// When the file is there but may not be read now (permissions, a failing disk): it is left.
    pub fn load<T: DeserializeOwned>(&self, name: &str) -> io::Result<Loaded<T>> {
        let found = match self.read(name)? {
            Found::Nothing => {
                return Ok(Loaded {
                    value: None,
                    damage: None,
                });
            }
            Found::Unfit(reason) => Err(reason),
            Found::Bytes(bytes) => parse(&bytes),
        };
        Ok(match found {
            Ok(value) => Loaded {
                value: Some(value),
                damage: None,
            },
            Err(reason) => Loaded {
                value: None,
                damage: Some(self.set_aside(name, reason)),
            },
        })
    }

    /// Writes a value, which must be a JSON object, with the version added.
    ///
    /// # Errors
    /// As [`Store::save_bytes`]; `InvalidData` when the value is no JSON object.
    pub fn save<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        let Value::Object(mut fields) = serde_json::to_value(value)? else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "state is a JSON object",
            ));
        };
        fields.insert("version".to_owned(), VERSION.into());
        let mut bytes = serde_json::to_vec_pretty(&fields)?;
        bytes.push(b'\n');
        self.save_bytes(name, &bytes)
    }

    /// Reads a file of any form, as the predecessor wrote them (a phase's index, a resume id).
    /// None if there is none.
    ///
    /// # Errors
    /// When it is a link, no regular file or over 16 MiB, or may not be read.
    pub fn load_bytes(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self.read(name)? {
            Found::Nothing => Ok(None),
            Found::Bytes(bytes) => Ok(Some(bytes)),
            Found::Unfit(reason) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not used: {reason}", self.dir.join(name).display()),
            )),
        }
    }

    /// Writes a file whole: when this returns, the new content survives a crash; when it fails, the
    /// old content is still there. A link under that name is replaced, not followed.
    ///
    /// # Errors
    /// A full disk, among others: the caller goes on in memory and says so once.
    pub fn save_bytes(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        static TURN: AtomicU64 = AtomicU64::new(0);
        check_name(name)?;
        if !self.writes {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the state was opened for reading only",
            ));
        }
        if bytes.len() as u64 > FILE_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the state is over 16 MiB",
            ));
        }
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        let beside = self
            .dir
            .join(format!(".{name}.{}-{turn}{TEMPORARY}", Pid::own()));
        let result = write_synced(&beside, bytes)
            .and_then(|()| std::fs::rename(&beside, self.dir.join(name)))
            .and_then(|()| self.sync_dir());
        if result.is_err() {
            // Nothing to remove if it was renamed already.
            let _gone = std::fs::remove_file(&beside);
        }
        result
    }

    /// Removes a file; none there is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        match std::fs::remove_file(self.dir.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.sync_dir(),
        }
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    fn read(&self, name: &str) -> io::Result<Found> {
        check_name(name)?;
        // Without NONBLOCK a FIFO would be waited for.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits() as i32)
            .open(self.dir.join(name));
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                return match error.raw_os_error().map(Errno::from_raw_os_error) {
                    Some(Errno::NOENT) => Ok(Found::Nothing),
                    Some(Errno::LOOP) => Ok(Found::Unfit("it is a link".to_owned())),
                    Some(Errno::NXIO) => Ok(Found::Unfit("it is no regular file".to_owned())),
                    _ => Err(error),
                };
            }
        };
        if !file.metadata()?.is_file() {
            return Ok(Found::Unfit("it is no regular file".to_owned()));
        }
        let mut bytes = Vec::new();
        file.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_MAX {
            return Ok(Found::Unfit("it is over 16 MiB".to_owned()));
        }
        Ok(Found::Bytes(bytes))
    }

    fn set_aside(&self, name: &str, reason: String) -> Damage {
        let path = self.dir.join(name);
        let aside = self.writes.then(|| {
            let time = Timestamp::now().strftime("%Y%m%dT%H%M%S.%9fZ");
            self.dir.join(format!("{}{time}", aside_prefix(name)))
        });
        let set_aside = aside.filter(|aside| std::fs::rename(&path, aside).is_ok());
        if set_aside.is_some() {
            self.forget_oldest(name);
        }
        Damage {
            path,
            reason,
            set_aside,
        }
    }

    /// Only the newest few are of use, and a program that damages its state must not fill the
    /// disk. Their names sort by time.
    fn forget_oldest(&self, name: &str) {
        let mut asides: Vec<PathBuf> = self
            .entries()
            .filter(|(entry, _)| entry.starts_with(&aside_prefix(name)))
            .map(|(_, path)| path)
            .collect();
        asides.sort();
        let excess = asides.len().saturating_sub(SET_ASIDE_MAX);
        for path in &asides[..excess] {
            let _kept_if_it_fails = std::fs::remove_file(path);
        }
    }

    fn clear_half_written(&self) {
        for (name, path) in self.entries() {
            let Some(stem) = name
                .strip_prefix('.')
                .and_then(|name| name.strip_suffix(TEMPORARY))
            else {
                continue;
            };
            let writer = stem
                .rsplit_once('.')
                .and_then(|(_, turn)| turn.split_once('-'));
            let writer = writer.and_then(|(pid, _)| pid.parse::<Pid>().ok());
            if writer.is_none_or(|pid| pid != Pid::own() && !is_alive(pid)) {
                let _kept_if_it_fails = std::fs::remove_file(path);
            }
        }
    }

    fn entries(&self) -> impl Iterator<Item = (String, PathBuf)> {
        let entries = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
    }
}

enum Found {
    Nothing,
    Bytes(Vec<u8>),
    /// Something that is no state file, and why.
    Unfit(String),
}

fn aside_prefix(name: &str) -> String {
    format!("{name}.damaged-")
}

fn check_name(name: &str) -> io::Result<()> {
    let is_fit = !name.is_empty()
        && name.len() <= NAME_MAX
        && !name.starts_with('.')
        && !name.contains(['/', '\0']);
    if is_fit {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("{name:?} cannot be the name of a state file"),
    ))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let version = value
        .as_object_mut()
        .and_then(|fields| fields.remove("version"));
    match version.as_ref().and_then(Value::as_u64) {
        Some(VERSION) => serde_json::from_value(value).map_err(|error| error.to_string()),
        Some(later) if later > VERSION => Err(format!(
            "it is of version {later}, and this ao knows version {VERSION}"
        )),
        _ => Err("it has no known version".to_owned()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
