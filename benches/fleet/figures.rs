//! What was measured, and the table of it.

use std::time::Duration;

use crate::table::{
    Table, Wanted, count_cell, memory_cell, quantile, rate_cell, ratio, ratio_cell, time_cell,
};

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
        quantile(&self.deaths, share)
    }
}

/// The middle one of several times.
pub(crate) fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// The three ways side by side, as a Markdown table.
pub(crate) fn table(agents: usize, ao: &Figures, bare: &Figures, spawn: &Figures) -> String {
    let mut sides = Sides {
        table: Table::new([
            "what",
            "ao",
            "bare driver",
            "ao / bare",
            "`tmux` for each",
            "wanted",
            "",
        ]),
        sides: [ao, bare, spawn],
    };
    sides.starts_and_ends(agents);
    sides.idle();
    let within = Wanted::millis(ao.death(0.99), 50);
    sides.times("death to new process, p50", |it| it.death(0.50), none());
    sides.times("death to new process, p99", |it| it.death(0.99), within);
    sides.counts("… deaths measured", |it| {
        Some(it.deaths.len() as u64).filter(|&deaths| deaths > 0)
    });
    sides.table.into_text()
}

fn none() -> Wanted {
    Wanted::default()
}

/// A table of ao, the bare driver and the script.
struct Sides<'a> {
    table: Table,
    sides: [&'a Figures; 3],
}

impl Sides<'_> {
    fn starts_and_ends(&mut self, agents: usize) {
        let [ao, bare, _] = self.sides;
        let wanted = Wanted::times(ao.up, bare.up, 1.25);
        self.times(&format!("`up` of {agents} agents"), |it| it.up, wanted);
        self.counts("… tmux processes started", |it| it.up_processes);
        let wanted = Wanted::millis(ao.status, 15);
        self.times(&format!("`status` of {agents}"), |it| it.status, wanted);
        self.counts("… tmux processes started", |it| it.status_processes);
        let wanted = Wanted::times(ao.down, bare.down, 1.25);
        let what = format!("`down` of {agents} that end on HUP");
        self.times(&what, |it| it.down, wanted);
        self.counts("… tmux processes started", |it| it.down_processes);
    }

    fn idle(&mut self) {
        let [ao, ..] = self.sides;
        let wanted = Wanted::millis(ao.idle_cpu, 50);
        self.times("idle: watcher's CPU a minute", |it| it.idle_cpu, wanted);
        let what = "idle: tmux server's CPU a minute";
        self.times(what, |it| it.idle_server_cpu, none());
        let rates = self.sides.map(|it| rate_cell(it.idle_switches));
        let wanted = Wanted::at_most(ao.idle_switches, 2.0, "2");
        self.row("idle: watcher's wake-ups a second", rates, None, wanted);
        let memory = self.sides.map(|it| memory_cell(it.resident_kib));
        let wanted = Wanted::megabytes(ao.resident_kib, 40);
        self.row("watcher's memory, resident", memory, None, wanted);
        let memory = self.sides.map(|it| memory_cell(it.proportional_kib));
        self.row("watcher's memory, proportional", memory, None, none());
        self.counts("processes beside server and agents", |it| it.processes);
    }

    fn times(&mut self, what: &str, pick: fn(&Figures) -> Option<Duration>, wanted: Wanted) {
        let [ao, bare, _] = self.sides.map(pick);
        let cells = self.sides.map(|it| time_cell(pick(it)));
        self.row(what, cells, ratio(ao, bare), wanted);
    }

    fn counts(&mut self, what: &str, pick: fn(&Figures) -> Option<u64>) {
        let cells = self.sides.map(|it| count_cell(pick(it)));
        self.row(what, cells, None, none());
    }

    fn row(&mut self, what: &str, cells: [String; 3], ratio: Option<f64>, wanted: Wanted) {
        let ([ao, bare, spawn], [wanted, mark]) = (cells, wanted.cells());
        let what = what.to_owned();
        self.table
            .row([what, ao, bare, ratio_cell(ratio), spawn, wanted, mark]);
    }
}
