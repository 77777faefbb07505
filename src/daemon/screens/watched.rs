//! One pane that is watched: its model, and what that shows.

use std::sync::Arc;
use std::time::Duration;

use super::confirm::{Asked, Confirmed};
use super::feed::Item;
use super::offer::Offer;
use crate::detect::{Fact, Judge, Reading, Seen, Signal, Signs, Told, Word, asks_for_status};
use crate::screen::{self, Rules, Screen, Seed, Size};
use crate::supervise::UnitName;

/// How long to wait between two seeds that are asked for because this thread was behind: every
/// capture costs tmux, and a pane that floods would be lost again at once.
const RESEED_EVERY: Duration = Duration::from_secs(1);

/// How long a seed that is on its way may take before it is asked for again.
const SEED_LATE: Duration = Duration::from_secs(5);

/// How long tmux waits for the end of a string (OSC, DCS and the like) before it takes what comes
/// as text again.
const STRING_MAX: Duration = Duration::from_secs(5);

/// A pane, until it is forgotten.
pub(super) struct Watched {
    pub(super) unit: UnitName,
    rules: Rules,
    screen: Screen,
    judge: Judge,
    /// A fact that has not been told yet.
    news: Option<Fact>,
    /// The model agrees with tmux: it was seeded, and nothing was missed since.
    in_step: bool,
    /// The pane's size changed while the alternate screen was shown: tmux wraps the main screen
    /// anew when that is shown again, and tells nothing of it.
    main_is_old: bool,
    /// When the string that is under way is given up.
    string_ends: Option<Duration>,
    /// That its status is listened to.
    offer: Offer,
    /// Something came in since it was last judged.
    pub(super) dirty: bool,
    /// When a seed is asked for.
    reseed: Option<Duration>,
    /// When one was asked for last.
    reseeded: Option<Duration>,
}

impl Watched {
    /// A pane of which a seed was just asked for.
    pub(super) fn new(unit: UnitName, signs: Arc<Signs>, rules: Rules, now: Duration) -> Self {
        Self {
            unit,
            rules,
            // The seed brings the pane's own size.
            screen: Screen::new(Size::new(80, 24), rules),
            judge: Judge::new(signs),
            news: None,
            in_step: false,
            main_is_old: false,
            string_ends: None,
            offer: Offer::default(),
            dirty: false,
            reseed: Some(now + SEED_LATE),
            reseeded: None,
        }
    }

    /// Takes in what happened; `bytes` are an output's own.
    pub(super) fn take(&mut self, item: Item, bytes: &[u8], now: Duration) {
        match item {
            Item::Output(_) => {
                self.news = self.judge.output(now).or(self.news.take());
                // Before a seed too: that has all that came before it, but for half a character.
                self.give_up_string(now);
                self.screen.feed(bytes);
                self.note_string(now);
                self.note_main_screen(now);
            }
            Item::Gap => self.falls_behind(now),
            Item::Lost => {
                self.falls_behind(now);
                let earliest = self.reseeded.map(|last| last + RESEED_EVERY);
                self.reseed = Some(earliest.unwrap_or_default().max(now));
            }
            Item::Resized(size) => {
                self.screen.resize(size);
                self.main_is_old |= self.screen.alternate();
                self.falls_behind(now);
            }
            Item::Seed(seed) => {
                self.screen.seed(&Seed::from(*seed));
                self.in_step = true;
                self.note_string(now);
                self.reseed = None;
            }
        }
    }

    /// Its model is not to be trusted before the next seed.
    pub(super) fn falls_behind(&mut self, now: Duration) {
        self.in_step = false;
        self.reseed = Some(now + SEED_LATE);
    }

    /// Starts the time of a string, or ends it with the string.
    fn note_string(&mut self, now: Duration) {
        if !self.screen.in_string() {
            self.string_ends = None;
        } else if self.string_ends.is_none() {
            self.string_ends = Some(now + STRING_MAX);
        }
    }

    /// Asks for a seed when a main screen comes back that is not what it was.
    fn note_main_screen(&mut self, now: Duration) {
        if self.main_is_old && !self.screen.alternate() {
            self.main_is_old = false;
            self.in_step = false;
            self.reseed = Some(now);
        }
    }

