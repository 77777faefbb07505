//! Changes of directories, pushed by the system.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, AccessMode, Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// The directories under watch, and what was seen in them.
#[derive(Debug)]
pub(super) struct Pushed {
    watcher: RecommendedWatcher,
    /// With the file that each was when its watch began.
    dirs: HashMap<PathBuf, (u64, u64)>,
    seen: Arc<Seen>,
}

/// What the watcher's thread hands over. Bounded by the number of names that are of interest.
#[derive(Debug, Default)]
struct Seen {
    state: Mutex<State>,
    stirred: Notify,
}

#[derive(Debug, Default)]
struct State {
    points: HashSet<PathBuf>,
    dirs: HashSet<PathBuf>,
    hits: Hits,
    /// Watched directories that were removed or moved: their watch went with them.
    lost: HashSet<PathBuf>,
    dirty: bool,
    events: u64,
}

/// Names that something was written to, or that were made or replaced.
#[derive(Debug, Default)]
pub(super) struct Hits {
    names: HashSet<PathBuf>,
    /// Events were lost, so any name may be meant.
    all: bool,
}

impl Hits {
    pub(super) fn contains(&self, name: Option<&PathBuf>) -> bool {
        self.all || name.is_some_and(|name| self.names.contains(name))
    }
}

impl Pushed {
    /// None when the system has no watches left.
    pub(super) fn start() -> Option<Self> {
        let seen = Arc::new(Seen::default());
        let sink = Arc::clone(&seen);
        let watcher = notify::recommended_watcher(move |event| sink.take_in(event));
        let watcher = watcher
            .inspect_err(|error| tracing::warn!(%error, "files are polled: they cannot be watched"))
            .ok()?;
        Some(Self {
            watcher,
            dirs: HashMap::new(),
            seen,
        })
    }

    /// Watches the directories of these names and no others; whether all could be.
    pub(super) fn watch<'a>(&mut self, points: impl Iterator<Item = &'a PathBuf>) -> bool {
        let points: HashSet<PathBuf> = points.cloned().collect();
        let wanted: HashSet<PathBuf> = points
            .iter()
            .filter_map(|point| point.parent())
            .map(Path::to_path_buf)
            .collect();
        let lost = {
            let mut state = self.seen.lock();
            state.points = points;
            state.dirs.clone_from(&wanted);
            std::mem::take(&mut state.lost)
        };
        let stale: Vec<PathBuf> = self
            .dirs
            .iter()
            .filter(|(dir, id)| {
                !wanted.contains(*dir) || lost.contains(*dir) || id_of(dir) != Some(**id)
            })
            .map(|(dir, _)| dir.clone())
            .collect();
        for dir in stale {
            self.dirs.remove(&dir);
            // An error means that the watch has ended with its directory.
            let _gone = self.watcher.unwatch(&dir);
        }
        let mut all = true;
        for dir in wanted {
            if self.dirs.contains_key(&dir) {
                continue;
            }
            match (
                id_of(&dir),
                self.watcher.watch(&dir, RecursiveMode::NonRecursive),
            ) {
                (Some(id), Ok(())) => {
                    self.dirs.insert(dir, id);
                }
                (_, result) => {
                    tracing::debug!(dir = %dir.display(), ?result, "polled: cannot be watched");
                    all = false;
                }
            }
        }
        all
    }

    /// Waits until something was seen that was not taken yet.
    pub(super) async fn stirred(&self) {
        loop {
            let notified = self.seen.stirred.notified();
            if self.seen.lock().dirty {
                return;
            }
            notified.await;
        }
    }

    /// How many events of interest there were so far.
    pub(super) fn events(&self) -> u64 {
        self.seen.lock().events
    }

    /// Takes what was seen.
    pub(super) fn take(&mut self) -> Hits {
        let mut state = self.seen.lock();
        state.dirty = false;
        std::mem::take(&mut state.hits)
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs on the watcher's thread.
    fn take_in(&self, event: notify::Result<Event>) {
        let mut state = self.lock();
        let of_interest = match event {
            Ok(event) if !event.need_rescan() => state.take_in(&event),
            // Events were lost.
            _ => {
                state.hits.all = true;
                true
            }
        };
        if of_interest {
            state.dirty = true;
            state.events += 1;
            self.stirred.notify_one();
        }
    }
}

impl State {
    fn take_in(&mut self, event: &Event) -> bool {
        let (is_move, is_write) = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => (false, true),
            EventKind::Access(_) => return false,
            EventKind::Modify(ModifyKind::Metadata(_)) => (false, false),
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => (true, true),
            _ => (false, true),
        };
        let mut of_interest = false;
        for path in &event.paths {
            if is_move && self.dirs.contains(path) {
                self.lost.insert(path.clone());
                of_interest = true;
            }
            if self.points.contains(path) {
                of_interest = true;
                if is_write {
                    self.hits.names.insert(path.clone());
                }
            }
        }
        of_interest
    }
}

fn id_of(dir: &Path) -> Option<(u64, u64)> {
    let meta = std::fs::metadata(dir).ok()?;
    meta.is_dir().then(|| (meta.dev(), meta.ino()))
}
