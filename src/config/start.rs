//! What is read from disk at the start of an agent, not before: prompt files, the resume id, the
//! number of the phase.

use super::agent::Agent;
use super::fleet::Fleet;
use super::loops::Phase;
use super::names::ResumeId;

/// Why an agent cannot be started now.
#[derive(Debug, thiserror::Error)]
#[error("{message}\nhint: {hint}")]
pub struct StartError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What was read, and what was odd about it: sentences for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// What a person should hear about it.
    pub warnings: Vec<String>,
}

/// The first prompt of an agent.
///
/// # Errors
/// A file is missing, cannot be read, or the prompt is over 8 MiB.
pub fn read_prompt(agent: &Agent, phase: Option<&Phase>) -> Result<Read<String>, StartError> {
    let _ = (agent, phase);
    todo!()
}

/// The conversation that an agent can take up again: none unless the agent and its backend both
/// ask for it. An id that is not valid is warned about, and the agent starts afresh.
pub fn read_resume_id(fleet: &Fleet, agent: &Agent) -> Read<Option<ResumeId>> {
    let _ = (fleet, agent);
    todo!()
}

/// The current phase, and its number counted from 0; `None` without phases. What is missing or
/// no number counts as 0; what is out of range is warned about, and the nearest phase is taken.
pub fn current_phase(fleet: &Fleet) -> Read<Option<(usize, &Phase)>> {
    let _ = fleet;
    todo!()
}
