//! What any stream can make of the model.

use super::super::Signal;
use super::{Rules, Screen, Size, rows, screen, stamps};

#[test]
fn an_overlong_string_is_dropped_whole() {
    let mut screen = screen(9, 1, "");
    screen.feed_unguarded(b"\x1b]2;");
    screen.feed_unguarded(&vec![b'x'; 1_048_573]);
    screen.feed_unguarded(b"\x07");
    assert_eq!(screen.title().len(), 4096);
    screen.feed_unguarded(b"\x1b]2;");
    screen.feed_unguarded(&vec![b'y'; 1_048_574]);
    screen.feed_unguarded(b"\x07a");
    assert!(screen.title().starts_with('x'));
    assert_eq!(rows(&screen), ["a"]);
}

#[test]
fn only_the_newest_signals_are_kept() {
    let mut screen = screen(9, 1, "");
    for i in 0..1000 {
        screen.feed(format!("\x1b]7501;{i}\x07").as_bytes());
    }
    let signals = screen.take_signals();
    assert_eq!(signals.len(), 64);
    assert_eq!(signals.last(), Some(&Signal::Status(b"999".to_vec())));
    assert!(screen.take_signals().is_empty());
}

#[test]
fn large_signals_are_bounded_by_their_bytes() {
    let mut screen = screen(9, 1, "");
    for _ in 0..64 {
        screen.feed(format!("\x1b]7501;{}\x07", "x".repeat(4096)).as_bytes());
    }
    assert_eq!(screen.take_signals().len(), 16);
    screen.feed(format!("\x1b]7501;{}\x07", "x".repeat(4097)).as_bytes());
    assert!(screen.take_signals().is_empty());
}

#[test]
fn a_stack_of_titles_forgets_the_oldest() {
    let mut screen = screen(9, 1, "");
    for i in 0..100 {
        screen.feed(format!("\x1b]2;{i}\x07\x1b[22;2t").as_bytes());
    }
    for _ in 0..100 {
        screen.feed(b"\x1b[23;2t");
    }
    assert_eq!(screen.title(), "68");
}

#[test]
fn clusters_that_were_overwritten_take_no_memory() {
    let mut screen = screen(80, 24, "");
    for _ in 0..200 {
        screen.feed("e\u{301}".repeat(2000).as_bytes());
    }
    assert_eq!(rows(&screen)[3], "e\u{301}".repeat(80));
    assert!(screen.terminal.clusters.len() <= 4 * 80 * 24);
}

#[test]
fn a_screen_of_80_by_24_is_small() {
    let mut screen = screen(80, 24, "x\x1b[?1049hy");
    screen.feed("some text\r\n".repeat(100).as_bytes());
    assert!(screen.memory() < 25 * 1024, "{}", screen.memory());
}

#[test]
fn a_failure_of_the_model_resets_that_screen() {
    let mut screen = Screen::new(Size { cols: 5, rows: 2 }, Rules::default());
    screen.feed(b"ab\x1b]2;t\x07");
    let (before, revision) = (stamps(&screen), screen.revision());
    screen.guard(|_| panic!("on purpose"));
    assert_eq!(rows(&screen), ["", ""]);
    assert!(screen.revision() > revision);
    screen.feed(b"cd");
    assert_eq!(rows(&screen), ["cd", ""]);
    assert_ne!(stamps(&screen)[0], before[0]);
}
