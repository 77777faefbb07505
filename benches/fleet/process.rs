//! What the kernel knows about processes: CPU clocks, context switches, memory, children.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, Signal};

/// What a set of processes has used up so far.
#[derive(Default)]
pub(crate) struct Usage {
    /// Time on a CPU, of all threads, those that ended too.
    cpu: Duration,
    /// Context switches of each thread that lives.
    switches: HashMap<i32, u64>,
}

/// What `pids` have used up; those that are gone count as nothing.
pub(crate) fn usage(pids: &[i32]) -> Usage {
    let mut sum = Usage::default();
    for &pid in pids {
        sum.cpu += cpu(pid).unwrap_or_default();
        sum.switches.extend(switches(pid).unwrap_or_default());
    }
    sum
}

impl Usage {
    /// The CPU time since `before`.
    pub(crate) fn cpu_since(&self, before: &Self) -> Duration {
        self.cpu.saturating_sub(before.cpu)
    }

    /// The context switches since `before`, without the last ones of threads that ended meanwhile.
    pub(crate) fn switches_since(&self, before: &Self) -> u64 {
        let since = |(thread, count): (&i32, &u64)| {
            count.saturating_sub(before.switches.get(thread).copied().unwrap_or_default())
        };
        self.switches.iter().map(since).sum()
    }
}

/// The process's CPU clock, in nanoseconds; threads that ended are in it, children are not.
fn cpu(pid: i32) -> io::Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid))?;
    Ok(clock.now()?.into())
}

/// Context switches of the threads that live now, those they asked for and the others.
fn switches(pid: i32) -> io::Result<HashMap<i32, u64>> {
    let mut threads = HashMap::new();
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let thread = thread?;
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let count = field(&status, "voluntary_ctxt_switches:")
            + field(&status, "nonvoluntary_ctxt_switches:");
        if let Some(id) = thread.file_name().to_str().and_then(|id| id.parse().ok()) {
            threads.insert(id, count);
        }
    }
    Ok(threads)
}

/// The proportional memory of `pids` in KiB: a page that N processes share counts 1/N in each.
pub(crate) fn proportional_kib(pids: &[i32]) -> u64 {
    pids.iter()
        .map(|pid| {
            let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
            field(&rollup.unwrap_or_default(), "Pss:")
        })
        .sum()
}

/// The resident memory of `pids` in KiB; a page that N processes share counts N times.
pub(crate) fn resident_kib(pids: &[i32]) -> u64 {
    status_kib(pids, "VmRSS:")
}

/// The most resident memory that each of `pids` ever had, summed up, in KiB.
pub(crate) fn peak_kib(pids: &[i32]) -> u64 {
    status_kib(pids, "VmHWM:")
}

fn status_kib(pids: &[i32], name: &str) -> u64 {
    pids.iter()
        .map(|pid| {
            let status = fs::read_to_string(format!("/proc/{pid}/status"));
            field(&status.unwrap_or_default(), name)
        })
        .sum()
}

/// The number behind `name` at the start of a line; 0 if there is none.
fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// `pid` and everything below it.
pub(crate) fn family(pid: i32) -> Vec<i32> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (child, parent) in parents() {
        children.entry(parent).or_default().push(child);
    }
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(member) = family.get(next) {
        family.extend(children.get(member).into_iter().flatten());
        next += 1;
    }
    family
}

/// Each process with its parent.
fn parents() -> Vec<(i32, i32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: i32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name before the last parenthesis may hold anything.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
            Some((pid, parent.parse().ok()?))
        })
        .collect()
}

/// Whether `pid` runs; a zombie does not.
pub(crate) fn runs(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
    })
}

/// Ends `pid` with SIGKILL; one that is gone already is fine.
pub(crate) fn kill(pid: i32) {
    if let Some(pid) = rustix::process::Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

/// Waits until `pid` has ended, and says whether it did.
pub(crate) fn wait_until_gone(pid: i32, at_most: Duration) -> bool {
    let Some(handle) = rustix::process::Pid::from_raw(pid) else {
        return true;
    };
    let Ok(handle) = rustix::process::pidfd_open(handle, PidfdFlags::empty()) else {
        return true;
    };
    let end = Instant::now() + at_most;
    while runs(pid) {
        let Some(left) = end.checked_duration_since(Instant::now()) else {
            return false;
        };
        let mut poll = [rustix::event::PollFd::new(
            &handle,
            rustix::event::PollFlags::IN,
        )];
        let timeout = left.try_into().ok();
        let _ = rustix::event::poll(&mut poll, timeout.as_ref());
    }
    true
}

/// The CPU time of the bench's own children that have ended.
pub(crate) fn finished_children() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.try_into().unwrap_or_default()))
}
