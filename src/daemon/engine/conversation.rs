//! The ids of conversations: which one a start takes up, or is given.
//!
//! An id is written down before the program that is given it runs, so that it is known whatever
//! happens to either of them. A program that never got so far does not know it; the start after that
//! fails, and the supervisor asks for a fresh one.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::config::{self, Agent, Conversation, Fleet, Observed, ResumeId};
use crate::daemon::whole;

/// The conversation of the next start of an agent. A `fresh` start sets the id that there is aside.
/// What cannot be read or written never stops a start: it is told, and the start does without.
pub(super) fn of(fleet: &Fleet, agent: &Agent, fresh: bool) -> Observed<Conversation> {
    let mut warnings = Vec::new();
    if !agent.may_resume() {
        return Observed {
            value: Conversation::Unnamed,
            warnings,
        };
    }
    let file = fleet.resume_file(&agent.name);
    let known = if fresh {
        set_aside(&file, &mut warnings)
    } else {
        let read = config::read_resume_id(fleet, agent);
        // What is there and is no id is left to the person who put it there.
        let usable = read.warnings.is_empty();
        warnings.extend(read.warnings);
        read.value.map(Conversation::Resumed).ok_or(usable)
    };
    let value = match known {
        Ok(conversation) => conversation,
        Err(true) if agent.names_conversations() => begin(&file, &mut warnings),
        Err(_) => Conversation::Unnamed,
    };
    Observed { value, warnings }
}

/// Puts an id that did not work where it is not used. Whether the place is free is the error.
fn set_aside(file: &Path, warnings: &mut Vec<String>) -> Result<Conversation, bool> {
    let aside = failed(file);
    match whole::rename(file, &aside) {
        Ok(()) => {
            warnings.push(format!(
                "its conversation could not be taken up again, and a new one begins; the id is now in {}",
                aside.display()
            ));
            Err(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(true),
        Err(error) => {
            warnings.push(format!(
                "the id in {} did not work, and cannot be set aside: {error}",
                file.display()
            ));
            Err(false)
        }
    }
}

fn failed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".failed");
    name.into()
}

/// A new conversation, whose id is on disk.
fn begin(file: &Path, warnings: &mut Vec<String>) -> Conversation {
    let written = random_id().and_then(|id| {
        whole::write(file, format!("{}\n", id.as_str()).as_bytes())?;
        Ok(id)
    });
    match written {
        Ok(id) => Conversation::New(id),
        Err(error) => {
            warnings.push(format!(
                "the id of its conversation cannot be written to {}, so a restart begins a new one: {error}",
                file.display()
            ));
            Conversation::Unnamed
        }
    }
}

/// A UUID of version 4 (RFC 9562, 5.4).
fn random_id() -> io::Result<ResumeId> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    ResumeId::new(&uuid(bytes)).map_err(io::Error::other)
}

fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
    groups.join("-")
}

#[cfg(test)]
mod tests;
