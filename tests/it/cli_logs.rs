//! `logs`: of any file in the log directory, with no watchdog at all.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::sync::mpsc;

use crate::fleet_rig::{DEADLINE, Fleet, sleeper};

fn numbered(from: u32, to: u32) -> String {
    (from..=to).map(|n| format!("line {n}\n")).collect()
}

fn append(fleet: &Fleet, name: &str, text: &str) {
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .append(true)
        .create(true)
        .open(fleet.path(name))
        .expect("a log");
    file.write_all(text.as_bytes()).expect("written");
}

#[test]
fn logs_prints_the_last_lines_and_ends_in_a_pipe() {
    let fleet = Fleet::new(&(sleeper("worker") + &sleeper("other")));
    fleet.write("logs/t-worker.log", &numbered(1, 50));
    for (arguments, first) in [
        (&["logs", "worker"][..], 41),
        (&["logs", "worker", "-n", "3"], 48),
        (&["logs", "wor", "-n3"], 48),
        (&["logs", "wo*", "-n", "1"], 50),
        (&["logs", "worker", "--lines", "999"], 1),
    ] {
        let logs = fleet.ok(arguments);
        assert_eq!(
            (logs.out, logs.err.as_str()),
            (numbered(first, 50), ""),
            "{arguments:?}"
        );
    }
    assert_eq!(fleet.ok(&["logs", "worker", "-n", "0"]).out, "");
}

#[test]
fn logs_goes_back_into_what_was_rotated_away() {
    let fleet = Fleet::new(&sleeper("worker"));
    fleet.write("logs/t-worker.log.2", &numbered(1, 10));
    fleet.write("logs/t-worker.log.1", &numbered(11, 20));
    fleet.write("logs/t-worker.log", &numbered(21, 22));
    assert_eq!(
        fleet.ok(&["logs", "worker", "-n", "15"]).out,
        numbered(8, 22)
    );
}

#[test]
fn logs_leaves_out_control_sequences_unless_they_are_asked_for() {
    let fleet = Fleet::new(&sleeper("worker"));
    let raw = "\x1b[31mred\x1b[0m and \x1b]0;title\x07plain\n";
    fleet.write("logs/t-worker.log", raw);
    assert_eq!(fleet.ok(&["logs", "worker"]).out, "red and plain\n");
    assert_eq!(fleet.ok(&["logs", "worker", "--raw"]).out, raw);
}

#[test]
fn anything_that_has_a_log_has_logs() {
    let fleet = Fleet::new(&sleeper("worker"));
    fleet.write("logs/t-watchdog.log", "the watchdog\n");
    fleet.write("logs/t-gone.log", "an agent of last week\n");
    fleet.write("logs/t-a%2Fb.log", "with a slash\n");
    assert_eq!(fleet.ok(&["logs", "watchdog"]).out, "the watchdog\n");
    assert_eq!(fleet.ok(&["logs", "gone"]).out, "an agent of last week\n");
    assert_eq!(fleet.ok(&["logs", "t-gone"]).out, "an agent of last week\n");
    assert_eq!(fleet.ok(&["logs", "a/b"]).out, "with a slash\n");
    for name in ["../agents", "nobody", "", "a\nb"] {
        let logs = fleet.ao(&["logs", name]);
        assert_eq!(
            (logs.code, logs.out.as_str()),
            (2, ""),
            "{name:?}: {logs:?}"
        );
        assert!(
            logs.err.contains("worker"),
            "the known are listed: {logs:?}"
        );
    }
    let none = fleet.ao(&["logs", "worker"]);
    assert_eq!((none.code, none.out.as_str()), (1, ""), "{none:?}");
    assert!(none.err.contains("hint: "), "{none:?}");
}

/// `ao logs -f`, line by line.
struct Following {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Following {
    fn begin(fleet: &Fleet, arguments: &[&str]) -> Self {
        let mut command = fleet.ao_command(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("ao logs");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    fn next(&self) -> String {
        self.lines.recv_timeout(DEADLINE).expect("a line in time")
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn following_survives_rotation_and_truncation() {
    let fleet = Fleet::new(&sleeper("worker"));
    fleet.write("logs/t-worker.log", &numbered(1, 3));
    let following = Following::begin(&fleet, &["logs", "worker", "-f", "-n", "1"]);
    assert_eq!(following.next(), "line 3");
    append(&fleet, "logs/t-worker.log", "\x1b[1mline 4\x1b[0m\n");
    assert_eq!(following.next(), "line 4");

    fs::rename(
        fleet.path("logs/t-worker.log"),
        fleet.path("logs/t-worker.log.1"),
    )
    .expect("rotated");
    append(&fleet, "logs/t-worker.log", "line 5\n");
    assert_eq!(following.next(), "line 5");

    fs::File::create(fleet.path("logs/t-worker.log")).expect("emptied");
    append(&fleet, "logs/t-worker.log", "6\n");
    assert_eq!(following.next(), "6");
}

#[test]
fn following_waits_for_a_log_that_is_not_there_yet() {
    let fleet = Fleet::new(&sleeper("worker"));
    let following = Following::begin(&fleet, &["logs", "worker", "-f"]);
    fleet.write("logs/t-worker.log", "at last\n");
    assert_eq!(following.next(), "at last");
}
