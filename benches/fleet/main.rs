//! What a fleet costs: ao, the least that tmux allows, and a `tmux` process for each question.
//!
//! `cargo bench --bench fleet [-- --agents N --deaths N --idle SECONDS --rounds N]` runs the same fleet three
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

use crate::figures::{Figures, median};
use crate::recording::Recording;
use crate::server::Server;

/// What each agent runs.
const COMMAND: &str = "exec sleep 100000";

/// What the names of the agents' sessions start with.
const PREFIX: &str = "bench-";

/// The median of so many questions is the time of one.
const QUESTIONS: usize = 21;

/// What to measure.
struct Options {
    agents: usize,
    deaths: usize,
    idle: Duration,
    rounds: usize,
}

/// A way to bring a fleet up and down again.
trait Cycle {
    /// Does both once, and times them.
    fn cycle(&self) -> io::Result<(Duration, Duration)>;
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            agents: 200,
            deaths: 100,
            idle: Duration::from_secs(60),
            rounds: 5,
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
                "--rounds" => options.rounds = number()?.max(1),
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
            eprintln!(
                "hint: the options are --agents N, --deaths N, --idle SECONDS and --rounds N"
            );
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
    let agents = options.agents;
    eprintln!("ao: up, status, idle, deaths, down");
    let mut ao = ao::measure(&dir.path().join("ao"), agents, options.deaths, options.idle)?;
    eprintln!("the bare driver: the same lines");
    let recording = Recording::new(&dir.path().join("recording"), agents)?;
    let server = Server::new(dir.path(), "bare");
    let driver = bare::Driver {
        server: &server,
        recording: &recording,
    };
    let mut bare = bare::measure(&driver, options.deaths)?;
    server.end(server.pid().ok());
    eprintln!("both in turns: up and down");
    let fleet = ao::Fleet::new(&dir.path().join("rounds"), agents, ao::PLAIN)?;
    race(options.rounds, (&fleet, &mut ao), (&driver, &mut bare))?;
    eprintln!("a tmux process for each question");
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

/// Lets both take turns, since a busy machine is not equally busy all the time, and keeps the
/// median of each.
fn race(
    rounds: usize,
    (ao, of_ao): (&dyn Cycle, &mut Figures),
    (bare, of_bare): (&dyn Cycle, &mut Figures),
) -> io::Result<()> {
    let mut times = [(); 4].map(|()| Vec::new());
    for _ in 0..rounds {
        let ((ao_up, ao_down), (bare_up, bare_down)) = (ao.cycle()?, bare.cycle()?);
        for (times, time) in times.iter_mut().zip([ao_up, ao_down, bare_up, bare_down]) {
            times.push(time);
        }
    }
    [of_ao.up, of_ao.down, of_bare.up, of_bare.down] = times.map(median);
    Ok(())
}
