//! The real thing: `ao` as a person uses it, with its watchdog.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::events::Follower;
use crate::figures::{Figures, median};
use crate::process;
use crate::server::Server;
use crate::{Cycle, PREFIX, QUESTIONS};

/// After `up`, this long is left out of the idle minute: the last rows of the agents' screens, and
/// whatever the start left to be done.
const SETTLE: Duration = Duration::from_secs(3);

/// How long the watchdog may take to leave at the very end.
const GRACE: Duration = Duration::from_secs(20);

/// The backend of agents that do nothing.
pub(crate) const SLEEP: &str = "prompt_delivery = \"exec\"\nbin = \"exec sleep 100000\"";

/// The wrapper that does no more than count.
pub(crate) const PLAIN: &str = "exec tmux \"$@\"\n";

/// A fleet in a directory of its own.
pub(crate) struct Fleet {
    dir: PathBuf,
    /// The tmux server that ao starts.
    pub(crate) server: Server,
}

impl Fleet {
    /// Writes a config of `agents` agents into a new directory. `backend` is the body of their
    /// backend's table. `wrapper` is a shell script that ao takes for tmux; it counts itself in
    /// `processes` and ends in `exec tmux "$@"`.
    pub(crate) fn new(dir: &Path, agents: usize, backend: &str, wrapper: &str) -> io::Result<Self> {
        fs::create_dir(dir)?;
        for name in ["run", "home"] {
            fs::create_dir(dir.join(name))?;
            fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o700))?;
        }
        let script = dir.join("tmux");
        let count = format!(
            "#!/bin/sh\nprintf x >>'{}'\n",
            dir.join("processes").display()
        );
        fs::write(&script, count + wrapper)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;

        let mut config = format!(
            "[tmux]\nbinary = \"./tmux\"\nsocket_path = \"server\"\nconfig_file = \"/dev/null\"\n\
             [defaults]\nsession_prefix = \"{PREFIX}\"\nlog_dir = \"logs\"\n\
             backend = \"it\"\nwatch = \"heal\"\n\
             [watchdog]\nsignal_interval = 1\nheavy_interval = 1\n\
             [backend.it]\n{backend}\n"
        )
        .into_bytes();
        for n in 0..agents {
            writeln!(config, "[[agent]]\nname = \"{n}\"")?;
        }
        fs::write(dir.join("agents.toml"), config)?;
        Ok(Self {
            server: Server::new(dir, "server"),
            dir: dir.to_owned(),
        })
    }

    /// An `ao` for this fleet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ao"));
        command
            .env_remove("TMUX")
            .env_remove("TMUX_PANE")
            .env("HOME", self.dir.join("home"))
            .env("XDG_RUNTIME_DIR", self.dir.join("run"))
            .current_dir(&self.dir)
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs `ao` to its end, which must be good, and gives what it printed.
    pub(crate) fn ao(&self, arguments: &[&str]) -> io::Result<Vec<u8>> {
        let output = self.command(arguments).output()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(io::Error::other(format!(
            "ao {}: {}: {}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )))
    }

    /// How often tmux was started so far.
    fn processes(&self) -> u64 {
        fs::metadata(self.dir.join("processes")).map_or(0, |counted| counted.len())
    }

    fn time(&self, arguments: &[&str]) -> io::Result<(Duration, u64)> {
        let before = self.processes();
        let start = Instant::now();
        self.ao(arguments)?;
        Ok((start.elapsed(), self.processes() - before))
    }

    fn status(&self) -> io::Result<Value> {
        Ok(serde_json::from_slice(&self.ao(&["status", "--json"])?)?)
    }

    /// The watchdog's process.
    pub(crate) fn watchdog(&self) -> io::Result<i32> {
        pid(&self.status()?["watchdog"]).ok_or_else(|| io::Error::other("no watchdog"))
    }

    /// Where the log of the agent `name` is.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.dir.join(format!("logs/{PREFIX}{name}.log"))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let watchdog = self.watchdog().ok();
        let _ = self.ao(&["down"]);
        if let Some(pid) = watchdog.filter(|pid| !process::wait_until_gone(*pid, GRACE)) {
            process::kill(pid);
        }
    }
}

impl Cycle for Fleet {
    fn cycle(&self) -> io::Result<(Duration, Duration)> {
        let (up, _) = self.time(&["up"])?;
        let (down, _) = self.time(&["down"])?;
        Ok((up, down))
    }
}

/// Runs `agents` agents in `dir` and measures all but the times of `up` and `down`, see [`Cycle`].
pub(crate) fn measure(
    dir: &Path,
    agents: usize,
    deaths: usize,
    idle: Duration,
) -> io::Result<Figures> {
    let fleet = Fleet::new(dir, agents, SLEEP, PLAIN)?;
    let mut figures = Figures::default();

    let (_, processes) = fleet.time(&["up"])?;
    figures.up_processes = Some(processes);

    let before = fleet.processes();
    let mut questions = Vec::new();
    for _ in 0..QUESTIONS {
        questions.push(fleet.time(&["status"])?.0);
    }
    figures.status = median(questions);
    figures.status_processes = Some(fleet.processes() - before);

    let status = fleet.status()?;
    let watchdog = fleet.watchdog()?;
    let agents = pids(&status, agents)?;
    watch(&fleet, watchdog, &agents, idle, &mut figures)?;
    figures.deaths = self::deaths(&fleet, &agents, deaths)?;

    let agents = pids(&fleet.status()?, agents.len())?;
    let (_, processes) = fleet.time(&["down"])?;
    figures.down_processes = Some(processes);
    let left = agents.iter().filter(|pid| process::runs(**pid)).count();
    if left > 0 {
        return Err(io::Error::other(format!("{left} agents outlived `down`")));
    }
    Ok(figures)
}

/// What the watchdog and its children use while nothing happens.
fn watch(
    fleet: &Fleet,
    watchdog: i32,
    agents: &[i32],
    time: Duration,
    figures: &mut Figures,
) -> io::Result<()> {
    let server = fleet.server.pid()?;
    std::thread::sleep(SETTLE);
    let family = process::family(watchdog);
    let before = (process::usage(&family), process::usage(&[server]));
    let start = Instant::now();
    std::thread::sleep(time);
    let after = (process::usage(&family), process::usage(&[server]));
    let seconds = start.elapsed().as_secs_f64();
    if process::family(watchdog) != family {
        return Err(io::Error::other(
            "the watchdog started or lost a process while idle",
        ));
    }

    let a_minute = |used: Duration| Some(used.div_f64(seconds / 60.0));
    figures.idle_cpu = a_minute(after.0.cpu_since(&before.0));
    figures.idle_server_cpu = a_minute(after.1.cpu_since(&before.1));
    #[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
    let switches = after.0.switches_since(&before.0) as f64;
    figures.idle_switches = Some(switches / seconds);
    figures.resident_kib = Some(process::resident_kib(&family));
    figures.proportional_kib = Some(process::proportional_kib(&family));
    let others = process::family(server).len() - 1 - agents.len();
    figures.processes = Some((family.len() + others) as u64);
    Ok(())
}

/// Kills one agent after the other, and times each until its successor exists.
///
/// The watchdog's own event tells which process that is; the time runs until that line was read,
/// so it is an upper bound for the definition, which is the process's existence.
fn deaths(fleet: &Fleet, agents: &[i32], deaths: usize) -> io::Result<Vec<Duration>> {
    let mut follower = Follower::new(fleet)?;
    let mut times = Vec::new();
    for &old in agents.iter().take(deaths) {
        let start = Instant::now();
        process::kill(old);
        let new = follower.next_start()?;
        let time = start.elapsed();
        if !process::runs(new) || process::runs(old) {
            return Err(io::Error::other(format!("{old} was not replaced by {new}")));
        }
        times.push(time);
    }
    Ok(times)
}

/// The field `pid`.
pub(crate) fn pid(of: &Value) -> Option<i32> {
    of["pid"].as_i64().and_then(|pid| pid.try_into().ok())
}

/// The processes of all agents, which must run.
fn pids(status: &Value, agents: usize) -> io::Result<Vec<i32>> {
    let units = status["agents"].as_array().into_iter().flatten();
    let pids: Vec<i32> = units.filter_map(pid).collect();
    if pids.len() == agents {
        Ok(pids)
    } else {
        Err(io::Error::other(format!(
            "{} of {agents} agents run",
            pids.len()
        )))
    }
}
