//! The tables of fleets that work.

use std::time::Duration;

use super::orders::Task;
use super::phase::Load;
use super::{PERIOD, Pair};
use crate::table::{
    Table, Wanted, count_cell, memory_cell, quantile, rate_cell, ratio, ratio_cell, share_cell,
    time_cell,
};

/// The sizes of fleet of which something is wanted.
const USUAL: usize = 200;
const LARGE: usize = 500;

/// How much of the same, between two fleets, is still the same.
const SAME: f64 = 1.1;

/// All tables for which there are figures.
pub(crate) fn tables(pairs: &[Pair]) -> Vec<String> {
    let mut tables = Vec::new();
    let repaints = |pair: &&Pair| pair.phase.task == Task::Repaint;
    if pairs.iter().any(|pair| repaints(&pair)) {
        tables.push(sizes(pairs));
    }
    let usual = pairs
        .iter()
        .filter(repaints)
        .find(|pair| pair.agents == USUAL);
    let full = |pair: &&Pair| pair.phase.active == pair.agents && pair.agents >= USUAL;
    for pair in pairs.iter().filter(repaints).filter(full) {
        tables.push(repaint(pair, usual));
    }
    for pair in pairs {
        match pair.phase.task {
            Task::Wait | Task::Rest | Task::Repaint => {}
            Task::Banners => tables.push(banner(pair)),
            Task::Flood => tables.push(flood(pair)),
        }
    }
    tables
}

/// What a repaint costs, by the size of the fleet.
fn sizes(pairs: &[Pair]) -> String {
    let mut table = Table::new([
        "fleets that repaint 10 times a second",
        "repaints a second",
        "ao: CPU a minute",
        "CPU for 1,000",
        "bare reader: for 1,000",
        "tmux server: for 1,000",
        "ao / server",
        "ao: wake-ups a second",
        "memory",
    ]);
    for pair in pairs {
        let (agents, active) = (pair.agents, pair.phase.active);
        let what = match pair.phase.task {
            Task::Wait | Task::Rest => format!("{agents} agents, all idle"),
            Task::Repaint if active < agents => format!("{agents} agents, {active} repaint"),
            Task::Repaint => format!("{agents} agents"),
            Task::Banners | Task::Flood => continue,
        };
        let ao = &pair.ao;
        table.row([
            what,
            rate_cell(Some(ao.reached() / ao.time.as_secs_f64())),
            time_cell(ao.a_minute(ao.cpu)),
            time_cell(ao.for_1000(ao.cpu)),
            time_cell(pair.bare.for_1000(pair.bare.cpu)),
            time_cell(ao.for_1000(ao.server_cpu)),
            share_cell(ratio(Some(ao.cpu), Some(ao.server_cpu))),
            rate_cell(Some(ao.switches_a_second())),
            memory_cell(Some(ao.resident_kib)),
        ]);
    }
    table.into_text()
}

/// A table of ao beside the bare reader.
struct Beside(Table);

impl Beside {
    fn new(what: &str) -> Self {
        Self(Table::new([
            what,
            "ao",
            "bare reader",
            "ao / bare",
            "wanted",
            "",
        ]))
    }

    fn row(&mut self, what: &str, [ao, bare, ratio]: [String; 3], wanted: Wanted) {
        let [wanted, mark] = wanted.cells();
        self.0.row([what.to_owned(), ao, bare, ratio, wanted, mark]);
    }

    fn times(&mut self, what: &str, ao: Option<Duration>, bare: Option<Duration>, wanted: Wanted) {
        let ratio = ratio_cell(ratio(ao, bare));
        self.row(what, [time_cell(ao), time_cell(bare), ratio], wanted);
    }

    fn plain(&mut self, what: &str, [ao, bare]: [String; 2], wanted: Wanted) {
        self.row(what, [ao, bare, "-".to_owned()], wanted);
    }

    /// What the load cost.
    fn costs(&mut self, pair: &Pair) {
        let Pair { ao, bare, .. } = pair;
        let both = [ao, bare];
        let usual = pair.agents == USUAL && pair.phase.task == Task::Repaint;
        let a_minute = ao.a_minute(ao.cpu);
        let wanted = usual.then(|| Wanted::millis(a_minute, 1200));
        self.times(
            "watcher's CPU a minute",
            a_minute,
            bare.a_minute(bare.cpu),
            wanted.unwrap_or_default(),
        );
        let share = |it: &Load| ratio(Some(it.cpu), Some(it.server_cpu));
        let wanted = usual.then(|| Wanted::at_most(share(ao), 0.05, "5 %"));
        self.plain(
            "… of the tmux server's",
            both.map(|it| share_cell(share(it))),
            wanted.unwrap_or_default(),
        );
        self.times(
            "tmux server's CPU a minute",
            ao.a_minute(ao.server_cpu),
            bare.a_minute(bare.server_cpu),
            Wanted::default(),
        );
        self.plain(
            "watcher's wake-ups a second",
            both.map(|it| rate_cell(Some(it.switches_a_second()))),
            Wanted::default(),
        );
        self.plain(
            "repaints drawn, of those due",
            both.map(|it| share_cell(Some(it.drawn as f64 / it.due.max(1) as f64))),
            Wanted::default(),
        );
    }
}

