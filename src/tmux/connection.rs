//! The connection as the rest of ao holds it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tmux_control::command::{KillPane, KillSession, ListPanes, PaneScope};
use tmux_control::{Command, CommandLine, Format, Reply};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, watch};

use super::life::Life;
use super::link::Link;
use super::pane::{HUB_PREFIX, Listing};
use super::{Event, Pane, PaneId, Server, SessionId, Tap, TmuxError, Version};

/// The longest line that a request may have, in bytes. What is longer belongs into a file.
const LINE_MAX: usize = 1024 * 1024;

/// How many events may wait to be taken.
const EVENTS: usize = 16;

/// How a connection behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The fleet's hash: 16 hexadecimal digits. The hub is named after it.
    pub fleet: String,
    /// The fleet's session prefix: no two fleets of one server may share it.
    pub prefix: String,
    /// The `ao` program, of whose hidden verb the tmux clients are made.
    pub exe: PathBuf,
    /// The soft limit of open files that a server gets which this connection starts; None: the
    /// watchdog's own.
    pub open_files: Option<u64>,
    /// How long a request may take.
    pub deadline: Duration,
    /// How often the server is asked whether it is there.
    pub heartbeat: Duration,
    /// How many requests may be under way at once.
    pub in_flight: usize,
}

impl Options {
    /// The usual behaviour: 10 s, 10 s, 256 requests.
    pub fn new(fleet: impl Into<String>, prefix: impl Into<String>, exe: PathBuf) -> Self {
        Self {
            fleet: fleet.into(),
            prefix: prefix.into(),
            exe,
            open_files: None,
            deadline: Duration::from_secs(10),
            heartbeat: Duration::from_secs(10),
            in_flight: 256,
        }
    }

    /// The hub's name.
    pub(super) fn hub(&self) -> String {
        format!("{HUB_PREFIX}{}", self.fleet)
    }
}

/// Connects to tmux, starting a server if there is none, and stays connected until
/// [`Connection::leave`]. Must be called within a tokio runtime with time and IO.
pub fn connect(
    server: Server,
    options: Options,
    tap: Box<dyn Tap>,
) -> (Connection, mpsc::Receiver<Event>) {
    let (events, receiver) = mpsc::channel(EVENTS);
    let (leave, leaving) = watch::channel(false);
    let (over, is_over) = watch::channel(());
    let shared = Arc::new(Shared {
        permits: Arc::new(Semaphore::new(options.in_flight)),
        options,
        open: Mutex::new(None),
        stream: Mutex::new(None),
        numbers: AtomicU64::new(0),
    });
    let life = Life::new(server, Arc::clone(&shared), tap, events, leaving);
    tokio::spawn(async move {
        life.run().await;
        drop(over);
    });
    let connection = Connection {
        shared,
        leave: Arc::new(leave),
        is_over,
    };
    (connection, receiver)
}

/// A connection that stands, as requests need it.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) link: Arc<Link>,
    pub(super) hub: SessionId,
    /// The release of the server, which may not be that of the program.
    pub(super) version: Version,
}

/// What the handles and the connection itself share.
pub(super) struct Shared {
    pub(super) options: Options,
    permits: Arc<Semaphore>,
    /// What requests go to, while they are answered.
    open: Mutex<Option<Open>>,
    /// What snapshots are asked of: from just before [`Event::Up`] is told, so that who hears it can
    /// ask at once.
    stream: Mutex<Option<Arc<Link>>>,
    numbers: AtomicU64,
}

impl Shared {
    /// Waits until no request is under way, and holds back new ones as long as what it gives is
    /// kept.
    pub(super) async fn hold_requests(&self) -> Option<SemaphorePermit<'_>> {
        let all = u32::try_from(self.options.in_flight).unwrap_or(u32::MAX);
        self.permits.acquire_many(all).await.ok()
    }

    /// Lets requests in, or keeps them out.
    pub(super) fn open(&self, open: Option<Open>) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = open;
    }

    /// Snapshots are asked of this life of the connection, or of none.
    pub(super) fn stream(&self, link: Option<Arc<Link>>) {
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }
}

