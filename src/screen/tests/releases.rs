//! What releases of tmux do differently.

use super::{Rules, Screen, Size, cursor, rows};

fn screen(release: (u32, u32), bytes: &str) -> Screen {
    let rules = Rules::for_release(release.0, release.1);
    let mut screen = Screen::new(Size { cols: 9, rows: 2 }, rules);
    screen.feed_unguarded(bytes.as_bytes());
    screen
}

fn row(release: (u32, u32), bytes: &str) -> String {
    rows(&screen(release, bytes)).swap_remove(0)
}

#[test]
fn the_default_is_3_3() {
    assert_eq!(Rules::default(), Rules::for_release(3, 3));
    assert_eq!(Rules::for_release(2, 9), Rules::for_release(3, 2));
    assert_eq!(Rules::for_release(4, 0), Rules::for_release(3, 6));
}

#[test]
fn only_3_3_drops_characters_that_it_does_not_know() {
    assert_eq!(row((3, 2), "a\u{378}b"), "a\u{378}b");
    assert_eq!(row((3, 3), "a\u{378}b"), "ab");
    assert_eq!(row((3, 4), "a\u{378}b"), "a\u{378}b");
}

#[test]
fn a_joiner_joins_what_follows_from_3_3_on() {
    assert_eq!(cursor(&screen((3, 2), "👩\u{200d}💻")), (4, 0));
    assert_eq!(cursor(&screen((3, 3), "👩\u{200d}💻")), (2, 0));
    assert_eq!(cursor(&screen((3, 4), "👩\u{200d}💻")), (2, 0));
}

#[test]
fn flags_and_emoji_variants_are_wide_from_3_4_on() {
    assert_eq!(cursor(&screen((3, 3), "🇩🇪")), (2, 0));
    assert_eq!(cursor(&screen((3, 4), "🇩🇪🇫🇷")), (2, 0));
    assert_eq!(cursor(&screen((3, 3), "❤\u{fe0f}")), (1, 0));
    assert_eq!(row((3, 4), "❤\u{fe0f}x"), "❤\u{fe0f} x");
    assert_eq!(row((3, 5), "❤\u{fe0f}x"), "❤\u{fe0f}x");
}

#[test]
fn repeat_takes_any_character_from_3_5_on() {
    assert_eq!(row((3, 4), "é\x1b[2b"), "é");
    assert_eq!(row((3, 5), "é\x1b[2b"), "ééé");
}

#[test]
fn bytes_that_are_no_utf_8_are_shown_from_3_6_on() {
    let row = |minor| {
        let size = Size { cols: 9, rows: 2 };
        let mut screen = Screen::new(size, Rules::for_release(3, minor));
        screen.feed_unguarded(b"a\xffb\xe2\x96c");
        rows(&screen).swap_remove(0)
    };
    assert_eq!(row(5), "abc");
    assert_eq!(row(6), "a\u{fffd}b\u{fffd}c");
}

#[test]
fn an_osc_needs_its_semicolon_from_3_4_on() {
    assert_eq!(screen((3, 3), "\x1b]2t\x07").title(), "t");
    assert_eq!(screen((3, 4), "\x1b]2t\x07").title(), "");
}