fn repaint(pair: &Pair, usual: Option<&Pair>) -> String {
    let Pair { ao, bare, .. } = pair;
    let both = [ao, bare];
    let is_usual = pair.agents == USUAL;
    let mut table = Beside::new(&format!(
        "{} agents, 10 repaints a second each",
        pair.agents
    ));
    table.costs(pair);
    let delivered = ao.delivered >= 1.0;
    table.plain(
        "repaints delivered, of those drawn",
        both.map(|it| share_cell(Some(it.delivered))),
        if is_usual {
            Wanted::that("every one", Some(delivered))
        } else {
            Wanted::default()
        },
    );
    let screens = ao.screens.map(|(good, of)| format!("{good} of {of}"));
    table.plain(
        "screens that show the last repaint",
        [screens.unwrap_or_else(|| "-".to_owned()), "-".to_owned()],
        Wanted::that("all", ao.screens.map(|(good, of)| good == of)),
    );
    let per_1000 = ao.for_1000(ao.cpu);
    let usual = usual.filter(|_| !is_usual).map(|it| &it.ao);
    let wanted = usual.map(|usual| {
        let times = ratio(per_1000, usual.for_1000(usual.cpu));
        Wanted::at_most(times, SAME, &format!("{SAME} x that of {USUAL} agents"))
    });
    table.times(
        "watcher's CPU for 1,000 delivered",
        per_1000,
        bare.for_1000(bare.cpu),
        wanted.unwrap_or_default(),
    );
    let memory = Some(ao.resident_kib);
    table.plain(
        "watcher's memory, resident",
        [memory_cell(memory), "-".to_owned()],
        match pair.agents {
            USUAL => Wanted::megabytes(memory, 40),
            LARGE => Wanted::megabytes(memory, 80),
            _ => Wanted::default(),
        },
    );
    table.plain(
        "watcher's memory, proportional",
        [memory_cell(Some(ao.proportional_kib)), "-".to_owned()],
        Wanted::default(),
    );
    table.0.into_text()
}

fn banner(pair: &Pair) -> String {
    let what = format!(
        "banner to event, {} agents, 10 repaints a second each",
        pair.agents
    );
    let mut table = Beside::new(&what);
    let p99 = |it: &Load| quantile(&it.banners, 0.99);
    let (ao, bare) = (p99(&pair.ao), p99(&pair.bare));
    let wanted = Wanted::millis(ao, 10).and(Wanted::times(ao, bare, 1.3));
    latencies(&mut table, pair, Some(2), wanted);
    table.costs(pair);
    table.0.into_text()
}

fn flood(pair: &Pair) -> String {
    let Pair { ao, bare, .. } = pair;
    let both = [ao, bare];
    let what = format!("the same, and one of the {} floods", pair.agents);
    let mut table = Beside::new(&what);
    let wanted = Wanted::millis(quantile(&ao.banners, 0.99), 50);
    latencies(&mut table, pair, None, wanted);
    let period = u32::try_from(PERIOD.as_millis()).unwrap_or_default();
    table.times(
        "longest write of another agent",
        Some(ao.longest_write),
        Some(bare.longest_write),
        Wanted::millis(Some(ao.longest_write), period),
    );
    table.costs(pair);
    let megabytes = |it: &Load| it.flooded as f64 / 1e6 / it.time.as_secs_f64();
    table.plain(
        "flood, MB a second",
        both.map(|it| rate_cell(Some(megabytes(it)))),
        Wanted::default(),
    );
    table.plain(
        "watcher's memory at its most, resident",
        [memory_cell(Some(ao.peak_kib)), "-".to_owned()],
        Wanted::default(),
    );
    table.0.into_text()
}

fn latencies(table: &mut Beside, pair: &Pair, p50: Option<u32>, p99: Wanted) {
    let Pair { ao, bare, .. } = pair;
    let both = [ao, bare];
    let quantiles = |share| both.map(|it| quantile(&it.banners, share));
    let [of_ao, of_bare] = quantiles(0.50);
    let wanted = p50.map(|limit| Wanted::millis(of_ao, limit));
    table.times("p50", of_ao, of_bare, wanted.unwrap_or_default());
    let [of_ao, of_bare] = quantiles(0.99);
    table.times("p99", of_ao, of_bare, p99);
    let [of_ao, of_bare] = quantiles(1.0);
    table.times("the longest", of_ao, of_bare, Wanted::default());
    table.plain(
        "… banners measured",
        both.map(|it| count_cell(Some(it.banners.len() as u64))),
        Wanted::default(),
    );
    table.plain(
        "… banners not noticed",
        both.map(|it| count_cell(Some(it.unnoticed))),
        Wanted::that("none", Some(ao.unnoticed == 0)),
    );
}

impl Load {
    /// Repaints that were drawn in the time measured, and reached who watches.
    fn reached(&self) -> f64 {
        self.drawn as f64 * self.delivered
    }

    fn for_1000(&self, cpu: Duration) -> Option<Duration> {
        let thousands = self.reached() / 1000.0;
        (thousands > 0.0).then(|| cpu.div_f64(thousands))
    }

    pub(super) fn a_minute(&self, cpu: Duration) -> Option<Duration> {
        let minutes = self.time.as_secs_f64() / 60.0;
        (minutes > 0.0).then(|| cpu.div_f64(minutes))
    }

    fn switches_a_second(&self) -> f64 {
        self.switches as f64 / self.time.as_secs_f64()
    }
}
