//! A fleet in a directory of its own, and everything that it started, found by a mark in the
//! environment: nothing outlives its test, also when that panics.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use crate::fleet_events::Events;
pub(crate) use crate::rig::keeps_dead_panes;

/// How long anything may take on a busy machine before the test gives up.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Every process of a test's fleet has this variable, with the test's directory.
const MARK: &str = "FLEET_TEST";

/// What each config here starts with.
const HEAD: &str = r#"
[tmux]
socket_path = "tmux.sock"
config_file = "tmux.conf"

[defaults]
session_prefix = "t-"
log_dir = "logs"
backend = "sleeper"
watch = "heal"

[watchdog]
signal_interval = 1
heavy_interval = 2

[backend.sleeper]
prompt_delivery = "exec"
bin = "exec sleep 1000"
"#;

/// A config, a tmux server and a watchdog.
pub(crate) struct Fleet {
    dir: TempDir,
    /// Holds the tmux that `AO_TEST_TMUX` names, whatever its file is called there. It is beside
    /// the fleet's directory, in which tests look for what ao wrote.
    bin: Option<TempDir>,
}

/// What a program did.
#[derive(Debug)]
pub(crate) struct Run {
    /// Its exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) out: String,
    /// What it wrote to stderr.
    pub(crate) err: String,
}

impl Fleet {
    /// A fleet of the config's usual head and `rest`; nothing runs yet.
    pub(crate) fn new(rest: &str) -> Self {
        let fleet = Self::empty();
        fleet.configure(rest);
        fleet
    }

