//! The files in which programs keep their conversations: which one is an agent's, and what its end
//! says.
//!
//! Nothing here is watched or polled: a file is looked into when a screen shows that an agent cannot
//! go on, for what the screen does not tell. Of a file its last 256 KiB are read, and of a directory a
//! bounded number of entries; links are not followed, and only regular files are opened.

mod places;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{FileType, Mode, OFlags, fstat, open};

use crate::detect::{Filed, filed};
use crate::preset::ConversationFiles;

/// How much of a file is read, from its end.
const TAIL: u64 = 256 * 1024;

/// Where an agent's conversation is to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Whereabouts {
    /// Whose file it is.
    pub(super) files: ConversationFiles,
    /// The program's own directory: `~/.claude`, `~/.codex`.
    pub(super) home: PathBuf,
    /// The directory in which the agent works.
    pub(super) dir: PathBuf,
    /// The file, where the program told it.
    pub(super) told: Option<PathBuf>,
    /// The conversation's id, where it is known.
    pub(super) id: Option<String>,
    /// When the agent was started; None for one that was found running.
    pub(super) since: Option<Timestamp>,
}

/// What the agent's conversation file says of its last turn, if that is of this run. Reads files.
pub(super) fn last_turn(at: &Whereabouts) -> Option<Filed> {
    let by_search = || at.files_by_search();
    let told = at.told.iter().filter(|path| is_conversation(path)).cloned();
    let files = told.chain(at.files_by_id()).next();
    let file = files.or_else(by_search)?;
    let tail = tail(&file, TAIL).ok()?;
    let filed = filed(at.files, &tail)?;
    let of_this_run = at.since.is_none_or(|since| filed.at >= since);
    of_this_run.then_some(filed)
}

/// Whether a file is called as conversations are.
fn is_conversation(path: &Path) -> bool {
    path.is_absolute() && path.extension().is_some_and(|kind| kind == "jsonl")
}

/// The last whole lines of a regular file.
fn tail(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = open_regular(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(most);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    // The first line has lost its head; the last one may be half written.
    if from > 0 {
        let first = bytes.iter().position(|byte| *byte == b'\n');
        bytes.drain(..first.map_or(bytes.len(), |at| at + 1));
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n');
    bytes.truncate(whole.map_or(0, |at| at + 1));
    Ok(bytes)
}

/// Opens what is a file, and neither a link nor anything that waits.
fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = open(path, flags, Mode::empty())?;
    let kind = FileType::from_raw_mode(fstat(&file)?.st_mode);
    if kind != FileType::RegularFile {
        return Err(io::Error::other("no regular file"));
    }
    Ok(file.into())
}

#[cfg(test)]
mod tests;
