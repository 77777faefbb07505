//! The life of the connection: it is made, watched, and made again when it goes.

use std::io::PipeReader;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use super::attached::{Attached, Keeper};
use super::client::{self, Starter};
use super::connection::{Options, Shared};
use super::link::Link;
use super::reader::{self, SharedTap};
use super::{Event, Server, Tap, TmuxError};
use crate::os::process::{Pid, Process, Signal};

/// How long it takes until the next attempt: at first, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// A connection that lasted so long was a good one: the next one is tried at once.
const GOOD: Duration = Duration::from_secs(5);

/// How long a client may take to leave once its input is closed.
const LEAVE: Duration = Duration::from_secs(2);

/// How long a server may take to be gone after it dropped the connection.
const SERVER_END: Duration = Duration::from_millis(300);

/// How long a server may take to make its socket anew.
const SOCKET: Duration = Duration::from_millis(500);

/// What tmux says when it fails is a line; so much of it is read.
const STDERR_MAX: u64 = 4096;

/// The shell that does nothing in the hub's own window, whatever the configuration says about
/// shells and commands.
const PLACEHOLDER: [&str; 4] = ["--", "/bin/sh", "-c", "exec cat >/dev/null"];

/// How one connection ended.
pub(super) enum End {
    /// It was asked to leave.
    Left,
    /// This fleet may not use the server.
    Refused(String),
    /// It was lost, for this reason.
    Lost(String),
}

/// What makes the connection and keeps it.
pub(super) struct Life {
    pub(super) server: Server,
    pub(super) shared: Arc<Shared>,
    pub(super) events: mpsc::Sender<Event>,
    tap: SharedTap,
    leaving: watch::Receiver<bool>,
    /// The server of the last connection that stood, by its process and when it started.
    pub(super) last: Option<(Pid, i64)>,
    /// Its process.
    pub(super) process: Option<Process>,
    /// When this connection began to stand.
    pub(super) up_since: Option<Instant>,
}

impl Life {
    pub(super) fn new(
        server: Server,
        shared: Arc<Shared>,
        tap: Box<dyn Tap>,
        events: mpsc::Sender<Event>,
        leaving: watch::Receiver<bool>,
    ) -> Self {
        Self {
            server,
            shared,
            events,
            tap: Arc::new(Mutex::new(tap)),
            leaving,
            last: None,
            process: None,
            up_since: None,
        }
    }

    pub(super) fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Connects, and connects again, until it is asked to leave.
    pub(super) async fn run(mut self) {
        client::end_orphans(&self.server, &self.options().hub()).await;
        let mut backoff = BACKOFF.0;
        loop {
            self.up_since = None;
            let end = match self.connection().await {
                Ok(end) => end,
                Err(error) => End::Lost(error.to_string()),
            };
            let reason = match end {
                End::Left => return,
                End::Refused(reason) => {
                    let _ = self.events.send(Event::Refused { reason }).await;
                    return;
                }
                End::Lost(reason) => reason,
            };
            let good = self.up_since.is_some_and(|since| since.elapsed() > GOOD);
            let server_gone = self.is_server_gone().await;
            tracing::warn!(%reason, server_gone, "the connection to tmux is down");
            let lost = Event::Lost {
                reason,
                server_gone,
            };
            if good {
                backoff = BACKOFF.0;
            }
            tokio::select! {
                biased;
                () = left(&mut self.leaving) => return,
                _ = self.events.send(lost) => {}
            }
            tokio::select! {
                biased;
                () = left(&mut self.leaving) => return,
                () = sleep(backoff) => {}
            }
            backoff = (backoff * 2).min(BACKOFF.1);
        }
    }

    /// Whether the server of the last connection has ended.
    async fn is_server_gone(&mut self) -> bool {
        let Some(process) = &self.process else {
            return false;
        };
        let gone = timeout(SERVER_END, process.ended()).await.is_ok();
        if gone {
            self.process = None;
        }
        gone
    }

    /// A server lives on when its socket's file is deleted, but a client would start another one.
    /// tmux makes the socket anew when it gets SIGUSR1.
    async fn revive_socket(&self) {
        let Some(process) = &self.process else {
            return;
        };
        let socket = self.server.socket_path();
        if socket.exists() || process.signal(Signal::USR1).is_err() {
            return;
        }
        tracing::info!("the server's socket is gone; asking the server to make it anew");
        let deadline = Instant::now() + SOCKET;
        while !socket.exists() && Instant::now() < deadline {
            sleep(SOCKET / 20).await;
        }
    }

