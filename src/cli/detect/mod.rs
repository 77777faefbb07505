//! `ao detect`: what ao sees in a screen.

pub(crate) mod backends;
mod input;
pub(crate) mod live;
mod telling;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use self::backends::Backends;
use self::telling::Watcher;
use super::args::DetectArgs;
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, terminal};
use crate::detect::{Doing, Finding, Reading, Signs, size_of_text};
use crate::os;
use crate::preset::{builtin, builtin_names};
use crate::screen::{Rules, Size};

/// A stream says nothing of its terminal.
const USUAL: Size = Size { cols: 80, rows: 24 };

/// The largest screen that a text's own size makes; of more rows the lowest are read.
const OWN_MAX: Size = Size {
    cols: 1000,
    rows: 1000,
};

/// Reads what was given by the signs of some backend.
type Read = dyn Fn(&Arc<Signs>) -> Reading;

pub(crate) fn run(invocation: &Invocation, args: &DetectArgs) -> Outcome {
    let reading = if is_file(args) {
        of_file(invocation, args)?
    } else {
        let name = args.what.to_string_lossy();
        match live::ask_for(invocation, &name).map_err(|failure| or_a_file(args, failure))? {
            Ok(live) => live.reading,
            Err(exit) => return Ok(exit),
        }
    };
    let watcher = Watcher {
        now: args.now.unwrap_or_else(Timestamp::now),
        zone: os::zone::local(),
    };
    let finding = Finding::of(&reading.fact, watcher.now, &watcher.zone);
    let text = if args.json {
        let json = terminal::json(&finding);
        json.map_err(|e| Failure::new(format!("a defect of ao: no JSON of this: {e}")))? + "\n"
    } else {
        telling::text(&reading, &finding, &watcher)
    };
    let mut out = terminal::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

/// Whether a file is meant. What only a file has says so as well.
fn is_file(args: &DetectArgs) -> bool {
    let what = args.what.to_string_lossy();
    let only_of_files = args.size.is_some() || args.stream || args.backend.is_some();
    only_of_files || args.title.is_some() || what.contains('/') || what == "-"
}

/// A name that nobody has may be that of a file.
fn or_a_file(args: &DetectArgs, failure: Failure) -> Failure {
    if args.what.is_file() {
        failure.hint("for a file say --backend, or write `./` before its name")
    } else {
        failure
    }
}

fn of_file(invocation: &Invocation, args: &DetectArgs) -> Result<Reading, Failure> {
    let backends = Backends::find(invocation)?;
    let named = args.backend.as_deref().map(|name| backends.named(name));
    let named = named.transpose()?;
    let read: Box<Read> = if args.stream {
        let bytes = input::stream(&args.what)?;
        let size = args.size.unwrap_or(USUAL);
        let title = args.title.clone();
        Box::new(move |signs| {
            Reading::of_stream(signs, size, Rules::default(), title.as_deref(), &bytes)
        })
    } else {
        let text = input::text(&args.what)?;
        let own = || size_of_text(text.lines(), USUAL, OWN_MAX);
        let size = args.size.unwrap_or_else(own);
        let title = args.title.clone();
        Box::new(move |signs| Reading::of_text(signs, size, text.lines(), title.as_deref()))
    };
    match named {
        Some(signs) => Ok(read(&signs)),
        None => guess(&args.what, &backends, &read),
    }
}

/// Without a backend: by the one preset that sees something.
fn guess(what: &Path, backends: &Backends, read: &Read) -> Result<Reading, Failure> {
    let mut fits = Vec::new();
    // Who has an input box of its own is recognised by it; to the others every line is their own.
    let has_box =
        |name: &&str| builtin(name).is_some_and(|preset| preset.rules().composer().is_some());
    for name in builtin_names().filter(has_box) {
        let reading = backends.signs(name).map(|signs| read(&signs));
        if let Some(reading) = reading.filter(|seen| Doing::of(&seen.fact) != Doing::Unknown) {
            fits.push((name, reading));
        }
    }
    let names: Vec<&str> = fits.iter().map(|(name, _)| *name).collect();
    let why = match names.as_slice() {
        [name] => {
            message::info(&format!("read as a screen of {name}"), None);
            return Ok(fits.remove(0).1);
        }
        [] => "nothing tells whose screen it is".to_owned(),
        several => format!("it may be a screen of {}", several.join(" or ")),
    };
    Err(
        Failure::usage(format!("{}: {why}", what.display())).hint(format!(
            "say it by --backend, which is one of {}",
            backends.names().join(", ")
        )),
    )
}
