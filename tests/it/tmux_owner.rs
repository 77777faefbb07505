//! What holds when the process that owns the connection is killed or stopped.
//!
//! The owner has to be a process of its own: this test binary again, told to run [`the_owner`].

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ao::os::process::{Pid, Process, Signal};
use ao::tmux::{self, Event, PaneId, Tap};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Child;
use tokio::time::{interval, timeout};

use crate::rig::{DEADLINE, FLEET, Rig};

const AGENTS: usize = 20;

/// Writes to its terminal as fast as it can, and counts in a file.
const FLOOD: &str = r#"
i=0
while :; do
    i=$((i + 1))
    echo "line $i of a flood that goes on and on and on and on and on and on"
    echo $i > "$COUNT"
done
"#;

/// A tap that counts: the highest line that was heard of each agent, and the gaps.
struct Counter {
    dir: PathBuf,
    gaps: usize,
}

impl Counter {
    fn lines(&self, pane: PaneId, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let number = |line: &str| line.strip_prefix("line ")?.split_once(' ')?.0.parse().ok();
        if let Some(highest) = text.lines().filter_map(number).max() {
            let highest: u64 = highest;
            std::fs::write(
                self.dir.join(format!("heard-{}", pane.0)),
                highest.to_string(),
            )
            .unwrap();
        }
    }
}

impl Tap for Counter {
    fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        self.lines(pane, bytes);
    }

    fn gap(&mut self, _: PaneId) {
        self.gaps += 1;
        std::fs::write(self.dir.join("gaps"), self.gaps.to_string()).unwrap();
    }

    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
        self.lines(pane, &rows.join(&b'\n'));
    }
}

/// The owner: starts agents that flood, says so, and waits to be killed.
#[tokio::test]
#[ignore = "a process that other tests start"]
async fn the_owner() {
    let dir = PathBuf::from(std::env::var_os("AO_TEST_OWNER").unwrap());
    let settings = tmux::Settings {
        binary: std::env::var_os("AO_TEST_TMUX").map(PathBuf::from),
        socket_path: Some(dir.join("socket")),
        config_file: Some(dir.join("tmux.conf")),
        ..tmux::Settings::default()
    };
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_ao"));
    let options = tmux::Options::new(FLEET, "t-", exe);
    let tap = Counter {
        dir: dir.clone(),
        gaps: 0,
    };
    let server = tmux::Server::find(&settings).unwrap();
    let (connection, mut events) = tmux::connect(server, options, Box::new(tap));
    while !matches!(events.recv().await, Some(Event::Up { .. })) {}
    for n in 0..AGENTS {
        let spec = tmux::Start {
            session: format!("t-{n}"),
            dir: dir.clone(),
            argv: ["sh", "-c", FLOOD].map(Into::into).into(),
            env: vec![("COUNT".into(), dir.join(format!("count-{n}")).into())],
            tags: crate::rig::tags(&n.to_string()),
        };
        while let Err(error) = connection.start(&spec).await {
            assert!(matches!(error, tmux::TmuxError::Disconnected), "{error}");
        }
    }
    println!("\nowner is ready");
    while events.recv().await.is_some() {}
}

struct Owner {
    process: Child,
}

impl Owner {
    async fn start(rig: &Rig) -> Self {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "tmux_owner::the_owner",
                "--ignored",
                "--nocapture",
            ])
            .env("AO_TEST_OWNER", rig.dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = async {
            while lines.next_line().await.unwrap().expect("it goes on") != "owner is ready" {}
        };
        timeout(DEADLINE, ready).await.expect("the owner is ready");
        // Kept open, so that it can go on printing.
        tokio::spawn(async move { lines.into_inner().read_to_end(&mut Vec::new()).await });
        Self { process }
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id().unwrap()).unwrap();
        let process = Process::open(Pid::new(pid).unwrap()).unwrap();
        process.signal(signal).unwrap();
    }
}

fn number(path: &Path) -> u64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.trim().parse().unwrap_or(0)
}

/// Waits until a number in a file is above another; there is nothing else that tells.
async fn rises_above(path: &Path, floor: u64) {
    let rise = async {
        let mut often = interval(Duration::from_millis(10));
        while number(path) <= floor {
            often.tick().await;
        }
    };
    let risen = timeout(DEADLINE, rise).await;
    assert!(risen.is_ok(), "{} stands still at {floor}", path.display());
}

fn count(rig: &Rig, n: usize) -> PathBuf {
    rig.path(&format!("count-{n}"))
}

/// Every agent writes so many lines more: more than what fits into any buffer on the way.
async fn all_go_on(rig: &Rig, lines: u64) {
    for n in 0..AGENTS {
        let now = number(&count(rig, n));
        rises_above(&count(rig, n), now + lines).await;
    }
}

#[tokio::test]
async fn an_owner_that_is_killed_takes_nothing_with_it_but_the_hub() {
    let rig = Rig::new();
    let mut owner = Owner::start(&rig).await;
    all_go_on(&rig, 10).await;
    let server = rig.server_process().await;

    owner.process.start_kill().unwrap();
    owner.process.wait().await.unwrap();
    for _ in 0..50 {
        let sessions = rig.tmux(&["ls", "-F", "#S"]).await;
        assert!(sessions.lines().count() >= AGENTS, "{sessions}");
    }
    assert!(!server.has_ended());
    all_go_on(&rig, 200).await;
    let sessions = rig.tmux(&["ls", "-F", "#S"]).await;
    assert!(!sessions.contains("ao-hub"), "{sessions}");
    assert_eq!(rig.tmux(&["list-clients"]).await, "");
}

#[tokio::test]
async fn an_owner_that_is_stopped_slows_no_agent_and_catches_up() {
    let rig = Rig::new();
    let owner = Owner::start(&rig).await;
    all_go_on(&rig, 10).await;
    owner.signal(Signal::STOP);
    all_go_on(&rig, 2_000).await;
    let stood_at: Vec<u64> = (0..AGENTS).map(|n| number(&count(&rig, n))).collect();
    owner.signal(Signal::CONT);
    let panes = rig.server().panes_once().unwrap().unwrap();
    for (n, floor) in stood_at.into_iter().enumerate() {
        let pane = crate::rig::agent(&panes, &n.to_string()).unwrap().pane;
        rises_above(&rig.path(&format!("heard-{}", pane.0)), floor).await;
    }
}
