//! The patterns of a backend, ready to be looked for.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::fact::Signal;
use super::lines::Lines;
use crate::config::Backend;
use crate::pattern::{LineSays, Outcome, Pattern};
use crate::preset::Preset;
use crate::screen::Screen;

/// What shows the state of a backend's agents. All panes of a backend share one.
#[derive(Debug, Default)]
pub struct Signs {
    pub(super) active: Option<Sign>,
    pub(super) login: Option<Sign>,
    pub(super) limit: Option<Sign>,
    pub(super) dialog: Option<Sign>,
    pub(super) fatal: Option<Sign>,
    /// Whether `active_re` counts in the last rows alone, and output counts as work for so long.
    pub(super) footer: Option<Duration>,
    /// What is known of the program.
    pub(super) preset: Option<Arc<Preset>>,
}

/// One pattern, and whether it ran into its bound.
#[derive(Debug)]
pub(super) struct Sign {
    pub(super) pattern: Arc<Pattern>,
    gave_up: AtomicBool,
    told: AtomicBool,
}

impl Signs {
    /// The signs of a backend.
    pub fn of(backend: &Backend) -> Self {
        let sign = |written: &Option<crate::config::Pattern>| {
            let written = written.as_ref()?;
            Some(Sign::new(Arc::clone(&written.regex)))
        };
        Self {
            active: sign(&backend.active_re),
            login: sign(&backend.login_re),
            limit: sign(&backend.limit_re),
            dialog: sign(&backend.dialog_re),
            fatal: sign(&backend.fatal_re),
            footer: backend.footer_ui.then_some(backend.log_grace),
            preset: backend.preset.clone(),
        }
    }

    /// Whether the program is told, before it asks, that its status is listened to.
    pub fn offers_status(&self) -> bool {
        let preset = self.preset.as_ref();
        preset.is_some_and(|preset| preset.offers_status)
    }

    /// The signs of a preset alone.
    pub fn of_preset(preset: Arc<Preset>) -> Self {
        Self {
            preset: Some(preset),
            ..Self::default()
        }
    }

    /// What each signal of a screen goes by.
    fn all(&self) -> [(&Option<Sign>, Signal); 5] {
        [
            (&self.active, Signal::ActiveRe),
            (&self.login, Signal::LoginRe),
            (&self.limit, Signal::LimitRe),
            (&self.dialog, Signal::DialogRe),
            (&self.fatal, Signal::FatalRe),
        ]
    }

    /// What a signal goes by.
    pub(super) fn sign(&self, signal: Signal) -> Option<&Sign> {
        let sign = match signal {
            Signal::ActiveRe => &self.active,
            Signal::LoginRe => &self.login,
            Signal::LimitRe => &self.limit,
            Signal::DialogRe => &self.dialog,
            Signal::FatalRe => &self.fatal,
            _ => return None,
        };
        sign.as_ref()
    }

    /// Whether no pattern and no footer tells anything of a pane.
    pub fn is_empty(&self) -> bool {
        self.footer.is_none()
            && self.preset.is_none()
            && self.all().iter().all(|(sign, _)| sign.is_none())
    }

    /// The lines of a screen as the preset sees them, each with the row at which it begins: rows that
    /// belong together joined, frames cut. None without a preset.
    pub fn lines(&self, screen: &Screen) -> Vec<(u16, String)> {
        let Some(preset) = &self.preset else {
            return Vec::new();
        };
        let mut lines = Lines::default();
        lines.look(preset.rules(), screen);
        let texts = lines.list.iter().map(|line| {
            let mut text = String::new();
            line.text(screen, &mut text);
            (line.row, text)
        });
        texts.collect()
    }

    /// Whether looking for them never takes long, whatever a pane shows.
    pub fn are_linear(&self) -> bool {
        let mut signs = self.all().into_iter().filter_map(|(sign, _)| sign.as_ref());
        signs.all(|sign| sign.pattern.is_linear())
    }

    /// A pattern that ran into the bound of its time, which counts as no match. Each pattern is
    /// told once, whatever the number of panes.
    pub fn take_gave_up(&self) -> Option<Signal> {
        self.all().into_iter().find_map(|(sign, signal)| {
            let sign = sign.as_ref()?;
            let news =
                sign.gave_up.load(Ordering::Relaxed) && !sign.told.swap(true, Ordering::Relaxed);
            news.then_some(signal)
        })
    }
}

impl Sign {
    pub(super) fn new(pattern: Arc<Pattern>) -> Self {
        Self {
            pattern,
            gave_up: AtomicBool::new(false),
            told: AtomicBool::new(false),
        }
    }

    /// See [`Pattern::try_line`].
    pub(super) fn try_line(&self, line: &str) -> LineSays {
        let says = self.pattern.try_line(line);
        if says == LineSays::GaveUp {
            self.gave_up.store(true, Ordering::Relaxed);
        }
        says
    }

    /// See [`Pattern::search`].
    pub(super) fn search(&self, text: &str) -> Option<Range<usize>> {
        match self.pattern.search(text) {
            Outcome::Match(range) => Some(range),
            Outcome::NoMatch => None,
            Outcome::GaveUp => {
                self.gave_up.store(true, Ordering::Relaxed);
                None
            }
        }
    }
}
