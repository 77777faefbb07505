//! Statements about patterns. That they mean what they mean in Python is for the comparison with
//! `python3` in the integration tests.

use super::engine::Engine;
use super::*;

fn pattern(text: &str) -> Pattern {
    Pattern::compile(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_is_wrong_is_told_where_it_is_with_a_hint() {
    for (text, offset, message) in [
        ("a(b", 1, "the group is not ended"),
        ("a)b", 1, "no group ends here"),
        ("é)", 2, "no group ends here"),
        ("ab[c", 2, "the set of characters is not ended"),
        ("a[z-b]", 2, "the range of characters runs backwards"),
        (r"x\qy", 1, r"there is no escape `\q`"),
        (
            r"x\N{EM DASH}",
            1,
            r"characters cannot be named by \N{…} here",
        ),
        (
            r"[\N{EM DASH}]",
            1,
            r"characters cannot be named by \N{…} here",
        ),
        (r"ab\z", 2, r"there is no escape `\z`"),
        (r"ab\", 2, "it ends with a backslash"),
        ("a|*", 2, "nothing stands before `*` that could be repeated"),
        ("a**", 2, "this is repeated already"),
        (
            "a{3,1}",
            1,
            "the least number of times is larger than the most",
        ),
        ("a{1001}", 1, "it is repeated more than 1000 times"),
        ("(?L)a", 2, "the flag L is for bytes, not for text"),
        ("a(?i)", 1, "flags of the whole pattern stand at its start"),
        ("(?<n>a)", 0, "a group is named as in Python"),
        (r"(a)\2", 3, "there is no group `2`"),
        ("(?P=n)", 4, "there is no group `n`"),
        (
            r"(a\1)",
            2,
            "what a group matched is not known before it ends",
        ),
        (
            "x(?<=a+)",
            1,
            "a lookbehind must always have the same length",
        ),
    ] {
        let error = Pattern::compile(text).map(|_| ()).unwrap_err();
        assert_eq!(
            (error.offset, error.message.as_str()),
            (offset, message),
            "{text}"
        );
        assert!(!error.hint.is_empty(), "{text}");
    }
}

#[test]
fn what_would_take_too_much_is_refused() {
    let too_much = [
        "a".repeat(TEXT_MAX + 1),
        "(".repeat(200) + &")".repeat(200),
        "(?(1)".repeat(5000),
        r"(?:\w{1000}){1000}".to_owned(),
        r"(?=a)(?:(?:(?:b(?!c)){1000}){1000}){1000}".to_owned(),
    ];
    for text in too_much {
        assert!(Pattern::compile(&text).is_err(), "{:.40}", text);
    }
}

#[test]
fn what_is_not_compiled_at_once_is_never_too_large() {
    for set in [
        r"\w",
        r"\W",
        r"[^\W\d]",
        r"[\w\s]",
        "[à-\u{10ffff}]",
        r"\b\w",
        "[!-~]",
        "[^a]",
        "✻",
        "k",
    ] {
        let untried = |count: &usize| {
            let node = parse::parse(&set.repeat(*count), Flags::default()).unwrap();
            width::parts(&node) <= PARTS_SAFE
        };
        let most = (1..).take_while(untried).last().unwrap();
        assert!(
            pattern(&set.repeat(most)).plain.get().is_some(),
            "{most} times {set}"
        );
    }
}

#[test]
fn what_can_be_matched_in_linear_time_is() {
    let linear = |text: &str| matches!(pattern(text).plain.get(), Some(Engine::Linear(_)));
    for text in [
        r"\bworking\b",
        "a$",
        r"^\s*a\Z",
        "(?P<n>a)|(b)",
        "(?i:a)+?",
        r"\✻",
    ] {
        assert!(linear(text), "{text}");
    }
    for text in [
        "(?=a)",
        "(?<!a)b",
        r"(a)\1",
        "(a)?(?(1)b|c)",
        "(?>a)",
        "a++",
    ] {
        assert!(!linear(text), "{text}");
    }
}

#[test]
fn a_pattern_is_of_lines_if_nothing_in_it_can_be_a_newline_or_an_edge_of_the_text() {
    for text in [
        "a.b",
        r"\w+\b \d",
        r"\S",
        "[^\\n]x",
        "(?m)^a$",
        "(?<=a)b(?!c)",
        "[a-z ]",
    ] {
        assert_eq!(pattern(text).scope(), Scope::Line, "{text}");
    }
    for text in [
        r"a\sb", "[^a]", r"\D", r"\W", "(?s).", "^a", "a$", r"\Aa", r"a\Z", r"a(?=\s)", r"\n",
    ] {
        assert_eq!(pattern(text).scope(), Scope::Text, "{text}");
    }
}

#[test]
fn a_line_says_what_it_can_of_the_whole_text() {
    for (text, line, says) in [
        ("limit", "the limit", LineSays::Match),
        ("limit", "the", LineSays::Nothing),
        (r"limit\s+reached", "limit reached", LineSays::Match),
        (r"limit\s+reached", "has reached", LineSays::Perhaps),
        (r"limit\s+reached", "the limit", LineSays::Nothing),
        (
            r"limit\s+reached(?!\s+not)",
            "limit reached",
            LineSays::Perhaps,
        ),
        (r"limit\Z", "limit", LineSays::Perhaps),
        (r"limit\Z", "none", LineSays::Nothing),
        (r"\s", "none", LineSays::Perhaps),
        (r"(?:a\s)*", "none", LineSays::Match),
        (r"(?:limit\s|quota\s)+", "quota", LineSays::Perhaps),
        (r"(?:limit\s|quota\s)+", "none", LineSays::Nothing),
        ("(?<!no )limit", "no limit", LineSays::Nothing),
        ("(?<!no )limit", "limit", LineSays::Match),
    ] {
        assert_eq!(pattern(text).try_line(line), says, "{text} in {line}");
    }
}

#[test]
fn a_search_that_takes_too_long_gives_up() {
    let hostile = "a".repeat(80);
    let pattern = pattern(r"(?<!a)(?:a|aa)+\b(?=!)");
    assert_eq!(pattern.search(&hostile), Outcome::GaveUp);
    assert_eq!(pattern.try_line(&hostile), LineSays::GaveUp);
    assert_eq!(pattern.search("aaa!"), Outcome::Match(0..3));
}

#[test]
fn edges_of_lines_count_only_where_asked_for() {
    let claim = Pattern::compile_multi_line("^claim").unwrap();
    assert_eq!(claim.search("fix: x\nCLAIM: y"), Outcome::Match(7..12));
    assert_eq!(
        pattern("^claim").search("fix: x\nclaim: y"),
        Outcome::NoMatch
    );
}
