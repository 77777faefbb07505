//! The table of what ao promises to the people who have an `agents.toml` from before it, and where
//! each promise is tested. It is in `behaviour.txt`; what stands here keeps it true.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("behaviour.txt");

/// How many statements there are.
const STATEMENTS: u32 = 136;

/// What is said about one statement.
#[derive(Debug, Default)]
struct Statement<'t> {
    defect: bool,
    kept: Vec<&'t str>,
    better: Vec<&'t str>,
}

fn table() -> BTreeMap<u32, Statement<'static>> {
    let mut statements: BTreeMap<u32, Statement<'_>> = BTreeMap::new();
    let mut last = 0;
    let lines = TABLE.lines().map(str::trim_end);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(tests) = line.strip_prefix("  as: ") {
            let last = statements.get_mut(&last).expect("a statement before");
            last.kept.extend(tests.split(' '));
        } else if let Some(tests) = line.strip_prefix("  better: ") {
            let last = statements.get_mut(&last).expect("a statement before");
            last.better.extend(tests.split(' '));
        } else {
            let (number, about) = line.split_once(' ').expect("a number and words");
            last = number.parse().expect("a number");
            let statement = Statement {
                defect: about.starts_with("[B] "),
                ..Statement::default()
            };
            let twice = statements.insert(last, statement);
            assert!(twice.is_none(), "{last} stands there twice");
        }
    }
    statements
}

/// The names of all tests below a directory, of whichever kind.
fn tests_below(dir: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests_below(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            names.extend(tests_in(&text).map(str::to_owned));
        }
    }
}

/// The functions that an attribute `#[test]`, or a runtime's own, stands before.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let mut marked = false;
    text.lines().filter_map(move |line| {
        let line = line.trim_start();
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let (_, rest) = line.split_once("fn ").filter(|_| marked)?;
        marked = false;
        rest.split('(').next()
    })
}

#[test]
fn every_statement_has_a_test_that_proves_it_or_shows_what_is_better() {
    let table = table();
    for number in 1..=STATEMENTS {
        let statement = table.get(&number);
        let statement = statement.unwrap_or_else(|| panic!("{number} is missing"));
        let tests = statement.kept.len() + statement.better.len();
        assert!(tests > 0, "{number} has no test");
        assert!(
            !statement.defect || !statement.better.is_empty(),
            "{number} is a defect, and no test shows what is better"
        );
    }
    assert_eq!(table.len(), STATEMENTS as usize, "and nothing else");
}

#[test]
fn every_test_that_the_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for dir in ["src", "tests", "protocol"] {
        tests_below(&root.join(dir), &mut known);
    }
    let table = table();
    let named = table.iter().flat_map(|(number, statement)| {
        let tests = statement.kept.iter().chain(&statement.better);
        tests.map(move |test| (number, *test))
    });
    let missing: Vec<_> = named.filter(|(_, test)| !known.contains(*test)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}
