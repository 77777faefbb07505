//! The bare pipelined driver: one `tmux -C`, the lines written in one go, the replies read to the
//! end, and nothing else. This is the least that tmux itself allows.

use std::io::{self, BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use crate::figures::{Figures, median};
use crate::process;
use crate::recording::Recording;
use crate::server::Server;
use crate::{COMMAND, Cycle, PREFIX, QUESTIONS};

/// How long a client may take to leave once its stdin is closed.
const GRACE: Duration = Duration::from_secs(10);

/// The question that shows every agent's state.
const STATUS: &[u8] =
    b"list-panes -a -F '#{session_name} #{pane_pid} #{pane_dead} #{pane_current_command}'\n";

/// A control client.
pub(crate) struct Wire {
    client: Child,
    /// None once it is closed.
    lines: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
    sentinels: u32,
    /// Panes that tmux paused while replies were read: it sends nothing of them until it is told to.
    paused: Vec<String>,
}

impl Wire {
    fn open(server: &Server, recording: &Recording) -> io::Result<Self> {
        let mut client = recording
            .client(server)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let closed = || io::Error::other("a pipe was asked for");
        Ok(Self {
            lines: Some(client.stdin.take().ok_or_else(closed)?),
            replies: BufReader::with_capacity(1 << 16, client.stdout.take().ok_or_else(closed)?),
            client,
            sentinels: 0,
            paused: Vec::new(),
        })
    }

    /// What comes from tmux.
    pub(crate) fn replies(&mut self) -> &mut impl BufRead {
        &mut self.replies
    }

    /// The client's process.
    pub(crate) fn client(&self) -> i32 {
        i32::try_from(self.client.id()).unwrap_or_default()
    }

    /// Lets a paused pane go on.
    pub(crate) fn go_on(&mut self, pane: &str) -> io::Result<()> {
        let line = format!("refresh-client -A '{pane}:continue'\n");
        let pipe = self.lines.as_mut();
        pipe.ok_or_else(left)?.write_all(line.as_bytes())
    }

    /// Lets all panes go on that were paused so far.
    pub(crate) fn all_go_on(&mut self) -> io::Result<()> {
        let paused = std::mem::take(&mut self.paused);
        paused.iter().try_for_each(|pane| self.go_on(pane))
    }

    /// Writes `lines` in one go, reads all their replies, and gives what stood in them.
    fn run(&mut self, lines: &[u8]) -> io::Result<Vec<String>> {
        self.sentinels += 1;
        let sentinel = format!("bench-sentinel-{}", self.sentinels);
        let mut all = lines.to_vec();
        all.extend_from_slice(format!("display-message -p {sentinel}\n").as_bytes());
        let Some(pipe) = self.lines.as_mut() else {
            return Err(left());
        };
        let (replies, paused) = (&mut self.replies, &mut self.paused);
        // tmux stops reading when nobody takes its replies, so both ways go at once.
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || pipe.write_all(&all));
            let rows = read_until(replies, &sentinel, paused);
            writer
                .join()
                .map_err(|_| io::Error::other("the writer panicked"))??;
            rows
        })
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.lines.take());
        // A server waits for ever on a client that does not read, so drain it to the end.
        let _ = io::copy(&mut self.replies, &mut io::sink());
        if !process::wait_until_gone(self.client(), GRACE) {
            process::kill(self.client());
        }
        let _ = self.client.wait();
    }
}

fn left() -> io::Error {
    io::Error::other("the client has left")
}

/// What stood in the blocks before `sentinel`; what ao asks of tmux forges no block's end.
fn read_until(
    replies: &mut impl BufRead,
    sentinel: &str,
    paused: &mut Vec<String>,
) -> io::Result<Vec<String>> {
    let mut rows = Vec::new();
    let mut line = Vec::new();
    let mut inside = false;
    loop {
        line.clear();
        if replies.read_until(b'\n', &mut line)? == 0 {
            return Err(io::Error::other("the tmux client ended early"));
        }
        let row = String::from_utf8_lossy(&line);
        let row = row.trim_end();
        if row == sentinel {
            return Ok(rows);
        }
        if let Some(pane) = row.strip_prefix("%pause ") {
            paused.push(pane.to_owned());
        } else if row.starts_with("%begin ") {
            inside = true;
        } else if row.starts_with("%end ") || row.starts_with("%error ") {
            inside = false;
        } else if inside {
            rows.push(row.to_owned());
        }
    }
}

