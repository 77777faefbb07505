//! The journal's lines, oldest first, for who only reads.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::OFlags;

use super::file::numbered;
use super::{KEPT, LINE_MAX, NAME};

/// One line and its place.
#[derive(Debug)]
pub struct Line {
    /// The file.
    pub path: PathBuf,
    /// Its number in the file, from 1.
    pub number: u64,
    /// The line without its end.
    pub bytes: Vec<u8>,
}

/// Reads lines, file after file. What is no whole line, at the end of a file, is left out: somebody
/// is about to write it, or a crash cut it off.
#[derive(Debug)]
pub struct Lines {
    /// The last one is read next.
    files: Vec<(PathBuf, File)>,
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    path: PathBuf,
    reader: BufReader<File>,
    number: u64,
}

impl Lines {
    /// The lines of the journal in a state directory. Nothing is written, and there need be none.
    /// With `since`, files that were last written before are left out.
    ///
    /// # Errors
    /// A file is there and may not be read, is a link or no regular file.
    pub fn open(state_dir: &Path, since: Option<Timestamp>) -> io::Result<Self> {
        let newest = state_dir.join(NAME);
        let mut files: Vec<(PathBuf, File)> = Vec::new();
        let mut known = Vec::new();
        // The newest first: one that is put aside meanwhile is met again, and known by its id.
        for number in 0..=KEPT {
            let path = numbered(&newest, number);
            let file = match open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let meta = file.metadata()?;
            let id = (meta.dev(), meta.ino());
            let written = Timestamp::from_second(meta.mtime().saturating_add(1));
            let is_old = since.is_some_and(|since| written.is_ok_and(|at| at < since));
            if !is_old && !known.contains(&id) {
                known.push(id);
                files.push((path, file));
            }
        }
        Ok(Self {
            files,
            current: None,
        })
    }

    /// The lines of these files, in this order.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn of(paths: &[PathBuf]) -> io::Result<Self> {
        let open = |path: &PathBuf| Ok((path.clone(), open(path)?));
        let files: io::Result<Vec<_>> = paths.iter().rev().map(open).collect();
        Ok(Self {
            files: files?,
            current: None,
        })
    }

    /// Whether there is no file at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.current.is_none()
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.current.is_none() {
                let (path, file) = self.files.pop()?;
                self.current = Some(Current {
                    path,
                    reader: BufReader::with_capacity(1 << 20, file),
                    number: 0,
                });
            }
            let current = self.current.as_mut()?;
            match current.next() {
                Ok(Some(line)) => return Some(Ok(line)),
                Ok(None) => self.current = None,
                Err(error) => {
                    self.current = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Current {
    fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            let most = LINE_MAX as u64 + 1;
            (&mut self.reader)
                .take(most)
                .read_until(b'\n', &mut bytes)?;
            self.number += 1;
            if bytes.pop() == Some(b'\n') {
                return Ok(Some(Line {
                    path: self.path.clone(),
                    number: self.number,
                    bytes,
                }));
            }
            if bytes.len() < LINE_MAX {
                return Ok(None);
            }
            self.skip_the_rest()?;
        }
    }

    /// A line that is longer than any entry is none.
    fn skip_the_rest(&mut self) -> io::Result<()> {
        loop {
            let part = self.reader.fill_buf()?;
            let (length, ended) = match part.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (part.len(), part.is_empty()),
            };
            self.reader.consume(length);
            if ended {
                return Ok(());
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    // Without NONBLOCK a FIFO would be waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        ))
    }
}
