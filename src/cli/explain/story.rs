//! What happened, told so that a person can follow it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::civil::Date;

use super::happening::{Aside, Happening, Subject, happenings};
use super::sums::Sums;
use crate::cli::table::Reader;
use crate::cli::{sentence, terminal};
use crate::daemon::journal::Told;
use crate::daemon::wire::{Contradiction, State, What};

/// How many rows of a screen are shown below what they explain.
const ROWS: usize = 6;
/// How wide a row is shown where there is no terminal.
const ROW_WIDTH: usize = 160;
/// How far rows are moved in.
const INDENT: usize = 12;

const DAY: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default();

/// A story that is being put together.
pub(super) struct Story {
    subject: Subject,
    reader: Reader,
    items: Vec<Item>,
    sums: Sums,
}

/// One paragraph.
struct Item {
    time: Timestamp,
    what: Paragraph,
}

enum Paragraph {
    Happening(Happening),
    /// An agent worked and was idle by turns.
    Turns {
        changes: usize,
        until: Timestamp,
        last: State,
    },
}

impl Story {
    pub(super) fn new(subject: Subject, reader: Reader) -> Self {
        Self {
            subject,
            reader,
            items: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Adds what belongs into the story.
    pub(super) fn add(&mut self, entry: Told) {
        let time = entry.wall;
        for what in happenings(entry, &self.reader.zone) {
            if !self.subject.hears(&what) {
                continue;
            }
            if let Happening::Event(what) = &what {
                self.sums.add(time, what);
            }
            match turn(&what) {
                Some(Turn::Told) => {}
                Some(Turn::Routine(to)) => self.add_turn(time, to),
                None => self.items.push(Item {
                    time,
                    what: Paragraph::Happening(what),
                }),
            }
        }
    }

    /// Working and being idle by turns is one paragraph, however often; of a whole fleet it is
    /// none.
    fn add_turn(&mut self, time: Timestamp, to: State) {
        if !matches!(self.subject, Subject::Unit { .. }) {
            return;
        }
        match self.items.last_mut().map(|item| &mut item.what) {
            Some(Paragraph::Turns {
                changes,
                until,
                last,
            }) => {
                *changes += 1;
                (*until, *last) = (time, to);
            }
            _ => self.items.push(Item {
                time,
                what: Paragraph::Turns {
                    changes: 1,
                    until: time,
                    last: to,
                },
            }),
        }
    }

    /// Writes the story, with what it comes to since that time.
    pub(super) fn write(&self, since: Timestamp, out: &mut impl Write) -> io::Result<()> {
        let mut day = None;
        let mut rows_before = BTreeMap::new();
        for item in &self.items {
            let date = self.date(item.time);
            if day.replace(date) != Some(date) {
                writeln!(out, "{DAY}{}{DAY:#}", date.strftime("%A, %F"))?;
            }
            self.write_item(item, &mut rows_before, out)?;
        }
        writeln!(out, "{QUIET}{}{QUIET:#}", self.summary(since))
    }

    fn write_item<'a>(
        &'a self,
        item: &'a Item,
        rows_before: &mut BTreeMap<&'a str, &'a [String]>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match &item.what {
            Paragraph::Turns {
                changes,
                until,
                last,
            } => self.line(
                item.time,
                None,
                Style::new(),
                &turns(*changes, *last, self.clock(*until)),
                out,
            ),
            Paragraph::Happening(Happening::Event(what)) => {
                let told = sentence::of(what, item.time, &self.reader.zone);
                let (style, text) = match &**what {
                    What::State {
                        to,
                        signal,
                        dialog,
                        contradicts,
                        ..
                    } => {
                        let bad = matches!(to, State::Fatal | State::Login);
                        let style = if bad { BAD } else { Style::new() };
                        let mut text = shows(*to, signal.as_deref(), dialog.as_deref());
                        text.extend(contradicts.as_ref().map(against));
                        (style, text)
                    }
                    _ => (told.style, told.text),
                };
                self.line(item.time, self.who(told.who), style, &text, out)?;
                // A limit is shown, then held: the same rows tell both.
                if rows_before.insert(told.who, told.rows) == Some(told.rows) {
                    return Ok(());
                }
                self.rows(told.rows, out)
            }
            Paragraph::Happening(Happening::Journal(aside)) => {
                let (who, style, text) = match aside {
                    Aside::Begin { ao } => ("watchdog", Style::new(), format!("begins, ao {ao}")),
                    Aside::Missed { count: n } => {
                        let entries = if *n == 1 { "entry is" } else { "entries are" };
                        ("journal", BAD, format!("{n} {entries} missing here"))
                    }
                    Aside::LastScreen { agent, .. } => {
                        (agent.as_str(), Style::new(), "its last rows:".to_owned())
                    }
                };
                self.line(item.time, self.who(who), style, &text, out)?;
                match aside {
                    Aside::LastScreen { rows, .. } => self.rows(rows, out),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The name in front of a line, where it is not the subject's.
    fn who<'a>(&self, who: &'a str) -> Option<&'a str> {
        let own = matches!(&self.subject, Subject::Unit { name, .. } if name == who);
        (!own).then_some(who)
    }

    fn line(
        &self,
        time: Timestamp,
        who: Option<&str>,
        style: Style,
        text: &str,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let time = self.clock(time);
        let who = who.map_or(String::new(), |who| format!("{}: ", terminal::line(who)));
        let text = terminal::line(text);
        writeln!(out, "  {QUIET}{time}{QUIET:#}  {who}{style}{text}{style:#}")
    }

    /// The lowest rows that are not blank, each cut to the terminal.
    fn rows(&self, rows: &[String], out: &mut impl Write) -> io::Result<()> {
        let width = self.reader.width.unwrap_or(ROW_WIDTH);
        let room = width.saturating_sub(INDENT + 2).max(20);
        let rows: Vec<&String> = rows.iter().filter(|row| !row.trim().is_empty()).collect();
        let hidden = rows.len().saturating_sub(ROWS);
        for row in &rows[hidden..] {
            let row = terminal::line(row.trim_end());
            let mut shown: String = row.chars().take(room).collect();
            if shown.len() < row.len() {
                shown.pop();
                shown.push('…');
            }
            writeln!(out, "{:INDENT$}{QUIET}| {shown}{QUIET:#}", "")?;
        }
        Ok(())
    }

    fn summary(&self, since: Timestamp) -> String {
        let (now, zone) = (self.reader.now, &self.reader.zone);
        let since = format!("since {}", sentence::clock(since, now, zone));
        if self.items.is_empty() {
            let whom = match &self.subject {
                Subject::Unit { name, .. } => format!("nothing happened to {name}"),
                _ => "nothing happened".to_owned(),
            };
            let whom = terminal::line(&whom);
            return format!("{whom} {since}; `--since 7d` looks further back");
        }
        format!("{since}: {}", self.sums.sentence(now))
    }

    fn date(&self, time: Timestamp) -> Date {
        time.to_zoned_datetime(self.reader.zone.clone()).date()
    }

    fn clock(&self, time: Timestamp) -> String {
        let time = time.to_zoned_datetime(self.reader.zone.clone());
        time.strftime("%T").to_string()
    }
}

/// A change of state that needs no paragraph of its own.
enum Turn {
    /// Something else tells it: a start, a death.
    Told,
    /// It worked, or was idle.
    Routine(State),
}

fn turn(what: &Happening) -> Option<Turn> {
    let Happening::Event(what) = what else {
        return None;
    };
    let What::State {
        to, contradicts, ..
    } = &**what
    else {
        return None;
    };
    // Signals that disagree are worth a line.
    if contradicts.is_some() {
        return None;
    }
    match to {
        State::Stopped | State::Starting | State::Exited | State::Failed | State::Unknown => {
            Some(Turn::Told)
        }
        State::Working | State::Idle | State::Waiting => Some(Turn::Routine(*to)),
        State::Retrying | State::NeedsInput | State::Login | State::Limited | State::Fatal => None,
    }
}

fn turns(changes: usize, last: State, until: String) -> String {
    match (changes, last) {
        (1, State::Working) => "works".to_owned(),
        (1, State::Waiting) => "is idle, and says until when it waits".to_owned(),
        (1, _) => "is idle".to_owned(),
        (n, last) => {
            let last = match last {
                State::Working => "works since",
                State::Waiting => "waits since",
                _ => "is idle since",
            };
            format!("works and is idle by turns, {n} changes; {last} {until}")
        }
    }
}

/// What a screen shows, in words.
fn shows(to: State, signal: Option<&str>, dialog: Option<&str>) -> String {
    let what = match to {
        State::Retrying => "what it talks to is away, and it tries again by itself",
        State::NeedsInput => "asks something that a person has to answer",
        State::Login => "wants a person to log in",
        State::Limited => "shows a usage limit",
        State::Fatal => "shows that its session cannot go on",
        other => other.name(),
    };
    let dialog = dialog.filter(|_| to == State::NeedsInput);
    let dialog = dialog.map_or(String::new(), |dialog| format!(": {dialog}"));
    let signal = signal.map_or(String::new(), |signal| format!(" ({signal})"));
    terminal::line(&format!("{what}{dialog}{signal}")).into_owned()
}

/// What another signal says, which is not believed.
fn against(other: &Contradiction) -> String {
    format!(", though `{}` says {}", other.signal, other.state.name())
}
