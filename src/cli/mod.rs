//! What people see: a verb a file.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it meets people, their files, their clock and their processes"
)]

mod args;
mod duration;
mod event_line;
mod help;
mod message;
mod pages;
mod table;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use args::{Cli, Internal, Verb};
use message::{Exit, Failure, Outcome};

/// What every verb is told beside its own arguments.
#[derive(Debug, Default)]
pub(crate) struct Invocation {
    /// The first `--config`.
    pub(crate) config: Option<PathBuf>,
}

/// Runs the command line of this process and says how it ended: 0 done, 1 it could not be done,
/// 2 the command line or the config is wrong.
pub fn main() -> ExitCode {
    let exit = match args::parse(std::env::args_os()) {
        Ok(cli) => run(cli).unwrap_or_else(Failure::tell),
        Err(error) => {
            // Help on a pipe that is closed is as good as shown.
            let _ = error.print();
            Exit(u8::try_from(error.exit_code()).unwrap_or(Exit::USAGE.0))
        }
    };
    ExitCode::from(exit.0)
}

fn run(cli: Cli) -> Outcome {
    let invocation = Invocation {
        config: cli.global.config,
    };
    let _ = &invocation;
    match cli.verb {
        None => pages::help(),
        Some(Verb::Completions(args)) => pages::completions(&args),
        Some(Verb::Man(args)) => pages::man(&args),
        _ => Err(Failure::new("not written yet")),
    }
}
