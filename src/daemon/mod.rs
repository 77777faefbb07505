//! The one loop that joins the rooms.
//!
//! One daemon keeps one fleet alive. It is a process outside tmux, alone by a lock in the
//! fleet's state directory, and listens on a Unix socket for what verbs ask ([`wire`]). It can
//! be killed at any moment and loses nothing but time: agents live in tmux, and what is wanted
//! is on disk before it is acted on.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it joins the pure ones to the system"
)]

mod clerk;
pub mod client;
mod clock;
mod conversations;
mod deaths;
mod delivery;
mod diagnostics;
mod disk;
mod ending;
mod engine;
mod error;
pub mod events;
mod git;
pub mod journal;
pub mod lock;
pub mod logs;
mod loop_files;
pub mod place;
mod predecessor;
mod pulse;
mod refill;
mod screens;
mod socket;
pub mod status;
pub mod store;
mod tap;
mod whole;
pub mod wire;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub use diagnostics::Voice;
pub use error::DaemonError;

use crate::config::{Fleet, Loaded};
use crate::os;
use crate::os::process::Pid;
use crate::tmux::{self, Server};
use clock::Clock;
use disk::Disk;
use engine::{Engine, Parts, Stop, first_error};
use journal::Journal;
use lock::{Holder, Lock};
use logs::LogWriter;
use place::Place;
use screens::Orders;
use socket::{Call, Listener};
use tap::Registry;
use wire::{Message, Request};

/// How many requests may wait to be taken in.
const CALLS: usize = 64;

/// How long a client may take to hear the last word.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How a daemon is run.
#[derive(Debug)]
pub struct Setup {
    /// The config, as loaded.
    pub loaded: Loaded,
    /// The `ao` program, of which the tmux clients are made.
    pub exe: PathBuf,
    /// Nobody asked for anything: want all that is enabled, unless something was asked for
    /// before.
    pub alone: bool,
    /// Decide and tell, and do nothing.
    pub dry_run: bool,
    /// Where diagnostics go.
    pub voice: Voice,
}

/// Runs the daemon until it is asked to stop or the process is told to end.
///
/// # Errors
/// When it cannot start: see [`DaemonError`].
pub async fn run(setup: Setup) -> Result<(), DaemonError> {
    let (calls, inbox) = mpsc::channel(CALLS);
    let leave = terminated()?;
    let mut house = House::open(setup.loaded, setup.exe, Some(setup.voice), setup.dry_run)?;
    let listener = Listener::bind(&house.socket).map_err(|source| DaemonError::Socket {
        path: house.socket.clone(),
        source,
    })?;
    let server = tokio::spawn(listener.serve(calls.clone()));
    if setup.alone {
        // Nobody listens to the answer.
        let (outbox, _) = mpsc::channel(1);
        let (stream, _) = oneshot::channel();
        let request = Request::Up {
            names: vec!["watchdog".to_owned()],
            caller: wire::Caller::default(),
        };
        let _ = calls.try_send(Call {
            request,
            outbox,
            stream,
        });
    }
    house.engine.watchdog_is_up();
    let stop = house.engine.run(house.events, inbox, leave).await;
    let trouble = house.engine.trouble().map(str::to_owned);
    let farewells = house.engine.leave().await;
    server.abort();
    // Waits until the socket's file is gone.
    let _ = server.await;
    // Writes what is left.
    drop(house.logs);
    for (outbox, code) in farewells {
        let _ = outbox.send(Message::Done { code }).await;
        let _ = tokio::time::timeout(LAST_WORD, outbox.closed()).await;
    }
    drop(house.lock);
    match stop {
        Stop::Refused => Err(DaemonError::Refused(trouble.unwrap_or_default())),
        Stop::Asked => Ok(()),
    }
}

/// Does what one request asks for, in this process, when no daemon runs, and gives its messages
/// to `hear`. Returns the exit code of the verb.
///
/// # Errors
/// When the fleet cannot be acted on: see [`DaemonError`].
pub async fn run_once(
    loaded: Loaded,
    exe: PathBuf,
    request: Request,
    mut hear: impl FnMut(Message),
) -> Result<u8, DaemonError> {
    let (calls, inbox) = mpsc::channel(1);
    let (outbox, mut messages) = mpsc::channel(CALLS);
    let (stream, _) = oneshot::channel();
    if let (true, Some(fleet)) = (engine::is_decree(&request), &loaded.fleet) {
        return decree(fleet, &request, hear).await;
    }
    if let (Request::Down { names }, Some(fleet)) = (&request, &loaded.fleet) {
        let server = find_server(fleet)?;
        if matches!(server.panes_once(), Ok(None)) {
            return without_server(fleet, names, hear).await;
        }
    }
    let mut house = House::open(loaded, exe, None, false)?;
    let _ = calls.try_send(Call {
        request,
        outbox,
        stream,
    });
    let mut code = 1;
    let (done, leave) = oneshot::channel::<()>();
    let leave = async {
        let _ = leave.await;
    };
    let mut done = Some(done);
    let listen = async {
        while let Some(message) = messages.recv().await {
            if let Message::Done { code: last } = message {
                code = last;
                done.take();
            } else {
                hear(message);
            }
        }
    };
    let work = async {
        house.engine.run(house.events, inbox, leave).await;
        for (outbox, code) in house.engine.leave().await {
            let _ = outbox.send(Message::Done { code }).await;
        }
        drop(house.logs);
    };
    tokio::join!(listen, work);
    Ok(code)
}

