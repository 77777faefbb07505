//! What was measured, and the table of it.

use std::fmt::Write as _;
use std::time::Duration;

/// One way of running a fleet, measured.
#[derive(Default)]
pub(crate) struct Figures {
    /// From nothing to all agents running.
    pub(crate) up: Option<Duration>,
    /// `tmux` processes that this took.
    pub(crate) up_processes: Option<u64>,
    /// From the question to the state of every agent.
    pub(crate) status: Option<Duration>,
    /// `tmux` processes that this took.
    pub(crate) status_processes: Option<u64>,
    /// From all agents running to none.
    pub(crate) down: Option<Duration>,
    /// `tmux` processes that this took.
    pub(crate) down_processes: Option<u64>,
    /// CPU a minute of whatever watches 200 agents that do nothing.
    pub(crate) idle_cpu: Option<Duration>,
    /// CPU a minute of the tmux server meanwhile.
    pub(crate) idle_server_cpu: Option<Duration>,
    /// Context switches a second of whatever watches.
    pub(crate) idle_switches: Option<f64>,
    /// Resident memory of whatever watches, in KiB.
    pub(crate) resident_kib: Option<u64>,
    /// Proportional memory of whatever watches, in KiB.
    pub(crate) proportional_kib: Option<u64>,
    /// Processes besides the server and the agents themselves.
    pub(crate) processes: Option<u64>,
    /// From a death to the new process, in the order measured.
    pub(crate) deaths: Vec<Duration>,
}

impl Figures {
    /// The death below which `share` of all are.
    fn death(&self, share: f64) -> Option<Duration> {
        let mut sorted = self.deaths.clone();
        sorted.sort_unstable();
        // The nearest rank: with 100 deaths, the 99th percentile is the 99th.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a few hundred deaths"
        )]
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }
}

/// The middle one of several times.
pub(crate) fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// The three ways side by side, as a Markdown table.
pub(crate) fn table(agents: usize, ao: &Figures, bare: &Figures, spawn: &Figures) -> String {
    let mut table = String::new();
    let mut row = |what: &str, cells: [String; 4]| {
        let _ = writeln!(table, "| {what} | {} |", cells.join(" | "));
    };
    row(
        "what",
        ["ao", "bare driver", "ao / bare", "`tmux` for each"].map(str::to_owned),
    );
    row("---", ["---:"; 4].map(str::to_owned));

    let times = |pick: fn(&Figures) -> Option<Duration>| {
        let ratio = match (pick(ao), pick(bare)) {
            (Some(ao), Some(bare)) if !bare.is_zero() => {
                format!("{:.2}", ao.as_secs_f64() / bare.as_secs_f64())
            }
            _ => "-".to_owned(),
        };
        [time(pick(ao)), time(pick(bare)), ratio, time(pick(spawn))]
    };
    let counts = |pick: fn(&Figures) -> Option<u64>| {
        [
            count(pick(ao)),
            count(pick(bare)),
            "-".to_owned(),
            count(pick(spawn)),
        ]
    };

    row(&format!("`up` of {agents} agents"), times(|it| it.up));
    row("… tmux processes started", counts(|it| it.up_processes));
    row(&format!("`status` of {agents}"), times(|it| it.status));
    row("… tmux processes started", counts(|it| it.status_processes));
    row(
        &format!("`down` of {agents} that end on HUP"),
        times(|it| it.down),
    );
    row("… tmux processes started", counts(|it| it.down_processes));
    row("idle: watcher's CPU a minute", times(|it| it.idle_cpu));
    row(
        "idle: tmux server's CPU a minute",
        times(|it| it.idle_server_cpu),
    );
    row(
        "idle: watcher's wake-ups a second",
        [ao, bare, spawn]
            .map(|it| it.idle_switches)
            .map(|rate| rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}")))
            .into_cells(),
    );
    row(
        "watcher's memory, resident",
        memory([ao, bare, spawn], |it| it.resident_kib),
    );
    row(
        "watcher's memory, proportional",
        memory([ao, bare, spawn], |it| it.proportional_kib),
    );
    row(
        "processes beside server and agents",
        counts(|it| it.processes),
    );
    row("death to new process, p50", times(|it| it.death(0.50)));
    row("death to new process, p99", times(|it| it.death(0.99)));
    row(
        "… deaths measured",
        counts(|it| Some(it.deaths.len() as u64).filter(|&deaths| deaths > 0)),
    );
    table
}

/// Three cells become four: there is no ratio.
trait IntoCells {
    fn into_cells(self) -> [String; 4];
}

impl IntoCells for [String; 3] {
    fn into_cells(self) -> [String; 4] {
        let [ao, bare, spawn] = self;
        [ao, bare, "-".to_owned(), spawn]
    }
}

fn memory(all: [&Figures; 3], pick: fn(&Figures) -> Option<u64>) -> [String; 4] {
    all.map(pick)
        .map(|kib| {
            #[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
            kib.map_or_else(
                || "-".to_owned(),
                |kib| format!("{:.1} MB", kib as f64 * 1024.0 / 1e6),
            )
        })
        .into_cells()
}

fn time(time: Option<Duration>) -> String {
    match time {
        None => "-".to_owned(),
        Some(time) if time >= Duration::from_secs(1) => format!("{:.2} s", time.as_secs_f64()),
        Some(time) => format!("{:.1} ms", time.as_secs_f64() * 1e3),
    }
}

fn count(count: Option<u64>) -> String {
    count.map_or_else(|| "-".to_owned(), |count| count.to_string())
}
