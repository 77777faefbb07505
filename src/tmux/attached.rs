//! A connection that is being set up, or stands: the hub, the keeper, the heartbeat, and the list of
//! panes that is kept up to date.

use std::sync::Arc;
use std::time::Duration;

use tmux_control::command::{
    DisplayMessage, HasSession, KillSession, OptionScope, SetOption, ShowOptions,
};
use tmux_control::{Command, CommandLine, Format, Reply, Session, SessionId, SessionName};
use tokio::process::{Child, ChildStdin};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::client::Starter;
use super::connection::{Open, list_line, read_list};
use super::hub::{self, Identity, Plan};
use super::life::{End, Life};
use super::link::Link;
use super::pane::{HUB_PREFIX, Listing};
use super::{Event, Pane, TmuxError, Version};
use crate::os::process::Process;

/// How long it must be still after a change before the panes are listed, and how long that can put
/// it off: what comes in a burst is listed once.
const STILL: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(250));

/// How long to wait before another keeper is started: at first, and at most.
const KEEPER_BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// How long a keeper may take to come up.
const KEEPER_JOINS: Duration = Duration::from_secs(5);

/// One connection while it is attached.
pub(super) struct Attached<'a> {
    life: &'a mut Life,
    link: &'a Arc<Link>,
    starter: &'a Starter,
    keeper: Option<Keeper>,
    hub: Option<SessionId>,
}

/// The second client, and its standard input: it leaves when that is closed.
pub(super) struct Keeper {
    client: Child,
    // Apart from the child, since waiting for a child closes its input.
    stdin: Option<ChildStdin>,
}

impl Keeper {
    pub(super) fn new(mut client: Child) -> Self {
        let stdin = client.stdin.take();
        Self { client, stdin }
    }

    /// The client, about to leave.
    pub(super) fn close(self) -> Child {
        drop(self.stdin);
        self.client
    }
}

impl<'a> Attached<'a> {
    pub(super) fn new(life: &'a mut Life, link: &'a Arc<Link>, starter: &'a Starter) -> Self {
        Self {
            life,
            link,
            starter,
            keeper: None,
            hub: None,
        }
    }

    /// Asks the server to end the hub, which takes both clients off, and gives the keeper, whose
    /// process is about to end.
    pub(super) fn part(self) -> Option<Keeper> {
        self.life.shared.open(None);
        self.life.shared.stream(None);
        let target = match self.hub {
            Some(hub) => Ok(hub.into()),
            None => SessionName::new(self.life.options().hub()).map(Session::Name),
        };
        let line = target.map(|target| CommandLine::new(&KillSession { target }));
        if let Ok(Ok(line)) = line {
            // Nobody waits for the answer; the end of the stream follows it.
            let _ = self.link.post(&line, None);
        }
        self.keeper
    }

    /// Sets the connection up and watches it. What it waits for is cut short by the end of the
    /// stream, which the caller waits for too.
    pub(super) async fn run(&mut self) -> End {
        match self.stand().await {
            Ok(end) => end,
            // The stream's own end says more.
            Err(TmuxError::Disconnected) => std::future::pending().await,
            Err(error) => End::Lost(error.to_string()),
        }
    }

    async fn stand(&mut self) -> Result<End, TmuxError> {
        if let Err(message) = self.patiently(self.greeting()).await {
            return Ok(End::Lost(format!("tmux refused: {message}")));
        }
        let identity = self.patiently(self.identity()).await?;
        if identity.version < Version::OLDEST {
            let found = identity.version;
            return Ok(End::Refused(TmuxError::TooOld { found }.to_string()));
        }
        if let Some(reason) = self.patiently(self.claim(identity.hub)).await? {
            return Ok(End::Refused(reason));
        }
        self.hub = Some(identity.hub);
        self.keeper = Some(self.life.start_keeper(self.starter).await?);
        self.joined(self.keeper.as_ref()).await;
        let panes = self.patiently(self.settle(identity.hub)).await?;

        let hub = identity.hub;
        let now = (identity.pid, identity.start);
        let same_server = self.life.last == Some(now);
        if !same_server {
            self.life.process = Process::open(identity.pid).ok();
        }
        self.life.last = Some(now);
        self.life.up_since = Some(Instant::now());
        let up = Event::Up {
            server_pid: identity.pid,
            server_start: identity.start,
            version: identity.version,
            default_shell: identity.default_shell,
            panes,
            same_server,
        };
        self.link.is_of(identity.version);
        self.life.shared.stream(Some(Arc::clone(self.link)));
        self.tell(up).await;
        self.taken().await;
        self.life.shared.open(Some(Open {
            link: Arc::clone(self.link),
            hub,
            version: identity.version,
        }));
        self.watch(hub).await
    }

