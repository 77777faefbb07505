//! What goes to stderr: errors, warnings, notes and hints; and what a verb may end with.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::terminal;
use crate::daemon::wire::{Level, Note};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = Style::new().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// How ao ends. The numbers are promised to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Exit(pub(crate) u8);

impl Exit {
    /// It was done.
    pub(crate) const DONE: Self = Self(0);
    /// It could not be done, or not all of it.
    pub(crate) const FAILED: Self = Self(1);
    /// The command line or the config is wrong.
    pub(crate) const USAGE: Self = Self(2);
    /// Its terminal went: 128 + SIGHUP.
    pub(crate) const HUNG_UP: Self = Self(129);
    /// A person pressed Ctrl-C: 128 + SIGINT.
    pub(crate) const INTERRUPTED: Self = Self(130);
    /// It was told to end: 128 + SIGTERM.
    pub(crate) const TERMINATED: Self = Self(143);
}

/// Why a verb could not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    text: String,
    hint: Option<String>,
    quiet: bool,
}

/// What every verb returns.
pub(crate) type Outcome = Result<Exit, Failure>;

impl Failure {
    /// It could not be done. `text` is a sentence without a full stop that says whose fault it is.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            exit: Exit::FAILED,
            text: text.into(),
            hint: None,
            quiet: false,
        }
    }

    /// The command line or the config is wrong.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::with_exit(Exit::USAGE, text)
    }

    /// Like [`Failure::new`], with an exit code of its own.
    pub(crate) fn with_exit(exit: Exit, text: impl Into<String>) -> Self {
        Self {
            exit,
            ..Self::new(text)
        }
    }

    /// All that there is to say was said already.
    pub(crate) fn told(exit: Exit) -> Self {
        Self {
            exit,
            quiet: true,
            ..Self::new("")
        }
    }

    /// For an error whose text ends with a `hint:` line of its own.
    pub(crate) fn with_hint_in(exit: Exit, text: &str) -> Self {
        let failure = match text.split_once("\nhint: ") {
            Some((text, hint)) => Self::new(text).hint(hint),
            None => Self::new(text),
        };
        Self { exit, ..failure }
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Tells it, and says how to end.
    pub(crate) fn tell(self) -> Exit {
        if !self.quiet {
            error(&self.text, self.hint.as_deref());
        }
        self.exit
    }
}

/// Writing to stdout failed. A reader that left (`| head`) is no fault of anybody's.
pub(crate) fn stdout_failed(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::told(Exit::DONE);
    }
    Failure::new(format!("stdout cannot be written: {error}"))
}

/// Something could not be done.
pub(crate) fn error(text: &str, hint: Option<&str>) {
    say(ERROR, "error", text, hint);
}

/// Something needs attention.
pub(crate) fn warning(text: &str, hint: Option<&str>) {
    say(WARNING, "warning", text, hint);
}

/// Something to know.
pub(crate) fn info(text: &str, hint: Option<&str>) {
    say(NOTE, "note", text, hint);
}

/// What the daemon has to say.
pub(crate) fn note(note: &Note) {
    let hint = note.hint.as_deref();
    match note.level {
        Level::Info => info(&note.text, hint),
        Level::Warning => warning(&note.text, hint),
        Level::Error => error(&note.text, hint),
    }
}

/// Writes one message. A stderr that nobody reads loses the message and nothing else.
fn say(style: Style, word: &str, text: &str, hint: Option<&str>) {
    let mut out = String::new();
    let _ = writeln!(out, "{style}{word}{style:#}: {}", terminal::lines(text));
    if let Some(hint) = hint {
        let _ = writeln!(out, "{HINT}hint{HINT:#}: {}", terminal::lines(hint));
    }
    let _ = terminal::stderr().write_all(out.as_bytes());
}

/// A message that is complete in itself, such as a mistake in a config with its place.
pub(crate) fn plain(text: &str) {
    let _ = writeln!(terminal::stderr(), "{}", terminal::lines(text));
}

/// `1 agent`, `2 agents`.
pub(crate) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
