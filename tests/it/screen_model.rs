//! The model under test, beside what tmux shows.

use std::collections::HashMap;
use std::fmt;

use ao::screen::{Rules, Screen, Size};

use crate::rig::tmux_under_test;
use crate::screen_oracle::Shown;

/// The rules of the tmux under test.
pub(crate) fn rules() -> Rules {
    let version = tmux_under_test();
    Rules::for_release(version.major.into(), version.minor.into())
}

/// Whether the model has the rules of the tmux under test for whatever a program may write, and not
/// only for what programs do write; the README tells what differs otherwise.
pub(crate) fn exact() -> bool {
    let version = tmux_under_test();
    let exact = (version.major, version.minor) < (3, 6);
    if !exact {
        eprintln!("tmux {version} differs from the model in known ways: not compared");
    }
    exact
}

/// A model under test, and what must hold of it from one moment to the next.
pub(crate) struct Model {
    /// The model.
    pub(crate) screen: Screen,
    /// What each stamp and key stood for.
    stamps: HashMap<u64, (String, bool)>,
    keys: HashMap<u64, String>,
    last: (u64, Vec<u64>),
}

impl Model {
    /// The model of a new pane.
    pub(crate) fn new(size: Size) -> Self {
        Self {
            screen: Screen::new(size, rules()),
            stamps: HashMap::new(),
            keys: HashMap::new(),
            last: (0, Vec::new()),
        }
    }

    /// What is not as tmux shows it, if anything.
    pub(crate) fn difference(&mut self, tmux: &Shown) -> Result<(), String> {
        tmux.agrees(&shown(&self.screen))?;
        self.check_stamps()
    }

    /// A stamp or key stands for one text for ever, and the revision tells of every change.
    fn check_stamps(&mut self) -> Result<(), String> {
        let mut stamps = Vec::new();
        for row in self.screen.rows() {
            let mut text = String::new();
            row.text(&mut text);
            let now = (text, row.wraps());
            let before = self
                .stamps
                .entry(row.stamp())
                .or_insert_with(|| now.clone());
            if *before != now {
                return Err(format!("one stamp for {before:?} and {now:?}\n"));
            }
            stamps.push(row.stamp());
        }
        for line in self.screen.lines() {
            let mut now = String::new();
            line.text(&mut now);
            let before = self.keys.entry(line.key()).or_insert_with(|| now.clone());
            if *before != now {
                return Err(format!("one key for {before:?} and {now:?}\n"));
            }
        }
        let revision = self.screen.revision();
        let (last, old) = std::mem::replace(&mut self.last, (revision, stamps));
        if !old.is_empty() && (last == revision) != (old == self.last.1) {
            return Err(format!("revisions {last} and {revision}, and other rows\n"));
        }
        Ok(())
    }
}

/// What a model shows.
pub(crate) fn shown(screen: &Screen) -> Shown {
    let rows = screen.rows().map(|row| {
        let mut text = String::new();
        row.text(&mut text);
        text
    });
    let lines = screen.lines().map(|line| {
        let mut text = String::new();
        line.text(&mut text);
        text
    });
    Shown {
        size: screen.size(),
        cursor: screen.cursor(),
        alternate: screen.alternate(),
        title: screen.title().to_owned(),
        rows: rows.collect(),
        lines: lines.collect(),
    }
}

impl Shown {
    /// Whether the model shows the same.
    ///
    /// # Errors
    /// What differs, for people.
    pub(crate) fn agrees(&self, model: &Self) -> Result<(), String> {
        let (tmux, model) = (self.comparable(), model.comparable());
        if tmux == model {
            return Ok(());
        }
        Err(describe(&tmux, &model))
    }

    /// Without what the captures of some releases do not tell.
    fn comparable(&self) -> Self {
        let mut shown = self.clone();
        let version = tmux_under_test();
        if (version.major, version.minor) <= (3, 2) {
            // Rows are joined at their full width, so a wide character that wrapped leaves a blank.
            shown.lines.clear();
        }
        if (version.major, version.minor) >= (3, 6) {
            // A tab that the program wrote is shown as one, and is as many blanks in the model.
            for text in shown.rows.iter_mut().chain(&mut shown.lines) {
                let words = text.split([' ', '\t']).filter(|word| !word.is_empty());
                *text = words.collect::<Vec<_>>().join(" ");
            }
        }
        shown
    }
}

fn describe(tmux: &Shown, model: &Shown) -> String {
    let mut text = String::new();
    let mut facts = |what: &str, tmux: &dyn fmt::Debug, model: &dyn fmt::Debug| {
        let (tmux, model) = (format!("{tmux:?}"), format!("{model:?}"));
        if tmux != model {
            text += &format!("{what}\n  tmux  {tmux}\n  model {model}\n");
        }
    };
    facts("size", &tmux.size, &model.size);
    facts(
        "cursor",
        &(tmux.cursor.x, tmux.cursor.y),
        &(model.cursor.x, model.cursor.y),
    );
    facts("alternate", &tmux.alternate, &model.alternate);
    facts("title", &tmux.title, &model.title);
    let count = tmux.rows.len().max(model.rows.len());
    for y in 0..count {
        facts(&format!("row {y}"), &tmux.rows.get(y), &model.rows.get(y));
    }
    let count = tmux.lines.len().max(model.lines.len());
    for y in 0..count {
        facts(
            &format!("line {y}"),
            &tmux.lines.get(y),
            &model.lines.get(y),
        );
    }
    text
}
