//! What a fleet costs: ao, the least that tmux allows, and a `tmux` process for each question.
//!
//! `cargo bench --bench fleet [-- --agents N --deaths N --idle SECONDS]` runs the same fleet three
//! ways in one run, each on a private tmux server, and prints the figures side by side:
//!
//! - **ao** as a person uses it, with its watchdog;
//! - the **bare driver** ([`bare`]) sends the lines that ao sent, recorded in the same run, and does
//!   nothing else: the ratio to it is what ao itself costs;
//! - a **script** ([`spawn`]) starts a `tmux` for each thing to do and to ask.
//!
//! An agent is a shell line that becomes `sleep`, which ends on HUP. CPU is the process's CPU clock,
//! children included; wake-ups are context switches over all threads; a restart is over when a new
//! pane process exists.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench reads clocks and starts processes"
)]

mod ao;
mod bare;
mod figures;
mod machine;
mod process;
mod recording;
mod server;
mod spawn;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::recording::Recording;
use crate::server::Server;

/// What each agent runs.
const COMMAND: &str = "exec sleep 100000";

/// What the names of the agents' sessions start with.
const PREFIX: &str = "bench-";

/// What to measure.
struct Options {
    agents: usize,
    deaths: usize,
    idle: Duration,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            agents: 200,
            deaths: 100,
            idle: Duration::from_secs(60),
        };
        while let Some(argument) = arguments.next() {
            let mut number = || -> Result<usize, String> {
                let value = arguments.next().ok_or("it needs a number")?;
                value.parse().map_err(|error| format!("{value}: {error}"))
            };
            match argument.as_str() {
                // Cargo adds this one.
                "--bench" => {}
                "--agents" => options.agents = number()?.max(1),
                "--deaths" => options.deaths = number()?,
                "--idle" => options.idle = Duration::from_secs(number()?.max(1) as u64),
                _ => return Err(format!("unknown option {argument}")),
            }
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            eprintln!("hint: the options are --agents N, --deaths N and --idle SECONDS");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    // Figures of ao first: a machine that slows down as it gets warm must not flatter it.
    let ao = ao::measure(
        &dir.path().join("ao"),
        options.agents,
        options.deaths,
        options.idle,
    )?;
    let recording = Recording::new(&dir.path().join("recording"), options.agents)?;
    let bare = bare::measure(&Server::new(dir.path(), "bare"), &recording, options.deaths)?;
    let spawn = spawn::measure(
        &Server::new(dir.path(), "spawn"),
        dir.path(),
        options.agents,
        options.idle,
    )?;
    println!("{}\n", machine::describe());
    print!("{}", figures::table(options.agents, &ao, &bare, &spawn));
    Ok(())
}
