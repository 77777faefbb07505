//! What holds when the process that owns the connection is killed or stopped.
//!
//! The owner has to be a process of its own: this test binary again, told to run [`the_owner`].

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use ao::os::process::{Pid, Process, Signal};
use ao::tmux::{self, Event, PaneId, Snapshot, Tap};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Child;
use tokio::time::{interval, timeout};

use crate::rig::{DEADLINE, FLEET, Rig};

const AGENTS: usize = 20;

/// Writes to its terminal as fast as it can, and as many bytes into a file as it wrote lines.
const FLOOD: &str = r#"
exec 3>>"$COUNT"
i=0
while :; do
    i=$((i + 1))
    echo "line $i of a flood that goes on and on and on and on and on and on"
    echo >&3
done
"#;

/// A tap that notes the highest line that it heard of each agent, in a file: now and then, so that
/// it keeps up.
struct Counter {
    dir: PathBuf,
    noted: HashMap<PaneId, u64>,
}

impl Counter {
    const EVERY: u64 = 100;

    fn lines(&mut self, pane: PaneId, bytes: &[u8]) {
        // The last whole line is enough.
        let text = String::from_utf8_lossy(bytes);
        let number = |line: &str| line.strip_prefix("line ")?.split_once(' ')?.0.parse().ok();
        let Some(highest) = text.lines().rev().find_map(number) else {
            return;
        };
        let noted = self.noted.entry(pane).or_default();
        if highest > *noted + Self::EVERY {
            *noted = highest;
            let name = format!("heard-{}", pane.0);
            // Overwritten in place: a file that is truncated first costs the disk much more.
            let mut options = OpenOptions::new();
            let file = options.create(true).truncate(false).write(true);
            let mut file = file.open(self.dir.join(name)).unwrap();
            file.write_all(format!("{highest:020}").as_bytes()).unwrap();
        }
    }
}

impl Tap for Counter {
    fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        self.lines(pane, bytes);
    }

    fn gap(&mut self, _: PaneId) {}

    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
        self.lines(pane, &rows.join(&b'\n'));
    }

    fn seed(&mut self, _: PaneId, _: Snapshot) {}

    fn resized(&mut self, _: PaneId, _: u16, _: u16) {}

    fn settled(&mut self) {}
}

/// The owner: starts agents that flood, says so, and waits to be killed. Says nothing unless
/// another test started this process to be one.
#[tokio::test]
async fn the_owner() {
    let Some(dir) = std::env::var_os("AO_TEST_OWNER").map(PathBuf::from) else {
        return;
    };
    crate::rig::show_log();
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
        noted: HashMap::new(),
    };
    let server = tmux::Server::find(&settings).unwrap();
    let (connection, mut events) = tmux::connect(server, options, Box::new(tap));
    while !matches!(events.recv().await, Some(Event::Up { .. })) {}
    // The gate opens as soon as the event is taken, on another task.
    while connection.list().await.is_err() {
        tokio::task::yield_now().await;
    }
    let mut starts = tokio::task::JoinSet::new();
    for n in 0..AGENTS {
        let spec = tmux::Start {
            session: format!("t-{n}"),
            dir: dir.clone(),
            argv: ["sh", "-c", FLOOD].map(Into::into).into(),
            env: vec![("COUNT".into(), dir.join(format!("count-{n}")).into())],
            tags: crate::rig::tags(&n.to_string()),
        };
        let connection = connection.clone();
        starts.spawn(async move { connection.start(&spec).await });
    }
    while let Some(started) = starts.join_next().await {
        started.unwrap().unwrap();
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
            .args(["--exact", "tmux_owner::the_owner", "--nocapture"])
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

/// Waits until a number is above another; there is nothing else that tells.
async fn rises_above(what: &str, number: impl Fn() -> u64, floor: u64) {
    let rise = async {
        let mut often = interval(Duration::from_millis(10));
        while number() <= floor {
            often.tick().await;
        }
    };
    let risen = timeout(DEADLINE, rise).await;
    assert!(risen.is_ok(), "{what} stands still at {}", number());
}

/// How many lines an agent has written.
fn written(rig: &Rig, n: usize) -> u64 {
    let meta = std::fs::metadata(rig.path(&format!("count-{n}")));
    meta.map(|meta| meta.len()).unwrap_or(0)
}

/// Up to which line the owner heard a pane.
fn heard(rig: &Rig, pane: PaneId) -> u64 {
    let text = std::fs::read_to_string(rig.path(&format!("heard-{}", pane.0)));
    text.unwrap_or_default().parse().unwrap_or(0)
}

/// Every agent writes so many lines more.
async fn all_go_on(rig: &Rig, lines: u64) {
    let floors: Vec<u64> = (0..AGENTS).map(|n| written(rig, n) + lines).collect();
    for (n, floor) in floors.into_iter().enumerate() {
        rises_above(&format!("agent {n}"), || written(rig, n), floor).await;
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
    assert_eq!(rig.tmux(&["list-clients"]).await, "");
    assert!(!sessions.contains("ao-hub"), "{sessions}");
}

#[tokio::test]
async fn an_owner_that_is_stopped_slows_no_agent_and_catches_up() {
    let rig = Rig::new();
    let owner = Owner::start(&rig).await;
    all_go_on(&rig, 10).await;
    owner.signal(Signal::STOP);
    // More than fits into any buffer on the way.
    all_go_on(&rig, 2_000).await;
    let stood_at: Vec<u64> = (0..AGENTS).map(|n| written(&rig, n)).collect();
    owner.signal(Signal::CONT);
    let panes = rig.server().panes_once().unwrap().unwrap();
    for (n, floor) in stood_at.into_iter().enumerate() {
        let pane = crate::rig::agent(&panes, &n.to_string()).unwrap().pane;
        rises_above(
            &format!("what is heard of {n}"),
            || heard(&rig, pane),
            floor,
        )
        .await;
    }
}
