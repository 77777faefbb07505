//! The command line as it was written: what verbs there are and what they take.

mod detect;
mod rules;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::Styles;
use clap::builder::styling::Style;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use detect::{DetectArgs, RecordArgs, SelftestArgs};
pub(crate) use rules::{ExplainArgs, PhaseArgs, PhaseVerb, PlanArgs, UnitNames};

use super::{duration, help};
use crate::screen::Size;

/// Headings and names stand out by weight alone, so that they are readable on any background.
const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(Style::new().bold());

/// The most agents that `demo` starts.
const DEMO_AGENTS_MAX: u64 = 500;

/// Keep fleets of terminal agents alive in tmux
///
/// ao starts what `agents.toml` names, each agent in a tmux session of its own, and a watchdog
/// that brings back at once what dies.
#[derive(Debug, Parser)]
#[command(
    name = "ao",
    version,
    styles = STYLES,
    max_term_width = 100,
    subcommand_required = false,
    after_help = help::ROOT,
    disable_help_subcommand = false
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What may stand anywhere on the command line.
#[derive(Debug, Default, Args)]
pub(crate) struct Global {
    /// The config to go by; the first one counts [default: ./agents.toml, then $AO_CONFIG, then
    /// agents.toml beside the program]
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) config: Option<PathBuf>,
}

/// What ao can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start agents and keep them running
    ///
    /// Without names: everything that is enabled, and all services. With names: those, disabled
    /// ones too, and nothing else. What already runs is left as it is. The watchdog is started
    /// where it does not run yet; `watchdog` is a name as well.
    #[command(after_help = help::UP)]
    Up(Names),
    /// Stop agents and keep them stopped
    ///
    /// Without names: everything, and the watchdog last. Processes get HUP, after 2 s TERM and
    /// after 3 s more KILL; the verb returns when they are gone. `down watchdog` leaves the
    /// agents running, with nobody who looks after them.
    #[command(after_help = help::DOWN)]
    Down(Names),
    /// Show what runs
    #[command(after_help = help::STATUS)]
    Status(StatusArgs),
    /// Show what an agent wrote
    ///
    /// NAME is an agent, a service, `watchdog`, or anything else that has a log file; the
    /// beginning of a name will do when only one has it. Follows on a terminal, prints and ends
    /// in a pipe.
    #[command(after_help = help::LOGS)]
    Logs(LogsArgs),
    /// Stop agents and start them anew
    ///
    /// Everything that a start needs is checked before the old process is ended. An agent that
    /// had failed for good gets a fresh budget of restarts.
    #[command(after_help = help::RESTART)]
    Restart(SomeNames),
    /// Show or move the phase of the loop
    ///
    /// Phases count from 0. The loop agents are started anew on the kickoff of the phase that is
    /// moved to. Without a watchdog only the number is written down, and the next one acts on it.
    #[command(after_help = help::PHASE)]
    Phase(PhaseArgs),
    /// Have what failed for good tried again
    ///
    /// An agent that was restarted too often is left alone, as failed, until a person says so.
    /// This forgets its failures and starts it, if it is wanted.
    #[command(after_help = help::RESET)]
    Reset(SomeNames),
    /// Have the watchdog do nothing about agents by itself
    ///
    /// It goes on looking and telling; it starts, ends and types nothing until `ao resume`. What
    /// you ask for by `up`, `down` and `restart` is done all the same. Without names: about
    /// everything.
    #[command(after_help = help::PAUSE)]
    Pause(UnitNames),
    /// Have the watchdog look after agents again
    ///
    /// Without names: after everything, whatever was paused by name too.
    #[command(after_help = help::RESUME)]
    Resume(UnitNames),
    /// Show how the config on disk differs from what runs
    #[command(after_help = help::PLAN)]
    Plan(PlanArgs),
    /// Tell what happened to an agent, and why
    ///
    /// From the journal, which has every decision of the watchdog and the rows of the screen that
    /// led to it. No watchdog needs to run. Without a name, or with `fleet`: of all of them.
    #[command(after_help = help::EXPLAIN)]
    Explain(ExplainArgs),
    /// Run the watchdog in the foreground
    ///
    /// `ao up` starts one in the background by itself. One watchdog runs per fleet; a second one
    /// refuses and names the first.
    #[command(after_help = help::WATCHDOG)]
    Watchdog(WatchdogArgs),
    /// Show an agent's terminal and type into it
    ///
    /// Hands over to tmux. Detach with tmux's own key, by default C-b d.
    #[command(after_help = help::ATTACH)]
    Attach(OneName),
    /// Show an agent's screen as text
    ///
    /// Of a live agent: as the watchdog sees it, from the stream of its output alone. With
    /// `--size`: the screen that a stream of a terminal program's output leaves behind; that
    /// needs neither a config nor tmux.
    #[command(after_help = help::SCREEN)]
    Screen(ScreenArgs),
    /// Tell what ao sees in a screen
    ///
    /// Of an agent that runs: as the watchdog sees it, by all that its program tells. Of a file:
    /// the text of a screen, or with `--stream` the bytes that a program wrote; that needs neither
    /// a config nor tmux.
    #[command(after_help = help::DETECT)]
    Detect(DetectArgs),
    /// Save an agent's screen as a fixture
    ///
    /// A fixture is a screen with what must be seen in it. It says what ao sees now: correct it
    /// where a person would see something else, and `ao selftest` holds ao to it from then on.
    #[command(after_help = help::RECORD)]
    Record(RecordArgs),
    /// Check that ao sees in known screens what it must
    ///
    /// Every preset has fixtures: screens with the facts that they must give. Yours are read too,
    /// from `detect/fixtures` beside the config. Needs neither a config nor tmux.
    #[command(after_help = help::SELFTEST)]
    Selftest(SelftestArgs),
    /// Read the config and name every mistake in it
    #[command(after_help = help::CHECK)]
    Check,
    /// Write a first agents.toml
    ///
    /// The directory is made if it is missing. Nothing that exists is overwritten.
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// See a fleet at work, and leave nothing behind
    ///
    /// A private tmux server, a fleet of built-in agents, and a watchdog. One dies, one dies again and
    /// again, one runs into a usage limit, one falls silent; two hand work to each other over git,
    /// through two phases. At the end it tells what happened.
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Show what happened: starts, deaths, restarts, changes of state
    #[command(after_help = help::EVENTS)]
    Events(EventsArgs),
    /// Tell the watchdog what an agent's program says in a hook
    ///
    /// For hooks of Claude Code and Codex, which a backend with `hooks = true` calls by itself. Reads
    /// one JSON object, prints nothing, ends within a second, and always with 0.
    #[command(after_help = help::HOOK)]
    Hook(HookArgs),
    /// Print the completions for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(after_help = help::MAN)]
    Man(ManArgs),
    /// What ao runs by itself
    #[command(hide = true)]
    Internal(InternalArgs),
}

