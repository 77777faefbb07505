//! The demo: a newcomer's first command.

use rustix::process::Signal;

use crate::fleet_rig::{Fleet, run, signal, wait_until};

#[test]
fn the_demo_shows_deaths_and_restarts_and_leaves_nothing_behind() {
    let fleet = Fleet::empty();
    let mut demo = fleet.ao_command(&["demo", "--agents", "4", "--for", "8s"]);
    demo.env("TMPDIR", fleet.path("home"));
    let run = run(demo);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.lines().count() > 4,
        "event lines in a pipe: {run:?}"
    );
    assert!(!run.out.contains('\x1b'), "{run:?}");
    fleet.wait_until_nothing_is_left();
    let left: Vec<_> = std::fs::read_dir(fleet.path("home"))
        .expect("home")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_demo_cleans_up_when_it_is_interrupted() {
    for by in [Signal::INT, Signal::TERM] {
        let fleet = Fleet::empty();
        let mut demo = fleet.ao_command(&["demo", "--for", "1h"]);
        demo.env("TMPDIR", fleet.path("home"))
            .stdout(std::process::Stdio::null());
        let mut demo = demo.spawn().expect("ao demo");
        wait_until("agents run", || {
            let running = fleet.processes();
            running
                .iter()
                .filter(|(_, line)| line.contains("demo-agent"))
                .count()
                >= 5
        });
        signal(i32::try_from(demo.id()).expect("a pid"), by);
        demo.wait().expect("a status");
        fleet.wait_until_nothing_is_left();
        let left: Vec<_> = std::fs::read_dir(fleet.path("home"))
            .expect("home")
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
