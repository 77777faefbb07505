//! What must hold for the screen model whatever bytes it is fed. The fuzz target calls this with
//! what libFuzzer invents, and the tests with the corpus and with what proptest invents.

#![allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]

use std::collections::HashMap;

use ao::screen::{Cursor, Rules, SavedScreen, Screen, Seed, Signal, Size};

/// Bytes that no character has stand for what is not in the stream: a resize to the size that
/// follows, and a seed made of what the screen shows, of which the byte that follows says more.
const RESIZE: u8 = 0xfe;
const SEED: u8 = 0xfd;

/// Feeds the bytes whole and cut, with resizes and seeds in between; the first two choose the
/// size. It panics where something does not hold.
pub fn screen(data: &[u8]) {
    let Some((&[cols, rows], mut rest)) = data.split_first_chunk() else {
        return;
    };
    let mut whole = Watched::new(size(cols, rows));
    let mut cut = Watched::new(size(cols, rows));
    while !rest.is_empty() {
        let stream = rest.iter().position(|&byte| byte == RESIZE || byte == SEED);
        let (stream, mark) = rest.split_at(stream.unwrap_or(rest.len()));
        whole.change(|screen| screen.feed_unguarded(stream));
        for byte in stream {
            cut.change(|screen| screen.feed_unguarded(&[*byte]));
        }
        assert_eq!(whole.seen(), cut.seen(), "however it is cut");
        rest = match *mark {
            [RESIZE, cols, rows, ref rest @ ..] => {
                whole.change(|screen| screen.resize(size(cols, rows)));
                cut.change(|screen| screen.resize(size(cols, rows)));
                rest
            }
            [SEED, modes, ref rest @ ..] => {
                let seed = seed(&whole.screen, modes);
                whole.reseed(&seed);
                cut.reseed(&seed);
                rest
            }
            _ => &[],
        };
    }
    let signals: [Vec<Signal>; 2] = [whole, cut].map(|mut watched| watched.screen.take_signals());
    assert_eq!(signals[0], signals[1]);
}

/// A small size, so that a few bytes reach every edge.
fn size(cols: u8, rows: u8) -> Size {
    Size {
        cols: u16::from(cols % 24),
        rows: u16::from(rows % 8),
    }
}

/// A seed as tmux might tell it of a screen that shows this.
fn seed(screen: &Screen, modes: u8) -> Seed {
    let size = screen.size();
    let rows: Vec<Vec<u8>> = texts(screen).into_iter().map(String::into_bytes).collect();
    let bit = |bit: u8| modes >> bit & 1 == 1;
    Seed {
        size,
        wraps: screen.rows().map(|row| row.wraps()).collect(),
        cursor: screen.cursor(),
        main: bit(0).then(|| SavedScreen {
            wraps: vec![false; rows.len()],
            rows: rows.clone(),
        }),
        saved_cursor: bit(4).then_some(Cursor { x: 1, y: 0 }),
        rows,
        title: screen.title().to_owned(),
        region: (u16::from(bit(1)), size.rows - 1),
        tabs: vec![u16::from(modes >> 4)],
        origin: bit(1),
        insert: bit(2),
        autowrap: !bit(3),
        pending: if bit(7) {
            b"\x1b[\n2".to_vec()
        } else {
            Vec::new()
        },
    }
}

fn texts(screen: &Screen) -> Vec<String> {
    let text = |row: ao::screen::Row<'_>| {
        let mut text = String::new();
        row.text(&mut text);
        text
    };
    screen.rows().map(text).collect()
}

/// A screen, and what was seen of it.
struct Watched {
    screen: Screen,
    /// The row and whether it wraps, by its stamp.
    rows: HashMap<u64, (String, bool)>,
    /// The line by its key.
    lines: HashMap<u64, String>,
}

impl Watched {
    fn new(size: Size) -> Self {
        Self {
            screen: Screen::new(size, Rules::default()),
            rows: HashMap::new(),
            lines: HashMap::new(),
        }
    }

    fn stamps(&self) -> Vec<u64> {
        self.screen.rows().map(|row| row.stamp()).collect()
    }

    /// Changes the screen; whatever it was, stamps tell what changed, and the memory is bounded.
    fn change(&mut self, change: impl FnOnce(&mut Screen)) {
        let (stamps, revision) = (self.stamps(), self.screen.revision());
        change(&mut self.screen);
        let same = self.screen.revision() == revision;
        assert_eq!(
            self.stamps() == stamps,
            same,
            "the revision tells of changes"
        );

        let (size, cursor) = (self.screen.size(), self.screen.cursor());
        assert!(
            cursor.x <= size.cols && cursor.y < size.rows,
            "{cursor:?} in {size:?}"
        );
        let cells = usize::from(size.cols.max(3)) * usize::from(size.rows);
        // Both screens, their rows and clusters; the strings, the titles and the signals.
        let bound = 400 * cells + 4_400_000;
        assert!(
            self.screen.memory() <= bound,
            "{} bytes",
            self.screen.memory()
        );

        for (row, text) in self.screen.rows().zip(texts(&self.screen)) {
            let seen = (text, row.wraps());
            let before = self.rows.entry(row.stamp()).or_insert_with(|| seen.clone());
            assert_eq!(*before, seen, "the same stamp means the same text");
        }
        for line in self.screen.lines() {
            let mut text = String::new();
            line.text(&mut text);
            let before = self.lines.entry(line.key()).or_insert_with(|| text.clone());
            assert_eq!(*before, text, "the same key means the same text");
        }
    }

    /// Seeds the screen twice: the second time nothing changes.
    fn reseed(&mut self, seed: &Seed) {
        self.change(|screen| screen.seed_unguarded(seed));
        let stamps = self.stamps();
        self.change(|screen| screen.seed_unguarded(seed));
        assert_eq!(self.stamps(), stamps, "the same seed changes nothing");
    }

    fn seen(&self) -> (Vec<String>, Vec<bool>, Cursor, bool, &str) {
        let wraps = self.screen.rows().map(|row| row.wraps()).collect();
        let screen = &self.screen;
        (
            texts(screen),
            wraps,
            screen.cursor(),
            screen.alternate(),
            screen.title(),
        )
    }
}
