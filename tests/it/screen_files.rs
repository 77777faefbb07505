//! Streams that are kept in files: those that once showed a difference are played for ever.

use std::path::{Path, PathBuf};

use crate::screen_oracle::Oracle;
use crate::screen_stream::Stream;

/// Where streams that showed a difference are kept.
pub(crate) fn found() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/found")
}

#[test]
fn what_once_differed_agrees() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(found())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut oracle = Oracle::new();
    let mut stories = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let played = Stream::read(&text).and_then(|stream| stream.play(&mut oracle));
        stories.extend(
            played
                .err()
                .map(|story| format!("{}: {story}", file.display())),
        );
    }
    assert!(stories.is_empty(), "{}", stories.join("\n"));
}

/// Plays a file of bytes, cut after each newline:
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
    let played = stream.play(&mut Oracle::new());
    played.unwrap_or_else(|story| panic!("{story}"));
}
