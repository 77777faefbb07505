//! What came of a self-test.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::cli::message::count;
use crate::cli::terminal;
use crate::daemon::wire::VERSION;
use crate::fixture::{Fixture, FixtureError, From, Made, Trial, Wrong, too_many_by_hand};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const QUIET: Style = Style::new().dimmed();

/// How many rows of a screen are shown with a failure.
const ROWS_SHOWN: usize = 60;

/// All that was tried.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<Line>,
    backends: BTreeMap<String, Counts>,
    builtin: usize,
    by_hand: usize,
}

/// A fixture, or a file that is none.
#[derive(Debug)]
struct Line {
    name: String,
    outcome: Result<Vec<Trial>, String>,
}

#[derive(Debug, Default, Serialize)]
struct Counts {
    fixtures: usize,
    streams: usize,
    by_hand: usize,
    failed: usize,
}

/// The document of `ao selftest --json`.
#[derive(Debug, Serialize)]
pub(super) struct Document<'r> {
    version: u32,
    passed: bool,
    fixtures: usize,
    streams: usize,
    failed: usize,
    /// Of the built-in ones.
    by_hand: usize,
    builtin: usize,
    backends: &'r BTreeMap<String, Counts>,
    failures: Vec<Failed<'r>>,
}

#[derive(Debug, Serialize)]
struct Failed<'r> {
    name: &'r str,
    /// `text` or `stream`; null where it could not be tried.
    from: Option<&'static str>,
    error: Option<&'r str>,
    wrong: Vec<Difference<'r>>,
}

#[derive(Debug, Serialize)]
struct Difference<'r> {
    what: &'static str,
    expected: &'r str,
    seen: &'r str,
}

impl Report {
    pub(super) fn add(
        &mut self,
        name: String,
        is_builtin: bool,
        fixture: &Fixture,
        trials: Result<Vec<Trial>, FixtureError>,
    ) {
        let by_hand = usize::from(fixture.made == Made::ByHand);
        if is_builtin {
            self.builtin += 1;
            self.by_hand += by_hand;
        }
        let outcome = trials.map_err(|error| error.to_string());
        let line = Line { name, outcome };
        let counts = self.backends.entry(fixture.backend.clone()).or_default();
        counts.fixtures += 1;
        counts.by_hand += by_hand;
        counts.streams += line.streams();
        counts.failed += usize::from(line.failed());
        self.lines.push(line);
    }

    /// Something could not be read at all.
    pub(super) fn broken(&mut self, name: String, why: String) {
        self.lines.push(Line {
            name,
            outcome: Err(why),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn failed(&self) -> bool {
        self.too_many_by_hand() || self.lines.iter().any(Line::failed)
    }

    fn too_many_by_hand(&self) -> bool {
        too_many_by_hand(self.by_hand, self.builtin)
    }

    pub(super) fn document(&self) -> Document<'_> {
        let sum = |of: fn(&Counts) -> usize| self.backends.values().map(of).sum();
        Document {
            version: VERSION,
            passed: !self.failed(),
            fixtures: sum(|counts| counts.fixtures),
            streams: sum(|counts| counts.streams),
            failed: self.lines.iter().filter(|line| line.failed()).count(),
            by_hand: self.by_hand,
            builtin: self.builtin,
            backends: &self.backends,
            failures: self.lines.iter().flat_map(Line::failures).collect(),
        }
    }

    /// Every failure, then the sums.
    pub(super) fn text(&self, verbose: bool) -> String {
        let mut out = String::new();
        for line in &self.lines {
            line.tell(verbose, &mut out);
        }
        let width = self.backends.keys().map(|name| name.chars().count()).max();
        let width = width.unwrap_or(0);
        for (name, counts) in &self.backends {
            let (style, failed) = match counts.failed {
                0 => (GOOD, "all pass".to_owned()),
                failed => (BAD, format!("{failed} failed")),
            };
            let fixtures = count(counts.fixtures, "fixture");
            let streams = count(counts.streams, "stream");
            _ = writeln!(
                out,
                "{:width$}  {fixtures:>13}, {streams:>11}: {style}{failed}{style:#}",
                terminal::line(name)
            );
        }
        if self.builtin > 0 {
            let style = if self.too_many_by_hand() { BAD } else { QUIET };
            _ = writeln!(
                out,
                "{style}{} of the {} that are built in are made by hand, a third at most may be{style:#}",
                self.by_hand, self.builtin
            );
        }
        out
    }
}

impl Line {
    fn failed(&self) -> bool {
        match &self.outcome {
            Ok(trials) => trials.iter().any(|trial| !trial.wrong.is_empty()),
            Err(_) => true,
        }
    }

    fn streams(&self) -> usize {
        let trials = self.outcome.iter().flatten();
        trials.filter(|trial| trial.from == From::Stream).count()
    }

    fn failures(&self) -> Vec<Failed<'_>> {
        let trials = match &self.outcome {
            Ok(trials) => trials,
            Err(error) => {
                return vec![Failed {
                    name: &self.name,
                    from: None,
                    error: Some(error),
                    wrong: Vec::new(),
                }];
            }
        };
        let wrong = trials.iter().filter(|trial| !trial.wrong.is_empty());
        wrong
            .map(|trial| Failed {
                name: &self.name,
                from: Some(trial.from.as_str()),
                error: None,
                wrong: trial.wrong.iter().map(Difference::of).collect(),
            })
            .collect()
    }

    fn tell(&self, verbose: bool, out: &mut String) {
        let name = terminal::line(&self.name);
        let trials = match &self.outcome {
            Ok(trials) => trials,
            Err(error) => {
                let error = terminal::lines(error);
                _ = writeln!(out, "{BAD}FAIL{BAD:#} {name}: {error}");
                return;
            }
        };
        for trial in trials {
            let from = trial.from.as_str();
            if !trial.wrong.is_empty() {
                _ = writeln!(out, "{BAD}FAIL{BAD:#} {name} ({from})");
                show(trial, out);
            } else if verbose {
                let state = trial.finding.state;
                _ = writeln!(out, "{GOOD}ok{GOOD:#}   {name} ({from}): {state}");
            }
        }
    }
}

/// What should be seen, what is seen, and where.
fn show(trial: &Trial, out: &mut String) {
    for Wrong {
        what,
        expected,
        seen,
    } in &trial.wrong
    {
        let (expected, seen) = (terminal::line(expected), terminal::line(seen));
        _ = writeln!(out, "  {GOOD}-{what} = \"{expected}\"{GOOD:#}");
        _ = writeln!(out, "  {BAD}+{what} = \"{seen}\"{BAD:#}");
    }
    let finding = &trial.finding;
    let sign = finding.pattern.as_deref().map(terminal::line);
    let sign = sign.map_or(String::new(), |sign| format!(", sign `{sign}`"));
    _ = writeln!(out, "  {QUIET}seen by {}{sign}{QUIET:#}", finding.signal);
    let rows = trial.reading.picture.lines.iter().enumerate();
    let solid = rows.filter(|(_, row)| !row.is_empty());
    for (index, row) in solid.take(ROWS_SHOWN) {
        let is_it = finding.row.is_some_and(|at| usize::from(at) == index);
        let mark = if is_it { '>' } else { ' ' };
        _ = writeln!(
            out,
            "  {QUIET}{index:3}{QUIET:#}{mark}{}",
            terminal::line(row)
        );
    }
}

impl<'r> Difference<'r> {
    fn of(wrong: &'r Wrong) -> Self {
        Self {
            what: wrong.what,
            expected: &wrong.expected,
            seen: &wrong.seen,
        }
    }
}
