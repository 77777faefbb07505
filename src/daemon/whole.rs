//! Single files, read within a bound and written whole, wherever they lie.
//!
//! What is in the state directory and has a version is the store's; this is for the files whose
//! names and forms are the predecessor's, some of which lie elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::OFlags;

use crate::os::process::Pid;

/// What was read of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    /// There is more than the bound.
    pub(super) cut: bool,
}

/// Reads a file, up to so many bytes; none if there is none. A pipe is not waited for.
///
/// # Errors
/// It is no regular file, or cannot be read.
pub(super) fn read(path: &Path, longest: usize) -> io::Result<Option<Content>> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let file = match file {
        Ok(file) => file,
        Err(error) => {
            use io::ErrorKind::{NotADirectory, NotFound};
            return match error.kind() {
                NotFound | NotADirectory => Ok(None),
                _ => Err(error),
            };
        }
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(longest as u64 + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() > longest;
    bytes.truncate(longest);
    Ok(Some(Content { bytes, cut }))
}

/// Writes a file whole: when this returns, the new content survives a crash; when it fails, the old
/// content is still there. A link under that name is replaced, not followed.
///
/// # Errors
/// A full disk, among others.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let dir = directory(path)?;
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    // The store clears away what has such a name and whose writer is gone.
    let beside = dir.join(format!(".whole.{}-{turn}.ao-new", Pid::own()));
    let result = write_synced(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .and_then(|()| File::open(dir)?.sync_all());
    if result.is_err() {
        // Nothing to remove if it was renamed already.
        let _gone = std::fs::remove_file(&beside);
    }
    result
}

/// Removes a file for good; none there is no error.
///
/// # Errors
/// It cannot be removed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => File::open(directory(path)?)?.sync_all(),
    }
}

/// Gives a file another name for good, over whatever has that name.
///
/// # Errors
/// There is no such file, or it cannot be renamed.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    File::open(directory(to)?)?.sync_all()
}

fn directory(path: &Path) -> io::Result<&Path> {
    path.parent()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no name of a file"))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::daemon::store::Store;

    #[test]
    fn a_file_is_written_whole_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n".repeat(255));
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        let content = read(&path, 10).unwrap().unwrap();
        assert_eq!((content.bytes, content.cut), (b"two".to_vec(), false));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(read(&path, 10).unwrap(), None);
    }

    #[test]
    fn what_fails_leaves_the_old_file_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let taken = dir.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        assert!(write(&taken, b"x").is_err());
        assert!(write(&dir.path().join("no/such"), b"x").is_err());
        assert!(write(Path::new("/"), b"x").is_err());
        assert!(remove(&taken).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_is_replaced_and_what_it_led_to_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let (link, target) = (dir.path().join("link"), dir.path().join("target"));
        std::fs::write(&target, "kept").unwrap();
        symlink(&target, &link).unwrap();
        assert_eq!(read(&link, 10).unwrap().unwrap().bytes, b"kept");
        write(&link, b"new").unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"kept");
        assert_eq!(std::fs::read(&link).unwrap(), b"new");
    }

    #[test]
    fn reading_has_a_bound_and_waits_for_no_pipe() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        let content = read(&path, 4).unwrap().unwrap();
        assert_eq!((content.bytes, content.cut), (b"1234".to_vec(), true));
        assert!(!read(&path, 5).unwrap().unwrap().cut);
        assert_eq!(read(&path.join("below"), 5).unwrap(), None);
        assert!(read(dir.path(), 5).is_err());
        let pipe = dir.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        assert!(read(&pipe, 5).is_err());
    }

    #[test]
    fn what_a_crash_left_half_written_is_cleared_away_by_the_store() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join(".whole.999999999-7.ao-new");
        std::fs::write(&left, "half").unwrap();
        let _store = Store::open(dir.path()).unwrap();
        assert!(!left.exists());
    }
}
