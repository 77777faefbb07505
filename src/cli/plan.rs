//! `ao plan`: the config on disk beside what runs.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::args::PlanArgs;
use super::message::{Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, ask, load, status, terminal};
use crate::config::{Fleet, Kind, Known, Overrides};
use crate::daemon::status::is_edited;
use crate::daemon::wire::{State, Status, Unit, VERSION, Wanted};

pub(crate) fn run(invocation: &Invocation, args: &PlanArgs) -> Outcome {
    let loaded = load::load(invocation, &Overrides::default())?;
    load::tell(loaded.diagnostics.iter().filter(|found| found.is_error()));
    let Some(fleet) = loaded.fleet else {
        return Err(Failure::told(Exit::USAGE));
    };
    let status = ask::runtime()?.block_on(status::document(&fleet))?;
    let plan = Plan::of(&fleet, &status);
    let text = if args.json {
        let json = terminal::json(&plan);
        json.map_err(|e| Failure::new(format!("a defect of ao: no JSON of the plan: {e}")))? + "\n"
    } else {
        plan.table()
    };
    let mut out = terminal::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

/// The document of `ao plan --json`. Every list is in the config's order.
#[derive(Debug, Serialize)]
struct Plan {
    version: u32,
    /// The config on disk.
    config: String,
    /// Whether a watchdog runs, which takes an edit as it is saved and starts what is watched.
    watchdog: bool,
    /// Do not run, and `ao up` starts them.
    start: Vec<Entry>,
    /// Run, and the config does not have them.
    removed: Vec<Entry>,
    /// Run, and a start would bring something else.
    stale: Vec<Entry>,
    /// Are down by a person's word.
    down: Vec<Entry>,
    /// Have failed for good.
    failed: Vec<Entry>,
    /// Are disabled, and do not run.
    disabled: Vec<Entry>,
    /// Cannot be started as they are written.
    broken: Vec<Entry>,
    /// Tasks that are done.
    done: Vec<Entry>,
    /// How many run as the config says.
    unchanged: usize,
}

/// An agent or a service, and why it stands in its list.
#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    why: String,
}

/// Where something belongs.
enum Place {
    Start(String),
    Stale,
    Down,
    Failed(String),
    Disabled,
    Broken(String),
    Done,
    Unchanged,
}

impl Plan {
    fn of(fleet: &Fleet, status: &Status) -> Self {
        let mut plan = Self {
            version: VERSION,
            config: fleet.path.display().to_string(),
            watchdog: status.watchdog.running,
            start: Vec::new(),
            removed: removed(fleet, status),
            stale: Vec::new(),
            down: Vec::new(),
            failed: Vec::new(),
            disabled: Vec::new(),
            broken: Vec::new(),
            done: Vec::new(),
            unchanged: 0,
        };
        for known in fleet.known() {
            if known == Known::Watchdog {
                continue;
            }
            let name = known.as_str().to_owned();
            let unit = unit_of(status, &name);
            let (list, why) = match place(fleet, &name, unit) {
                Place::Start(why) => (&mut plan.start, why),
                Place::Stale => (&mut plan.stale, "edited since it was started".to_owned()),
                Place::Down => (&mut plan.down, "you took it down".to_owned()),
                Place::Failed(why) => (&mut plan.failed, why),
                Place::Disabled => (&mut plan.disabled, "disabled in the config".to_owned()),
                Place::Broken(why) => (&mut plan.broken, why),
                Place::Done => (&mut plan.done, "a task that is done".to_owned()),
                Place::Unchanged => {
                    plan.unchanged += 1;
                    continue;
                }
            };
            list.push(Entry { name, why });
        }
        plan
    }