/// Any number of names.
#[derive(Debug, Args)]
pub(crate) struct Names {
    /// Agents, services or `watchdog`, by their exact names
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// At least one name.
#[derive(Debug, Args)]
pub(crate) struct SomeNames {
    /// Agents or services, by their exact names
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,
}

/// One name.
#[derive(Debug, Args)]
pub(crate) struct OneName {
    /// An agent or a service; the beginning of its name will do when only one has it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// What `status` takes.
#[derive(Debug, Default, Args)]
pub(crate) struct StatusArgs {
    /// Print one JSON document; what is absent is null
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `logs` takes.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// An agent, a service, `watchdog`, or anything that has a log file
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Go on with what is written from now on, also in a pipe
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Begin with so many of the last lines
    #[arg(short = 'n', long = "lines", value_name = "N")]
    pub(crate) lines: Option<u64>,
    /// Print the bytes as the program wrote them, control sequences and all
    #[arg(long)]
    pub(crate) raw: bool,
}

/// What `hook` takes.
#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// The agent [default: $AO_AGENT]
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// The JSON object [default: standard input]
    #[arg(value_name = "JSON")]
    pub(crate) event: Option<OsString>,
}

/// What `watchdog` takes.
#[derive(Debug, Args)]
pub(crate) struct WatchdogArgs {
    /// Leave the terminal's session; `ao up` starts its watchdog so
    #[arg(long, hide = true)]
    pub(crate) detach: bool,
    /// Decide and tell what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What `init` takes.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Where to write it
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
}

/// What `demo` takes.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// How many agents; the two that hand work over are there from 8 on
    #[arg(long, value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=DEMO_AGENTS_MAX))]
    pub(crate) agents: u64,
    /// For how long: 500ms, 20s, 2m, 1h
    #[arg(long = "for", value_name = "TIME", default_value = "45s", value_parser = duration::parse)]
    pub(crate) time: Duration,
}

