//! The status document as a table for people.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;

use super::duration;
use super::terminal;
use crate::daemon::wire::{State, Status, Unit, Wanted, Watchdog};

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

/// The table, with colours; `width` is the terminal's, none where the text may be as wide as it
/// likes. Times are told as spans before `now`.
pub(crate) fn render(status: &Status, now: Timestamp, width: Option<usize>) -> String {
    let mut rows: Vec<Row> = status
        .agents
        .iter()
        .map(|unit| unit_row(unit, now))
        .collect();
    rows.extend(status.services.iter().map(|unit| unit_row(unit, now)));
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
        let plan = phase
            .plan
            .as_deref()
            .map_or(String::new(), |plan| format!(" plan={plan}"));
        let place = format!("[{}/{}]", phase.index + 1, phase.count);
        _ = writeln!(
            out,
            " phase: {} {place}{}",
            terminal::line(&phase.id),
            terminal::line(&plan)
        );
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

fn unit_row(unit: &Unit, now: Timestamp) -> Row {
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
        state.to_owned(),
        since(unit.since, now),
    ];
    Row {
        cells: cells.map(|cell| terminal::line(&cell).into_owned()),
        state: style,
        notes: notes(unit, now),
    }
}

/// The word and the look of a state. People read `running` where the document says that nothing
/// more is known.
pub(crate) fn state_of(state: State) -> (&'static str, Style) {
    match state {
        State::Unknown => ("running", GOOD),
        State::Working => (state.name(), GOOD),
        State::Retrying => (state.name(), SOON),
        State::NeedsPerson | State::Login => (state.name(), BAD),
        State::Idle => (state.name(), Style::new()),
        State::Starting | State::Limited => (state.name(), SOON),
        State::Failed | State::Fatal => (state.name(), BAD),
        State::Stopped | State::Exited => (state.name(), QUIET),
    }
}

fn notes(unit: &Unit, now: Timestamp) -> String {
    let mut notes = Vec::new();
    if let Some(command) = unit
        .command
        .as_deref()
        .filter(|command| !command.is_empty())
    {
        notes.push(format!("[{command}]"));
    }
    if !unit.enabled {
        notes.push("(disabled)".to_owned());
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
    match unit.restarts {
        0 => {}
        1 => notes.push("1 restart".to_owned()),
        n => notes.push(format!("{n} restarts")),
    }
    if let Some(hold) = &unit.hold {
        notes.push(format!(
            "held for {} ({})",
            before(now, hold.until),
            hold.source
        ));
    }
    if unit.stale {
        notes.push("config changed, restart to apply".to_owned());
    }
    notes.extend(unit.remarks.iter().cloned());
    terminal::line(&notes.join(", ")).into_owned()
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
