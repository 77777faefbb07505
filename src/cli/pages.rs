//! What is generated from the definitions of the command line: help, completions, manual pages.

use std::io::Write as _;

use clap::{Command, CommandFactory};

use super::args::{Cli, CompletionsArgs, ManArgs};
use super::message::{Exit, Failure, Outcome, stdout_failed};
use super::terminal;

/// The help of `ao` itself.
pub(crate) fn help() -> Outcome {
    let text = Cli::command().render_long_help();
    write!(terminal::stdout(), "{}", text.ansi()).map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

/// The completions for a shell, without what only ao itself runs.
pub(crate) fn completions(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut visible(), "ao", &mut script);
    std::io::stdout()
        .write_all(&script)
        .map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

/// The manual page of `ao`, or of one verb.
pub(crate) fn man(args: &ManArgs) -> Outcome {
    let mut command = Cli::command();
    command.build();
    let page = match &args.verb {
        None => command,
        Some(verb) => verb_page(&command, verb)?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|e| stdout_failed(&e))?;
    std::io::stdout()
        .write_all(&text)
        .map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

fn verb_page(command: &Command, verb: &str) -> Result<Command, Failure> {
    let found = command
        .get_subcommands()
        .find(|c| is_shown(c) && c.get_name() == verb);
    let Some(found) = found else {
        let known: Vec<&str> = command
            .get_subcommands()
            .filter(|c| is_shown(c))
            .map(Command::get_name)
            .collect();
        return Err(Failure::usage(format!("there is no verb `{verb}`"))
            .hint(format!("the verbs are {}", known.join(", "))));
    };
    Ok(found.clone().version(env!("CARGO_PKG_VERSION")))
}

/// The command line without its hidden verb, which the generators of completions would show.
fn visible() -> Command {
    let command = Cli::command();
    let mut visible = Command::new("ao")
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments().cloned())
        .subcommands(
            command
                .get_subcommands()
                .filter(|verb| is_shown(verb))
                .cloned(),
        );
    if let Some(about) = command.get_about() {
        visible = visible.about(about.clone());
    }
    visible
}

fn is_shown(verb: &Command) -> bool {
    !verb.is_hide_set() && verb.get_name() != "help"
}
