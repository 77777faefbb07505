//! What goes wrong with servers and connections.

use std::process::Stdio;
use std::time::Duration;

use ao::os::process::{Pid, Process, Signal};
use ao::tmux::{Event, TmuxError};
use tokio::time::timeout;

use crate::rig::{Client, DEADLINE, FLEET, Rig, agent};

/// The clients on the hub: the one that hears, and the keeper.
async fn clients_on_hub(rig: &Rig) -> Vec<(Pid, String)> {
    let format = "#{client_pid} #{client_flags}";
    let target = format!("ao-hub-{FLEET}");
    let list = rig
        .tmux(&["list-clients", "-t", &target, "-F", format])
        .await;
    let client = |line: &str| {
        let (pid, flags) = line.split_once(' ').unwrap();
        (Pid::new(pid.parse().unwrap()).unwrap(), flags.to_owned())
    };
    list.lines().map(client).collect()
}

async fn end_client(rig: &Rig, keeper: bool) {
    let clients = clients_on_hub(rig).await;
    let is_it = |client: &&(Pid, String)| client.1.contains("no-output") == keeper;
    let (pid, _) = clients.iter().find(is_it).unwrap();
    Process::open(*pid).unwrap().signal(Signal::KILL).unwrap();
}

async fn lost(client: &mut Client) -> (String, bool) {
    let pick = |event| match event {
        Event::Lost {
            reason,
            server_gone,
        } => Some((reason, server_gone)),
        _ => None,
    };
    client.event("lost", pick).await
}

#[tokio::test]
async fn a_server_that_is_killed_is_told_and_another_one_started() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    rig.server_process().await.signal(Signal::KILL).unwrap();
    assert!(lost(&mut client).await.1, "the server is gone");
    let gone = client.connection.list().await;
    assert!(matches!(gone, Err(TmuxError::Disconnected)), "{gone:?}");
    let (panes, same_server) = client.up().await;
    assert!(!same_server);
    assert_eq!(agent(&panes, "a"), None);
    client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_is_not_kept_waiting() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    rig.tmux(&["kill-server"]).await;
    assert!(lost(&mut client).await.1, "the server is gone");
    client.up().await;
}

#[tokio::test]
async fn a_server_that_hangs_is_told_and_waited_for() {
    let rig = Rig::new();
    let mut options = rig.options();
    options.deadline = Duration::from_millis(300);
    options.heartbeat = Duration::from_millis(100);
    let mut client = rig.connect_with(options).await;
    let server = rig.server_process().await;
    server.signal(Signal::STOP).unwrap();
    let late = client.connection.list().await;
    assert!(matches!(late, Err(TmuxError::Deadline { .. })), "{late:?}");
    client
        .event("silence", |event| {
            matches!(event, Event::Silent).then_some(())
        })
        .await;
    server.signal(Signal::CONT).unwrap();
    client
        .event("an answer", |event| {
            matches!(event, Event::Answers).then_some(())
        })
        .await;
    // Late answers met their own questions: these are not one off.
    let started = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    assert_eq!(client.pane("a").await.unwrap().pane, started.pane);
}

#[tokio::test]
async fn a_server_that_hangs_does_not_hold_up_who_leaves() {
    let rig = Rig::new();
    let client = rig.connect().await;
    // A server without any session would end by itself.
    client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    let server = rig.server_process().await;
    server.signal(Signal::STOP).unwrap();
    timeout(DEADLINE, client.connection.leave()).await.unwrap();
    server.signal(Signal::CONT).unwrap();
    assert!(!server.has_ended());
}

