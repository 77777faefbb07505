//! The journal's file: appended to, put aside by size, left without half a line.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// The file that is written, and those before it.
#[derive(Debug)]
pub(super) struct JournalFile {
    path: PathBuf,
    kept: u32,
    open: Option<Open>,
    /// The name leads to another file than before, and nobody of us put it aside.
    was_replaced: bool,
    /// The directory has names that a crash would lose.
    new_names: bool,
}

#[derive(Debug)]
struct Open {
    file: File,
    id: (u64, u64),
    /// How long it is as far as whole lines go.
    size: u64,
}

impl JournalFile {
    pub(super) fn new(path: PathBuf, kept: u32) -> Self {
        Self {
            path,
            kept,
            open: None,
            was_replaced: false,
            new_names: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a person took the file away or put another one there since this was asked last.
    pub(super) fn take_was_replaced(&mut self) -> bool {
        std::mem::take(&mut self.was_replaced)
    }

    /// Appends whole lines; either all of them are there afterwards, or none.
    ///
    /// # Errors
    /// When the disk is full, or the file is a link, no regular file or another user's.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut open = self.current()?;
        match open.file.write_all(lines) {
            Ok(()) => {
                open.size += lines.len() as u64;
                self.open = Some(open);
                Ok(())
            }
            Err(error) => {
                // If that fails too, the next open puts a line's end there.
                let _ = open.file.set_len(open.size);
                Err(error)
            }
        }
    }

    /// Makes what was appended survive a crash of the machine.
    ///
    /// # Errors
    /// When the disk says so.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if let Some(open) = &self.open {
            open.file.sync_data()?;
        }
        if std::mem::take(&mut self.new_names)
            && let Some(dir) = self.path.parent()
        {
            File::open(dir)?.sync_all()?;
        }
        Ok(())
    }

    /// Puts the file aside, and each older one further; the oldest goes.
    ///
    /// # Errors
    /// When a file cannot be renamed.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        if let Some(open) = self.open.take() {
            open.file.sync_data()?;
        }
        for number in (0..self.kept).rev() {
            match std::fs::rename(
                numbered(&self.path, number),
                numbered(&self.path, number + 1),
            ) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.new_names = true;
        Ok(())
    }

    /// The open file, or the one that its name leads to now.
    fn current(&mut self) -> io::Result<Open> {
        if let Some(open) = self.open.take() {
            if let Ok(meta) = std::fs::symlink_metadata(&self.path)
                && (meta.dev(), meta.ino()) == open.id
                && meta.len() == open.size
            {
                return Ok(open);
            }
            self.was_replaced = true;
        }
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = OpenOptions::new()
            .read(true)
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
        let mut open = Open {
            id: (meta.dev(), meta.ino()),
            size: meta.len(),
            file,
        };
        self.new_names |= open.size == 0;
        open.end_half_a_line()?;
        Ok(open)
    }
}

impl Open {
    /// What a crash left behind becomes a line of its own, which readers skip.
    fn end_half_a_line(&mut self) -> io::Result<()> {
        let mut last = [b'\n'];
        if self.size > 0 {
            self.file.read_exact_at(&mut last, self.size - 1)?;
        }
        if last != [b'\n'] {
            self.file.write_all(b"\n")?;
            self.size += 1;
        }
        Ok(())
    }
}

/// `journal.jsonl` for 0, `journal.1.jsonl` for 1, and so on.
pub(super) fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 0 {
        path.to_owned()
    } else {
        path.with_extension(format!("{number}.jsonl"))
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}
