//! Starting agents, and taking over those that run.
//!
//! All that belongs to one start is one line, so that nothing comes between: a process that ends at
//! once keeps its pane, and no session is without its options even for an instant. tmux 3.2 cannot
//! keep dead panes, see [`Version::keeps_dead_panes`]: there a pane goes with its process.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use tmux_control::command::{
    ClosePipe, DisplayMessage, KillPane, KillSession, LinkWindow, ListPanes, NewSession, NewWindow,
    OptionScope, PaneScope, Program, RenameSession, SelectWindow, SetOption, UnlinkWindow,
};
use tmux_control::{
    Command, CommandLine, Format, Reply, Session, SessionId, SessionName, Target, WindowId,
};

use super::connection::read_list;
use super::pane::Listing;
use super::{Connection, Pane, PaneId, Tags, TmuxError, Version, hub};
use crate::os::process::Pid;

/// What is to be started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The session's name, literally. tmux makes `_` of `.` and `:` in it, up to 3.6b.
    pub session: String,
    /// The working directory. It must exist: tmux silently takes another one otherwise.
    pub dir: PathBuf,
    /// The program and its arguments; no shell comes between.
    pub argv: Vec<OsString>,
    /// What is set in its environment, beside what the server has.
    pub env: Vec<(OsString, OsString)>,
    /// What is written on its pane.
    pub tags: Tags,
}

/// What was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its own session.
    pub session: SessionId,
    /// Its window.
    pub window: WindowId,
    /// Its pane.
    pub pane: PaneId,
    /// Its process. It may have ended already; its pane is kept (tmux 3.3 and newer).
    pub pid: Pid,
}

/// What tmux is asked to say about what it made.
const MADE: &str = "#{session_id} #{window_id} #{pane_id} #{pane_pid}";

impl Started {
    fn read(reply: &Reply) -> Result<Self, TmuxError> {
        let text = String::from_utf8_lossy(reply.first_line());
        let mut words = text.split(' ');
        let mut read = || {
            Some(Self {
                session: words.next()?.parse().ok()?,
                window: words.next()?.parse().ok()?,
                pane: words.next()?.parse().ok()?,
                pid: words.next()?.parse().ok().and_then(Pid::new)?,
            })
        };
        read().ok_or_else(|| TmuxError::answer(reply))
    }
}

impl Start {
    fn program(&self) -> Program {
        let argv = self.argv.iter().map(|arg| arg.as_bytes().to_vec());
        match self.argv.as_slice() {
            // tmux would give a single word to the default shell, which may be any program.
            [_] => {
                let shell = ["/bin/sh", "-c", "exec \"$0\""].map(|word| word.as_bytes().to_vec());
                Program::Argv(shell.into_iter().chain(argv).collect())
            }
            _ => Program::Argv(argv.collect()),
        }
    }

    fn env(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let bytes = |text: &OsStr| text.as_bytes().to_vec();
        let pairs = self.env.iter();
        pairs
            .map(|(name, value)| (bytes(name), bytes(value)))
            .collect()
    }

    fn check(&self) -> Result<(), TmuxError> {
        let refuse = |reason: String| Err(TmuxError::Unsendable { reason });
        if self.argv.is_empty() {
            return refuse("there is no program to start".to_owned());
        }
        if self.session.is_empty() {
            return refuse("a session's name must not be empty".to_owned());
        }
        if let Some(c) = self.session.chars().find(|c| c.is_control()) {
            return refuse(format!("a session's name must not hold {c:?}"));
        }
        if !self.dir.is_dir() {
            return refuse(format!("{} is not a directory", self.dir.display()));
        }
        Ok(())
    }
}

/// What is set on the pane of an agent: pane options, since a window's would be inherited by what a
/// person splits off, and lost when the agent is moved to another window.
fn pane_options(target: &Target, tags: &Tags, version: Version) -> [SetOption; 4] {
    let option =
        |name: &str, value: &str| SetOption::new(OptionScope::Pane(target.clone()), name, value);
    // Said in either case: a person's configuration may say the opposite.
    let keep = if version.keeps_dead_panes() {
        "on"
    } else {
        "off"
    };
    [
        option("remain-on-exit", keep),
        option("@ao_fleet", &tags.fleet),
        option("@ao_agent", &tags.agent_on_pane()),
        option("@ao_start", &tags.start),
    ]
}

/// A person's `destroy-unattached` must not end an agent's session.
fn keep_unattached(session: Session) -> SetOption {
    SetOption::new(OptionScope::Session(session), "destroy-unattached", "off")
}

fn add(line: CommandLine, commands: &[impl Command]) -> Result<CommandLine, TmuxError> {
    let added = commands.iter().try_fold(line, CommandLine::then);
    Ok(added?)
}

