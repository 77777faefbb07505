//! The config file itself: which one, whose it is, and its text.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Place, Reach, Severity};
use super::file;

/// Far above any config, and small enough to be read at every change.
const SIZE_MAX: u64 = 16 * 1024 * 1024;

/// How many characters of a line are shown on either side of a mistake.
const EXCERPT_AROUND: usize = 100;

/// Where to look for the config, in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The value of `--config`. It is taken as it is.
    pub option: Option<PathBuf>,
    /// The directory that the verb was typed in.
    pub current_dir: PathBuf,
    /// The value of `AO_CONFIG`, which ao sets for its agents. Taken as it is, unless empty.
    pub variable: Option<OsString>,
    /// The running binary; links are resolved, and the config may lie beside it.
    pub binary: Option<PathBuf>,
}

/// There is no config.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no agents.toml here, and no --config names one\nhint: {hint}")]
pub struct NotFound {
    hint: String,
}

impl Search {
    /// The path of the config: `--config`, else `./agents.toml`, else `AO_CONFIG`, else beside
    /// the binary.
    ///
    /// # Errors
    /// None of them is there. That a path which was named exists is for [`super::load`] to find.
    pub fn find(&self) -> Result<PathBuf, NotFound> {
        const NAME: &str = "agents.toml";
        if let Some(path) = &self.option {
            return Ok(path.clone());
        }
        // A link that leads nowhere is not skipped: to run another fleet instead would surprise.
        if self.current_dir.join(NAME).symlink_metadata().is_ok() {
            return Ok(PathBuf::from(NAME));
        }
        if let Some(path) = self
            .variable
            .as_deref()
            .filter(|path| *path != OsStr::new(""))
        {
            return Ok(PathBuf::from(path));
        }
        let beside = self
            .binary
            .as_ref()
            .and_then(|binary| binary.canonicalize().ok());
        let beside = beside.and_then(|binary| binary.parent().map(|dir| dir.join(NAME)));
        match beside.filter(|path| path.exists()) {
            Some(path) => Ok(path),
            None => Err(NotFound {
                hint: "`ao init` writes one to start from; \
                       --config PATH or AO_CONFIG names one that is elsewhere"
                    .to_owned(),
            }),
        }
    }
}

/// A config's text, with what is needed to point into it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The path as people named it, for messages.
    pub(super) shown: PathBuf,
    /// The path with its links resolved; absolute.
    pub(super) real: PathBuf,
    pub(super) text: String,
    line_starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(shown: &Path, real: PathBuf, text: String) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(after_newlines.map(|(index, _)| index + 1))
            .collect();
        Self {
            shown: shown.to_owned(),
            real,
            text,
            line_starts,
        }
    }

    /// Reads a config, and checks whose it is. A warning may come with it.
    pub(super) fn read(path: &Path) -> Result<(Self, Option<Diagnostic>), Box<Diagnostic>> {
        let failed = |error: &io::Error| whole(path, cannot_read(error), read_hint(error));
        // What it is is asked of the open file, so that nobody can swap it after the question.
        let (mut file, metadata) = file::open(path).map_err(|error| failed(&error))?;
        if metadata.is_dir() {
            let hint = format!("perhaps {} is meant", path.join("agents.toml").display());
            return Err(whole(
                path,
                "this is a directory, not a config".to_owned(),
                hint,
            ));
        }
        if !metadata.is_file() {
            let hint = "it is read again whenever it changes; write it into a file".to_owned();
            let message = "this is a pipe or a device, not a config".to_owned();
            return Err(whole(path, message, hint));
        }
        let reader = rustix::process::geteuid().as_raw();
        let warning = check_owner(path, metadata.uid(), reader)?;
        let mut bytes = Vec::new();
        let limited = file.by_ref().take(SIZE_MAX + 1).read_to_end(&mut bytes);
        limited.map_err(|error| failed(&error))?;
        if bytes.len() as u64 > SIZE_MAX {
            let message = format!("the file is larger than {} MiB", SIZE_MAX >> 20);
            return Err(whole(
                path,
                message,
                "put long prompts into files of their own".to_owned(),
            ));
        }
        let real = path.canonicalize().map_err(|error| failed(&error))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok((Self::new(path, real, text), warning)),
            Err(error) => Err(Box::new(not_utf8(path, real, &error.into_bytes()))),
        }
    }

    /// The line and column of a byte range. A range of several lines is cut at the first.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let start = self.floor_boundary(span.start);
        let index = self.line_starts.partition_point(|line| *line <= start) - 1;
        let line_start = self.line_starts[index];
        let line_end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let before = self.text[line_start..start].chars().count();
        let end = self.floor_boundary(
            span.end
                .clamp(start, line_start + line.len().max(start - line_start)),
        );
        let width = self.text[start..end].chars().count().max(1);
        let cut = before.saturating_sub(EXCERPT_AROUND);
        Place {
            line: index + 1,
            column: before + 1,
            width,
            excerpt: line
                .chars()
                .skip(cut)
                .take(before - cut + EXCERPT_AROUND)
                .collect(),
            excerpt_column: before - cut + 1,
        }
    }

    fn floor_boundary(&self, index: usize) -> usize {
        let mut index = index.min(self.text.len());
        while !self.text.is_char_boundary(index) {
            index -= 1;
        }
        index
    }
}