#[tokio::test]
async fn no_more_is_asked_of_a_server_that_hangs_than_may_be_under_way() {
    let rig = Rig::new();
    let mut options = rig.options();
    options.deadline = Duration::from_millis(200);
    options.in_flight = 4;
    let client = rig.connect_with(options).await;
    let server = rig.server_process().await;
    server.signal(Signal::STOP).unwrap();
    for _ in 0..10 {
        let late = client.connection.list().await;
        assert!(matches!(late, Err(TmuxError::Deadline { .. })), "{late:?}");
    }
    server.signal(Signal::CONT).unwrap();
    let answers = async {
        while client.connection.list().await.is_err() {
            // An error may come at once.
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, answers).await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_is_made_again_and_agents_run_on() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    let started = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    for how in [
        "its client is killed",
        "its hub is killed",
        "it is moved away",
    ] {
        match how {
            "its client is killed" => end_client(&rig, false).await,
            "its hub is killed" => {
                rig.tmux(&["kill-session", "-t", &format!("=ao-hub-{FLEET}")])
                    .await;
            }
            _ => {
                let clients = clients_on_hub(&rig).await;
                let (pid, _) = clients
                    .iter()
                    .find(|client| !client.1.contains("no-output"))
                    .unwrap();
                let name = format!("client-{pid}");
                rig.tmux(&["switch-client", "-c", &name, "-t", "=t-a"])
                    .await;
            }
        }
        let (reason, server_gone) = lost(&mut client).await;
        assert!(!server_gone, "{how}: {reason}");
        let (panes, same_server) = client.up().await;
        assert!(same_server, "{how}");
        let pane = agent(&panes, "a").expect(how);
        assert_eq!((pane.pid, pane.in_hub), (Some(started.pid), true), "{how}");
        assert_eq!(clients_on_hub(&rig).await.len(), 2, "{how}");
    }
    client
        .connection
        .paste(started.pane, b"still here")
        .await
        .unwrap();
    client.heard.text(started.pane, "still here").await;
}

#[tokio::test]
async fn a_keeper_that_is_killed_is_replaced() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    let before = clients_on_hub(&rig).await;
    end_client(&rig, true).await;
    let replaced = async {
        loop {
            let now = clients_on_hub(&rig).await;
            let keepers = now.iter().filter(|client| client.1.contains("no-output"));
            if now.len() == 2 && now != before && keepers.count() == 1 {
                return;
            }
            client.events.recv().await.unwrap();
        }
    };
    timeout(DEADLINE, replaced).await.unwrap();
    client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_whose_socket_was_deleted_is_found_again() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    let started = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    let clients = clients_on_hub(&rig).await;
    std::fs::remove_file(rig.path("socket")).unwrap();
    client
        .connection
        .paste(started.pane, b"still here")
        .await
        .unwrap();
    client.heard.text(started.pane, "still here").await;
    for (pid, _) in clients {
        Process::open(pid).unwrap().signal(Signal::KILL).unwrap();
    }
    assert!(!lost(&mut client).await.1);
    let (panes, same_server) = client.up().await;
    assert!(same_server, "no second server was started");
    assert_eq!(agent(&panes, "a").unwrap().pid, Some(started.pid));
}

#[tokio::test]
async fn two_fleets_cannot_share_a_prefix_while_both_are_watched() {
    let rig = Rig::new();
    let first = rig.connect().await;
    let mut options = rig.options();
    options.fleet = "fedcba9876543210".to_owned();
    let mut second = rig.connecting(options.clone());
    let refused = |event| match event {
        Event::Refused { reason } => Some(reason),
        _ => None,
    };
    let reason = second.event("refused", refused).await;
    assert!(
        reason.contains(FLEET) && reason.contains("\"t-\""),
        "{reason}"
    );

    // With a prefix of its own it may.
    let mut other = options.clone();
    other.prefix = "u-".to_owned();
    let other = rig.connect_with(other).await;
    first.connection.list().await.unwrap();
    other.connection.leave().await;

    // So it may when the first one is not watched any more, as after its directory was moved.
    first.connection.leave().await;
    let second = rig.connect_with(options).await;
    second.connection.list().await.unwrap();
    let marks = rig.tmux(&["show-options", "-s"]).await;
    assert!(!marks.contains(FLEET), "{marks}");
}

