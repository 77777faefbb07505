use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;

const DEADLINE: Duration = Duration::from_secs(20);

/// Can the exit status of somebody else's child be read here?
const SEES_EXITS: bool = cfg!(all(target_os = "linux", not(feature = "portable")));

/// A child that is killed and reaped when the test is over, however it ends.
struct Reaped(Child);

impl Reaped {
    fn spawn(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn sh(script: &str) -> Self {
        Self::spawn("sh", &["-c", script])
    }

    /// A program that answers, so that it has certainly become itself: a child's name and arguments
    /// are not set yet at the moment when the system says that it was started.
    fn answering(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = Self(command.spawn().unwrap());
        child.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        child.heard();
        child
    }

    fn pid(&self) -> Pid {
        Pid::of_child(&self.0)
    }

    /// Waits until the script has said a line.
    fn heard(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        line
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

async fn ended(process: &Process) {
    tokio::time::timeout(DEADLINE, process.ended())
        .await
        .expect("the end is noticed");
}

#[tokio::test]
async fn an_exit_status_is_read_before_the_parent_reads_it_and_not_after() {
    let mut child = Reaped::sh("exit 7");
    let process = Process::open(child.pid()).unwrap();
    ended(&process).await;
    let known = if SEES_EXITS {
        Ok(Exit::Code(7))
    } else {
        Err(NoExit::Unsupported)
    };
    assert_eq!(process.exit(), known);
    assert_eq!(process.exit(), known, "looking at it takes nothing away");
    assert_eq!(child.0.wait().unwrap().code(), Some(7));
    let unknown = if SEES_EXITS {
        NoExit::AlreadyReaped
    } else {
        NoExit::Unsupported
    };
    assert_eq!(process.exit(), Err(unknown));
    ended(&process).await;
}

#[tokio::test]
async fn an_end_by_a_signal_is_told_apart_from_an_exit_with_that_number() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::KILL, 137), (Signal::HUP, 129)] {
        let child = Reaped::spawn("sleep", &["600"]);
        let process = Process::open(child.pid()).unwrap();
        assert_eq!(process.exit(), Err(NoExit::StillRuns));
        process.signal(signal).unwrap();
        ended(&process).await;
        if SEES_EXITS {
            assert_eq!(process.exit(), Ok(Exit::Signal(signal.as_raw())));
            assert_eq!(process.exit().unwrap().shell_status(), status);
        }
    }
}

#[tokio::test]
async fn a_signal_to_a_process_that_is_gone_is_no_error_and_hits_nobody() {
    let mut child = Reaped::sh("exit 0");
    let process = Process::open(child.pid()).unwrap();
    child.0.wait().unwrap();
    process.signal(Signal::KILL).unwrap();
    assert!(process.has_ended());
    assert_eq!(
        Process::open(child.pid()).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    assert!(!is_alive(child.pid()));
}

#[tokio::test]
async fn a_wait_may_be_dropped_shared_and_moved_to_another_runtime() {
    let child = Reaped::spawn("sleep", &["600"]);
    let process = Process::open(child.pid()).unwrap();
    for _ in 0..3 {
        tokio::select! {
            biased;
            () = process.ended() => panic!("it runs"),
            () = std::future::ready(()) => {}
        }
    }
    let elsewhere = std::thread::scope(|scope| {
        let wait = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(ended(&process));
        });
        process.signal(Signal::KILL).unwrap();
        wait.join()
    });
    elsewhere.unwrap();
    tokio::join!(ended(&process), ended(&process));
}

#[tokio::test]
async fn a_zombie_is_not_alive_but_can_be_held() {
    let child = Reaped::sh("exit 3");
    let first = Process::open(child.pid()).unwrap();
    ended(&first).await;
    assert!(!is_alive(child.pid()));
    assert_eq!(entry(child.pid()).unwrap().state, State::Zombie);
    let late = Process::open(child.pid()).unwrap();
    ended(&late).await;
    if SEES_EXITS {
        assert_eq!(late.exit(), Ok(Exit::Code(3)));
    }
}

#[test]
fn a_number_that_was_taken_over_is_not_the_same_process() {
    let child = Reaped::spawn("sleep", &["600"]);
    let mut row = entry(child.pid()).unwrap();
    assert!(Process::open_same(&row).is_ok());
    row.start = StartTime(row.start.0.wrapping_add(1000));
    if SEES_EXITS {
        assert_eq!(
            Process::open_same(&row).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    } else {
        // Held by the wrong start time, it counts as ended, so no signal reaches the stranger.
        let stranger = Process::open_same(&row).unwrap();
        stranger.signal(Signal::KILL).unwrap();
        assert!(is_alive(child.pid()));
    }
}

#[tokio::test]
async fn all_of_a_terminal_session_is_found_in_one_look_and_ended_though_it_ignores_hup() {
    // The outer sleep is there before the inner shell speaks.
    let script = "trap '' HUP; sleep 600 & sh -c 'sleep 600 & echo; wait' & wait";
    let mut tree = Reaped::spawn("setsid", &["sh", "-c", script]);
    tree.heard();
    let leader = tree.pid();
    let nobody = Pid::new(i32::MAX).unwrap();
    let sessions = terminal_sessions(&[leader, nobody]).unwrap();
    assert!(sessions[&nobody].is_empty());
    let members = &sessions[&leader];
    assert_eq!(members.len(), 4, "two shells and two sleeps: {members:?}");
    for member in members {
        member.signal(Signal::HUP).unwrap();
    }
    assert!(members.iter().all(|member| !member.has_ended()));
    for member in members {
        member.signal(Signal::KILL).unwrap();
    }
    for member in members {
        ended(member).await;
    }
    assert!(terminal_sessions(&[leader]).unwrap()[&leader].is_empty());
}

#[test]
fn a_row_tells_who_a_process_is_whatever_its_name() {
    let tmp = tempfile::tempdir().unwrap();
    let program = tmp.path().join(") S (x");
    std::os::unix::fs::symlink("/bin/cat", &program).unwrap();
    let child = Reaped::answering(program.to_str().unwrap(), &["-"]);
    let rows = table().unwrap();
    let row = rows.iter().find(|row| row.pid == child.pid()).unwrap();
    assert_eq!(row.name, ") S (x");
    assert_eq!(row.parent, Some(Pid::own()));
    // A container may not see the leader of its session: then the session has no number.
    assert_eq!(row.session, entry(Pid::own()).unwrap().session);
    assert_eq!(row.uid, rustix::process::geteuid().as_raw());
    assert_eq!(row.state, State::Alive);
    assert!(row.start.is_same(entry(child.pid()).unwrap().start));
}

#[test]
fn the_command_line_of_a_process_is_known_until_it_ends() {
    let child = Reaped::answering("cat", &["-", "-"]);
    assert_eq!(command_line(child.pid()).unwrap(), ["cat", "-", "-"]);
    if SEES_EXITS {
        assert_eq!(cwd(child.pid()), std::env::current_dir().ok());
        let own = environ(child.pid()).unwrap();
        assert!(
            own.iter()
                .any(|pair| pair.to_string_lossy().starts_with("PATH="))
        );
    }
    let pid = child.pid();
    drop(child);
    assert_eq!(command_line(pid), None);
}
