//! The options of a dialog, by their labels.
//!
//! Where an option stands says nothing: programs change the order of their menus. So the row is found
//! by its label alone, and there must be exactly one such row.

use regex::Regex;

/// Signs that mark the option that Enter would take.
const MARKS: [char; 10] = ['❯', '›', '>', '●', '○', '◉', '◯', '•', '▸', '→'];

/// Keys that are told behind a label by their names.
const KEYS: [&str; 5] = ["esc", "escape", "enter", "tab", "space"];

/// A line of a screen: the row at which it begins, and its text.
pub(super) type Line = (u16, String);

/// Where the row stands that has one of these labels.
///
/// # Errors
/// There is none, or more than one: a part of a sentence.
pub(super) fn option<'l>(lines: &'l [Line], labels: &[String]) -> Result<(usize, &'l str), String> {
    let wanted: Vec<String> = labels.iter().map(|label| folded(label)).collect();
    let is_wanted = |line: &&Line| {
        let (whole, short) = forms(&line.1);
        let (whole, short) = (folded(whole), folded(short));
        wanted
            .iter()
            .any(|label| *label == whole || *label == short)
    };
    let mut found = lines.iter().enumerate().filter(|(_, line)| is_wanted(line));
    match (found.next(), found.next()) {
        (Some((index, (_, text))), None) => Ok((index, forms(text).0)),
        (Some(_), Some(_)) => Err(format!("more than one row is labelled {}", listed(labels))),
        (None, _) => Err(format!("no option is labelled {}", listed(labels))),
    }
}

/// How to get from the option that is marked now to another: so many keys up, as a negative number, or
/// down; 0 when it is marked already.
///
/// # Errors
/// Nothing is marked.
pub(super) fn way(lines: &[Line], marker: &Regex, to: usize) -> Result<i32, String> {
    let marked = |index: &usize| marker.is_match(&lines[*index].1);
    if marked(&to) {
        return Ok(0);
    }
    let all = (0..lines.len()).filter(marked);
    // What stands further off may be anybody's prompt.
    let nearest = all.min_by_key(|index| index.abs_diff(to));
    match nearest {
        Some(index) if index > to => Ok(-1),
        Some(_) => Ok(1),
        None => Err("no option of it is marked as chosen".to_owned()),
    }
}

/// The letter that stands in brackets in the one of these labels that the last line holds.
///
/// # Errors
/// It holds none of them, or more than one, or no such letter.
pub(super) fn letter(lines: &[Line], labels: &[String]) -> Result<(char, String), String> {
    let last = lines.iter().rev().find(|(_, text)| !text.trim().is_empty());
    let line = last.map(|(_, text)| folded(text)).unwrap_or_default();
    let mut found = labels.iter().filter(|label| line.contains(&folded(label)));
    let (Some(label), None) = (found.next(), found.next()) else {
        return Err(format!("its question does not offer {}", listed(labels)));
    };
    let bracketed = label
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let mut letters = bracketed
        .map(|(letter, _)| letter.chars())
        .into_iter()
        .flatten();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphanumeric() => {
            Ok((letter.to_ascii_lowercase(), label.clone()))
        }
        _ => Err(format!("{label:?} has no letter in brackets")),
    }
}

/// What lines say apart from numbers that count up or down: two screens with the same words are of the
/// same question.
pub(super) fn words(lines: &[Line]) -> Vec<String> {
    let words = lines.iter().map(|(_, text)| {
        let text = text.chars().filter(|c| c.is_alphabetic());
        text.collect::<String>()
    });
    words.filter(|text| !text.is_empty()).collect()
}

/// The label on a row: as it stands there, and without what follows a gap or names a key.
fn forms(text: &str) -> (&str, &str) {
    let text = label(text);
    let beside = text.find("   ").map_or(text, |gap| text[..gap].trim_end());
    let key = beside
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .filter(|(_, key)| is_key(key));
    (text, key.map_or(beside, |(label, _)| label.trim_end()))
}

/// Whether words in brackets name a key, as in `(y)`, `(esc)`, `(shift+tab)`.
fn is_key(text: &str) -> bool {
    let text = text.to_lowercase();
    let one = text.chars().count() == 1;
    let held = text.contains('+') && !text.contains(char::is_whitespace);
    one || held || KEYS.contains(&text.as_str())
}

/// A row without frame, mark and number.
fn label(text: &str) -> &str {
    let is_frame = |c: char| c.is_whitespace() || matches!(c, '│' | '┃' | '║' | '|' | '▌' | '▐');
    let text = text.trim_matches(is_frame);
    let text = text.trim_start_matches(|c: char| MARKS.contains(&c) || c.is_whitespace());
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < text.len();
    let behind = digits.strip_prefix(['.', ')']).filter(|_| numbered);
    match behind.filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => rest.trim_start(),
        None => text,
    }
}

/// In lower case, with one apostrophe and single blanks.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('’', "'").to_lowercase()
}

