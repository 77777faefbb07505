//! What verbs ask for, and who waits until it is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::adopt::is_watchdog;
use super::batch::{Batch, Verb, finish};
use super::rules::is_decree;
use super::{CALLER, Engine, LastCaller, MEMORY};
use crate::config::{self, Fleet, Overrides};
use crate::daemon::disk::Disk;
use crate::daemon::journal::Journal;
use crate::daemon::socket::Call;
use crate::daemon::status;
use crate::daemon::wire::{Caller, Level, Message, Note, Request};
use crate::supervise::{Ask, Input, Now, Supervisor, UnitName, UnitSpec};

/// How long a request waits for tmux and for what it asked of it; a prompt that is typed has
/// its own time on top.
const PATIENCE: Duration = Duration::from_secs(60);

impl Engine {
    /// Takes a request in. What starts or ends something waits until it is known what runs.
    pub(super) async fn on_call(&mut self, call: Call) {
        if reads(&call.request) || is_decree(&call.request) || self.looked {
            self.answer(call).await;
        } else {
            let deadline = self.clock.now().mono + PATIENCE;
            self.early.push((deadline, call));
        }
    }

    /// Takes in the requests that came before tmux could be looked at.
    pub(super) async fn take_early_calls(&mut self) {
        if self.looked {
            for (_, call) in std::mem::take(&mut self.early) {
                self.answer(call).await;
            }
        } else if !self.early.is_empty() {
            let now = self.clock.now().mono;
            let (late, early) = std::mem::take(&mut self.early)
                .into_iter()
                .partition(|(deadline, _)| *deadline <= now);
            self.early = early;
            self.refuse(late);
        }
    }

    /// Says that nothing can be done without tmux.
    fn refuse(&self, calls: Vec<(Duration, Call)>) {
        for (_, call) in calls {
            let _ = call.outbox.try_send(Message::Note(self.no_tmux()));
            finish(call.outbox, 1);
        }
    }

    fn no_tmux(&self) -> Note {
        let why = self.trouble().unwrap_or("there is no connection yet");
        Note {
            level: Level::Error,
            text: format!("tmux cannot be used: {why}"),
            hint: Some("`ao logs watchdog` has more".to_owned()),
        }
    }

    async fn answer(&mut self, call: Call) {
        let Call {
            request,
            outbox,
            stream,
        } = call;
        if !reads(&request) {
            // Who edits and asks means the edit, whether it has been heard of yet or not.
            self.reload();
        }
        match request {
            Request::Status => {
                let document = status::document(self);
                let _ = outbox.try_send(Message::Status(Box::new(document)));
                finish(outbox, 0);
            }
            Request::Screen { name, confirm } => self.show_screen(&name, confirm, outbox),
            Request::Detect { name } => self.show_reading(&name, outbox),
            Request::Events { .. } => {
                // The client may have gone.
                let _ = stream.send(self.events.subscribe());
            }
            Request::Hook { agent, said } => {
                self.on_hook(&UnitName::new(&agent), said);
                finish(outbox, 0);
            }
            Request::Reset { names } => self.reset(&names, outbox).await,
            Request::Pause { names } => self.pause(&names, true, outbox).await,
            Request::Resume { names } => self.pause(&names, false, outbox).await,
            Request::Phase { to } => self.go_to_phase(to, outbox).await,
            Request::Up { names, caller } => {
                let alone = names.iter().all(|name| is_watchdog(name)) && !names.is_empty();
                let names = without_watchdog(names);
                let targets = self.targets(&names, &outbox, Verb::Up);
                self.take_caller(&caller, &targets, &outbox);
                let ask = match (alone, names.is_empty()) {
                    (true, _) => Ask::Watch,
                    (false, true) => Ask::Up(None),
                    (false, false) => Ask::Up(Some(targets.clone())),
                };
                let known = names.len() == targets.len() || names.is_empty();
                let targets = if alone { Vec::new() } else { targets };
                self.ask(Verb::Up, ask, targets, outbox, u8::from(!known), false)
                    .await;
            }
            Request::Restart { names, caller } => {
                let targets = self.targets(&names, &outbox, Verb::Restart);
                self.take_caller(&caller, &targets, &outbox);
                let code = u8::from(names.len() != targets.len());
                let ask = Ask::Restart(targets.clone());
                self.ask(Verb::Restart, ask, targets, outbox, code, false)
                    .await;
            }
            Request::Down { names } => {
                let all = names.is_empty();
                let leave = all || names.iter().any(|name| is_watchdog(name));
                let names = without_watchdog(names);
                let (ask, targets) = if all {
                    let running = self.supervisor.units();
                    (
                        Ask::Down(None),
                        running.map(|unit| unit.name().clone()).collect(),
                    )
                } else {
                    let targets = self.targets(&names, &outbox, Verb::Down);
                    (Ask::Down(Some(targets.clone())), targets)
                };
                let code = u8::from(!all && names.len() != targets.len());
                self.ask(Verb::Down, ask, targets, outbox, code, leave)
                    .await;
            }
        }
    }

