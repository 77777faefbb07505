//! What the model shows, said by examples. Each of them was played to tmux 3.3a as well; streams
//! beyond these are compared with tmux itself in the integration tests.

use super::{Cursor, Rules, Screen, Seed, Size};

mod limits;
mod modes;
mod releases;
mod rows;
mod seeds;
mod signals;
mod stamps;
mod text;

/// A new screen after these bytes, which are also fed one by one with the same outcome.
fn screen(cols: u16, rows: u16, bytes: impl AsRef<[u8]>) -> Screen {
    let bytes = bytes.as_ref();
    let mut whole = Screen::new(Size { cols, rows }, Rules::default());
    whole.feed_unguarded(bytes);
    let mut cut = Screen::new(Size { cols, rows }, Rules::default());
    for byte in bytes {
        cut.feed_unguarded(&[*byte]);
    }
    assert_eq!(seen(&whole), seen(&cut), "the cuts must not matter");
    whole
}

/// All that can be seen of a screen.
fn seen(screen: &Screen) -> (Vec<String>, Vec<String>, Cursor, bool, String) {
    let title = screen.title().to_owned();
    (
        rows(screen),
        lines(screen),
        screen.cursor(),
        screen.alternate(),
        title,
    )
}

fn rows(screen: &Screen) -> Vec<String> {
    let text = |row: super::Row<'_>| {
        let mut text = String::new();
        row.text(&mut text);
        text
    };
    screen.rows().map(text).collect()
}

fn lines(screen: &Screen) -> Vec<String> {
    let text = |line: super::Line<'_>| {
        let mut text = String::new();
        line.text(&mut text);
        text
    };
    screen.lines().map(text).collect()
}

fn stamps(screen: &Screen) -> Vec<u64> {
    screen.rows().map(|row| row.stamp()).collect()
}

fn cursor(screen: &Screen) -> (u16, u16) {
    let Cursor { x, y } = screen.cursor();
    (x, y)
}

/// The seed of an empty pane.
fn seed(cols: u16, rows: u16) -> Seed {
    Seed {
        size: Size { cols, rows },
        rows: vec![Vec::new(); rows.into()],
        wraps: vec![false; rows.into()],
        cursor: Cursor { x: 0, y: 0 },
        main: None,
        saved_cursor: None,
        title: String::new(),
        region: (0, rows - 1),
        tabs: (8..cols).step_by(8).collect(),
        origin: false,
        insert: false,
        autowrap: true,
        pending: Vec::new(),
    }
}
