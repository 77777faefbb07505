//! One pane over time.

use std::sync::Arc;
use std::time::Duration;

use super::fact::{Fact, Limit, Seen, Signal};
use super::fuse::{Evidence, Since, Verdict};
use super::reset::Reset;
use super::rows::{Details, PresetSight, read_message};
use super::said::Said;
use super::sight::{Shown, Sight, rows};
use super::signs::Signs;
use super::told::{Heard, Told, Word, status};
use crate::preset::Title;
use crate::screen::{self, Progress, Screen};

/// How long no sign of work must be there before an agent counts as idle: programs drop their busy
/// sign for a moment between two steps.
pub const SETTLING: Duration = Duration::from_secs(2);

/// How long an unknown screen of a program that worked still counts as work.
const UNSEEN_MAX: Duration = Duration::from_secs(60);

/// What is gone for less than this was there all the time: programs erase a row and write it again.
const FLICKER: Duration = Duration::from_millis(500);

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
    preset_sight: PresetSight,
    by_preset: ByPreset,
}

/// What is known where the program has a preset, or tells of itself.
#[derive(Debug, Clone, Default)]
struct ByPreset {
    /// What the signs show, and what they say beyond that.
    rows: Option<Since<Seen>>,
    /// When the state of the rows before was shown last, for one that comes back at once.
    left: Option<(Since<Seen>, Duration)>,
    details: Details,
    context_left: Option<u8>,
    /// When the rows changed last.
    changed: Option<Duration>,
    heard: Option<Heard>,
    /// When all of it was weighed last: what was due by then makes no difference any more.
    weighed: Duration,
    /// What its conversation file says of what stands in its way.
    filed: Option<Word>,
    /// What a message of the program's says, by the preset's signs.
    message: Option<(Seen, Details)>,
    title: Option<Since<Title>>,
    busy: Option<Since<bool>>,
    /// It worked when it was last known.
    worked: bool,
}

/// Whether something stands in the way of all further work.
fn is_stopped(state: Seen) -> bool {
    matches!(state, Seen::Limited | Seen::Login | Seen::Fatal)
}

