//! Whether a person's half-typed text stands in a program's input.
//!
//! There is no sure way to see that, and a draft that is none would keep every text away. So only
//! what clearly is a draft counts: text behind a prompt.
//!
//! - Where the cursor is shown, it is in the input: what stands between the prompt and the cursor is
//!   the draft. What stands behind the cursor is a hint.
//! - Where it is hidden, or in a place without a prompt on the alternate screen, the program draws
//!   its input itself: a row that begins with a prompt, lowest on the screen, in a frame or
//!   with a sign that nothing else uses. What of it is neither dim nor in swapped colours is the draft.

use super::glance::{Cell, Glance, text};

/// Signs that are a prompt when they stand alone.
const SIGNS: [char; 8] = ['>', '❯', '›', '»', '$', '#', '%', 'λ'];

/// Signs that begin the input of programs which draw it themselves, and no line of a text.
const OWN_SIGNS: [char; 2] = ['❯', '›'];

/// How long a draft is told.
const TOLD_MAX: usize = 60;

/// The draft that stands in the input, as far as it can be seen. `empty` is what stood before the
/// cursor when the input was known to be empty.
pub(super) fn draft(seen: &Glance, empty: Option<&str>) -> Option<String> {
    let mut line = seen.before_cursor();
    if seen.cursor_shown && prompt(&line).is_none() {
        let longer = seen.before_cursor_over_blanks();
        if prompt(&longer).is_some() {
            line = longer;
        }
    }
    let prompt = if seen.cursor_shown {
        let written = text(&line);
        if empty.is_some_and(|empty| empty.trim_end() == written.trim_end()) {
            return None;
        }
        let known = empty.and_then(|empty| known_prompt(&written, empty));
        known.or_else(|| prompt(&line))
    } else {
        None
    };
    let typed = match prompt {
        Some(end) => typed(&line[end..]),
        None if seen.cursor_shown && !seen.alternate => return None,
        None => typed(&composer(seen)?.1),
    };
    (!typed.is_empty()).then_some(typed)
}

/// Whether a text stands in the input, not submitted: its beginning or its end is given, letters and
/// digits alone.
pub(super) fn still_holds(seen: &Glance, head: &[char], tail: &[char]) -> bool {
    if seen.cursor_shown {
        let line = seen.before_cursor_over_blanks();
        if super::probe::solid(line.iter().map(|cell| cell.c)).ends_with(tail) {
            return true;
        }
        if !seen.alternate {
            return false;
        }
    }
    composer(seen).is_some_and(|(row, _)| {
        let rows = seen.rows[row..].iter().take_while(|row| !is_rule(row));
        let solid = super::probe::solid(rows.flatten().map(|cell| cell.c));
        solid.starts_with(head)
    })
}

/// As it is told to people: one line, not long.
pub(super) fn told(draft: &str) -> String {
    let words: Vec<&str> = draft.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= TOLD_MAX {
        return line;
    }
    let cut: String = line.chars().take(TOLD_MAX).collect();
    format!("{cut}…")
}

/// The text that a person typed of some cells, as far as it is no hint.
pub(super) fn typed(cells: &[Cell]) -> String {
    let first = cells.iter().position(|cell| cell.is_typed());
    let last = cells.iter().rposition(|cell| cell.is_typed());
    let Some((first, last)) = first.zip(last) else {
        return String::new();
    };
    let typed = cells[first..=last]
        .iter()
        .filter(|cell| cell.is_typed() || cell.c.is_whitespace());
    typed.map(|cell| cell.c).collect()
}

/// Where the prompt ends, in characters, that is known from when the input was empty.
fn known_prompt(line: &str, empty: &str) -> Option<usize> {
    let is_prompt = empty.trim_end().ends_with(SIGNS);
    (is_prompt && line.starts_with(empty)).then(|| empty.chars().count())
}

/// Where the prompt at the beginning of a line ends.
fn prompt(line: &[Cell]) -> Option<usize> {
    let end_of = |from: usize| {
        let length = line[from..].iter().position(|cell| cell.c.is_whitespace());
        length.map_or(line.len(), |length| from + length)
    };
    let mut start = first_in_frame(line)?;
    let mut end = end_of(start);
    // The name of an environment, as in `(venv) user@host:~$`.
    if line[start].c == '(' && line[end - 1].c == ')' {
        start = end
            + line[end..]
                .iter()
                .position(|cell| !cell.c.is_whitespace())?;
        end = end_of(start);
    }
    if line[start].c == '[' {
        let close = line[start..].iter().position(|cell| cell.c == ']')?;
        end = end_of(start + close);
    }
    let word: Vec<char> = line[start..end].iter().map(|cell| cell.c).collect();
    is_prompt(&word).then_some(end)
}

