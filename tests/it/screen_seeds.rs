//! A model that is seeded anew after each piece of a random stream goes on as tmux does: whatever
//! decides how output is shown is in the seed, or is kept from before.

use std::fs::File;
use std::io::Write;

use ao::screen::{Screen, Size};
use proptest::strategy::Strategy;
use proptest::test_runner::{TestCaseError, TestError};

use crate::screen_live::Live;
use crate::screen_model::{exact, rules};
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
        self.live.restart(Screen::new(stream.size, rules()));
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

/// The stream without wide characters: of one in the first column whose second half was written over,
/// a capture tells as if it were whole.
fn narrow(stream: &Stream) -> Stream {
    let Size { cols, rows } = stream.size;
    // What begins characters from U+1000 on begins others, so that what is broken stays so.
    let narrow = |byte: &u8| if *byte > 0xe0 { 0xc3 } else { *byte };
    let pieces = stream.pieces.iter();
    Stream::new(
        (cols, rows),
        pieces.map(|piece| piece.iter().map(narrow).collect::<Vec<u8>>()),
    )
}

#[test]
fn a_seed_at_any_moment_goes_on_as_tmux_does() {
    if !exact() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let page = std::cell::RefCell::new(runtime.block_on(Page::new()));
    let result = runner(
        number("AO_TEST_STREAMS", STREAMS),
        number("AO_TEST_SEED", 0),
    )
    .run(&stream().prop_map(|stream| narrow(&stream)), |stream| {
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
