//! Statements about configs as a whole; each part's own are beside its code.

mod environment;
mod launching;
mod lenience;
mod mistakes;
mod names;
mod predecessor;
mod properties;
mod starting;

use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Severity};
use super::fleet::{Fleet, Loaded};
use super::overrides::Overrides;
use super::paths::Host;
use super::resolve::resolve;
use super::source::Source;

/// The least that every config needs.
const BASICS: &str = "defaults.session_prefix = \"p-\"\ndefaults.log_dir = \"logs\"\n";

/// A config that would lie in `/project`.
fn load(text: &str) -> Loaded {
    load_with(text, &Overrides::default())
}

fn load_with(text: &str, overrides: &Overrides) -> Loaded {
    load_in(Path::new("/project"), text, overrides)
}

fn load_in(dir: &Path, text: &str, overrides: &Overrides) -> Loaded {
    let path = dir.join("agents.toml");
    let source = Source::new(Path::new("agents.toml"), path, text.to_owned());
    let host = Host {
        home: Some(PathBuf::from("/home/al")),
        users: String::new(),
    };
    resolve(&source, overrides, &host)
}

/// The fleet of a config without a single mistake.
#[track_caller]
fn clean(text: &str) -> Fleet {
    let loaded = load(text);
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        rendered(&loaded.diagnostics)
    );
    loaded.fleet.expect("there is a fleet")
}

/// The fleet of a config that may have mistakes.
#[track_caller]
fn fleet(text: &str) -> Fleet {
    let loaded = load(text);
    let shown = rendered(&loaded.diagnostics);
    loaded.fleet.unwrap_or_else(|| panic!("no fleet: {shown}"))
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| format!("{diagnostic}\n"))
        .collect()
}

/// `3:7 error: message` for each diagnostic, which is what the tests compare.
fn brief(loaded: &Loaded) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let place = match &diagnostic.place {
            Some(place) => format!("{}:{}", place.line, place.column),
            None => "-".to_owned(),
        };
        format!("{place} {}: {}", diagnostic.severity, diagnostic.message)
    };
    loaded.diagnostics.iter().map(line).collect()
}

fn errors(loaded: &Loaded) -> usize {
    loaded
        .diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count()
}