/// Whether a word at the beginning of a line is a prompt.
fn is_prompt(word: &[char]) -> bool {
    let (Some(first), Some(last)) = (word.first(), word.last()) else {
        return false;
    };
    let name = &word[..word.len() - 1];
    if !SIGNS.contains(last) {
        return false;
    }
    if name.is_empty() {
        return true;
    }
    let of_shell = || name.iter().any(|c| "@:~/.-]".contains(*c));
    match last {
        // `>>>`, `name>`; no tag, no arrow.
        '>' => *first != '<' && !name.iter().all(|c| "-=".contains(*c)),
        // `50%` and `C#` are text.
        '%' | '#' => of_shell() && !first.is_ascii_digit(),
        '$' => of_shell() || name.iter().all(|c| c.is_alphanumeric()),
        _ => true,
    }
}

/// The first character of a row that is neither blank nor a frame's side.
fn first_in_frame(row: &[Cell]) -> Option<usize> {
    let first = row.iter().position(|cell| !cell.c.is_whitespace())?;
    if !is_side(row[first].c) {
        return Some(first);
    }
    let inside = row[first + 1..]
        .iter()
        .position(|cell| !cell.c.is_whitespace())?;
    Some(first + 1 + inside)
}

/// The input that a program draws itself: its row, and what stands behind its prompt.
fn composer(seen: &Glance) -> Option<(usize, Vec<Cell>)> {
    let is_rule_at = |row: Option<usize>| {
        let row = row.and_then(|row| seen.rows.get(row));
        row.is_some_and(|row| is_rule(row))
    };
    (0..seen.rows.len()).rev().find_map(|y| {
        let row = &seen.rows[y];
        let sign = first_in_frame(row)?;
        let in_frame = is_side(row.iter().find(|cell| !cell.c.is_whitespace())?.c);
        let framed = in_frame || is_rule_at(y.checked_sub(1)) || is_rule_at(Some(y + 1));
        let begins = OWN_SIGNS.contains(&row[sign].c) || row[sign].c == '>' && framed;
        let mut rest = row[sign + 1..].to_vec();
        if !begins || rest.first().is_some_and(|cell| !cell.c.is_whitespace()) {
            return None;
        }
        if rest.last().is_some_and(|cell| is_side(cell.c)) {
            rest.pop();
        }
        Some((y, rest))
    })
}

/// The left or right side of a frame.
pub(super) fn is_side(c: char) -> bool {
    matches!(c, '│' | '┃' | '║' | '▌' | '▐' | '|')
}

/// Whether a row is a line across, perhaps with a word in it.
fn is_rule(row: &[Cell]) -> bool {
    let drawn = |cell: &&Cell| matches!(cell.c, '\u{2500}'..='\u{259f}') && !is_side(cell.c);
    row.iter().filter(drawn).count() >= 8
}

#[cfg(test)]
mod tests {
    use super::super::glance::tests::glance;
    use super::*;

    fn found(rows: &[&str]) -> Option<String> {
        draft(&glance(rows), None)
    }

    #[test]
    fn text_between_a_prompt_and_the_cursor_is_a_draft() {
        for (row, expected) in [
            ("> fix the¦", "fix the"),
            ("❯ fix the ¦", "fix the"),
            ("› a¦", "a"),
            ("│ > fix¦            │", "fix"),
            ("$ git st¦", "git st"),
            ("# reboot¦", "reboot"),
            (">>> 1 + 1¦", "1 + 1"),
            ("ready> and then¦", "and then"),
            ("user@host:~/src$ make¦", "make"),
            ("(venv) user@host:~$ make¦", "make"),
            ("[root@host my dir]# ls¦", "ls"),
            ("bash-5.2$ ls¦", "ls"),
            ("host% ls¦", ""),
            ("zsh-host% ls¦", "ls"),
            ("> git commit -m \"a > b¦", "git commit -m \"a > b"),
            ("❯ fix the¦ «in main.rs»", "fix the"),
        ] {
            let expected = Some(expected.to_owned()).filter(|draft| !draft.is_empty());
            assert_eq!(found(&["old", row]), expected, "{row}");
        }
        let long = format!("> {}", "a".repeat(38));
        assert_eq!(
            found(&[&long, "bc¦"]),
            Some(format!("{}bc", "a".repeat(38)))
        );
    }

    #[test]
    fn a_draft_that_wraps_right_at_a_blank_is_one() {
        let row = format!("> {} ", "a".repeat(37));
        let expected = Some(format!("{}bc", "a".repeat(37)));
        assert_eq!(found(&["old", row.trim_end(), "bc¦"]), expected);
        let shorter = format!("> {}", "a".repeat(36));
        assert_eq!(found(&[&shorter, "bc¦"]), None, "that row ends by itself");
        let holds = still_holds(&glance(&[row.trim_end(), "bc¦"]), &['x'], &['a', 'b', 'c']);
        assert!(holds);
    }

