//! What the files of a fleet say that people, agents and the predecessor write as well: the number
//! of the phase, the mark that all phases are done, status files, holds.
//!
//! They are read as they are written, whatever that is: what it means is the supervisor's to say. An
//! edit by hand counts at once, since [`to_watch`] names every file that does. All of this reads and
//! writes files and so does not belong on the loop.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ZonedDateTime};
use serde_json::{Value, json};

use super::whole;
use crate::config::{AgentName, Fleet, Loop, Observed, Phase, SessionName};
use crate::supervise::{Done, HoldFile, SequenceFiles, done};

/// A number or a hold, with room for what people leave around it.
const SMALL_MAX: usize = 64 << 10;
/// More than any status file is.
const STATUS_MAX: usize = 1 << 20;

/// A file that counts when it changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Watched {
    /// One of those that [`read_sequence`] reads.
    Sequence,
    /// The hold of this agent, which [`read_hold`] reads.
    Hold(AgentName),
}

/// The files that count when they change, there or not: those of the sequence with both places of
/// this phase's status file, and the holds of all agents.
pub(super) fn to_watch(fleet: &Fleet, phase: Option<usize>) -> Vec<(PathBuf, Watched)> {
    let mut files = Vec::new();
    if let Some(loop_) = &fleet.loop_ {
        let phase = phase.and_then(|phase| loop_.phases.get(phase));
        let status = phase.map(|phase| status_places(loop_, phase));
        let sequence = [loop_.state_file.clone(), fleet.complete_file()];
        let sequence = sequence.into_iter().chain(status.into_iter().flatten());
        files.extend(sequence.map(|path| (path, Watched::Sequence)));
    }
    files.extend(fleet.agents.iter().map(|agent| {
        let hold = Watched::Hold(agent.name.clone());
        (fleet.hold_file(&agent.session), hold)
    }));
    files
}

/// Reads the files of the sequence; none for a fleet without phases. What cannot be read counts as
/// missing, with a warning. A number that is larger than any here is the largest. The digests are
/// the same in one run of the program, not in each release; 0 is a file that is not there.
pub(super) fn read_sequence(fleet: &Fleet) -> Observed<Option<SequenceFiles>> {
    let mut warnings = Vec::new();
    let loop_ = fleet.loop_.as_ref();
    let value = loop_.filter(|it| !it.phases.is_empty()).map(|loop_| {
        let texts = loop_
            .phases
            .iter()
            .map(|phase| status(loop_, phase, &mut warnings));
        let (done, digests) = texts
            .map(|text| match text {
                Some(text) => (done(&text, &loop_.done_marker), digest(&text)),
                None => (Done::No, 0),
            })
            .unzip();
        SequenceFiles {
            index: index(&loop_.state_file, &mut warnings),
            complete: fleet.complete_file().exists(),
            done,
            digests,
        }
    });
    Observed { value, warnings }
}

fn index(path: &Path, warnings: &mut Vec<String>) -> Option<i64> {
    let text = text(path, SMALL_MAX, warnings)?;
    let text = text.trim();
    let digits = text.trim_start_matches(['-', '+']);
    let number = text.parse().ok().or_else(|| {
        let is_number = text.len() - digits.len() <= 1
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        let least = text.starts_with('-').then_some(i64::MIN);
        is_number.then(|| least.unwrap_or(i64::MAX))
    });
    if number.is_none() && !text.is_empty() {
        warnings.push(format!(
            "{} holds no number; the phase is 0",
            path.display()
        ));
    }
    number
}

/// Where a phase's status file may be; the first that is there counts.
fn status_places(loop_: &Loop, phase: &Phase) -> [PathBuf; 2] {
    let repo = &loop_.status_repo;
    [
        repo.join(&loop_.status_subdir).join(&phase.status),
        repo.join(&phase.status),
    ]
}

fn status(loop_: &Loop, phase: &Phase, warnings: &mut Vec<String>) -> Option<String> {
    let [first, second] = status_places(loop_, phase);
    let place = if first.exists() { first } else { second };
    text(&place, STATUS_MAX, warnings)
}

