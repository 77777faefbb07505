//! Statements about configs as a whole; each part's own are beside its code.

mod environment;
mod launching;
mod lenience;
mod loading;
mod mistakes;
mod names;
mod predecessor;
mod presets;
mod properties;
mod reach;
mod rules;
mod staleness;
mod starting;
mod telling;

use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Reach, Severity};
use super::fleet::{Fleet, Loaded};
use super::names::AgentName;
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

const BACKEND: &str = "[backend.c]\nbin = \"claude\"\n";

/// A config of the least keys, a backend, and `rest`, whose first line is line 5.
fn with(rest: &str) -> String {
    format!("{BASICS}{BACKEND}{rest}")
}

fn agent(name: &str) -> Reach {
    Reach::Agent(AgentName::new(name).unwrap())
}

fn service(name: &str) -> Reach {
    Reach::Service(AgentName::new(name).unwrap())
}

/// Checks that a config has exactly this one mistake, and what it reaches.
#[track_caller]
fn only(text: &str, expected: &str, reach: &Reach) {
    let loaded = load(text);
    assert_eq!(brief(&loaded), [expected], "{text}");
    assert_eq!(loaded.diagnostics[0].reach, *reach, "{text}");
    assert!(!loaded.diagnostics[0].hint.is_empty());
    assert_eq!(loaded.fleet.is_none(), *reach == Reach::Whole, "{text}");
}
