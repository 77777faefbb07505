//! Paths as a config writes them: `~` is a home, what is absolute stays, all else is relative to
//! the project.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::names::control_character;

/// What paths need to know of the machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Host {
    /// The home of whoever runs this.
    pub(super) home: Option<PathBuf>,
    /// The lines of the user database, for `~name`.
    pub(super) users: String,
}

impl Host {
    /// This machine.
    pub(super) fn current() -> Self {
        const USERS_MAX: u64 = 4 * 1024 * 1024;
        let mut users = Vec::new();
        if let Ok(file) = std::fs::File::open("/etc/passwd") {
            // Half a database still has homes in it.
            let _ = file.take(USERS_MAX).read_to_end(&mut users);
        }
        let users = String::from_utf8_lossy(&users).into_owned();
        let named = std::env::var_os("HOME").filter(|home| !home.is_empty());
        let uid = rustix::process::geteuid().as_raw().to_string();
        let home = named
            .map(PathBuf::from)
            .or_else(|| home_where(&users, 2, &uid));
        Self { home, users }
    }

    /// The path that `written` means. A home that is not known leaves it as it is.
    pub(super) fn resolve(&self, base: &Path, written: &str) -> PathBuf {
        let written = self
            .expand_home(written)
            .unwrap_or_else(|| PathBuf::from(written));
        // Without the `.`s in between, which say nothing.
        base.join(written).components().collect()
    }

    fn expand_home(&self, written: &str) -> Option<PathBuf> {
        let after = written.strip_prefix('~')?;
        let (user, rest) = after.split_once('/').unwrap_or((after, ""));
        let home = if user.is_empty() {
            self.home.clone()
        } else {
            home_where(&self.users, 0, user)
        };
        let rest = rest.trim_start_matches('/');
        home.map(|home| {
            if rest.is_empty() {
                home
            } else {
                home.join(rest)
            }
        })
    }
}

/// The home in the first line of the user database whose field `index` is `wanted`.
fn home_where(users: &str, index: usize, wanted: &str) -> Option<PathBuf> {
    let line = users
        .lines()
        .find(|line| line.split(':').nth(index) == Some(wanted))?;
    let home = line
        .split(':')
        .nth(5)
        .filter(|home| home.starts_with('/'))?;
    Some(PathBuf::from(OsStr::from_bytes(home.as_bytes())))
}

/// Resolves the links of a path as far as it exists; the rest is put behind.
pub(super) fn without_links(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    path.to_owned()
}

/// Why a path cannot be used, if it cannot. Paths are typed into programs and written into
/// lines of a shell and of tmux, where a newline would end them.
pub(super) fn unusable(path: &Path) -> Option<String> {
    let found = control_character(&path.to_string_lossy())?;
    Some(format!("holds a control character ({found})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> Host {
        let users = "root:x:0:0::/root:/bin/sh\nbo:x:1001:1001::/home/bo:/bin/sh\nodd:x\n";
        Host {
            home: Some(PathBuf::from("/home/al")),
            users: users.to_owned(),
        }
    }

    #[test]
    fn a_path_is_relative_to_its_base_absolute_or_in_a_home() {
        for (written, expected) in [
            ("a/b", "/base/a/b"),
            (".", "/base"),
            ("", "/base"),
            ("./a/./b/", "/base/a/b"),
            ("../a", "/base/../a"),
            ("/a", "/a"),
            ("~", "/home/al"),
            ("~/x", "/home/al/x"),
            ("~//x", "/home/al/x"),
            ("~bo/x", "/home/bo/x"),
            ("~nobody-there/x", "/base/~nobody-there/x"),
            ("~odd", "/base/~odd"),
            ("a~/x", "/base/a~/x"),
        ] {
            assert_eq!(
                host().resolve(Path::new("/base"), written),
                Path::new(expected)
            );
        }
    }

    #[test]
    fn an_unknown_home_leaves_the_path_as_it_is() {
        assert_eq!(
            Host::default().resolve(Path::new("/b"), "~/x"),
            Path::new("/b/~/x")
        );
    }

    #[test]
    fn links_are_resolved_as_far_as_the_path_exists() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        assert_eq!(without_links(&root.join("link/a/b")), root.join("real/a/b"));
        assert_eq!(without_links(&root.join("link")), root.join("real"));
    }
}
