//! The agents' logs, written from the stream by one thread.
//!
//! What reads tmux's output may not wait for a disk. So it puts a pane's bytes into a bounded
//! buffer that it can always enter ([`PaneLog`]), and a thread empties the buffers a few times a
//! second, with one write per pane. When a buffer is full that pane's bytes are dropped, and the log
//! says so. When nothing is written, nothing wakes.

mod file;
mod pane;
pub mod plain;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use file::Rotation;
pub use pane::PaneLog;
use pane::Queue;

/// How much of one pane may wait in each of its two slots, in bytes.
const PANE_MAX: usize = 1 << 20;
/// How much of all panes may wait to be written, in bytes.
const TOTAL_MAX: usize = 64 << 20;
/// Bytes of one pane that are written without waiting for the batch to fill.
const URGENT: usize = 64 << 10;
/// How long a batch is gathered: many busy panes then cost few writes.
const BATCH: Duration = Duration::from_millis(250);

/// How logs are kept.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// A log over this many bytes is rotated. At least 64 KiB.
    pub rotate_at: u64,
    /// How many rotated logs are kept: `.log.1` is the newest. At least 1.
    pub keep: u32,
}

impl Default for Options {
    /// 64 MiB, and three older ones.
    fn default() -> Self {
        Self {
            rotate_at: 64 << 20,
            keep: 3,
        }
    }
}

/// The thread that writes. Dropping it writes what is left and ends the thread.
#[derive(Debug)]
pub struct LogWriter {
    tap: LogTap,
    thread: Option<JoinHandle<()>>,
}

/// Opens logs to write to; cheap to clone and to share.
#[derive(Clone, Debug)]
pub struct LogTap {
    /// Never waits, unlike a lock on a list.
    requests: Sender<Request>,
    shared: Arc<Shared>,
}

/// What the producers and the thread share.
#[derive(Debug)]
struct Shared {
    writer: Thread,
    /// Something is in a buffer, and the thread has been told.
    dirty: AtomicBool,
    /// Some buffer is so full that the batch is cut short.
    urgent: AtomicBool,
    /// Bytes in all buffers.
    total: AtomicUsize,
}

enum Request {
    Open(PathBuf, Arc<Queue>),
    /// Answered when all that was written before is in the files.
    Flush(Sender<()>),
    Finish,
}

impl LogWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(options: Options) -> io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let (shared_with, shared_by) = mpsc::sync_channel::<Arc<Shared>>(1);
        let rotation = Rotation {
            at: options.rotate_at.max(64 << 10),
            keep: options.keep.max(1),
        };
        let thread = std::thread::Builder::new()
            .name("logs".to_owned())
            .spawn(move || {
                if let Ok(shared) = shared_by.recv() {
                    writer::run(&shared, &inbox, rotation);
                }
            })?;
        let shared = Arc::new(Shared {
            writer: thread.thread().clone(),
            dirty: AtomicBool::new(false),
            urgent: AtomicBool::new(false),
            total: AtomicUsize::new(0),
        });
        // The thread waits for just this, so it is there to take it.
        let _taken = shared_with.send(Arc::clone(&shared));
        Ok(Self {
            tap: LogTap { requests, shared },
            thread: Some(thread),
        })
    }

    /// What the other threads write through.
    pub fn tap(&self) -> LogTap {
        self.tap.clone()
    }

    /// Waits until all that was written before this call is in the files, or was dropped because
    /// the disk takes nothing.
    pub fn flush(&self) {
        let (done, wait) = mpsc::channel();
        self.tap.request(Request::Flush(done));
        self.tap.shared.hurry();
        // An error means that the thread has ended: then nothing is left to wait for.
        let _ended = wait.recv();
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.tap.request(Request::Finish);
        self.tap.shared.hurry();
        if let Some(thread) = self.thread.take() {
            // It panicked: its message is out already.
            let _panicked = thread.join();
        }
    }
}

impl LogTap {
    /// Opens the log at `path`, to be appended to; its directory must exist. What is written
    /// through one [`PaneLog`] stays in order; two of the same path share the file.
    ///
    /// Never waits. Whether the file can be had shows when something is written: what is wrong with
    /// it is said once through `tracing`.
    pub fn open(&self, path: PathBuf) -> PaneLog {
        let queue = Arc::new(Queue::default());
        self.request(Request::Open(path, Arc::clone(&queue)));
        PaneLog::new(queue, Arc::clone(&self.shared))
    }

    fn request(&self, request: Request) {
        // An error means that the thread has ended, and the daemon with it.
        let _ended = self.requests.send(request);
        self.shared.wake();
    }
}

impl Shared {
    /// Tells the thread that there is something, once per batch.
    fn wake(&self) {
        if !self.dirty.swap(true, Ordering::AcqRel) {
            self.writer.unpark();
        }
    }

    /// Tells the thread not to wait for more.
    fn hurry(&self) {
        if !self.urgent.swap(true, Ordering::AcqRel) {
            self.writer.unpark();
        }
    }
}