/// The one connection to tmux; a cheap handle. Requests are answered between [`Event::Up`], once it
/// was taken from its channel, and [`Event::Lost`]; they fail with [`TmuxError::Disconnected`]
/// otherwise. Many requests at once are sent without waiting for each other.
///
/// When the last handle is dropped the connection leaves by itself.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
    leave: Arc<watch::Sender<bool>>,
    is_over: watch::Receiver<()>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("fleet", &self.shared.options.fleet)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Sends a line and gives the replies, one for each of its commands.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when one of the commands failed; those after it were not run.
    pub async fn request(&self, line: &CommandLine) -> Result<Vec<Reply>, TmuxError> {
        let replies = self.ask(line).await?;
        match replies.last() {
            Some(reply) if !reply.ok => Err(TmuxError::refused(reply)),
            _ => Ok(replies),
        }
    }

    /// Sends a line and gives the replies, of which the last one may be an error.
    pub(super) async fn ask(&self, line: &CommandLine) -> Result<Vec<Reply>, TmuxError> {
        let length = line.encode().len();
        if length > LINE_MAX {
            return Err(TmuxError::Unsendable {
                reason: format!("{length} bytes in one line; at most {LINE_MAX} are sent"),
            });
        }
        let deadline = self.shared.options.deadline;
        let answer = async {
            // Held until the answer comes, whoever still waits for it then: so a server that hangs
            // is not sent more and more.
            let permit = Arc::clone(&self.shared.permits).acquire_owned().await;
            let permit = permit.map_err(|_| TmuxError::Disconnected)?;
            self.stands()?.link.ask(line, Some(permit)).await
        };
        tokio::time::timeout(deadline, answer)
            .await
            .unwrap_or(Err(TmuxError::Deadline { after: deadline }))
    }

    pub(super) fn stands(&self) -> Result<Open, TmuxError> {
        let open = self.shared.open.lock();
        let open = open.unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or(TmuxError::Disconnected)
    }

    /// The hub of this life of the connection.
    pub(super) fn hub(&self) -> Result<SessionId, TmuxError> {
        Ok(self.stands()?.hub)
    }

    /// The release of the server of this life of the connection.
    pub(super) fn version(&self) -> Result<Version, TmuxError> {
        Ok(self.stands()?.version)
    }

    /// A name that nothing else on the server has.
    pub(super) fn unique_name(&self) -> String {
        let number = self.shared.numbers.fetch_add(1, Ordering::Relaxed);
        format!("ao-tmp-{}-{number}", std::process::id())
    }

    /// Every pane of the server, now.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn list(&self) -> Result<Vec<Pane>, TmuxError> {
        let hub = self.hub()?;
        let listing = Listing::new();
        let replies = self.request(&list_line(&listing)?).await?;
        read_list(&listing, &replies, hub)
    }

    /// Ends a pane, in every session that shows it; one that is gone already is fine. Other panes of
    /// its window are spared.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn kill_pane(&self, pane: PaneId) -> Result<(), TmuxError> {
        self.end(&KillPane { target: pane }, "can't find pane")
            .await
    }

    /// Ends a session; one that is gone already is fine. Windows that another session shows, as the
    /// hub does with those of agents, live on.
    ///
    /// # Errors
    /// See [`TmuxError`].
    pub async fn kill_session(&self, session: SessionId) -> Result<(), TmuxError> {
        let target = session.into();
        self.end(&KillSession { target }, "can't find session")
            .await
    }

    async fn end(&self, command: &impl Command, gone: &str) -> Result<(), TmuxError> {
        match self.request(&CommandLine::new(command)?).await {
            Err(TmuxError::Command { message }) if message.starts_with(gone) => Ok(()),
            result => result.map(drop),
        }
    }

    /// Asks for a [`Snapshot`](super::Snapshot) of a pane, which the tap is given at its place among
    /// the pane's output, and once more after each change of the pane's size: tmux wraps its rows
    /// anew, by rules of its own. A snapshot that makes no sense, because the pane shows what looks
    /// like the end of tmux's answer, is tried again when the pane shows something else.
    ///
    /// It never waits, and can be called from any thread, the tap's as well; but it is not free: of
    /// each pane one snapshot is under way at a time, and at most one more follows for all who asked
    /// meanwhile. A pane that is gone has none.
    ///
    /// A connection that is made again knows nothing of this: call it again on [`Event::Up`]. It does
    /// nothing while the connection is down.
    pub fn seed(&self, pane: PaneId) {
        let stream = self.shared.stream.lock();
        let link = stream.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(link) = link {
            link.seed(pane);
        }
    }

    /// Writes bytes to the program in a pane as its terminal would, soon. Nothing is written while a
    /// person looks at the pane's history, or where keys would reach other panes as well. It never
    /// waits, can be called from any thread, and does nothing while the connection is down.
    pub fn answer_program(&self, pane: PaneId, bytes: &'static [u8]) {
        let stream = self.shared.stream.lock();
        let link = stream.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(link) = link {
            link.answer_program(pane, bytes);
        }
    }

    /// Leaves the server: the hub goes, agents stay. Other handles fail from now on. It takes a few
    /// seconds at most, also when the server hangs.
    pub async fn leave(mut self) {
        self.leave.send_replace(true);
        // An error says that the other end is gone, which is what is waited for.
        while self.is_over.changed().await.is_ok() {}
    }
}

/// The line that asks for all panes.
pub(super) fn list_line(listing: &Listing) -> Result<CommandLine, TmuxError> {
    Ok(CommandLine::new(&ListPanes {
        scope: PaneScope::All,
        format: Format::new(listing.format()),
        filter: None,
    })?)
}

/// What its answer says.
pub(super) fn read_list(
    listing: &Listing,
    replies: &[Reply],
    hub: SessionId,
) -> Result<Vec<Pane>, TmuxError> {
    let reply = replies.first().ok_or(TmuxError::Disconnected)?;
    listing.panes(reply.body(), Some(hub))
}
