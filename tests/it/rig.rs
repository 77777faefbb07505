//! A private tmux server: its own directory and socket, so that tests run side by side, and nothing
//! is left when one ends, however it ends.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use ao::os::process::{Pid, Process, Signal};
use ao::tmux::{
    self, Connection, Event, Options, Pane, PaneId, Server, Settings, Snapshot, Start, Tags,
};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// How long anything may take before a test fails. It is only ever waited for in full when
/// something is wrong.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The fleet of the tests.
pub(crate) const FLEET: &str = "0123456789abcdef";

/// A configuration that gets in the way wherever it can.
pub(crate) const HOSTILE: &str = r#"
set -g remain-on-exit off
set -g base-index 5
set -g pane-base-index 3
set -g destroy-unattached on
set -g detach-on-destroy off
set -g default-command "exit 3"
set -g default-shell /bin/false
set -g renumber-windows on
set -g window-size smallest
set -g history-limit 0
set -g set-titles on
set -g status off
set -g monitor-activity on
set -g visual-activity on
set -s exit-empty off
set -s command-alias[50] new-session=kill-server
set -s command-alias[51] link-window=kill-server
set -s command-alias[52] display-message='set -g status on'
set -s command-alias[53] list-panes=list-keys
set -s command-alias[54] kill-pane=kill-server
set -s command-alias[55] attach-session=kill-server
set-hook -g after-new-session 'split-window "exec cat" ; display -p hooked'
set-hook -g after-new-window 'split-window "exec cat"'
set-hook -g after-set-option 'display -p hooked'
set-hook -g window-linked 'display -p hooked'
set-hook -g session-renamed 'no-such-command'
"#;

/// The release of tmux that the tests run with.
pub(crate) fn tmux_under_test() -> tmux::Version {
    static VERSION: OnceLock<tmux::Version> = OnceLock::new();
    *VERSION.get_or_init(find_version)
}

fn find_version() -> tmux::Version {
    let settings = Settings {
        binary: std::env::var_os("AO_TEST_TMUX").map(PathBuf::from),
        ..Settings::default()
    };
    let server = Server::find(&settings).unwrap();
    *server.version()
}

/// Whether the tmux under test keeps the panes of processes that ended, see [`tmux::Version`].
pub(crate) fn keeps_dead_panes() -> bool {
    tmux_under_test().keeps_dead_panes()
}

/// Shows what the connection thinks, with `AO_LOG=debug`.
pub(crate) fn show_log() {
    let filter = tracing_subscriber::EnvFilter::from_env("AO_LOG");
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    // Another test of this process may have done so already.
    let _ = log.with_writer(std::io::stderr).try_init();
}

/// A private server, not started until somebody connects or [`Rig::tmux`] starts it.
pub(crate) struct Rig {
    dir: tempfile::TempDir,
}

impl Rig {
    /// A server without any configuration.
    pub(crate) fn new() -> Self {
        Self::with_config("")
    }

