//! What a process can only do to itself, tried in processes of their own: this test program again,
//! with a part to play.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::process::{Pid, Process, Signal, entry};
use super::{parent, session};

const PART: &str = "AO_TEST_PART";
const TOLD: &str = "told: ";

struct Player {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Player {
    fn new(part: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "os::tests::play_a_part", "--nocapture"])
            .env(PART, part)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            stdin: child.stdin.take(),
            child,
            stdout,
        }
    }

    /// The next thing that it tells.
    fn told(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.stdout.read_line(&mut line).unwrap(),
                0,
                "it ended without a word"
            );
            // The test harness writes to the same line.
            if let Some((_, told)) = line.split_once(TOLD) {
                return told.trim_end().to_owned();
            }
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

fn tell(what: &str) {
    println!("{TOLD}{what}");
    std::io::stdout().flush().unwrap();
}

/// Says nothing unless another test started this process to play a part.
#[test]
fn play_a_part() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let wait_for_end_of_stdin = || std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    match part.as_str() {
        "parent" => {
            let mut child = Player::new(&format!("child of {}", Pid::own()));
            tell(&child.told());
            wait_for_end_of_stdin();
        }
        "leader" => tell(&match session::detach() {
            Ok(()) => format!("{:?}", entry(Pid::own()).unwrap().session.unwrap().get()),
            Err(error) => error.to_string(),
        }),
        part => {
            let parent = part.strip_prefix("child of ").unwrap().parse().unwrap();
            match parent::die_with_parent(parent) {
                Ok(()) => tell(&Pid::own().to_string()),
                Err(error) => return tell(&error.to_string()),
            }
            wait_for_end_of_stdin();
            // Where the kernel ends it, closing its input must not be what did.
            while cfg!(all(target_os = "linux", not(feature = "portable"))) {
                std::thread::park();
            }
        }
    }
}

#[tokio::test]
async fn a_child_dies_with_its_parent_even_if_the_parent_is_killed() {
    let mut parent = Player::new("parent");
    let child = Process::open(parent.told().parse().unwrap()).unwrap();
    assert!(!child.has_ended());
    Process::open(Pid::of_child(&parent.child))
        .unwrap()
        .signal(Signal::KILL)
        .unwrap();
    let deadline = std::time::Duration::from_secs(20);
    tokio::time::timeout(deadline, child.ended())
        .await
        .expect("it goes with its parent");
}

#[test]
fn a_child_whose_parent_is_gone_already_is_told_so() {
    let mut child = Player::new("child of 2147483647");
    assert!(child.told().contains("had ended"));
}

#[test]
fn a_detached_process_leads_a_session_of_its_own() {
    let mut leader = Player::new("leader");
    assert_eq!(leader.told(), Pid::of_child(&leader.child).to_string());
    drop(leader.stdin.take());
}
