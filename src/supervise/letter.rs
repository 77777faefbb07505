//! Texts that are typed into agents, and what became of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text;

/// Why something is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Another agent handed work over.
    Ping,
    /// A usage limit may be over.
    Probe,
    /// The limit of the agent's account is over.
    Resume,
    /// It has stalled.
    Nudge,
    /// It is time for its regular turn.
    Wake,
}

impl Purpose {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Probe => "probe",
            Self::Resume => "resume",
            Self::Nudge => "nudge",
            Self::Wake => "wake",
        }
    }

    /// Whether it may be typed though the screen shows a usage limit.
    #[must_use]
    pub fn goes_through_limit(self) -> bool {
        matches!(self, Self::Probe | Self::Resume)
    }
}

/// What is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Why.
    pub purpose: Purpose,
    /// The text, one line; none for a wake, whose text is in the file that the config names.
    pub text: Option<String>,
}

impl Letter {
    pub(super) fn new(purpose: Purpose, text: String) -> Self {
        Self {
            purpose,
            text: Some(text),
        }
    }

    pub(super) fn wake() -> Self {
        Self {
            purpose: Purpose::Wake,
            text: None,
        }
    }

    pub(super) fn probe(resident: bool) -> Self {
        Self::new(Purpose::Probe, text::probe(resident))
    }
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Receipt {
    /// It was seen to arrive.
    Landed,
    /// It was typed and submitted, but the screen does not tell whether it arrived; why.
    Unconfirmed(String),
    /// Nothing was typed, since it is no good moment; why.
    Waits(String),
    /// It was typed, or tried to be, and did not arrive; why.
    Failed(String),
    /// There is nothing to type; why.
    Nothing(String),
}

/// What the file with a unit's hold says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldFile {
    /// Until when nothing is done about the unit.
    pub until: Timestamp,
    /// How many probes were sent.
    pub probes: u32,
}
