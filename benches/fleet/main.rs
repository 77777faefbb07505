//! What a fleet costs: ao, the least that tmux allows, and a `tmux` process for each question.
//!
//! `cargo bench --bench fleet` runs the same fleet in several ways in one run, each on a private tmux
//! server, and prints the figures side by side, with what is wanted of them. [`options`] has what can
//! be chosen. The part `basics` compares
//!
//! - **ao** as a person uses it, with its watchdog;
//! - the **bare driver** ([`bare`]), which sends the lines that ao sent, recorded in the same run, and
//!   does nothing else: the ratio to it is what ao itself costs;
//! - a **script** ([`spawn`]), which starts a `tmux` for each thing to do and to ask.
//!
//! The other parts ([`load`]) have agents that repaint, print banners and flood, and compare ao with the
//! **bare reader**, which reads what tmux sends and looks for two texts.
//!
//! An agent of `basics` is a shell line that becomes `sleep`, which ends on HUP. CPU is the process's
//! CPU clock, children included; wake-ups are context switches over all threads; a restart is over
//! when a new pane process exists.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench reads clocks and starts processes"
)]

mod ao;
mod bare;
mod events;
mod figures;
mod load;
mod machine;
mod options;
mod process;
mod recording;
mod server;
mod spawn;
mod table;

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::figures::{Figures, median};
use crate::options::{Options, Part};
use crate::recording::Recording;
use crate::server::Server;

/// What each agent runs.
const COMMAND: &str = "exec sleep 100000";

/// What the names of the agents' sessions start with.
const PREFIX: &str = "bench-";

/// The median of so many questions is the time of one.
const QUESTIONS: usize = 21;

/// A way to bring a fleet up and down again.
trait Cycle {
    /// Does both once, and times them.
    fn cycle(&self) -> io::Result<(Duration, Duration)>;
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, office] = arguments.as_slice()
        && mode == "--agent"
    {
        // Its terminal shows nobody an error.
        let name = std::env::var("AO_AGENT").unwrap_or_default();
        return ExitCode::from(u8::from(
            load::agent::run(Path::new(office), &name).is_err(),
        ));
    }
    let options = match Options::parse(arguments.into_iter()) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            eprintln!("hint: {}", options::HINT);
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
    println!("{}", machine::describe());
    if options.has(Part::Basics) {
        print!("\n{}", basics(dir.path(), options)?);
    }
    let mut pairs = Vec::new();
    let measured = load::measure(dir.path(), options, &mut pairs);
    for table in load::tables(&pairs) {
        print!("\n{table}");
    }
    measured?;
    if let Some(signs) = load::measure_signs(dir.path(), options)? {
        print!("\n{}", load::signs_table(&signs));
    }
    Ok(())
}

/// What needs no load; gives a table.
fn basics(dir: &Path, options: &Options) -> io::Result<String> {
    let agents = options.agents;
    eprintln!("ao: up, status, idle, deaths, down");
    let mut ao = ao::measure(&dir.join("ao"), agents, options.deaths, options.idle)?;
    eprintln!("the bare driver: the same lines");
    let recording = Recording::new(&dir.join("recording"), agents, ao::SLEEP)?;
    let server = Server::new(dir, "bare");
    let driver = bare::Driver {
        server: &server,
        recording: &recording,
    };
    let mut bare = bare::measure(&driver, options.deaths)?;
    server.end(server.pid().ok());
    eprintln!("both in turns: up and down");
    let fleet = ao::Fleet::new(&dir.join("rounds"), agents, ao::SLEEP, ao::PLAIN)?;
    race(options.rounds, (&fleet, &mut ao), (&driver, &mut bare))?;
    eprintln!("a tmux process for each question");
    let server = Server::new(dir, "spawn");
    let spawn = spawn::measure(&server, dir, agents, options.idle)?;
    Ok(figures::table(agents, &ao, &bare, &spawn))
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