    /// A server with this configuration.
    pub(crate) fn with_config(config: &str) -> Self {
        show_log();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("tmux.conf"), config).unwrap();
        Self { dir }
    }

    /// A directory of this test's own.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// How ao is told to find the server.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            // To run the tests with another release of tmux.
            binary: std::env::var_os("AO_TEST_TMUX").map(PathBuf::from),
            socket_path: Some(self.path("socket")),
            config_file: Some(self.path("tmux.conf")),
            ..Settings::default()
        }
    }

    /// The server's address.
    pub(crate) fn server(&self) -> Server {
        Server::find(&self.settings()).unwrap()
    }

    /// How the tests connect.
    pub(crate) fn options(&self) -> Options {
        let exe = PathBuf::from(env!("CARGO_BIN_EXE_ao"));
        let mut options = Options::new(FLEET, "t-", exe);
        options.deadline = DEADLINE;
        options
    }

    /// Connects, and waits until the connection stands.
    pub(crate) async fn connect(&self) -> Client {
        self.connect_with(self.options()).await
    }

    /// Connects in a way of one's own.
    pub(crate) async fn connect_with(&self, options: Options) -> Client {
        let mut client = self.connecting(options);
        client.up().await;
        client
    }

    /// Begins to connect.
    pub(crate) fn connecting(&self, options: Options) -> Client {
        let heard = Heard::default();
        let (connection, events) = tmux::connect(self.server(), options, Box::new(heard.clone()));
        Client {
            connection,
            events,
            heard,
        }
    }

    /// Runs tmux as a person would, and gives what it printed; it must succeed.
    pub(crate) async fn tmux<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        let output = self.try_tmux(args).await;
        assert!(
            output.status.success(),
            "{:?}: {}",
            args.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs tmux as a person would.
    pub(crate) async fn try_tmux<S: AsRef<OsStr>>(&self, args: &[S]) -> std::process::Output {
        let mut command = tokio::process::Command::from(self.server().command());
        command.args(args).env_remove("TMUX").kill_on_drop(true);
        timeout(DEADLINE, command.output())
            .await
            .expect("tmux must answer")
            .unwrap()
    }

    /// A person who is attached to a session, until this is dropped. A control client, since those
    /// need no terminal.
    pub(crate) fn attach(&self, session: &str) -> tokio::process::Child {
        let mut command = tokio::process::Command::from(self.server().command());
        let target = format!("={session}:");
        command
            .args(["-C", "attach-sessio", "-t", &target])
            .env_remove("TMUX")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true);
        command.spawn().unwrap()
    }

    /// The server's process.
    pub(crate) async fn server_process(&self) -> Process {
        let pid = self.tmux(&["display-messag", "-p", "#{pid}"]).await;
        Process::open(Pid::new(pid.trim().parse().unwrap()).unwrap()).unwrap()
    }

    /// A program to start, in a session of its own.
    pub(crate) fn start(&self, name: &str, argv: &[&str]) -> Start {
        Start {
            session: format!("t-{name}"),
            dir: self.dir().to_owned(),
            argv: argv.iter().map(Into::into).collect(),
            env: Vec::new(),
            tags: tags(name),
        }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let mut ask = self.server().command();
        let mut end = self.server().command();
        // A thread, because a test's runtime must not be blocked, and cannot be waited on here.
        let cleanup = std::thread::spawn(move || {
            let pid = ask.args(["display-messag", "-p", "#{pid}"]).output();
            let pid = String::from_utf8(pid.unwrap().stdout).unwrap();
            let Some(pid) = pid.trim().parse().ok().and_then(Pid::new) else {
                return;
            };
            let Ok(server) = Process::open(pid) else {
                return;
            };
            let _ = end.arg("kill-server").output();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let gone = async { timeout(DEADLINE, server.ended()).await };
            if runtime.block_on(gone).is_err() {
                server.signal(Signal::KILL).unwrap();
                panic!("the server did not end");
            }
        });
        let cleaned = cleanup.join();
        assert!(std::thread::panicking() || cleaned.is_ok());
    }
}

/// What is written on the pane of an agent of this name.
pub(crate) fn tags(name: &str) -> Tags {
    Tags {
        agent: name.to_owned(),
        fleet: FLEET.to_owned(),
        start: "test".to_owned(),
    }
}

/// A connection, its events, and what the panes wrote.
pub(crate) struct Client {
    /// The connection.
    pub(crate) connection: Connection,
    /// Its events.
    pub(crate) events: mpsc::Receiver<Event>,
    /// What was heard.
    pub(crate) heard: Heard,
}

impl Client {
    /// Waits for an event that `pick` takes; others are passed over.
    pub(crate) async fn event<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(Event) -> Option<T>,
    ) -> T {
        let wait = async {
            loop {
                let event = self.events.recv().await.expect("the connection goes on");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        };
        let found = timeout(DEADLINE, wait).await;
        found.unwrap_or_else(|_| panic!("never came: {what}"))
    }

    /// Waits until the connection stands; gives all panes and whether the server is the former one.
    pub(crate) async fn up(&mut self) -> (Vec<Pane>, bool) {
        let up = self
            .event("up", |event| match event {
                Event::Up {
                    panes, same_server, ..
                } => Some((panes, same_server)),
                Event::Refused { reason } => panic!("refused: {reason}"),
                _ => None,
            })
            .await;
        // The gate opens as soon as the event is taken, on another task.
        let answers = async {
            while self.connection.list().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        timeout(DEADLINE, answers).await.expect("it answers");
        up
    }

    /// Waits until the panes are as `wanted`, as told by events.
    pub(crate) async fn panes(
        &mut self,
        what: &str,
        wanted: impl Fn(&[Pane]) -> bool,
    ) -> Vec<Pane> {
        let now = self.connection.list().await.unwrap();
        if wanted(&now) {
            return now;
        }
        self.event(what, |event| match event {
            Event::Changed { panes } if wanted(&panes) => Some(panes),
            _ => None,
        })
        .await
    }

    /// The pane of an agent, if there is one.
    pub(crate) async fn pane(&self, name: &str) -> Option<Pane> {
        agent(&self.connection.list().await.unwrap(), name).cloned()
    }
}

/// The pane of an agent among these.
pub(crate) fn agent<'a>(panes: &'a [Pane], name: &str) -> Option<&'a Pane> {
    let is_it = |pane: &&Pane| pane.tags.as_ref().is_some_and(|tags| tags.agent == name);
    panes.iter().find(is_it)
}

