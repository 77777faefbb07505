//! Everything that can go wrong or happen, counted.

use std::collections::BTreeMap;

/// A kind of fault, or of thing that people and agents do. The ordinary run must meet each in many
/// of its nights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    // Agents.
    Dies,
    Finishes,
    Hangs,
    LimitBare,
    LimitDated,
    LimitZoned,
    LimitSpan,
    LimitWithoutReset,
    ResumesItself,
    IgnoresProbe,
    MisPaints,
    AsksForLogin,
    ShowsDialog,
    DialogVanishes,
    DialogComesAgain,
    DialogReset,
    AnswerGiven,
    AnswerInVain,
    AnswerWaits,
    LimitHard,
    CapRaised,
    ConversationFull,
    Retries,
    RetriesLong,
    Contradicts,
    FatalScreen,
    WrongProgram,
    StartsSlowly,
    FailsToStart,
    BadResumeId,
    WaitsNear,
    WaitsFar,
    Oversleeps,
    CrashLoop,
    // tmux.
    ServerDies,
    OutlivesServer,
    TmuxHangs,
    EventLost,
    PanePaused,
    ConnectionLost,
    PaneVanishes,
    PaneRespawned,
    // What is typed.
    TypingFails,
    TypingUnconfirmed,
    TypingWaits,
    // git.
    ClaimPushed,
    ReviewPushed,
    InboxLeft,
    GitSlow,
    GitGone,
    HistoryRewritten,
    // The disk.
    DiskFull,
    OlderMemory,
    WriteFails,
    // The clock.
    JumpsForward,
    JumpsBack,
    Suspends,
    SpringSwitch,
    AutumnSwitch,
    // The operator.
    SaysDown,
    SaysUp,
    SaysRestart,
    SaysReset,
    Pauses,
    SetsPhase,
    RemovesAgent,
    AddsAgent,
    EditsConfig,
    EditsHold,
    RemovesHold,
    // The sequence.
    PhaseDone,
    BareMarker,
    MarkerWithdrawn,
    PhasesAppended,
    // The watchdog.
    Killed,
    KilledBetweenActions,
    Reboots,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Kind; 77] = {
        use Kind::*;
        [
            Dies,
            Finishes,
            Hangs,
            LimitBare,
            LimitDated,
            LimitZoned,
            LimitSpan,
            LimitWithoutReset,
            ResumesItself,
            IgnoresProbe,
            MisPaints,
            AsksForLogin,
            ShowsDialog,
            DialogVanishes,
            DialogComesAgain,
            DialogReset,
            AnswerGiven,
            AnswerInVain,
            AnswerWaits,
            LimitHard,
            CapRaised,
            ConversationFull,
            Retries,
            RetriesLong,
            Contradicts,
            FatalScreen,
            WrongProgram,
            StartsSlowly,
            FailsToStart,
            BadResumeId,
            WaitsNear,
            WaitsFar,
            Oversleeps,
            CrashLoop,
            ServerDies,
            OutlivesServer,
            TmuxHangs,
            EventLost,
            PanePaused,
            ConnectionLost,
            PaneVanishes,
            PaneRespawned,
            TypingFails,
            TypingUnconfirmed,
            TypingWaits,
            ClaimPushed,
            ReviewPushed,
            InboxLeft,
            GitSlow,
            GitGone,
            HistoryRewritten,
            DiskFull,
            OlderMemory,
            WriteFails,
            JumpsForward,
            JumpsBack,
            Suspends,
            SpringSwitch,
            AutumnSwitch,
            SaysDown,
            SaysUp,
            SaysRestart,
            SaysReset,
            Pauses,
            SetsPhase,
            RemovesAgent,
            AddsAgent,
            EditsConfig,
            EditsHold,
            RemovesHold,
            PhaseDone,
            BareMarker,
            MarkerWithdrawn,
            PhasesAppended,
            Killed,
            KilledBetweenActions,
            Reboots,
        ]
    };
}

/// How often each kind was met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(BTreeMap<Kind, u32>);

impl Counts {
    pub(crate) fn hit(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// Adds one to each kind that another night has met.
    pub(crate) fn add_night(&mut self, night: &Counts) {
        for kind in night.0.keys() {
            self.hit(*kind);
        }
    }

    pub(crate) fn add(&mut self, others: &Counts) {
        for (kind, count) in &others.0 {
            *self.0.entry(*kind).or_default() += count;
        }
    }

    pub(crate) fn of(&self, kind: Kind) -> u32 {
        self.0.get(&kind).copied().unwrap_or_default()
    }
}
