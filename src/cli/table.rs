//! The status document as a table for people.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::message::count;
use super::{duration, sentence, terminal};
use crate::daemon::wire::{Hold, Phase, State, Status, Unit, Wanted, Watchdog};

const HEADINGS: [&str; COLUMNS] = [
    "AGENT", "KIND", "BACKEND", "MODEL", "WATCH", "STATE", "SINCE",
];
const COLUMNS: usize = 7;
/// The column that shows the state, and so has a colour.
const STATE: usize = 5;
/// What stands between two columns.
const GAP: usize = 2;
/// Notes that have less room beside their row stand below it.
const NOTES_MIN: usize = 24;
/// How far notes below a row are moved in.
const INDENT: usize = 4;
/// No column but the notes grows over this on a terminal.
const COLUMN_MAX: usize = 32;

const HEADING: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const SOON: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

struct Row {
    cells: [String; COLUMNS],
    state: Style,
    notes: String,
}

/// The time at which a table is read, and where.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Times are told as spans before and after this.
    pub(crate) now: Timestamp,
    /// Clock times are those of this zone.
    pub(crate) zone: TimeZone,
    /// How wide the terminal is; none where the text may be as wide as it likes.
    pub(crate) width: Option<usize>,
}

impl Reader {
    /// Whoever looks at stdout now.
    pub(crate) fn here() -> Self {
        Self {
            now: Timestamp::now(),
            zone: TimeZone::system(),
            width: terminal::width(),
        }
    }
}

/// The table, with colours.
pub(crate) fn render(status: &Status, reader: &Reader) -> String {
    let (now, width) = (reader.now, reader.width);
    let all = status.agents.iter().chain(&status.services);
    let mut rows: Vec<Row> = all
        .map(|unit| unit_row(unit, status.watchdog.paused, reader))
        .collect();
    rows.push(watchdog_row(&status.watchdog, now));
    if width.is_some() {
        rows.iter_mut()
            .flat_map(|row| &mut row.cells)
            .for_each(|cell| cut(cell, COLUMN_MAX));
    }

    let widths: [usize; COLUMNS] = std::array::from_fn(|i| {
        let cells = rows.iter().map(|row| columns(&row.cells[i]));
        cells.chain([columns(HEADINGS[i])]).max().unwrap_or(0)
    });
    let notes_at = widths.iter().sum::<usize>() + GAP * COLUMNS;
    let mut out = String::new();
    if let Some(phase) = &status.phase {
        out.push_str(&phase_line(phase));
    }
    let headings = Row {
        cells: HEADINGS.map(str::to_owned),
        state: HEADING,
        notes: String::new(),
    };
    push_cells(&mut out, &headings, &widths, Some(HEADING));
    out.push('\n');
    for row in &rows {
        push_cells(&mut out, row, &widths, None);
        push_notes(&mut out, &row.notes, notes_at, width);
    }
    for stray in &status.strays {
        let place = stray.session.as_deref().unwrap_or("no session");
        let agent = stray.agent.as_deref().unwrap_or("nobody");
        let text = format!(
            "stray {} in {place}, started as {agent}: {}",
            stray.pane, stray.reason
        );
        _ = writeln!(out, "{QUIET}{}{QUIET:#}", terminal::line(&text));
    }
    out
}

fn phase_line(phase: &Phase) -> String {
    let plan = phase.plan.as_deref();
    let plan = plan.map_or(String::new(), |plan| format!(" plan={plan}"));
    let done = match phase.done.get(phase.index) {
        _ if phase.complete => " (all phases are done)",
        Some(true) => " (done)",
        _ => "",
    };
    let line = format!(
        "{} [{}/{}]{plan}{done}",
        phase.id,
        phase.index + 1,
        phase.count
    );
    format!(" phase: {}\n", terminal::line(&line))
}

