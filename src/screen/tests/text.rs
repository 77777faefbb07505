//! Characters and where they go.

use super::{cursor, lines, rows, screen};

#[test]
fn text_wraps_only_when_the_next_character_comes() {
    let full = screen(5, 2, "abcde");
    assert_eq!(rows(&full), ["abcde", ""]);
    assert_eq!(cursor(&full), (5, 0));
    let wrapped = screen(5, 2, "abcdef");
    assert_eq!(rows(&wrapped), ["abcde", "f"]);
    assert_eq!(cursor(&wrapped), (1, 1));
}

#[test]
fn a_wrapped_text_is_one_line() {
    let screen = screen(5, 3, "ab   cd\r\nef");
    assert_eq!(rows(&screen), ["ab", "cd", "ef"]);
    assert_eq!(lines(&screen), ["ab   cd", "ef"]);
    let line = screen.lines().next().unwrap();
    assert_eq!((line.first_row(), line.row_count()), (0, 2));
}

#[test]
fn without_autowrap_the_last_cell_is_written_again() {
    let screen = screen(5, 2, "\x1b[?7labcdefg");
    assert_eq!(rows(&screen), ["abcdg", ""]);
    assert_eq!(cursor(&screen), (4, 0));
}

#[test]
fn a_wide_character_takes_two_cells_and_wraps_whole() {
    assert_eq!(cursor(&screen(5, 2, "a界")), (3, 0));
    let wrapped = screen(5, 2, "abcd界");
    assert_eq!(rows(&wrapped), ["abcd", "界"]);
    assert_eq!(lines(&wrapped), ["abcd界"]);
}

#[test]
fn half_of_a_wide_character_goes_with_the_other() {
    assert_eq!(rows(&screen(6, 1, "a界b\x1b[1;2Hx")), ["ax b"]);
    assert_eq!(rows(&screen(6, 1, "a界b\x1b[1;3Hx")), ["a xb"]);
    assert_eq!(rows(&screen(6, 1, "界界\x1b[1;2H字")), [" 字"]);
}

#[test]
fn at_the_left_edge_tmux_leaves_the_other_half() {
    assert_eq!(rows(&screen(6, 1, "界b\x1b[1;2Hx")), ["界xb"]);
}

#[test]
fn marks_join_the_character_left_of_the_cursor() {
    let screen = screen(6, 1, "e\u{301}a");
    assert_eq!(rows(&screen), ["e\u{301}a"]);
    assert_eq!(cursor(&screen), (2, 0));
    assert_eq!(rows(&super::screen(6, 1, "\u{301}a")), ["a"]);
}

#[test]
fn a_joiner_joins_what_follows_to_the_character_before() {
    let screen = screen(6, 1, "👩\u{200d}💻!");
    assert_eq!(rows(&screen), ["👩\u{200d}💻!"]);
    assert_eq!(cursor(&screen), (3, 0));
}

#[test]
fn a_cell_takes_21_bytes_of_marks_and_no_more() {
    let screen = screen(6, 1, format!("e{}", "\u{301}".repeat(50)));
    assert_eq!(rows(&screen), [format!("e{}", "\u{301}".repeat(10))]);
}

#[test]
fn invalid_utf_8_and_unknown_characters_are_dropped() {
    assert_eq!(
        rows(&screen(9, 1, b"a\xffb\xc0\x80c\xed\xa0\x80d")),
        ["abcd"]
    );
    assert_eq!(rows(&screen(9, 1, "a\u{85}b\u{2028}c\u{378}d")), ["abcd"]);
    assert_eq!(rows(&screen(9, 1, b"a\xe2\x96b")), ["ab"]);
}

#[test]
fn a_character_survives_a_sequence_within() {
    assert_eq!(rows(&screen(9, 1, b"\xe2\x1b[m\x96\x88")), ["█"]);
}

#[test]
fn line_drawing_keeps_its_letters() {
    assert_eq!(rows(&screen(9, 1, "\x1b(0lqk\x1b(Bx")), ["lqkx"]);
}

#[test]
fn repeat_fills_to_the_edge_at_most_and_only_after_ascii() {
    assert_eq!(rows(&screen(6, 2, "a\x1b[99b")), ["aaaaaa", ""]);
    assert_eq!(rows(&screen(6, 1, "a\x1b[2b\x1b[2b")), ["aaa"]);
    assert_eq!(rows(&screen(6, 1, "é\x1b[2b")), ["é"]);
    assert_eq!(rows(&screen(6, 1, "a\x1b[?1J\x1b[2b")), ["aaa"]);
}

#[test]
fn tabs_move_and_write_nothing() {
    let screen = screen(20, 1, "a\tb\x1b[1;5H\x1bH\r\tx");
    assert_eq!(rows(&screen), ["a   x   b"]);
    assert_eq!(cursor(&super::screen(20, 1, "\t\t\t\t")), (19, 0));
    assert_eq!(cursor(&super::screen(20, 1, "\x1b[3g\t")), (19, 0));
    assert_eq!(cursor(&super::screen(20, 1, "\x1b[1;20H\x1b[2Z")), (8, 0));
}

#[test]
fn backspace_goes_back_over_a_wrap() {
    assert_eq!(cursor(&screen(3, 2, "abcd\x08\x08")), (2, 0));
    assert_eq!(cursor(&screen(3, 2, "abc\r\nd\x08\x08")), (0, 1));
}

#[test]
fn one_column_is_enough() {
    assert_eq!(rows(&screen(1, 3, "ab")), ["a", "b", ""]);
    assert_eq!(screen(1, 3, "界\x1b[4h界\x1b[9@x").size().cols, 1);
}
