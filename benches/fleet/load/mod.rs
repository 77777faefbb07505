//! Fleets that work: agents that repaint their screens ten times a second, print limit banners, and
//! flood; once with ao and once with the bare reader as the one who watches.

pub(crate) mod agent;
mod orders;
mod phase;
mod presets;
mod reader;
mod table;
mod watch;

use std::io;
use std::path::Path;
use std::time::Duration;

use self::orders::{Command, Task};
use self::phase::{Load, Phase};
use self::watch::{Ao, Bare, Watch};
use crate::bare::Driver;
use crate::options::{Options, Part};
use crate::recording::Recording;
use crate::server::Server;

pub(crate) use self::presets::{Signs, table as signs_table};
pub(crate) use self::table::tables;

/// How often an agent repaints.
const PERIOD: Duration = Duration::from_millis(100);

/// Of the largest fleet, so many agents work in a phase of its own: what does not change costs nothing.
const FEW: usize = 50;

/// One phase, with ao and with the bare reader.
pub(crate) struct Pair {
    agents: usize,
    phase: Phase,
    ao: Load,
    bare: Load,
}

/// Measures all parts that load a fleet. An error ends it; what came before is in `pairs`.
pub(crate) fn measure(dir: &Path, options: &Options, pairs: &mut Vec<Pair>) -> io::Result<()> {
    for agents in options.fleets() {
        let phases = phases(agents, options);
        if !phases.is_empty() {
            pairs.extend(fleet(dir, agents, &phases, options)?);
        }
    }
    Ok(())
}

/// Measures what the signs of all presets cost.
pub(crate) fn measure_signs(dir: &Path, options: &Options) -> io::Result<Option<Signs>> {
    if !options.has(Part::Presets) {
        return Ok(None);
    }
    presets::measure(&dir.join("presets"), options).map(Some)
}

/// What is measured with so many agents.
fn phases(agents: usize, options: &Options) -> Vec<Phase> {
    let mut phases = Vec::new();
    let mut add = |task, active| phases.push(Phase { task, active });
    if options.has(Part::Repaints) && options.sizes.contains(&agents) {
        if options.sizes.iter().max() == Some(&agents) {
            add(Task::Rest, agents);
            if agents > FEW {
                add(Task::Repaint, FEW);
            }
        }
        add(Task::Repaint, agents);
    }
    if agents == options.agents {
        if options.has(Part::Banner) {
            add(Task::Banners, agents);
        }
        if options.has(Part::Flood) {
            add(Task::Flood, agents);
        }
    }
    phases
}

/// Both take turns with a fleet of their own, since a busy machine is not equally busy all the time.
fn fleet(dir: &Path, agents: usize, phases: &[Phase], options: &Options) -> io::Result<Vec<Pair>> {
    let dir = dir.join(format!("load-{agents}"));
    let mut command = Command::new(&dir.join("office"), agents)?;
    let backend = backend(&dir.join("office"))?;
    let recording = Recording::new(&dir.join("recording"), agents, &backend)?;
    let mut pairs: Vec<Pair> = Vec::new();
    // Quantiles need more than one turn, and only this fleet shows banners.
    let turns = if agents == options.agents {
        options.turns
    } else {
        1
    };
    for turn in 0..turns {
        eprintln!("{agents} agents at work, ao watches, turn {turn}");
        let mut ao = Ao::new(&dir.join(format!("ao-{turn}")), agents, &backend, None)?;
        let with_ao = all(phases, &mut ao, &mut command, options.window)?;
        drop(ao);
        command.await_fleet()?;
        eprintln!("{agents} agents at work, the bare reader watches, turn {turn}");
        let server = Server::new(&dir, &format!("bare-{turn}"));
        let driver = Driver {
            server: &server,
            recording: &recording,
        };
        let mut bare = Bare::new(&driver)?;
        let with_bare = all(phases, &mut bare, &mut command, options.window)?;
        drop(bare);
        command.await_fleet()?;
        for (n, (ao, bare)) in with_ao.into_iter().zip(with_bare).enumerate() {
            match pairs.get_mut(n) {
                Some(pair) => {
                    pair.ao.add(ao);
                    pair.bare.add(bare);
                }
                None => pairs.push(Pair {
                    agents,
                    phase: phases[n],
                    ao,
                    bare,
                }),
            }
        }
    }
    Ok(pairs)
}

fn all(
    phases: &[Phase],
    watch: &mut dyn Watch,
    command: &mut Command,
    window: Duration,
) -> io::Result<Vec<Load>> {
    // All agents are there once they obey.
    command.order(Task::Rest, 0)?;
    let measure = |phase: &Phase| phase.measure(watch, command, window);
    phases.iter().map(measure).collect()
}

/// The agents' backend: the bench itself, and the patterns of a config for the CLI that was recorded.
fn backend(office: &Path) -> io::Result<String> {
    let program = std::env::current_exe()?;
    let plain = plain_backend(&program, office);
    Ok(format!(
        "{plain}\
         active_re = \"esc to interrupt|ctrl\\\\+c to interrupt\"\n\
         limit_re = \"usage limit|limit reached|hit your .*limit\"\n\
         fatal_re = \"API Error: 401|Please run /login|No conversation found\""
    ))
}

/// The same without any pattern.
fn plain_backend(program: &Path, office: &Path) -> String {
    let (program, office) = (program.display(), office.display());
    format!("prompt_delivery = \"exec\"\nbin = \"exec '{program}' --agent '{office}'\"\n")
}
