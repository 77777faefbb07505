//! `ao selftest`: whether ao sees in every fixture what it must.

mod report;

use std::io::Write as _;

use self::report::Report;
use super::args::SelftestArgs;
use super::detect::backends::Backends;
use super::message::{Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, terminal};
use crate::config::fits;
use crate::fixture::{Collection, DIRECTORY, Fixture, FixtureError, Package, Trial};

pub(crate) fn run(invocation: &Invocation, args: &SelftestArgs) -> Outcome {
    let backends = Backends::find(invocation)?;
    let mut report = Report::default();
    try_all(&Collection::Builtin, "", &backends, args, &mut report)?;
    if let Some(own) = backends.config.as_deref().and_then(Collection::beside) {
        let prefix = format!("{DIRECTORY}/");
        try_all(&own, &prefix, &backends, args, &mut report)?;
    }
    if report.is_empty() && !(args.names.is_empty() && args.backend.is_none()) {
        return Err(Failure::usage("no fixture is called so")
            .hint("`ao selftest --verbose` lists them all"));
    }
    let text = if args.json {
        let json = terminal::json(&report.document());
        json.map_err(|e| Failure::new(format!("a defect of ao: no JSON of this: {e}")))? + "\n"
    } else {
        report.text(args.verbose)
    };
    let mut out = terminal::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| stdout_failed(&e))?;
    Ok(if report.failed() {
        Exit::FAILED
    } else {
        Exit::DONE
    })
}

/// Tries the fixtures of a collection that are asked for.
fn try_all(
    collection: &Collection,
    prefix: &str,
    backends: &Backends,
    args: &SelftestArgs,
    report: &mut Report,
) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("no fixtures: {error}"));
    let is_builtin = *collection == Collection::Builtin;
    for name in collection.fixtures().map_err(unreadable)? {
        let shown = format!("{prefix}{name}");
        if !args.names.is_empty() && !args.names.iter().any(|glob| is_meant(glob, &shown)) {
            continue;
        }
        match collection.read(&name) {
            Ok(fixture) => {
                if args.backend.as_ref().is_some_and(|b| *b != fixture.backend) {
                    continue;
                }
                let trials = trials(collection, &name, &fixture, backends);
                report.add(shown, is_builtin, &fixture, trials);
            }
            // Whose it is cannot be told.
            Err(error) => report.broken(shown, error.to_string()),
        }
    }
    if args.names.is_empty() && args.backend.is_none() {
        for path in collection.packages().map_err(unreadable)? {
            let package = collection.text(&path).map_err(|error| error.to_string());
            let package =
                package.and_then(|text| Package::parse(&text).map_err(|error| error.to_string()));
            if let Err(error) = package {
                report.broken(format!("{prefix}{path}"), error);
            }
        }
    }
    Ok(())
}

fn trials(
    collection: &Collection,
    name: &str,
    fixture: &Fixture,
    backends: &Backends,
) -> Result<Vec<Trial>, FixtureError> {
    let signs = backends.signs(&fixture.backend).ok_or_else(|| {
        let name = fixture.backend.escape_debug();
        FixtureError(format!("there is no backend `{name}`"))
    })?;
    Trial::all(collection, name, fixture, &signs)
}

/// A glob is for the whole name, or for the end of it that begins behind a `/`.
fn is_meant(glob: &str, name: &str) -> bool {
    let ends = name.match_indices('/').map(|(at, _)| &name[at + 1..]);
    std::iter::once(name)
        .chain(ends)
        .any(|name| fits(glob, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_means_a_name_or_its_end() {
        let name = "detect/fixtures/claude-2/limit-80x24";
        for glob in [
            name,
            "*",
            "limit*",
            "claude-*/limit*",
            "fixtures/claude-2/*",
        ] {
            assert!(is_meant(glob, name), "{glob}");
        }
        for glob in ["limit", "imit*", "claude-2", ""] {
            assert!(!is_meant(glob, name), "{glob}");
        }
    }
}
