//! Where things of this user lie, and directories that are nobody else's.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fchmod, fstat, open};
use rustix::io::Errno;

/// The longest path of a socket, the NUL at its end included (`unix(7)`; 104 on BSD and macOS).
#[cfg(target_os = "linux")]
pub const SOCKET_PATH_MAX: usize = 108;
/// The longest path of a socket, the NUL at its end included (`unix(7)`; 104 on BSD and macOS).
#[cfg(not(target_os = "linux"))]
pub const SOCKET_PATH_MAX: usize = 104;

/// `$XDG_RUNTIME_DIR`, if it is what its specification asks: an absolute path, a directory that is
/// ours, with mode 0700. None otherwise, as in a session by `su` that kept another user's.
pub fn runtime_dir() -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?);
    is_runtime_dir(&path).then_some(path)
}

fn is_runtime_dir(path: &Path) -> bool {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    path.is_absolute()
        && std::fs::metadata(path).is_ok_and(|meta| {
            meta.is_dir()
                && meta.uid() == super::peer::own_uid()
                && meta.permissions().mode() & 0o777 == 0o700
        })
}

/// Makes a directory that only this user can enter, with its parents, or makes one that is there
/// and ours such.
///
/// # Errors
/// When it is a link, no directory, or another user's; `PermissionDenied` then.
pub fn private_dir(path: &Path) -> io::Result<()> {
    match DirBuilder::new().recursive(true).mode(0o700).create(path) {
        // A link that leads nowhere is "there" too: it is refused below, with the reason.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // Looked at and changed through one descriptor: the name may come to mean another thing.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = match open(path, flags, Mode::empty()) {
        Ok(dir) => dir,
        Err(Errno::LOOP | Errno::NOTDIR) => {
            return Err(refused(path, "it is a link or no directory"));
        }
        Err(error) => return Err(error.into()),
    };
    let stat = fstat(&dir)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return Err(refused(path, "it is no directory"));
    }
    if stat.st_uid != super::peer::own_uid() {
        return Err(refused(path, "it belongs to another user"));
    }
    if Mode::from_raw_mode(stat.st_mode).bits() & 0o777 != 0o700 {
        fchmod(&dir, Mode::RWXU)?;
    }
    Ok(())
}

fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{} is not used: {why}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_directory_is_made_with_its_parents_or_closed() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("a/b/c");
        private_dir(&dir).unwrap();
        assert_eq!((mode(&dir), mode(dir.parent().unwrap())), (0o700, 0o700));
        std::fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        private_dir(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
    }

    #[test]
    fn a_link_or_a_file_is_no_private_directory() {
        let tmp = tempfile::tempdir().unwrap();
        let target = tmp.path().join("target");
        std::fs::create_dir(&target).unwrap();
        std::fs::set_permissions(&target, Permissions::from_mode(0o755)).unwrap();
        for (name, to) in [("link", "target"), ("dangling", "nowhere")] {
            let link = tmp.path().join(name);
            symlink(to, &link).unwrap();
            let error = private_dir(&link).unwrap_err();
            assert_eq!(
                error.kind(),
                io::ErrorKind::PermissionDenied,
                "{name}: {error}"
            );
        }
        assert_eq!(
            mode(&target),
            0o755,
            "the target of a refused link is left as it is"
        );
        let file = tmp.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(private_dir(&file).is_err());
    }

    #[test]
    fn another_users_directory_is_no_private_directory() {
        // `/` is root's; for root, any user's home directory would do, but none need exist.
        if super::super::peer::own_uid() != 0 {
            assert!(private_dir(Path::new("/")).is_err());
        } else {
            let tmp = tempfile::tempdir().unwrap();
            let dir = tmp.path().join("theirs");
            std::fs::create_dir(&dir).unwrap();
            std::os::unix::fs::chown(&dir, Some(65_534), None).unwrap();
            assert_eq!(
                private_dir(&dir).unwrap_err().kind(),
                io::ErrorKind::PermissionDenied
            );
        }
    }

    #[test]
    fn a_runtime_directory_that_others_can_enter_is_not_used() {
        let tmp = tempfile::tempdir().unwrap();
        std::fs::set_permissions(tmp.path(), Permissions::from_mode(0o700)).unwrap();
        assert!(is_runtime_dir(tmp.path()));
        std::fs::set_permissions(tmp.path(), Permissions::from_mode(0o750)).unwrap();
        assert!(!is_runtime_dir(tmp.path()));
        assert!(!is_runtime_dir(Path::new("relative")));
        assert!(!is_runtime_dir(&tmp.path().join("missing")));
    }
}