    /// Ends a string whose time is over, before what comes next is taken for a part of it.
    fn give_up_string(&mut self, now: Duration) {
        if self.string_ends.is_some_and(|at| at <= now) {
            self.screen.give_up_string();
            self.string_ends = None;
        }
    }

    /// Whether a seed is to be asked for now.
    pub(super) fn wants_seed(&mut self, now: Duration) -> bool {
        let due = self.reseed.is_some_and(|at| at <= now);
        if due {
            // Whatever becomes of this one: without a seed the pane would never be judged.
            self.reseed = Some(now + SEED_LATE);
            self.reseeded = Some(now);
        }
        due
    }

    /// Whether judging it never takes long.
    pub(super) fn is_quick(&self) -> bool {
        self.judge.signs().are_linear()
    }

    /// Judges what the screen shows by now; gives a fact that differs from the last.
    pub(super) fn judge(&mut self, now: Duration) -> Option<Fact> {
        let dirty = std::mem::take(&mut self.dirty);
        // A screen that is half old and half new shows nothing.
        let mut fact = if dirty && self.in_step {
            self.judge.look(&self.screen, now)
        } else {
            self.judge.tick(now)
        };
        // Behind the rows: what came in one piece with a word of the program's is no newer than that.
        for signal in self.screen.take_signals() {
            tracing::trace!(unit = %self.unit, ?signal, "the program tells its terminal");
            fact = self.hear(&signal, now).or(fact);
        }
        fact.or(self.news.take())
    }

    /// Takes in what the program tells its terminal.
    fn hear(&mut self, signal: &screen::Signal, now: Duration) -> Option<Fact> {
        let signs = self.judge.signs();
        match signal {
            screen::Signal::Status(text) if asks_for_status(text) => self.offer.asked(),
            screen::Signal::ThemeUpdates if signs.offers_status() => self.offer.begin(now),
            _ => {}
        }
        self.judge.hear(signal, now)
    }

    /// The program says something of itself, beside its output.
    pub(super) fn told(&mut self, told: Told, now: Duration) {
        self.news = self.judge.told(told, now).or(self.news.take());
    }

    /// The program's conversation file says why it cannot go on.
    pub(super) fn filed(&mut self, word: Word, now: Duration) {
        self.news = self.judge.filed(word, now).or(self.news.take());
    }

    /// Whether the program is to be told now that its status is listened to.
    pub(super) fn wants_answer(&mut self, now: Duration) -> bool {
        self.offer.is_due(now)
    }

    /// When it wants to be judged or seeded though nothing happens.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.judge
            .next_deadline()
            .into_iter()
            .chain(self.reseed)
            .chain(self.offer.deadline())
            .min()
    }

    /// Goes by other signs from now on.
    pub(super) fn set_signs(&mut self, signs: Arc<Signs>) {
        self.judge.set_signs(signs);
        self.dirty = true;
    }

    /// A pattern that took too long, told once.
    pub(super) fn gave_up(&self) -> Option<Signal> {
        self.judge.take_gave_up()
    }

    pub(super) fn reading(&self) -> Reading {
        Reading {
            fact: self.judge.fact().clone(),
            picture: self.screen.picture(),
        }
    }

    /// What tmux itself says that the pane shows, and what that means. The model is left alone,
    /// since this belongs to no place of the stream.
    pub(super) fn confirm(&self, asked: Asked, now: Duration) -> Confirmed {
        let seed = Seed::from(asked.snapshot);
        let mut screen = Screen::new(seed.size, self.rules);
        screen.seed(&seed);
        let fact = self.judge.confirm(&screen, now);
        // Time alone makes idle of what shows nothing.
        let shown = |state| match state {
            Seen::Idle => Seen::Unknown,
            other => other,
        };
        Confirmed {
            agrees: shown(fact.state) == shown(self.judge.fact().state),
            picture: screen.picture(),
            lines: self.judge.signs().lines(&screen),
            fact,
            last_output: self.judge.last_output(),
            styled: asked.styled,
        }
    }
}