fn push_cells(out: &mut String, row: &Row, widths: &[usize; COLUMNS], all: Option<Style>) {
    let mut gap = 0;
    for (i, cell) in row.cells.iter().enumerate() {
        let plain = if i == STATE { row.state } else { Style::new() };
        let style = all.unwrap_or(plain);
        _ = write!(out, "{:gap$}{style}{cell}{style:#}", "");
        gap = widths[i] - columns(cell) + GAP;
    }
    if !row.notes.is_empty() {
        _ = write!(out, "{:gap$}", "");
    }
}

/// Ends the row. Notes that do not fit beside it go on below, at the same column if that leaves
/// them room enough.
fn push_notes(out: &mut String, notes: &str, at: usize, width: Option<usize>) {
    let Some(width) = width else {
        out.push_str(notes);
        out.push('\n');
        return;
    };
    let beside = width.saturating_sub(at);
    let (indent, room) = if beside >= NOTES_MIN || columns(notes) <= beside {
        (at, beside)
    } else {
        out.truncate(out.trim_end().len());
        _ = write!(out, "\n{:INDENT$}", "");
        (INDENT, width.saturating_sub(INDENT).max(NOTES_MIN))
    };
    let mut column = 0;
    for word in notes.split(' ') {
        if column > 0 && column + 1 + columns(word) > room {
            _ = write!(out, "\n{:indent$}", "");
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += columns(word);
    }
    out.push('\n');
}

fn unit_row(unit: &Unit, all_paused: bool, reader: &Reader) -> Row {
    let or = |value: &Option<String>, absent: &str| {
        value
            .as_deref()
            .filter(|v| !v.is_empty())
            .unwrap_or(absent)
            .to_owned()
    };
    let service = unit.kind == "service";
    let (state, style) = state_of(unit.state);
    let cells = [
        unit.name.clone(),
        unit.kind.clone(),
        or(&unit.backend, "-"),
        or(&unit.model, if service { "-" } else { "default" }),
        unit.watch.clone(),
        match unit.dialog.as_deref() {
            Some(dialog) if unit.state == State::NeedsInput => format!("{state}: {dialog}"),
            _ => state.to_owned(),
        },
        since(unit.since, reader.now),
    ];
    Row {
        cells: cells.map(|cell| terminal::line(&cell).into_owned()),
        state: style,
        notes: notes(unit, all_paused, reader),
    }
}

/// The word and the look of a state. People read `running` where the document says that nothing
/// more is known.
pub(crate) fn state_of(state: State) -> (&'static str, Style) {
    match state {
        State::Unknown => ("running", GOOD),
        State::Working => (state.name(), GOOD),
        State::Idle | State::Waiting => (state.name(), Style::new()),
        State::Starting | State::Retrying | State::Limited => (state.name(), SOON),
        State::Failed | State::Fatal | State::NeedsInput | State::Login => (state.name(), BAD),
        State::Stopped | State::Exited => (state.name(), QUIET),
    }
}

fn notes(unit: &Unit, all_paused: bool, reader: &Reader) -> String {
    let mut notes = Vec::new();
    let command = unit.command.as_deref();
    if let Some(command) = command.filter(|command| !command.is_empty()) {
        notes.push(format!("[{command}]"));
    }
    if !unit.enabled {
        notes.push("(disabled)".to_owned());
    }
    if unit.paused && !all_paused {
        notes.push("paused".to_owned());
    }
    let running = unit.state.runs() || unit.state == State::Starting;
    match (unit.wanted, running) {
        (Some(Wanted::Down), true) => notes.push("unwanted".to_owned()),
        (Some(Wanted::Up), false) if unit.state == State::Stopped => {
            notes.push("wanted".to_owned())
        }
        _ => {}
    }
    if !unit.state.runs() {
        match (unit.exit_status, &unit.exit_reason) {
            (Some(status), Some(reason)) => notes.push(format!("ended with {status}: {reason}")),
            (Some(status), None) => notes.push(format!("ended with {status}")),
            (None, Some(reason)) => notes.push(reason.clone()),
            (None, None) => {}
        }
    }
    notes.extend(why(unit));
    if unit.restarts > 0 {
        notes.push(count(unit.restarts as usize, "restart"));
    }
    if let Some(hold) = &unit.hold {
        notes.push(held(hold, reader));
    }
    if let Some(until) = unit.waiting_until.filter(|_| unit.state == State::Waiting) {
        notes.push(format!("waits until {}", moment(until, reader)));
    }
    match unit.letters {
        0 => {}
        1 => notes.push("1 text waits for it".to_owned()),
        n => notes.push(format!("{n} texts wait for it")),
    }
    if unit.stale {
        notes.push("config changed, restart to apply".to_owned());
    }
    notes.extend(unit.remarks.iter().cloned());
    terminal::line(&notes.join(", ")).into_owned()
}

/// Why it is in its state, where a person has to do something about that.
fn why(unit: &Unit) -> Option<String> {
    let reason = unit.reason.as_deref()?;
    if unit.gave_up {
        return Some(format!("gave up: {reason}; `ao reset {}`", unit.name));
    }
    match unit.state {
        State::NeedsInput | State::Login | State::Fatal => Some(format!("\"{reason}\"")),
        _ => None,
    }
}

fn held(hold: &Hold, reader: &Reader) -> String {
    let source = sentence::source_of(hold.source, hold.banner.as_deref());
    let Some(until) = hold.until else {
        return format!("spending is capped: {source}");
    };
    let probes = match hold.probes {
        0 => String::new(),
        n => format!(", {}", count(n as usize, "probe")),
    };
    format!("limited until {}, {source}{probes}", moment(until, reader))
}

/// `15:45 (in 1h 12m)`.
fn moment(at: Timestamp, reader: &Reader) -> String {
    let clock = sentence::clock(at, reader.now, &reader.zone);
    let left = Duration::try_from(at.duration_since(reader.now)).unwrap_or_default();
    if left.is_zero() {
        format!("{clock} (over)")
    } else {
        format!("{clock} (in {})", duration::rough(left))
    }
}

fn watchdog_row(watchdog: &Watchdog, now: Timestamp) -> Row {
    let (state, style) = if watchdog.running {
        ("running", GOOD)
    } else {
        ("stopped", QUIET)
    };
    let mut notes = Vec::new();
    if let Some(pid) = watchdog.pid {
        notes.push(format!("pid {pid}"));
    }
    if let Some(error) = watchdog
        .config_error
        .as_deref()
        .and_then(|e| e.lines().next())
    {
        notes.push(format!("the config has a mistake: {error}"));
    }
    if watchdog.dry_run {
        notes.push("a dry run: it decides and does not act".to_owned());
    }
    if watchdog.paused {
        notes.push("paused: it does nothing by itself until `ao resume`".to_owned());
    }
    if watchdog.journal_ok == Some(false) {
        notes.push("its journal cannot be written".to_owned());
    } else if watchdog.journal_missed > 0 {
        let missed = watchdog.journal_missed;
        notes.push(format!("{missed} entries of its journal were lost"));
    }
    notes.extend(watchdog.troubles.iter().cloned());
    let cell = |text: &str| text.to_owned();
    Row {
        cells: [
            cell("watchdog"),
            cell("-"),
            cell("-"),
            cell("-"),
            cell("-"),
            cell(state),
            since(watchdog.since, now),
        ],
        state: style,
        notes: terminal::line(&notes.join(", ")).into_owned(),
    }
}

fn since(time: Option<Timestamp>, now: Timestamp) -> String {
    time.map_or_else(|| "-".to_owned(), |time| before(time, now))
}

/// How long `time` is before `now`; nothing at all when the clock was set back in between.
fn before(time: Timestamp, now: Timestamp) -> String {
    let span = Duration::try_from(now.duration_since(time)).unwrap_or_default();
    duration::rough(span)
}

/// How many columns a text takes. Every character counts as one: names are seldom anything else,
/// and a wide one costs the alignment of its row, not its meaning.
fn columns(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &mut String, columns: usize) {
    if let Some((end, _)) = text.char_indices().nth(columns) {
        let last = text[..end]
            .char_indices()
            .next_back()
            .map_or(0, |(at, _)| at);
        text.truncate(last);
        text.push('…');
    }
}

#[cfg(test)]
mod tests;
