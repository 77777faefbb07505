//! The loop: everything that happens becomes an input of the supervisor, and every action that
//! it asks for is carried out in a task of its own, whose result is the next input.
//!
//! The engine holds no policy. What it knows beside the supervisor is where things are: which
//! pane a unit runs in, how it was started, who waits for it.

mod act;
mod adopt;
mod ask;
mod batch;
mod config;
mod conversation;
mod files;
mod last_words;
mod news;
mod prepare;
mod report;
mod rules;
mod screens;
mod sense;
mod start;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::clerk::Clerk;
use super::clock::Clock;
use super::disk::Disk;
use super::ending::Ender;
use super::events::{self, Events};
use super::journal::Journal;
use super::logs::LogTap;
use super::screens::{Order, Orders, Screens};
use super::socket::Call;
use super::tap::Registry;
use super::wire::{Message, Note, What};
use crate::config::{Backend, Fleet};
use crate::detect::Signs;
use crate::os::boot;
use crate::os::process::Pid;
use crate::os::watch::FileWatch;
use crate::screen::Rules;
use crate::supervise::{Action, Input, Memory, Supervisor, UnitName};
use crate::tmux::{self, Connection, Pane, PaneId, SessionId};

pub(super) use ask::send_away;
pub(super) use config::{digest, first_error, fleet_spec, policy};
pub(super) use news::News;
pub(super) use report::kept_screen;
pub(super) use rules::{decree_alone, is_decree};

use adopt::Predecessor;
use batch::Batch;
use files::Heard;
use start::Old;

/// The document with the supervisor's memory.
pub(super) const MEMORY: &str = "supervisor.json";
/// The document with the `PATH` of whoever said `up`.
const CALLER: &str = "caller.json";

/// How often panes and files are looked at without a reason, at most.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How many results of tasks may wait to be taken in; a task that finds no place waits.
const NEWS: usize = 1024;

/// Whoever asked for something last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct LastCaller {
    path: Option<String>,
}

/// What the engine knows of one agent or service beside the supervisor.
#[derive(Debug, Default)]
pub(super) struct Runtime {
    /// What it was started with, as its pane's tag says.
    pub(super) started_as: Option<String>,
    /// The session that ao made for it.
    session: Option<SessionId>,
    /// Waits for the end of its process.
    watch: Option<Watching>,
    /// A text is on its way to it.
    delivering: bool,
    /// Its pane was seen to run another program than its own.
    foreign: bool,
    /// The rows that stood on its screen when it died.
    pub(super) last_screen: Option<Vec<String>>,
}

#[derive(Debug)]
struct Watching {
    pane: PaneId,
    pid: i32,
    task: JoinHandle<()>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why the engine stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It was asked to, and everything that was asked for is done.
    Asked,
    /// tmux refuses this fleet.
    Refused,
}

/// What the engine is made of.
pub(super) struct Parts {
    pub(super) clock: Clock,
    pub(super) fleet: Arc<Fleet>,
    pub(super) config_error: Option<String>,
    pub(super) hash: String,
    pub(super) disk: Disk,
    pub(super) journal: Journal,
    pub(super) logs: LogTap,
    pub(super) registry: Registry,
    pub(super) connection: Connection,
    /// To and from who keeps the screens.
    pub(super) orders: (Orders, std::sync::mpsc::Receiver<Order>),
    /// Decide, and do nothing.
    pub(super) dry_run: bool,
}

