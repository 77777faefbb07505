//! What the figures were measured on: absolute times mean nothing without it.

use std::fs;
use std::process::Command;

/// One line: cores, processor, kernel, tmux, date.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model.trim());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let tmux = Command::new("tmux")
        .arg("-V")
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    format!(
        "{cores} cores of {model}, Linux {}, {tmux}, {date}",
        kernel.trim()
    )
}