/// Where the commands after the first one went: the active pane of the new session or window.
fn aim(target: &Target) -> DisplayMessage {
    DisplayMessage {
        target: Some(target.clone()),
        format: Format::new(MADE),
    }
}

impl Connection {
    /// Starts an agent in a session of its own, detached.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when there is a session of that name; nothing is left behind then.
    /// [`TmuxError::Unsendable`] when the directory does not exist, or something holds a NUL.
    pub async fn start(&self, spec: &Start) -> Result<Started, TmuxError> {
        spec.check()?;
        // A name that needs no care until the last command, which gives the session its own.
        let name = self.unique_name();
        let by_name = SessionName::new(name.as_str()).map_err(|error| TmuxError::Unsendable {
            reason: error.to_string(),
        })?;
        let session = Session::Name(by_name);
        let target = Target::Session(session.clone());
        let new = NewSession {
            detached: true,
            name: Some(name.into()),
            dir: Some(spec.dir.as_os_str().as_bytes().into()),
            env: spec.env(),
            print: Some(Format::new(MADE)),
            program: spec.program(),
            ..NewSession::default()
        };
        let line = add(
            CommandLine::new(&new)?,
            &pane_options(&target, &spec.tags, self.version()?),
        )?
        .then(&keep_unattached(session.clone()))?
        .then(&LinkWindow {
            source: target.clone(),
            target: self.hub()?.into(),
            detached: true,
        })?
        .then(&aim(&target))?
        .then(&RenameSession {
            target: session,
            name: spec.session.as_str().into(),
        })?;
        let started = self.begin(&line, &spec.tags).await;
        match started {
            Ok(started) => Ok(started),
            Err((made, error)) => {
                if let Some(made) = made {
                    self.undo(made, true).await;
                }
                Err(error)
            }
        }
    }

    /// Starts an agent in a session that is there, in a window of its own, then kills the pane `old`
    /// that it replaces, if any. Whoever is attached stays attached, and sees the new window if the
    /// old one was all they saw.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the session is gone; `old` is then left as it is.
    pub async fn start_in(
        &self,
        session: SessionId,
        old: Option<PaneId>,
        spec: &Start,
    ) -> Result<Started, TmuxError> {
        spec.check()?;
        let target = Target::from(session);
        let seen = self.current_window(session, old).await?;
        let new = NewWindow {
            target: session.into(),
            // The commands that follow mean the session's current window.
            detached: false,
            name: None,
            dir: Some(spec.dir.as_os_str().as_bytes().into()),
            env: spec.env(),
            print: Some(Format::new(MADE)),
            program: spec.program(),
        };
        let mut line = add(
            CommandLine::new(&new)?,
            &pane_options(&target, &spec.tags, self.version()?),
        )?
        .then(&keep_unattached(session.into()))?
        .then(&LinkWindow {
            source: target.clone(),
            target: self.hub()?.into(),
            detached: true,
        })?
        .then(&aim(&target))?;
        if let Some(window) = seen {
            let target = Target::WindowIn(session.into(), window);
            line = line.then(&SelectWindow { target })?;
        }
        match self.begin(&line, &spec.tags).await {
            Ok(started) => {
                if let Some(old) = old {
                    self.kill_pane(old).await?;
                }
                Ok(started)
            }
            Err((made, error)) => {
                if let Some(made) = made {
                    self.undo(made, false).await;
                }
                Err(error)
            }
        }
    }

    /// The window that people look at in a session, if it stays when `old` goes.
    async fn current_window(
        &self,
        session: SessionId,
        old: Option<PaneId>,
    ) -> Result<Option<WindowId>, TmuxError> {
        let ask = |target: Target, format: &str| DisplayMessage {
            target: Some(target),
            format: Format::new(format),
        };
        let format = "#{session_id} #{window_id} #{window_panes}";
        let line = CommandLine::new(&ask(session.into(), format))?;
        let replies = self.request(&line).await?;
        let reply = replies.first().ok_or(TmuxError::Disconnected)?;
        let text = String::from_utf8_lossy(reply.first_line()).into_owned();
        let words: Vec<&str> = text.split(' ').collect();
        let &[found, window, panes] = words.as_slice() else {
            return Err(TmuxError::answer(reply));
        };
        // display-message falls back on another session when there is none with this id.
        if found != session.to_string() {
            return Err(TmuxError::Command {
                message: format!("can't find session: {session}"),
            });
        }
        let window: WindowId = window.parse().map_err(|_| TmuxError::answer(reply))?;
        let Some(old) = old else {
            return Ok(Some(window));
        };
        let line = CommandLine::new(&ask(old.into(), "#{window_id}"))?;
        let replies = self.request(&line).await?;
        let holds_old = replies
            .first()
            .is_some_and(|reply| reply.first_line() == window.to_string().as_bytes());
        Ok((!holds_old || panes != "1").then_some(window))
    }

