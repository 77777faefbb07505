//! The bare reader: a control client on the same hub as ao's that reads what tmux sends, splits the
//! lines, and looks for two texts. This is the least that tmux itself allows.

use std::collections::HashMap;
use std::io::{self, BufRead as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::agent::{AFTER_REPAINT, BEFORE_BANNER, DIGITS, now};
use crate::bare::Wire;

/// A text may be cut anywhere by the end of a line, so this much is seen again with the next one.
const SEEN_AGAIN: usize = DIGITS + 16;

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    repaints: AtomicU64,
    banners: Mutex<HashMap<u64, u64>>,
}

impl Seen {
    /// How many repaints came through.
    pub(super) fn repaints(&self) -> u64 {
        self.repaints.load(Ordering::Relaxed)
    }

    /// When each banner was seen first, by its id, in nanoseconds since 1970.
    pub(super) fn banners(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.banners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that reads; it ends with its server.
pub(super) struct Reader {
    seen: Arc<Seen>,
    client: i32,
    thread: JoinHandle<io::Result<()>>,
}

impl Reader {
    /// Reads on from where `wire` stands.
    pub(super) fn start(mut wire: Wire) -> Self {
        let seen = Arc::new(Seen::default());
        let (client, shared) = (wire.client(), Arc::clone(&seen));
        let thread = std::thread::spawn(move || read(&mut wire, &shared));
        Self {
            seen,
            client,
            thread,
        }
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The process of the control client.
    pub(super) fn client(&self) -> i32 {
        self.client
    }

    /// Waits for the end, which the server's brings about.
    pub(super) fn join(self) -> io::Result<()> {
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the bare reader panicked")))
    }
}

fn read(wire: &mut Wire, seen: &Seen) -> io::Result<()> {
    wire.all_go_on()?;
    let mut line = Vec::new();
    let mut panes: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    loop {
        line.clear();
        if wire.replies().read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let (pane, output) = match Line::of(&line) {
            Line::Output(pane, output) => (pane, output),
            Line::Paused(pane) => {
                wire.go_on(&String::from_utf8_lossy(pane))?;
                continue;
            }
            Line::Other => continue,
        };
        let tail = match panes.get_mut(pane) {
            Some(tail) => tail,
            None => panes.entry(pane.to_vec()).or_default(),
        };
        tail.extend_from_slice(output);
        let mut looked_at = 0;
        for end in repaints(tail) {
            seen.repaints.fetch_add(1, Ordering::Relaxed);
            looked_at = end;
        }
        for at in positions(tail, BEFORE_BANNER.as_bytes()) {
            let digits = at + BEFORE_BANNER.len();
            if let Some(id) = tail.get(digits..digits + DIGITS).and_then(number) {
                seen.banners().entry(id).or_insert_with(now);
                looked_at = looked_at.max(digits + DIGITS);
            }
        }
        let rest = tail.len().saturating_sub(SEEN_AGAIN).max(looked_at);
        tail.drain(..rest);
    }
}

/// What the reader tells apart.
enum Line<'a> {
    Output(&'a [u8], &'a [u8]),
    Paused(&'a [u8]),
    Other,
}

impl<'a> Line<'a> {
    fn of(line: &'a [u8]) -> Self {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let mut words = line.splitn(3, |&byte| byte == b' ');
        let (name, pane) = (words.next(), words.next().unwrap_or_default());
        let rest = words.next().unwrap_or_default();
        match name {
            Some(b"%output") => Self::Output(pane, rest),
            Some(b"%extended-output") => {
                // The age, perhaps more later, and a colon come first.
                let at = positions(rest, b" : ").next().map_or(0, |at| at + 3);
                Self::Output(pane, &rest[at..])
            }
            Some(b"%pause") => Self::Paused(pane),
            _ => Self::Other,
        }
    }
}

/// Where each repaint's number ends.
pub(super) fn repaints(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let is_repaint = |at: &usize| number(&bytes[at.saturating_sub(DIGITS)..*at]).is_some();
    let found = positions(bytes, AFTER_REPAINT).filter(is_repaint);
    found.map(|at| at + AFTER_REPAINT.len())
}

/// Where `text` stands.
fn positions(bytes: &[u8], text: &'static [u8]) -> impl Iterator<Item = usize> {
    let starts = bytes.windows(text.len()).enumerate();
    starts
        .filter(move |(_, window)| *window == text)
        .map(|(at, _)| at)
}

/// The number that `digits` spell, if they are so many digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let is_number = digits.len() == DIGITS && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| text.parse().ok()).flatten()
}
