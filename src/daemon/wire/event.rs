//! The event stream, as it is sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Source, State, Wanted};

/// One line of `ao events --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// [`super::VERSION`].
    pub version: u32,
    /// Rises by one; a hole means that events were missed. Starts anew with the daemon.
    pub seq: u64,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// A process was started.
    Start {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: String,
        /// Its process.
        pid: i32,
    },
    /// A process that already ran was taken over.
    Adopt {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: String,
        /// Its process.
        pid: i32,
    },
    /// A start failed.
    StartFailed {
        /// The agent or service.
        agent: String,
        /// Why.
        reason: String,
    },
    /// A process ended.
    Death {
        /// The agent or service.
        agent: String,
        /// Its pane.
        pane: Option<String>,
        /// Its process.
        pid: Option<i32>,
        /// The exit status, or 128 + the number of the signal.
        exit_status: Option<i32>,
        /// Why there is no exit status, or what ended it.
        exit_reason: Option<String>,
    },
    /// A restart was decided on.
    Restart {
        /// The agent or service.
        agent: String,
        /// The how-manieth within the time that counts, from 1; 0 for one that costs nothing.
        attempt: u32,
        /// In so many milliseconds.
        delay_ms: u64,
        /// What made it necessary.
        cause: String,
        /// The rows that showed it.
        #[serde(default)]
        rows: Vec<String>,
    },
    /// It has failed for good: a person has to look.
    GaveUp {
        /// The agent or service.
        agent: String,
        /// Why, a part of a sentence.
        reason: String,
    },
    /// A person asked for something.
    Wanted {
        /// The agent or service; null for the whole fleet.
        agent: Option<String>,
        /// What was asked for.
        wanted: Wanted,
    },
    /// A state changed.
    State {
        /// The agent or service.
        agent: String,
        /// The state before.
        from: State,
        /// The state now.
        to: State,
        /// What showed it.
        signal: Option<String>,
        /// The rows that showed it.
        rows: Vec<String>,
        /// Which dialog stands on the screen.
        #[serde(default)]
        dialog: Option<String>,
        /// What a signal that lost says instead.
        #[serde(default)]
        contradicts: Option<Contradiction>,
    },
    /// A person wants nothing done by itself, or again.
    Paused {
        /// The agent or service; null for the whole fleet.
        agent: Option<String>,
        /// Whether nothing is done.
        paused: bool,
    },
    /// A person had failures forgotten.
    Reset {
        /// The agent or service.
        agent: String,
    },
    /// What would be done if this were no dry run.
    Would {
        /// The agent or service; null when it is about the fleet.
        agent: Option<String>,
        /// What, a part of a sentence.
        text: String,
    },
    /// Several failed at once: healing pauses, and one goes first.
    Storm {
        /// Which agents and services.
        agents: Vec<String>,
        /// The tmux server went away.
        server: bool,
    },
    /// The one that goes first.
    Canary {
        /// The agent or service.
        agent: String,
    },
    /// All of the incident were started.
    StormOver,
    /// A usage limit is waited out.
    Limit {
        /// Who showed it.
        agent: String,
        /// The account, where several agents share it.
        account: Option<String>,
        /// Until when nothing is done; null: until a person has seen to it.
        until: Option<Timestamp>,
        /// Where that time comes from.
        source: Source,
        /// The words of the banner that names it.
        banner: Option<String>,
        /// The rows that show the limit.
        rows: Vec<String>,
    },
    /// A usage limit is over.
    Lifted {
        /// Who showed that.
        agent: String,
        /// The account, where several agents share it.
        account: Option<String>,
        /// How it is known, a part of a sentence.
        how: String,
    },
    /// An agent is asked whether its limit is over.
    Probe {
        /// The agent.
        agent: String,
        /// The how-manieth of this hold, from 1.
        number: u32,
    },
    /// A limit goes on though its time is over.
    StillLimited {
        /// Who shows it.
        agent: String,
        /// How many probes were sent.
        probes: u32,
        /// Since when it is held.
        since: Timestamp,
        /// Until when it is held now.
        until: Timestamp,
    },
    /// An agent has stalled.
    Stall {
        /// The agent.
        agent: String,
        /// It showed no activity for so many milliseconds; null when it overslept.
        silent_ms: Option<u64>,
        /// It said that it waits until then, and a grace time has passed.
        overslept: Option<Timestamp>,
        /// What is done, a part of a sentence.
        done: String,
    },
    /// An agent says that it waits for longer than it may.
    WaitsTooLong {
        /// The agent.
        agent: String,
        /// What it says.
        until: Timestamp,
        /// What it is held to.
        held_to: Timestamp,
    },
    /// An agent wants a person to log in, which no restart cures.
    Login {
        /// The agent.
        agent: String,
        /// The rows that say so.
        rows: Vec<String>,
    },
    /// A text for an agent waits, is typed, or was.
    Delivery {
        /// The agent.
        agent: String,
        /// Why it is typed: `ping`, `probe`, `resume`, `nudge` or `wake`.
        purpose: String,
        /// What became of it.
        outcome: Outcome,
        /// Why that became of it, a part of a sentence.
        reason: Option<String>,
        /// The text, where it is known.
        text: Option<String>,
    },
    /// A dialog is answered as the config says, or was.
    Answer {
        /// The agent.
        agent: String,
        /// The dialog's name.
        dialog: String,
        /// What became of it: `typing`, `landed` (the dialog is gone), `unconfirmed` (it still stands
        /// there), `waits`, `failed`, `unknown`, or `dropped` (it is left to a person).
        outcome: Outcome,
        /// The label of the option that was chosen.
        option: Option<String>,
        /// Why that became of it, a part of a sentence.
        reason: Option<String>,
    },
    /// Work was handed over.
    Handoff {
        /// To whom.
        agent: String,
        /// What, a part of a sentence.
        text: String,
        /// The subjects of the commits.
        subjects: Vec<String>,
    },
    /// The loop goes on to another phase.
    Phase {
        /// The phase that is left.
        from: Option<String>,
        /// The phase that begins.
        to: String,
        /// Why, a part of a sentence.
        why: String,
    },
    /// The last phase is done: the loop agents end.
    Complete {
        /// The last phase.
        last: String,
    },
    /// What comes after the last phase begins.
    OnComplete {
        /// Who is started; null when there is nobody to start.
        run: Option<String>,
    },
    /// Something of the fleet's cannot be done, or can be again: the remote, a file.
    Trouble {
        /// What it is about, a word.
        about: String,
        /// What is wrong; null: nothing any more.
        reason: Option<String>,
    },
    /// The connection to tmux came up, broke, or its server was replaced.
    Tmux {
        /// A sentence without a full stop.
        text: String,
    },
    /// The config was read again.
    Config {
        /// Whether it is in force now.
        accepted: bool,
        /// What changed, or the first mistake.
        text: String,
    },
    /// The watchdog says something about itself or an agent.
    Told {
        /// The agent or service; null when it is about the fleet.
        agent: Option<String>,
        /// A sentence without a full stop.
        text: String,
    },
}

