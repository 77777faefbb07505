//! Limits of the process.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More descriptors than any fleet needs: macOS refuses "unlimited", and some programs walk
/// over all numbers up to the limit.
const OPEN_FILES_MAX: u64 = 65_536;

/// The soft limit of open files, before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    /// What it was; what a program started from here should get back, see [`set_open_files`].
    pub before: u64,
    /// What it is now.
    pub now: u64,
}

/// Raises the soft limit of open files to the hard one, but not over 65,536: every watched
/// process is a descriptor, and every log is one. Never lowers it.
///
/// Children inherit the raised limit, and old programs that use `select(2)` fail with numbers
/// over 1,024: who starts other people's programs gives them the old limit back.
///
/// # Errors
/// When the system refuses.
pub fn raise_open_files() -> io::Result<OpenFiles> {
    let limit = getrlimit(Resource::Nofile);
    let before = limit.current.unwrap_or(u64::MAX);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(OPEN_FILES_MAX);
    if wanted <= before {
        return Ok(OpenFiles {
            before,
            now: before,
        });
    }
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(wanted),
            maximum: limit.maximum,
        },
    )?;
    Ok(OpenFiles {
        before,
        now: wanted,
    })
}

/// Sets the soft limit of open files.
///
/// # Errors
/// When it is over the hard limit.
pub fn set_open_files(soft: u64) -> io::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = (soft != u64::MAX).then_some(soft);
    Ok(setrlimit(Resource::Nofile, Rlimit { current, maximum })?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_limit_of_open_files_is_raised_once_and_never_lowered() {
        let first = super::raise_open_files().unwrap();
        assert!(first.now >= first.before);
        let again = super::raise_open_files().unwrap();
        assert_eq!((again.before, again.now), (first.now, first.now));
    }
}
