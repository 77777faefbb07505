//! Starting agents.

use std::path::Path;

use ao::tmux::{Capture, Connection, Start, TmuxError};
use tokio::task::JoinSet;

use crate::rig::{Client, HOSTILE, Rig, agent, keeps_dead_panes};

/// Starts them all at once.
async fn start_all(connection: &Connection, specs: Vec<Start>) {
    let mut starts = JoinSet::new();
    for spec in specs {
        let connection = connection.clone();
        starts.spawn(async move { connection.start(&spec).await });
    }
    while let Some(started) = starts.join_next().await {
        started.unwrap().unwrap();
    }
}

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

#[tokio::test]
async fn a_hundred_agents_that_end_at_once_cost_nothing_and_keep_their_panes() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    let specs = (0..100).map(|n| {
        let mut spec = rig.start(&n.to_string(), &["sh", "-c", "echo bye; exit $CODE"]);
        spec.env.push(("CODE".into(), (n % 7).to_string().into()));
        spec
    });
    start_all(&client.connection, specs.collect()).await;
    let panes = client.connection.list().await.unwrap();
    if !keeps_dead_panes() {
        // They go with their processes, and nothing else does.
        client
            .panes("they are gone", |panes| {
                panes.iter().all(|pane| pane.tags.is_none())
            })
            .await;
        return;
    }
    for n in 0..100 {
        let pane = agent(&panes, &n.to_string()).expect("its pane is kept");
        assert!(pane.home.is_some() && pane.in_hub);
        // tmux may not know of the death yet; the system does, and the pane stays.
        if let Some(status) = pane.dead_status {
            assert_eq!(status, n % 7);
        }
    }
    // tmux may lose the last output of a dying pane, so not every one has its last words.
    let mut last_words = 0;
    for n in 0..100 {
        let pane = agent(&panes, &n.to_string()).unwrap().pane;
        let screen = client.connection.capture(pane, Capture::History(5)).await;
        let rows = screen.unwrap().rows;
        last_words += usize::from(rows.contains(&b"bye".to_vec()));
    }
    assert!(last_words > 50, "{last_words}");
}

/// Starts what must come up literally, under one of the names `found` (releases differ), and checks
/// that nothing was run.
async fn comes_up_as(rig: &Rig, client: &Client, written: &str, found: &[&str]) {
    let canary = rig.path("canary");
    let mut spec = rig.start("x", &["sh", "-c", "echo ready; exec cat"]);
    spec.session = written.to_owned();
    spec.dir = rig.path(&written.replace('/', "_"));
    std::fs::create_dir_all(&spec.dir).unwrap();
    spec.tags.agent = written.to_owned();
    spec.env.push(("AO_SESSION".into(), written.into()));
    let started = client.connection.start(&spec).await;
    let started = started.unwrap_or_else(|error| panic!("{written:?}: {error}"));
    let pane = client.pane(written).await;
    let pane = pane.unwrap_or_else(|| panic!("{written:?} lost its tags"));
    let name = pane.home.unwrap().1;
    assert!(found.contains(&name.as_str()), "{written:?}: {name:?}");
    client.heard.text(started.pane, "ready").await;
    let cwd = Path::new("/proc").join(started.pid.to_string()).join("cwd");
    assert_eq!(std::fs::read_link(cwd).unwrap(), spec.dir, "{written:?}");
    assert!(!canary.exists(), "{written:?} was run");
    client.connection.kill_pane(started.pane).await.unwrap();
}

