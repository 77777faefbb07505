//! Which of several signals wins.
//!
//! They are trusted in this order: what the program says of itself (its status, its hooks, its
//! conversation file), its title and progress, its rows, its silence. A newer signal of a more
//! trusted kind wins. A less trusted one counts against it where it shows what the other cannot
//! tell (a retry within work, a dialog while it does nothing), or when it is newer.

use std::time::Duration;

use super::fact::{Limit, Seen, Signal};
use super::reset::Reset;
use super::told::{Heard, Word};
use crate::preset::Title;

/// Something that is so, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since<T> {
    pub(super) what: T,
    pub(super) since: Duration,
}

impl<T: Copy + PartialEq> Since<T> {
    /// It is so now; if it was so before, since then.
    pub(super) fn new(what: T, before: Option<Self>, now: Duration) -> Self {
        match before {
            Some(before) if before.what == what => before,
            _ => Self { what, since: now },
        }
    }
}

/// All that is known of a pane at one moment.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// What the program said last.
    pub(super) heard: Option<&'a Heard>,
    /// What its message means.
    pub(super) message: Option<Seen>,
    pub(super) title: Option<Since<Title>>,
    /// Whether it shows a progress.
    pub(super) busy: Option<Since<bool>>,
    pub(super) rows: Option<Since<Seen>>,
    /// The rows have not changed for a while.
    pub(super) quiet: bool,
    /// It worked when that was last known, and not too long ago.
    pub(super) worked: bool,
}

/// What wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: Seen,
    pub(super) signal: Signal,
    /// The dialog, in the program's own word.
    pub(super) dialog: Option<String>,
    pub(super) full: bool,
    /// What says something else.
    pub(super) contradicts: Option<(Signal, Seen)>,
}

impl Verdict {
    fn new(state: Seen, signal: Signal) -> Self {
        Self {
            state,
            signal,
            ..Self::default()
        }
    }

    fn against(self, signal: Signal, state: Seen) -> Self {
        Self {
            contradicts: Some((signal, state)),
            ..self
        }
    }

    /// What the program itself said of its limit.
    pub(super) fn limit(&self, heard: Option<&Heard>) -> Option<Limit> {
        match &heard?.told.word {
            Word::Limited { until, hard } => Some(Limit {
                reset: until.map(Reset::exact),
                resumes_itself: false,
                hard: *hard,
            }),
            _ => None,
        }
    }
}

/// Whether rows in this state ask for a person or name a limit: they are drawn by the program, and
/// hardly ever wrong.
fn stands_out(state: Seen) -> bool {
    matches!(state, Seen::Login | Seen::Limited | Seen::NeedsPerson)
}

fn is_busy(state: Seen) -> bool {
    matches!(state, Seen::Working | Seen::Retrying)
}