    /// One connection, from its beginning to its end.
    async fn connection(&mut self) -> Result<End, TmuxError> {
        self.server.prepare()?;
        self.revive_socket().await;
        let starter = Starter::new().map_err(failed("starting a thread"))?;
        let (mut main, stream) = self.start_main(&starter).await?;
        let link = Arc::new(Link::new(self.options().in_flight));
        reader::start(stream, Arc::clone(&link), Arc::clone(&self.tap))
            .map_err(failed("starting a thread"))?;
        let stdin = main.stdin.take().ok_or(TmuxError::Disconnected)?;
        let writer = tokio::spawn({
            let link = Arc::clone(&link);
            async move { link.write_to(stdin).await }
        });

        let mut leaving = self.leaving.clone();
        let mut attached = Attached::new(self, &link, &starter);
        let end = tokio::select! {
            biased;
            () = left(&mut leaving) => End::Left,
            () = link.news(|news| news.ended.then_some(())) => End::Lost(String::new()),
            end = attached.run() => end,
        };
        let keeper = attached.part();
        self.drain(&link, &mut main, matches!(end, End::Left)).await;
        writer.abort();
        let reason = reap(main).await;
        if let Some(keeper) = keeper {
            reap(keeper.close()).await;
        }
        Ok(match end {
            End::Lost(known) if known.is_empty() => End::Lost(
                link.look(|news| news.reason.take())
                    .or(reason)
                    .unwrap_or_else(|| "tmux closed the connection".to_owned()),
            ),
            end => end,
        })
    }

    /// Reads what tmux still has to say, to the end: a server may wait for ever to get rid of it.
    async fn drain(&mut self, link: &Link, main: &mut Child, leaving: bool) {
        let ended = || link.news(|news| news.ended.then_some(()));
        let parted = timeout(LEAVE, ended()).await.is_ok();
        link.close();
        if parted {
            return;
        }
        tracing::warn!("a tmux client does not leave; ending it");
        let _ = main.start_kill();
        // The server holds the other end too, so one that is stopped keeps the stream open. Who
        // leaves need not wait for it; who wants to connect again has to.
        if timeout(LEAVE, ended()).await.is_err() && !leaving {
            let _ = self.events.send(Event::Silent).await;
            tokio::select! {
                () = ended() => {}
                () = left(&mut self.leaving) => {}
            }
        }
    }

    /// Starts the client that hears everything, on the hub, which it makes if there is none.
    async fn start_main(&self, starter: &Starter) -> Result<(Child, PipeReader), TmuxError> {
        let hub = self.options().hub();
        // Names of commands without their last letter, for the same reason as in
        // `CommandLine::encode_unaliased`.
        let mut words = vec!["new-sessio", "-A", "-s", &hub, "-n", "ao"];
        words.extend(["-f", "pause-after=1,ignore-size", "-x", "80", "-y", "24"]);
        words.extend(PLACEHOLDER);
        let mut command = client::command(self.options(), &self.server, &words);
        // A pipe of our own making, so that it can be read by a thread that blocks.
        let (stream, stdout) = std::io::pipe().map_err(failed("making a pipe"))?;
        command
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped());
        let main = starter
            .start(command)
            .await
            .map_err(failed("starting a tmux client"))?;
        Ok((main, stream))
    }

    /// Starts the client that hears nothing. tmux reads a pane only while some client of its
    /// sessions keeps up, and this one always does.
    pub(super) async fn start_keeper(&self, starter: &Starter) -> Result<Keeper, TmuxError> {
        let target = format!("={}:", self.options().hub());
        let words = [
            "attach-sessio",
            "-f",
            "no-output,ignore-size,pause-after=1",
            "-t",
            &target,
        ];
        let mut command = client::command(self.options(), &self.server, &words);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        starter
            .start(command)
            .await
            .map(Keeper::new)
            .map_err(failed("starting a tmux client"))
    }
}

fn failed(doing: &str) -> impl FnOnce(std::io::Error) -> TmuxError {
    let doing = doing.to_owned();
    |source| TmuxError::Process { doing, source }
}

/// Waits until it is time to leave: it was said, or nobody holds the connection any more.
async fn left(leaving: &mut watch::Receiver<bool>) {
    // An error says that the last handle is gone.
    let _ = leaving.wait_for(|leave| *leave).await;
}

/// Waits for a client to end, with a limit, and gives what it said on its standard error.
async fn reap(mut client: Child) -> Option<String> {
    if timeout(LEAVE, client.wait()).await.is_err() {
        let _ = client.start_kill();
        let _ = timeout(LEAVE, client.wait()).await;
    }
    let mut said = Vec::new();
    let stderr = client.stderr.take()?.take(STDERR_MAX);
    tokio::pin!(stderr);
    // A limit here too: a server may hold the other end.
    let _ = timeout(SERVER_END, stderr.read_to_end(&mut said)).await;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    (!said.is_empty()).then_some(said)
}
