//! tmux as the judge of the screen model: the same bytes go into a real pane and into the model,
//! and both must show the same.
//!
//! A test writes straight to the terminal of a pane in which a program sleeps. One control client
//! hears the bytes back as tmux reads them, so it knows when all are read, without a marker that
//! would end an unfinished sequence; and it asks what the pane shows. Nothing is waited for by the
//! clock.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Instant;

use ao::screen::{Cursor, Size};
use ao::tmux::PaneId;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tmux_control::{Event, Mode, Notification, Parser, Reply, quote};

use crate::rig::{DEADLINE, Rig};

/// Nothing of the user's; and the server goes when the test does, however that ends.
const CONFIG: &str = "
set -g exit-unattached on
set -g status off
set -g automatic-rename off
set -g history-limit 100
set -g remain-on-exit on
";

/// How much is written at once, in bytes. A terminal takes 4 KiB before its writer has to wait.
const CHUNK: usize = 2048;

/// A private server and a control client that hears all its panes.
pub(crate) struct Oracle {
    client: Child,
    // Dropped before the client is waited for.
    to: Option<ChildStdin>,
    from: ChildStdout,
    parser: Parser,
    heard: VecDeque<Heard>,
    sessions: u64,
    // Last, since it makes sure that the server is gone.
    rig: Rig,
}

/// What the client heard, in its order.
enum Heard {
    Output(PaneId, Vec<u8>),
    Resized,
    Reply(Reply),
}

/// What tmux shows in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The pane's size.
    pub(crate) size: Size,
    /// The cursor.
    pub(crate) cursor: Cursor,
    /// Whether the alternate screen is shown.
    pub(crate) alternate: bool,
    /// The title.
    pub(crate) title: String,
    /// The rows.
    pub(crate) rows: Vec<String>,
    /// The rows as the program wrote them, trailing blanks cut.
    pub(crate) lines: Vec<String>,
}

