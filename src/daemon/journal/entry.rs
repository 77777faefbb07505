//! One line of the journal.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::VERSION;
use crate::daemon::wire::What;
use crate::supervise::{Action, Input, Now, Supervisor, UnitName};

/// A whole entry, for a replay.
#[derive(Debug)]
pub struct Entry {
    /// Its number in this life of the watchdog, from 1.
    pub seq: u64,
    /// When it was, on both clocks.
    pub now: Now,
    /// What it holds.
    pub body: Body,
}

/// What an [`Entry`] holds.
#[derive(Debug)]
pub enum Body {
    /// One call of [`Supervisor::handle`].
    Step {
        /// What the machine was told.
        input: Box<Input>,
        /// What it asked for.
        actions: Vec<Action>,
    },
    /// The machine, as it was before what follows.
    Begin(Box<Begin>),
    /// So many entries are missing here.
    Missed(u64),
    /// For people alone.
    Aside,
}

/// The machine at one moment.
#[derive(Debug, Deserialize)]
pub struct Begin {
    /// The version of ao that wrote it.
    pub ao: String,
    /// Why it was written: `start`, `rotated` or `gap`.
    pub why: String,
    /// The machine.
    pub machine: Supervisor,
}

/// What a person wants to know of an entry. Inputs and the machine are left out.
#[derive(Debug, Deserialize)]
pub struct Told {
    version: u32,
    /// The entry's number in this life of the watchdog, from 1.
    pub seq: u64,
    /// When it was.
    pub wall: Timestamp,
    /// What the supervisor asked for.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Why the machine stands here, if it does.
    pub begin: Option<BeginWhy>,
    /// So many entries are missing here.
    pub missed: Option<u64>,
    /// What happened around the machine.
    pub said: Option<What>,
    /// What stood on the screen of a unit that died.
    pub screen: Option<Screen>,
}

/// A [`Begin`] without the machine.
#[derive(Debug, Deserialize)]
pub struct BeginWhy {
    /// The version of ao that wrote it.
    pub ao: String,
    /// Why it was written: `start`, `rotated` or `gap`.
    pub why: String,
}

/// What stood on the screen of a unit when it died.
#[derive(Debug, Deserialize)]
pub struct Screen {
    /// The unit.
    pub unit: UnitName,
    /// Its rows, from the top.
    pub rows: Vec<String>,
}

/// Why a line is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// It is not what this version of ao writes.
    #[error("it is no entry of a journal: {0}")]
    Form(#[from] serde_json::Error),
    /// It is of a later version.
    #[error("it is of version {0}, and this ao knows version {VERSION}")]
    Version(u32),
    /// It has none of the keys that tell what it is.
    #[error("it holds nothing that is known")]
    Empty,
}

#[derive(Serialize)]
pub(super) struct BeginRef<'a> {
    pub(super) ao: &'static str,
    pub(super) why: &'static str,
    pub(super) machine: &'a Supervisor,
}

#[derive(Serialize)]
pub(super) struct ScreenRef<'a> {
    pub(super) unit: &'a UnitName,
    pub(super) rows: &'a [String],
}

#[derive(Deserialize)]
struct Whole {
    version: u32,
    seq: u64,
    mono: Duration,
    wall: Timestamp,
    input: Option<Box<Input>>,
    actions: Option<Vec<Action>>,
    begin: Option<Box<Begin>>,
    missed: Option<u64>,
    said: Option<IgnoredAny>,
    screen: Option<IgnoredAny>,
}

/// When an entry was, without the cost of all the rest.
#[derive(Deserialize)]
struct When {
    wall: Timestamp,
}

impl Entry {
    /// Reads a whole entry.
    ///
    /// # Errors
    /// The line is none: half-written, or of another version.
    pub fn read(line: &[u8]) -> Result<Self, EntryError> {
        let whole: Whole = serde_json::from_slice(line)?;
        check(whole.version)?;
        let aside = whole.said.is_some() || whole.screen.is_some();
        let body = match (whole.input, whole.actions, whole.begin, whole.missed) {
            (Some(input), Some(actions), ..) => Body::Step { input, actions },
            (_, _, Some(begin), _) => Body::Begin(begin),
            (_, _, _, Some(missed)) => Body::Missed(missed),
            _ if aside => Body::Aside,
            _ => return Err(EntryError::Empty),
        };
        Ok(Self {
            seq: whole.seq,
            now: Now {
                mono: whole.mono,
                wall: whole.wall,
            },
            body,
        })
    }
}

impl Told {
    /// Reads what a person wants to know of an entry.
    ///
    /// # Errors
    /// As [`Entry::read`].
    pub fn read(line: &[u8]) -> Result<Self, EntryError> {
        let told: Self = serde_json::from_slice(line)?;
        check(told.version)?;
        Ok(told)
    }

    /// When an entry was; none if that cannot be read.
    #[must_use]
    pub fn time_of(line: &[u8]) -> Option<Timestamp> {
        let when: When = serde_json::from_slice(line).ok()?;
        Some(when.wall)
    }
}

fn check(version: u32) -> Result<(), EntryError> {
    match version {
        1..=VERSION => Ok(()),
        other => Err(EntryError::Version(other)),
    }
}