/// A mistake that leaves no fleet, in no particular place.
fn whole(path: &Path, message: String, hint: String) -> Box<Diagnostic> {
    Box::new(Diagnostic {
        severity: Severity::Error,
        path: path.to_owned(),
        place: None,
        message,
        hint,
        reach: Reach::Whole,
    })
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such config".to_owned(),
        io::ErrorKind::PermissionDenied => "the config may not be read by this user".to_owned(),
        _ => format!("the config cannot be read: {error}"),
    }
}

fn read_hint(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "`ao init` writes a config to start from".to_owned(),
        _ => "check the path and its permissions".to_owned(),
    }
}

/// A config names commands that are run, so only its reader or root may have written it.
fn check_owner(
    path: &Path,
    owner: u32,
    reader: u32,
) -> Result<Option<Diagnostic>, Box<Diagnostic>> {
    if owner == reader || owner == 0 {
        return Ok(None);
    }
    let message = format!("the config belongs to another user (uid {owner})");
    if reader != 0 {
        let hint = "copy it and use the copy, once you have read what it runs".to_owned();
        return Err(whole(path, message, hint));
    }
    let hint = format!("uid {owner} decides what root runs here; `chown root` it to end this");
    let mut warning = whole(path, message, hint);
    warning.severity = Severity::Warning;
    warning.reach = Reach::Settings;
    Ok(Some(*warning))
}

