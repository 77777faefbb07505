//! The `[loop]` table: agents that work through a sequence of phases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::backend::Pattern;
use super::git_name::GitName;
use super::names::AgentName;

/// The `[loop]` table with every default in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// The phases, in order; may be empty.
    pub phases: Vec<Phase>,
    /// The file with the number of the current phase, counted from 0.
    pub state_file: PathBuf,
    /// What a line of a status file starts with when its phase is done.
    pub done_marker: String,
    /// Text before the role's prompt, with slots.
    pub kickoff_template: Option<PathBuf>,
    /// The directory with a `ROLE.md` for each role.
    pub roles_dir: PathBuf,
    /// Whether a phase that is done leads to the next.
    pub auto_advance: bool,
    /// Written by people who want to start over; it changes nothing.
    pub resume_phase: Option<bool>,
    /// How the loop agents tell each other of their work.
    pub handoff: Option<Handoff>,
    /// What comes after the last phase.
    pub on_complete: Option<OnComplete>,
    /// Where status files are looked for: the hand-off's repository, else the project.
    pub status_repo: PathBuf,
    /// The directory in it that is tried first.
    pub status_subdir: String,
}

/// One of `[[loop.phases]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// What people call it.
    pub id: String,
    /// The name of its status file.
    pub status: String,
    /// Its plan, for the template and for people.
    pub plan: Option<String>,
    /// The model of each role in this phase, where it differs.
    pub models: BTreeMap<String, String>,
}

/// The `[loop.handoff]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// The git repository that both sides push to.
    pub repo: PathBuf,
    /// The remote of it that is looked at: `origin` by default.
    pub remote: GitName,
    /// The branch of the remote that both sides push to: `main` by default.
    pub branch: GitName,
    /// The directory in it with status files and inboxes.
    pub state_subdir: String,
    /// Subjects of commits that claim a gate.
    pub claim_pattern: Pattern,
    /// Subjects of commits that review one.
    pub review_pattern: Pattern,
    /// Who hears of a claim.
    pub claim_pings: AgentName,
    /// Who hears of a review.
    pub review_pings: AgentName,
    /// The file that speaks to [`Handoff::claim_pings`].
    pub claim_inbox: Option<String>,
    /// The file that speaks to [`Handoff::review_pings`].
    pub review_inbox: Option<String>,
}

/// The `[loop.on_complete]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnComplete {
    /// The agent to start, even a disabled one.
    pub run: Option<AgentName>,
    /// A file in the log directory that is removed first.
    pub trigger_file: PathBuf,
}