    #[test]
    fn a_prompt_without_text_and_text_without_a_prompt_are_none() {
        for row in [
            "> ¦",
            "❯ ¦«Try \"edit main.rs\"»",
            "❯ ¦Try this",
            "│ > ¦«Type your message» │",
            "user@host:~$ ¦",
            ">>> ¦",
            "Working on a > b¦",
            "50% done¦",
            "C# is a language¦",
            "<html> text¦",
            "-> arrow¦",
            "Password: ¦",
            "a line of output¦",
            "done. ¦",
            "¦",
        ] {
            assert_eq!(found(&["> old", row]), None, "{row}");
        }
    }

    #[test]
    fn what_stood_there_when_the_input_was_empty_is_no_draft() {
        let at = |row: &str, empty: &str| draft(&glance(&[row]), Some(empty));
        assert_eq!(at("ready> always here ¦", "ready> always here "), None);
        assert_eq!(
            at("my own prompt> now this¦", "my own prompt> ").unwrap(),
            "now this"
        );
        assert_eq!(at("my own prompt> ¦", "my own prompt> "), None);
        assert_eq!(at("Loading...¦", "Loading"), None, "that was no prompt");
        assert_eq!(
            at("> text¦", "").unwrap(),
            "text",
            "the usual signs count as well"
        );
    }

    #[test]
    fn where_the_cursor_is_hidden_the_lowest_framed_prompt_is_the_input() {
        let rule = "────────────────────────────────────────";
        let hint = "  ? for shortcuts";
        let found_in = |input: &str| found(&["> an older turn", "", rule, input, rule, hint]);
        assert_eq!(found_in("> fix").as_deref(), Some("fix"));
        assert_eq!(found_in("❯ fix the  bug").as_deref(), Some("fix the  bug"));
        assert_eq!(found_in("❯ \x1b[7mT\x1b[0m«ry \"edit main.rs\"»"), None);
        assert_eq!(found_in("❯ «Try this»"), None);
        assert_eq!(found_in("«❯»\u{a0}"), None, "as Claude paints it");
        assert_eq!(found_in("«❯»\u{a0}fix").as_deref(), Some("fix"));
        assert_eq!(found_in("❯ \x1b[7m \x1b[0m"), None);
        assert_eq!(found_in("❯ a\x1b[7m \x1b[0m").as_deref(), Some("a"));
        assert_eq!(
            found(&["╭──────────╮", "│ > fix    │", "╰──────────╯"]).as_deref(),
            Some("fix")
        );
        assert_eq!(
            found(&["╭──────────╮", "│ > «Type» │", "╰──────────╯"]),
            None
        );
        assert_eq!(
            found(&["text", "", "› fix", "", "  footer"]).as_deref(),
            Some("fix")
        );
        assert_eq!(found(&["text", "> a quotation", "more"]), None);
        assert_eq!(found(&["text", "❯fix"]), None);
        assert_eq!(
            found(&["❯ 1. Yes", "  2. No"]).as_deref(),
            Some("1. Yes"),
            "a choice"
        );
    }

    #[test]
    fn a_shown_cursor_elsewhere_leaves_the_input_to_the_alternate_screen_alone() {
        let rows = ["text", "› fix", "", "¦footer"];
        assert_eq!(found(&rows), None);
        let mut seen = glance(&rows);
        seen.alternate = true;
        assert_eq!(draft(&seen, None).as_deref(), Some("fix"));
    }

    #[test]
    fn a_text_that_was_not_submitted_is_seen_in_the_input() {
        let (head, tail) = (['b', 'e', 'g'], ['e', 'n', 'd']);
        let holds = |rows: &[&str]| still_holds(&glance(rows), &head, &tail);
        assert!(holds(&["ready> beg to the end.¦"]));
        assert!(!holds(&["ready> beg to the end.", "ready> ¦"]));
        assert!(!holds(&["ready> beg to the end.", "¦"]));
        assert!(holds(&["› beg to", "  the end"]));
        assert!(!holds(&["› beg to the end", "• ok", "› «hint»"]));
    }

    proptest::proptest! {
        #[test]
        fn no_screen_makes_it_panic(
            rows in proptest::collection::vec("[ >❯›$#%│─¦«»()\\[\\]a漢\u{301}\x1b;0-9m]{0,30}", 0..6),
            empty in "[> a]{0,5}",
        ) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let mut seen = glance(&rows);
            for alternate in [false, true] {
                seen.alternate = alternate;
                let _ = draft(&seen, Some(&empty));
                let _ = still_holds(&seen, &['a'], &['a']);
            }
        }
    }

    #[test]
    fn a_draft_is_told_in_one_short_line() {
        assert_eq!(told("a  b"), "a b");
        assert_eq!(told(&"é".repeat(99)).chars().count(), TOLD_MAX + 1);
    }
}