/// What `events` takes.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Go on with what happens from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `screen` takes.
#[derive(Debug, Args)]
pub(crate) struct ScreenArgs {
    /// An agent or a service, the beginning of its name will do; with --size a file, or `-` for
    /// standard input
    #[arg(value_name = "NAME|FILE")]
    pub(crate) what: PathBuf,
    /// Read a stream of output as a terminal of this size got it from its start
    #[arg(long, value_name = "COLSxROWS", conflicts_with = "confirm")]
    pub(crate) size: Option<Size>,
    /// Ask tmux for the screen, and judge the agent by that
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `completions` takes.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// What `man` takes.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The page of this verb instead of ao's own
    #[arg(value_name = "VERB")]
    pub(crate) verb: Option<String>,
}

/// What `internal` takes.
#[derive(Debug, Args)]
pub(crate) struct InternalArgs {
    #[command(subcommand)]
    pub(crate) verb: Internal,
}

/// What ao runs by itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Internal {
    /// Become a tmux client that dies with its parent
    Client {
        /// The process that must be this one's parent
        #[arg(long, value_name = "PID")]
        parent: i32,
        /// The soft limit of open files that it gets
        #[arg(long, value_name = "N")]
        open_files: Option<u64>,
        /// The program and its arguments
        #[arg(value_name = "ARGV", required = true, last = true)]
        argv: Vec<OsString>,
    },
    /// An agent of `ao demo`
    DemoAgent(DemoAgentArgs),
    /// Run a journal through the supervisor again, and show where it decides otherwise
    Replay {
        /// Files of a journal, the oldest first
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// What an agent of `ao demo` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoAgentArgs {
    /// Its name, shown on its screen
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// What it does
    #[arg(long, value_name = "ACT", value_enum)]
    pub(crate) act: Act,
}

/// What an agent of `ao demo` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Act {
    /// Work
    Busy,
    /// Wait for somebody to type a line
    Idle,
    /// Die once, and work in its next life
    Dies,
    /// Die whenever it is started
    Crashes,
    /// Run into a usage limit, and go on when it is asked to
    Limited,
    /// Fall silent once, and work in its next life
    Stalls,
}

/// Reads a command line, the program's name first.
///
/// # Errors
/// What clap has to say: a usage error, or the help or version text that was asked for.
pub(crate) fn parse<I>(args: I) -> Result<Cli, clap::Error>
where
    I: IntoIterator<Item = OsString>,
{
    let (config, rest) = take_config(args).map_err(config_without_value)?;
    let mut matches = Cli::command().try_get_matches_from(rest)?;
    let mut cli = Cli::from_arg_matches_mut(&mut matches)?;
    cli.global.config = config;
    Ok(cli)
}

/// Takes every `--config PATH` and `--config=PATH` out of `args`, up to a `--`; the first path
/// counts. clap would let the last one count, and it knows no option that may stand both before
/// and after the verb more than once.
///
/// # Errors
/// `--config` is the last argument, or a path is empty.
fn take_config<I>(args: I) -> Result<(Option<PathBuf>, Vec<OsString>), ConfigWithoutValue>
where
    I: IntoIterator<Item = OsString>,
{
    let mut args = args.into_iter();
    let mut first = None;
    let mut rest: Vec<OsString> = args.next().into_iter().collect();
    while let Some(arg) = args.next() {
        let path = if arg == "--" {
            rest.push(arg);
            rest.extend(args.by_ref());
            break;
        } else if arg == "--config" {
            args.next()
        } else if let Some(path) = after_prefix(&arg, b"--config=") {
            Some(path)
        } else {
            rest.push(arg);
            continue;
        };
        match path {
            Some(path) if !path.is_empty() => _ = first.get_or_insert_with(|| PathBuf::from(path)),
            _ => return Err(ConfigWithoutValue),
        }
    }
    Ok((first, rest))
}

/// `--config` stands there with no path.
#[derive(Debug, PartialEq, Eq)]
struct ConfigWithoutValue;

fn config_without_value(_: ConfigWithoutValue) -> clap::Error {
    Cli::command().error(
        clap::error::ErrorKind::InvalidValue,
        "a value is required for '--config <PATH>' but none was supplied",
    )
}

fn after_prefix(arg: &OsStr, prefix: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let rest = arg.as_bytes().strip_prefix(prefix)?;
    Some(OsString::from_vec(rest.to_vec()))
}

#[cfg(test)]
mod tests;