    /// The units that are meant; names that nobody knows are told.
    pub(super) fn targets(
        &self,
        names: &[String],
        outbox: &mpsc::Sender<Message>,
        verb: Verb,
    ) -> Vec<UnitName> {
        if names.is_empty() && verb == Verb::Up {
            let all = self.supervisor.units();
            return all
                .filter(|unit| unit.spec().is_some_and(|spec| spec.enabled))
                .map(|unit| unit.name().clone())
                .collect();
        }
        let (known, unknown): (Vec<UnitName>, Vec<UnitName>) = names
            .iter()
            .map(|name| UnitName::new(name))
            .partition(|name| self.supervisor.unit(name).is_some());
        for name in unknown {
            let _ = outbox.try_send(Message::Note(Note {
                level: Level::Error,
                text: format!(
                    "{name} is no agent or service of {}",
                    self.config_path.display()
                ),
                hint: Some("`ao status` lists them".to_owned()),
            }));
        }
        known
    }

    /// Takes over what a start needs from whoever asked for it.
    fn take_caller(
        &mut self,
        caller: &Caller,
        targets: &[UnitName],
        outbox: &mpsc::Sender<Message>,
    ) {
        if caller.path.is_some() && caller.path != self.caller_path {
            self.caller_path.clone_from(&caller.path);
            let path = self.caller_path.clone();
            self.disk.save(CALLER, &LastCaller { path });
        }
        if caller.overrides.is_empty() {
            return;
        }
        let pairs = caller.overrides.iter();
        let pairs = pairs.map(|(key, value)| (key.into(), value.into()));
        let loaded = config::load(&self.config_path, &Overrides::from_environment(pairs));
        match loaded.fleet {
            Some(fleet) => {
                let fleet = Arc::new(fleet);
                let entries = targets
                    .iter()
                    .map(|unit| (unit.clone(), Arc::clone(&fleet)));
                self.one_off.extend(entries);
            }
            None => {
                let _ = outbox.try_send(Message::Note(Note {
                    level: Level::Warning,
                    text: "the overrides have no effect: the config has a mistake".to_owned(),
                    hint: Some("`ao check` shows it".to_owned()),
                }));
            }
        }
    }

