//! Does what needs the disk, one thing after the other, on a thread of its own: the loop never
//! waits, and what was asked for first is done first.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;

type Errand = Box<dyn FnOnce() + Send>;

/// Takes errands. Dropping it waits until all are done.
pub(super) struct Clerk {
    // What waits is bounded by those who ask: a file has one errand of a kind at a time.
    errands: Option<Sender<Errand>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl std::fmt::Debug for Clerk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clerk").finish_non_exhaustive()
    }
}

impl Clerk {
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start() -> io::Result<Self> {
        let (errands, inbox) = channel::<Errand>();
        let thread = thread::Builder::new()
            .name("clerk".to_owned())
            .spawn(move || inbox.into_iter().for_each(|errand| errand()))?;
        Ok(Self {
            errands: Some(errands),
            thread: Some(thread),
        })
    }

    /// Has something done after everything that was asked for before.
    pub(super) fn ask(&self, errand: impl FnOnce() + Send + 'static) {
        if let Some(errands) = &self.errands {
            // Without the thread nothing can be done, and nobody waits for it.
            let _ = errands.send(Box::new(errand));
        }
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.errands = None;
        if let Some(thread) = self.thread.take() {
            // It panicked: its message is out already.
            let _panicked = thread.join();
        }
    }
}
