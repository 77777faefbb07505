//! What a start of an agent runs. Pure: files are named, not read or written.

use std::path::PathBuf;
use std::time::Duration;

use super::agent::{Agent, Service};
use super::backend::SubmitKey;
use super::environment::Environment;
use super::loops::Phase;
use super::names::ResumeId;

/// What a start needs to know beside the config.
#[derive(Debug, Clone)]
pub struct LaunchInput<'a> {
    /// The current phase, for an agent of kind `loop`.
    pub phase: Option<&'a Phase>,
    /// The prompt, from [`super::read_prompt`].
    pub prompt: String,
    /// Where the prompt will be by the time that the command runs, absolute; from
    /// [`super::Fleet::kickoff_file`].
    pub kickoff_path: PathBuf,
    /// The conversation to take up again, from [`super::read_resume_id`].
    pub resume_id: Option<ResumeId>,
}

/// A text to type into the fresh program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// One line without control characters. Bytes, since a path need not be UTF-8.
    pub text: Vec<u8>,
    /// What submits it.
    pub submit_key: SubmitKey,
    /// The longest wait for the program's screen to stand still before it is typed.
    pub wait_at_most: Duration,
}

/// What a start does.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The line for a shell of the POSIX family. Bytes, since a path need not be UTF-8.
    pub line: Vec<u8>,
    /// The working directory; make it if it is missing.
    pub dir: PathBuf,
    /// The variables of the config.
    pub env: Environment,
    /// What the kickoff file must hold before the line runs; `None` for a service.
    pub kickoff: Option<Vec<u8>>,
    /// What is typed once it runs.
    pub typed: Option<Typed>,
    /// What runs, for people: `claude, kind=loop, phase=2, model=default`.
    pub summary: String,
}

/// What a start of this agent runs.
pub fn launch(agent: &Agent, input: &LaunchInput<'_>) -> Launch {
    let _ = (agent, input);
    todo!()
}

/// What a start of this service runs.
pub fn launch_service(service: &Service) -> Launch {
    let _ = service;
    todo!()
}