/// Sends a fleet away of which nothing runs: only what is wanted has to be written down.
async fn without_server(
    fleet: &Fleet,
    names: &[String],
    mut hear: impl FnMut(Message),
) -> Result<u8, DaemonError> {
    if !fleet.state_dir.exists() {
        return Ok(0);
    }
    let (_lock, _) = take_lock(fleet)?;
    let disk = Disk::open(&fleet.state_dir).map_err(|source| state_error(fleet, source))?;
    let mut journal = Journal::open(&fleet.state_dir).map_err(DaemonError::Thread)?;
    let now = Clock::new().now();
    for message in engine::send_away(fleet, names, &disk, &mut journal, now).await {
        hear(message);
    }
    Ok(0)
}

/// Writes down what a person wants of the rules, for the next watchdog.
async fn decree(
    fleet: &Fleet,
    request: &Request,
    hear: impl FnMut(Message),
) -> Result<u8, DaemonError> {
    let state = |source| state_error(fleet, source);
    std::fs::create_dir_all(&fleet.log_dir).map_err(state)?;
    os::place::private_dir(&fleet.state_dir).map_err(state)?;
    let (_lock, _) = take_lock(fleet)?;
    let disk = Disk::open(&fleet.state_dir).map_err(state)?;
    let mut journal = Journal::open(&fleet.state_dir).map_err(DaemonError::Thread)?;
    let now = Clock::new().now();
    let messages = engine::decree_alone(fleet, request, &disk, &mut journal, now).await;
    let failed = messages.iter().any(Message::is_error);
    messages.into_iter().for_each(hear);
    Ok(u8::from(failed))
}

fn state_error(fleet: &Fleet, source: io::Error) -> DaemonError {
    DaemonError::State {
        path: fleet.state_dir.clone(),
        source,
    }
}

/// Takes the fleet's lock, and says where its holder listens.
fn take_lock(fleet: &Fleet) -> Result<(Lock, PathBuf), DaemonError> {
    let place = Place::of(&fleet.state_dir).map_err(|source| state_error(fleet, source))?;
    place
        .prepare()
        .map_err(|source| state_error(fleet, source))?;
    let holder = Holder {
        pid: Pid::own(),
        socket: place.socket().to_owned(),
        started: jiff::Timestamp::now(),
    };
    let lock = Lock::acquire(&lock::path(&fleet.state_dir), &holder)?;
    Ok((lock, holder.socket))
}

/// What a daemon has while it runs.
struct House {
    lock: Lock,
    socket: PathBuf,
    logs: LogWriter,
    engine: Engine,
    events: mpsc::Receiver<tmux::Event>,
}

impl House {
    fn open(
        loaded: Loaded,
        exe: PathBuf,
        voice: Option<Voice>,
        dry_run: bool,
    ) -> Result<Self, DaemonError> {
        let config_error = first_error(&loaded);
        let fleet = loaded.fleet.ok_or(DaemonError::Config)?;
        let state = |source| state_error(&fleet, source);
        std::fs::create_dir_all(&fleet.log_dir).map_err(state)?;
        os::place::private_dir(&fleet.state_dir).map_err(state)?;
        let hash = place::fleet_hash(&fleet.state_dir).map_err(state)?;
        let hash = hash.to_string();
        let (lock, socket) = take_lock(&fleet)?;
        let server = find_server(&fleet)?;
        predecessor::refuse_beside(&fleet, &server)?;
        let logs = LogWriter::start(logs::Options::default()).map_err(DaemonError::Thread)?;
        if let Some(voice) = voice {
            let log = fleet.log_file(&fleet.watchdog_session());
            diagnostics::start(&voice, logs.tap().open(log));
        }
        let open_files = match os::limits::raise_open_files() {
            Ok(limits) => Some(limits.before),
            Err(error) => {
                tracing::warn!(%error, "the limit of open files stays as it is");
                None
            }
        };
        let disk = Disk::open(&fleet.state_dir).map_err(state)?;
        let journal = Journal::open(&fleet.state_dir).map_err(DaemonError::Thread)?;
        let orders = Orders::channel();
        let registry = Registry::new(orders.0.clone());
        let prefix = fleet.session_prefix.clone();
        let program = Arc::from(exe.as_path());
        let options = tmux::Options {
            open_files,
            ..tmux::Options::new(hash.clone(), prefix, exe)
        };
        let (connection, events) = tmux::connect(server, options, Box::new(registry.tap()));
        let engine = Engine::new(Parts {
            clock: Clock::new(),
            fleet: Arc::new(fleet),
            config_error,
            hash,
            disk,
            journal,
            logs: logs.tap(),
            registry,
            connection,
            orders,
            dry_run,
            exe: program,
        })
        .map_err(DaemonError::Thread)?;
        Ok(Self {
            lock,
            socket,
            logs,
            engine,
            events,
        })
    }
}

/// The tmux server that the config names.
///
/// # Errors
/// When there is no usable tmux.
pub fn find_server(fleet: &Fleet) -> Result<Server, DaemonError> {
    let settings = &fleet.tmux;
    let settings = tmux::Settings {
        binary: Some(settings.binary.clone()),
        socket_name: settings.socket_name.clone(),
        socket_path: settings.socket_path.clone(),
        config_file: settings.config_file.clone(),
    };
    Server::find(&settings).map_err(DaemonError::Tmux)
}

/// Resolves when the process is told to end.
fn terminated() -> Result<impl Future<Output = ()>, DaemonError> {
    use tokio::signal::unix::{SignalKind, signal};
    let watch = |kind| signal(kind).map_err(DaemonError::Signals);
    let mut terminate = watch(SignalKind::terminate())?;
    let mut interrupt = watch(SignalKind::interrupt())?;
    let mut hang_up = watch(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
