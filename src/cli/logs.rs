//! `ao logs`: what an agent wrote.

mod follow;
mod tail;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::args::LogsArgs;
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, ask, load, names, terminal};
use crate::config::{AgentName, Fleet};
use crate::daemon::logs::plain::Plain;
use crate::os::watch::FileWatch;
use follow::{Follower, News};
use tail::{Tail, last_line, last_lines};

/// How many lines are shown where nobody says how many.
const LINES: u64 = 10;

pub(crate) fn run(invocation: &Invocation, args: &LogsArgs) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    let path = path_of(&fleet, &args.name)?;
    let follow = args.follow || (args.lines.is_none() && terminal::is_stdout_terminal());
    ask::runtime()?.block_on(show(&path, args, follow))
}

async fn show(path: &Path, args: &LogsArgs, follow: bool) -> Outcome {
    // Watched before it is read, so that nothing falls between.
    let mut watch = follow.then(|| FileWatch::new([path.to_owned()]));
    let mut follower = Follower::at_end(path).map_err(|e| unreadable(path, &e))?;
    let mut screen = Screen::new(args.raw);
    match follower.begin() {
        Some((file, len)) => {
            let tail = tail(path, file, len, args, follow).map_err(|e| unreadable(path, &e))?;
            write(&tail).map_err(|e| stdout_failed(&e))?;
            let line = last_line(file, len).map_err(|e| unreadable(path, &e))?;
            screen.begin_amid(&line);
        }
        None if args.follow => {
            message::info(
                &format!("{} has no log yet; waiting for it", args.name),
                None,
            );
        }
        None => {
            return Err(Failure::new(format!("{} has no log yet", args.name))
                .hint(format!("{} is where it will be", path.display())));
        }
    }
    while let Some(watch) = &mut watch {
        watch.changed().await;
        follower
            .read(|news| screen.take(news))
            .map_err(|e| match e {
                Broken::Log(error) => unreadable(path, &error),
                Broken::Stdout(error) => stdout_failed(&error),
            })?;
    }
    Ok(Exit::DONE)
}

/// The last lines, also from the files that were rotated away. Who follows sees a line that is
/// not ended yet when it is.
fn tail(path: &Path, file: &File, len: u64, args: &LogsArgs, follow: bool) -> io::Result<Vec<u8>> {
    let wanted = args.lines.unwrap_or(LINES);
    let shown = |bytes: Vec<u8>| {
        if args.raw {
            return bytes;
        }
        let (mut plain, mut text) = (Plain::new(), String::with_capacity(bytes.len()));
        plain.push(&bytes, &mut text);
        if !follow {
            plain.finish(&mut text);
        }
        text.into_bytes()
    };
    let mut tail = last_lines(file, len, wanted, shown)?;
    for number in 1.. {
        if tail.lines >= wanted || tail.cut {
            break;
        }
        let mut older = path.to_owned().into_os_string();
        older.push(format!(".{number}"));
        let older = match File::open(older) {
            Ok(older) => older,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        let len = older.metadata()?.len();
        let before = last_lines(&older, len, wanted - tail.lines, shown)?;
        tail = Tail {
            text: [before.text, tail.text].concat(),
            lines: before.lines + tail.lines,
            cut: before.cut,
        };
    }
    if tail.cut {
        let mib = tail::WINDOW_MAX / 1024 / 1024;
        message::warning(
            &format!("only the last {mib} MiB of each file are read"),
            None,
        );
    }
    Ok(tail.text)
}

/// Stdout, with or without control sequences.
struct Screen {
    plain: Option<Plain>,
}

/// What can break while a log is followed.
enum Broken {
    Log(io::Error),
    Stdout(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Log(error)
    }
}

impl Screen {
    fn new(raw: bool) -> Self {
        Self {
            plain: (!raw).then(Plain::new),
        }
    }

    /// Takes in what was written of a line that is not shown before it ends.
    fn begin_amid(&mut self, line: &[u8]) {
        if let Some(plain) = &mut self.plain {
            plain.push(line, &mut String::new());
        }
    }

    fn take(&mut self, news: News<'_>) -> Result<(), Broken> {
        let mut text = String::new();
        match (news, &mut self.plain) {
            (News::Anew, None) => {}
            (News::Anew, Some(plain)) => std::mem::take(plain).finish(&mut text),
            (News::Bytes(bytes), None) => return write(bytes).map_err(Broken::Stdout),
            (News::Bytes(bytes), Some(plain)) => plain.push(bytes, &mut text),
        }
        write(text.as_bytes()).map_err(Broken::Stdout)
    }
}

/// At once: who follows wants to see it now.
fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// The log of an agent, a service, the watchdog, or of whatever has one. A log of exactly that
/// name counts before a name that only begins so.
fn path_of(fleet: &Fleet, name: &str) -> Result<PathBuf, Failure> {
    let known = fleet.known().iter().any(|known| known.as_str() == name);
    if let Some(path) = other_log(fleet, name).filter(|_| !known) {
        return Ok(path);
    }
    let found = names::find(fleet, name)?;
    match names::session(fleet, &found) {
        Some(session) => Ok(fleet.log_file(&session)),
        None => Err(
            Failure::new(format!("{} has no session, and so no log", found.as_str()))
                .hint("`ao check` says what is wrong with it"),
        ),
    }
}

/// The log of something that is in the config no more: by its session's name, or by what stood
/// after the prefix.
fn other_log(fleet: &Fleet, name: &str) -> Option<PathBuf> {
    let stem = AgentName::new(name).ok()?.file_stem();
    let prefixed = AgentName::new(&format!("{}{name}", fleet.session_prefix))
        .ok()?
        .file_stem();
    [prefixed, stem]
        .map(|stem| fleet.log_dir.join(format!("{stem}.log")))
        .into_iter()
        .find(|path| path.is_file())
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!(
        "the log {} cannot be read: {error}",
        path.display()
    ))
}
