//! What ao says of its own accord: `ao events --follow --json`.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use crate::ao::{Fleet, pid};

/// Follows the events of one fleet.
pub(crate) struct Follower {
    process: Process,
    lines: BufReader<ChildStdout>,
}

/// The process that follows; it ends with this value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Follower {
    /// Follows from now on.
    pub(crate) fn new(fleet: &Fleet) -> io::Result<Self> {
        // Those that are remembered come first; a wish for one agent, which has no other effect, is
        // the mark behind them.
        let mut child = fleet
            .command(&["events", "--follow", "--json"])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take();
        let process = Process(child);
        let stdout = stdout.ok_or_else(|| io::Error::other("a pipe was asked for"))?;
        let lines = BufReader::new(stdout);
        let mut follower = Self { process, lines };
        fleet.ao(&["up", "0"])?;
        loop {
            let event = follower.next()?;
            if event["kind"] == "wanted" && event["agent"] == "0" {
                return Ok(follower);
            }
        }
    }

    fn next(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        if self.lines.by_ref().read_line(&mut line)? == 0 {
            return Err(io::Error::other("the events ended"));
        }
        Ok(serde_json::from_str(&line)?)
    }

    /// Waits for the next start and gives its process.
    pub(crate) fn next_start(&mut self) -> io::Result<i32> {
        loop {
            let event = self.next()?;
            if event["kind"] == "start" {
                return pid(&event).ok_or_else(|| io::Error::other("a start without a process"));
            }
        }
    }

    /// Keeps, from now on, when each limit banner was noticed. `id` finds a banner's id on its row.
    pub(crate) fn keep_banners(self, id: fn(&str) -> Option<u64>) -> Noticed {
        let Self { process, lines } = self;
        let times: Arc<Mutex<HashMap<u64, u64>>> = Arc::default();
        let shared = Arc::clone(&times);
        // It ends with the process.
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Some((id, time)) = limited(&line, id) {
                    lock(&shared).entry(id).or_insert(time);
                }
            }
        });
        Noticed {
            _process: process,
            times,
        }
    }
}

/// Banners that ao noticed; nobody listens any more once it is dropped.
pub(crate) struct Noticed {
    _process: Process,
    times: Arc<Mutex<HashMap<u64, u64>>>,
}

impl Noticed {
    /// The `time` of each banner's event, by the banner's id, in nanoseconds since 1970.
    pub(crate) fn times(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        lock(&self.times)
    }
}

fn lock(times: &Mutex<HashMap<u64, u64>>) -> MutexGuard<'_, HashMap<u64, u64>> {
    times.lock().unwrap_or_else(PoisonError::into_inner)
}

/// If an agent came to be limited: the id of the banner that showed it, and the event's time.
fn limited(line: &str, id: fn(&str) -> Option<u64>) -> Option<(u64, u64)> {
    let event: Value = serde_json::from_str(line).ok()?;
    if event["kind"] != "state" || event["to"] != "limited" {
        return None;
    }
    let mut rows = event["rows"].as_array()?.iter().filter_map(Value::as_str);
    let time: Timestamp = event["time"].as_str()?.parse().ok()?;
    Some((rows.find_map(id)?, time.as_nanosecond().try_into().ok()?))
}
