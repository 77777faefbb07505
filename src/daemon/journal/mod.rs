//! The journal: every input of the supervisor that mattered, and every action that it asked for.
//!
//! `journal.jsonl` in the state directory holds one JSON object a line. Each has `version`, `seq`
//! (counted from 1 in each life of the watchdog), `mono` and `wall` (both clocks), and one of these:
//!
//! | keys | what it is |
//! |---|---|
//! | `input`, `actions` | one call of [`Supervisor::handle`] |
//! | `begin` | the whole machine, as it was before what follows: at the start of the watchdog, of each file, and after a gap |
//! | `missed` | so many entries are missing here |
//! | `said` | something that happened around the machine, as the event stream tells it |
//! | `screen` | what stood on a unit's screen when it died |
//!
//! A file that has grown over 16 MiB becomes `journal.1.jsonl`, that becomes `journal.2.jsonl`, and
//! so on; four of them are kept. A thread writes, so that a slow disk slows nobody; what waits for
//! it is bounded, and what finds no room is counted and marked. A disk that is full is told once,
//! and the watchdog goes on. A crash may leave half a line at the end of a file, which readers skip.
//!
//! [`Journal::handle`] is the only way from an input to actions in the daemon: so there is no action
//! without an entry.

mod entry;
mod file;
mod reader;
mod replay;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::oneshot;

pub use entry::{Begin, Body, Entry, Screen, Told};
pub use reader::{Line, Lines};
pub use replay::{Difference, Replay, Replayed};

use crate::daemon::wire::What;
use crate::supervise::{Action, Input, Now, Supervisor, UnitName};
use writer::Writer;

/// The version of every line; it rises when a key changes its meaning or goes.
pub const VERSION: u32 = 1;

/// The name of the file that is written.
const NAME: &str = "journal.jsonl";
/// How many older files are kept.
const KEPT: u32 = 4;
/// A file that has grown over this many bytes is put aside.
const ROTATE_AT: u64 = 16 << 20;
/// How many bytes may wait to be written.
const WAITING_MAX: usize = 8 << 20;
/// The longest line that is written or read: the machine of a very large fleet.
const LINE_MAX: usize = 64 << 20;
/// How long a disk that failed is left alone.
const RETRY: Duration = Duration::from_secs(5);

/// The sizes of a journal.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    rotate_at: u64,
    kept: u32,
    waiting_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rotate_at: ROTATE_AT,
            kept: KEPT,
            waiting_max: WAITING_MAX,
        }
    }
}

/// Writes the journal; dropping it waits until all is written. See the [module](self).
#[derive(Debug)]
pub struct Journal {
    writer: Writer,
    bounds: Bounds,
    seq: u64,
    /// How large the file is that the next line goes into.
    file_bytes: u64,
    /// A reader that comes to this place knows the machine.
    begun: bool,
    /// Why the next `begin` is written.
    why: &'static str,
    /// Entries that are missing here, and not marked yet.
    unmarked: u64,
    missed: u64,
    /// The last entry found no room.
    last_missed: bool,
    /// When a disk that failed is tried again, on the monotonic clock.
    retry_at: Option<Duration>,
    /// That entries cannot be put into JSON was told.
    defect_told: bool,
    /// A line that is being made; kept for its room.
    line: Vec<u8>,
}

impl Journal {
    /// Goes on with the journal in this state directory, which must exist.
    ///
    /// # Errors
    /// When the system has no thread left. What is wrong with the file is found, told and tried
    /// again when it is written.
    pub fn open(state_dir: &Path) -> io::Result<Self> {
        Self::open_with(state_dir, Bounds::default())
    }

    fn open_with(state_dir: &Path, bounds: Bounds) -> io::Result<Self> {
        let path = state_dir.join(NAME);
        let file_bytes = std::fs::symlink_metadata(&path).map_or(0, |meta| meta.len());
        Ok(Self {
            writer: Writer::start(path, bounds.kept)?,
            bounds,
            seq: 0,
            file_bytes,
            begun: false,
            why: "start",
            unmarked: 0,
            missed: 0,
            last_missed: false,
            retry_at: None,
            defect_told: false,
            line: Vec::new(),
        })
    }

    /// Gives one input to the machine, writes both down, and returns what the machine asks for. An
    /// [`Input::Tick`] that comes before anything is due and leads to nothing is not written; one
    /// that was due may have changed the machine without a word, and a replay needs it.
    pub fn handle(&mut self, machine: &mut Supervisor, now: Now, input: Input) -> Vec<Action> {
        let room = self.make_ready(machine, now);
        let due = machine.next_deadline().is_some_and(|at| at <= now.mono);
        let idle_tick = matches!(input, Input::Tick) && !due;
        let mut line = self.head(now);
        let written = field(&mut line, "input", &input);
        let mut actions = Vec::new();
        machine.handle(now, input, &mut actions);
        if idle_tick && actions.is_empty() {
            self.line = line;
            return actions;
        }
        let written = written.and_then(|()| field(&mut line, "actions", &actions));
        self.finish(line, written, room);
        actions
    }

