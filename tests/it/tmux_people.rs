//! What people do to the sessions of agents.

use ao::tmux::{Capture, Pane};

use crate::rig::{Client, Rig, agent, tags};

/// A fleet of one agent, which echoes.
async fn one_agent(rig: &Rig) -> (Client, Pane) {
    let client = rig.connect().await;
    let spec = rig.start("a", &["cat"]);
    client.connection.start(&spec).await.unwrap();
    let pane = client.pane("a").await.unwrap();
    (client, pane)
}

/// The agent, and nothing else, gets what is typed.
async fn still_typed_into(client: &Client, agent: &Pane) {
    client
        .connection
        .paste(agent.pane, b"for the agent")
        .await
        .unwrap();
    client.heard.text(agent.pane, "for the agent").await;
}

#[tokio::test]
async fn what_ran_before_is_taken_over_as_it_runs() {
    let rig = Rig::new();
    let log = rig.path("old log");
    rig.tmux(&["new-session", "-d", "-s", "old", "exec cat"])
        .await;
    let pipe = format!("cat >> '{}'", log.display());
    rig.tmux(&["pipe-pane", "-o", "-t", "=old:", &pipe]).await;

    let client = rig.connect().await;
    let panes = client.connection.list().await.unwrap();
    let is_old = |pane: &&Pane| pane.home.as_ref().is_some_and(|(_, name)| name == "old");
    let old = panes.iter().find(is_old).unwrap();
    assert!(old.piped && !old.in_hub && old.tags.is_none());

    // Twice, as after a crash in between.
    client
        .connection
        .adopt(old.pane, &tags("old"))
        .await
        .unwrap();
    client
        .connection
        .adopt(old.pane, &tags("old"))
        .await
        .unwrap();
    let adopted = client.pane("old").await.unwrap();
    assert_eq!(
        (adopted.pane, adopted.pid),
        (old.pane, old.pid),
        "it was not restarted"
    );
    assert!(adopted.in_hub && !adopted.piped);
    still_typed_into(&client, &adopted).await;
    assert!(
        !std::fs::read_to_string(&log)
            .unwrap_or_default()
            .contains("agent")
    );

    client.connection.key(old.pane, "C-d").await.unwrap();
    let kept = client
        .pane("old")
        .await
        .expect("its pane is kept when it ends");
    assert_eq!(kept.pane, old.pane);
    let windows = rig
        .tmux(&["list-windows", "-t", "=ao-hub-0123456789abcdef"])
        .await;
    assert_eq!(windows.lines().count(), 2, "it is linked once: {windows}");
}

#[tokio::test]
async fn agents_of_a_former_watchdog_are_heard_again() {
    let rig = Rig::new();
    let (client, before) = one_agent(&rig).await;
    client.connection.leave().await;
    let mut client = rig.connecting(rig.options());
    let (panes, same_server) = client.up().await;
    let after = agent(&panes, "a").unwrap();
    assert_eq!(
        (after.pane, after.pid, after.in_hub),
        (before.pane, before.pid, true)
    );
    assert!(!same_server, "this connection has not seen it before");
    still_typed_into(&client, after).await;
}

#[tokio::test]
async fn an_agent_whose_session_somebody_kills_is_ended() {
    let rig = Rig::new();
    let (mut client, pane) = one_agent(&rig).await;
    let process = ao::os::process::Process::open(pane.pid.unwrap()).unwrap();
    rig.tmux(&["kill-session", "-t", "=t-a"]).await;
    client
        .panes("it is gone", |panes| agent(panes, "a").is_none())
        .await;
    process.ended().await;
}

#[tokio::test]
async fn an_agent_whose_window_somebody_unlinks_is_ended() {
    let rig = Rig::new();
    let (mut client, _) = one_agent(&rig).await;
    rig.tmux(&["unlink-window", "-t", "=t-a:"]).await;
    client
        .panes("it is gone", |panes| agent(panes, "a").is_none())
        .await;
}