    /// A directory without a config.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("fleet")
            .tempdir()
            .expect("a temporary directory");
        let bin = std::env::var_os("AO_TEST_TMUX").map(|tmux| {
            let bin = tempfile::tempdir().expect("a temporary directory");
            symlink(tmux, bin.path().join("tmux")).expect("a link");
            bin
        });
        let fleet = Self { dir, bin };
        for name in ["home", "run"] {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(fleet.path(name))
                .expect("a directory");
        }
        fleet.write("tmux.conf", "");
        fleet
    }

    /// Where programs are looked for: the tmux under test comes first, so that people's own
    /// commands, ao's and the agents' all find the same release.
    pub(crate) fn search_path(&self) -> OsString {
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let Some(bin) = &self.bin else {
            return usual;
        };
        let first = std::iter::once(bin.path().to_owned());
        std::env::join_paths(first.chain(std::env::split_paths(&usual))).expect("a search path")
    }

    /// Replaces the config, whole and at once, by its usual head and `rest`.
    pub(crate) fn configure(&self, rest: &str) {
        self.write("agents.toml.new", &format!("{HEAD}\n{rest}"));
        fs::rename(self.path("agents.toml.new"), self.path("agents.toml")).expect("a rename");
    }

    /// A path in the fleet's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file in the fleet's directory.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a written file");
    }

    /// What a file in the fleet's directory holds; nothing if there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        let bytes = fs::read(self.path(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A program in the fleet's directory and environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if ["TMUX", "AO_", "AGENT_"]
                .iter()
                .any(|start| name_text.starts_with(start))
            {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.dir.path())
            .env(MARK, self.dir.path())
            .env("PATH", self.search_path())
            .env("HOME", self.path("home"))
            .env("SHELL", "/bin/sh")
            .env("TMUX_TMPDIR", self.dir.path())
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .stdin(Stdio::null());
        command
    }

    /// `ao` with these arguments, not started yet.
    pub(crate) fn ao_command(&self, arguments: &[&str]) -> Command {
        // A run of hours goes by a copy, which nobody builds anew meanwhile.
        let ao = std::env::var_os("AO_TEST_AO").unwrap_or_else(|| env!("CARGO_BIN_EXE_ao").into());
        let mut command = self.command(ao);
        command.args(arguments);
        command
    }

    /// Runs `ao` to its end.
    pub(crate) fn ao(&self, arguments: &[&str]) -> Run {
        run(self.ao_command(arguments))
    }

    /// Runs `ao`, which must end with 0.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.ao(arguments);
        assert_eq!(run.code, 0, "ao {arguments:?}: {run:#?}");
        run
    }

    /// What `tmux` says on the fleet's server; nothing if it fails.
    pub(crate) fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = self.command("tmux");
        command
            .arg("-S")
            .arg(self.path("tmux.sock"))
            .args(arguments);
        run(command).out
    }

    /// The document of `ao status --json`.
    pub(crate) fn status(&self) -> Value {
        let run = self.ao(&["status", "--json"]);
        serde_json::from_str(&run.out)
            .unwrap_or_else(|error| panic!("status is no JSON: {error}: {run:#?}"))
    }

    /// What `status` says of one agent or service.
    pub(crate) fn unit(&self, name: &str) -> Value {
        unit_of(&self.status(), name)
    }

    /// The process of an agent that runs.
    pub(crate) fn pid(&self, name: &str) -> i32 {
        let unit = self.unit(name);
        let pid = unit["pid"]
            .as_i64()
            .unwrap_or_else(|| panic!("no pid: {unit:#}"));
        i32::try_from(pid).expect("a pid")
    }

    /// The watchdog's process.
    pub(crate) fn watchdog(&self) -> i32 {
        let status = self.status();
        let pid = status["watchdog"]["pid"]
            .as_i64()
            .unwrap_or_else(|| panic!("no watchdog: {status:#}"));
        i32::try_from(pid).expect("a pid")
    }

    /// Waits until `status` says of `name` what `holds` wants, and gives that.
    pub(crate) fn wait_for_unit(
        &self,
        name: &str,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut last = Value::Null;
        wait_until(what, || {
            // An edit of the config may not have been taken in yet.
            last = find_unit(&self.status(), name).unwrap_or_default();
            holds(&last)
        });
        last
    }

    /// Waits until `name` runs in another process than `old`, and gives that.
    pub(crate) fn wait_for_other_pid(&self, name: &str, old: i32) -> i32 {
        let unit = self.wait_for_unit(name, "a new process", |unit| {
            is_running(unit) && unit["pid"].as_i64() != Some(i64::from(old))
        });
        unit["pid"]
            .as_i64()
            .and_then(|pid| i32::try_from(pid).ok())
            .expect("a pid")
    }

    /// The events from now on.
    pub(crate) fn follow(&self) -> Events {
        let mut child = self
            .ao_command(&["events", "--follow", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("ao events");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).expect("an event in JSON");
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        Events { child, lines }
    }

    /// The events that are remembered, in their order.
    pub(crate) fn events(&self) -> Vec<Value> {
        let events = self.ok(&["events", "--json"]).out;
        let events = events.lines().map(serde_json::from_str);
        events
            .map(|event| event.expect("an event in JSON"))
            .collect()
    }

    /// The remembered events of this kind about this agent.
    pub(crate) fn events_of(&self, kind: &str, agent: &str) -> Vec<Value> {
        let mut events = self.events();
        events.retain(|event| event["kind"] == kind && event["agent"] == agent);
        events
    }

    /// Ends the watchdog as nothing could be worse, and starts another.
    pub(crate) fn crash_watchdog(&self) {
        self.kill_watchdog();
        self.ok(&["up", "watchdog"]);
    }

    /// Ends the watchdog at once.
    pub(crate) fn kill_watchdog(&self) {
        let old = self.watchdog();
        kill(old);
        wait_until("the watchdog is gone", || !is_alive(old));
    }

    /// Every process that belongs to this test, with its command line.
    pub(crate) fn processes(&self) -> Vec<(i32, String)> {
        let mark = format!("{MARK}={}", self.dir.path().display()).into_bytes();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").expect("/proc").flatten() {
            let Some(pid) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            if environment
                .split(|&byte| byte == 0)
                .any(|line| line == mark)
            {
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push((pid, String::from_utf8_lossy(&line).replace('\0', " ")));
            }
        }
        found
    }

    /// Waits until nothing of this test runs any more.
    pub(crate) fn wait_until_nothing_is_left(&self) {
        let mut left = Vec::new();
        let start = Instant::now();
        while start.elapsed() < DEADLINE {
            left = self.processes();
            if left.is_empty() {
                return;
            }
            pause();
        }
        panic!("left behind: {left:#?}");
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // The watchdog may be starting something at this very moment, hence the rounds.
        for _ in 0..100 {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            for (pid, _) in left {
                signal(pid, rustix::process::Signal::KILL);
            }
            pause();
        }
    }
}

