//! Streams by theme, each played to a real pane and to the model.

use crate::screen_oracle::{Oracle, Stream};

/// Plays these streams at some sizes; each string is a piece.
fn agree(streams: &[&[&str]]) {
    let mut oracle = Oracle::new();
    for pieces in streams {
        for size in [(10, 4), (3, 2), (80, 24)] {
            let stream = Stream::new(size, *pieces);
            stream
                .play(&mut oracle)
                .unwrap_or_else(|story| panic!("{story}"));
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

/// Plays a file of bytes in pieces of a line each:
/// `AO_TEST_STREAM=FILE AO_TEST_SIZE=80x24 cargo test --test it ones_own -- --ignored`.
#[test]
#[ignore = "plays the file that AO_TEST_STREAM names"]
fn a_stream_of_ones_own() {
    let file = std::env::var_os("AO_TEST_STREAM").expect("AO_TEST_STREAM names a file of bytes");
    let size = std::env::var("AO_TEST_SIZE").unwrap_or_else(|_| "80x24".to_owned());
    let (cols, rows) = size.split_once('x').expect("AO_TEST_SIZE is like 80x24");
    let size = (cols.parse().unwrap(), rows.parse().unwrap());
    let bytes = std::fs::read(file).unwrap();
    let stream = Stream::new(size, bytes.split_inclusive(|&byte| byte == b'\n'));
    stream
        .play(&mut Oracle::new())
        .unwrap_or_else(|story| panic!("{story}"));
}