fn not_utf8(path: &Path, real: PathBuf, bytes: &[u8]) -> Diagnostic {
    let valid = bytes
        .utf8_chunks()
        .next()
        .map_or(0, |chunk| chunk.valid().len());
    let source = Source::new(path, real, String::from_utf8_lossy(bytes).into_owned());
    // Up to the first bad byte both texts are the same.
    let place = source.place(&(valid..valid));
    Diagnostic {
        severity: Severity::Error,
        path: path.to_owned(),
        place: Some(place),
        message: "the file is not UTF-8 from here on".to_owned(),
        hint: "save it as UTF-8".to_owned(),
        reach: Reach::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: u32 = 1000;
    const THEIRS: u32 = 1001;

    fn source(text: &str) -> Source {
        Source::new(
            Path::new("agents.toml"),
            PathBuf::from("/p/agents.toml"),
            text.to_owned(),
        )
    }

    #[test]
    fn a_config_of_another_user_is_refused() {
        let refused = check_owner(Path::new("agents.toml"), THEIRS, MINE).unwrap_err();
        assert_eq!(refused.reach, Reach::Whole);
        assert!(refused.is_error());
    }

    #[test]
    fn a_config_of_mine_or_of_root_is_read() {
        assert_eq!(check_owner(Path::new("a"), MINE, MINE), Ok(None));
        assert_eq!(check_owner(Path::new("a"), 0, MINE), Ok(None));
        assert_eq!(check_owner(Path::new("a"), 0, 0), Ok(None));
    }

    #[test]
    fn root_is_warned_of_a_config_of_somebody_else() {
        let warning = check_owner(Path::new("a"), THEIRS, 0).unwrap().unwrap();
        assert_eq!(warning.severity, Severity::Warning);
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "a = 1\r\nname = \"é→\", x = 2\r\n";
        let at = text.find('x').unwrap();
        let place = source(text).place(&(at..at + 1));
        assert_eq!((place.line, place.column, place.width), (2, 14, 1));
        assert_eq!(place.excerpt, "name = \"é→\", x = 2");
    }

    #[test]
    fn a_range_of_several_lines_is_cut_at_the_first() {
        let place = source("a = [\n1,\n]\n").place(&(4..11));
        assert_eq!((place.line, place.column, place.width), (1, 5, 1));
    }

    #[test]
    fn the_end_of_the_file_is_a_place() {
        let place = source("a =\n").place(&(4..4));
        assert_eq!((place.line, place.column, place.width), (2, 1, 1));
        assert_eq!(source("").place(&(0..9)).line, 1);
    }

    #[test]
    fn a_very_long_line_is_shown_around_the_mistake_only() {
        let text = format!("a = \"{}\" x {}", "b".repeat(10_000), "c".repeat(10_000));
        let at = text.find('x').unwrap();
        let place = source(&text).place(&(at..at + 1));
        assert_eq!(place.column, at + 1);
        assert!(place.excerpt.chars().count() <= 2 * EXCERPT_AROUND);
        assert_eq!(
            place.excerpt.chars().nth(place.excerpt_column - 1),
            Some('x')
        );
    }

    #[test]
    fn the_config_is_looked_for_in_the_documented_order() {
        let dir = tempfile::tempdir().unwrap();
        let here = dir.path().join("here");
        let install = dir.path().join("install");
        let links = dir.path().join("links");
        for made in [&here, &install, &links] {
            std::fs::create_dir_all(made).unwrap();
        }
        std::fs::write(install.join("agents.toml"), "").unwrap();
        std::fs::write(install.join("ao"), "").unwrap();
        std::os::unix::fs::symlink(install.join("ao"), links.join("ao")).unwrap();
        let mut search = Search {
            option: Some(PathBuf::from("named.toml")),
            current_dir: here.clone(),
            variable: Some("/from/env.toml".into()),
            binary: Some(links.join("ao")),
        };
        std::fs::write(here.join("agents.toml"), "").unwrap();
        assert_eq!(search.find(), Ok(PathBuf::from("named.toml")));
        search.option = None;
        assert_eq!(search.find(), Ok(PathBuf::from("agents.toml")));
        std::fs::remove_file(here.join("agents.toml")).unwrap();
        assert_eq!(search.find(), Ok(PathBuf::from("/from/env.toml")));
        search.variable = Some(OsString::new());
        assert_eq!(
            search.find(),
            Ok(install.canonicalize().unwrap().join("agents.toml"))
        );
        std::fs::remove_file(install.join("agents.toml")).unwrap();
        assert!(search.find().unwrap_err().to_string().contains("hint: "));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_pointed_at() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agents.toml");
        std::fs::write(&path, b"a = 1\nb = \"\xc3\xa9\xff\"\n").unwrap();
        let refused = Source::read(&path).unwrap_err();
        let place = refused.place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (2, 7));
    }

    #[test]
    fn a_missing_config_and_a_directory_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let missing = Source::read(&dir.path().join("none.toml")).unwrap_err();
        assert!(missing.message.contains("no such config"));
        let directory = Source::read(dir.path()).unwrap_err();
        assert!(directory.message.contains("directory"));
    }
}
