//! `ao screen`: an agent's screen, or that of a stream of output, as text.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use super::args::ScreenArgs;
use super::message::{Failure, Outcome, stdout_failed};
use super::{Exit, Invocation, ask, load, names, terminal};
use crate::config::Known;
use crate::daemon::wire::{Message, Request};
use crate::screen::{Picture, Rules, Screen, Size};

pub(crate) fn run(invocation: &Invocation, args: &ScreenArgs) -> Outcome {
    let picture = match args.size {
        Some(size) => of_stream(&args.what, size)?,
        None => match of_agent(invocation, args)? {
            Ok(picture) => picture,
            Err(exit) => return Ok(exit),
        },
    };
    print(&picture, args.json).map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

fn print(picture: &Picture, json: bool) -> io::Result<()> {
    let mut out = terminal::stdout();
    if json {
        let text = terminal::json(picture).map_err(io::Error::other)?;
        return writeln!(out, "{text}");
    }
    let person = terminal::is_stdout_terminal();
    for line in &picture.lines {
        if person {
            writeln!(out, "{}", terminal::line(line))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

/// What a stream of output leaves on a screen of this size.
fn of_stream(path: &Path, size: Size) -> Result<Picture, Failure> {
    let read = || -> io::Result<Picture> {
        let mut screen = Screen::new(size, Rules::default());
        let mut input: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path)?)
        };
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match input.read(&mut chunk) {
                Ok(0) => return Ok(screen.picture()),
                Ok(length) => screen.feed(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    };
    read().map_err(|error| {
        let text = format!("{} cannot be read: {error}", path.display());
        Failure::new(text).hint("with --size the screen is that of a file, or of `-`")
    })
}

/// An agent's screen as the watchdog has it; else how the verb ends, after what was told.
fn of_agent(invocation: &Invocation, args: &ScreenArgs) -> Result<Result<Picture, Exit>, Failure> {
    let fleet = load::fleet_or_running(invocation)?;
    let name = args.what.to_string_lossy();
    let found = names::find(&fleet, &name).map_err(|failure| {
        if args.what.is_file() {
            failure.hint("a file needs its terminal's size: `--size 80x24`")
        } else {
            failure
        }
    })?;
    if found == Known::Watchdog {
        return Err(Failure::new("the watchdog has no terminal")
            .hint("`ao logs watchdog` shows what it does"));
    }
    let request = Request::Screen {
        name: found.as_str().to_owned(),
        confirm: args.confirm,
    };
    ask::of_memory(&fleet, &request, |message| match message {
        Message::Screen(shown) => Some(*shown),
        _ => None,
    })
}
