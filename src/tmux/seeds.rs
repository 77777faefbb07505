//! Which panes are watched by a model, and which snapshots are under way.
//!
//! Of each pane there is at most one snapshot under way, and one more wanted after it: whoever asks
//! while one is under way may mean a later place of the output.

use std::collections::{HashMap, VecDeque};

use super::{Pane, PaneId};

/// How many snapshots are under way at once. tmux takes them in one go, and nobody else is served
/// meanwhile.
const AT_ONCE: usize = 16;

/// How many answers in a row may make no sense before a pane is left alone, until somebody asks.
const TRIES: u32 = 5;

/// The panes that are watched.
#[derive(Debug, Default)]
pub(super) struct Seeds {
    panes: HashMap<PaneId, Watched>,
    /// Whose turn comes next; each of them is [`Turn::Waits`].
    queue: VecDeque<PaneId>,
    under_way: usize,
}

#[derive(Debug, Default)]
struct Watched {
    turn: Turn,
    /// How many answers in a row made no sense.
    failed: u32,
    /// The size of its cell in the layout, and before that is known its own.
    size: Option<(u32, u32)>,
    /// The last list of panes was without it.
    missed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Turn {
    /// Nothing is wanted.
    #[default]
    None,
    /// A snapshot is wanted.
    Waits,
    /// One is under way; `again`: and another one is wanted.
    UnderWay { again: bool },
}

impl Seeds {
    /// Somebody wants a snapshot of a pane, which is watched from now on.
    pub(super) fn ask(&mut self, pane: PaneId) {
        let watched = self.panes.entry(pane).or_default();
        watched.failed = 0;
        self.want(pane);
    }

    /// A snapshot of a pane is wanted, if it is watched.
    pub(super) fn want(&mut self, pane: PaneId) {
        let Some(watched) = self.panes.get_mut(&pane) else {
            return;
        };
        watched.missed = false;
        match &mut watched.turn {
            Turn::None => {
                watched.turn = Turn::Waits;
                self.queue.push_back(pane);
            }
            Turn::Waits => {}
            Turn::UnderWay { again } => *again = true,
        }
    }

    /// The next pane of which a snapshot is to be asked for now.
    pub(super) fn next(&mut self) -> Option<PaneId> {
        if self.under_way >= AT_ONCE {
            return None;
        }
        while let Some(pane) = self.queue.pop_front() {
            // It may have gone, and may have been asked for again since.
            let watched = self.panes.get_mut(&pane);
            if let Some(watched) = watched.filter(|watched| watched.turn == Turn::Waits) {
                watched.turn = Turn::UnderWay { again: false };
                self.under_way += 1;
                return Some(pane);
            }
        }
        None
    }

    /// What [`Seeds::next`] gave was answered.
    pub(super) fn answered(&mut self, pane: PaneId) {
        self.under_way = self.under_way.saturating_sub(1);
        let Some(watched) = self.panes.get_mut(&pane) else {
            return;
        };
        if let Turn::UnderWay { again } = watched.turn {
            watched.turn = Turn::None;
            if again {
                self.want(pane);
            }
        }
    }

    /// An answer made sense; the pane has this size.
    pub(super) fn succeeded(&mut self, pane: PaneId, (cols, rows): (u16, u16)) {
        if let Some(watched) = self.panes.get_mut(&pane) {
            watched.failed = 0;
            watched.size.get_or_insert((cols.into(), rows.into()));
        }
    }

    /// An answer made no sense. Says whether to try again.
    pub(super) fn failed(&mut self, pane: PaneId) -> bool {
        let Some(watched) = self.panes.get_mut(&pane) else {
            return false;
        };
        watched.failed += 1;
        watched.failed < TRIES
    }

    /// The pane is gone.
    pub(super) fn forget(&mut self, pane: PaneId) {
        self.panes.remove(&pane);
    }

    /// A watched pane's cell has this size now. Says whether that is another one than before.
    pub(super) fn resized(&mut self, pane: PaneId, size: (u32, u32)) -> bool {
        let Some(watched) = self.panes.get_mut(&pane) else {
            return false;
        };
        watched.size.replace(size) != Some(size)
    }

