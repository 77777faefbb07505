//! State goes to disk on a thread of its own, so that a slow disk slows nobody.
//!
//! Only the newest form of each document matters: what has not been written yet is replaced, so
//! what waits is bounded by the number of documents.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::oneshot;

use super::store::Store;

struct Waiting {
    value: Value,
    done: Vec<oneshot::Sender<Result<(), String>>>,
}

#[derive(Default)]
struct Queue {
    waiting: BTreeMap<String, Waiting>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// Writes documents; dropping it waits until all are written.
pub(super) struct Disk {
    shared: Arc<Shared>,
    store: Arc<Store>,
    thread: Option<thread::JoinHandle<()>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

impl Disk {
    /// Keeps documents in this directory.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let store = Arc::new(Store::open(dir)?);
        let shared = Arc::new(Shared::default());
        let thread = thread::Builder::new().name("disk".into()).spawn({
            let shared = Arc::clone(&shared);
            let store = Arc::clone(&store);
            move || write_all(&shared, &store)
        })?;
        Ok(Self {
            shared,
            store,
            thread: Some(thread),
        })
    }

    /// Reads a document. A damaged one is set aside and reported, never silently reset.
    pub(super) fn load<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        match self.store.load(name) {
            Ok(loaded) => {
                if let Some(damage) = loaded.damage {
                    tracing::error!("{damage}");
                }
                loaded.value.unwrap_or_default()
            }
            Err(error) => {
                tracing::error!(name, %error, "state cannot be read; going on without it");
                T::default()
            }
        }
    }

    /// Has a document written soon.
    pub(super) fn save<T: Serialize>(&self, name: &str, value: &T) {
        self.enqueue(name, value, None);
    }

    /// Has a document written, and returns when it is, or why it could not be.
    pub(super) async fn save_now<T: Serialize>(&self, name: &str, value: &T) -> Result<(), String> {
        let written = self.save_and_tell(name, value);
        let nobody = |_| Err("nothing writes state any more".to_owned());
        written.await.unwrap_or_else(nobody)
    }

    /// Has a document written soon, and tells when it is, or why it could not be.
    pub(super) fn save_and_tell<T: Serialize>(
        &self,
        name: &str,
        value: &T,
    ) -> oneshot::Receiver<Result<(), String>> {
        let (done, written) = oneshot::channel();
        self.enqueue(name, value, Some(done));
        written
    }

    fn enqueue<T: Serialize>(
        &self,
        name: &str,
        value: &T,
        done: Option<oneshot::Sender<Result<(), String>>>,
    ) {
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => {
                tracing::error!(name, %error, "state cannot be written");
                return;
            }
        };
        let mut queue = self
            .shared
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let waiting = queue.waiting.entry(name.to_owned()).or_insert(Waiting {
            value: Value::Null,
            done: Vec::new(),
        });
        waiting.value = value;
        waiting.done.extend(done);
        drop(queue);
        self.shared.changed.notify_one();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mut queue = self
            .shared
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        queue.closed = true;
        drop(queue);
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(shared: &Shared, store: &Store) {
    let mut failed = false;
    loop {
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while queue.waiting.is_empty() && !queue.closed {
            queue = shared
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let Some((name, waiting)) = queue.waiting.pop_first() else {
            return;
        };
        drop(queue);
        let saved = store.save(&name, &waiting.value);
        let outcome = saved.as_ref().map_err(ToString::to_string).copied();
        match saved {
            Ok(()) => failed = false,
            // Said once for each time that the disk goes bad, not for each document.
            Err(error) if !failed => {
                failed = true;
                tracing::error!(name, %error, "state cannot be written; going on in memory");
            }
            Err(_) => {}
        }
        for done in waiting.done {
            let _ = done.send(outcome.clone());
        }
    }
}
