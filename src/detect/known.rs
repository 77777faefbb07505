//! What is known of a program that has a preset, or that tells of itself: by several signals, each since
//! its time.

use std::time::Duration;

use super::fact::{Fact, Limit, Seen, Signal};
use super::fuse::{Evidence, Since, Verdict};
use super::judge::SETTLING;
use super::reset::Reset;
use super::rows::{Details, PresetSight, read_message};
use super::said::Said;
use super::told::{Heard, Word};
use crate::preset::{Preset, Title};
use crate::screen::Screen;

/// How long an unknown screen of a program that worked still counts as work.
const UNSEEN_MAX: Duration = Duration::from_secs(60);

/// What is gone for less than this was there all the time: programs erase a row and write it again.
const FLICKER: Duration = Duration::from_millis(500);

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Known {
    sight: PresetSight,
    /// What the signs show, and what they say beyond that.
    rows: Option<Since<Seen>>,
    /// When the state of the rows before was shown last, for one that comes back at once.
    left: Option<(Since<Seen>, Duration)>,
    details: Details,
    context_left: Option<u8>,
    /// When the rows changed last.
    pub(super) changed: Option<Duration>,
    pub(super) heard: Option<Heard>,
    /// When all of it was weighed last: what was due by then makes no difference any more.
    pub(super) weighed: Duration,
    /// What its conversation file says of what stands in its way.
    pub(super) filed: Option<Word>,
    /// What a message of the program's says, by the preset's signs.
    message: Option<(Seen, Details)>,
    pub(super) title: Option<Since<Title>>,
    pub(super) busy: Option<Since<bool>>,
    /// It worked when it was last known.
    worked: bool,
}

/// Whether something stands in the way of all further work.
pub(super) fn is_stopped(state: Seen) -> bool {
    matches!(state, Seen::Limited | Seen::Login | Seen::Fatal)
}

impl Known {
    /// What was read by the signs of another preset means nothing any more; what the program told
    /// holds on. Its title is read by the new preset when it changes.
    pub(super) fn forget_signs(&mut self) {
        *self = Self {
            heard: self.heard.take(),
            ..Self::default()
        };
    }

    /// The same, for a look at a screen that belongs to no place of the stream.
    pub(super) fn without_past(&self) -> Self {
        Self {
            rows: self.rows,
            heard: self.heard.clone(),
            message: self.message.clone(),
            title: self.title,
            busy: self.busy,
            filed: self.filed.clone(),
            ..Self::default()
        }
    }

    /// Looks by the signs of the preset.
    pub(super) fn look(&mut self, preset: &Preset, screen: &Screen, now: Duration) {
        let before = self.sight.found();
        if !self.sight.look(preset.rules(), screen) {
            return;
        }
        self.changed = Some(now);
        self.context_left = self.sight.context_left();
        let found = self.sight.found();
        let state = found.map(|found| found.state);
        if self.rows.map(|rows| rows.what) != state {
            let came_back = self
                .left
                .filter(|(left, at)| Some(left.what) == state && now < *at + FLICKER);
            let is = match came_back {
                Some((left, _)) => Some(left),
                None => state.map(|what| Since { what, since: now }),
            };
            self.left = self.rows.map(|rows| (rows, now));
            self.rows = is;
        }
        // A limit may name another time in the same place.
        let same = before.map(|found| (found.sign, found.state))
            == found.map(|found| (found.sign, found.state));
        if !same || state != Some(Seen::Working) && state != Some(Seen::Idle) {
            self.details = self.sight.details(preset, screen);
        }
    }

    /// The program says something of itself.
    pub(super) fn told(&mut self, heard: Heard, preset: Option<&Preset>) {
        let known = self.heard.as_ref();
        let is_old = known.is_some_and(|known| known.asks_the_same(&heard));
        if is_old || known.is_some_and(|known| !heard.outweighs(known)) {
            return;
        }
        self.message = match (&heard.told.word, preset) {
            (
                Word::Failed(Some(message))
                | Word::Blocked {
                    message: Some(message),
                    ..
                },
                Some(preset),
            ) => read_message(preset, message),
            _ => None,
        };
        self.heard = Some(heard);
    }

    /// Its prompt stood there before it left a screen that is unknown: nobody waits for its work.
    pub(super) fn settle(&mut self) {
        let was_idle = |(rows, _): (Since<Seen>, Duration)| rows.what == Seen::Idle;
        if self.rows.is_none() && self.left.is_some_and(was_idle) {
            self.worked = false;
        }
    }

    /// When silence has lasted, for a program that was last told to be in a state.
    pub(super) fn deadline(&self, told: Seen) -> Option<Duration> {
        let changed = self.changed?;
        let at = match self.rows.map(|rows| rows.what) {
            Some(Seen::Idle) if told != Seen::Idle => Some(changed + SETTLING),
            None if told == Seen::Working && self.heard.is_none() => Some(changed + UNSEEN_MAX),
            _ => None,
        };
        at.filter(|at| *at > self.weighed)
    }

    /// The limit that the conversation file tells of, if it says when that ends.
    pub(super) fn filed_limit(&self) -> Option<Limit> {
        let until = match self.filed {
            Some(Word::Limited { until, .. }) => until?,
            _ => return None,
        };
        Some(Limit {
            reset: Some(Reset::exact(until)),
            ..Limit::default()
        })
    }

    /// What all signals together say.
    pub(super) fn weigh(&mut self, now: Duration, said: &Said) -> Fact {
        let verdict = self.verdict(now);
        self.worked = match verdict.state {
            Seen::Working | Seen::Retrying => true,
            Seen::Unknown => self.worked,
            _ => false,
        };
        self.fact(verdict, said)
    }

    fn verdict(&self, now: Duration) -> Verdict {
        let changed = self.changed;
        let quiet = changed.is_none_or(|changed| now >= changed + SETTLING);
        let unseen = changed.is_some_and(|changed| now >= changed + UNSEEN_MAX);
        let evidence = Evidence {
            heard: self.heard.as_ref(),
            message: self.message.as_ref().map(|(state, _)| *state),
            title: self.title,
            busy: self.busy,
            rows: self.rows,
            quiet,
            worked: self.worked && !unseen,
        };
        evidence.verdict()
    }

    fn fact(&self, verdict: Verdict, said: &Said) -> Fact {
        let (state, mut signal) = (verdict.state, verdict.signal);
        let works = state == Seen::Working;
        let by_rows = self.rows.is_some_and(|rows| rows.what == state);
        let mut details = match &self.message {
            _ if by_rows => self.details.clone(),
            Some((says, details)) if *says == state => details.clone(),
            _ => Details::default(),
        };
        if state == Seen::Limited {
            // What the program says itself of its limit is exact, and its file is even more so.
            if let Some(limit) = verdict.limit(self.heard.as_ref()) {
                details.limit = Some(limit.over(details.limit.take()));
            }
            if let Some(filed) = self.filed_limit() {
                details.limit = Some(filed.over(details.limit.take()));
                signal = Signal::Conversation;
            }
        }
        let filed_full = self.filed == Some(Word::Full) && state == Seen::Fatal;
        Fact {
            state,
            signal,
            rows: details.rows,
            row: details.row,
            pattern: details.pattern,
            dialog: details.dialog.or(verdict.dialog),
            limit: details.limit.filter(|_| state == Seen::Limited),
            waiting: said.waiting.filter(|_| !works),
            no_conversation: (said.no_conversation || details.no_conversation) && !works,
            full: details.full || verdict.full || filed_full,
            context_left: self.context_left,
            contradicts: verdict.contradicts,
        }
    }
}
