//! Which names decide what file a path leads to.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// As many links as the kernel follows (`path_resolution(7)`).
const LINKS_MAX: usize = 40;

/// The names that decide what file an absolute path leads to, in order: every link on the way,
/// then the file itself, or the first name that does not exist. A change of the file, however
/// made, is an event about one of these in its directory; none of those directories is a link.
pub(super) fn points(path: &Path) -> Vec<PathBuf> {
    let mut points = Vec::new();
    let mut at = PathBuf::from("/");
    let mut rest = VecDeque::new();
    queue(&mut rest, path);
    let mut links = 0;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&name);
        let target = std::fs::read_link(&next).ok();
        let is_way = !rest.is_empty() && target.is_none() && next.is_dir();
        if is_way {
            at = next;
            continue;
        }
        points.push(next);
        let Some(target) = target else { break };
        links += 1;
        if links > LINKS_MAX {
            break;
        }
        if target.is_absolute() {
            at = PathBuf::from("/");
        }
        queue(&mut rest, &target);
    }
    points
}

/// Puts a path's names before those that are left.
fn queue(rest: &mut VecDeque<OsString>, path: &Path) {
    for component in path.components().rev() {
        match component {
            Component::Normal(name) => rest.push_front(name.to_owned()),
            Component::ParentDir => rest.push_front("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::points;
    use std::fs::create_dir;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    #[test]
    fn every_link_on_the_way_and_the_file_itself_are_points() {
        let tmp = tempfile::tempdir().unwrap();
        let root = tmp.path().canonicalize().unwrap();
        let at = |name: &str| root.join(name);
        create_dir(at("real")).unwrap();
        symlink("real", at("dir")).unwrap();
        symlink("../file", at("real/link")).unwrap();
        assert_eq!(points(&at("file")), [at("file")]);
        assert_eq!(
            points(&at("dir/link")),
            [at("dir"), at("real/link"), at("file")]
        );
        assert_eq!(points(&at("real/../dir/x")), [at("dir"), at("real/x")]);
        assert_eq!(points(&at("none/x/y")), [at("none")]);
        symlink(at("loop"), at("loop")).unwrap();
        assert!(points(&at("loop")).len() < 50);
        std::fs::write(at("file"), "").unwrap();
        assert_eq!(points(&at("file/x")), [at("file")]);
        assert!(points(Path::new("/")).is_empty());
    }
}
