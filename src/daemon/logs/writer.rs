//! The thread that empties the panes' buffers into their files.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::file::{LogFile, Rotation};
use super::pane::{Queue, mark};
use super::{BATCH, Request, Shared};

/// How long a log that could not be written is left alone.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Log {
    file: LogFile,
    queues: Vec<Arc<Queue>>,
    trouble: Option<Trouble>,
}

/// A log that takes nothing at the moment.
struct Trouble {
    since: Instant,
    /// Bytes dropped since.
    lost: u64,
}

pub(super) fn run(shared: &Shared, inbox: &Receiver<Request>, rotation: Rotation) {
    let mut logs: HashMap<PathBuf, Log> = HashMap::new();
    loop {
        gather(shared);
        let mut flushed: Vec<Sender<()>> = Vec::new();
        let mut finished = false;
        for request in inbox.try_iter() {
            match request {
                Request::Open(path, queue) => logs
                    .entry(path)
                    .or_insert_with_key(|path| Log::new(path.clone(), rotation))
                    .queues
                    .push(queue),
                Request::Flush(done) => flushed.push(done),
                Request::Finish => finished = true,
            }
        }
        logs.retain(|_, log| log.empty(shared, Instant::now()));
        for done in flushed {
            // Nobody waits any more.
            let _gone = done.send(());
        }
        if finished {
            return;
        }
    }
}

/// Waits until there is something, then until a batch is full or old enough.
fn gather(shared: &Shared) {
    while !shared.dirty.load(Ordering::Acquire) {
        std::thread::park();
    }
    let began = Instant::now();
    while !shared.urgent.load(Ordering::Acquire) {
        let Some(left) = BATCH
            .checked_sub(began.elapsed())
            .filter(|left| !left.is_zero())
        else {
            break;
        };
        std::thread::park_timeout(left);
    }
    // What comes from here on is told again, even if this round takes it too.
    shared.urgent.swap(false, Ordering::AcqRel);
    shared.dirty.swap(false, Ordering::AcqRel);
}

impl Log {
    pub(super) fn new(path: PathBuf, rotation: Rotation) -> Self {
        Self {
            file: LogFile::new(path, rotation),
            queues: Vec::new(),
            trouble: None,
        }
    }

    /// Writes all that waits, in one write. Whether anything may come later.
    fn empty(&mut self, shared: &Shared, now: Instant) -> bool {
        let mut bytes = Vec::new();
        self.queues.retain(|queue| {
            let is_closed = queue.is_closed();
            for slot in queue.take() {
                shared.total.fetch_sub(slot.bytes.len(), Ordering::Relaxed);
                if bytes.is_empty() {
                    bytes = slot.bytes;
                } else {
                    bytes.extend_from_slice(&slot.bytes);
                }
                if slot.lost > 0 {
                    let lost = slot.lost;
                    bytes.extend(mark(format_args!(
                        "{lost} bytes came faster than they were written"
                    )));
                }
            }
            !is_closed
        });
        if !bytes.is_empty() {
            self.write(&bytes, now);
        }
        !self.queues.is_empty()
    }

    pub(super) fn write(&mut self, bytes: &[u8], now: Instant) {
        let lost = match &mut self.trouble {
            Some(trouble) if now.duration_since(trouble.since) < RETRY_AFTER => {
                trouble.lost += bytes.len() as u64;
                return;
            }
            Some(trouble) => trouble.lost,
            None => 0,
        };
        let result = if lost == 0 {
            self.file.append(bytes, now)
        } else {
            let mut marked = mark(format_args!("{lost} bytes could not be written"));
            marked.extend_from_slice(bytes);
            self.file.append(&marked, now)
        };
        let path = self.file.path().display();
        match result {
            Ok(()) if self.trouble.take().is_some() => {
                tracing::info!(log = %path, lost, "the log is written again");
            }
            Ok(()) => {}
            Err(error) => {
                if self.trouble.is_none() {
                    tracing::warn!(log = %path, %error, "the log cannot be written; what comes is dropped");
                }
                self.trouble = Some(Trouble {
                    since: now,
                    lost: lost + bytes.len() as u64,
                });
            }
        }
    }
}
