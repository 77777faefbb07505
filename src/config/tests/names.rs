//! Names on the command line.

use super::*;

const FLEET: &str = r#"
[backend.b]
bin = "x"
[[agent]]
name = "builder"
backend = "b"
[[agent]]
name = "build"
backend = "b"
[[agent]]
name = "broken"
backend = "none"
[[service]]
name = "db"
command = "x"
"#;

fn the_fleet() -> Fleet {
    fleet(&format!("{BASICS}{FLEET}"))
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whom a verb that reads would show.
fn shown(names: &[&str]) -> Result<Vec<String>, String> {
    let found = the_fleet()
        .matching(&words(names))
        .map_err(|error| error.to_string())?;
    Ok(found
        .iter()
        .map(|known| known.as_str().to_owned())
        .collect())
}

#[test]
fn an_exact_name_comes_first() {
    assert_eq!(shown(&["build"]).unwrap(), ["build"]);
    assert_eq!(shown(&["watchdog"]).unwrap(), ["watchdog"]);
}

#[test]
fn a_verb_that_reads_takes_beginnings_and_globs() {
    assert_eq!(shown(&["d"]).unwrap(), ["db"]);
    assert_eq!(shown(&["builde"]).unwrap(), ["builder"]);
    assert_eq!(
        shown(&["bu*", "db", "d?"]).unwrap(),
        ["builder", "build", "db"]
    );
    assert_eq!(
        shown(&["br"]).unwrap(),
        ["broken"],
        "what is broken can still be looked at"
    );
}

#[test]
fn a_beginning_of_several_names_is_refused_with_the_names() {
    let error = shown(&["b"]).unwrap_err();
    assert!(error.contains("builder, build, broken"), "{error}");
}

#[test]
fn an_unknown_name_is_refused_with_the_known() {
    for error in [
        shown(&["nobody"]).unwrap_err(),
        shown(&["x*"]).unwrap_err(),
        shown(&[""]).unwrap_err(),
    ] {
        assert!(
            error.contains("builder, build, broken, db, watchdog"),
            "{error}"
        );
    }
    let error = shown(&["biulder"]).unwrap_err();
    assert!(error.contains("did you mean `builder`?"), "{error}");
    let error = shown(&["\u{1b}[2J"]).unwrap_err();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

#[test]
fn a_verb_that_acts_takes_exact_names_only() {
    let fleet = the_fleet();
    assert!(fleet.named(&words(&["buil"])).is_err());
    assert!(fleet.named(&words(&["b*"])).is_err());
    let found = fleet
        .named(&words(&["db", "broken", "db", "watchdog"]))
        .unwrap();
    let found: Vec<_> = found.iter().map(|known| known.as_str()).collect();
    assert_eq!(found, ["db", "broken", "watchdog"]);
}
