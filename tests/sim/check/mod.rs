//! The promises, and what is true: each thing that the supervisor asks for is held against it.
//!
//! The truth is kept by the world's own rules. What people asked for, what was typed and seen to
//! arrive, which limits were told of: all that has to outlive a watchdog that is killed, as long as
//! the disk kept what it was given.

mod acts;
mod announced;
mod answers;
mod audit;
mod heard;
mod sequence;
mod typing;

use std::collections::BTreeMap;
use std::time::Duration;

use ao::supervise::Done;
use jiff::Timestamp;

/// What must hold at every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// A limited agent is never restarted without a person's word, nor a dead one before its hold
    /// is over.
    LimitedIsNotRestarted,
    /// An unwanted agent is never started.
    UnwantedIsNotStarted,
    /// Nothing is sent twice that was seen to arrive.
    NothingIsSentTwice,
    /// No agent is left unhealed longer than its policy allows.
    TheIllAreHealed,
    /// Budgets are never exceeded.
    BudgetsHold,
    /// Nothing is done that is not told.
    EveryActIsTold,
    /// There are never two of one agent.
    NoTwins,
    /// Nothing is typed where it does not belong.
    NothingIsTypedBlindly,
    /// At most so many start at a time.
    NotAllAtOnce,
    /// What is paused is left alone.
    PausedIsLeftAlone,
    /// A hold has an end, survives, and is probed after its end and not before.
    HoldsHold,
    /// One wake for each interval or gap, and none where it does not belong.
    WakesComeOnce,
    /// Phases are gone through one after the other, on their own kickoffs, to the end.
    PhasesInOrder,
    /// What was pushed is told to whom it is for.
    WhatIsPushedIsTold,
    /// A dialog is answered only as the config says, while it stands there, and not for ever.
    DialogsAreAnswered,
    /// A conversation that is full is not taken up again.
    TheFullBeginAnew,
    /// Time passes, and queues are bounded.
    NoBusyLoop,
}

/// Which acts of a unit were explained to people since the last call that acted so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Explained {
    pub(crate) start: bool,
    pub(crate) end: bool,
    pub(crate) typed: bool,
    pub(crate) hold: bool,
    pub(crate) answer: bool,
}

/// What is true of a unit.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnitTruth {
    /// What was asked for by name, or with the whole fleet.
    pub(crate) wanted: Option<bool>,
    pub(crate) paused: bool,
    /// A task that ended with 0.
    pub(crate) done: bool,
    /// It was said to have failed for good.
    pub(crate) latched: bool,
    /// A person's word that it should start, or start anew, is not fulfilled yet.
    pub(crate) word: bool,
    /// The loop moves to another phase, or ends, and this one goes along.
    pub(crate) moved: bool,
    /// A person started it though the sequence is complete.
    pub(crate) kept: bool,
    /// Its last end was a failure of its own.
    pub(crate) costly: bool,
    /// When it was started after a failure of its own, awake.
    pub(crate) spent: Vec<Duration>,
    /// It showed a limit when it ended.
    pub(crate) limited: bool,
    pub(crate) explained: Explained,
    /// A probe of its account was told, and not yet what it came to.
    pub(crate) probed: bool,
    /// What was done in this call.
    pub(crate) acted: Explained,
    /// When it was last woken: awake, and by the wall clock.
    pub(crate) woken: Option<(Duration, Timestamp)>,
    /// Since when it waits to be woken.
    pub(crate) wakes_from: Option<(Duration, Timestamp)>,
    /// Its conversation was said to be full, and it has not begun another since.
    pub(crate) full: bool,
    /// Since it last worked, how often a dialog was gone after an answer, and how often in a row one
    /// was answered in vain.
    pub(crate) answers: (u32, u32),
    /// It was said that a person has to answer.
    pub(crate) left: bool,
    /// When it last showed a dialog, awake, and which.
    pub(crate) dialog: Option<(Duration, String)>,
    /// For how many audits a dialog has stood there that has an answer.
    pub(crate) unanswered: u32,
    /// For how many audits it has needed to be healed, in vain.
    pub(crate) ill: u32,
    /// For how many audits a wake was due and could have been typed.
    pub(crate) unwoken: u32,
    /// For how many audits its kickoff has been that of another phase.
    pub(crate) astray: u32,
}

/// Until when an account is held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HoldTruth {
    pub(crate) until: Timestamp,
    /// The wall clock was not set since that was told.
    pub(crate) firm: bool,
    /// A person wrote it.
    pub(crate) edited: bool,
}

/// What can be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Claim,
    Review,
    Inbox(usize),
}

impl Topic {
    pub(crate) const ALL: [Topic; 4] = [Self::Claim, Self::Review, Self::Inbox(0), Self::Inbox(1)];

    pub(crate) fn place(self) -> usize {
        match self {
            Self::Claim => 0,
            Self::Review => 1,
            Self::Inbox(which) => 2 + which,
        }
    }
}