/// An agent's pane as the bare driver finds it.
struct Pane {
    id: String,
    pid: i32,
    session: String,
}

/// Brings a fleet up and down, each time on a fresh server.
pub(crate) struct Driver<'a> {
    pub(crate) server: &'a Server,
    pub(crate) recording: &'a Recording,
}

impl Driver<'_> {
    /// Sends the lines of `up` to a fresh server, and times them.
    pub(crate) fn up(&self) -> io::Result<(Wire, Duration)> {
        let start = Instant::now();
        let mut wire = Wire::open(self.server, self.recording)?;
        wire.run(&self.recording.up)?;
        Ok((wire, start.elapsed()))
    }

    /// Ends the agents; they are ended when their processes are gone, for ao as well.
    fn down(&self, wire: &mut Wire, panes: &[Pane]) -> io::Result<Duration> {
        let start = Instant::now();
        wire.run(&self.recording.down)?;
        for pane in panes {
            process::wait_until_gone(pane.pid, GRACE);
        }
        let time = start.elapsed();
        match panes.iter().filter(|pane| process::runs(pane.pid)).count() {
            0 => Ok(time),
            left => Err(io::Error::other(format!(
                "{left} agents outlived the recorded `down`"
            ))),
        }
    }
}

impl Cycle for Driver<'_> {
    fn cycle(&self) -> io::Result<(Duration, Duration)> {
        let (mut wire, up) = self.up()?;
        let panes = panes(&mut wire, self.recording)?;
        let down = self.down(&mut wire, &panes)?;
        let server = self.server.pid().ok();
        drop(wire);
        // The recorded ids are those of a fresh server.
        self.server.end(server);
        Ok((up, down))
    }
}

/// What the bare driver needs for a question and for deaths.
pub(crate) fn measure(driver: &Driver<'_>, deaths: usize) -> io::Result<Figures> {
    let mut figures = Figures {
        up_processes: Some(1),
        status_processes: Some(0),
        down_processes: Some(0),
        ..Figures::default()
    };
    let (mut wire, _) = driver.up()?;
    let mut questions = Vec::new();
    for _ in 0..QUESTIONS {
        let start = Instant::now();
        wire.run(STATUS)?;
        questions.push(start.elapsed());
    }
    figures.status = median(questions);
    for pane in panes(&mut wire, driver.recording)?.iter().take(deaths) {
        figures.deaths.push(restart(&mut wire, pane)?);
    }
    Ok(figures)
}

fn panes(wire: &mut Wire, recording: &Recording) -> io::Result<Vec<Pane>> {
    let rows = wire.run(b"list-panes -a -F '#{pane_id} #{pane_pid} #{session_name}'\n")?;
    let panes: Vec<Pane> = rows
        .iter()
        .filter_map(|row| {
            let mut fields = row.splitn(3, ' ');
            Some(Pane {
                id: fields.next()?.to_owned(),
                pid: fields.next()?.parse().ok()?,
                session: fields.next()?.to_owned(),
            })
        })
        .filter(|pane| pane.session.starts_with(PREFIX))
        .collect();
    if panes.len() == recording.agents {
        Ok(panes)
    } else {
        Err(io::Error::other(format!(
            "the recorded lines made {} agents of {}: {rows:?}",
            panes.len(),
            recording.agents
        )))
    }
}

/// Kills a pane's process, and makes its successor as soon as the kernel tells of the end.
fn restart(wire: &mut Wire, pane: &Pane) -> io::Result<Duration> {
    let line = format!(
        "new-window -d -P -F '#{{pane_pid}}' -t '={}:' -- '{}' ; kill-pane -t {}\n",
        pane.session, COMMAND, pane.id
    );
    let start = Instant::now();
    process::kill(pane.pid);
    process::wait_until_gone(pane.pid, GRACE);
    let rows = wire.run(line.as_bytes())?;
    let elapsed = start.elapsed();
    let pid = rows.first().and_then(|row| row.parse().ok());
    match pid {
        Some(pid) if process::runs(pid) => Ok(elapsed),
        _ => Err(io::Error::other(format!(
            "no new process for {}: {rows:?}",
            pane.session
        ))),
    }
}
