//! Starting from what tmux says.

use super::{Cursor, Rules, Screen, Size, cursor, lines, rows, screen, seed};
use crate::screen::SavedScreen;

fn seeded(seed: &super::Seed) -> Screen {
    let mut screen = Screen::new(Size { cols: 9, rows: 9 }, Rules::default());
    screen.seed_unguarded(seed);
    screen
}

#[test]
fn a_seed_brings_rows_wraps_cursor_and_title() {
    let mut seed = seed(4, 3);
    seed.rows = vec![b"ab".to_vec(), "界e\u{301}".into(), b"x".to_vec()];
    seed.wraps = vec![true, false, false];
    seed.cursor = Cursor { x: 4, y: 1 };
    seed.title = "t".to_owned();
    let mut screen = seeded(&seed);
    assert_eq!(rows(&screen), ["ab", "界e\u{301}", "x"]);
    assert_eq!(lines(&screen), ["ab 界e\u{301}", "x"]);
    assert_eq!(screen.title(), "t");
    assert_eq!(cursor(&screen), (4, 1));
    screen.feed(b"z");
    assert_eq!(rows(&screen), ["ab", "界e\u{301}", "z"]);
}

#[test]
fn a_seed_brings_modes_tabs_and_the_region() {
    let mut seed = seed(9, 4);
    (seed.origin, seed.insert, seed.autowrap) = (true, true, false);
    seed.region = (1, 2);
    seed.tabs = vec![3];
    seed.rows[1] = b"abc".to_vec();
    let mut screen = seeded(&seed);
    screen.feed(b"\x1b[Hx\ty");
    assert_eq!(rows(&screen), ["", "xabyc", "", ""]);
    screen.feed(b"\x1b[9;9H12");
    assert_eq!(cursor(&screen), (8, 2));
}

#[test]
fn a_seed_brings_the_screen_behind_the_alternate_one() {
    let mut seed = seed(4, 2);
    seed.rows[0] = b"alt".to_vec();
    seed.main = Some(SavedScreen {
        rows: vec![b"main".to_vec(), b"m".to_vec()],
        wraps: vec![true, false],
    });
    seed.saved_cursor = Some(Cursor { x: 1, y: 1 });
    let mut screen = seeded(&seed);
    assert!(screen.alternate());
    assert_eq!(rows(&screen), ["alt", ""]);
    screen.feed(b"\x1b[?1049l");
    assert_eq!(rows(&screen), ["main", "m"]);
    assert!(screen.row(0).wraps());
    assert_eq!(cursor(&screen), (1, 1));
    seed.main = None;
    screen.feed(b"\x1b[?1049h");
    screen.seed(&seed);
    assert!(!screen.alternate());
}

#[test]
fn a_sequence_that_had_begun_goes_on() {
    let mut seed = seed(9, 3);
    seed.pending = b"\x1b[\n2".to_vec();
    let mut screen = seeded(&seed);
    assert_eq!(cursor(&screen), (0, 0));
    screen.feed(b";3Hx");
    assert_eq!(rows(&screen), ["", "  x", ""]);
}

#[test]
fn half_a_character_outlives_a_seed() {
    let mut screen = screen(9, 1, b"\xe2\x96");
    screen.seed(&seed(9, 1));
    screen.feed(b"\x88");
    assert_eq!(rows(&screen), ["█"]);
}

#[test]
fn a_seed_with_nonsense_is_taken_as_far_as_it_goes() {
    let mut seed = seed(3, 2);
    seed.rows = vec![b"ab\xffc\x07\x1bdefg".to_vec(); 5];
    seed.wraps = vec![true; 5];
    seed.cursor = Cursor { x: 99, y: 99 };
    seed.region = (7, 3);
    seed.tabs = vec![0, 99];
    let screen = seeded(&seed);
    assert_eq!(rows(&screen), ["ab\u{fffd}", "ab\u{fffd}"]);
    assert_eq!(cursor(&screen), (3, 1));
}

#[test]
fn a_new_size_cuts_or_pads() {
    let mut screen = screen(4, 3, "abcd\r\nef\r\ngh");
    screen.resize(Size { cols: 2, rows: 2 });
    assert_eq!(rows(&screen), ["ab", "ef"]);
    assert_eq!(cursor(&screen), (2, 1));
    screen.resize(Size { cols: 4, rows: 3 });
    assert_eq!(rows(&screen), ["ab", "ef", ""]);
    screen.resize(Size { cols: 0, rows: 0 });
    assert_eq!(screen.size(), Size { cols: 1, rows: 1 });
}