/// Joins the rooms. See the [module](self).
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) clock: Clock,
    pub(super) since: jiff::Timestamp,
    pub(super) config_path: PathBuf,
    pub(super) fleet: Arc<Fleet>,
    /// The first mistake in the config on disk.
    pub(super) config_error: Option<String>,
    /// Decide, and do nothing.
    pub(super) dry_run: bool,
    /// Why nothing of the config on disk is in force.
    rejected: Option<String>,
    /// Tells this fleet's panes from another's.
    pub(super) hash: String,
    pub(super) supervisor: Supervisor,
    pub(super) journal: Journal,
    connection: Connection,
    ender: Ender,
    registry: Registry,
    screens: Screens,
    /// How the server shows what panes write.
    rules: Rules,
    /// What agents are judged by, for each backend as it is in the config.
    signs: HashMap<String, (Arc<Backend>, Arc<Signs>)>,
    logs: LogTap,
    disk: Disk,
    clerk: Clerk,
    heard: Heard,
    pub(super) events: Events,
    news: mpsc::Sender<News>,
    inbox: Option<mpsc::Receiver<News>>,
    pub(super) runtimes: BTreeMap<UnitName, Runtime>,
    /// The server's panes, as last listed.
    pub(super) panes: Vec<Pane>,
    /// Configs with one-off overrides, for starts that were asked for with them.
    one_off: HashMap<UnitName, Arc<Fleet>>,
    /// Where new processes look for programs.
    caller_path: Option<String>,
    shell: String,
    batches: Vec<Batch>,
    /// Clients that wait for the daemon's end, and the exit codes that they get.
    farewells: Vec<(mpsc::Sender<Message>, u8)>,
    /// What the first person who asks for something should read.
    greetings: Vec<Note>,
    predecessor: Predecessor,
    /// What runs was looked at; before that no request can be judged.
    looked: bool,
    /// Requests that wait for that look, and until when.
    early: Vec<(Duration, Call)>,
    /// Why tmux cannot be reached, or not for this fleet.
    trouble: Option<String>,
    stop: Option<Stop>,
}

