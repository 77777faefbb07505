//! What is read from disk at the start of an agent, not before: prompt files, the resume id, the
//! number of the phase.

use std::io;
use std::path::Path;

use super::agent::{Agent, PromptSource, Wake};
use super::file;
use super::fleet::Fleet;
use super::loops::Phase;
use super::names::ResumeId;

/// Longer prompts are no prompts.
const PROMPT_MAX: u64 = 64 * 1024 * 1024;

/// A number or an id, with room for what people leave around it.
const SMALL_FILE_MAX: u64 = 4096;

/// Why an agent cannot be started now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}\nhint: {hint}")]
pub struct StartError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What was read, and what was odd about it: sentences for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed<T> {
    /// The value.
    pub value: T,
    /// What a person should hear about it.
    pub warnings: Vec<String>,
}

/// The first prompt of an agent. What is not UTF-8, and every NUL, becomes U+FFFD, with a warning.
///
/// # Errors
/// A file is missing, cannot be read, or the prompt is over 64 MiB.
pub fn read_prompt(agent: &Agent, phase: Option<&Phase>) -> Result<Observed<String>, StartError> {
    let mut warnings = Vec::new();
    let mut value = match &agent.prompt {
        PromptSource::Empty => String::new(),
        PromptSource::Text(text) => text.clone(),
        PromptSource::File(path) => read_text(path, "the prompt_file", &mut warnings)?,
        PromptSource::Role { template, file } => {
            let mut prompt = String::new();
            if let Some(template) = template {
                let text = read_text(template, "the kickoff_template", &mut warnings)?;
                prompt = fill_template(&text, agent, phase);
            }
            prompt.push_str(&read_text(file, "the role's prompt", &mut warnings)?);
            prompt
        }
    };
    if value.len() as u64 > PROMPT_MAX {
        return Err(StartError {
            message: format!(
                "the prompt of {} is larger than {} MiB",
                agent.name,
                PROMPT_MAX >> 20
            ),
            hint: "let the prompt name a file that the agent reads".to_owned(),
        });
    }
    if value.contains('\0') {
        value = value.replace('\0', "\u{fffd}");
        warnings.push(format!(
            "the prompt of {} holds NULs; they were replaced",
            agent.name
        ));
    }
    Ok(Observed { value, warnings })
}

fn read_text(path: &Path, what: &str, warnings: &mut Vec<String>) -> Result<String, StartError> {
    let bytes = file::read(path, PROMPT_MAX).map_err(|error| StartError {
        message: format!("{what} {} cannot be read: {error}", path.display()),
        hint: "paths of the config are relative to the project's directory".to_owned(),
    })?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        warnings.push(format!(
            "{what} {} is not UTF-8; the odd bytes were replaced",
            path.display()
        ));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    }))
}

/// Fills the slots of a template in one pass: what a value holds is not looked at again, and slots
/// that are not known stay.
fn fill_template(template: &str, agent: &Agent, phase: Option<&Phase>) -> String {
    let slots = [
        ("{phase_id}", phase.map_or("", |phase| &phase.id)),
        (
            "{plan}",
            phase
                .and_then(|phase| phase.plan.as_deref())
                .unwrap_or_default(),
        ),
        ("{status}", phase.map_or("", |phase| &phase.status)),
        ("{role}", agent.role.as_deref().unwrap_or_default()),
    ];
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(brace) = rest.find('{') {
        filled.push_str(&rest[..brace]);
        rest = &rest[brace..];
        match slots.iter().find(|(slot, _)| rest.starts_with(slot)) {
            Some((slot, value)) => {
                filled.push_str(value);
                rest = &rest[slot.len()..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The text that an agent is woken with: the words of its file, on one line.
///
/// # Errors
/// The file is missing or cannot be read.
pub fn read_wake(wake: &Wake) -> Result<String, StartError> {
    let text = read_text(&wake.prompt_file, "the wake's prompt_file", &mut Vec::new())?;
    let words = text.split_whitespace();
    let words: Vec<&str> = words.collect();
    Ok(words.join(" ").replace(char::is_control, "\u{fffd}"))
}

/// The conversation that an agent can take up again: none unless the agent and its backend both
/// ask for it. An id that is not valid is warned about, and the agent starts afresh.
pub fn read_resume_id(fleet: &Fleet, agent: &Agent) -> Observed<Option<ResumeId>> {
    let mut read = Observed {
        value: None,
        warnings: Vec::new(),
    };
    if !agent.may_resume() {
        return read;
    }
    let path = fleet.resume_file(&agent.name);
    let Some(text) = read_small(&path, &mut read.warnings) else {
        return read;
    };
    if text.trim().is_empty() {
        return read;
    }
    match ResumeId::new(text.trim()) {
        Ok(id) => read.value = Some(id),
        Err(error) => read.warnings.push(format!(
            "the resume id in {} is not used, and {} starts afresh: an id {error}",
            path.display(),
            agent.name
        )),
    }
    read
}

/// The current phase, and its number counted from 0; `None` without phases. What is missing or
/// no number counts as 0; what is out of range is warned about, and the nearest phase is taken.
pub fn current_phase(fleet: &Fleet) -> Observed<Option<(usize, &Phase)>> {
    let mut read = Observed {
        value: None,
        warnings: Vec::new(),
    };
    let Some(loop_) = fleet
        .loop_
        .as_ref()
        .filter(|loop_| !loop_.phases.is_empty())
    else {
        return read;
    };
    let last = loop_.phases.len() - 1;
    let text = read_small(&loop_.state_file, &mut read.warnings).unwrap_or_default();
    let text = text.trim();
    let shown = loop_.state_file.display();
    let index = match text.parse::<i128>() {
        Ok(number) => {
            let index = usize::try_from(number.clamp(0, last as i128)).unwrap_or(0);
            if index as i128 != number {
                read.warnings.push(format!(
                    "there is no phase {number} (in {shown}); {index} is taken, of 0 to {last}"
                ));
            }
            index
        }
        Err(_) => {
            if !text.is_empty() {
                read.warnings
                    .push(format!("{shown} holds no number; the phase is 0"));
            }
            0
        }
    };
    read.value = Some((index, &loop_.phases[index]));
    read
}

/// A file of one line; `None` when there is none, or when it cannot be read, which is warned about.
fn read_small(path: &Path, warnings: &mut Vec<String>) -> Option<String> {
    match file::read(path, SMALL_FILE_MAX) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            warnings.push(format!("{} cannot be read: {error}", path.display()));
            None
        }
    }
}
