//! Files that people and programs change: a change is pushed, wherever editors move them.
//!
//! An editor writes a new file and renames it over the old one; a person links a config into a
//! repository of dotfiles; a directory is made later. So no file is watched itself, but the
//! directories of every name that its path leads through (`points.rs`). When the system cannot push
//! (its watches are used up, or the feature `portable` is on) the files are looked at every
//! second.

mod points;
mod pushed;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use points::points;
use pushed::Pushed;

/// A burst of changes has ended when nothing came for this long.
const QUIET: Duration = Duration::from_millis(25);
/// A burst is cut after so many rests without quiet.
const RESTS_MAX: u32 = 10;
/// How often files are looked at that the system does not watch for us.
const POLL_EVERY: Duration = Duration::from_secs(1);

/// Watches a set of single files.
///
/// One thing is not pushed: that a directory above the watched ones is moved away.
/// [`FileWatch::check`] finds it.
#[derive(Debug)]
pub struct FileWatch {
    files: Vec<File>,
    /// None when nothing is pushed.
    pushed: Option<Pushed>,
    /// Some directory is not watched, so files are looked at too.
    poll: bool,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    points: Vec<PathBuf>,
    stamp: Option<Stamp>,
}

/// What is different about a file after it was written or replaced; none if it does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    id: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let meta = std::fs::metadata(path).ok()?;
        Some(Self {
            id: (meta.dev(), meta.ino()),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }
}

impl FileWatch {
    /// Begins to watch. None of the files needs to exist, nor its directory. What is read from
    /// them after this call is either current or followed by a change.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let pushed = if cfg!(feature = "portable") {
            None
        } else {
            Pushed::start()
        };
        let mut watch = Self {
            files: Vec::new(),
            poll: pushed.is_none(),
            pushed,
        };
        watch.set(paths);
        watch
    }

    /// Watches these files from now on, and no others. A change of a file that stays in the set is
    /// not lost.
    pub fn set(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut seen = HashSet::new();
        let mut files = Vec::new();
        for path in paths {
            let path = std::path::absolute(&path).unwrap_or(path);
            if !seen.insert(path.clone()) {
                continue;
            }
            let known = self.files.iter().position(|file| file.path == path);
            files.push(match known {
                Some(known) => self.files.swap_remove(known),
                None => File {
                    path,
                    points: Vec::new(),
                    stamp: None,
                },
            });
        }
        // New ones are behind no one's back: their first stamp is taken once they are watched.
        let new: Vec<bool> = files.iter().map(|file| file.points.is_empty()).collect();
        self.files = files;
        self.arm();
        for (file, new) in self.files.iter_mut().zip(new) {
            if new {
                file.stamp = Stamp::of(&file.path);
            }
        }
    }

    /// Waits until files of the set were written, replaced, made or removed, and says which; never
    /// none. A burst of changes is one. Dropping the wait loses nothing.
    ///
    /// A file may be named although its content is the same, and may be half-written: who writes in
    /// place is followed by another change when it is done.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            self.stirred().await;
            let changed = self.check();
            if !changed.is_empty() {
                return changed;
            }
        }
    }

    /// Looks at once, without waiting, which files changed since the last answer of this or of
    /// [`FileWatch::changed`]: for a caller that bounds how long a missed event may go unnoticed.
    pub fn check(&mut self) -> Vec<PathBuf> {
        let hits = self.pushed.as_mut().map(Pushed::take).unwrap_or_default();
        let hit = |file: &File| hits.contains(file.points.last());
        let before: Vec<bool> = self.files.iter().map(hit).collect();
        self.arm();
        let mut changed = Vec::new();
        for (file, before) in self.files.iter_mut().zip(before) {
            let stamp = Stamp::of(&file.path);
            // A write within one tick of the file system's clock leaves no other trace than its
            // event.
            let written = stamp.is_some() && (before || hits.contains(file.points.last()));
            if written || stamp != file.stamp {
                changed.push(file.path.clone());
            }
            file.stamp = stamp;
        }
        changed
    }

    /// Waits until something may have changed and the burst is over.
    async fn stirred(&self) {
        match &self.pushed {
            Some(pushed) if self.poll => {
                let _late = tokio::time::timeout(POLL_EVERY, pushed.stirred()).await;
            }
            Some(pushed) => pushed.stirred().await,
            None => return tokio::time::sleep(POLL_EVERY).await,
        }
        let Some(pushed) = &self.pushed else { return };
        for _ in 0..RESTS_MAX {
            let events = pushed.events();
            tokio::time::sleep(QUIET).await;
            if pushed.events() == events {
                return;
            }
        }
    }

    /// Watches the directories that the files' paths lead through as they are now.
    fn arm(&mut self) {
        // What is made between finding and watching shows in the next round; paths that never
        // come to rest are left to the next event.
        for _ in 0..4 {
            let mut moved = false;
            for file in &mut self.files {
                let now = points(&file.path);
                moved |= now != file.points;
                file.points = now;
            }
            let Some(pushed) = &mut self.pushed else {
                return;
            };
            let all = self.files.iter().flat_map(|file| file.points.iter());
            self.poll = !pushed.watch(all);
            if !moved {
                return;
            }
        }
    }
}