impl Evidence<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        if let Some(heard) = self.heard
            && let Some(verdict) = self.by_word(heard)
        {
            return verdict;
        }
        self.by_title()
            .or_else(|| self.by_progress())
            .unwrap_or_else(|| self.by_rows())
    }

    /// What the program says of itself, as far as the rows do not say more or something newer.
    fn by_word(&self, heard: &Heard) -> Option<Verdict> {
        let by = heard.told.by;
        let rows = self.rows;
        let shown = |fits: fn(Seen) -> bool| rows.filter(|rows| fits(rows.what));
        let newer = |fits: fn(Seen) -> bool| shown(fits).filter(|rows| rows.since > heard.at);
        let by_rows = |rows: Since<Seen>| Verdict::new(rows.what, Signal::Rows);
        let own = |state| Verdict::new(state, by);
        Some(match &heard.told.word {
            Word::Gone => return None,
            Word::Working => match (rows, newer(stands_out)) {
                (Some(rows), _) if rows.what == Seen::Retrying => by_rows(rows),
                (_, Some(rows)) => by_rows(rows).against(by, Seen::Working),
                (Some(rows), None) if self.came_to_rest(rows, heard) => {
                    by_rows(rows).against(by, Seen::Working)
                }
                _ => own(Seen::Working),
            },
            Word::Idle => {
                let tells = |state| stands_out(state) || state == Seen::Fatal;
                match (shown(tells), newer(is_busy)) {
                    (Some(rows), _) => by_rows(rows),
                    (None, Some(rows)) => by_rows(rows).against(by, Seen::Idle),
                    (None, None) => own(Seen::Idle),
                }
            }
            Word::Blocked { kind, message } => match (shown(stands_out), newer(is_busy)) {
                (Some(rows), _) => by_rows(rows),
                (None, Some(rows)) => by_rows(rows).against(by, Seen::NeedsPerson),
                (None, None) => match rows.filter(|rows| self.came_to_rest(*rows, heard)) {
                    Some(rows) => by_rows(rows).against(by, Seen::NeedsPerson),
                    None => {
                        let state = self.message.filter(|state| stands_out(*state));
                        let mut verdict = own(state.unwrap_or(Seen::NeedsPerson));
                        verdict.dialog = kind.clone().or_else(|| message.clone());
                        verdict
                    }
                },
            },
            Word::Failed(_) => {
                let tells = |state| stands_out(state) || state == Seen::Fatal;
                match (newer(is_busy), self.message, shown(tells)) {
                    (Some(rows), ..) => by_rows(rows),
                    (None, Some(state), _) if state != Seen::Retrying => own(state),
                    (None, _, Some(rows)) => by_rows(rows),
                    (None, _, None) => own(Seen::Idle),
                }
            }
            Word::Limited { .. } => match newer(is_busy) {
                Some(rows) => by_rows(rows),
                None => own(Seen::Limited),
            },
            Word::Login => match newer(is_busy) {
                Some(rows) => by_rows(rows),
                None => own(Seen::Login),
            },
            Word::Full => Verdict {
                full: true,
                ..match newer(is_busy) {
                    Some(rows) => return Some(by_rows(rows)),
                    None => own(Seen::Fatal),
                }
            },
        })
    }

    /// Whether rows show that it rests since a hook was called. A turn that a person breaks off calls
    /// none; a status is told then too.
    fn came_to_rest(&self, rows: Since<Seen>, heard: &Heard) -> bool {
        let later = rows.what == Seen::Idle && rows.since > heard.at;
        later && self.quiet && heard.told.by == Signal::Hook
    }

    fn by_title(&self) -> Option<Verdict> {
        let title = self.title?;
        let rows = self.rows;
        let by_rows = |rows: Since<Seen>| Verdict::new(rows.what, Signal::Rows);
        match title.what {
            Title::Working => Some(self.busy_since(title.since, Signal::Title)),
            Title::Blocked => Some(match rows {
                Some(rows) if stands_out(rows.what) => by_rows(rows),
                Some(rows) if is_busy(rows.what) && rows.since > title.since => {
                    by_rows(rows).against(Signal::Title, Seen::NeedsPerson)
                }
                _ => Verdict::new(Seen::NeedsPerson, Signal::Title),
            }),
            // Programs forget to change it: alone it says nothing against rows.
            Title::Idle => match rows {
                Some(rows) if rows.what == Seen::Idle => {
                    Some(Verdict::new(Seen::Idle, Signal::Title))
                }
                _ => None,
            },
        }
    }

    fn by_progress(&self) -> Option<Verdict> {
        let busy = self.busy.filter(|busy| busy.what)?;
        Some(self.busy_since(busy.since, Signal::Progress))
    }

    /// Something other than rows shows work since then.
    fn busy_since(&self, since: Duration, signal: Signal) -> Verdict {
        match self.rows {
            Some(rows) if rows.what == Seen::Retrying => Verdict::new(rows.what, Signal::Rows),
            Some(rows) if stands_out(rows.what) && rows.since >= since => {
                Verdict::new(rows.what, Signal::Rows).against(signal, Seen::Working)
            }
            _ => Verdict::new(Seen::Working, signal),
        }
    }

    fn by_rows(&self) -> Verdict {
        match self.rows {
            Some(rows) if rows.what != Seen::Idle => Verdict::new(rows.what, Signal::Rows),
            Some(_) if self.quiet => Verdict::new(Seen::Idle, Signal::Rows),
            // No busy sign is not idle: it may write its answer.
            _ if self.worked => Verdict::new(Seen::Working, Signal::Silence),
            _ => Verdict::new(Seen::Unknown, Signal::Silence),
        }
    }
}
