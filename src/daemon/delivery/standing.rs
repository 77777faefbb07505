//! What stands in the input of a program whose preset says where that is.

use super::draft;
use super::glance::{Cell, Glance, text};
use super::probe::solid;
use crate::preset::Input;

/// How many letters and digits of a text tell that it is this one.
const PART_MIN: usize = 16;

/// The input as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// The text that is neither a hint nor the program's own; empty when the input is.
    pub(super) text: String,
}

impl Standing {
    /// None where the input is not shown.
    pub(super) fn of(input: &Input, seen: &Glance) -> Option<Self> {
        let rows: Vec<String> = seen.rows.iter().map(|row| text(row)).collect();
        let (first, end) = range(input, &rows)?;
        let mut parts: Vec<&[Cell]> = Vec::new();
        for (y, row) in rows.iter().enumerate().take(end).skip(first) {
            let prompt = match input.first.find(row) {
                Some(found) if y == first || input.above.is_none() => {
                    row[..found.end()].chars().count()
                }
                _ => 0,
            };
            parts.push(&seen.rows[y][prompt..]);
        }
        cut_foot(input, &mut parts);
        let typed: Vec<String> = parts
            .iter()
            .map(|row| draft::typed(unframed(row)))
            .collect();
        let text = typed.join(" ").trim().to_owned();
        Some(Self { text })
    }

    /// Whether nothing is typed there.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it is this text or a good part of it, given its letters and digits: programs scroll
    /// what is long.
    pub(super) fn is_of(&self, whole: &[char]) -> bool {
        let shown = solid(self.text.chars());
        let enough = shown.len() >= PART_MIN.min(whole.len());
        !shown.is_empty() && enough && whole.windows(shown.len()).any(|part| *part == shown)
    }
}

/// The first row of the input, and the one behind its last.
fn range(input: &Input, rows: &[String]) -> Option<(usize, usize)> {
    let matches = |y: usize| input.first.is_match(&rows[y]);
    let is_first = |y: usize| match &input.above {
        None => matches(y),
        Some(above) => matches(y) && y > 0 && above.is_match(&rows[y - 1]),
    };
    let end = |y: usize| match &input.below {
        None => {
            let rest = rows[y + 1..].iter();
            let blank = rest.clone().position(|row| row.trim().is_empty());
            Some(y + 1 + blank.unwrap_or(rest.len()))
        }
        Some(below) => {
            let mut rest = rows[y + 1..].iter();
            rest.position(|row| below.is_match(row))
                .map(|further| y + 1 + further)
        }
    };
    let (mut first, end) = (0..rows.len())
        .rev()
        .filter(|y| is_first(*y))
        .find_map(|y| Some((y, end(y)?)))?;
    while input.above.is_none() && first > 0 && matches(first - 1) {
        first -= 1;
    }
    Some((first, end))
}

/// Leaves out what the program writes at the end of its input.
fn cut_foot(input: &Input, parts: &mut Vec<&[Cell]>) {
    let is_blank = |row: &[Cell]| unframed(row).iter().all(|cell| cell.c.is_whitespace());
    for _ in 0..input.foot {
        let Some(last) = parts.iter().rposition(|row| !is_blank(row)) else {
            return;
        };
        if last == 0 || is_blank(parts[last - 1]) {
            parts.truncate(last);
        }
    }
}

/// A row without the sides of a frame around it.
fn unframed(row: &[Cell]) -> &[Cell] {
    let solid = |cell: &Cell| !cell.c.is_whitespace();
    let mut row = row;
    if let Some(first) = row.iter().position(solid)
        && draft::is_side(row[first].c)
    {
        row = &row[first + 1..];
    }
    if let Some(last) = row.iter().rposition(solid)
        && draft::is_side(row[last].c)
    {
        row = &row[..last];
    }
    row
}

#[cfg(test)]
mod tests {
    use super::super::glance::tests::glance;
    use super::*;
    use crate::preset::builtin;

    fn shown(preset: &str, rows: &[&str]) -> Option<String> {
        let preset = builtin(preset).unwrap();
        let standing = Standing::of(preset.input().unwrap(), &glance(rows));
        standing.map(|standing| standing.text)
    }

    const RULE: &str = "────────────────────────────────────────";

    #[test]
    fn a_draft_of_several_rows_is_told_whole() {
        let rows = [RULE, "❯ one two", "  three", "", "  four", RULE, "  ? help"];
        assert_eq!(shown("claude", &rows).unwrap(), "one two three  four");
        let rows = ["• Done.", "", "› one", "  two", "", "  model · ~/dir"];
        assert_eq!(shown("codex", &rows).unwrap(), "one two");
    }

