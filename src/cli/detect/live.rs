//! A screen that the watchdog has.

use crate::cli::message::{Exit, Failure};
use crate::cli::{Invocation, ask, load, names};
use crate::config::{Fleet, Known};
use crate::daemon::wire::{Message, Request};
use crate::detect::Reading;

/// An agent or a service, and what the watchdog makes of its screen.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) fleet: Fleet,
    pub(crate) name: String,
    pub(crate) reading: Reading,
}

/// Asks the watchdog; else how the verb ends, after what was told.
///
/// # Errors
/// The name means nobody or several, or no watchdog runs.
pub(crate) fn ask_for(invocation: &Invocation, name: &str) -> Result<Result<Live, Exit>, Failure> {
    let fleet = load::fleet_or_running(invocation)?;
    let found = names::find(&fleet, name)?;
    if found == Known::Watchdog {
        return Err(Failure::new("the watchdog has no terminal")
            .hint("`ao logs watchdog` shows what it does"));
    }
    let name = found.as_str().to_owned();
    let request = Request::Detect { name: name.clone() };
    let answer = ask::of_memory(&fleet, &request, |message| match message {
        Message::Reading(reading) => Some(*reading),
        _ => None,
    });
    Ok(answer?.map(|reading| Live {
        fleet,
        name,
        reading,
    }))
}