impl ByPreset {
    /// The limit that the conversation file tells of, if it says when that ends.
    fn filed_limit(&self) -> Option<Limit> {
        let until = match self.filed {
            Some(Word::Limited { until, .. }) => until?,
            _ => return None,
        };
        Some(Limit {
            reset: Some(Reset::exact(until)),
            ..Limit::default()
        })
    }
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
            preset_sight: PresetSight::default(),
            by_preset: ByPreset::default(),
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
        self.preset_sight = PresetSight::default();
        // What the program told holds on; its title is read by the new preset when it changes.
        self.by_preset = ByPreset {
            heard: self.by_preset.heard.take(),
            ..ByPreset::default()
        };
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
        self.look_by_preset(screen, now);
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
        let known = &mut self.by_preset;
        // Its prompt stood there before it left a screen that is unknown: nobody waits for its work.
        let was_idle = |(rows, _): (Since<Seen>, Duration)| rows.what == Seen::Idle;
        if known.rows.is_none() && known.left.is_some_and(was_idle) {
            known.worked = false;
        }
        self.tick(now + SETTLING);
    }

    /// The program says something of itself.
    pub fn told(&mut self, told: Told, now: Duration) -> Option<Fact> {
        let heard = Heard { told, at: now };
        let known = self.by_preset.heard.as_ref();
        if known.is_some_and(|known| known.asks_the_same(&heard)) {
            return self.conclude(now);
        }
        if known.is_none_or(|known| heard.outweighs(known)) {
            self.by_preset.message = match (&heard.told.word, &self.signs.preset) {
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
            self.by_preset.heard = Some(heard);
        }
        self.conclude(now)
    }

    /// Its conversation file says why it cannot go on. That adds to what is known by other signals,
    /// and counts as long as they say that it is so: nothing tells when the file says otherwise.
    pub fn filed(&mut self, word: Word, now: Duration) -> Option<Fact> {
        if is_stopped(self.fact.state) {
            self.by_preset.filed = Some(word);
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
        self.by_preset.title = says.map(|says| Since::new(says, self.by_preset.title, now));
        self.conclude(now)
    }

    /// The program tells how far it is.
    pub fn progress(&mut self, progress: Progress, now: Duration) -> Option<Fact> {
        let preset = self.signs.preset.as_ref()?;
        if !preset.rules().progress_is_work() {
            return None;
        }
        let busy = matches!(progress, Progress::At(_) | Progress::Busy);
        self.by_preset.busy = Some(Since::new(busy, self.by_preset.busy, now));
        self.conclude(now)
    }

    /// What another look at the pane says, at a screen that belongs to no place of the stream:
    /// together with all that is known, but nothing is learned from it. Silence is taken for
    /// granted.
    pub fn confirm(&self, screen: &Screen, now: Duration) -> Fact {
        let mut judge = Self::new(Arc::clone(&self.signs));
        judge.by_preset = ByPreset {
            rows: self.by_preset.rows,
            heard: self.by_preset.heard.clone(),
            message: self.by_preset.message.clone(),
            title: self.by_preset.title,
            busy: self.by_preset.busy,
            filed: self.by_preset.filed.clone(),
            ..ByPreset::default()
        };
        judge.look(screen, now);
        judge.by_preset.changed = None;
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
                    .or(self.preset_deadline())
            }
        }
    }

    /// Whether `active_re` alone tells work from idleness.
    fn settles_by_active(&self) -> bool {
        self.signs.active.is_some() && !self.reads_more()
    }

    /// Whether there is more to go by than the patterns of the config.
    fn reads_more(&self) -> bool {
        self.signs.preset.is_some() || self.by_preset.heard.is_some()
    }

    /// When silence has lasted.
    fn preset_deadline(&self) -> Option<Duration> {
        let known = &self.by_preset;
        let changed = known.changed?;
        let at = match known.rows.map(|rows| rows.what) {
            Some(Seen::Idle) if self.fact.state != Seen::Idle => Some(changed + SETTLING),
            None if self.fact.state == Seen::Working && known.heard.is_none() => {
                Some(changed + UNSEEN_MAX)
            }
            _ => None,
        };
        at.filter(|at| *at > known.weighed)
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

    /// Looks by the signs of the preset.
    fn look_by_preset(&mut self, screen: &Screen, now: Duration) {
        let Some(preset) = self.signs.preset.clone() else {
            return;
        };
        let before = self.preset_sight.found();
        if !self.preset_sight.look(preset.rules(), screen) {
            return;
        }
        let known = &mut self.by_preset;
        known.changed = Some(now);
        known.context_left = self.preset_sight.context_left();
        let found = self.preset_sight.found();
        let state = found.map(|found| found.state);
        if known.rows.map(|rows| rows.what) != state {
            let came_back = known
                .left
                .filter(|(left, at)| Some(left.what) == state && now < *at + FLICKER);
            let is = match came_back {
                Some((left, _)) => Some(left),
                None => state.map(|what| Since { what, since: now }),
            };
            known.left = known.rows.map(|rows| (rows, now));
            known.rows = is;
        }
        // A limit may name another time in the same place.
        let same = before.map(|found| (found.sign, found.state))
            == found.map(|found| (found.sign, found.state));
        if !same || state != Some(Seen::Working) && state != Some(Seen::Idle) {
            known.details = self.preset_sight.details(&preset, screen);
        }
    }

    /// What all signals together say.
    fn conclude(&mut self, now: Duration) -> Option<Fact> {
        self.by_preset.weighed = now;
        let fact = self.weigh(now);
        if !is_stopped(self.fact.state) {
            self.by_preset.filed = None;
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
        let verdict = self.verdict(now);
        self.by_preset.worked = match verdict.state {
            Seen::Working | Seen::Retrying => true,
            Seen::Unknown => self.by_preset.worked,
            _ => false,
        };
        self.become_by_preset(verdict)
    }

    fn verdict(&self, now: Duration) -> Verdict {
        let known = &self.by_preset;
        let quiet = known
            .changed
            .is_none_or(|changed| now >= changed + SETTLING);
        let unseen = known
            .changed
            .is_some_and(|changed| now >= changed + UNSEEN_MAX);
        let evidence = Evidence {
            heard: known.heard.as_ref(),
            message: known.message.as_ref().map(|(state, _)| *state),
            title: known.title,
            busy: known.busy,
            rows: known.rows,
            quiet,
            worked: known.worked && !unseen,
        };
        evidence.verdict()
    }

    /// Tells what the signals say, if it is something else than before.
    fn become_by_preset(&mut self, verdict: Verdict) -> Option<Fact> {
        let works = verdict.state == Seen::Working;
        let known = &self.by_preset;
        let by_rows = known.rows.is_some_and(|rows| rows.what == verdict.state);
        let by_message = known
            .message
            .as_ref()
            .filter(|(state, _)| *state == verdict.state);
        let mut details = match by_message {
            _ if by_rows => known.details.clone(),
            Some((_, details)) => details.clone(),
            None => Details::default(),
        };
        // What the program says itself of its limit is exact.
        if let (Seen::Limited, Some(limit)) = (verdict.state, verdict.limit(known.heard.as_ref())) {
            details.limit = Some(limit.over(details.limit.take()));
        }
        let mut signal = verdict.signal;
        if verdict.state == Seen::Limited
            && let Some(filed) = known.filed_limit()
        {
            details.limit = Some(filed.over(details.limit.take()));
            signal = Signal::Conversation;
        }
        let full = known.filed == Some(Word::Full) && verdict.state == Seen::Fatal;
        let said = &self.said;
        let fact = Fact {
            state: verdict.state,
            signal,
            rows: details.rows,
            row: details.row,
            pattern: details.pattern,
            dialog: details.dialog.or(verdict.dialog),
            limit: details.limit.filter(|_| verdict.state == Seen::Limited),
            waiting: said.waiting.filter(|_| !works),
            no_conversation: (said.no_conversation || details.no_conversation) && !works,
            full: details.full || verdict.full || full,
            context_left: known.context_left,
            contradicts: verdict.contradicts,
        };
        let told = &self.fact;
        let same = (
            told.state,
            told.signal,
            &told.pattern,
            &told.dialog,
            &told.limit,
        ) == (
            fact.state,
            fact.signal,
            &fact.pattern,
            &fact.dialog,
            &fact.limit,
        ) && (
            told.waiting,
            told.no_conversation,
            told.full,
            told.contradicts,
        ) == (
            fact.waiting,
            fact.no_conversation,
            fact.full,
            fact.contradicts,
        );
        let quietly = fact.context_left != told.context_left || fact.row != told.row;
        if !same {
            self.fact = fact.clone();
            return Some(fact);
        }
        if quietly {
            self.fact = fact;
        }
        None
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
        let filed = self.by_preset.filed_limit();
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
