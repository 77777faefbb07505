//! What the verbs about the watchdog's rules take.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::duration;

/// Any number of names, none of which is the watchdog's.
#[derive(Debug, Args)]
pub(crate) struct UnitNames {
    /// Agents or services, by their exact names
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// What `phase` takes.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct PhaseArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<PhaseVerb>,
}

/// What `phase` can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum PhaseVerb {
    /// Show the current phase, and all of them
    Show,
    /// Go to the phase after the current one
    Next,
    /// Go to a phase
    Set {
        /// Its number, counted from 0
        #[arg(value_name = "N", allow_negative_numbers = true)]
        index: usize,
    },
}

/// What `plan` takes.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Print one JSON document; what is absent is null
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `explain` takes.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// An agent, a service, `watchdog` or `fleet`; the beginning of a name will do when only one
    /// has it
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How far to look back: 90m, 8h, 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration::parse)]
    pub(crate) since: Duration,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}
