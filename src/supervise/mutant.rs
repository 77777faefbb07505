//! Rules that can be broken on purpose, to see that the proof of the machine would notice.

use super::Policy;

/// One broken rule. No config can ask for it: only a test sets [`Policy::mutant`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// A dead agent is started though its usage limit holds.
    StartsTheLimited,
    /// What nobody wants is healed too.
    HealsTheUnwanted,
    /// A ping that was seen to arrive is sent again.
    PingsTwice,
    /// A fatal screen is not acted upon.
    LeavesTheFatal,
    /// Restarts are not counted.
    SpendsWithoutEnd,
    /// Restarts are not told.
    RestartsInSilence,
    /// What lost its server is not ended before its twin is started.
    StartsTwins,
    /// Dialogs and logins are typed into.
    TypesIntoDialogs,
    /// Any number may start at a time.
    StartsAllAtOnce,
    /// A pause means nothing.
    ActsThroughPauses,
    /// A hold does not survive the watchdog.
    ForgetsHolds,
    /// A hold without a date has no end that anybody sees.
    HoldsForEver,
    /// Wakes come four times as often.
    WakesTooOften,
    /// A phase is skipped.
    SkipsPhases,
    /// Claims are not told.
    LosesClaims,
    /// It wants to be called at once, always.
    NeverRests,
    /// What people want is not written down.
    ForgetsWishes,
    /// Dialogs are answered that no config has an answer for.
    AnswersUnasked,
    /// A dialog is answered though it has gone, or another one stands there.
    AnswersTheGone,
    /// A dialog is answered again and again.
    AnswersWithoutEnd,
    /// A conversation that is full is taken up again.
    ResumesTheFull,
    /// A cap on spending is probed.
    ProbesTheCapped,
}

impl Policy {
    /// Whether this rule is broken on purpose.
    pub(super) fn breaks(&self, rule: Mutant) -> bool {
        self.mutant == Some(rule)
    }
}