    async fn ask(
        &mut self,
        verb: Verb,
        ask: Ask,
        targets: Vec<UnitName>,
        outbox: mpsc::Sender<Message>,
        code: u8,
        leave: bool,
    ) {
        let now = self.clock.now();
        let runs = |name: &UnitName| {
            let unit = self.supervisor.unit(name);
            (
                name.clone(),
                unit.is_some_and(|unit| unit.running().is_some()),
            )
        };
        let before: BTreeMap<UnitName, bool> = targets.iter().map(runs).collect();
        let typing = targets
            .iter()
            .filter_map(|name| self.fleet.agent(name.as_str()));
        let typing = typing.map(|agent| agent.backend.connect_delay).max();
        let mut batch = Batch {
            verb,
            outbox,
            waiting: targets.into_iter().collect(),
            before,
            code,
            leave,
            deadline: now.mono + PATIENCE + typing.unwrap_or_default(),
        };
        for greeting in self.greetings.drain(..) {
            batch.note(greeting);
        }
        if let (Some(error), Verb::Up | Verb::Restart) = (&self.rejected, verb) {
            let (why, hint) = error.split_once("\nhint: ").unzip();
            batch.note(Note {
                level: Level::Warning,
                text: format!(
                    "the config as it was before counts: {}",
                    why.unwrap_or(error)
                ),
                hint: hint.map(str::to_owned),
            });
        }
        let actions = self.decide(Input::Asked(ask));
        // An operator's word is on disk before anything is done about it.
        let memory = self.supervisor.memory();
        if let Err(error) = self.disk.save_now(MEMORY, &memory).await {
            batch.note(not_kept(&error));
        }
        self.batches.push(batch);
        self.carry_out(actions);
    }

    /// tmux refuses this fleet: nothing that was asked for can be done.
    pub(super) fn refuse_all(&mut self) {
        let note = self.no_tmux();
        let early = std::mem::take(&mut self.early).into_iter();
        let batches = std::mem::take(&mut self.batches).into_iter();
        let waiting = early
            .map(|(_, call)| call.outbox)
            .chain(batches.map(|batch| batch.outbox));
        for outbox in waiting {
            let _ = outbox.try_send(Message::Note(note.clone()));
            self.farewells.push((outbox, 1));
        }
    }
}

/// What is wanted is not on disk.
pub(super) fn not_kept(error: &str) -> Note {
    Note {
        level: Level::Warning,
        text: format!("what is wanted could not be written down: {error}"),
        hint: Some("the next watchdog will not know of it; say it again then".to_owned()),
    }
}

/// Whether a request changes nothing.
fn reads(request: &Request) -> bool {
    matches!(
        request,
        Request::Status
            | Request::Screen { .. }
            | Request::Detect { .. }
            | Request::Events { .. }
            | Request::Hook { .. }
    )
}

fn without_watchdog(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !is_watchdog(name));
    names
}

/// Writes down that these are wanted no longer (all, without names), when nothing runs.
pub(in crate::daemon) async fn send_away(
    fleet: &Fleet,
    names: &[String],
    disk: &Disk,
    journal: &mut Journal,
    now: Now,
) -> Vec<Message> {
    let mut supervisor = Supervisor::new(disk.load(MEMORY), 0);
    let spec = super::config::fleet_spec(fleet);
    let specs = spec.units.clone();
    let all = names.is_empty();
    let means = |spec: &&UnitSpec| all || names.iter().any(|name| name == spec.name.as_str());
    let meant: Vec<UnitName> = specs
        .iter()
        .filter(means)
        .map(|spec| spec.name.clone())
        .collect();
    let said: Vec<String> = meant
        .iter()
        .map(|name| format!("{name} did not run"))
        .collect();
    let policy = Box::new(super::config::policy(fleet, false));
    let configured = Input::Configured {
        policy,
        fleet: spec,
    };
    // Nothing runs, so nothing that would have to be carried out can follow.
    let _ = journal.handle(&mut supervisor, now, configured);
    let ask = Ask::Down((!all).then_some(meant));
    let _ = journal.handle(&mut supervisor, now, Input::Asked(ask));
    let said = said.into_iter().map(|text| Message::Progress {
        done: 0,
        total: 0,
        text,
    });
    let kept = disk.save_now(MEMORY, &supervisor.memory()).await;
    let trouble = kept.err().map(|error| Message::Note(not_kept(&error)));
    said.chain(trouble).collect()
}
