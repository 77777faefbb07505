//! Where each program puts its conversations.

use std::fs::{self, DirEntry};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::Value;

use super::{Whereabouts, open_regular};
use crate::preset::ConversationFiles;

/// How many entries of a directory are looked at.
const ENTRIES: usize = 10_000;

/// How many days of Codex's are looked at, from the last one on which anything began.
const DAYS: usize = 60;

/// How many conversations of Codex's are opened to see where they took place.
const OPENED: usize = 64;

/// How much of a conversation's first line is read: it can hold long instructions.
const HEAD: u64 = 256 * 1024;

/// Clocks of file systems lag behind by a few milliseconds.
const COARSE: Duration = Duration::from_secs(1);

impl Whereabouts {
    /// The file of the conversation's id, if that is known and there is one.
    pub(super) fn files_by_id(&self) -> Option<PathBuf> {
        let id = self.id.as_deref().filter(|id| is_plain(id))?;
        match self.files {
            ConversationFiles::Claude => self
                .claude_dirs()
                .map(|dir| dir.join(format!("{id}.jsonl")))
                .find(|file| file.is_file()),
            ConversationFiles::Codex => {
                let end = format!("-{id}.jsonl");
                let mut files = self.codex_files();
                files.find(|file| file.to_string_lossy().ends_with(&end))
            }
        }
    }

    /// The newest file of the agent's directory that was written since its start.
    pub(super) fn files_by_search(&self) -> Option<PathBuf> {
        match self.files {
            ConversationFiles::Claude => {
                let files = self.claude_dirs().flat_map(|dir| entries(&dir));
                let written = files.filter_map(|entry| self.written(entry.path()));
                // Those of helpers lie beside.
                let own = written.filter(|(_, file)| {
                    let name = file.file_name().unwrap_or_default().to_string_lossy();
                    name.ends_with(".jsonl") && !name.starts_with("agent-")
                });
                own.max().map(|(_, file)| file)
            }
            ConversationFiles::Codex => {
                let written = self.codex_files().filter_map(|file| self.written(file));
                let mut written: Vec<_> = written.collect();
                written.sort_unstable();
                let newest = written.into_iter().rev().map(|(_, file)| file);
                newest.take(OPENED).find(|file| self.took_place_here(file))
            }
        }
    }

    /// When a file was written, if that is since the agent's start.
    fn written(&self, file: PathBuf) -> Option<(SystemTime, PathBuf)> {
        let about = fs::symlink_metadata(&file).ok()?;
        let at = about.modified().ok().filter(|_| about.is_file())?;
        let written = Timestamp::try_from(at + COARSE).ok()?;
        let in_time = self.since.is_none_or(|since| written >= since);
        in_time.then_some((at, file))
    }

    /// The agent's directory, as it was given and as it is without links.
    fn dirs(&self) -> impl Iterator<Item = PathBuf> {
        let real = fs::canonicalize(&self.dir).ok();
        let given = self.dir.clone();
        let real = real.filter(|real| *real != given);
        real.into_iter().chain([given])
    }

    /// `projects/-home-me-work`: what is neither a letter nor a digit of ASCII is a dash there.
    fn claude_dirs(&self) -> impl Iterator<Item = PathBuf> {
        let projects = self.home.join("projects");
        self.dirs().map(move |dir| projects.join(claude_name(&dir)))
    }

    /// All conversations of the last days, the newest day first.
    fn codex_files(&self) -> impl Iterator<Item = PathBuf> {
        let years = numbered(&self.home.join("sessions"));
        let months = years.into_iter().flat_map(|year| numbered(&year));
        let days = months.flat_map(|month| numbered(&month)).take(DAYS);
        let files = days.flat_map(|day| entries(&day).collect::<Vec<_>>());
        let files = files.take(ENTRIES).map(|entry| entry.path());
        files.filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("rollout-") && name.ends_with(".jsonl")
        })
    }

    /// Whether a conversation's first line names the agent's directory.
    fn took_place_here(&self, file: &Path) -> bool {
        let Ok(file) = open_regular(file) else {
            return false;
        };
        let mut line = Vec::new();
        let mut head = BufReader::new(file.take(HEAD));
        if head.read_until(b'\n', &mut line).is_err() {
            return false;
        }
        let meta: Value = serde_json::from_slice(&line).unwrap_or_default();
        let cwd = meta.pointer("/payload/cwd").and_then(Value::as_str);
        cwd.is_some_and(|cwd| self.dirs().any(|dir| dir == Path::new(cwd)))
    }
}

/// Whether an id is no more than a file's name.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !id.is_empty() && id.len() <= 128 && id.chars().all(plain)
}

fn claude_name(dir: &Path) -> String {
    let dashed = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    dir.to_string_lossy().chars().map(dashed).collect()
}

/// What a directory holds, as far as it is looked at; nothing where there is none.
fn entries(dir: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    let read = fs::read_dir(dir).into_iter().flatten();
    read.take(ENTRIES).filter_map(Result::ok)
}

/// The directories in it that are called as numbers, the highest first.
fn numbered(dir: &Path) -> Vec<PathBuf> {
    let number = |entry: DirEntry| {
        let name = entry.file_name().to_str()?.parse::<u16>().ok()?;
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        is_dir.then(|| (name, entry.path()))
    };
    let mut found: Vec<_> = entries(dir).filter_map(number).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, path)| path).collect()
}
