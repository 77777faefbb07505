//! Small promises of the predecessor that have no better place.

use crate::fleet_rig::{Fleet, sleeper, wait_for_text};

// 120.
#[test]
fn a_watchdog_says_in_its_log_that_it_runs_and_whom_it_watches() {
    let agents = format!("{}{}watch = \"none\"\n", sleeper("a"), sleeper("b"));
    let fleet = Fleet::new(&agents);
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("logs/t-watchdog.log"), "the watchdog runs");
    let log = fleet.ok(&["logs", "watchdog", "-n", "100"]).out;
    let first = log.lines().find(|line| line.contains("the watchdog runs"));
    let first = first.unwrap_or_else(|| panic!("{log}"));
    assert!(first.contains(&fleet.watchdog().to_string()), "{first}");
    assert!(first.contains("and watches a\""), "{first}");
}

// 126.
#[test]
fn resume_phase_changes_nothing_about_a_number_that_is_there() {
    let phases = "[loop]\nresume_phase = false\n\
                  [[loop.phases]]\nid = \"one\"\nstatus = \"ONE.md\"\n\
                  [[loop.phases]]\nid = \"two\"\nstatus = \"TWO.md\"\n";
    let fleet = Fleet::new(&format!("{phases}{}", sleeper("a")));
    fleet.ok(&["up"]);
    assert!(fleet.ok(&["phase"]).out.starts_with("phase one [1/2]"));
    fleet.ok(&["down"]);
    fleet.write("logs/state/phase-idx", "1\n");
    fleet.ok(&["up"]);
    assert!(fleet.ok(&["phase"]).out.starts_with("phase two [2/2]"));
}
