//! Which rows count as changed.

use super::{screen, seed, stamps};

#[test]
fn a_row_gets_another_stamp_when_its_text_changes() {
    let mut screen = screen(5, 2, "ab\r\ncd");
    let before = stamps(&screen);
    screen.feed(b"e");
    let after = stamps(&screen);
    assert_eq!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
    screen.feed(b"\x08d");
    assert!(!before.contains(&stamps(&screen)[1]));
}

#[test]
fn writing_the_same_again_changes_nothing() {
    let mut screen = screen(5, 2, "ab\r\ncd");
    let (before, revision) = (stamps(&screen), screen.revision());
    screen.feed(b"\x1b[H\x1b[31mab\x1b[m\x1b[K");
    screen.feed("\x1b[2J\x1b[Hab\r\ncd".as_bytes());
    assert_eq!(stamps(&screen), before);
    assert_eq!(screen.revision(), revision);
}

#[test]
fn a_cluster_is_compared_by_its_characters() {
    let mut screen = screen(5, 1, "e\u{301}");
    let before = stamps(&screen);
    screen.feed("\x1b[2K\re\u{301}".as_bytes());
    assert_eq!(stamps(&screen), before);
    screen.feed("\re\u{308}".as_bytes());
    assert_ne!(stamps(&screen), before);
}

#[test]
fn stamps_move_with_their_rows() {
    let mut screen = screen(5, 3, "ab\r\ncd\r\nef");
    let (before, revision) = (stamps(&screen), screen.revision());
    screen.feed(b"\n");
    assert_eq!(stamps(&screen)[..2], before[1..]);
    assert!(screen.revision() > revision);
}

#[test]
fn a_wrap_is_a_change() {
    let mut screen = screen(3, 2, "abc");
    let before = stamps(&screen)[0];
    screen.feed(b"d");
    assert_ne!(stamps(&screen)[0], before);
}

#[test]
fn rows_keep_their_stamps_behind_the_alternate_screen() {
    let mut screen = screen(5, 2, "ab\r\ncd");
    let before = stamps(&screen);
    screen.feed(b"\x1b[?1049hxy");
    assert_ne!(stamps(&screen)[0], before[0]);
    screen.feed(b"\x1b[?1049l");
    assert_eq!(stamps(&screen), before);
}

#[test]
fn a_line_has_the_key_of_its_rows() {
    let mut screen = screen(3, 4, "\r\nabcd\r\nef");
    let keys = |screen: &super::Screen| screen.lines().map(|line| line.key()).collect::<Vec<_>>();
    let before = keys(&screen);
    assert_eq!(before.len(), 3);
    screen.feed(b"\n");
    assert_eq!(keys(&screen), [before[1], before[2], before[0]]);
    screen.feed(b"\x1b[2;1Hx");
    assert_ne!(keys(&screen)[0], before[1]);
    assert_eq!(keys(&screen)[1], before[2]);
}

#[test]
fn a_seed_keeps_the_stamps_of_rows_that_stay() {
    let mut screen = screen(5, 2, "ab\r\ncd");
    let before = stamps(&screen);
    let mut seed = seed(5, 2);
    seed.rows = vec![b"ab".to_vec(), b"cx".to_vec()];
    screen.seed(&seed);
    assert_eq!(stamps(&screen)[0], before[0]);
    assert_ne!(stamps(&screen)[1], before[1]);
}