/// A tap that keeps all that it is given.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<(Mutex<HashMap<PaneId, Sound>>, Notify)>);

/// What is heard; while a test holds it the reader waits, as no tap should make it.
pub(crate) type Hearing<'a> = MutexGuard<'a, HashMap<PaneId, Sound>>;

/// What was heard of one pane.
#[derive(Clone, Default)]
pub(crate) struct Sound {
    /// All its output.
    pub(crate) bytes: Vec<u8>,
    /// How often something was lost.
    pub(crate) gaps: usize,
    /// What filled the last gap.
    pub(crate) refill: Vec<Vec<u8>>,
    /// How many bytes came after it.
    pub(crate) after_refill: usize,
    /// The snapshots, each with how much of `bytes` came before it.
    pub(crate) seeds: Vec<(usize, Snapshot)>,
    /// The sizes that were told.
    pub(crate) sizes: Vec<(u16, u16)>,
}

impl Heard {
    /// Makes the reader wait at its next output, until what this gives is dropped.
    pub(crate) fn hold(&self) -> Hearing<'_> {
        self.0.0.lock().unwrap()
    }

    fn note(&self, pane: PaneId, note: impl FnOnce(&mut Sound)) {
        note(self.0.0.lock().unwrap().entry(pane).or_default());
        self.0.1.notify_waiters();
    }

    /// What was heard of a pane so far.
    pub(crate) fn of(&self, pane: PaneId) -> Sound {
        let heard = self.0.0.lock().unwrap();
        heard.get(&pane).cloned().unwrap_or_default()
    }

    /// Waits until what was heard of a pane is as `wanted`.
    pub(crate) async fn until(&self, pane: PaneId, wanted: impl Fn(&Sound) -> bool) {
        let wait = async {
            loop {
                let told = self.0.1.notified();
                tokio::pin!(told);
                told.as_mut().enable();
                if self.0.0.lock().unwrap().get(&pane).is_some_and(&wanted) {
                    return;
                }
                told.await;
            }
        };
        if timeout(DEADLINE, wait).await.is_err() {
            let heard = self.of(pane);
            let text = String::from_utf8_lossy(&heard.bytes).into_owned();
            panic!("never heard; {} gaps, and: {text:?}", heard.gaps);
        }
    }

    /// Waits until a pane wrote this.
    pub(crate) async fn text(&self, pane: PaneId, text: &str) {
        let has = |sound: &Sound| {
            let bytes = &sound.bytes;
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        self.until(pane, has).await;
    }
}

impl tmux::Tap for Heard {
    fn output(&mut self, pane: PaneId, bytes: &[u8]) {
        self.note(pane, |sound| {
            sound.after_refill += bytes.len();
            // Floods would fill the memory; the beginning tells enough.
            if sound.bytes.len() < 1 << 24 {
                sound.bytes.extend_from_slice(bytes);
            }
        });
    }

    fn gap(&mut self, pane: PaneId) {
        self.note(pane, |sound| sound.gaps += 1);
    }

    fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
        self.note(pane, |sound| {
            sound.refill = rows.to_vec();
            sound.after_refill = 0;
        });
    }

    fn seed(&mut self, pane: PaneId, snapshot: Snapshot) {
        self.note(pane, |sound| {
            sound.seeds.push((sound.bytes.len(), snapshot))
        });
    }

    fn resized(&mut self, pane: PaneId, cols: u16, rows: u16) {
        self.note(pane, |sound| sound.sizes.push((cols, rows)));
    }

    fn settled(&mut self) {}
}
