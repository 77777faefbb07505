//! What programs say of themselves beside their output: in hooks, and in their conversation files.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};

use super::Engine;
use crate::config::{self, Agent};
use crate::daemon::conversations::{Whereabouts, last_turn};
use crate::daemon::screens::Order;
use crate::detect::{Fact, Hooked, Seen, Signal, Told, Word};
use crate::os::process::{self, Pid};
use crate::preset::ConversationFiles;
use crate::supervise::UnitName;
use crate::tmux::PaneId;

/// When a conversation file is looked into after a screen has shown something: the program may write
/// it a moment later.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// A look into a conversation file that is under way, and ends when this is dropped.
#[derive(Debug)]
pub(super) struct Looking(JoinHandle<()>);

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Engine {
    /// A hook of a unit's program was called.
    pub(super) fn on_hook(&mut self, name: &UnitName, said: Hooked) {
        let unit = self.supervisor.unit(name);
        let Some(pane) = unit.and_then(|unit| unit.runs_in()) else {
            return;
        };
        tracing::debug!(unit = %name, ?said, "a hook tells");
        if said.transcript.is_some() {
            let runtime = self.runtime(name);
            runtime.transcript = said.transcript.map(|file| (pane, file));
        }
        if let Some(word) = said.word {
            let by = Signal::Hook;
            let told = Told { word, by };
            self.screens.orders().send(Order::Told { pane, told });
        }
    }

    /// A screen shows something else: where it does not tell all, the conversation file may.
    pub(super) fn look_into_conversation(&mut self, name: &UnitName, pane: PaneId, fact: &Fact) {
        if fact.signal == Signal::Conversation {
            return;
        }
        let looking = leaves_open(fact)
            .then(|| self.whereabouts(name, pane))
            .flatten()
            .map(|at| Looking(tokio::spawn(look(at, pane, self.screens.orders().clone()))));
        // One that is under way looks for what is no longer shown.
        if looking.is_some() || self.runtimes.contains_key(name) {
            self.runtime(name).looking = looking;
        }
    }

    /// Where a unit's conversation is; None where that is not known.
    fn whereabouts(&self, name: &UnitName, pane: PaneId) -> Option<Whereabouts> {
        let agent = self.fleet.agent(name.as_str())?;
        let preset = agent.backend.preset.as_ref()?;
        let files = preset.conversation.as_ref()?.files;
        let (_, pid) = self.supervisor.unit(name)?.running()?;
        let runtime = self.runtimes.get(name);
        let told = runtime.and_then(|runtime| runtime.transcript.clone());
        let told = told.filter(|(of, _)| *of == pane).map(|(_, file)| file);
        let id = config::read_resume_id(&self.fleet, agent).value;
        Some(Whereabouts {
            files,
            home: home_of(files, agent, pid)?,
            dir: agent.dir.clone(),
            told,
            id: id.map(|id| id.as_str().to_owned()),
            since: runtime.and_then(|runtime| runtime.began),
        })
    }
}

/// Whether a fact leaves something open that a conversation file tells.
fn leaves_open(fact: &Fact) -> bool {
    match fact.state {
        Seen::Limited => {
            let limit = fact.limit.as_ref();
            let reset = limit.and_then(|limit| limit.reset.as_ref());
            let is_hard = limit.is_some_and(|limit| limit.hard);
            !is_hard && reset.is_none_or(|reset| !reset.is_exact())
        }
        Seen::Fatal => !fact.full,
        _ => false,
    }
}

/// Looks until the file tells what stands in the way, or for a few times.
async fn look(at: Whereabouts, pane: PaneId, orders: crate::daemon::screens::Orders) {
    for wait in LOOKS {
        tokio::time::sleep(wait).await;
        let at = at.clone();
        let filed = spawn_blocking(move || last_turn(&at)).await.ok().flatten();
        let word = filed.map(|filed| filed.word);
        if let Some(word @ (Word::Limited { until: Some(_), .. } | Word::Full)) = word {
            return orders.send(Order::Filed { pane, word });
        }
    }
}

/// The program's own directory, by the environment that its process was given.
fn home_of(files: ConversationFiles, agent: &Agent, pid: i32) -> Option<PathBuf> {
    let environ = Pid::new(pid).and_then(process::environ).unwrap_or_default();
    let of = |name: &str| {
        let given = environ.iter().find_map(|entry| {
            let rest = entry.as_bytes().strip_prefix(name.as_bytes())?;
            Some(OsString::from_vec(rest.strip_prefix(b"=")?.to_vec()))
        });
        let config = || agent.env.get(name).map(OsString::from);
        let value = given.or_else(config).or_else(|| std::env::var_os(name));
        value.filter(|value| !value.is_empty()).map(PathBuf::from)
    };
    let (own, below) = match files {
        ConversationFiles::Claude => ("CLAUDE_CONFIG_DIR", ".claude"),
        ConversationFiles::Codex => ("CODEX_HOME", ".codex"),
    };
    let home = of(own).or_else(|| Some(of("HOME")?.join(below)))?;
    home.is_absolute().then_some(home)
}
