//! One pane over time.

use std::sync::Arc;
use std::time::Duration;

use super::fact::{Fact, Seen, Signal};
use super::said::Said;
use super::sight::{Shown, Sight, rows};
use super::signs::Signs;
use crate::screen::Screen;

/// How long `active_re` must not match before its agent counts as idle: programs drop their busy
/// sign for a moment between two steps.
pub const SETTLING: Duration = Duration::from_secs(2);

/// Judges one pane: given its screen and its output as they come, it says when the fact changes.
///
/// Whoever owns it calls [`Judge::look`] when the screen may have changed, [`Judge::output`] when
/// the program wrote, and [`Judge::tick`] at [`Judge::next_deadline`]. A fact counts as changed
/// when anything of it but its rows does: other rows alone are no news.
#[derive(Debug)]
pub struct Judge {
    signs: Arc<Signs>,
    sight: Sight,
    shown: Shown,
    /// The lines that showed it.
    rows: Vec<String>,
    /// What was said when nothing showed work.
    said: Said,
    fact: Fact,
    /// Working, idle or unknown by `active_re` alone.
    activity: Seen,
    /// Since when `active_re` does not match.
    inactive_since: Option<Duration>,
    last_output: Option<Duration>,
}

impl Judge {
    /// A judge of a pane that was not looked at yet.
    pub fn new(signs: Arc<Signs>) -> Self {
        Self {
            signs,
            sight: Sight::default(),
            shown: Shown::Nothing,
            rows: Vec::new(),
            said: Said::default(),
            fact: Fact::default(),
            activity: Seen::Unknown,
            inactive_since: None,
            last_output: None,
        }
    }

    /// The fact as it was last told; unknown before.
    pub fn fact(&self) -> &Fact {
        &self.fact
    }

    /// When the program last wrote something, as far as this was told.
    pub fn last_output(&self) -> Option<Duration> {
        self.last_output
    }

    /// What it looks for.
    pub fn signs(&self) -> &Arc<Signs> {
        &self.signs
    }

    /// Looks for something else from now on, because the config changed. The next look judges
    /// by it.
    pub fn set_signs(&mut self, signs: Arc<Signs>) {
        if signs.active.is_none() {
            self.activity = Seen::Unknown;
            self.inactive_since = None;
        }
        self.signs = signs;
        self.sight = Sight::default();
        self.shown = Shown::Nothing;
        self.rows.clear();
        self.said = Said::default();
    }

    /// Looks at the screen. It costs next to nothing while the screen is the same.
    pub fn look(&mut self, screen: &Screen, now: Duration) -> Option<Fact> {
        if let Some(shown) = self.sight.look(&self.signs, screen) {
            let said = match shown {
                Shown::Active => None,
                shown => Some(self.sight.said(&self.signs, screen, shown)),
            };
            let said_more = said.as_ref().is_some_and(|said| *said != self.said);
            if shown != self.shown || said_more {
                self.shown = shown;
                self.rows = rows(&self.signs, screen, shown.signal());
            }
            self.said = said.unwrap_or_default();
            if shown == Shown::Active {
                self.activity = Seen::Working;
                self.inactive_since = None;
            } else if self.inactive_since.is_none() {
                self.inactive_since = Some(now);
            }
        }
        let (state, signal) = self.judgement(now);
        self.become_so(state, signal)
    }

    /// The program wrote something.
    pub fn output(&mut self, now: Duration) -> Option<Fact> {
        self.last_output = Some(now);
        self.signs.footer?;
        self.tick(now)
    }

    /// Time passed.
    pub fn tick(&mut self, now: Duration) -> Option<Fact> {
        let (state, signal) = self.judgement(now);
        self.become_so(state, signal)
    }

    /// When the fact changes by time alone.
    pub fn next_deadline(&self) -> Option<Duration> {
        match self.shown {
            Shown::Active | Shown::Login | Shown::Limit | Shown::Dialog => None,
            Shown::Fatal => self.grace_end(),
            Shown::Nothing => {
                let settles = self.inactive_since.map(|since| since + SETTLING);
                let settles = settles.filter(|_| self.activity != Seen::Idle);
                self.grace_end()
                    .or(settles.filter(|_| self.signs.active.is_some()))
            }
        }
    }

    /// A pattern that ran into the bound of its time: see [`Signs::take_gave_up`].
    pub fn take_gave_up(&self) -> Option<Signal> {
        self.signs.take_gave_up()
    }

    /// When output stops to count as work; `None` when it does not count, or no more.
    fn grace_end(&self) -> Option<Duration> {
        let counts = self.fact.signal == Signal::LogGrace;
        let end = self.last_output? + self.signs.footer?;
        counts.then_some(end)
    }

    fn judgement(&mut self, now: Duration) -> (Seen, Signal) {
        let settled = self
            .inactive_since
            .is_some_and(|since| now >= since + SETTLING);
        if settled && self.signs.active.is_some() {
            self.activity = Seen::Idle;
        }
        let wrote_within = |grace| self.last_output.is_some_and(|at| now < at + grace);
        match self.shown {
            Shown::Active => (Seen::Working, Signal::ActiveRe),
            Shown::Login => (Seen::Login, Signal::LoginRe),
            Shown::Limit => (Seen::Limited, Signal::LimitRe),
            Shown::Dialog => (Seen::NeedsPerson, Signal::DialogRe),
            _ if self.signs.footer.is_some_and(wrote_within) => (Seen::Working, Signal::LogGrace),
            Shown::Fatal => (Seen::Fatal, Signal::FatalRe),
            Shown::Nothing if self.activity == Seen::Working => (Seen::Working, Signal::ActiveRe),
            Shown::Nothing => (self.activity, Signal::Silence),
        }
    }

    fn become_so(&mut self, state: Seen, signal: Signal) -> Option<Fact> {
        // Neither a marker nor an old error counts for an agent that works. It would also come and
        // go with the busy sign.
        let works = state == Seen::Working;
        let waiting = self.said.waiting.filter(|_| !works);
        let no_conversation = self.said.no_conversation && !works;
        let limit = self.said.limit.as_ref().filter(|_| !works);
        let known = &self.fact;
        if (known.state, known.signal) == (state, signal)
            && known.limit.as_ref() == limit
            && (known.waiting, known.no_conversation) == (waiting, no_conversation)
        {
            return None;
        }
        let rows = match signal == self.shown.signal() {
            true => self.rows.clone(),
            false => Vec::new(),
        };
        self.fact = Fact {
            state,
            signal,
            rows,
            limit: limit.cloned(),
            waiting,
            no_conversation,
        };
        Some(self.fact.clone())
    }
}