impl What {
    /// Whom it is about: one agent or service, several, or none in particular.
    #[must_use]
    pub fn agents(&self) -> Vec<&str> {
        match self {
            Self::Start { agent, .. }
            | Self::Adopt { agent, .. }
            | Self::StartFailed { agent, .. }
            | Self::Death { agent, .. }
            | Self::Restart { agent, .. }
            | Self::GaveUp { agent, .. }
            | Self::State { agent, .. }
            | Self::Reset { agent }
            | Self::Canary { agent }
            | Self::Limit { agent, .. }
            | Self::Lifted { agent, .. }
            | Self::Probe { agent, .. }
            | Self::StillLimited { agent, .. }
            | Self::Stall { agent, .. }
            | Self::WaitsTooLong { agent, .. }
            | Self::Login { agent, .. }
            | Self::Delivery { agent, .. }
            | Self::Answer { agent, .. }
            | Self::Handoff { agent, .. } => vec![agent],
            Self::Wanted { agent, .. }
            | Self::Paused { agent, .. }
            | Self::Would { agent, .. }
            | Self::Told { agent, .. } => agent.as_deref().into_iter().collect(),
            Self::OnComplete { run } => run.as_deref().into_iter().collect(),
            Self::Storm { agents, .. } => agents.iter().map(String::as_str).collect(),
            Self::StormOver
            | Self::Phase { .. }
            | Self::Complete { .. }
            | Self::Trouble { .. }
            | Self::Tmux { .. }
            | Self::Config { .. } => Vec::new(),
        }
    }
}

/// What a signal that lost says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The signal.
    pub signal: String,
    /// The state that it tells.
    pub state: State,
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It waits until the agent can take it.
    Queued,
    /// It is being typed.
    Typing,
    /// It was seen to arrive.
    Landed,
    /// It was typed and submitted, and the screen does not tell whether it arrived.
    Unconfirmed,
    /// Nothing was typed, since it was no good moment; it goes on waiting.
    Waits,
    /// It did not arrive.
    Failed,
    /// There was nothing to type.
    Nothing,
    /// The watchdog ended while it was typed: it may have arrived, and is not sent again.
    Unknown,
    /// Too many texts wait, and the oldest was dropped.
    Dropped,
    /// It is of no use any more.
    Withdrawn,
}
