//! `ao record`: an agent's screen becomes a fixture.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::RecordArgs;
use super::detect::live::{self, Live};
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, terminal};
use crate::config::Fleet;
use crate::detect::{Doing, Finding};
use crate::fixture::{DIRECTORY, Expect, Fixture, Made};
use crate::os;
use crate::screen::Size;

/// What the name of a fixture's file ends with.
const ENDING: &str = "screen";

pub(crate) fn run(invocation: &Invocation, args: &RecordArgs) -> Outcome {
    let live = match live::ask_for(invocation, &args.name)? {
        Ok(live) => live,
        Err(exit) => return Ok(exit),
    };
    let path = place(&live.fleet, &args.file)?;
    let (fixture, finding) = fixture(&live, args)?;
    let text = fixture
        .to_text()
        .map_err(|error| Failure::new(format!("a defect of ao: no text of this: {error}")))?;
    write(&path, &text)?;
    let shown = terminal::line(&path.to_string_lossy()).into_owned();
    writeln!(terminal::stdout(), "{shown}").map_err(|e| stdout_failed(&e))?;
    let state = fixture.expect.state;
    if state == finding.state {
        let text = format!("it expects what is seen now: {state}");
        message::info(
            &text,
            Some("correct its [expect] where a person would see something else"),
        );
    } else {
        let text = format!("it expects {state}, and {} is seen now", finding.state);
        message::info(
            &text,
            Some("`ao selftest` fails until the preset knows this screen"),
        );
    }
    Ok(Exit::DONE)
}

/// What is seen now is what is expected, as far as nobody says otherwise.
fn fixture(live: &Live, args: &RecordArgs) -> Result<(Fixture, Finding), Failure> {
    let picture = &live.reading.picture;
    let now = Timestamp::now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let zone = os::zone::local();
    let finding = Finding::of(&live.reading.fact, now, &zone);
    let agent = live.fleet.agent(&live.name).ok_or_else(|| {
        Failure::new(format!(
            "{} is a service, and only agents are read",
            live.name
        ))
        .hint("`ao screen` shows its screen")
    })?;
    let state = args.expect.unwrap_or(finding.state);
    let limit = finding.limit.as_ref().filter(|_| state == Doing::Limited);
    let same = state == finding.state;
    let fixture = Fixture {
        backend: agent.backend.name.clone(),
        made: Made::Recorded,
        how: args.how.clone(),
        size: Size::new(picture.cols, picture.rows),
        title: (!picture.title.is_empty()).then(|| picture.title.clone()),
        now,
        zone,
        stream: None,
        expect: Expect {
            state,
            dialog: finding.dialog.clone().filter(|_| same),
            until: limit.map(|limit| {
                let until = limit.until.map(|until| until.to_string());
                until.unwrap_or_default()
            }),
            hard: limit.map(|limit| limit.hard),
            pattern: None,
            stream_state: None,
        },
        rows: picture.lines.clone(),
    };
    Ok((fixture, finding))
}

/// Where a fixture goes. A bare name is one of those beside the config.
fn place(fleet: &Fleet, file: &Path) -> Result<PathBuf, Failure> {
    let written = file.to_string_lossy();
    if written.contains(char::is_control) {
        return Err(Failure::usage("the file's name holds a control character"));
    }
    if written.contains('/') {
        return Ok(file.to_owned());
    }
    let mut path = fleet.path.with_file_name(DIRECTORY).join(file);
    if path.extension().is_none_or(|ending| ending != ENDING) {
        path.as_mut_os_string().push(format!(".{ENDING}"));
    }
    Ok(path)
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: &io::Error| {
        Failure::new(format!("{} could not be written: {error}", path.display()))
    };
    if let Some(directory) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        std::fs::create_dir_all(directory).map_err(|error| failed(&error))?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .map_err(|error| failed(&error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = format!("{} is there already, and is left as it is", path.display());
            Err(Failure::new(text).hint("give another name, or remove it first"))
        }
        Err(error) => Err(failed(&error)),
    }
}