    /// Tells an event to whoever listens; that may be nobody.
    async fn tell(&self, event: Event) {
        let _ = self.life.events.send(event).await;
    }

    /// Waits until all events were taken. Before that nothing may be asked: whoever has not seen that
    /// this is another server would address panes of the former one.
    async fn taken(&self) {
        let events = &self.life.events;
        let _ = events.reserve_many(events.max_capacity()).await;
    }

    /// Waits without a limit, but says so when it takes long.
    async fn patiently<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        if let Ok(done) = timeout(self.life.options().deadline, work.as_mut()).await {
            return done;
        }
        self.tell(Event::Silent).await;
        let done = work.await;
        self.tell(Event::Answers).await;
        done
    }

    async fn greeting(&self) -> Result<(), String> {
        self.link.news(|news| news.attached.clone()).await
    }

    /// Asks one command; an `%error` is an error.
    async fn ask(&self, command: &impl Command) -> Result<Reply, TmuxError> {
        let reply = self.try_ask(command).await?;
        if reply.ok {
            Ok(reply)
        } else {
            Err(TmuxError::refused(&reply))
        }
    }

    async fn try_ask(&self, command: &impl Command) -> Result<Reply, TmuxError> {
        let replies = self.link.ask(&CommandLine::new(command)?, None).await?;
        replies.into_iter().next().ok_or(TmuxError::Disconnected)
    }

    async fn identity(&self) -> Result<Identity, TmuxError> {
        let format = Identity::format();
        let reply = self
            .ask(&DisplayMessage {
                target: None,
                format,
            })
            .await?;
        Identity::read(&reply).ok_or_else(|| TmuxError::answer(&reply))
    }

    /// Makes the session a hub and puts the fleet's mark on the server. Gives the reason if the
    /// prefix is another fleet's.
    ///
    /// A fleet whose hub is gone has no watchdog here: its directory was moved or deleted, and its
    /// mark goes.
    async fn claim(&self, hub: SessionId) -> Result<Option<String>, TmuxError> {
        let options = self.life.options();
        let all = ShowOptions {
            scope: OptionScope::Server,
            name: None,
            value_only: false,
            inherited: false,
            quiet: false,
        };
        for other in hub::other_fleets(&self.ask(&all).await?, &options.fleet) {
            let mark = hub::mark(&other);
            let value = ShowOptions::value(OptionScope::Server, mark.clone());
            if self.ask(&value).await?.first_line() != options.prefix.as_bytes() {
                continue;
            }
            if self.has_session(&format!("{HUB_PREFIX}{other}")).await? {
                return Ok(Some(format!(
                    "another fleet ({other}) uses the session prefix {:?} on this tmux server; \
                     give this one another prefix, or another tmux socket",
                    options.prefix
                )));
            }
            self.ask(&SetOption::unset(OptionScope::Server, mark))
                .await?;
        }
        let line = hub::setup(hub, &options.fleet, &options.prefix)?;
        let replies = self.link.ask(&line, None).await?;
        match replies.last() {
            Some(reply) if !reply.ok => Err(TmuxError::refused(reply)),
            _ => Ok(None),
        }
    }

    async fn has_session(&self, name: &str) -> Result<bool, TmuxError> {
        let Ok(name) = SessionName::new(name) else {
            return Ok(false);
        };
        let target = Session::Name(name);
        Ok(self.try_ask(&HasSession { target }).await?.ok)
    }

    /// Lists the panes, and again until the hub shows what it should.
    async fn settle(&self, hub: SessionId) -> Result<Vec<Pane>, TmuxError> {
        /// Somebody may change things faster than this does; the next change brings it up again.
        const ROUNDS: usize = 3;
        let listing = Listing::new();
        let mut panes = Vec::new();
        for _ in 0..ROUNDS {
            let replies = self.link.ask(&list_line(&listing)?, None).await?;
            panes = read_list(&listing, &replies, hub)?;
            self.link.listed(&panes);
            let plan = Plan::new(&panes, &self.life.options().fleet);
            if plan == Plan::default() {
                break;
            }
            tracing::info!(?plan, "putting the hub right");
            let lines = plan.lines(hub)?;
            let steps: Result<Vec<_>, _> = lines
                .iter()
                .map(|line| self.link.post(line, None))
                .collect();
            for step in steps? {
                let replies = self.link.answer(step).await?;
                if let Some(refused) = replies.iter().find(|reply| !reply.ok) {
                    tracing::debug!(message = refused.message(), "tmux refused a step");
                }
            }
        }
        Ok(panes)
    }

    /// Watches until something ends it.
    async fn watch(&mut self, hub: SessionId) -> Result<End, TmuxError> {
        let mut keeper = self.keeper.take();
        let end = {
            let this = &*self;
            tokio::select! {
                result = this.follow_changes(hub) => result,
                result = this.heartbeat() => result,
                result = this.keep(&mut keeper) => result,
                () = this.link.news(|news| {
                    news.session.is_some_and(|now| now != hub).then_some(())
                }) => Ok(End::Lost("the client was moved to another session".to_owned())),
            }
        };
        self.keeper = keeper;
        end
    }

    /// Lists the panes whenever something changed, and puts the hub right.
    async fn follow_changes(&self, hub: SessionId) -> Result<End, TmuxError> {
        let changed = || {
            self.link
                .news(|news| std::mem::take(&mut news.changed).then_some(()))
        };
        loop {
            changed().await;
            let latest = Instant::now() + STILL.1;
            while timeout_at(latest.min(Instant::now() + STILL.0), changed())
                .await
                .is_ok()
                && Instant::now() < latest
            {}
            match self.settle(hub).await {
                Ok(panes) => self.tell(Event::Changed { panes }).await,
                // The next list is as good, and this one may have been meddled with.
                Err(error @ TmuxError::Answer { .. }) => {
                    tracing::warn!(%error, "the list of panes is not understood");
                    sleep(STILL.1).await;
                    self.link.note(|news| news.changed = true);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks the server, now and then, whether it is there.
    async fn heartbeat(&self) -> Result<End, TmuxError> {
        let options = self.life.options();
        let beat = DisplayMessage {
            target: None,
            format: Format::new("ao"),
        };
        let mut next = Instant::now();
        loop {
            next = (next + options.heartbeat).max(Instant::now());
            sleep_until(next).await;
            self.patiently(self.ask(&beat)).await?;
        }
    }

    /// Waits until the keeper is on the hub.
    ///
    /// Nothing may be started before. A control client that is just connecting crashes the server
    /// when a session is made, ended or renamed at that moment (3.3a).
    async fn joined(&self, keeper: Option<&Keeper>) {
        let Some(pid) = keeper.and_then(|keeper| keeper.client.id()) else {
            return;
        };
        // What tmux calls a client without a terminal.
        let name = format!("client-{pid}").into_bytes();
        let joined = self
            .link
            .news(|news| news.joined.contains(&name).then_some(()));
        if timeout(KEEPER_JOINS, joined).await.is_err() {
            tracing::warn!("the second tmux client did not come up in time");
        }
    }

    /// Starts another keeper when the one there is ends.
    async fn keep(&self, keeper: &mut Option<Keeper>) -> Result<End, TmuxError> {
        let mut backoff = KEEPER_BACKOFF.0;
        loop {
            if let Some(keeper) = keeper {
                let status = keeper.client.wait().await;
                tracing::warn!(?status, "the second tmux client ended");
                sleep(backoff).await;
                backoff = (backoff * 2).min(KEEPER_BACKOFF.1);
            }
            let held = self.life.shared.hold_requests().await;
            *keeper = Some(self.life.start_keeper(self.starter).await?);
            self.joined(keeper.as_ref()).await;
            drop(held);
        }
    }
}
