//! What is told: to people over the event stream, and to the journal.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tmux_control::PaneId;

use super::unit::Judgement;
use super::{Ending, Purpose, Receipt, Reply, UnitName};
use crate::detect;

/// Why a unit is started anew without a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its process ended; how stands in the [`Fact::Death`] before.
    Died(Option<i32>),
    /// It ended with 0, which is no failure.
    Finished,
    /// Its pane or its server went away.
    LostPane,
    /// It could not be started.
    NotStarted,
    /// Its screen shows that the session cannot go on.
    Fatal(Vec<String>),
    /// Its screen shows that its conversation is full: a new one begins.
    Full(Vec<String>),
    /// It has been silent for so long, or past the time that it named.
    Stalled(Stall),
    /// Its pane runs another program.
    WrongProgram {
        /// What runs.
        runs: String,
        /// What should.
        expected: String,
    },
    /// Its conversation could not be taken up again.
    BadResume,
    /// The loop goes on to another phase.
    Phase(String),
    /// The usage limit that it waited out is over.
    LimitOver,
    /// It comes after the last phase.
    OnComplete,
    /// It is wanted and does not run: the watchdog was away, or it was added to the config.
    Missing,
}

/// How an agent has stalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stall {
    /// It showed no activity for so long.
    Silent(Duration),
    /// It said that it waits until then, and a grace time has passed.
    Overslept(Timestamp),
}

/// Where the end of a hold comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The agent's screen names it, in these words.
    Banner(String),
    /// Nothing that can be trusted names it.
    Guess,
    /// It is a cap on spending, which does not end by itself.
    Cap,
    /// The hold's file says so.
    File,
}

/// What became of a text for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Post {
    /// It waits until the unit can take it.
    Queued,
    /// It is being typed.
    Typing,
    /// It was typed, or not.
    Receipt(Receipt),
    /// The watchdog ended while it was typed: it may have arrived, and is not sent again.
    Unknown,
    /// Too many texts wait: the oldest was dropped.
    Dropped,
    /// It is of no use any more.
    Withdrawn,
}

/// Something that happened or was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A process was started.
    Start {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
    },
    /// A process that already ran was taken over.
    Adopt {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
    },
    /// A start failed.
    StartFailed {
        /// The unit.
        unit: UnitName,
        /// Why.
        reason: String,
    },
    /// A process ended.
    Death {
        /// The unit.
        unit: UnitName,
        /// Its pane.
        pane: PaneId,
        /// Its process.
        pid: i32,
        /// How it ended.
        ending: Ending,
    },
    /// A restart was decided on.
    Restart {
        /// The unit.
        unit: UnitName,
        /// The how-manieth that still counts; 0 for one that costs nothing.
        attempt: u32,
        /// How long it waits.
        delay: Duration,
        /// What made it necessary.
        cause: Cause,
    },
    /// A unit has failed for good: a person has to look.
    GaveUp {
        /// The unit.
        unit: UnitName,
        /// Why, a part of a sentence.
        reason: String,
    },
    /// A person's wish; none: for the whole fleet.
    Wanted {
        /// The unit.
        unit: Option<UnitName>,
        /// Whether it should run.
        up: bool,
    },
    /// A person wants nothing done about a unit, or again; none: about the whole fleet.
    Paused {
        /// The unit.
        unit: Option<UnitName>,
        /// Whether nothing is done.
        paused: bool,
    },
    /// A person had a unit's failures forgotten.
    Reset {
        /// The unit.
        unit: UnitName,
    },
    /// A unit's state changed.
    State {
        /// The unit.
        unit: UnitName,
        /// Before.
        from: Judgement,
        /// Now.
        to: Judgement,
        /// What its screen showed last, with the signal and the rows that tell it.
        shown: Option<detect::Fact>,
    },
    /// What would be done if this were no dry run.
    Would {
        /// The unit.
        unit: Option<UnitName>,
        /// What, a part of a sentence.
        what: String,
    },
    /// Several units failed at once: healing pauses, and one goes first.
    Storm {
        /// Which.
        units: Vec<UnitName>,
        /// The tmux server went away.
        server: bool,
    },
    /// This unit goes first.
    Canary {
        /// The unit.
        unit: UnitName,
    },
    /// All units of the incident have been started.
    StormOver,
    /// An agent needs a person, who has to log in: no restart cures that.
    NeedsLogin {
        /// The unit.
        unit: UnitName,
        /// The rows that say so.
        rows: Vec<String>,
    },
    /// A usage limit is waited out.
    Hold {
        /// Who showed it.
        unit: UnitName,
        /// The account, where several agents share it.
        account: Option<String>,
        /// Until when nothing is done; none: until a person has seen to it.
        until: Option<Timestamp>,
        /// Where that comes from.
        source: Source,
        /// The rows that show the limit.
        rows: Vec<String>,
    },
    /// A hold is over.
    Lifted {
        /// Who showed that.
        unit: UnitName,
        /// The account, where several agents share it.
        account: Option<String>,
        /// How it is known, a part of a sentence.
        how: String,
    },
    /// A probe is sent.
    Probe {
        /// To whom.
        unit: UnitName,
        /// The how-manieth of this hold.
        number: u32,
    },
    /// A limit goes on though its time is over.
    StillLimited {
        /// Who shows it.
        unit: UnitName,
        /// How many probes were sent.
        probes: u32,
        /// Since when it is held.
        since: Timestamp,
        /// Until when it is held now.
        until: Timestamp,
    },
    /// An agent has stalled.
    Stalled {
        /// The unit.
        unit: UnitName,
        /// How.
        stall: Stall,
        /// What is done, a part of a sentence.
        done: String,
    },
    /// An agent says that it waits for longer than it may.
    WaitsTooLong {
        /// The unit.
        unit: UnitName,
        /// What it says.
        until: Timestamp,
        /// What it is held to.
        held_to: Timestamp,
    },
    /// A text for a unit waits, is typed, or was.
    Post {
        /// The unit.
        unit: UnitName,
        /// Why it is typed.
        purpose: Purpose,
        /// The text, where it is known.
        text: Option<String>,
        /// What became of it.
        post: Post,
    },
    /// A dialog is answered, or was.
    Answer {
        /// The unit.
        unit: UnitName,
        /// The dialog.
        dialog: String,
        /// What is so.
        reply: Reply,
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
    /// What comes after the last phase is started; none: there is nobody to start.
    OnComplete {
        /// Whom.
        run: Option<UnitName>,
    },
    /// Work was handed over.
    Handoff {
        /// To whom.
        unit: UnitName,
        /// What, a part of a sentence.
        what: String,
        /// The subjects of the commits.
        subjects: Vec<String>,
    },
    /// Something of the fleet's cannot be done, or can be again: the remote, a file.
    Trouble {
        /// What it is about, a word.
        about: String,
        /// What is wrong; none: nothing any more.
        reason: Option<String>,
    },
    /// Something to tell about a unit.
    Told {
        /// The unit.
        unit: UnitName,
        /// A sentence without a full stop.
        text: String,
    },
}
