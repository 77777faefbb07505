//! Streams that are kept in files: those of real programs, and those that once showed a difference.

use std::path::{Path, PathBuf};

use ao::screen::Size;

use crate::screen_model::exact;
use crate::screen_oracle::Oracle;
use crate::screen_stream::Stream;

/// Where streams are kept.
fn screens(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/screens")
        .join(folder)
}

/// Where streams that showed a difference are kept.
pub(crate) fn found() -> PathBuf {
    screens("found")
}

/// The files of a folder, in the same order every time.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Plays what `read` makes of each file.
fn play_all(files: &[PathBuf], read: impl Fn(&Path) -> Result<Stream, String>) {
    assert!(!files.is_empty());
    let mut oracle = Oracle::new();
    let mut stories = Vec::new();
    for file in files {
        let played = read(file).and_then(|stream| stream.play(&mut oracle));
        stories.extend(
            played
                .err()
                .map(|story| format!("{}: {story}", file.display())),
        );
    }
    assert!(stories.is_empty(), "{}", stories.join("\n"));
}

#[test]
fn what_once_differed_agrees() {
    if !exact() {
        return;
    }
    play_all(&files(&found()), |file| {
        Stream::read(&std::fs::read_to_string(file).unwrap())
    });
}

#[test]
fn what_was_recorded_agrees() {
    /// How many pieces a recording is cut into.
    const MOMENTS: usize = 200;
    let mut files = files(&screens("recorded"));
    files.retain(|file| file.extension().is_some_and(|kind| kind == "bytes"));
    play_all(&files, |file| {
        let bytes = std::fs::read(file).unwrap();
        let piece = bytes.len().div_ceil(MOMENTS);
        Ok(Stream::new((80, 24), bytes.chunks(piece)))
    });
    if let Some((size, file)) = ones_own() {
        play_all(&[file], |file| {
            let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
            Ok(Stream::new(
                size,
                bytes.split_inclusive(|&byte| byte == b'\n'),
            ))
        });
    }
}

/// A file of bytes of one's own is played beside the recorded ones, cut after each newline:
/// `AO_TEST_STREAM=FILE AO_TEST_SIZE=80x24 cargo test --test it what_was_recorded`.
fn ones_own() -> Option<((u16, u16), PathBuf)> {
    let file = std::env::var_os("AO_TEST_STREAM")?;
    let size = std::env::var("AO_TEST_SIZE").unwrap_or_else(|_| "80x24".to_owned());
    let Size { cols, rows } = size.parse().expect("AO_TEST_SIZE is like 80x24");
    Some(((cols, rows), file.into()))
}
