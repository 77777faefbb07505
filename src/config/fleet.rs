//! A whole config, resolved and valid.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::agent::{Agent, Kind, Service};
use super::backend::Backend;
use super::diagnostic::Diagnostic;
use super::loops::Loop;
use super::names::{AgentName, SessionName};
use super::overrides::Overrides;
use super::paths::Host;
use super::resolve::resolve;
use super::source::Source;

/// The `[tmux]` table: which tmux, and which server of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TmuxSettings {
    /// The program, by name or path; `tmux` by default.
    pub binary: PathBuf,
    /// As `tmux -L`; not set together with `socket_path`.
    pub socket_name: Option<String>,
    /// As `tmux -S`, absolute.
    pub socket_path: Option<PathBuf>,
    /// As `tmux -f`, absolute.
    pub config_file: Option<PathBuf>,
}

/// The `[watchdog]` table. The two intervals are bounds: the longest time that a missed event can
/// go unnoticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchdogSettings {
    /// For signals of agents: 30 s.
    pub signal_interval: Duration,
    /// For healing and phases: 300 s.
    pub heavy_interval: Duration,
    /// Between two probes of a limit whose end is not known: 300 s.
    pub limit_probe_fallback: Duration,
    /// Waited for after the end that a banner names: 45 s.
    pub limit_reset_slack: Duration,
    /// Waited for after the time that a waiting agent names: 180 s.
    pub stall_grace: Duration,
    /// How far ahead an agent may say that it waits: 24 h.
    pub waiting_max: Duration,
    /// How many agents may be starting at a time; `None` is any number.
    pub max_starting: Option<NonZeroU32>,
    /// Before the second restart in a row, the first being at once; each later wait is twice the one
    /// before it: 2 s.
    pub restart_delay: Duration,
    /// The longest wait before a restart, never less than [`Self::restart_delay`]: 300 s.
    pub restart_delay_max: Duration,
    /// After so long without a failure all restarts are forgiven: 600 s.
    pub healthy_after: Duration,
    /// What [`Self::restarts_per_window`] counts over: 600 s.
    pub restart_window: Duration,
    /// More restarts than this within the window are given up: 5.
    pub restarts_per_window: NonZeroU32,
    /// More restarts than this within a day are given up: 20.
    pub restarts_per_day: NonZeroU32,
}

/// Who writes the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogSource {
    /// The watchdog, from its stream; the default.
    #[default]
    Stream,
    /// tmux's own pipe, with a process for each pane.
    Pipe,
}

/// Whether something is an agent or a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// An `[[agent]]`.
    Agent,
    /// A `[[service]]`.
    Service,
}

/// An agent or a service that cannot be started as it is written, still known by its name.
#[derive(Debug, Clone)]
pub struct Broken {
    /// What people call it.
    pub name: AgentName,
    /// Which of the two it is.
    pub unit: Unit,
    /// Its session, where that much is known: it may run from before.
    pub session: Option<SessionName>,
    /// Its kind; `None` for a service.
    pub kind: Option<Kind>,
    /// Whether a bare `up` would start it.
    pub enabled: bool,
    /// Why, never empty.
    pub diagnostics: Vec<Diagnostic>,
}

/// What should run. Every default is in place and every reference is checked.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// The config's path, absolute, links resolved.
    pub path: PathBuf,
    /// Every `env_file` that the config names, there or not: a change of one is a change of the
    /// config.
    pub env_files: Vec<PathBuf>,
    /// What all other paths of the config are relative to; absolute, links resolved.
    pub project_dir: PathBuf,
    /// Where the logs are.
    pub log_dir: PathBuf,
    /// Where the state is: `state` in the log directory.
    pub state_dir: PathBuf,
    /// What every session's name starts with.
    pub session_prefix: String,
    /// Who writes the logs.
    pub log: LogSource,
    /// Which tmux.
    pub tmux: TmuxSettings,
    /// The watchdog's intervals.
    pub watchdog: WatchdogSettings,
    /// Every backend that is valid, by name.
    pub backends: BTreeMap<String, Arc<Backend>>,
    /// The agents that are valid, in the order of the file, disabled ones too.
    pub agents: Vec<Agent>,
    /// The services that are valid, in the order of the file.
    pub services: Vec<Service>,
    /// The loop, if there is one and it is valid.
    pub loop_: Option<Loop>,
    /// What is wrong with the loop, if anything.
    pub loop_broken: Vec<Diagnostic>,
    /// The agents and services that are not valid, in the order of the file.
    pub broken: Vec<Broken>,
}

impl Fleet {
    /// The agent of exactly this name.
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.name.as_str() == name)
    }

    /// The service of exactly this name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services
            .iter()
            .find(|service| service.name.as_str() == name)
    }

    /// What the session of the watchdog is called, which the predecessor ran in tmux and whose
    /// name is still that of the watchdog's log.
    pub fn watchdog_session(&self) -> SessionName {
        let written = format!("{}{}", self.session_prefix, AgentName::WATCHDOG);
        SessionName::new(&written).expect("the prefix was checked with this very name")
    }

    /// The log of a session.
    pub fn log_file(&self, session: &SessionName) -> PathBuf {
        self.log_dir.join(format!("{}.log", session.file_stem()))
    }

    /// The file that a session's prompt is put into.
    pub fn kickoff_file(&self, session: &SessionName) -> PathBuf {
        self.state_dir
            .join(format!("kickoff-{}.txt", session.file_stem()))
    }

    /// The file that says until when a session is left alone because of a usage limit.
    pub fn hold_file(&self, session: &SessionName) -> PathBuf {
        self.state_dir
            .join(format!("limited-{}.json", session.file_stem()))
    }

    /// The file whose presence says that the last phase is done.
    pub fn complete_file(&self) -> PathBuf {
        self.log_dir.join("SEQUENCE-COMPLETE")
    }

    /// The file with the resume id of an agent.
    pub fn resume_file(&self, agent: &AgentName) -> PathBuf {
        self.state_dir.join(format!("{}.id", agent.file_stem()))
    }
}

/// What came of reading a config.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The fleet, unless a mistake reaches all of it.
    pub fleet: Option<Fleet>,
    /// Every mistake, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether anything does not come up as it is written.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads and resolves the config at `path`, with one-off overrides. The watchdog gives none.
///
/// It reads the file, its owner, and the `env_file`s that it names, and nothing else.
pub fn load(path: &Path, overrides: &Overrides) -> Loaded {
    let (source, warning) = match Source::read(path) {
        Ok(read) => read,
        Err(diagnostic) => {
            return Loaded {
                fleet: None,
                diagnostics: vec![*diagnostic],
            };
        }
    };
    let mut loaded = resolve(&source, overrides, &Host::current());
    loaded.diagnostics.splice(0..0, warning);
    loaded
}
