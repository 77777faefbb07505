//! The demo: a newcomer's first command.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;

use rustix::process::Signal;

use crate::fleet_rig::{DEADLINE, Fleet, run, signal, wait_until};

/// Whatever it wrote and started is gone.
fn nothing_is_left(fleet: &Fleet) {
    fleet.wait_until_nothing_is_left();
    let left: Vec<_> = std::fs::read_dir(fleet.path("home"))
        .expect("home")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The lines of a demo's stdout as they come.
fn lines_of(demo: &mut Child) -> mpsc::Receiver<String> {
    let stdout = demo.stdout.take().expect("a pipe");
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

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
    assert!(run.err.contains("what happened\n  "), "{run:?}");
    nothing_is_left(&fleet);
}

#[test]
fn the_demo_tells_the_whole_story_of_a_fleet() {
    let fleet = Fleet::empty();
    let mut demo = fleet.ao_command(&["demo", "--for", "1h"]);
    demo.env("TMPDIR", fleet.path("home"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut demo = demo.spawn().expect("ao demo");
    let lines = lines_of(&mut demo);
    let mut missing = vec![
        "coder: restart 1 at once",
        "tester: gave up",
        "writer: usage limit",
        "writer: probe arrived",
        "writer: the usage limit is over",
        "scout: stalled",
        "builder: handed work: a review was pushed: review: greet, attempt 1: FAIL",
        "adversary: handed work: a claim was pushed: claim: greet, attempt 2",
        "builder: ping arrived",
        "loop: phase greet -> count",
        "loop: complete",
        "reporter: running -> exited",
    ];
    let mut seen = Vec::new();
    while !missing.is_empty() {
        let Ok(line) = lines.recv_timeout(DEADLINE) else {
            panic!("it never came: {missing:?}; seen: {seen:#?}");
        };
        missing.retain(|part| !line.contains(part));
        seen.push(line);
    }

    signal(i32::try_from(demo.id()).expect("a pid"), Signal::INT);
    let mut told = String::new();
    let mut stderr = demo.stderr.take().expect("a pipe");
    stderr.read_to_string(&mut told).expect("messages");
    assert_eq!(demo.wait().expect("a status").code(), Some(130), "{told}");
    for part in [
        "tester died again and again",
        "scout fell silent, and was started anew",
        "writer ran into a usage limit: it was left alone",
        "by git through 2 phases, to the end",
    ] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    let started = |who: &str| {
        let start = format!("{who}: started in");
        seen.iter().filter(|line| line.contains(&start)).count()
    };
    assert_eq!(started("writer"), 1, "a limited agent is never restarted");
    assert_eq!(started("planner"), 1, "nothing was wrong with it");
    nothing_is_left(&fleet);
}

#[test]
fn the_demo_goes_without_the_pair_where_there_is_no_git() {
    let fleet = Fleet::empty();
    // A search path with everything on it but git.
    let programs = fleet.path("programs");
    std::fs::create_dir(&programs).expect("a directory");
    let search_path = fleet.search_path();
    for dir in std::env::split_paths(&search_path) {
        for program in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            if program.file_name() != "git" {
                let link = programs.join(program.file_name());
                let _ = std::os::unix::fs::symlink(program.path(), link);
            }
        }
    }
    let mut demo = fleet.ao_command(&["demo", "--for", "2s"]);
    demo.env("TMPDIR", fleet.path("home"))
        .env("PATH", &programs);
    let run = run(demo);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.contains("git cannot be run"), "{run:?}");
    assert!(!run.out.contains("builder"), "{run:?}");
    assert!(run.out.contains("planner: started"), "{run:?}");
    nothing_is_left(&fleet);
}

#[test]
fn the_demo_cleans_up_when_it_is_interrupted() {
    for by in [Signal::INT, Signal::TERM] {
        let fleet = Fleet::empty();
        let mut demo = fleet.ao_command(&["demo", "--for", "1h"]);
        demo.env("TMPDIR", fleet.path("home"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut demo = demo.spawn().expect("ao demo");
        wait_until("agents run", || {
            let running = fleet.processes();
            let of = |part: &str| {
                running
                    .iter()
                    .filter(|(_, line)| line.contains(part))
                    .count()
            };
            of("demo-agent") >= 5 && of("stand-in.sh") >= 2
        });
        signal(i32::try_from(demo.id()).expect("a pid"), by);
        demo.wait().expect("a status");
        nothing_is_left(&fleet);
    }
}