/// How far something that is handed over has come; numbers count what was ever pushed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Handed {
    /// The last that the supervisor heard of.
    pub(crate) told: u64,
    /// The last that it heard of before it last typed.
    pub(crate) typed: u64,
    /// The last that was seen to arrive.
    pub(crate) landed: u64,
    /// For how many audits one waits that could have been typed.
    pub(crate) unserved: u32,
}

/// Where the sequence of phases is allowed to go.
#[derive(Debug, Clone, Default)]
pub(crate) struct SequenceTruth {
    /// Since when each phase's file has been as it is, awake.
    pub(crate) marked: Vec<Duration>,
    /// Where a person sent it.
    pub(crate) asked: Option<usize>,
    /// Where it was said to go.
    pub(crate) going: Option<usize>,
    /// It is on its way there.
    pub(crate) moving: bool,
    /// What comes after the end may be started so often.
    pub(crate) runs: u32,
    /// For how many audits it should have moved.
    pub(crate) stuck: u32,
}

/// What is true.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truth {
    pub(crate) units: Vec<UnitTruth>,
    /// What was asked of the whole fleet.
    pub(crate) fleet: Option<bool>,
    pub(crate) paused: bool,
    /// Until when each account is held, by the wall clock, as it was told.
    pub(crate) holds: BTreeMap<usize, HoldTruth>,
    pub(crate) handed: [Handed; 4],
    pub(crate) sequence: SequenceTruth,
    /// An incident is being dealt with, since when.
    pub(crate) storm: Option<Duration>,
    /// When a watchdog last came up, awake; how often is in `births`.
    pub(crate) born: Duration,
    pub(crate) births: Vec<Duration>,
    /// When the wall clock last jumped, awake.
    pub(crate) jumped: Option<Duration>,
    /// Memory was lost in this night.
    pub(crate) amnesia: bool,
    /// For how many audits a hold has been over without a probe, by account.
    pub(crate) unprobed: BTreeMap<usize, u32>,
    /// How often a screen was looked at since the last audit.
    pub(crate) looks: u32,
    /// How many steps there were at the last audit.
    pub(crate) audited: u64,
}

impl Truth {
    pub(crate) fn new(units: usize) -> Self {
        Self {
            units: vec![UnitTruth::default(); units],
            ..Self::default()
        }
    }

    /// What a watchdog that was killed could not remember is not true any more.
    pub(crate) fn take_back(&mut self, before: Truth) {
        let births = std::mem::take(&mut self.births);
        let (born, jumped) = (self.born, self.jumped);
        let (marked, audited) = (std::mem::take(&mut self.sequence.marked), self.audited);
        *self = before;
        self.births = births;
        self.born = born;
        self.jumped = jumped;
        self.sequence.marked = marked;
        self.audited = audited;
    }

    /// Memory was lost: what depends on it counts from here.
    pub(crate) fn tainted(&mut self, awake: Duration) {
        self.amnesia = true;
        self.jumped = Some(awake);
        for handed in &mut self.handed {
            handed.unserved = 0;
        }
        self.sequence.runs += 1;
    }

    /// A call is over: what was done in it is explained, and the next of its kind is not yet.
    pub(crate) fn end_call(&mut self) {
        for unit in &mut self.units {
            let acted = std::mem::take(&mut unit.acted);
            let explained = &mut unit.explained;
            explained.start &= !acted.start;
            explained.end &= !acted.end;
            explained.typed &= !acted.typed;
            explained.hold &= !acted.hold;
        }
    }

    /// A watchdog comes up.
    pub(crate) fn born(&mut self, awake: Duration) {
        self.born = awake;
        self.births.push(awake);
        self.storm = None;
    }

    /// The machine was started anew: restarts before that do not count.
    pub(crate) fn rebooted(&mut self, awake: Duration) {
        self.jumped = Some(awake);
        for unit in &mut self.units {
            unit.spent.clear();
        }
    }

    /// The wall clock jumps.
    pub(crate) fn gap(&mut self, awake: Duration) {
        self.jumped = Some(awake);
    }

    /// The wall clock was set: what was told of holds by it may be worked out anew.
    pub(crate) fn clock_was_set(&mut self, awake: Duration) {
        self.gap(awake);
        for hold in self.holds.values_mut() {
            hold.firm = false;
        }
    }

    /// An account is held, as it is told.
    pub(crate) fn hold(&mut self, account: usize, until: Timestamp) {
        let edited = false;
        self.holds.insert(
            account,
            HoldTruth {
                until,
                firm: true,
                edited,
            },
        );
        self.unprobed.remove(&account);
    }

    /// The config says something else.
    pub(crate) fn edited(&mut self, awake: Duration) {
        self.jumped = Some(awake);
    }

    /// The status file of a phase says something else.
    pub(crate) fn marked(&mut self, phase: usize, _done: Done, awake: Duration) {
        let marked = &mut self.sequence.marked;
        if marked.len() <= phase {
            marked.resize(phase + 1, Duration::ZERO);
        }
        marked[phase] = awake;
    }

    pub(crate) fn phase_appended(&mut self) {
        self.sequence.stuck = 0;
    }
}