    /// These are all panes. What is not among them twice in a row is gone: a list may be older than
    /// what is watched. So may two that were asked for at once; where a snapshot is wanted or under
    /// way, its answer will tell.
    pub(super) fn listed(&mut self, panes: &[Pane]) {
        let mut missed: HashMap<PaneId, Watched> = std::mem::take(&mut self.panes);
        for pane in panes {
            if let Some(mut watched) = missed.remove(&pane.pane) {
                watched.missed = false;
                self.panes.insert(pane.pane, watched);
            }
        }
        for (pane, mut watched) in missed {
            let missed_before = std::mem::replace(&mut watched.missed, true);
            if !missed_before || watched.turn != Turn::None {
                self.panes.insert(pane, watched);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: PaneId = PaneId(1);
    const OTHER: PaneId = PaneId(2);

    fn all(seeds: &mut Seeds) -> Vec<PaneId> {
        std::iter::from_fn(|| seeds.next()).collect()
    }

    #[test]
    fn who_asks_while_one_is_under_way_gets_one_more_and_no_others() {
        let mut seeds = Seeds::default();
        for _ in 0..10 {
            seeds.ask(PANE);
        }
        assert_eq!(all(&mut seeds), [PANE]);
        for _ in 0..10 {
            seeds.ask(PANE);
        }
        assert_eq!(all(&mut seeds), []);
        seeds.answered(PANE);
        assert_eq!(all(&mut seeds), [PANE]);
        seeds.answered(PANE);
        assert_eq!(all(&mut seeds), []);
    }

    #[test]
    fn only_so_many_are_under_way_at_once() {
        let mut seeds = Seeds::default();
        for pane in 0..100 {
            seeds.ask(PaneId(pane));
        }
        let first = all(&mut seeds);
        assert_eq!(first.len(), AT_ONCE);
        seeds.answered(first[0]);
        assert_eq!(all(&mut seeds), [PaneId(AT_ONCE as u32)]);
    }

    #[test]
    fn lists_that_are_older_than_a_pane_lose_no_snapshot_of_it() {
        let mut seeds = Seeds::default();
        seeds.ask(PANE);
        for _ in 0..3 {
            seeds.listed(&[]);
        }
        assert_eq!(all(&mut seeds), [PANE]);
        seeds.answered(PANE);
        seeds.listed(&[]);
        seeds.want(PANE);
        assert_eq!(all(&mut seeds), [], "it is gone by now");
    }

    #[test]
    fn a_pane_that_is_not_watched_has_no_size() {
        let mut seeds = Seeds::default();
        assert!(!seeds.resized(PANE, (80, 24)));
        seeds.want(PANE);
        assert_eq!(all(&mut seeds), []);
    }

    #[test]
    fn a_pane_has_another_size_only_when_it_differs() {
        let mut seeds = Seeds::default();
        seeds.ask(PANE);
        seeds.succeeded(PANE, (80, 24));
        assert!(!seeds.resized(PANE, (80, 24)));
        assert!(seeds.resized(PANE, (80, 25)));
        // A border takes a row of the cell.
        seeds.succeeded(PANE, (80, 24));
        assert!(!seeds.resized(PANE, (80, 25)));
    }

    #[test]
    fn what_makes_no_sense_is_tried_so_often_and_no_more() {
        let mut seeds = Seeds::default();
        seeds.ask(PANE);
        let mut tries = 1;
        while seeds.failed(PANE) {
            tries += 1;
        }
        assert_eq!(tries, TRIES);
        seeds.ask(PANE);
        assert!(seeds.failed(PANE));
    }

    #[test]
    fn a_pane_that_went_and_was_asked_for_again_is_asked_for_once() {
        let mut seeds = Seeds::default();
        seeds.ask(PANE);
        seeds.forget(PANE);
        seeds.ask(PANE);
        assert_eq!(all(&mut seeds), [PANE]);
    }

    #[test]
    fn panes_that_two_lists_do_not_have_are_forgotten() {
        let mut seeds = Seeds::default();
        seeds.ask(PANE);
        assert_eq!(all(&mut seeds), [PANE]);
        seeds.answered(PANE);
        seeds.listed(&[]);
        assert!(seeds.resized(PANE, (80, 24)));
        seeds.listed(&[]);
        assert!(!seeds.resized(PANE, (80, 25)));
        seeds.ask(OTHER);
        assert_eq!(all(&mut seeds), [OTHER]);
    }
}
