//! `ao explain`: the story of an agent, or of the fleet, from the journal.

mod happening;
mod json;
mod story;
mod sums;
#[cfg(test)]
mod tests;

use std::io::Write as _;

use jiff::Timestamp;

use super::args::ExplainArgs;
use super::message::{self, Exit, Failure, Outcome, count, stdout_failed};
use super::table::Reader;
use super::{Invocation, load, names, terminal};
use crate::config::{Fleet, Known};
use crate::daemon::journal::{Lines, Told};
use happening::{Happening, Subject, happenings};
use story::Story;

/// The name that means everybody, unless an agent has it.
const EVERYBODY: &str = "fleet";

pub(crate) fn run(invocation: &Invocation, args: &ExplainArgs) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    let reader = Reader::here();
    let (subject, known) = subject(&fleet, args.name.as_deref());
    let since = reader
        .now
        .saturating_sub(args.since)
        .unwrap_or(Timestamp::MIN);
    if let Err(unknown) = known {
        // A name that the config does not have may be one that it had.
        let about = |what: &Happening| subject.is_about(what);
        let mut told = Entries::open(&fleet, since)?;
        if !told.any(|told| happenings(told, &reader.zone).iter().any(about)) {
            return Err(unknown);
        }
    }
    let mut entries = Entries::open(&fleet, since)?;
    let mut out = terminal::stdout();
    let written = if args.json {
        json::write(&mut entries, &subject, &mut out)
    } else {
        let mut story = Story::new(subject, reader);
        for told in &mut entries {
            story.add(told);
        }
        story.write(since, &mut out)
    };
    let written = written.and_then(|()| out.flush());
    written.map_err(|e| stdout_failed(&e))?;
    entries.finish()?;
    Ok(Exit::DONE)
}

/// Whom the story is about, and whether the config knows the name.
fn subject(fleet: &Fleet, name: Option<&str>) -> (Subject, Result<(), Failure>) {
    let Some(name) = name else {
        return (Subject::Fleet, Ok(()));
    };
    match names::find(fleet, name) {
        Ok(Known::Watchdog) => (Subject::Watchdog, Ok(())),
        Ok(known) => {
            let agent = fleet.agent(known.as_str());
            let account = agent.and_then(|agent| agent.account.as_ref());
            let subject = Subject::Unit {
                name: known.as_str().to_owned(),
                account: account.map(ToString::to_string),
            };
            (subject, Ok(()))
        }
        Err(_) if name == EVERYBODY => (Subject::Fleet, Ok(())),
        Err(unknown) => {
            let subject = Subject::Unit {
                name: name.to_owned(),
                account: None,
            };
            (subject, Err(unknown))
        }
    }
}

/// The journal's entries since a time, with what cannot be read counted.
struct Entries {
    lines: Lines,
    since: Timestamp,
    unreadable: usize,
    failed: Option<std::io::Error>,
}

impl Entries {
    fn open(fleet: &Fleet, since: Timestamp) -> Result<Self, Failure> {
        let dir = &fleet.state_dir;
        let lines = Lines::open(dir, None).and_then(|any| {
            if any.is_empty() {
                Ok(None)
            } else {
                Lines::open(dir, Some(since)).map(Some)
            }
        });
        match lines {
            Ok(Some(lines)) => Ok(Self {
                lines,
                since,
                unreadable: 0,
                failed: None,
            }),
            Ok(None) => {
                let text = format!("there is no journal in {} yet", dir.display());
                Err(Failure::new(text).hint("the watchdog writes it; `ao up` starts one"))
            }
            Err(error) => Err(unreadable(fleet, &error)),
        }
    }

    /// Says what was left out.
    fn finish(self) -> Result<(), Failure> {
        if self.unreadable > 0 {
            let lines = count(self.unreadable, "line");
            let text = format!("{lines} of the journal cannot be read, and were left out");
            let hint = "a crash leaves half a line; another version of ao may write others";
            message::warning(&text, Some(hint));
        }
        match self.failed {
            Some(error) => Err(Failure::new(format!("the journal cannot be read: {error}"))),
            None => Ok(()),
        }
    }
}

fn unreadable(fleet: &Fleet, error: &std::io::Error) -> Failure {
    let dir = fleet.state_dir.display();
    Failure::new(format!("the journal in {dir} cannot be read: {error}"))
}

impl Iterator for Entries {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            };
            if Told::time_of(&line.bytes).is_some_and(|time| time < self.since) {
                continue;
            }
            match Told::read(&line.bytes) {
                Ok(told) => return Some(told),
                Err(_) => self.unreadable += 1,
            }
        }
    }
}
