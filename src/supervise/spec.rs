//! What the supervisor has to know of a config.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::UnitName;

/// Everything that the config says of whom to look after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetSpec {
    /// Agents, then services, in the order of the file.
    pub units: Vec<UnitSpec>,
    /// The sequence of phases, if there is one.
    pub sequence: Option<SequenceSpec>,
    /// How agents hand work to each other, if they do.
    pub handoff: Option<HandoffSpec>,
}

/// What kind of thing a unit is, as far as decisions depend on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// Stays for ever: `persistent`, `orchestrator`, and words of a person's own.
    #[default]
    Resident,
    /// Works through the phases.
    Loop,
    /// Has an end: once it ended with 0 it is done.
    Task,
    /// A service: any command line.
    Service,
}

/// How far ao cares for a unit by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Care {
    /// Not at all.
    #[default]
    None,
    /// Brings it back.
    Heal,
    /// Brings it back, and looks for stalls.
    HealAndStall,
}

/// What is done about an agent that has stalled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StallAction {
    /// It is started anew.
    #[default]
    Restart,
    /// It is nudged once, and started anew when it stalls again.
    Nudge,
    /// It is told of, and left alone.
    Tell,
}

/// An agent or a service in the config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitSpec {
    /// Its name.
    pub name: UnitName,
    /// What it is.
    pub kind: UnitKind,
    /// Whether `up` without names means it too.
    pub enabled: bool,
    /// How far ao cares for it.
    pub care: Care,
    /// Whose usage limits it shares; none: its own.
    pub account: Option<String>,
    /// Whether its screen can show that it works (`active_re` and the like). Where it cannot, all
    /// output counts as activity.
    pub shows_activity: bool,
    /// How long it may be silent before it has stalled.
    pub stall_idle: Duration,
    /// What is done then.
    pub stall_action: StallAction,
    /// How often it is woken.
    pub wake: Option<Duration>,
    /// It is spoken to as one who stays, not as one who loops through phases.
    pub resident_voice: bool,
    /// The dialogs of it that are answered without asking a person, by name.
    #[serde(default)]
    pub answers: BTreeSet<String>,
}

impl UnitSpec {
    /// An agent of this name that is enabled and not watched.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: UnitName::new(name),
            kind: UnitKind::Resident,
            enabled: true,
            care: Care::None,
            account: None,
            shows_activity: true,
            stall_idle: Duration::from_secs(300),
            stall_action: StallAction::Restart,
            wake: None,
            resident_voice: true,
            answers: BTreeSet::new(),
        }
    }
}

/// A sequence of phases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceSpec {
    /// The phases' ids, in order; never empty.
    pub phases: Vec<String>,
    /// Whether a phase that is done leads to the next.
    pub auto_advance: bool,
    /// Which agent is started after the last phase, even a disabled one.
    pub on_complete: Option<UnitName>,
    /// Whether there is anything to do after the last phase.
    pub has_on_complete: bool,
}

/// How agents hand work to each other over a git remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffSpec {
    /// Names the repository, the remote and the branch: what is remembered of another one means
    /// nothing here.
    pub place: String,
    /// Who hears of a claim, and of the first inbox.
    pub claim_pings: UnitName,
    /// Who hears of a review, and of the second inbox.
    pub review_pings: UnitName,
    /// The inbox files as agents find them in the repository: that of `claim_pings`, that of
    /// `review_pings`.
    pub inboxes: [Option<String>; 2],
}