impl Oracle {
    /// Starts a server.
    pub(crate) fn new() -> Self {
        let rig = Rig::with_config(CONFIG);
        let mut command = rig.server().command();
        command.args(["-u", "-C", "new-session", "-s", "hub", "sleep 100000"]);
        let mut client = command
            .env_remove("TMUX")
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color")
            .current_dir(rig.dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut oracle = Self {
            to: client.stdin.take(),
            from: client.stdout.take().unwrap(),
            client,
            parser: Parser::new(Mode::Control),
            heard: VecDeque::new(),
            sessions: 0,
            rig,
        };
        let attached = oracle.reply(|_| {});
        assert!(attached.ok, "{}", attached.message());
        oracle
    }

    /// Its directory, and what else a test may want of it.
    pub(crate) fn rig(&self) -> &Rig {
        &self.rig
    }

    /// The next thing that is heard.
    fn hear(&mut self) -> Heard {
        self.try_hear().expect("tmux says something")
    }

    /// The next thing that is heard, if anything is before the deadline.
    fn try_hear(&mut self) -> Option<Heard> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return Some(heard);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::new(&self.from, PollFlags::IN)];
            let timeout = left.try_into().unwrap();
            let ready = poll(&mut fds, Some(&timeout)).unwrap();
            if ready == 0 {
                return None;
            }
            let mut chunk = [0; 64 * 1024];
            let length = self.from.read(&mut chunk).unwrap();
            assert!(length > 0, "tmux ended the connection");
            let heard = &mut self.heard;
            self.parser
                .feed(&chunk[..length], &mut |event| match event {
                    Event::Notification(Notification::Output { pane, data }) => {
                        heard.push_back(Heard::Output(pane, data.to_vec()));
                    }
                    Event::Notification(Notification::LayoutChange { .. }) => {
                        heard.push_back(Heard::Resized);
                    }
                    Event::Reply(reply) => heard.push_back(Heard::Reply(reply)),
                    _ => {}
                });
        }
    }

    /// The next reply; what panes write before it goes to `output`.
    fn reply(&mut self, mut output: impl FnMut(Output<'_>)) -> Reply {
        loop {
            match self.hear() {
                Heard::Output(pane, bytes) => output(Output(pane, &bytes)),
                Heard::Resized => {}
                Heard::Reply(reply) => return reply,
            }
        }
    }

    /// Sends a line of commands and gives their replies; what panes write before them goes to
    /// `output`.
    pub(crate) fn ask(
        &mut self,
        line: &str,
        commands: usize,
        mut output: impl FnMut(Output<'_>),
    ) -> Vec<Reply> {
        let to = self.to.as_mut().unwrap();
        to.write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut replies: Vec<Reply> = Vec::new();
        while replies.len() < commands {
            let reply = self.reply(&mut output);
            assert!(reply.ok, "{line}: {}", reply.message());
            if reply.is_ours() {
                replies.push(reply);
            }
        }
        replies
    }

    /// Waits until a pane writes, and gives that to `output`.
    pub(crate) fn wait(&mut self, output: impl FnMut(Output<'_>)) {
        assert!(self.try_wait(output), "no pane writes anything");
    }

    /// The same; false if none does before the deadline.
    pub(crate) fn try_wait(&mut self, mut output: impl FnMut(Output<'_>)) -> bool {
        loop {
            match self.try_hear() {
                Some(Heard::Output(pane, bytes)) => output(Output(pane, &bytes)),
                Some(Heard::Resized) => {}
                Some(Heard::Reply(_)) => continue,
                None => return false,
            }
            return true;
        }
    }

    /// Starts a shell line in a pane of its own, without a title, and hears it from its first byte.
    pub(crate) fn start(&mut self, size: Size, shell: &str) -> PaneId {
        self.sessions += 1;
        let Size { cols, rows } = size;
        let session = format!("=s{}:", self.sessions);
        let shell = String::from_utf8(quote(shell.as_bytes()).unwrap()).unwrap();
        let line = format!(
            "new-session -d -x {cols} -y {rows} -s s{} -P -F '#{{pane_id}}' {shell} ; \
             select-pane -t {session} -T '' ; resize-window -t {session} -x {cols} -y {rows} ; \
             link-window -d -s {session} -t =hub:",
            self.sessions
        );
        let replies = self.ask(&line, 4, |_| {});
        let id = String::from_utf8_lossy(replies[0].first_line()).into_owned();
        id.parse().unwrap()
    }

    /// What a pane shows. What panes write before goes to `output`, so that a model that was fed
    /// with it must show the same.
    pub(crate) fn look(&mut self, pane: PaneId, output: impl FnMut(Output<'_>)) -> Shown {
        let line = format!(
            "display-message -p -t {pane} '#{{pane_width}} #{{pane_height}} #{{cursor_x}} \
             #{{cursor_y}} #{{alternate_on}} #{{pane_title}}' ; \
             capture-pane -p -t {pane} ; capture-pane -p -J -t {pane}"
        );
        let replies = self.ask(&line, 3, output);
        let told = String::from_utf8_lossy(replies[0].first_line()).into_owned();
        let fields: Vec<&str> = told.splitn(6, ' ').collect();
        let number = |at: usize| fields[at].parse().unwrap();
        let size = Size {
            cols: number(0),
            rows: number(1),
        };
        // Up to 3.4 it shows what it took for characters.
        let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        let rows: Vec<String> = replies[1].lines().map(text).collect();
        assert_eq!(rows.len(), usize::from(size.rows));
        let lines = replies[2].lines().map(text);
        Shown {
            size,
            cursor: Cursor {
                x: number(2),
                y: number(3),
            },
            alternate: fields[4] == "1",
            title: fields[5].to_owned(),
            rows,
            lines: lines
                .map(|line| line.trim_end_matches(' ').to_owned())
                .collect(),
        }
    }

    /// Ends a pane and its session.
    pub(crate) fn end(&mut self, pane: PaneId) {
        self.ask(&format!("kill-pane -t {pane}"), 1, |_| {});
    }

    /// A terminal of this size that shows what is written to it and does nothing else.
    pub(crate) fn terminal(&mut self, size: Size) -> Terminal<'_> {
        // The NUL, which no terminal shows, says that tmux has set up the terminal.
        let pane = self.start(size, r"printf '\0'; exec sleep 100000");
        let mut ready = 0;
        while ready == 0 {
            self.wait(|output| ready += output.of(pane).len());
        }
        let reply = self.ask(
            &format!("display-message -p -t {pane} '#{{pane_tty}}'"),
            1,
            |_| {},
        );
        let path = String::from_utf8_lossy(reply[0].first_line()).into_owned();
        let mut open = std::fs::OpenOptions::new();
        open.read(true).write(true);
        open.custom_flags(OFlags::NOCTTY.bits().cast_signed());
        let tty = open.open(path).unwrap();
        let mut modes = tcgetattr(&tty).unwrap();
        modes.make_raw();
        tcsetattr(&tty, OptionalActions::Now, &modes).unwrap();
        Terminal {
            oracle: self,
            pane,
            tty: Some(tty),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        if let Some(mut to) = self.to.take() {
            // A server that is gone already is as good.
            let _ = to.write_all(b"kill-server\n");
        }
        let _ = self.from.read_to_end(&mut Vec::new());
        let _ = self.client.wait();
    }
}

/// What a pane wrote.
pub(crate) struct Output<'a>(PaneId, &'a [u8]);

impl<'a> Output<'a> {
    /// The bytes if they are of this pane, else none.
    pub(crate) fn of(&self, pane: PaneId) -> &'a [u8] {
        if self.0 == pane { self.1 } else { b"" }
    }
}

/// A pane that a test writes to.
pub(crate) struct Terminal<'o> {
    oracle: &'o mut Oracle,
    pane: PaneId,
    tty: Option<File>,
}

impl Terminal<'_> {
    /// Writes bytes, and waits until tmux has read them.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(CHUNK) {
            self.tty.as_mut().unwrap().write_all(chunk).unwrap();
            let mut heard = 0;
            while heard < chunk.len() {
                let pane = self.pane;
                self.oracle.wait(|output| heard += output.of(pane).len());
            }
        }
    }

    /// What it shows now.
    pub(crate) fn look(&mut self) -> Shown {
        self.oracle.look(self.pane, |_| {})
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.tty = None;
        if !std::thread::panicking() {
            self.oracle.end(self.pane);
        }
    }
}
