//! What a program wrapped is one line again.

use crate::detect::lines::Lines;
use crate::preset::Preset;
use crate::screen::{Rules, Screen, Size};

/// The lines of a screen of so many columns.
fn lines(cols: u16, rows: &[&str]) -> Vec<String> {
    let preset = Preset::parse("name = \"t\"\nabout = \"t\"").expect("a preset");
    let mut screen = Screen::new(Size::new(cols, 24), Rules::for_release(3, 3));
    screen.feed(rows.join("\r\n").as_bytes());
    let mut lines = Lines::default();
    lines.look(preset.rules(), &screen);
    let solid = lines.list.iter().filter(|line| !line.blank);
    let text = |line: &crate::detect::lines::Line| {
        let mut text = String::new();
        line.text(&screen, &mut text);
        text
    };
    solid.map(text).collect()
}

#[test]
fn a_banner_over_three_rows_is_one_line() {
    let rows = [
        "■ You’ve hit your usage limit. Upgrade",
        "to Pro (https://example.com/pro) or try",
        "again at 12:51 PM.",
        "",
        "› write",
    ];
    let joined = "■ You’ve hit your usage limit. Upgrade to Pro (https://example.com/pro) or try \
                  again at 12:51 PM.";
    assert_eq!(lines(40, &rows), [joined, "› write"]);
    assert_eq!(lines(80, &rows).len(), 4, "there it would have fitted");
}

#[test]
fn what_begins_with_a_mark_or_further_left_begins_a_line() {
    for next in [
        "● done and so on",
        "1. the first of",
        "- one of them",
        "2) second",
        "⎿ out",
    ] {
        let rows = ["a line that takes all of the width here", next];
        assert_eq!(lines(40, &rows), rows, "{next}");
    }
    let rows = ["  a line that takes all of the width he", "and more"];
    assert_eq!(lines(40, &rows), rows);
    for next in ["12:51 PM.", "(see there)", "“quoted”", "3 of them"] {
        let rows = ["a line that takes all of the width here", next];
        assert_eq!(lines(40, &rows).len(), 1, "{next}");
    }
}

#[test]
fn a_frame_is_cut_off_and_wraps_at_its_own_edge() {
    let rows = [
        "╭────────────────────────────╮",
        "│ > Usage limit reached for  │",
        "│   everything.              │",
        "│ * no                       │",
        "╰────────────────────────────╯",
    ];
    let seen = lines(60, &rows);
    assert_eq!(seen[1], "> Usage limit reached for everything.");
    assert_eq!(seen[2], "* no");
    let rows = ["┃  one side alone is a frame as we", "┃  ll", "not framed"];
    assert_eq!(
        lines(34, &rows),
        ["one side alone is a frame as we ll", "not framed"]
    );
    assert_eq!(lines(40, &["a │ b │"]), ["a │ b │"], "a table is none");
}

#[test]
fn rules_are_lines_of_their_own() {
    let rule = "─".repeat(40);
    let rows = [&rule, "text that stands below", &rule];
    assert_eq!(lines(40, &rows), rows);
}

#[test]
fn a_text_of_many_rows_is_bounded() {
    let row = "word word word word word word word word";
    let rows = vec![row; 24];
    assert_eq!(lines(40, &rows).len(), 2);
}