    /// Runs the line of a start. When it fails, gives what was made.
    async fn begin(
        &self,
        line: &CommandLine,
        tags: &Tags,
    ) -> Result<Started, (Option<Started>, TmuxError)> {
        let replies = self.ask(line).await.map_err(|error| (None, error))?;
        let made = match replies.first() {
            Some(reply) if reply.ok => Started::read(reply).map_err(|error| (None, error))?,
            Some(reply) => return Err((None, TmuxError::refused(reply))),
            None => return Err((None, TmuxError::Disconnected)),
        };
        if let Some(reply) = replies.iter().find(|reply| !reply.ok) {
            return Err((Some(made), TmuxError::refused(reply)));
        }
        let hit = replies
            .iter()
            .skip(1)
            .find(|reply| reply.lines().count() > 0);
        let hit = hit.map(Started::read).transpose();
        match hit.map_err(|error| (Some(made), error))? {
            Some(hit) if hit != made => {
                let repaired = self.repair(made, hit, tags).await;
                repaired.map_err(|error| (Some(made), error))?;
            }
            _ => {}
        }
        Ok(made)
    }

    /// A hook of the user's configuration split the new window or made another one before the rest
    /// of the line ran, so that the rest hit that. Puts it right, by ids.
    async fn repair(&self, made: Started, hit: Started, tags: &Tags) -> Result<(), TmuxError> {
        let hub = self.hub()?;
        let target = Target::from(made.pane);
        let [first, rest @ ..] = pane_options(&target, tags, self.version()?);
        let mut line = add(CommandLine::new(&first)?, &rest)?;
        if hit.window != made.window {
            line = line.then(&hub::link(made.window, hub))?;
        }
        self.request(&line).await?;

        let [first, rest @ ..] = pane_options(&hit.pane.into(), tags, self.version()?)
            .map(|option| SetOption::unset(option.scope, option.name));
        self.unless_gone(&add(CommandLine::new(&first)?, &rest)?)
            .await?;
        if hit.window != made.window {
            let unlink = UnlinkWindow {
                session: hub.into(),
                window: hit.window,
                kill: false,
            };
            self.unless_gone(&CommandLine::new(&unlink)?).await?;
        }
        Ok(())
    }

    /// Asks about what a hook made; that may have ended by itself in the meantime.
    async fn unless_gone(&self, line: &CommandLine) -> Result<(), TmuxError> {
        match self.request(line).await {
            Err(TmuxError::Command { .. }) => Ok(()),
            result => result.map(drop),
        }
    }

    /// Ends what a failed start made.
    async fn undo(&self, made: Started, with_session: bool) {
        let kill = CommandLine::new(&KillPane { target: made.pane });
        let line = match kill {
            Ok(line) if with_session => {
                // The session goes with its last pane, unless a hook put more into it; the line then
                // goes on.
                let target = made.session.into();
                let session = CommandLine::new(&KillSession { target });
                if let Ok(session) = session {
                    let _ = self.ask(&session).await;
                }
                line
            }
            Ok(line) => line,
            Err(_) => return,
        };
        let _ = self.ask(&line).await;
    }

    /// Makes a pane that runs already one of this fleet: tags it, has it kept when its process ends,
    /// closes a pipe of its output, and links its window into the hub.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone.
    pub async fn adopt(&self, pane: PaneId, tags: &Tags) -> Result<(), TmuxError> {
        let gone = || TmuxError::Command {
            message: format!("can't find pane: {pane}"),
        };
        let found = self.find(pane).await?.ok_or_else(gone)?;
        let target = Target::from(pane);
        let [first, rest @ ..] = pane_options(&target, tags, self.version()?);
        let mut line = add(CommandLine::new(&first)?, &rest)?;
        if found.piped {
            line = line.then(&ClosePipe { target: pane })?;
        }
        if let Some((session, _)) = found.home {
            line = line.then(&keep_unattached(session.into()))?;
        }
        if !found.in_hub {
            line = line.then(&hub::link(found.window, self.hub()?))?;
        }
        self.request(&line).await.map(drop)
    }

    /// One pane; None if it is gone.
    async fn find(&self, pane: PaneId) -> Result<Option<Pane>, TmuxError> {
        let listing = Listing::new();
        let line = CommandLine::new(&ListPanes {
            scope: PaneScope::All,
            format: Format::new(listing.format()),
            filter: Some(Format::new(format!("#{{==:#{{pane_id}},{pane}}}"))),
        })?;
        let replies = self.request(&line).await?;
        let panes = read_list(&listing, &replies, self.hub()?)?;
        Ok(panes.into_iter().find(|row| row.pane == pane))
    }
}