fn listed(labels: &[String]) -> String {
    let quoted: Vec<String> = labels.iter().map(|label| format!("{label:?}")).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Signs;
    use crate::fixture::Collection;
    use crate::preset::{Choose, builtin};
    use crate::screen::{Rules, Screen};

    fn lines(rows: &[&str]) -> Vec<Line> {
        let rows = rows.iter().zip(0..);
        rows.map(|(row, y)| (y, (*row).to_owned())).collect()
    }

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[test]
    fn an_option_is_found_by_its_label_whatever_stands_around_it() {
        let yes = labels(&["Yes, I trust this folder", "Yes, proceed"]);
        for row in [
            "Yes, proceed",
            "  ❯ 1. Yes, proceed",
            "› 1. yes, PROCEED (y)",
            "│ ● 2) Yes, proceed        │",
            "  2. Yes, I trust this folder   for this time only",
        ] {
            let screen = lines(&["Do you trust it?", row, "  3. No, exit"]);
            assert_eq!(option(&screen, &yes).map(|found| found.0), Ok(1), "{row}");
        }
    }

    #[test]
    fn a_row_that_says_more_or_less_is_another_option() {
        let yes = labels(&["Yes"]);
        for row in [
            "1. Yes, and don't ask again",
            "Yesterday",
            "1. Y",
            "Do you say Yes",
            "Yes (always)",
            "Yes (and always for commands of this kind)",
        ] {
            assert!(option(&lines(&[row]), &yes).is_err(), "{row}");
        }
    }

    #[test]
    fn two_rows_with_the_label_are_none() {
        let screen = lines(&["Yes, proceed", "…", "❯ 1. Yes, proceed", "  2. No"]);
        let why = option(&screen, &labels(&["Yes, proceed"])).unwrap_err();
        assert!(why.contains("more than one"), "{why}");
    }

    #[test]
    fn the_way_leads_from_the_nearest_mark_to_the_option() {
        let marker = Regex::new(r"^\s*❯").unwrap();
        let screen = lines(&[
            "❯ an old prompt",
            "",
            "Trust?",
            "  1. Yes",
            "❯ 2. No",
            "esc",
        ]);
        assert_eq!(way(&screen, &marker, 3), Ok(-1));
        assert_eq!(way(&screen, &marker, 4), Ok(0));
        let screen = lines(&["❯ 1. No", "  2. Later", "  3. Yes"]);
        assert_eq!(way(&screen, &marker, 2), Ok(1));
        assert!(way(&lines(&["1. No", "2. Yes"]), &marker, 1).is_err());
    }

    #[test]
    fn a_letter_is_that_of_the_label_in_the_last_line() {
        let line = "Add file to the chat? (Y)es/(N)o/(D)on't ask again [Yes]:";
        let screen = lines(&["(Y)es/(N)o [Yes]: n", line, ""]);
        let found = |labels: &[String]| letter(&screen, labels).map(|found| found.0);
        assert_eq!(found(&labels(&["(N)o"])), Ok('n'));
        assert_eq!(found(&labels(&["(D)on't ask again"])), Ok('d'));
        assert!(found(&labels(&["(A)ll"])).is_err());
        assert!(found(&labels(&["(Y)es", "(N)o"])).is_err());
        assert!(found(&labels(&["No"])).is_err());
        assert!(letter(&lines(&["yes (or) no"]), &labels(&["(or)"])).is_err());
    }

    #[test]
    fn a_screen_that_counts_is_of_the_same_question() {
        let at = |row: &str| words(&lines(&[row, "❯ 1. Yes", ""]));
        assert_eq!(at("Run it? (12s)"), at("Run it? (13s)"));
        assert_ne!(at("Run ls?"), at("Run rm?"));
    }

    /// A few are pickers that offer none of the options that a preset names.
    #[test]
    fn the_options_of_recorded_dialogs_are_found() {
        let mut wrong = Vec::new();
        let mut found = 0;
        for name in Collection::Builtin.fixtures().expect("names") {
            let fixture = Collection::Builtin.read(&name).expect("a fixture");
            let Some(preset) = builtin(&fixture.backend) else {
                continue;
            };
            let dialog = fixture.expect.dialog.as_deref().unwrap_or_default();
            let Some(known) = preset.dialogs.get(dialog) else {
                continue;
            };
            if known.options.is_empty() || known.choose == Choose::Sideways {
                continue;
            }
            let mut screen = Screen::new(fixture.size, Rules::default());
            screen.feed(fixture.rows.join("\r\n").as_bytes());
            let lines = Signs::of_preset(preset.clone()).lines(&screen);
            let answers = known.options.values().map(|labels| match known.choose {
                Choose::Letter => letter(&lines, labels).map(drop),
                _ => option(&lines, labels).and_then(|(index, _)| {
                    let marker = known.marker.as_deref().ok_or("there is no marker")?;
                    way(&lines, &Regex::new(marker).expect("a pattern"), index).map(drop)
                }),
            });
            let told: Vec<_> = answers.collect();
            match told.iter().any(Result::is_ok) {
                true => found += 1,
                false => wrong.push(format!("{name}: {dialog}: {told:?}")),
            }
        }
        assert!(
            wrong.len() * 20 < found,
            "{found} can be chosen from:\n{}",
            wrong.join("\n")
        );
        assert!(found > 100, "{found}");
    }

    proptest::proptest! {
        #[test]
        fn no_screen_makes_it_panic(
            rows in proptest::collection::vec("[ ❯›│0-9.)(aYes漢\u{301}]{0,20}", 0..6),
            wanted in "[ (Ys)a漢]{0,6}",
        ) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let screen = lines(&rows);
            let wanted = labels(&[&wanted]);
            if let Ok((index, _)) = option(&screen, &wanted) {
                let _ = way(&screen, &Regex::new("❯").unwrap(), index);
            }
            let _ = (letter(&screen, &wanted), words(&screen));
        }
    }
}