/// A file as text: what is not UTF-8 in it becomes U+FFFD.
fn text(path: &Path, longest: usize, warnings: &mut Vec<String>) -> Option<String> {
    match whole::read(path, longest) {
        Ok(None) => None,
        Ok(Some(content)) => {
            if content.cut {
                let path = path.display();
                warnings.push(format!("only the first {longest} bytes of {path} are read"));
            }
            Some(String::from_utf8_lossy(&content.bytes).into_owned())
        }
        Err(error) => {
            warnings.push(format!("{} cannot be read: {error}", path.display()));
            None
        }
    }
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// Reads the hold of a session. What is no hold counts as none, with a warning.
pub(super) fn read_hold(fleet: &Fleet, session: &SessionName) -> Observed<Option<HoldFile>> {
    let path = fleet.hold_file(session);
    let mut warnings = Vec::new();
    let value = text(&path, SMALL_MAX, &mut warnings).and_then(|text| {
        let hold = parse_hold(&text);
        hold.map_err(|reason| {
            warnings.push(format!("{} is not used: {reason}", path.display()));
        })
        .ok()
    });
    Observed { value, warnings }
}

/// `{"until": SECONDS, "nudges": NUMBER}` and whatever else. The number of nudges may be missing.
fn parse_hold(text: &str) -> Result<HoldFile, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Object(fields) = value else {
        return Err("it is no JSON object".to_owned());
    };
    let until = fields.get("until").and_then(Value::as_f64);
    let until = until.ok_or("it has no number `until`")?;
    // Whole milliseconds: a number of seconds as large as today's is no more exact in Python.
    let until = Timestamp::from_millisecond((until * 1000.0).round() as i64);
    let until = until.map_err(|_| "its `until` is no time".to_owned())?;
    let nudges = fields.get("nudges").and_then(Value::as_f64);
    Ok(HoldFile {
        until,
        probes: nudges.unwrap_or_default() as u32,
    })
}

/// Writes the number of the current phase, counted from 0.
///
/// # Errors
/// A sentence about the file; the old number is still there. So for everything below.
pub(super) fn write_index(fleet: &Fleet, index: usize) -> Result<(), String> {
    let Some(loop_) = &fleet.loop_ else {
        return Err("the config has no [loop] any more".to_owned());
    };
    let path = &loop_.state_file;
    told(
        "written",
        path,
        whole::write(path, index.to_string().as_bytes()),
    )
}

/// Marks the sequence as complete, at this local time.
pub(super) fn mark_complete(fleet: &Fleet, now: &ZonedDateTime) -> Result<(), String> {
    let path = fleet.complete_file();
    let time = now.strftime("%Y-%m-%d %H:%M:%S");
    let text = format!("phase sequence complete {time}. Loops stopped; build finished.\n");
    told("written", &path, whole::write(&path, text.as_bytes()))
}

/// Takes that mark away.
pub(super) fn unmark_complete(fleet: &Fleet) -> Result<(), String> {
    let path = fleet.complete_file();
    told("removed", &path, whole::remove(&path))
}

/// Removes the trigger file of what comes after the last phase.
pub(super) fn remove_trigger(fleet: &Fleet) -> Result<(), String> {
    let on_complete = fleet.loop_.as_ref().and_then(|it| it.on_complete.as_ref());
    let Some(on_complete) = on_complete else {
        return Ok(());
    };
    let path = &on_complete.trigger_file;
    told("removed", path, whole::remove(path))
}

/// Writes the hold of a session, or removes it, and says what [`read_hold`] gives from now on: a
/// file has no nanoseconds. Who hears of a change can so tell whether it is an edit by hand.
pub(super) fn write_hold(
    fleet: &Fleet,
    session: &SessionName,
    hold: Option<HoldFile>,
) -> Result<Option<HoldFile>, String> {
    let path = fleet.hold_file(session);
    let Some(hold) = hold else {
        return told("removed", &path, whole::remove(&path)).map(|()| None);
    };
    let text = json!({ "until": seconds(hold.until), "nudges": hold.probes }).to_string();
    let written = whole::write(&path, format!("{text}\n").as_bytes());
    told("written", &path, written)?;
    parse_hold(&text).map(Some)
}

/// Seconds since 1970, with a fraction only where there is one.
fn seconds(time: Timestamp) -> Value {
    let milliseconds = time.as_millisecond();
    if milliseconds % 1000 == 0 {
        json!(milliseconds / 1000)
    } else {
        json!(milliseconds as f64 / 1000.0)
    }
}

fn told(what: &str, path: &Path, result: io::Result<()>) -> Result<(), String> {
    result.map_err(|error| format!("{} cannot be {what}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
