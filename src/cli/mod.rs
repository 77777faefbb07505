//! What people see: a verb a file.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it meets people, their files, their clock and their processes"
)]

mod args;
mod ask;
mod attach;
mod check;
mod demo;
mod demo_agent;
mod detect;
mod down;
mod duration;
mod event_line;
mod events;
mod explain;
mod help;
mod hook;
mod init;
mod internal;
mod load;
mod logs;
mod message;
mod names;
mod pages;
mod pause;
mod phase;
mod plan;
mod record;
mod replay;
mod reset;
mod restart;
mod screen;
mod selftest;
mod sentence;
mod status;
mod table;
mod terminal;
mod up;
mod watchdog;

use std::path::PathBuf;
use std::process::ExitCode;

use args::{Cli, StatusArgs, Verb};
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
            let of_hook = hook::is_meant(std::env::args_os()) && error.use_stderr();
            let code = if of_hook { 0 } else { error.exit_code() };
            Exit(u8::try_from(code).unwrap_or(Exit::USAGE.0))
        }
    };
    ExitCode::from(exit.0)
}

fn run(cli: Cli) -> Outcome {
    let invocation = Invocation {
        config: cli.global.config,
    };
    let Some(verb) = cli.verb else {
        return match invocation.config {
            None => pages::help(),
            Some(_) => status::run(&invocation, &StatusArgs::default()),
        };
    };
    match verb {
        Verb::Up(args) => up::run(&invocation, &args),
        Verb::Down(args) => down::run(&invocation, &args),
        Verb::Status(args) => status::run(&invocation, &args),
        Verb::Logs(args) => logs::run(&invocation, &args),
        Verb::Restart(args) => restart::run(&invocation, &args),
        Verb::Phase(args) => phase::run(&invocation, &args),
        Verb::Reset(args) => reset::run(&invocation, &args),
        Verb::Pause(args) => pause::run(&invocation, &args, pause::Wish::Pause),
        Verb::Resume(args) => pause::run(&invocation, &args, pause::Wish::Resume),
        Verb::Plan(args) => plan::run(&invocation, &args),
        Verb::Explain(args) => explain::run(&invocation, &args),
        Verb::Watchdog(args) => watchdog::run(&invocation, &args),
        Verb::Attach(args) => attach::run(&invocation, &args),
        Verb::Screen(args) => screen::run(&invocation, &args),
        Verb::Detect(args) => detect::run(&invocation, &args),
        Verb::Record(args) => record::run(&invocation, &args),
        Verb::Selftest(args) => selftest::run(&invocation, &args),
        Verb::Hook(args) => Ok(hook::run(&invocation, args)),
        Verb::Check => check::run(&invocation),
        Verb::Init(args) => init::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::Events(args) => events::run(&invocation, &args),
        Verb::Completions(args) => pages::completions(&args),
        Verb::Man(args) => pages::man(&args),
        Verb::Internal(args) => internal::run(&args),
    }
}