    /// A line for each that differs, with a sign in front.
    fn table(&self) -> String {
        let good = AnsiColor::Green.on_default();
        let soon = AnsiColor::Yellow.on_default();
        let bad = AnsiColor::Red.on_default();
        let quiet = Style::new().dimmed();
        let lists: [(&[Entry], char, Style, &str); 8] = [
            (&self.start, '+', good, "`ao up` starts it"),
            (&self.removed, '-', bad, "`ao down` ends it"),
            (&self.stale, '~', soon, "`ao restart` brings the edit to it"),
            (&self.failed, '!', bad, "`ao reset` tries again"),
            (&self.broken, '!', bad, "`ao check` shows the mistake"),
            (&self.down, '.', quiet, "`ao up NAME` wants it again"),
            (
                &self.disabled,
                '.',
                quiet,
                "`ao up NAME` starts it all the same",
            ),
            (&self.done, '.', quiet, "`ao up NAME` starts it again"),
        ];
        let names = lists.iter().flat_map(|list| list.0);
        let names = names.map(|entry| terminal::line(&entry.name).chars().count());
        let width = names.max().unwrap_or(0);
        let mut out = String::new();
        for (entries, sign, style, hint) in lists {
            for entry in entries {
                let name = terminal::line(&entry.name);
                let why = terminal::line(&entry.why);
                _ = writeln!(
                    out,
                    "{style}{sign} {name:width$}{style:#}  {why}; {quiet}{hint}{quiet:#}"
                );
            }
        }
        let same = match self.unchanged {
            1 => "1 runs".to_owned(),
            n => format!("{n} run"),
        };
        if out.is_empty() {
            _ = writeln!(out, "nothing differs: {same} as the config says");
        } else {
            _ = writeln!(out, "{quiet}{same} as the config says{quiet:#}");
        }
        if !self.watchdog {
            _ = writeln!(
                out,
                "{quiet}no watchdog runs, so nothing of this happens by itself{quiet:#}"
            );
        }
        out
    }
}

fn unit_of<'a>(status: &'a Status, name: &str) -> Option<&'a Unit> {
    let mut units = status.agents.iter().chain(&status.services);
    units.find(|unit| unit.name == name)
}

fn place(fleet: &Fleet, name: &str, unit: Option<&Unit>) -> Place {
    let broken = fleet
        .broken
        .iter()
        .find(|broken| broken.name.as_str() == name);
    if let Some(broken) = broken {
        let why = broken.diagnostics.first();
        return Place::Broken(why.map_or(String::new(), |found| found.message.clone()));
    }
    let agent = fleet.agent(name);
    let enabled = agent.is_none_or(|agent| agent.enabled);
    let Some(unit) = unit else {
        return if enabled {
            Place::Start("new in the config".to_owned())
        } else {
            Place::Disabled
        };
    };
    let is_task = agent.is_some_and(|agent| agent.kind == Kind::Task);
    match unit.state {
        _ if unit.wanted == Some(Wanted::Down) => Place::Down,
        state if state.runs() || state == State::Starting => {
            if is_edited(fleet, unit) {
                Place::Stale
            } else {
                Place::Unchanged
            }
        }
        _ if unit.gave_up => {
            let why = unit.reason.as_deref().unwrap_or("it failed too often");
            Place::Failed(format!("gave up: {why}"))
        }
        State::Exited if is_task => Place::Done,
        _ if !enabled && unit.wanted != Some(Wanted::Up) => Place::Disabled,
        _ => Place::Start(match unit.exit_status {
            Some(status) => format!("ended with {status}"),
            None => "does not run".to_owned(),
        }),
    }
}

/// What runs and the config does not have.
fn removed(fleet: &Fleet, status: &Status) -> Vec<Entry> {
    let known = fleet.known();
    let gone = |name: &str| !known.iter().any(|known| known.as_str() == name);
    let units = status.agents.iter().chain(&status.services);
    let running = units.filter(|unit| unit.state.runs());
    let names = running.map(|unit| unit.name.as_str());
    let strays = status.strays.iter();
    let strays = strays.filter_map(|stray| stray.agent.as_deref());
    let mut removed: Vec<Entry> = Vec::new();
    for name in names.chain(strays).filter(|name| gone(name)) {
        if removed.iter().all(|entry| entry.name != name) {
            removed.push(Entry {
                name: name.to_owned(),
                why: "runs on, and the config has it no longer".to_owned(),
            });
        }
    }
    removed
}