    #[test]
    fn a_hint_is_no_text_and_neither_is_the_programs_own_row() {
        let rows = [RULE, "❯ «Try \"edit main.rs\"»", RULE];
        assert_eq!(shown("claude", &rows).unwrap(), "");
        let rows = [
            "  ┃  said before",
            "",
            "  ┃",
            "  ┃  «Ask anything…»",
            "  ┃",
            "  ┃  Build · Model",
            "  ╹▀▀▀▀▀▀▀▀",
            "  ctrl+p commands",
        ];
        assert_eq!(shown("opencode", &rows).unwrap(), "");
        let mut rows = rows;
        rows[3] = "  ┃  a draft";
        assert_eq!(shown("opencode", &rows).unwrap(), "a draft");
    }

    #[test]
    fn the_chosen_option_of_a_dialog_is_no_draft_of_claude() {
        let rows = ["Do you want to proceed?", "❯ 1. Yes", "  2. No"];
        assert_eq!(shown("claude", &rows), None);
        assert_eq!(shown("claude", &[RULE, "❯ 1. Yes", "  2. No"]), None);
    }

    #[test]
    fn a_person_s_earlier_prompt_is_not_the_input() {
        let rows = ["❯ said before", "", "● Done.", RULE, "❯ ", RULE];
        assert_eq!(shown("claude", &rows).unwrap(), "");
        let rows = ["❯ said before", "● Done."];
        assert_eq!(shown("claude", &rows), None);
    }

    /// What stands in the input on a screen of 80x24 that was recorded with its attributes.
    fn recorded(preset: &str, screen: &str) -> Option<String> {
        let rows = screen.lines().map(|row| row.as_bytes().to_vec()).collect();
        let seen = Glance::of(&crate::tmux::Screen {
            rows,
            history: 0,
            cursor: (0, 0),
            cursor_shown: false,
            alternate: true,
            size: (80, 24),
            in_mode: false,
            dead: false,
            pid: None,
        });
        let preset = builtin(preset).unwrap();
        Standing::of(preset.input().unwrap(), &seen).map(|standing| standing.text)
    }

    macro_rules! recorded {
        ($preset:literal, $name:literal) => {
            recorded(
                $preset,
                include_str!(concat!("screens/", $preset, "-", $name, ".ansi")),
            )
            .as_deref()
        };
    }

    #[test]
    fn recorded_programs_that_are_idle_have_an_empty_input() {
        assert_eq!(recorded!("claude", "2.1.330-idle-fresh"), Some(""));
        assert_eq!(recorded!("claude", "2.1.197-idle-fresh"), Some(""));
        assert_eq!(recorded!("codex", "0.169.0-idle-fresh"), Some(""));
        assert_eq!(recorded!("gemini", "0.61.0-idle-fresh"), Some(""));
        assert_eq!(recorded!("opencode", "1.18.33-idle-fresh"), Some(""));
    }

    #[test]
    fn recorded_programs_that_hold_a_queued_text_have_an_empty_input() {
        assert_eq!(recorded!("claude", "2.1.330-working-queued"), Some(""));
        assert_eq!(recorded!("codex", "0.169.0-working-queued"), Some(""));
        assert_eq!(recorded!("gemini", "0.61.0-working-queued"), Some(""));
        assert_eq!(recorded!("opencode", "1.18.33-working-queued"), Some(""));
    }

    #[test]
    fn recorded_drafts_are_told_word_for_word() {
        let docs = Some("and also update the docs");
        assert_eq!(recorded!("claude", "2.1.330-working-typing"), docs);
        assert_eq!(recorded!("claude", "2.1.197-working-typing"), docs);
        assert_eq!(recorded!("codex", "0.169.0-working-typing"), docs);
        let docs = Some("and also the docs");
        assert_eq!(recorded!("gemini", "0.61.0-working-typing"), docs);
        assert_eq!(recorded!("opencode", "1.18.33-working-typing"), docs);
        let going_on = Some("keep going please");
        assert_eq!(recorded!("claude", "2.1.330-sub-limit-draft"), going_on);
        let pasted = Some("[Pasted text #2 +59 lines]");
        assert_eq!(recorded!("claude", "2.1.330-pasted-big"), pasted);
    }

    #[test]
    fn a_recorded_dialog_hides_the_input_or_leaves_what_is_no_empty_one() {
        assert_eq!(recorded!("claude", "2.1.330-approval-bash"), None);
        assert_eq!(recorded!("claude", "2.1.197-approval-bash"), None);
        assert_eq!(recorded!("opencode", "1.18.33-approval-bash"), None);
        assert_ne!(recorded!("codex", "0.169.0-approval-exec"), Some(""));
        assert_ne!(recorded!("gemini", "0.61.0-approval-shell"), Some(""));
    }

    proptest::proptest! {
        #[test]
        fn no_screen_makes_it_panic(
            rows in proptest::collection::vec("[ >❯›│─┃╹▀▄¦«»a漢\u{301}\x1b;0-9m]{0,30}", 0..8),
        ) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            for preset in ["claude", "codex", "gemini", "opencode"] {
                let _ = shown(preset, &rows);
            }
        }
    }
}
