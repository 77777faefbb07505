//! Streams by theme, each played to a real pane and to the model.

use crate::screen_oracle::Oracle;
use crate::screen_stream::Stream;

/// Plays these streams at some sizes; each string is a piece.
fn agree(streams: &[&[&str]]) {
    let mut oracle = Oracle::new();
    for pieces in streams {
        for size in [(10, 4), (3, 2), (80, 24)] {
            let stream = Stream::new(size, *pieces);
            let played = stream.play(&mut oracle);
            played.unwrap_or_else(|story| panic!("{story}"));
        }
    }
}

#[test]
fn text_wraps_at_the_edge() {
    agree(&[&[
        "hello wo",
        "rld\r\nthis is a longer line\nand\tmore",
        "\x1b[2J",
        "\x1b[H",
        "x",
    ]]);
}
