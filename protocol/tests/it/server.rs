//! A private tmux server with a control client.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tmux_control::{CommandLine, Mode, OwnedEvent, Parser, Pending, Reply, event::Event};

/// How long anything may take before a test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The tmux to ask: `TMUX_CONTROL_TMUX`, or the one in the path.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("TMUX_CONTROL_TMUX").map_or_else(|| "tmux".into(), PathBuf::from)
}

/// Whether an event is the notification of this name.
pub(crate) fn named(name: &'static str) -> impl Fn(&OwnedEvent) -> bool {
    move |event| matches!(event, Event::Notification(note) if note.name() == name)
}

/// A server of its own in a folder of its own, which ends with its only client.
pub(crate) struct Server {
    pub(crate) dir: TempDir,
    client: Child,
    input: Option<ChildStdin>,
    chunks: Receiver<Vec<u8>>,
    parser: Parser,
    pending: Pending<u64>,
    requests: u64,
    answers: VecDeque<(u64, Vec<Reply>)>,
    /// All events so far but the replies to requests.
    pub(crate) events: Vec<OwnedEvent>,
    /// All bytes so far.
    pub(crate) stream: Vec<u8>,
}

impl Server {
    /// A server whose first session runs this shell line.
    pub(crate) fn start(shell: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut client = Command::new(binary())
            .env_clear()
            .envs([
                ("PATH", std::env::var("PATH").unwrap_or_default().as_str()),
                ("TERM", "xterm"),
            ])
            .env("LC_ALL", "C.UTF-8")
            .arg("-S")
            .arg(dir.path().join("socket"))
            .args([
                "-f",
                "/dev/null",
                "-C",
                "new-session",
                "-s",
                "main",
                "-x",
                "80",
                "-y",
                "24",
            ])
            .args([
                "-n",
                "first",
                shell,
                ";",
                "set-option",
                "-s",
                "exit-empty",
                "on",
                ";",
            ])
            .args(["set-option", "-g", "destroy-unattached", "off"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need tmux");
        let input = client.stdin.take();
        let mut output = client.stdout.take().expect("it is piped");
        let (sender, chunks) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            dir,
            client,
            input,
            chunks,
            parser: Parser::new(Mode::Control),
            pending: Pending::new(256),
            requests: 0,
            answers: VecDeque::new(),
            events: Vec::new(),
            stream: Vec::new(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a line and waits for all its replies.
    pub(crate) fn ask(&mut self, line: &CommandLine) -> Vec<Reply> {
        self.write(line.encode(), line.blocks())
    }

    /// Writes a line that is known to give so many blocks and waits for them.
    pub(crate) fn write(&mut self, line: &[u8], blocks: usize) -> Vec<Reply> {
        self.requests += 1;
        let request = self.requests;
        self.pending.push(request, blocks).expect("there is room");
        let input = self.input.as_mut().expect("it is open until the end");
        input
            .write_all(line)
            .and_then(|()| input.flush())
            .expect("tmux reads");
        let text = String::from_utf8_lossy(line).into_owned();
        self.until(&text, |server| {
            server
                .answers
                .front()
                .is_some_and(|front| front.0 == request)
        });
        self.answers.pop_front().expect("just seen").1
    }

    /// As `ask`, for a line that must not fail. Gives the last reply.
    pub(crate) fn done(&mut self, line: &CommandLine) -> Reply {
        let mut replies = self.ask(line);
        let last = replies.pop().expect("a line has a block");
        assert!(last.ok, "{line:?}: {}", last.message());
        assert_eq!(replies.len() + 1, line.blocks());
        last
    }

    /// Attaches another client to a session, and lets it leave once this client heard of it.
    pub(crate) fn visit(&mut self, session: &str) {
        let mut visitor = Command::new(binary())
            .arg("-S")
            .arg(self.path().join("socket"))
            .args(["-C", "attach-session", "-t", session])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("these tests need tmux");
        let input = visitor.stdin.take();
        self.event("client-session-changed", named("client-session-changed"));
        drop(input);
        self.event("client-detached", named("client-detached"));
        assert!(visitor.wait().expect("it was started").success());
    }

    /// Waits for an event.
    pub(crate) fn event(&mut self, what: &str, wanted: impl Fn(&OwnedEvent) -> bool) {
        self.until(what, |server| server.events.iter().any(&wanted));
    }

    /// Reads until this holds.
    pub(crate) fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !done(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(chunk) = self.chunks.recv_timeout(left) else {
                panic!("{what:?} did not come; so far: {:?}", self.events);
            };
            self.take(&chunk);
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.stream.extend_from_slice(chunk);
        let Self {
            parser,
            pending,
            answers,
            events,
            ..
        } = self;
        parser.feed(chunk, &mut |event| match event {
            tmux_control::Event::Reply(reply) if reply.is_ours() => {
                answers.extend(pending.on_reply(reply));
            }
            event => events.push(event.into_owned()),
        });
        assert_eq!(pending.unexpected(), 0);
    }

    /// Leaves by closing the input, and gives all that came.
    pub(crate) fn leave(mut self) -> Vec<u8> {
        self.input = None;
        self.event("exit", named("exit"));
        std::mem::take(&mut self.stream)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server of this folder's socket, and no other.
        let _ = Command::new(binary())
            .arg("-S")
            .arg(self.dir.path().join("socket"))
            .arg("kill-server")
            .stderr(Stdio::null())
            .status();
        self.input = None;
        while self.chunks.recv_timeout(DEADLINE).is_ok() {}
        let _ = self.client.wait();
    }
}
