//! What the watchdog writes of its fleet's output.

use crate::fleet_rig::{Fleet, script, wait_until};

#[test]
fn a_restart_is_no_gap_in_the_log_and_nothing_is_written_twice() {
    let names: Vec<String> = (0..12).map(|n| format!("a{n}")).collect();
    let agents: String = names
        .iter()
        .map(|name| script(name, "echo begins $$; exec sleep 1000"))
        .collect();
    let fleet = Fleet::new(&agents);
    fleet.ok(&["up"]);
    let mut restart = vec!["restart"];
    restart.extend(names.iter().map(String::as_str));
    let rounds = 4;
    for _ in 0..rounds {
        fleet.ok(&restart);
    }

    for name in &names {
        let path = format!("logs/t-{name}.log");
        let mut log = String::new();
        wait_until("each start is in the log", || {
            log = fleet.read(&path);
            log.matches("begins").count() > rounds
        });
        assert_eq!(log.matches("begins").count(), rounds + 1, "{log}");
        assert!(!log.contains("gap"), "{log}");
    }
}
