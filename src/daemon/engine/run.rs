//! The loop itself: what it waits for, and what it makes of tmux's news.

use std::time::Duration;

use tokio::sync::mpsc;

use super::batch::Batch;
use super::{Engine, LOOK_EVERY, Stop, prepare};
use crate::daemon::socket::Call;
use crate::daemon::wire::What;
use crate::os::watch::FileWatch;
use crate::supervise::Input;
use crate::tmux;

/// How long a disk may hold up the start.
const STORY: Duration = Duration::from_secs(1);

/// How many reports of tasks are taken in before anything else gets its turn.
const AT_ONCE: usize = 64;

impl Engine {
    /// Runs until it is asked to stop. `calls` are the requests of verbs; `leave` resolves when
    /// the process is told to go.
    pub(in crate::daemon) async fn run(
        &mut self,
        mut tmux: mpsc::Receiver<tmux::Event>,
        mut calls: mpsc::Receiver<Call>,
        leave: impl Future<Output = ()>,
    ) -> Stop {
        let mut inbox = self.inbox.take().expect("an engine runs once");
        // What an earlier watchdog left half done is told once: the story has it before the memory
        // forgets it.
        let _ = tokio::time::timeout(STORY, self.journal.durable()).await;
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
                Some(news) = inbox.recv() => {
                    self.on_news(news);
                    // What comes in one piece is remembered in one piece.
                    for _ in 1..AT_ONCE {
                        match inbox.try_recv() {
                            Ok(news) => self.on_news(news),
                            Err(_) => break,
                        }
                    }
                }
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
            self.save();
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
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
