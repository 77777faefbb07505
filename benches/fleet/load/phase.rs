//! One stretch of work, watched and measured.

use std::io;
use std::time::{Duration, Instant};

use super::agent::now;
use super::orders::{Command, Report, Task};
use super::watch::Watch;
use crate::process::{self, Usage};

/// After new orders, this long is left out.
const SETTLE: Duration = Duration::from_secs(3);

/// When the agents rest, what they wrote is on its way for a while. It is all there when nothing came
/// for so long; who is still not through after the second time is taken as it is.
const STILL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));

/// What is measured.
#[derive(Clone, Copy)]
pub(super) struct Phase {
    pub(super) task: Task,
    /// How many of the agents have the task; the others rest.
    pub(super) active: usize,
}

/// What was measured.
#[derive(Clone, Default)]
pub(super) struct Load {
    /// How long.
    pub(super) time: Duration,
    /// CPU of those who watch.
    pub(super) cpu: Duration,
    /// Their context switches.
    pub(super) switches: u64,
    /// CPU of the tmux server.
    pub(super) server_cpu: Duration,
    /// Repaints for which it was time.
    pub(super) due: u64,
    /// Repaints that the agents wrote.
    pub(super) drawn: u64,
    /// Of those that they wrote, so many, as a share, reached who watches.
    pub(super) delivered: f64,
    /// The longest time that a write of an agent took, but for the one that floods.
    pub(super) longest_write: Duration,
    /// Bytes that one agent flooded.
    pub(super) flooded: u64,
    /// The memory of those who watch, at the end, in KiB.
    pub(super) resident_kib: u64,
    pub(super) proportional_kib: u64,
    /// The most that any of those who watch ever had, summed up, in KiB.
    pub(super) peak_kib: u64,
    /// From each banner to the time when it was noticed.
    pub(super) banners: Vec<Duration>,
    /// Banners that were not noticed.
    pub(super) unnoticed: u64,
    /// Screens that show the last repaint, and how many there are.
    pub(super) screens: Option<(u64, u64)>,
}

/// What is known at one moment.
struct Moment {
    at: Instant,
    clock: u64,
    watch: Usage,
    server: Usage,
}

impl Moment {
    fn new(watch: &[i32], server: i32) -> Self {
        Self {
            at: Instant::now(),
            clock: now(),
            watch: process::usage(watch),
            server: process::usage(&[server]),
        }
    }
}

impl Phase {
    /// Orders the agents to work, and measures for `time`; then they rest.
    pub(super) fn measure(
        self,
        watch: &mut dyn Watch,
        command: &mut Command,
        time: Duration,
    ) -> io::Result<Load> {
        let (seen, written) = (watch.repaints(), drawn(&command.reports()));
        command.order(self.task, self.active)?;
        std::thread::sleep(SETTLE);
        let (processes, server) = (watch.processes(), watch.server()?);

        let before = command.reports();
        let start = Moment::new(&processes, server);
        std::thread::sleep(time);
        let end = Moment::new(&processes, server);
        let after = command.reports();

        let mut load = Load {
            time: end.at - start.at,
            cpu: end.watch.cpu_since(&start.watch),
            switches: end.watch.switches_since(&start.watch),
            server_cpu: end.server.cpu_since(&start.server),
            due: due(&after) - due(&before),
            drawn: drawn(&after) - drawn(&before),
            flooded: flooded(&after) - flooded(&before),
            longest_write: self.longest_write(&after),
            resident_kib: process::resident_kib(&processes),
            proportional_kib: process::proportional_kib(&processes),
            peak_kib: process::peak_kib(&processes),
            ..Load::default()
        };
        command.order(Task::Rest, 0)?;
        let seen = calm(watch) - seen;
        let reports = command.reports();
        let written = drawn(&reports) - written;
        load.delivered = seen as f64 / written.max(1) as f64;
        if self.task == Task::Repaint {
            let last: Vec<u64> = reports
                .iter()
                .map(|it| it.drawn)
                .take(self.active)
                .collect();
            load.screens = watch.screens(&last).map(|good| (good, last.len() as u64));
        }
        let noticed = watch.banners();
        for banner in command.banners() {
            if !(start.clock..end.clock).contains(&banner.written) {
                continue;
            }
            match noticed.get(&banner.id) {
                Some(time) => {
                    let nanos = time.saturating_sub(banner.written);
                    load.banners.push(Duration::from_nanos(nanos));
                }
                None => {
                    let at = Duration::from_nanos(banner.written - start.clock);
                    eprintln!(
                        "banner {:06}, written after {at:.1?}, not noticed",
                        banner.id
                    );
                    load.unnoticed += 1;
                }
            }
        }
        Ok(load)
    }

    fn longest_write(self, reports: &[Report]) -> Duration {
        let flooding = usize::from(self.task == Task::Flood);
        let others = reports[..self.active].iter().skip(flooding);
        Duration::from_nanos(others.map(|it| it.longest).max().unwrap_or_default())
    }
}

/// Waits until nothing more comes, and gives how many repaints came in all.
fn calm(watch: &mut dyn Watch) -> u64 {
    let end = Instant::now() + STILL.1;
    let mut seen = watch.repaints();
    loop {
        std::thread::sleep(STILL.0);
        let before = std::mem::replace(&mut seen, watch.repaints());
        if seen == before || Instant::now() > end {
            return seen;
        }
    }
}

fn due(reports: &[Report]) -> u64 {
    reports.iter().map(|it| it.due).sum()
}

fn drawn(reports: &[Report]) -> u64 {
    reports.iter().map(|it| it.drawn).sum()
}

fn flooded(reports: &[Report]) -> u64 {
    reports.iter().map(|it| it.flooded).sum()
}

impl Load {
    /// Another turn of the same.
    pub(super) fn add(&mut self, other: Self) {
        // Shares count by what they are of.
        let delivered = self.delivered * self.drawn as f64 + other.delivered * other.drawn as f64;
        self.drawn += other.drawn;
        self.delivered = delivered / self.drawn.max(1) as f64;
        self.time += other.time;
        self.cpu += other.cpu;
        self.switches += other.switches;
        self.server_cpu += other.server_cpu;
        self.due += other.due;
        self.flooded += other.flooded;
        self.longest_write = self.longest_write.max(other.longest_write);
        self.resident_kib = self.resident_kib.max(other.resident_kib);
        self.proportional_kib = self.proportional_kib.max(other.proportional_kib);
        self.peak_kib = self.peak_kib.max(other.peak_kib);
        self.banners.extend(other.banners);
        self.unnoticed += other.unnoticed;
        self.screens = match (self.screens, other.screens) {
            (Some(a), Some(b)) => Some((a.0 + b.0, a.1 + b.1)),
            (a, b) => a.or(b),
        };
    }
}
