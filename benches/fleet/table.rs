//! Figures in a Markdown table, and whether they are what is wanted.

use std::fmt::Write as _;
use std::time::Duration;

/// What stands in a cell that has no figure.
const NONE: &str = "-";

/// A table whose first column tells what the others are figures of.
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn new<const N: usize>(columns: [&str; N]) -> Self {
        let mut table = Self(String::new());
        table.row(columns.map(str::to_owned));
        let mut alignment = [(); N].map(|()| "---:".to_owned());
        "---".clone_into(&mut alignment[0]);
        table.row(alignment);
        table
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// What is wanted of a figure.
#[derive(Default)]
pub(crate) struct Wanted {
    text: String,
    /// None until there is a figure to judge.
    holds: Option<bool>,
}

impl Wanted {
    /// A figure of at most `limit`, which reads `text`.
    pub(crate) fn at_most(figure: Option<f64>, limit: f64, text: &str) -> Self {
        Self {
            text: format!("at most {text}"),
            holds: figure.map(|figure| figure <= limit),
        }
    }

    /// A time of at most so many milliseconds.
    pub(crate) fn millis(time: Option<Duration>, limit: u32) -> Self {
        let figure = time.map(|time| time.as_secs_f64() * 1e3);
        Self::at_most(figure, limit.into(), &format!("{limit} ms"))
    }

    /// At most so many times what the bare one needs.
    pub(crate) fn times(ao: Option<Duration>, bare: Option<Duration>, limit: f64) -> Self {
        Self::at_most(ratio(ao, bare), limit, &format!("{limit} x"))
    }

    /// Memory of at most so many megabytes.
    pub(crate) fn megabytes(kib: Option<u64>, limit: u32) -> Self {
        let figure = kib.map(|kib| kib as f64 * 1024.0 / 1e6);
        Self::at_most(figure, limit.into(), &format!("{limit} MB"))
    }

    /// Something else.
    pub(crate) fn that(text: &str, holds: Option<bool>) -> Self {
        let text = text.to_owned();
        Self { text, holds }
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            text: format!("{}, {}", self.text, other.text),
            holds: self.holds.zip(other.holds).map(|(a, b)| a && b),
        }
    }

    /// The last two cells of a row.
    pub(crate) fn cells(self) -> [String; 2] {
        let mark = match self.holds {
            _ if self.text.is_empty() => "",
            Some(true) => "ok",
            Some(false) => "**over**",
            None => NONE,
        };
        [self.text, mark.to_owned()]
    }
}

/// How many times `bare` fits into `ao`.
pub(crate) fn ratio(ao: Option<Duration>, bare: Option<Duration>) -> Option<f64> {
    let bare = bare.filter(|bare| !bare.is_zero())?;
    Some(ao?.as_secs_f64() / bare.as_secs_f64())
}

/// The value below which `share` of all are; none of nothing.
pub(crate) fn quantile(times: &[Duration], share: f64) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    // The nearest rank: of 100, the 99th percentile is the 99th.
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

pub(crate) fn time_cell(time: Option<Duration>) -> String {
    cell(time, |time| match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.01 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{:.2} ms", seconds * 1e3),
    })
}

pub(crate) fn ratio_cell(ratio: Option<f64>) -> String {
    cell(ratio, |ratio| format!("{ratio:.2}"))
}

pub(crate) fn count_cell(count: Option<u64>) -> String {
    cell(count, |count| count.to_string())
}

pub(crate) fn rate_cell(rate: Option<f64>) -> String {
    cell(rate, |rate| format!("{rate:.1}"))
}

pub(crate) fn share_cell(share: Option<f64>) -> String {
    cell(share, |share| format!("{:.1} %", share * 100.0))
}

pub(crate) fn memory_cell(kib: Option<u64>) -> String {
    cell(kib, |kib| format!("{:.1} MB", kib as f64 * 1024.0 / 1e6))
}

fn cell<T>(figure: Option<T>, text: impl FnOnce(T) -> String) -> String {
    figure.map_or_else(|| NONE.to_owned(), text)
}
