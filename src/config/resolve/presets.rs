//! The presets that a person keeps beside the config.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::file;
use super::super::findings::{At, Findings};
use super::super::source::Source;
use super::Input;
use crate::preset::{Preset, PresetError, Presets};

/// The directory, beside the config.
const DIRECTORY: &str = "presets";

/// Far above any preset.
const SIZE_MAX: u64 = 1024 * 1024;

/// How many files are read.
const FILES_MAX: usize = 64;

/// Reads them. What is wrong with one is a warning here, and an error for whoever names it: then
/// there is no such preset.
pub(super) fn read(input: &Input<'_>, findings: &mut Findings) -> Presets {
    let mut presets = Presets::default();
    let directory = input.source.real.with_file_name(DIRECTORY);
    let entries = match fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return presets,
        Err(error) => {
            let message = format!("{} cannot be read: {error}", directory.display());
            let hint = "its presets have no effect";
            findings.warning(At::Nowhere, message, hint);
            return presets;
        }
    };
    for path in files(entries) {
        input.files.borrow_mut().insert(path.clone());
        match preset(&path) {
            Ok(preset) => presets.add(preset),
            Err(wrong) => {
                let (at, message, hint) = *wrong;
                findings.warning(at, message, hint);
            }
        }
    }
    presets
}

/// The presets beside a config, and those that are built in. What is wrong with one is told when the
/// config is read; here it is as if it were absent.
pub fn beside(config: &Path) -> Presets {
    let mut presets = Presets::default();
    if let Ok(entries) = fs::read_dir(config.with_file_name(DIRECTORY)) {
        let readable = files(entries).filter_map(|path| preset(&path).ok());
        readable.for_each(|preset| presets.add(preset));
    }
    presets
}

/// The files of a directory that are presets, in order.
fn files(entries: fs::ReadDir) -> impl Iterator<Item = PathBuf> {
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_toml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml");
    let mut paths: Vec<PathBuf> = paths.filter(is_toml).collect();
    paths.sort_unstable();
    paths.into_iter().take(FILES_MAX)
}

type Wrong = Box<(At, String, String)>;

fn preset(path: &Path) -> Result<Preset, Wrong> {
    let whole = |message: String, hint: &str| {
        let at = At::Beside(path.to_owned(), None);
        Box::new((at, message, hint.to_owned()))
    };
    let bytes = file::read(path, SIZE_MAX).map_err(|error| {
        whole(
            format!("the preset cannot be read: {error}"),
            "it has no effect",
        )
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| whole("the preset is not UTF-8".to_owned(), "it has no effect"))?;
    let preset = Preset::parse(&text).map_err(|error| {
        let PresetError {
            message,
            span,
            hint,
        } = error;
        let source = Source::new(path, path.to_owned(), text);
        let place = span.map(|span| source.place(&span));
        let message = format!("the preset has no effect: {message}");
        Box::new((At::Beside(path.to_owned(), place), message, hint))
    })?;
    if path
        .file_stem()
        .is_none_or(|stem| stem != preset.name.as_str())
    {
        let message = format!(
            "the preset calls itself `{}`, and its file does not",
            preset.name
        );
        return Err(whole(message, "give the file and the preset one name"));
    }
    Ok(preset)
}