impl Engine {
    /// An engine that has heard of nothing yet.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn new(parts: Parts) -> io::Result<Self> {
        let (news, inbox) = mpsc::channel(NEWS);
        let (orders, ordered) = parts.orders;
        let connection = parts.connection.clone();
        let screens = Screens::start(orders, ordered, parts.clock, connection, news.clone())?;
        let mut memory: Memory = parts.disk.load(MEMORY);
        memory.came_back(&boot::id());
        let mut engine = Self {
            since: parts.clock.now().wall,
            clock: parts.clock,
            config_path: parts.fleet.path.clone(),
            supervisor: Supervisor::new(memory, seed(parts.clock)),
            journal: parts.journal,
            fleet: parts.fleet,
            config_error: parts.config_error,
            dry_run: parts.dry_run,
            rejected: None,
            hash: parts.hash,
            connection: parts.connection,
            ender: Ender::new(),
            registry: parts.registry,
            screens,
            rules: Rules::default(),
            signs: HashMap::new(),
            logs: parts.logs,
            caller_path: parts.disk.load::<LastCaller>(CALLER).path,
            disk: parts.disk,
            clerk: Clerk::start()?,
            heard: Heard::default(),
            events: Events::new(),
            news,
            inbox: Some(inbox),
            runtimes: BTreeMap::new(),
            panes: Vec::new(),
            one_off: HashMap::new(),
            shell: "/bin/sh".to_owned(),
            batches: Vec::new(),
            farewells: Vec::new(),
            greetings: Vec::new(),
            predecessor: Predecessor::default(),
            looked: false,
            early: Vec::new(),
            trouble: None,
            stop: None,
        };
        engine.configure();
        engine.load_last_screens();
        Ok(engine)
    }

    /// The first event of a watchdog's life.
    pub(super) fn watchdog_is_up(&mut self) {
        let text = format!("the watchdog runs as process {}", Pid::own());
        self.publish(What::Told { agent: None, text });
    }

    /// Tells the first person who asks for something.
    pub(super) fn greet(&mut self, note: Note) {
        self.greetings.push(note);
    }

    /// Runs until it is asked to stop. `calls` are the requests of verbs; `leave` resolves when
    /// the process is told to go.
    pub(super) async fn run(
        &mut self,
        mut tmux: mpsc::Receiver<tmux::Event>,
        mut calls: mpsc::Receiver<Call>,
        leave: impl Future<Output = ()>,
    ) -> Stop {
        let mut inbox = self.inbox.take().expect("an engine runs once");
        let mut files = FileWatch::new(self.config_files());
        let mut papers = FileWatch::new(self.fleet_files());
        let mut phase = self.supervisor.phase();
        self.read_files();
        tokio::pin!(leave);
        let mut next_look = tokio::time::Instant::now() + self.look_every();
        let mut next_sense = None;
        loop {
            if let Some(stop) = self.stop {
                return stop;
            }
            let wake = self.next_wake();
            next_sense = self.next_sense(next_sense);
            tokio::select! {
                () = &mut leave => return Stop::Asked,
                Some(event) = tmux.recv() => self.on_tmux(event),
                Some(news) = inbox.recv() => self.on_news(news),
                Some(call) = calls.recv() => self.on_call(call).await,
                _ = files.changed() => {
                    self.reload();
                    files.set(self.config_files());
                    papers.set(self.fleet_files());
                    self.read_files();
                }
                changed = papers.changed() => self.files_changed(&changed),
                () = sleep_until(wake) => self.handle(Input::Tick),
                () = sleep_until(next_sense) => {
                    next_sense = None;
                    self.look_at_programs();
                }
                () = tokio::time::sleep_until(next_look) => {
                    next_look = tokio::time::Instant::now() + self.look_every();
                    if !files.check().is_empty() {
                        self.reload();
                        files.set(self.config_files());
                        papers.set(self.fleet_files());
                    }
                    let changed = papers.check();
                    self.files_changed(&changed);
                    self.look_again();
                }
            }
            if self.supervisor.phase() != phase {
                // The status file of another phase counts now.
                phase = self.supervisor.phase();
                papers.set(self.fleet_files());
                self.read_files();
            }
            self.take_early_calls().await;
            self.settle_batches();
        }
    }

    /// Everything is pushed; this bounds how long a push that was missed goes unnoticed.
    fn look_every(&self) -> Duration {
        self.fleet.watchdog.heavy_interval.max(LOOK_EVERY)
    }

    /// When what cannot be pushed is looked at next, if anything has to be.
    fn next_sense(&self, known: Option<tokio::time::Instant>) -> Option<tokio::time::Instant> {
        if !self.looks_at_programs() {
            return None;
        }
        let next = tokio::time::Instant::now() + self.fleet.watchdog.signal_interval;
        Some(known.map_or(next, |known| known.min(next)))
    }

    fn next_wake(&self) -> Option<tokio::time::Instant> {
        let machine = self.supervisor.next_deadline();
        let batch = self.batches.iter().map(Batch::deadline).min();
        let early = self.early.iter().map(|(deadline, _)| *deadline).min();
        [machine, batch, early]
            .into_iter()
            .flatten()
            .min()
            .map(|at| self.clock.instant(at))
    }

    fn on_tmux(&mut self, event: tmux::Event) {
        match event {
            tmux::Event::Up {
                server_pid,
                version,
                default_shell,
                panes,
                same_server,
                ..
            } => {
                let text = format!("connected to the tmux server {server_pid}");
                self.publish(What::Tmux { text });
                if same_server {
                    self.seed_all();
                } else {
                    self.forget_server();
                }
                self.rules = version.into();
                self.shell = prepare::posix_shell(&default_shell);
                self.handle(Input::Connected);
                self.observe(panes);
            }
            tmux::Event::Changed { panes } => self.observe(panes),
            tmux::Event::Silent => self.publish(What::Tmux {
                text: "the tmux server does not answer".to_owned(),
            }),
            tmux::Event::Answers => self.publish(What::Tmux {
                text: "the tmux server answers again".to_owned(),
            }),
            tmux::Event::Lost {
                reason,
                server_gone,
            } => {
                self.trouble = Some(reason.clone());
                self.publish(What::Tmux { text: reason });
                if server_gone {
                    self.panes.clear();
                }
                self.handle(Input::Lost { server_gone });
            }
            tmux::Event::Refused { reason } => {
                self.publish(What::Tmux {
                    text: reason.clone(),
                });
                self.trouble = Some(reason);
                self.stop = Some(Stop::Refused);
                self.refuse_all();
            }
        }
    }

    /// Ids of another server mean nothing here, and what ran there has lost its panes.
    fn forget_server(&mut self) {
        self.registry.forget_all();
        for runtime in self.runtimes.values_mut() {
            runtime.session = None;
        }
        self.handle(Input::Lost { server_gone: true });
    }

    /// Why tmux cannot be reached, or not for this fleet.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Gives one input to the supervisor and sets about what it asks for.
    fn handle(&mut self, input: Input) {
        let actions = self.decide(input);
        self.carry_out(actions);
    }

    /// Gives one input to the supervisor, and writes down what it makes of it.
    fn decide(&mut self, input: Input) -> Vec<Action> {
        let now = self.clock.now();
        self.journal.handle(&mut self.supervisor, now, input)
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Announce(fact) => self.tell_all(events::what(fact)),
                Action::Remember => self.disk.save(MEMORY, &self.supervisor.memory()),
                Action::Start { unit, op, fresh } => self.start(unit, op, None, fresh),
                Action::Replace {
                    unit,
                    op,
                    pane,
                    pid,
                    dead,
                    fresh,
                } => self.start(unit, op, Some(Old { pane, pid, dead }), fresh),
                Action::End {
                    unit,
                    op,
                    pane,
                    pid,
                } => self.end(unit, op, pane, pid),
                Action::Clear {
                    unit,
                    op,
                    pane,
                    pid,
                } => self.clear(unit, op, pane, pid),
                Action::Adopt { unit, pane } => self.adopt(&unit, pane),
                Action::Look {
                    unit,
                    op,
                    pane,
                    pid,
                } => self.look(unit, op, pane, pid),
                Action::Type {
                    unit,
                    op,
                    pane,
                    letter,
                } => self.type_letter(unit, op, pane, letter),
                Action::WriteHold { unit, hold } => self.write_hold(unit, hold),
                Action::WriteIndex { op, index } => self.write_index(op, index),
                Action::MarkComplete { op, complete } => self.mark_complete(op, complete),
                Action::RemoveTrigger { op } => self.remove_trigger(op),
                Action::Fetch { op, since } => self.fetch(op, since),
            }
        }
        self.watch_what_runs();
    }

    /// Tells what happened around the supervisor, whose own facts are in the journal already.
    fn publish(&mut self, what: What) {
        self.journal.said(self.clock.now(), &what);
        self.tell_all(what);
    }

    fn tell_all(&mut self, what: What) {
        self.events.publish(self.clock.now().wall, what);
    }

    fn runtime(&mut self, unit: &UnitName) -> &mut Runtime {
        self.runtimes.entry(unit.clone()).or_default()
    }

    /// Leaves tmux: the hub goes, the agents stay. Returns the clients that wait for this.
    pub(super) async fn leave(self) -> Vec<(mpsc::Sender<Message>, u8)> {
        let leftovers = self.leftovers();
        let Self {
            connection,
            disk,
            journal,
            farewells,
            ..
        } = self;
        // A sweep that was under way would be cut off.
        for pane in leftovers {
            last_words::let_go(&connection, pane).await;
        }
        connection.leave().await;
        // Waits for what is still to be written.
        drop((disk, journal));
        farewells
    }
}

/// What is left to chance differs from one watchdog to the next.
fn seed(clock: Clock) -> u64 {
    let now = clock.now();
    u64::from(now.mono.subsec_nanos()) ^ now.wall.as_microsecond().unsigned_abs()
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
