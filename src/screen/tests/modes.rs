//! The alternate screen, saved cursors, origin mode, resets and odd sequences.

use super::{cursor, rows, screen};

#[test]
fn the_alternate_screen_is_blank_and_leaves_no_trace() {
    let on = screen(4, 2, "ab\x1b[?1049h");
    assert!(on.alternate());
    assert_eq!(rows(&on), ["", ""]);
    assert_eq!(cursor(&on), (2, 0));
    let off = screen(4, 2, "ab\x1b[?1049h\x1b[2;1Hxy\x1b[?1049l");
    assert!(!off.alternate());
    assert_eq!(rows(&off), ["ab", ""]);
    assert_eq!(cursor(&off), (2, 0));
}

#[test]
fn only_1049_restores_the_cursor() {
    assert_eq!(
        cursor(&screen(4, 2, "ab\x1b[?47h\x1b[2;1H\x1b[?47l")),
        (0, 1)
    );
    assert_eq!(
        cursor(&screen(4, 2, "ab\x1b[?1049h\x1b[?47l\x1b[H\x1b[?1049l")),
        (2, 0)
    );
}

#[test]
fn a_saved_cursor_comes_back_without_its_pending_wrap() {
    assert_eq!(cursor(&screen(4, 2, "abcd\x1b7\x1b[2;1H\x1b8")), (3, 0));
    assert_eq!(cursor(&screen(4, 2, "ab\n\x1b8")), (0, 0));
}

#[test]
fn in_origin_mode_rows_count_from_the_region() {
    let origin = "\x1b[2;3r\x1b[?6h";
    assert_eq!(cursor(&screen(4, 4, origin)), (0, 1));
    assert_eq!(cursor(&screen(4, 4, format!("{origin}\x1b[9;2H"))), (1, 2));
    assert_eq!(cursor(&screen(4, 4, format!("{origin}\x1b[2d"))), (0, 2));
    assert_eq!(cursor(&screen(4, 4, format!("{origin}\x1b[?6l"))), (0, 0));
}

#[test]
fn up_and_down_stop_at_the_region() {
    let region = "\x1b[2;3r\x1b[2;1H";
    assert_eq!(cursor(&screen(4, 4, format!("{region}\x1b[9A"))), (0, 1));
    assert_eq!(cursor(&screen(4, 4, format!("{region}\x1b[9B"))), (0, 2));
    assert_eq!(
        cursor(&screen(4, 4, format!("{region}\x1b[4;1H\x1b[9B"))),
        (0, 3)
    );
}

#[test]
fn going_to_a_row_keeps_a_wrap_pending_and_other_moves_do_not() {
    assert_eq!(cursor(&screen(3, 2, "abc\x1b[2d")), (3, 1));
    assert_eq!(cursor(&screen(3, 2, "abc\x1b[A")), (2, 0));
    assert_eq!(cursor(&screen(3, 2, "abc\x1b[C")), (2, 0));
    assert_eq!(cursor(&screen(3, 2, "abc\x1b[D")), (2, 0));
}

#[test]
fn a_reset_clears_all_but_the_title_and_the_alternate_screen() {
    let screen = screen(4, 2, "\x1b]2;t\x07\x1b[?1049hab\x1b[1;2r\x1b[?6;7l\x1bc");
    assert!(screen.alternate());
    assert_eq!(screen.title(), "t");
    assert_eq!(rows(&screen), ["", ""]);
    assert_eq!(cursor(&screen), (0, 0));
}

#[test]
fn sequences_that_tmux_does_not_know_show_nothing() {
    for sequence in [
        "\x1b[!p", "\x1b[2$p", "\x1b[3I", "\x1b[>1u", "\x1b%G", "\x1bN", "\x1b[?5n",
    ] {
        assert_eq!(
            rows(&screen(9, 1, format!("a{sequence}b"))),
            ["ab"],
            "{sequence:?}"
        );
    }
}

#[test]
fn a_sequence_with_too_much_in_it_is_ignored() {
    for sequence in [
        format!("\x1b[{}H", "1;".repeat(23)),
        "\x1b[2147483648C".to_owned(),
        format!("\x1b[{}C", "0".repeat(64)),
        "\x1b[    q".to_owned(),
    ] {
        assert_eq!(
            rows(&screen(9, 1, format!("a{sequence}b"))),
            ["ab"],
            "{sequence:?}"
        );
    }
    assert_eq!(
        cursor(&screen(9, 2, format!("ab\x1b[{}H", "1;".repeat(22)))),
        (0, 0)
    );
}

#[test]
fn controls_act_within_a_sequence() {
    assert_eq!(rows(&screen(9, 2, "ab\x1b[\r1Cx")), ["ax", ""]);
    assert_eq!(rows(&screen(9, 1, "ab\x1b[1\x18Cx")), ["abCx"]);
}

#[test]
fn strings_show_nothing() {
    for string in [
        "\x1bP1;2qabc\x1b\\",
        "\x1bXabc\x1b\\",
        "\x1b^abc\x1b\\",
        "\x1bkabc\x1b\\",
    ] {
        assert_eq!(
            rows(&screen(9, 1, format!("a{string}b"))),
            ["ab"],
            "{string:?}"
        );
    }
    // Within a DCS only a lone ESC and a backslash are its end.
    assert_eq!(
        rows(&screen(9, 1, "a\x1bPq\x1b[Hx\x1b\x1b\\y\x1b\\b")),
        ["ab"]
    );
}

#[test]
fn a_string_without_an_end_can_be_given_up() {
    let mut screen = screen(9, 1, "a\x1b]0;t");
    assert!(screen.in_string());
    screen.give_up_string();
    assert!(!screen.in_string());
    screen.feed(b"b");
    assert_eq!(rows(&screen), ["ab"]);
    assert_eq!(screen.title(), "");
}
