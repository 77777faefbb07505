//! A model that is seeded anew after each piece of a random stream goes on as tmux does: whatever
//! decides how output is shown is in the seed, or is kept from before.

use std::fs::File;
use std::io::Write;

use ao::screen::{Screen, Size};
use proptest::strategy::Strategy;
use proptest::test_runner::{TestCaseError, TestError};

use crate::screen_live::Live;
use crate::screen_random::{number, runner, stream};
use crate::screen_stream::Stream;

/// How many streams are played if nothing else is said.
const STREAMS: u32 = 20;

/// A pane over ao's connection that a test writes to.
struct Page {
    live: Live,
    tty: File,
}

impl Page {
    async fn new() -> Self {
        let live = Live::start("stty raw -echo; printf ready; exec sleep 100000").await;
        live.shows("ready").await;
        let path = live.ask("#{pane_tty}").await;
        let tty = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        Self { live, tty }
    }

    /// Plays a stream on a pane that is as new.
    async fn play(&mut self, stream: &Stream) -> Result<(), String> {
        let Size { cols, rows } = stream.size;
        self.write(b"\x18\x1b[?1049l\x1bc\x1b]2;\x07\x1b7").await;
        self.live.resize(cols, rows).await;
        // A model of this pane alone: what one stream saved is not the next one's.
        self.live
            .restart(Screen::new(stream.size, ao::screen::Rules::default()));
        self.live.snapshot().await;
        for piece in &stream.pieces {
            self.write(piece).await;
            self.live.snapshot().await;
            let found = self.live.differences();
            if !found.is_empty() {
                return Err(found.join("\n"));
            }
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) {
        let before = self.live.written();
        self.tty.write_all(bytes).unwrap();
        self.live.wrote(before + bytes.len()).await;
    }
}

/// The stream with what is not told of in a capture left out: a wide character in the first column
/// of which the second half was written over, and half a character before an escape sequence.
fn told(stream: &Stream) -> Stream {
    let Size { cols, rows } = stream.size;
    let told = |piece: &Vec<u8>| -> String {
        let text = String::from_utf8_lossy(piece);
        text.replace(|char| char > '\u{10ff}', "é")
    };
    Stream::new((cols, rows), stream.pieces.iter().map(told))
}

#[test]
fn a_seed_at_any_moment_goes_on_as_tmux_does() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let page = std::cell::RefCell::new(runtime.block_on(Page::new()));
    let result = runner(
        number("AO_TEST_STREAMS", STREAMS),
        number("AO_TEST_SEED", 0),
    )
    .run(&stream().prop_map(|stream| told(&stream)), |stream| {
        let played = runtime.block_on(page.borrow_mut().play(&stream));
        played.map_err(TestCaseError::fail)
    });
    // The pane's server needs the runtime to end.
    runtime.block_on(async move { drop(page) });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(story, stream)) => panic!("{stream:?}\n{story}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}