#[tokio::test]
async fn an_agent_whose_window_somebody_kills_is_gone() {
    let rig = Rig::new();
    let (mut client, pane) = one_agent(&rig).await;
    rig.tmux(&["kill-window", "-t", "=t-a:"]).await;
    client
        .panes("it is gone", |panes| agent(panes, "a").is_none())
        .await;
    // Once more, as whoever had not heard of it would.
    client.connection.kill_pane(pane.pane).await.unwrap();
    client
        .connection
        .kill_session(pane.home.unwrap().0)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_somebody_splits_off_is_spared() {
    let rig = Rig::new();
    let (mut client, pane) = one_agent(&rig).await;
    let theirs = rig
        .tmux(&[
            "split-window",
            "-P",
            "-F",
            "#{pane_id}",
            "-t",
            "=t-a:",
            "cat",
        ])
        .await;
    let theirs = theirs.trim().parse().unwrap();
    client
        .panes("two panes", |panes| {
            agent(panes, "a").unwrap().window_panes == 2
        })
        .await;
    still_typed_into(&client, &pane).await;

    client.connection.kill_pane(pane.pane).await.unwrap();
    let left = client
        .panes("their window is theirs alone", |panes| {
            let split = panes.iter().find(|pane| pane.pane == theirs);
            agent(panes, "a").is_none() && split.is_some_and(|pane| !pane.in_hub)
        })
        .await;
    let split = left.iter().find(|pane| pane.pane == theirs).unwrap();
    assert_eq!(split.home.as_ref().unwrap().1, "t-a");
    assert_eq!(split.tags, None, "a split inherits no tags");
    let text = rig
        .tmux(&["capture-pane", "-p", "-t", &theirs.to_string()])
        .await;
    assert_eq!(text.trim(), "", "nothing was typed into it");
}

#[tokio::test]
async fn an_agent_that_somebody_moves_to_another_window_is_still_one() {
    let rig = Rig::new();
    let (mut client, pane) = one_agent(&rig).await;
    rig.tmux(&["split-window", "-t", "=t-a:", "cat"]).await;
    rig.tmux(&["break-pane", "-d", "-s", &pane.pane.to_string()])
        .await;
    let panes = client
        .panes("it is linked again", |panes| {
            agent(panes, "a").is_some_and(|now| now.in_hub && now.window != pane.window)
        })
        .await;
    let moved = agent(&panes, "a").unwrap();
    assert_eq!(moved.pane, pane.pane);
    assert_eq!(moved.window_panes, 1);
    still_typed_into(&client, moved).await;
    // And back, into the window that is now theirs.
    let (from, to) = (pane.pane.to_string(), pane.window.to_string());
    rig.tmux(&["join-pane", "-d", "-s", &from, "-t", &to]).await;
    client
        .panes("it is linked again", |panes| {
            agent(panes, "a").is_some_and(|now| now.in_hub && now.window == pane.window)
        })
        .await;
    still_typed_into(&client, &pane).await;
}

#[tokio::test]
async fn a_respawned_pane_has_another_process() {
    let rig = Rig::new();
    let (client, pane) = one_agent(&rig).await;
    let before = ao::os::process::Process::open(pane.pid.unwrap()).unwrap();
    rig.tmux(&[
        "respawn-pane",
        "-k",
        "-t",
        &pane.pane.to_string(),
        "exec cat",
    ])
    .await;
    // tmux says nothing; the end of the process does.
    before.ended().await;
    let after = client.pane("a").await.unwrap();
    assert_eq!(after.pane, pane.pane);
    assert_ne!(after.pid, pane.pid);
}

#[tokio::test]
async fn a_renamed_session_is_still_the_agents() {
    let rig = Rig::new();
    let (mut client, pane) = one_agent(&rig).await;
    rig.tmux(&["rename-session", "-t", "=t-a", "mine"]).await;
    client
        .panes("the new name", |panes| {
            agent(panes, "a").unwrap().home.as_ref().unwrap().1 == "mine"
        })
        .await;
    still_typed_into(&client, &pane).await;
}

#[tokio::test]
async fn nothing_is_typed_into_a_window_that_somebody_opens() {
    let rig = Rig::new();
    let (client, pane) = one_agent(&rig).await;
    let theirs = rig
        .tmux(&["new-window", "-P", "-F", "#{pane_id}", "-t", "=t-a:", "cat"])
        .await;
    still_typed_into(&client, &pane).await;
    client.connection.key(pane.pane, "Enter").await.unwrap();
    let theirs = theirs.trim().parse().unwrap();
    let screen = client
        .connection
        .capture(theirs, Capture::Screen)
        .await
        .unwrap();
    assert!(screen.rows.iter().all(Vec::is_empty), "{screen:?}");
    let panes = client.connection.list().await.unwrap();
    let theirs = panes.iter().find(|pane| pane.pane == theirs).unwrap();
    assert!(theirs.tags.is_none() && !theirs.in_hub);
}

#[tokio::test]
async fn somebody_who_is_dropped_into_the_hub_keeps_it_only_while_they_are_there() {
    let rig = Rig::with_config("set -g detach-on-destroy off");
    let (mut client, pane) = one_agent(&rig).await;
    let mut person = rig.attach("t-a");
    client
        .panes("attached", |panes| {
            agent(panes, "a").is_some_and(|pane| pane.attached)
        })
        .await;
    rig.tmux(&["kill-session", "-t", "=t-a"]).await;
    client
        .panes("it is ended", |panes| agent(panes, "a").is_none())
        .await;
    let hub = "ao-hub-0123456789abcdef";
    let on_hub = rig.tmux(&["list-clients", "-t", hub]).await;
    assert_eq!(on_hub.lines().count(), 3, "{on_hub}");
    assert!(person.try_wait().unwrap().is_none());
    drop(pane);
    client.connection.leave().await;
    person.wait().await.unwrap();
    assert!(
        !rig.try_tmux(&["has-session", "-t", hub])
            .await
            .status
            .success()
    );
}

/// Seconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[tokio::test]
async fn it_is_known_when_somebody_last_typed_into_a_pane() {
    let rig = Rig::new();
    let (client, agent) = one_agent(&rig).await;
    let last_key = || client.connection.last_key(agent.pane);
    // Who reads programs is no person.
    let _control = rig.attach("t-a");
    assert_eq!(last_key().await.unwrap(), None);

    // A terminal: that of a pane elsewhere.
    let started = now();
    let tmux = rig.server().binary().display().to_string();
    let socket = rig.path("socket").display().to_string();
    let attach = format!("env -u TMUX '{tmux}' -S '{socket}' attach-session -t =t-a:");
    rig.tmux(&["new-session", "-d", "-s", "person", &attach])
        .await;
    let deadline = tokio::time::Instant::now() + crate::rig::DEADLINE;
    let attached = loop {
        if let Some(at) = last_key().await.unwrap() {
            break at;
        }
        assert!(tokio::time::Instant::now() < deadline, "nobody came");
        tokio::task::yield_now().await;
    };
    assert!((started..=now()).contains(&attached));
    rig.tmux(&["send-keys", "-t", "=person:", "x"]).await;
    client.heard.text(agent.pane, "x").await;
    let typed = last_key().await.unwrap().unwrap();
    assert!((attached..=now()).contains(&typed));
}
