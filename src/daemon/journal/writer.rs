//! The thread that writes the journal.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::file::JournalFile;

/// How long lines are gathered: a busy fleet then costs few writes.
const GATHER: Duration = Duration::from_millis(100);
/// So many bytes are written without waiting for more.
const URGENT: usize = 1 << 20;

type Done = oneshot::Sender<Result<(), String>>;

/// Lines that wait for the disk, and the thread that takes them there. Dropping it writes what
/// is left.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Why the last write failed; none: it did not.
    trouble: Mutex<Option<String>>,
    /// Lines that were taken and could not be written.
    lost: AtomicU64,
    /// The file does not lead up to what comes next: something is missing in it.
    needs_begin: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    /// Before which of the bytes a new file begins.
    cuts: Vec<usize>,
    syncs: Vec<Done>,
    hurried: bool,
    closed: bool,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.syncs.is_empty() && self.cuts.is_empty()
    }

    fn is_urgent(&self) -> bool {
        self.closed || self.hurried || !self.syncs.is_empty() || self.bytes.len() >= URGENT
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    pub(super) fn start(path: PathBuf, kept: u32) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = thread::Builder::new().name("journal".into()).spawn({
            let shared = Arc::clone(&shared);
            let file = JournalFile::new(path, kept);
            move || run(&shared, file)
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Has a line written soon, if it finds room.
    pub(super) fn push(&self, line: &[u8], waiting_max: usize) -> bool {
        let mut queue = lock(&self.shared.queue);
        // A single line that is larger than all room is taken when nothing else waits.
        if !queue.bytes.is_empty() && queue.bytes.len() + line.len() > waiting_max {
            return false;
        }
        let (before, first) = (queue.bytes.len(), queue.is_empty());
        queue.bytes.extend_from_slice(line);
        let tell = first || (before < URGENT && queue.bytes.len() >= URGENT);
        drop(queue);
        if tell {
            self.shared.changed.notify_one();
        }
        true
    }

    /// What is pushed from now on goes into a new file.
    pub(super) fn cut(&self) {
        let mut queue = lock(&self.shared.queue);
        let at = queue.bytes.len();
        queue.cuts.push(at);
    }

    /// Has `done` told once everything so far is safe.
    pub(super) fn sync(&self, done: Done) {
        lock(&self.shared.queue).syncs.push(done);
        self.shared.changed.notify_one();
    }

    /// Has what waits written without waiting for more.
    pub(super) fn hurry(&self) {
        let mut queue = lock(&self.shared.queue);
        queue.hurried = !queue.bytes.is_empty();
        drop(queue);
        self.shared.changed.notify_one();
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        lock(&self.shared.queue).bytes.len()
    }

    /// Why nothing reaches the disk.
    pub(super) fn trouble(&self) -> Option<String> {
        lock(&self.shared.trouble).clone()
    }

    /// How many lines were lost on the way and are not taken over by [`Self::take_lost`] yet.
    pub(super) fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Acquire)
    }

    /// Takes over how many lines were lost.
    pub(super) fn take_lost(&self) -> u64 {
        self.shared.lost.swap(0, Ordering::AcqRel)
    }

    /// Whether the file lacks something since this was asked last.
    pub(super) fn needs_begin(&self) -> bool {
        self.shared.needs_begin.swap(false, Ordering::AcqRel)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        lock(&self.shared.queue).closed = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, mut file: JournalFile) {
    loop {
        let Some(batch) = next_batch(shared) else {
            return;
        };
        let result = write(&mut file, &batch);
        if file.take_was_replaced() {
            shared.needs_begin.store(true, Ordering::Release);
        }
        let outcome = match result {
            Ok(()) => {
                if lock(&shared.trouble).take().is_some() {
                    tracing::info!(journal = %file.path().display(), "the journal is written again");
                }
                Ok(())
            }
            Err(error) => {
                fail(shared, &file, &batch, &error);
                Err(format!("the journal cannot be written: {error}"))
            }
        };
        for done in batch.syncs {
            let _ = done.send(outcome.clone());
        }
    }
}

/// Waits for lines, and a little longer for more of them. None: all is written, and no more come.
fn next_batch(shared: &Shared) -> Option<Queue> {
    let queue = lock(&shared.queue);
    let queue = shared
        .changed
        .wait_while(queue, |queue| queue.is_empty() && !queue.closed)
        .unwrap_or_else(PoisonError::into_inner);
    let (mut queue, _) = shared
        .changed
        .wait_timeout_while(queue, GATHER, |queue| !queue.is_urgent())
        .unwrap_or_else(PoisonError::into_inner);
    if queue.is_empty() && queue.closed {
        return None;
    }
    let closed = queue.closed;
    let batch = std::mem::take(&mut *queue);
    queue.closed = closed;
    Some(batch)
}

fn write(file: &mut JournalFile, batch: &Queue) -> io::Result<()> {
    let mut from = 0;
    for &cut in &batch.cuts {
        file.append(&batch.bytes[from..cut])?;
        file.rotate()?;
        from = cut;
    }
    file.append(&batch.bytes[from..])?;
    if batch.syncs.is_empty() {
        Ok(())
    } else {
        file.sync()
    }
}

/// Told once for each time that the disk goes bad.
fn fail(shared: &Shared, file: &JournalFile, batch: &Queue, error: &io::Error) {
    // Some of them may have been written: then they are there and counted as missing too, which
    // does no harm.
    let lines = batch.bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    shared.lost.fetch_add(lines, Ordering::AcqRel);
    shared.needs_begin.store(true, Ordering::Release);
    let mut trouble = lock(&shared.trouble);
    if trouble.is_none() {
        tracing::error!(
            journal = %file.path().display(), %error,
            "the journal cannot be written; going on without it"
        );
    }
    *trouble = Some(error.to_string());
}
