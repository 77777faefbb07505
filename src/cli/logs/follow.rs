//! What is added to a log from now on, through its rotations and truncations.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// A place in a log that moves on as the log grows.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    id: (u64, u64),
    at: u64,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News<'a> {
    /// More of the same file.
    Bytes(&'a [u8]),
    /// A file begins: a new one under this name, or the same one after it was emptied.
    Anew,
}

impl Follower {
    /// Begins at the end of the file that is there, or at the beginning of one that will be.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(super) fn at_end(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            open: open(path)?,
        })
    }

    /// The file, and how long it was when it was opened.
    pub(super) fn begin(&self) -> Option<(&File, u64)> {
        self.open.as_ref().map(|open| (&open.file, open.at))
    }

    /// Reads all that has come, a piece at a time.
    ///
    /// # Errors
    /// When the log cannot be read, or `take` fails.
    pub(super) fn read<E: From<io::Error>>(
        &mut self,
        mut take: impl FnMut(News<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(open) = &mut self.open {
            if open.file.metadata()?.len() < open.at {
                open.at = 0;
                take(News::Anew)?;
            }
            open.read(&mut take)?;
        }
        let Some(new) = open(&self.path)? else {
            return Ok(());
        };
        if self.open.as_ref().is_none_or(|open| open.id != new.id) {
            take(News::Anew)?;
            self.open.insert(Open { at: 0, ..new }).read(&mut take)?;
        }
        Ok(())
    }
}

impl Open {
    fn read<E: From<io::Error>>(
        &mut self,
        take: &mut impl FnMut(News<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let n = match self.file.read_at(&mut chunk, self.at) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.at += n as u64;
            take(News::Bytes(&chunk[..n]))?;
        }
    }
}

/// The file at `path`, to be read from its end; none if nothing is there. A pipe or a device would
/// hold us up for ever, so only a plain file will do.
fn open(path: &Path) -> io::Result<Option<Open>> {
    let open = || {
        if !std::fs::metadata(path)?.is_file() {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
            return Err(error);
        }
        let file = File::open(path)?;
        let meta = file.metadata()?;
        let id = (meta.dev(), meta.ino());
        Ok(Open {
            file,
            id,
            at: meta.len(),
        })
    };
    match open() {
        Ok(open) => Ok(Some(open)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn news(follower: &mut Follower) -> String {
        let mut out = String::new();
        let read: io::Result<()> = follower.read(|news| {
            match news {
                News::Bytes(bytes) => out.push_str(&String::from_utf8_lossy(bytes)),
                News::Anew => out.push('|'),
            }
            Ok(())
        });
        read.expect("read");
        out
    }

    fn append(path: &Path, text: &str) {
        use std::io::Write as _;
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .expect("a log");
        file.write_all(text.as_bytes()).expect("written");
    }

    #[test]
    fn following_goes_on_through_rotation_truncation_and_removal() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.log");
        append(&path, "before");
        let mut follower = Follower::at_end(&path).expect("opened");
        assert_eq!(news(&mut follower), "");
        append(&path, "more");
        assert_eq!(news(&mut follower), "more");

        append(&path, "last");
        fs::rename(&path, dir.path().join("a.log.1")).expect("rotated");
        assert_eq!(news(&mut follower), "last");
        append(&path, "new");
        assert_eq!(news(&mut follower), "|new");

        fs::File::create(&path).expect("emptied");
        append(&path, "x");
        assert_eq!(news(&mut follower), "|x");

        fs::remove_file(&path).expect("removed");
        assert_eq!(news(&mut follower), "");
        append(&path, "again");
        assert_eq!(news(&mut follower), "|again");
        assert_eq!(news(&mut follower), "");
    }

    #[test]
    fn a_log_that_is_not_there_yet_is_waited_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.log");
        let mut follower = Follower::at_end(&path).expect("nothing there");
        assert_eq!(news(&mut follower), "");
        append(&path, "first");
        assert_eq!(news(&mut follower), "|first");
    }

    #[test]
    fn a_directory_is_no_log() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(Follower::at_end(dir.path()).is_err());
    }
}
