//! Processes on any Unix: `kill(2)` with no signal, and `ps`.
//!
//! Nothing is pushed: a wait looks ten times a second whether the number still answers, and once a
//! second at one shared table for zombies and for numbers that were taken over. How a process
//! ended is told to its parent only.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use rustix::io::Errno;
use rustix::process::{kill_process, test_kill_process};

use super::{Entry, Exit, NoExit, Pid, Signal, StartTime, State};

const POLL_EVERY: Duration = Duration::from_millis(100);
/// How old a table may be that all waits share.
const TABLE_MAX_AGE: Duration = Duration::from_secs(1);
/// Every how many looks a wait asks that table.
const LOOKS_PER_TABLE: u32 = 10;

/// One process, held by its number and when it started.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    start: StartTime,
    /// An older table need not have it.
    opened: Instant,
}

impl Process {
    /// Takes hold of a process, which may be a zombie.
    ///
    /// # Errors
    /// `NotFound` when there is none with that number.
    pub fn open(pid: Pid) -> io::Result<Self> {
        Ok(Self {
            pid,
            start: entry(pid)?.start,
            opened: Instant::now(),
        })
    }

    /// Takes hold of the very process of that row.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub fn open_same(row: &Entry) -> io::Result<Self> {
        if test_kill_process(row.pid.into()) == Err(Errno::SRCH) {
            return Err(gone(row.pid));
        }
        Ok(Self {
            pid: row.pid,
            start: row.start,
            opened: Instant::now(),
        })
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Whether it has ended, zombie included.
    pub fn has_ended(&self) -> bool {
        match entry(self.pid) {
            Ok(row) => self.is_ended_in(&row),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Resolves when it has ended, zombie included, and at once if it had before. Any number of
    /// waits may be dropped and begun again.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn ended(&self) {
        let opened = self.opened;
        for look in 0_u32.. {
            if test_kill_process(self.pid.into()) == Err(Errno::SRCH) {
                return;
            }
            if look % LOOKS_PER_TABLE == 0
                && let Ok(Ok(rows)) =
                    tokio::task::spawn_blocking(move || recent_table(opened)).await
                && !rows
                    .iter()
                    .any(|row| row.pid == self.pid && !self.is_ended_in(row))
            {
                return;
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
    }

    /// How it ended: never known here.
    ///
    /// # Errors
    /// [`NoExit::StillRuns`] or [`NoExit::Unsupported`].
    pub fn exit(&self) -> Result<Exit, NoExit> {
        Err(if self.has_ended() {
            NoExit::Unsupported
        } else {
            NoExit::StillRuns
        })
    }

    /// Sends a signal to it. That it has ended already is no error. Between the check of its start
    /// time and the signal its number could be taken over: a window of microseconds that only a
    /// pidfd closes.
    ///
    /// # Errors
    /// `PermissionDenied` for another user's process.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        if self.has_ended() {
            return Ok(());
        }
        match kill_process(self.pid.into(), signal) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn is_ended_in(&self, row: &Entry) -> bool {
        row.state == State::Zombie || !row.start.is_same(self.start)
    }
}

/// Every process that can be seen.
///
/// # Errors
/// When `ps` cannot be run.
pub fn table() -> io::Result<Vec<Entry>> {
    ps(&["-A"])
}

/// The row of one process.
///
/// # Errors
/// `NotFound` when there is no such process.
pub fn entry(pid: Pid) -> io::Result<Entry> {
    ps(&["-p", &pid.to_string()])?
        .into_iter()
        .find(|row| row.pid == pid)
        .ok_or_else(|| gone(pid))
}

/// The words of the command line that `ps` shows: arguments with blanks in them come apart.
pub fn command_line(pid: Pid) -> Option<Vec<OsString>> {
    let output = ps_command(&["-p", &pid.to_string(), "-ww", "-o", "args="])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<OsString> = text.split_whitespace().map(OsString::from).collect();
    (output.status.success() && !words.is_empty()).then_some(words)
}

/// The environment of a process: not shown by all systems, so always none.
pub fn environ(_pid: Pid) -> Option<Vec<OsString>> {
    None
}

/// The directory that a process is in: not shown by all systems, so always none.
pub fn cwd(_pid: Pid) -> Option<PathBuf> {
    None
}

/// One table for all waits, so that 200 of them cost one `ps` a second; taken after `since`.
fn recent_table(since: Instant) -> io::Result<Arc<Vec<Entry>>> {
    static LAST: Mutex<Option<(Instant, Arc<Vec<Entry>>)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((when, rows)) = &*last
        && when.elapsed() < TABLE_MAX_AGE
        && *when > since
    {
        return Ok(Arc::clone(rows));
    }
    let began = Instant::now();
    let rows = Arc::new(table()?);
    *last = Some((began, Arc::clone(&rows)));
    Ok(rows)
}

fn ps(which: &[&str]) -> io::Result<Vec<Entry>> {
    let columns = [
        "pid", "ppid", "pgid", "sess", "uid", "tpgid", "state", "tty", "lstart", "comm",
    ];
    let mut command = ps_command(which);
    for column in columns {
        command.arg("-o").arg(format!("{column}="));
    }
    // It ends with 1 when it found none, so its output decides.
    let output = command.output()?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(parse_row)
        .collect())
}

fn ps_command(arguments: &[&str]) -> Command {
    let mut command = Command::new("ps");
    // Start times are read in one language and one zone.
    command
        .args(arguments)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    command.stderr(Stdio::null());
    command
}

/// Reads `1 0 1 1 0 -1 S ? Mon Nov 23 12:20:40 2026 name with blanks`.
fn parse_row(line: &str) -> Option<Entry> {
    let mut rest = line;
    let mut word = || {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        (!word.is_empty()).then_some(word)
    };
    let number = |word: Option<&str>| word?.parse::<i32>().ok();
    let pid = Pid::new(number(word())?)?;
    let (parent, group) = (Pid::new(number(word())?), Pid::new(number(word())?));
    let session = session_of(pid, group, word()?);
    // macOS shows the user id of `nobody` as -2.
    let (uid, foreground) = (number(word())? as u32, Pid::new(number(word())?));
    let (state, tty) = (word()?, word()?);
    let (_weekday, month, day, time, year) = (word()?, word()?, word()?, word()?, word()?);
    let name = rest.trim();
    let name = name.strip_suffix(" <defunct>").unwrap_or(name);
    Some(Entry {
        pid,
        parent,
        group,
        session,
        foreground,
        tty: (!tty.starts_with('?')).then(|| tty.to_owned()),
        uid,
        // macOS shows the whole path here.
        name: name.rsplit('/').next().unwrap_or(name).to_owned(),
        state: match state.as_bytes().first()? {
            b'Z' | b'X' => State::Zombie,
            b'T' | b't' => State::Stopped,
            _ => State::Alive,
        },
        start: start_time(&format!("{month} {day} {time} {year}"))?,
    })
}

/// `ps` shows a session as its number on Linux and as an address elsewhere, where the kernel tells.
fn session_of(pid: Pid, group: Option<Pid>, shown: &str) -> Option<Pid> {
    if cfg!(target_os = "linux") {
        return shown.parse().ok();
    }
    // Only the kernel's own processes are in no group, and they are in no session either.
    group?;
    rustix::process::getsid(Some(pid.into()))
        .ok()
        .map(Pid::from)
}

fn start_time(text: &str) -> Option<StartTime> {
    let when = DateTime::strptime("%b %d %H:%M:%S %Y", text).ok()?;
    let seconds = jiff::tz::TimeZone::UTC.to_timestamp(when).ok()?.as_second();
    u64::try_from(seconds).ok().map(StartTime)
}

fn gone(pid: Pid) -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        format!("there is no process {pid}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_ps_is_read_with_blanks_in_the_name() {
        let row =
            "  42     1    42   40  1000    -1 S    pts/3    Mon Nov  3 02:20:40 2025 a ) ( b";
        let row = parse_row(row).unwrap();
        assert_eq!(
            (row.pid, row.name.as_str(), row.uid),
            (Pid::new(42).unwrap(), "a ) ( b", 1000)
        );
        assert_eq!((row.tty.as_deref(), row.foreground), (Some("pts/3"), None));
        assert!(
            row.start
                .is_same(start_time("Nov 3 02:20:41 2025").unwrap())
        );
        assert!(
            !row.start
                .is_same(start_time("Nov 3 02:20:50 2025").unwrap())
        );
    }

    #[test]
    fn a_row_that_is_cut_short_is_left_out() {
        let row = "42 1 42 40 1000 -1 S pts/3 Mon Nov 3 02:20:40 2025";
        for cut in 0..row.len() {
            assert!(
                parse_row(&row[..cut]).is_none_or(|row| row.name.is_empty()),
                "{cut}"
            );
        }
    }
}
