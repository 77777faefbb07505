//! The way of a script: a new `tmux` process for each thing to do and to ask.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::figures::Figures;
use crate::process;
use crate::server::Server;
use crate::{COMMAND, PREFIX};

/// Between two looks at the fleet, as in ao's config here.
const INTERVAL: Duration = Duration::from_secs(1);

/// Deaths cost a look each, so there are fewer.
const DEATHS: usize = 20;

/// A fleet that a script runs.
struct Script<'a> {
    server: &'a Server,
    sessions: Vec<String>,
    logs: &'a Path,
    /// `tmux` processes so far.
    processes: u64,
}

/// Starts, watches and ends `agents` as a script would.
pub(crate) fn measure(
    server: &Server,
    logs: &Path,
    agents: usize,
    idle: Duration,
) -> io::Result<Figures> {
    let mut script = Script {
        server,
        sessions: (0..agents).map(|n| format!("{PREFIX}{n}")).collect(),
        logs,
        processes: 0,
    };
    let mut figures = Figures::default();

    let (time, processes) = script.time(Script::up);
    figures.up = Some(time);
    figures.up_processes = Some(processes);

    let (time, processes) = script.time(Script::status);
    figures.status = Some(time);
    figures.status_processes = Some(processes);

    script.watch(idle, &mut figures)?;
    for n in 0..DEATHS.min(agents) {
        figures.deaths.push(script.death(n)?);
    }

    let server_pid = server.pid()?;
    let (time, processes) = script.time(Script::down);
    figures.down = Some(time);
    figures.down_processes = Some(processes);
    process::wait_until_gone(server_pid, INTERVAL);
    Ok(figures)
}

impl Script<'_> {
    fn time(&mut self, what: fn(&mut Self)) -> (Duration, u64) {
        let before = self.processes;
        let start = Instant::now();
        what(self);
        (start.elapsed(), self.processes - before)
    }

    fn tmux(&mut self, arguments: &[&str]) -> bool {
        self.processes += 1;
        // The output is read, as a script's is.
        self.server
            .command(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    }

    fn alive(&mut self, session: &str) -> bool {
        self.tmux(&["has-session", "-t", &format!("={session}")])
    }

    fn start(&mut self, session: &str) {
        if self.alive(session) {
            return;
        }
        let log = self.logs.join(session);
        self.tmux(&["new-session", "-d", "-s", session, COMMAND]);
        self.tmux(&[
            "pipe-pane",
            "-o",
            "-t",
            &format!("={session}:"),
            &format!("cat >>'{}'", log.display()),
        ]);
    }

    fn up(&mut self) {
        for session in self.sessions.clone() {
            self.start(&session);
        }
    }

    fn status(&mut self) {
        for session in self.sessions.clone() {
            self.alive(&session);
            self.tmux(&[
                "display-message",
                "-p",
                "-t",
                &format!("={session}:"),
                "#{pane_current_command}",
            ]);
        }
    }

    fn down(&mut self) {
        for session in self.sessions.clone() {
            if self.alive(&session) {
                self.tmux(&["kill-session", "-t", &format!("={session}")]);
            }
        }
    }

    /// One look: is it alive, and what is on its screen?
    fn look(&mut self) {
        for session in self.sessions.clone() {
            if self.alive(&session) {
                self.tmux(&["capture-pane", "-p", "-t", &format!("={session}:")]);
            } else {
                self.start(&session);
            }
        }
    }

    /// Looks every [`INTERVAL`] for about `time`.
    fn watch(&mut self, time: Duration, figures: &mut Figures) -> io::Result<()> {
        let server = self.server.pid()?;
        let pipes: Vec<i32> = process::family(server)
            .into_iter()
            .skip(1 + self.sessions.len())
            .collect();
        figures.processes = Some(pipes.len() as u64);
        figures.resident_kib = Some(process::resident_kib(&pipes));
        figures.proportional_kib = Some(process::proportional_kib(&pipes));

        let start = Instant::now();
        let server_before = process::usage(&[server]);
        let script_before = process::finished_children()?;
        while start.elapsed() < time {
            self.look();
            std::thread::sleep(INTERVAL);
        }
        let minutes = start.elapsed().as_secs_f64() / 60.0;
        let server_after = process::usage(&[server]);
        figures.idle_cpu = Some((process::finished_children()? - script_before).div_f64(minutes));
        figures.idle_server_cpu = Some(server_after.cpu_since(&server_before).div_f64(minutes));
        Ok(())
    }

    /// Kills the process of the `n`th agent at some moment of the interval, and looks until
    /// it runs again.
    fn death(&mut self, n: usize) -> io::Result<Duration> {
        let target = format!("={}:", self.sessions[n]);
        let pid = |script: &Self| -> Option<i32> {
            let pid = ["display-message", "-p", "-t", &target, "#{pane_pid}"];
            script.server.ask(&pid).trim().parse().ok()
        };
        let old = pid(self).ok_or_else(|| io::Error::other("an agent has no process"))?;
        // Spread over the interval without a source of chance.
        let phase = INTERVAL.mul_f64((n as f64 + 0.5) / DEATHS as f64);
        std::thread::sleep(INTERVAL - phase);
        let start = Instant::now();
        process::kill(old);
        std::thread::sleep(phase);
        loop {
            self.look();
            if pid(self).is_some_and(|new| new != old) {
                return Ok(start.elapsed());
            }
            std::thread::sleep(INTERVAL);
        }
    }
}
