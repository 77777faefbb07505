//! What the verbs take that read screens without a watchdog.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::detect::Doing;
use crate::screen::Size;

/// What `detect` takes.
#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    /// An agent that runs; or a file, which has a `/` in its name or comes with --size, --stream
    /// or --backend; or `-` for standard input
    #[arg(value_name = "FILE|NAME")]
    pub(crate) what: PathBuf,
    /// The preset to read a file by, or a backend of the config
    #[arg(long, value_name = "B")]
    pub(crate) backend: Option<String>,
    /// The terminal's size; a text's own is as long and as wide as it needs, a stream's 80x24
    #[arg(long, value_name = "COLSxROWS")]
    pub(crate) size: Option<Size>,
    /// The terminal's title at that moment; of a stream, before it begins
    #[arg(long, value_name = "T")]
    pub(crate) title: Option<String>,
    /// When the screen was seen, such as 2026-11-23T09:36:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub(crate) now: Option<Timestamp>,
    /// The file has the bytes that the program wrote from its start; gzip is understood
    #[arg(long)]
    pub(crate) stream: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `record` takes.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// An agent that runs; the beginning of its name will do when only one has it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Where to write it; a bare name goes to `detect/fixtures` beside the config
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What must be seen [default: what is seen now]
    #[arg(long, value_name = "STATE", value_parser = doing)]
    pub(crate) expect: Option<Doing>,
    /// How the screen came about, for those who read the fixture
    #[arg(long, value_name = "TEXT", default_value = "ao record")]
    pub(crate) how: String,
}

/// What `selftest` takes.
#[derive(Debug, Args)]
pub(crate) struct SelftestArgs {
    /// Only fixtures of this name: `claude-2.1.330/limit*`, `limit*`
    #[arg(value_name = "NAME-GLOB")]
    pub(crate) names: Vec<String>,
    /// Only fixtures of this backend
    #[arg(long, value_name = "B")]
    pub(crate) backend: Option<String>,
    /// Tell of every fixture
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let wrong = "expected a time with its zone, such as 2026-11-23T09:36:00Z";
    text.parse().map_err(|_| wrong.to_owned())
}

fn doing(text: &str) -> Result<Doing, String> {
    let all = Doing::ALL.into_iter();
    let mut fits = all.filter(|state| state.as_str() == text);
    fits.next().ok_or_else(|| {
        let words: Vec<&str> = Doing::ALL.iter().map(|state| state.as_str()).collect();
        format!("expected one of {}", words.join(", "))
    })
}
