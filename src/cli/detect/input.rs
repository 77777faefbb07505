//! A screen that comes from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::message::Failure;
use crate::fixture::unpacked;

/// More than this is no screen and no session that somebody wants to have read.
const FILE_MAX: u64 = 16 << 20;

/// All of a file, or of standard input for `-`.
///
/// # Errors
/// It cannot be read, or is larger than 16 MiB.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = || -> io::Result<Vec<u8>> {
        let input: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path)?)
        };
        let mut bytes = Vec::new();
        input.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_MAX {
            return Err(io::Error::other("it is larger than 16 MiB"));
        }
        Ok(bytes)
    };
    read().map_err(|error| failed(path, &error))
}

/// The bytes that a program wrote.
///
/// # Errors
/// As for [`bytes`]; also for a packed file that is damaged.
pub(super) fn stream(path: &Path) -> Result<Vec<u8>, Failure> {
    unpacked(bytes(path)?).map_err(|error| failed(path, &error))
}

/// The rows of a text, without blank ones at its end.
///
/// # Errors
/// As for [`bytes`].
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let text = bytes(path)?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.trim_end_matches([' ', '\t', '\r', '\n']).to_owned())
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let what = match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    };
    Failure::new(format!("{what} cannot be read: {error}"))
        .hint("a screen is a text file; with --stream it is what the program wrote")
}
