//! The story as JSON lines.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::happening::{Happening, Subject, happenings};
use crate::cli::terminal;
use crate::daemon::journal::{Told, VERSION};

/// One line of `ao explain --json`: that of an event, with the number of its journal entry.
#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    seq: u64,
    time: Timestamp,
    #[serde(flatten)]
    what: &'a Happening,
}

/// Writes a line for each thing that belongs into the subject's story.
pub(super) fn write(
    entries: impl Iterator<Item = Told>,
    subject: &Subject,
    out: &mut impl Write,
) -> io::Result<()> {
    let zone = TimeZone::system();
    for entry in entries {
        let (seq, time) = (entry.seq, entry.wall);
        for what in happenings(entry, &zone) {
            if !subject.hears(&what) {
                continue;
            }
            let line = Line {
                version: VERSION,
                seq,
                time,
                what: &what,
            };
            let line = terminal::json(&line).map_err(io::Error::other)?;
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