/// Runs a program to its end, with a deadline. That it ended means also that nobody else holds
/// its stdout or stderr.
pub(crate) fn run(mut command: Command) -> Run {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let out = collect(child.stdout.take().expect("a pipe"));
    let err = collect(child.stderr.take().expect("a pipe"));
    let text = |from: mpsc::Receiver<Vec<u8>>| match from.recv_timeout(DEADLINE) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => panic!("{command:?} does not end, or something holds its output open"),
    };
    let (out, err) = (text(out), text(err));
    let status = child.wait().expect("a status");
    Run {
        code: status.code().unwrap_or(-1),
        out,
        err,
    }
}

fn collect(mut from: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// An agent of its own backend, which runs this shell line.
pub(crate) fn script(name: &str, line: &str) -> String {
    format!(
        "\n[backend.{name}]\nprompt_delivery = \"exec\"\nbin = '''{line}'''\n\n\
         [[agent]]\nname = \"{name}\"\nbackend = \"{name}\"\n"
    )
}

/// An agent that only sleeps.
pub(crate) fn sleeper(name: &str) -> String {
    format!("\n[[agent]]\nname = \"{name}\"\n")
}

/// The agent or service `name` in a document of `status`.
pub(crate) fn unit_of(status: &Value, name: &str) -> Value {
    find_unit(status, name).unwrap_or_else(|| panic!("{name} is not in the status: {status:#}"))
}

fn find_unit(status: &Value, name: &str) -> Option<Value> {
    ["agents", "services"]
        .iter()
        .flat_map(|list| status[list].as_array().into_iter().flatten())
        .find(|unit| unit["name"] == name)
        .cloned()
}

/// Whether an event of a death, or what `status` says, tells this exit status.
///
/// tmux 3.2 keeps no pane that could be asked when it takes the status from the kernel before ao
/// has read it there: then a reason is told instead.
pub(crate) fn ended_with(told: &Value, status: i64) -> bool {
    let has_reason = told["exit_status"].is_null() && told["exit_reason"].is_string();
    told["exit_status"] == status || (has_reason && !keeps_dead_panes())
}

/// Whether this runs, by what `status` says of it.
pub(crate) fn is_running(unit: &Value) -> bool {
    let states = ["stopped", "starting", "exited", "failed"];
    !states.iter().any(|state| unit["state"] == *state) && unit["pid"].is_number()
}

/// Whether a process runs; a zombie does not.
pub(crate) fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
    })
}

/// Sends a signal to one process.
pub(crate) fn signal(pid: i32, signal: rustix::process::Signal) {
    if let Some(pid) = rustix::process::Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Ends one process at once.
pub(crate) fn kill(pid: i32) {
    signal(pid, rustix::process::Signal::KILL);
}

/// Waits until `holds`, which nobody pushes, so it is asked again and again.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < DEADLINE, "it never came: {what}");
        pause();
    }
}

/// Between two looks at something that nobody pushes.
pub(crate) fn pause() {
    thread::park_timeout(Duration::from_millis(10));
}

/// Waits until a file exists and holds `text`.
pub(crate) fn wait_for_text(path: &Path, text: &str) {
    let mut last = String::new();
    let start = Instant::now();
    while start.elapsed() < DEADLINE {
        last = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        if last.contains(text) {
            return;
        }
        pause();
    }
    panic!("{}: no {text:?} in {last:?}", path.display());
}
