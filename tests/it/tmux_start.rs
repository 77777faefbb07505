//! Starting agents.

use ao::tmux::{Capture, TmuxError};

use crate::rig::{Rig, agent};

#[tokio::test]
async fn an_agent_runs_in_its_own_session_and_is_heard() {
    let rig = Rig::new();
    let client = rig.connect().await;
    let spec = rig.start("a", &["sh", "-c", "read line; echo got $line; exec cat"]);
    let started = client.connection.start(&spec).await.unwrap();

    let pane = client.pane("a").await.unwrap();
    assert_eq!(pane.home, Some((started.session, "t-a".to_owned())));
    assert_eq!(pane.pid, Some(started.pid));
    assert!(pane.in_hub && !pane.dead && !pane.attached);

    client
        .connection
        .paste(started.pane, b"hello")
        .await
        .unwrap();
    client.connection.key(started.pane, "Enter").await.unwrap();
    client.heard.text(started.pane, "got hello").await;
    let screen = client
        .connection
        .capture(started.pane, Capture::Screen)
        .await;
    assert!(screen.unwrap().rows.contains(&b"got hello".to_vec()));
    client.connection.leave().await;
    assert_eq!(rig.tmux(&["ls", "-F", "#S"]).await, "t-a\n");
}
