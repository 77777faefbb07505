//! Rows that are moved, inserted, deleted and cleared.

use super::{cursor, lines, rows, screen};

#[test]
fn a_line_feed_scrolls_the_region_only() {
    let screen = screen(3, 4, "a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3;1H\ne");
    assert_eq!(rows(&screen), ["a", "c", "e", "d"]);
}

#[test]
fn a_region_of_one_row_is_refused() {
    let screen = screen(3, 3, "a\x1b[2;2r");
    assert_eq!(cursor(&screen), (1, 0));
}

#[test]
fn reverse_index_scrolls_down_at_the_top() {
    assert_eq!(rows(&screen(3, 3, "a\r\nb\x1b[H\x1bMc")), ["c", "a", "b"]);
}

#[test]
fn rows_are_inserted_and_deleted_within_the_region() {
    let four = "a\r\nb\r\nc\r\nd\x1b[1;3r\x1b[2;1H";
    assert_eq!(
        rows(&screen(3, 4, format!("{four}\x1b[L"))),
        ["a", "", "b", "d"]
    );
    assert_eq!(
        rows(&screen(3, 4, format!("{four}\x1b[M"))),
        ["a", "c", "", "d"]
    );
    assert_eq!(
        rows(&screen(3, 4, format!("{four}\x1b[99M"))),
        ["a", "", "", "d"]
    );
}

#[test]
fn outside_the_region_inserting_all_rows_does_nothing() {
    let screen = screen(3, 4, "a\r\nb\r\nc\r\nd\x1b[1;2r\x1b[3;1H\x1b[9L");
    assert_eq!(rows(&screen), ["a", "b", "c", "d"]);
}

#[test]
fn scrolling_by_sequence_moves_the_region() {
    let three = "a\r\nb\r\nc";
    assert_eq!(
        rows(&screen(3, 3, format!("{three}\x1b[S"))),
        ["b", "c", ""]
    );
    assert_eq!(
        rows(&screen(3, 3, format!("{three}\x1b[2T"))),
        ["", "", "a"]
    );
}

#[test]
fn characters_are_inserted_deleted_and_erased() {
    assert_eq!(rows(&screen(6, 1, "abcdef\x1b[1;3H\x1b[2@")), ["ab  cd"]);
    assert_eq!(rows(&screen(6, 1, "abcdef\x1b[1;3H\x1b[2P")), ["abef"]);
    assert_eq!(rows(&screen(6, 1, "abcdef\x1b[1;3H\x1b[2X")), ["ab  ef"]);
    assert_eq!(rows(&screen(6, 1, "abcd\x1b[1;2H\x1b[4hXY")), ["aXYbcd"]);
}

#[test]
fn inserting_as_many_cells_as_there_are_does_nothing() {
    assert_eq!(rows(&screen(6, 1, "abcdef\x1b[1;3H\x1b[9@")), ["abcdef"]);
}

#[test]
fn rows_and_the_screen_are_cleared_in_part() {
    let full = "abc\r\nabc\r\nabc\x1b[2;2H";
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[K"))),
        ["abc", "a", "abc"]
    );
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[1K"))),
        ["abc", "  c", "abc"]
    );
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[2K"))),
        ["abc", "", "abc"]
    );
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[J"))),
        ["abc", "a", ""]
    );
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[1J"))),
        ["", "  c", "abc"]
    );
    assert_eq!(rows(&screen(3, 3, format!("{full}\x1b[2J"))), ["", "", ""]);
    assert_eq!(
        rows(&screen(3, 3, format!("{full}\x1b[3J"))),
        ["abc", "abc", "abc"]
    );
}

#[test]
fn clearing_the_next_row_ends_a_wrapped_line() {
    assert_eq!(lines(&screen(3, 3, "abcd\x1b[2K")), ["abc", "", ""]);
    assert_eq!(lines(&screen(3, 3, "abcd\r\x1b[K")), ["abc", "", ""]);
    assert_eq!(lines(&screen(3, 3, "abcd\x1b[1;1H\x1b[K")), ["", "d", ""]);
    assert_eq!(
        lines(&screen(3, 3, "abcdef\x1b[1;2H\x1b[K")),
        ["a  def", ""]
    );
}

#[test]
fn the_alignment_test_fills_the_screen() {
    let screen = screen(3, 2, "ab\x1b#8");
    assert_eq!(rows(&screen), ["EEE", "EEE"]);
    assert_eq!(cursor(&screen), (0, 0));
}