    /// Writes down what happened around the machine, for people.
    pub fn said(&mut self, now: Now, what: &What) {
        let mut line = self.head(now);
        let written = field(&mut line, "said", what);
        let room = self.writer.trouble().is_none();
        self.finish(line, written, room);
    }

    /// Writes down what stood on a unit's screen when it died.
    pub fn last_screen(&mut self, now: Now, unit: &UnitName, rows: &[String]) {
        let mut line = self.head(now);
        let screen = entry::ScreenRef { unit, rows };
        let written = field(&mut line, "screen", &screen);
        let room = self.writer.trouble().is_none();
        self.finish(line, written, room);
    }

    /// Has everything so far written at once, without waiting for it: what is remembered elsewhere of
    /// it may be all that is left after a crash.
    pub fn hurry(&self) {
        self.writer.hurry();
    }

    /// Resolves when everything so far is in the file and survives a crash of the machine.
    ///
    /// # Errors
    /// A sentence that says why it is not: the disk is full, or the last entry found no room.
    pub fn durable(&self) -> impl Future<Output = Result<(), String>> + Send + 'static + use<> {
        let (done, written) = oneshot::channel();
        if self.last_missed {
            let why = self.writer.trouble();
            let why = why.unwrap_or_else(|| "the disk does not keep up".to_owned());
            let _ = done.send(Err(why));
        } else {
            self.writer.sync(done);
        }
        async move {
            let nobody = |_| Err("nothing writes the journal any more".to_owned());
            written.await.unwrap_or_else(nobody)
        }
    }

    /// Whether what is recorded reaches the disk.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.writer.trouble().is_none() && self.unmarked == 0
    }

    /// How many entries were lost since the watchdog began.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed + self.writer.lost()
    }

    /// Sees to it that a reader knows the machine here. Whether the next entry has room.
    fn make_ready(&mut self, machine: &Supervisor, now: Now) -> bool {
        if self.writer.needs_begin() {
            let lost = self.writer.take_lost();
            self.unmarked += lost;
            self.missed += lost;
            self.begun = false;
            self.why = "gap";
        }
        let rotate = self.file_bytes >= self.bounds.rotate_at;
        if self.begun && !rotate {
            return true;
        }
        if self.writer.trouble().is_some() {
            let retry_at = *self.retry_at.get_or_insert(now.mono + RETRY);
            if now.mono < retry_at {
                return false;
            }
            self.retry_at = Some(now.mono + RETRY);
        } else {
            self.retry_at = None;
        }
        // Behind a full queue the whole machine would find no room either.
        if !self.begun && self.writer.waiting() > self.bounds.waiting_max / 2 {
            return false;
        }
        if rotate {
            self.writer.cut();
            self.file_bytes = 0;
            self.why = "rotated";
        }
        if self.unmarked > 0 {
            let mut line = self.head(now);
            let written = field(&mut line, "missed", &self.unmarked);
            self.unmarked = 0;
            self.finish(line, written, true);
        }
        let mut line = self.head(now);
        let begin = entry::BeginRef {
            ao: env!("CARGO_PKG_VERSION"),
            why: std::mem::replace(&mut self.why, "gap"),
            machine,
        };
        let written = field(&mut line, "begin", &begin);
        self.begun = true;
        self.finish(line, written, true);
        self.begun
    }

    fn head(&mut self, now: Now) -> Vec<u8> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        line.push(b'{');
        // A number, a duration and a time cannot fail.
        let _ = field(&mut line, "version", &VERSION)
            .and_then(|()| field(&mut line, "seq", &(self.seq + 1)))
            .and_then(|()| field(&mut line, "mono", &now.mono))
            .and_then(|()| field(&mut line, "wall", &now.wall));
        line
    }

    /// Hands a line to the writer, or counts it as missing.
    fn finish(&mut self, mut line: Vec<u8>, written: serde_json::Result<()>, room: bool) {
        line.extend_from_slice(b"}\n");
        if let Err(error) = &written
            && !std::mem::replace(&mut self.defect_told, true)
        {
            tracing::error!(%error, "an entry of the journal cannot be written: a defect of ao");
        }
        self.seq += 1;
        let fits = line.len() <= LINE_MAX;
        let kept =
            written.is_ok() && room && fits && self.writer.push(&line, self.bounds.waiting_max);
        if kept {
            self.file_bytes += line.len() as u64;
        } else {
            self.unmarked += 1;
            self.missed += 1;
            self.begun = false;
        }
        self.last_missed = !kept;
        // Of a large line, such as a whole machine, the room is given back.
        line.shrink_to(64 << 10);
        self.line = line;
    }
}

/// Appends one field of an object, with the comma before it.
fn field<T: Serialize + ?Sized>(
    line: &mut Vec<u8>,
    key: &str,
    value: &T,
) -> serde_json::Result<()> {
    if line.len() > 1 {
        line.push(b',');
    }
    line.push(b'"');
    line.extend_from_slice(key.as_bytes());
    line.extend_from_slice(b"\":");
    serde_json::to_writer(line, value)
}
