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
mod run;
mod screens;
mod sense;
mod start;
mod told;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
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
use crate::screen::Rules;
use crate::supervise::{Action, Care, Input, Letter, Memory, Supervisor, UnitName};
use crate::tmux::{Connection, Pane, PaneId, SessionId};

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
    /// What an earlier watchdog was typing into this process when it ended.
    left: Option<(i32, Letter)>,
    /// A text is on its way to it.
    delivering: bool,
    /// Its pane was seen to run another program than its own.
    foreign: bool,
    /// When ao set about starting it; None for one that was found running.
    began: Option<jiff::Timestamp>,
    /// The file of its conversation, as the program in this pane told it.
    transcript: Option<(PaneId, PathBuf)>,
    /// A look into its conversation file.
    looking: Option<told::Looking>,
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
    /// This program.
    pub(super) exe: Arc<Path>,
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
    /// This program.
    exe: Arc<Path>,
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
    /// What the supervisor remembers has changed since it was last saved.
    unsaved: bool,
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
        let runtimes = typed_at_the_end(&memory);
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
            runtimes,
            panes: Vec::new(),
            one_off: HashMap::new(),
            shell: "/bin/sh".to_owned(),
            exe: parts.exe,
            batches: Vec::new(),
            farewells: Vec::new(),
            greetings: Vec::new(),
            predecessor: Predecessor::default(),
            looked: false,
            early: Vec::new(),
            trouble: None,
            stop: None,
            unsaved: false,
        };
        engine.configure();
        engine.load_last_screens();
        Ok(engine)
    }

    /// The first event of a watchdog's life.
    pub(super) fn watchdog_is_up(&mut self) {
        let units = self.supervisor.units();
        let watched: Vec<&str> = units
            .filter(|unit| unit.spec().is_some_and(|spec| spec.care != Care::None))
            .map(|unit| unit.name().as_str())
            .collect();
        let whom = if watched.is_empty() {
            "nobody".to_owned()
        } else {
            watched.join(", ")
        };
        let text = format!(
            "the watchdog runs as process {}, and watches {whom}",
            Pid::own()
        );
        self.publish(What::Told { agent: None, text });
    }

    /// Tells the first person who asks for something.
    pub(super) fn greet(&mut self, note: Note) {
        self.greetings.push(note);
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
                Action::Remember => self.unsaved = true,
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
                Action::Answer {
                    unit,
                    op,
                    pane,
                    dialog,
                } => self.answer_dialog(unit, op, pane, &dialog),
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

    /// Has what the supervisor remembers written, if that changed.
    fn save(&mut self) {
        if std::mem::take(&mut self.unsaved) {
            self.journal.hurry();
            self.disk.save(MEMORY, &self.supervisor.memory());
        }
    }

    fn runtime(&mut self, unit: &UnitName) -> &mut Runtime {
        self.runtimes.entry(unit.clone()).or_default()
    }

    /// Leaves tmux: the hub goes, the agents stay. Returns the clients that wait for this.
    pub(super) async fn leave(mut self) -> Vec<(mpsc::Sender<Message>, u8)> {
        self.save();
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

/// What was being typed when the watchdog that remembered this, or one before it, ended.
fn typed_at_the_end(memory: &Memory) -> BTreeMap<UnitName, Runtime> {
    let units = memory.units.iter().filter_map(|(unit, memory)| {
        let typed = memory.typing.clone().or_else(|| memory.left.clone());
        let left = memory.pid.zip(typed);
        let runtime = Runtime {
            left: Some(left?),
            ..Runtime::default()
        };
        Some((UnitName::new(unit), runtime))
    });
    units.collect()
}

/// What is left to chance differs from one watchdog to the next.
fn seed(clock: Clock) -> u64 {
    let now = clock.now();
    u64::from(now.mono.subsec_nanos()) ^ now.wall.as_microsecond().unsigned_abs()
}