#[tokio::test]
async fn names_and_directories_come_up_literally_and_nothing_runs() {
    let rig = Rig::new();
    let client = rig.connect().await;
    let touch = format!("#(touch {})", rig.path("canary").display()).replace('.', "_");
    let shell = "$(touch canary)`touch canary`";
    for name in [
        "#S",
        "##S",
        "%Y",
        "it's",
        "\"x\"",
        "a;b",
        "a ; kill-server",
        "a b",
        "=a",
        "@a",
        "%a",
        "-a",
        "~a",
        "{a}",
        "#[fg=red]",
        "#{pid}",
        "ü🦀",
        "a|b",
        "a,b",
        "!",
        "*",
        "?[a]",
    ] {
        comes_up_as(&rig, &client, name, &[name]).await;
    }
    // Releases write these in their own ways: up to 3.6b the first two, and the `$` up to 3.4, in
    // which it gets one backslash as it is stored and another one as it is told.
    comes_up_as(&rig, &client, "a.b:c", &["a_b_c", "a.b:c"]).await;
    comes_up_as(&rig, &client, "%H:%M", &["%H_%M", "%H:%M"]).await;
    comes_up_as(&rig, &client, "a$b", &["a$b", "a\\$b", "a\\\\$b"]).await;
    comes_up_as(&rig, &client, "a\\b", &["a\\\\b"]).await;
    comes_up_as(&rig, &client, shell, &[shell]).await;
    comes_up_as(&rig, &client, &touch, &[&touch]).await;
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_and_leaves_nothing() {
    let rig = Rig::new();
    let client = rig.connect().await;
    let start = async |change: fn(&mut Start)| {
        let mut spec = rig.start("a", &["cat"]);
        change(&mut spec);
        client.connection.start(&spec).await
    };
    for change in [
        (|spec| spec.dir = "/no/such/directory".into()) as fn(&mut Start),
        |spec| spec.session = "two\nlines".to_owned(),
        |spec| spec.session = String::new(),
        |spec| spec.argv.clear(),
        |spec| spec.argv.push("a\0b".into()),
        |spec| spec.env.push(("A=B".into(), "c".into())),
    ] {
        let refused = start(change).await;
        assert!(
            matches!(refused, Err(TmuxError::Unsendable { .. })),
            "{refused:?}"
        );
    }
    start(|_| ()).await.unwrap();
    let twice = start(|_| ()).await;
    assert!(matches!(twice, Err(TmuxError::Command { .. })), "{twice:?}");
    let sessions = rig.tmux(&["ls", "-F", "#S"]).await;
    assert_eq!(
        sessions
            .lines()
            .filter(|name| !name.starts_with("ao-hub"))
            .count(),
        1
    );
    let panes = client.connection.list().await.unwrap();
    assert_eq!(panes.iter().filter(|pane| pane.tags.is_some()).count(), 1);
}

#[tokio::test]
async fn a_program_alone_is_not_given_to_a_shell() {
    let rig = Rig::new();
    let client = rig.connect().await;
    let program = rig.path("a program; touch canary");
    std::os::unix::fs::symlink("/bin/cat", &program).unwrap();
    let spec = rig.start("a", &[program.to_str().unwrap()]);
    let started = client.connection.start(&spec).await.unwrap();
    client
        .connection
        .paste(started.pane, b"here")
        .await
        .unwrap();
    client.heard.text(started.pane, "here").await;
    assert!(!rig.path("canary").exists());
}

#[tokio::test]
async fn a_restart_keeps_the_session_and_whoever_is_attached() {
    let rig = Rig::new();
    let mut client = rig.connect().await;
    let first = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    let mut person = rig.attach("t-a");
    client
        .panes("somebody is attached", |panes| {
            agent(panes, "a").is_some_and(|pane| pane.attached)
        })
        .await;

    let again = rig.start("a", &["sh", "-c", "echo again; exec cat"]);
    let second = client
        .connection
        .start_in(first.session, Some(first.pane), &again)
        .await
        .unwrap();
    assert_eq!(second.session, first.session);
    assert_ne!(second.pane, first.pane);
    let pane = client.pane("a").await.unwrap();
    assert_eq!(
        (pane.pane, pane.in_hub, pane.attached),
        (second.pane, true, true)
    );
    assert!(
        person.try_wait().unwrap().is_none(),
        "whoever is attached stays so"
    );
    client.heard.text(second.pane, "again").await;
}

#[tokio::test]
async fn a_restart_leaves_people_at_the_window_that_they_look_at() {
    let rig = Rig::new();
    let client = rig.connect().await;
    let first = client
        .connection
        .start(&rig.start("a", &["cat"]))
        .await
        .unwrap();
    let theirs = rig
        .tmux(&[
            "new-window",
            "-P",
            "-F",
            "#{window_id}",
            "-t",
            "=t-a:",
            "cat",
        ])
        .await;
    let again = rig.start("a", &["cat"]);
    let second = client
        .connection
        .start_in(first.session, Some(first.pane), &again)
        .await
        .unwrap();
    let current = rig
        .tmux(&["display", "-p", "-t", "=t-a:", "#{window_id}"])
        .await;
    assert_eq!(current, theirs);
    assert_eq!(client.pane("a").await.unwrap().window, second.window);
    // A session that is gone is an error, and the old pane is left as it is.
    rig.tmux(&["kill-session", "-t", "=t-a:"]).await;
    let gone = client
        .connection
        .start_in(first.session, Some(second.pane), &again)
        .await;
    assert!(matches!(gone, Err(TmuxError::Command { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_hostile_configuration_breaks_nothing() {
    let rig = Rig::with_config(HOSTILE);
    let mut client = rig.connect().await;
    let specs = (0..5).map(|n| rig.start(&n.to_string(), &["sh", "-c", "echo up; exec cat"]));
    start_all(&client.connection, specs.collect()).await;
    // Somebody's client comes and goes, which ends what is "unattached".
    rig.tmux(&["ls"]).await;
    let panes = client.connection.list().await.unwrap();
    for n in 0..5 {
        let pane = agent(&panes, &n.to_string()).unwrap();
        assert!(pane.in_hub && !pane.dead, "{pane:?}");
        assert_eq!(pane.home.as_ref().unwrap().1, format!("t-{n}"));
        client.connection.paste(pane.pane, b"typed").await.unwrap();
        client.heard.text(pane.pane, "typed").await;
        let rows = client
            .connection
            .capture(pane.pane, Capture::Screen)
            .await
            .unwrap()
            .rows;
        assert!(rows.contains(&b"typed".to_vec()), "{rows:?}");
    }
    let tagged = panes.iter().filter(|pane| pane.tags.is_some()).count();
    assert_eq!(tagged, 5, "what a hook made is not an agent");

    let (first, session) = (
        agent(&panes, "0").unwrap().pane,
        agent(&panes, "0").unwrap().home.clone(),
    );
    let again = rig.start("0", &["cat"]);
    let second = client
        .connection
        .start_in(session.unwrap().0, Some(first), &again)
        .await
        .unwrap();
    assert_eq!(client.pane("0").await.unwrap().pane, second.pane);
    rig.tmux(&["kill-session", "-t", "=t-1"]).await;
    client
        .panes("1 is reaped", |panes| agent(panes, "1").is_none())
        .await;
    client.connection.leave().await;
    // Agents stay although nobody is attached to them.
    rig.tmux(&["ls"]).await;
    let left = rig.server().panes_once().unwrap().unwrap();
    assert_eq!(left.iter().filter(|pane| pane.tags.is_some()).count(), 4);
}
