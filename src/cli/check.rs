//! `ao check`: every mistake in the config.

use std::io::Write as _;

use super::message::{Exit, Outcome, count, stdout_failed};
use super::{Invocation, load, terminal};
use crate::config::{Loaded, Reach};

pub(crate) fn run(invocation: &Invocation) -> Outcome {
    let (_, overrides) = load::caller();
    let loaded = load::load(invocation, &overrides)?;
    load::tell(&loaded.diagnostics);
    if let Some(text) = summary(&loaded) {
        writeln!(terminal::stdout(), "{text}").map_err(|e| stdout_failed(&e))?;
    }
    Ok(exit(&loaded))
}

/// How far the worst mistake reaches.
pub(crate) fn exit(loaded: &Loaded) -> Exit {
    let mut errors = loaded
        .diagnostics
        .iter()
        .filter(|d| d.is_error())
        .peekable();
    if errors.peek().is_none() && loaded.fleet.is_some() {
        Exit::DONE
    } else if loaded.fleet.is_none() || errors.any(|d| d.reach == Reach::Whole) {
        Exit::USAGE
    } else {
        Exit::FAILED
    }
}

fn summary(loaded: &Loaded) -> Option<String> {
    let fleet = loaded.fleet.as_ref()?;
    let errors = loaded.diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = loaded.diagnostics.len() - errors;
    let units = format!(
        "{}, {}",
        count(fleet.agents.len(), "agent"),
        count(fleet.services.len(), "service"),
    );
    let mut text = if errors == 0 {
        format!("OK: {units}")
    } else {
        format!("{units} would come up; {}", count(errors, "mistake"))
    };
    if warnings > 0 {
        text.push_str(&format!(", {}", count(warnings, "warning")));
    }
    Some(text)
}
