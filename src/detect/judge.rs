//! One pane over time.

use std::sync::Arc;
use std::time::Duration;

use super::fact::{Fact, Seen, Signal};
use super::fuse::Since;
use super::known::{Known, is_stopped};
use super::said::Said;
use super::sight::{Shown, Sight, rows};
use super::signs::Signs;
use super::told::{Heard, Told, Word, status};
use crate::screen::{self, Progress, Screen};

/// How long no sign of work must be there before an agent counts as idle: programs drop their busy
/// sign for a moment between two steps.
pub const SETTLING: Duration = Duration::from_secs(2);

/// What a screen without a past shows.
pub fn facts_of(signs: &Arc<Signs>, screen: &Screen) -> Fact {
    Judge::new(Arc::clone(signs)).confirm(screen, Duration::ZERO)
}

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
    /// What is known where the program has a preset, or tells of itself.
    known: Known,
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
            known: Known::default(),
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
        self.known.forget_signs();
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
        if let Some(preset) = &self.signs.preset {
            self.known.look(preset, screen, now);
        }
        self.conclude(now)
    }

    /// The program wrote something.
    pub fn output(&mut self, now: Duration) -> Option<Fact> {
        self.last_output = Some(now);
        self.signs.footer?;
        self.tick(now)
    }

    /// Time passed.
    pub fn tick(&mut self, now: Duration) -> Option<Fact> {
        self.conclude(now)
    }

    /// Nothing happens any more, and nobody knows for how long: it settles, and what is known holds.
    pub(super) fn settle(&mut self, now: Duration) {
        self.known.settle();
        self.tick(now + SETTLING);
    }

    /// The program says something of itself.
    pub fn told(&mut self, told: Told, now: Duration) -> Option<Fact> {
        self.known
            .told(Heard { told, at: now }, self.signs.preset.as_deref());
        self.conclude(now)
    }

    /// Its conversation file says why it cannot go on. That adds to what is known by other signals,
    /// and counts as long as they say that it is so: nothing tells when the file says otherwise.
    pub fn filed(&mut self, word: Word, now: Duration) -> Option<Fact> {
        if is_stopped(self.fact.state) {
            self.known.filed = Some(word);
        }
        self.conclude(now)
    }

    /// Takes in what the program tells its terminal.
    pub fn hear(&mut self, signal: &screen::Signal, now: Duration) -> Option<Fact> {
        match signal {
            screen::Signal::Title(title) => self.title(title, now),
            screen::Signal::Progress(progress) => self.progress(*progress, now),
            screen::Signal::Status(text) => {
                let word = status(text)?;
                let by = Signal::Status;
                self.told(Told { word, by }, now)
            }
            screen::Signal::ThemeUpdates => None,
        }
    }

    /// The program has another title.
    pub fn title(&mut self, title: &str, now: Duration) -> Option<Fact> {
        let preset = self.signs.preset.as_ref()?;
        let says = preset.rules().title(title);
        self.known.title = says.map(|says| Since::new(says, self.known.title, now));
        self.conclude(now)
    }

    /// The program tells how far it is.
    pub fn progress(&mut self, progress: Progress, now: Duration) -> Option<Fact> {
        let preset = self.signs.preset.as_ref()?;
        if !preset.rules().progress_is_work() {
            return None;
        }
        let busy = matches!(progress, Progress::At(_) | Progress::Busy);
        self.known.busy = Some(Since::new(busy, self.known.busy, now));
        self.conclude(now)
    }

    /// What another look at the pane says, at a screen that belongs to no place of the stream:
    /// together with all that is known, but nothing is learned from it. Silence is taken for
    /// granted.
    pub fn confirm(&self, screen: &Screen, now: Duration) -> Fact {
        let mut judge = Self::new(Arc::clone(&self.signs));
        judge.known = self.known.without_past();
        judge.look(screen, now);
        judge.known.changed = None;
        judge.conclude(now);
        judge.fact
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
                    .or(settles.filter(|_| self.settles_by_active()))
                    .or_else(|| self.known.deadline(self.fact.state))
            }
        }
    }

    /// Whether `active_re` alone tells work from idleness.
    fn settles_by_active(&self) -> bool {
        self.signs.active.is_some() && !self.reads_more()
    }

    /// Whether there is more to go by than the patterns of the config.
    fn reads_more(&self) -> bool {
        self.signs.preset.is_some() || self.known.heard.is_some()
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

    /// What all signals together say.
    fn conclude(&mut self, now: Duration) -> Option<Fact> {
        self.known.weighed = now;
        let fact = self.weigh(now);
        if !is_stopped(self.fact.state) {
            self.known.filed = None;
        }
        fact
    }

    fn weigh(&mut self, now: Duration) -> Option<Fact> {
        let (state, signal) = self.judgement(now);
        let own = !matches!(signal, Signal::Silence) && self.shown != Shown::Nothing
            || signal == Signal::LogGrace;
        if own || !self.reads_more() {
            return self.become_so(state, signal);
        }
        let fact = self.known.weigh(now, &self.said);
        let is_news = fact.is_news_after(&self.fact);
        self.fact.clone_from(&fact);
        is_news.then_some(fact)
    }

    fn judgement(&mut self, now: Duration) -> (Seen, Signal) {
        let settled = self
            .inactive_since
            .is_some_and(|since| now >= since + SETTLING);
        if settled && self.settles_by_active() {
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
        let filed = self.known.filed_limit();
        let shown = self.said.limit.clone().filter(|_| !works);
        let (limit, signal) = match filed.filter(|_| state == Seen::Limited) {
            Some(filed) => (Some(filed.over(shown)), Signal::Conversation),
            None => (shown, signal),
        };
        let limit = limit.as_ref();
        let known = &self.fact;
        if (known.state, known.signal) == (state, signal)
            && known.limit.as_ref() == limit
            && (known.waiting, known.no_conversation) == (waiting, no_conversation)
        {
            return None;
        }
        let by_file = signal == Signal::Conversation;
        let rows = match by_file || signal == self.shown.signal() {
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
            ..Fact::default()
        };
        Some(self.fact.clone())
    }
}