#[tokio::test]
async fn who_only_looks_starts_no_server() {
    let rig = Rig::new();
    assert!(rig.server().panes_once().unwrap().is_none());
    assert!(!rig.path("socket").exists());
    let client = rig.connect().await;
    let started = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    let panes = rig.server().panes_once().unwrap().unwrap();
    let pane = agent(&panes, "a").unwrap();
    assert_eq!(pane.home, Some((started.session, "t-a".to_owned())));
    client.connection.leave().await;
    rig.tmux(&["kill-server"]).await;
    assert!(
        rig.server().panes_once().unwrap().is_none(),
        "a socket without a server"
    );
}

#[tokio::test]
async fn who_only_looks_does_not_wait_for_a_server_that_hangs() {
    let rig = Rig::new();
    rig.tmux(&["new-session", "-d", "cat"]).await;
    let server = rig.server_process().await;
    server.signal(Signal::STOP).unwrap();
    let address = rig.server();
    let looked = tokio::task::spawn_blocking(move || address.panes_once());
    let looked = timeout(DEADLINE, looked).await.unwrap().unwrap();
    server.signal(Signal::CONT).unwrap();
    assert!(
        matches!(looked, Err(TmuxError::Deadline { .. })),
        "{looked:?}"
    );
}

#[tokio::test]
async fn a_client_that_a_former_watchdog_left_is_ended_first() {
    let rig = Rig::new();
    let hub = format!("ao-hub-{FLEET}");
    let fifo = rig.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    // A shell that ends at once, so that the client is nobody's child.
    let server = rig.server();
    let mut shell = tokio::process::Command::new("sh");
    shell
        .args(["-c", "\"$@\" <>\"$FIFO\" >/dev/null 2>&1 & echo $!", "sh"])
        .arg(server.binary())
        .args(["-u", "-C"])
        .args(server.address_args())
        .args([
            "new-sessio",
            "-A",
            "-s",
            &hub,
            "--",
            "/bin/sh",
            "-c",
            "exec cat",
        ])
        .env("FIFO", &fifo)
        .env_remove("TMUX")
        .stdin(Stdio::null());
    let output = timeout(DEADLINE, shell.output()).await.unwrap().unwrap();
    let pid = String::from_utf8(output.stdout).unwrap();
    let orphan = Process::open(pid.trim().parse().ok().and_then(Pid::new).unwrap()).unwrap();
    let is_there = async {
        while !rig
            .try_tmux(&["has-session", "-t", &hub])
            .await
            .status
            .success()
        {}
    };
    timeout(DEADLINE, is_there).await.unwrap();
    let before = rig.server_process().await;

    let _client = rig.connect().await;
    assert!(orphan.has_ended());
    assert!(
        !before.has_ended(),
        "the server has the same command line, and lives"
    );
}

#[tokio::test]
async fn a_server_that_ao_starts_inherits_no_overrides() {
    let rig = Rig::new();
    let _client = rig.connect().await;
    let environment = rig.tmux(&["show-environment", "-g"]).await;
    assert!(environment.contains("PATH="));
    for line in environment.lines() {
        assert!(
            !line.starts_with("AO_") && !line.starts_with("TMUX"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn what_a_slow_reader_missed_is_marked_and_filled_in_from_history() {
    /// Longer than tmux waits for a reader before it pauses a pane.
    const TOO_LONG: Duration = Duration::from_millis(1500);
    let rig = Rig::new();
    let client = rig.connect().await;
    let flood = "i=0; while :; do i=$((i + 1)); echo line $i of a flood; done";
    let spec = rig.start("a", &["sh", "-c", flood]);
    let pane = client.connection.start(&spec).await.unwrap().pane;
    client.heard.text(pane, "of a flood").await;

    let held = client.heard.hold();
    std::thread::sleep(TOO_LONG);
    drop(held);
    let is_filled = |row: &Vec<u8>| row.starts_with(b"line ") && row.ends_with(b" of a flood");
    client
        .heard
        .until(pane, |sound| {
            sound.gaps > 0 && sound.refill.iter().filter(|row| is_filled(row)).count() > 100
        })
        .await;
    // It goes on where the refill ends.
    let gaps = client.heard.of(pane).gaps;
    client
        .heard
        .until(pane, |sound| sound.after_refill > 0 || sound.gaps > gaps)
        .await;
    client.connection.kill_pane(pane).await.unwrap();
}
