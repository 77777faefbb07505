//! Patterns against `python3`: the same are refused, and the others find the same.
//!
//! What remains different is in the table of the room `pattern`; [`DIFFERENT`] has an example of
//! each row, and the test fails if one of them is no longer different.

use std::io::Write;
use std::process::{Command, Stdio};

use ao::pattern::{LineSays, Outcome, Pattern, Scope};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::pattern_cases::{DIFFERENT, TEXTS, patterns};

/// What Python says of a pattern: `None` if it refuses it, else the span in each text, in bytes.
type Verdict = Option<Vec<Option<(usize, usize)>>>;

/// Reads `[[pattern, flags], …]` and texts, and answers with spans in UTF-8.
const ASK: &str = r#"
import json, re, sys, warnings
warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
answers = []
for pattern, multi_line in asked["patterns"]:
    try:
        compiled = re.compile(pattern, re.I | (re.M if multi_line else 0))
    except (re.error, OverflowError, ValueError, RecursionError):
        answers.append(None)
        continue
    spans = []
    for text in asked["texts"]:
        found = compiled.search(text)
        spans.append(found and [len(text[:end].encode()) for end in found.span()])
    answers.append(spans)
json.dump(answers, sys.stdout)
"#;

fn python(script: &str, input: &Value) -> Value {
    // Before 3.11 there were no atomic groups, and flags could stand anywhere.
    let script = format!("import sys\nassert sys.version_info >= (3, 11), sys.version\n{script}");
    let child = Command::new("python3")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.expect("python3 is needed to judge patterns: sh .ci/install");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("python3 ends");
    writer.join().expect("no panic").expect("python3 reads");
    assert!(
        output.status.success(),
        "python3 failed; it must be 3.11 or later"
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn verdicts(patterns: &[(String, bool)], texts: &[String]) -> Vec<Verdict> {
    let answers = python(ASK, &json!({ "patterns": patterns, "texts": texts }));
    serde_json::from_value(answers).expect("spans")
}

fn ours((pattern, multi_line): &(String, bool), texts: &[String]) -> Verdict {
    let compiled = match multi_line {
        true => Pattern::compile_multi_line(pattern),
        false => Pattern::compile(pattern),
    };
    let compiled = compiled.ok()?;
    let span = |text: &String| match compiled.search(text) {
        Outcome::Match(found) => Some((found.start, found.end)),
        Outcome::NoMatch => None,
        Outcome::GaveUp => panic!("{pattern:?} gave up on {text:?}"),
    };
    Some(texts.iter().map(span).collect())
}

/// One line for each pattern that is judged differently.
fn differences(patterns: &[(String, bool)], texts: &[String]) -> Vec<String> {
    let mut different = Vec::new();
    for (asked, theirs) in patterns.iter().zip(verdicts(patterns, texts)) {
        let pattern = &asked.0;
        match (theirs, ours(asked, texts)) {
            (None, None) => {}
            (Some(_), None) => {
                let error = Pattern::compile(pattern).map(|_| ()).unwrap_err();
                different.push(format!("{pattern:?}: refused here: {error}"));
            }
            (None, Some(_)) => different.push(format!("{pattern:?}: taken here")),
            (Some(theirs), Some(ours)) => {
                let texts = texts.iter().zip(theirs.iter().zip(&ours));
                let first = texts.into_iter().find(|(_, (theirs, ours))| theirs != ours);
                different.extend(first.map(|(text, (theirs, ours))| {
                    format!("{pattern:?} in {text:?}: Python {theirs:?}, here {ours:?}")
                }));
            }
        }
    }
    different
}

fn asked<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Vec<(String, bool)> {
    let both = |pattern: &str| [(pattern.to_owned(), false), (pattern.to_owned(), true)];
    patterns.into_iter().flat_map(both).collect()
}

fn texts() -> Vec<String> {
    TEXTS.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn patterns_find_what_they_find_in_python() {
    let different = differences(&asked(patterns()), &texts());
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn what_the_table_says_is_different_is_different() {
    for (pattern, text) in DIFFERENT {
        let different = differences(&[((*pattern).to_owned(), false)], &[(*text).to_owned()]);
        assert_eq!(
            different.len(),
            1,
            "{pattern:?} in {text:?} is as in Python"
        );
    }
}

/// The characters that Python knows, by kind; and those with case, each with all that it matches
/// in any case.
const CHARACTERS: &str = r#"
import json, re, sys, unicodedata
known = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs")]
text = "".join(known)
kinds = {kind: "".join(re.findall(kind, text)) for kind in (r"\w", r"\d", r"\s", r"(?a)\w", r"(?a)\d", r"(?a)\s")}
cased = "".join(c for c in known if c.lower() != c or c.upper() != c)
folds = {c: "".join(re.findall(re.escape(c), cased, re.I)) for c in cased}
json.dump({"known": text, "kinds": kinds, "cased": cased, "folds": folds}, sys.stdout)
"#;

/// All matches of a pattern that matches single characters.
fn characters(pattern: &str, text: &str) -> String {
    let compiled = Pattern::compile(pattern).expect("a pattern");
    let mut found = String::new();
    let mut from = 0;
    while let Outcome::Match(range) = compiled.search(&text[from..]) {
        found.push_str(&text[from..][range.clone()]);
        from += range.end;
    }
    found
}

#[test]
fn every_character_is_of_the_kinds_and_cases_that_it_has_in_python() {
    let told = python(CHARACTERS, &json!(null));
    let known = told["known"].as_str().expect("a text");
    for (kind, theirs) in told["kinds"].as_object().expect("kinds") {
        assert_eq!(
            &characters(kind, known),
            theirs.as_str().expect("a text"),
            "{kind}"
        );
    }
    let cased = told["cased"].as_str().expect("a text");
    let mut different = Vec::new();
    for (character, theirs) in told["folds"].as_object().expect("folds") {
        let ours = characters(character, cased);
        if ours != theirs.as_str().expect("a text") {
            different.push(format!("{character}: Python {theirs}, here {ours}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Patterns of random pieces, some of which are none.
fn random_pattern() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = "a b K ß é _ - . .* \\d \\w \\w+ \\S \\s \\b \\B \\n [ab] [^a] [a-c_] [^\\n] [\\s-] ^ $ \\A \\Z \
        (a|b) (?:a|ab) (?=b) (?!a) (?<=a) (?<=ab) (?<!b) \\1 \\2 (?i:k) (?-i:K) (?m:^) (?s:.) (?a:\\w) (?x:#) \
        ( (?: ) | { } {1,2} {,2} {3} * + ? *? +? ++ (?>a+) (?> [ ] \\✻ (?#x) (?(1)a|b) (?P<x>a) (?P=x) \
        (|a) (a*) (?:a|) (b?) (?= (?! (?<= (?<!"
        .split_ascii_whitespace()
        .chain([" "])
        .collect();
    let refers = |pattern: &str| {
        ["\\1", "\\2", "(?(", "(?P="]
            .iter()
            .any(|way| pattern.contains(way))
    };
    let repeats = |pattern: &str| {
        [")*", ")+", ")?", "){"]
            .iter()
            .any(|way| pattern.contains(way))
    };
    prop::collection::vec(prop::sample::select(pieces), 1..9)
        .prop_map(|pieces| pieces.concat())
        // What a repeated group matched last is a row of the table.
        .prop_filter("what a repeated group matched", move |pattern| {
            !refers(pattern) || !repeats(pattern)
        })
}

fn random_patterns(count: usize) -> Vec<(String, bool)> {
    let mut runner = TestRunner::deterministic();
    let mut pattern = || Some(random_pattern().new_tree(&mut runner).ok()?.current());
    (0..count)
        .map(|_| (pattern().expect("a pattern"), false))
        .collect()
}

fn random_texts() -> Vec<String> {
    let texts = [
        "a",
        "ab",
        "abab b\n",
        "aab_bé\nKba\n",
        "b-a K ſß",
        "\n\na{b}",
        "✻ a|b)",
        "ae\u{301}b b\u{200d}a‿",
        "##a 3",
    ];
    texts.map(str::to_owned).into()
}

#[test]
fn random_patterns_find_what_they_find_in_python() {
    let different = differences(&random_patterns(2000), &random_texts());
    assert!(
        different.is_empty(),
        "{} of them:\n{}",
        different.len(),
        different.join("\n")
    );
}

/// The first match that is found by looking at one line after the other.
fn by_lines(pattern: &Pattern, text: &str) -> Outcome {
    let mut start = 0;
    for line in text.split('\n') {
        if let Outcome::Match(found) = pattern.search(line) {
            return Outcome::Match(start + found.start..start + found.end);
        }
        start += line.len() + 1;
    }
    Outcome::NoMatch
}

#[test]
fn a_pattern_of_lines_finds_the_same_line_by_line_and_no_line_says_what_is_wrong() {
    let texts: Vec<String> = random_texts().into_iter().chain(texts()).collect();
    let listed = patterns().map(str::to_owned);
    let random = random_patterns(2000)
        .into_iter()
        .map(|(pattern, _)| pattern);
    for written in listed.chain(random) {
        let Ok(pattern) = Pattern::compile(&written) else {
            continue;
        };
        for text in &texts {
            let found = pattern.search(text);
            if pattern.scope() == Scope::Line {
                assert_eq!(by_lines(&pattern, text), found, "{written:?} in {text:?}");
            }
            let says = |such| text.split('\n').any(|line| pattern.try_line(line) == such);
            let matches = found != Outcome::NoMatch;
            assert!(matches || !says(LineSays::Match), "{written:?} in {text:?}");
            let may = says(LineSays::Match) || says(LineSays::Perhaps);
            assert!(may || !matches, "{written:?} in {text:?}");
        }
    }
}
