//! Where a fleet's socket is, and the mark by which a fleet is known.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::lock::is_missing;
use crate::os::peer::own_uid;
use crate::os::place::{SOCKET_PATH_MAX, private_dir, runtime_dir};

/// The mark of one fleet: 16 lower-case hexadecimal digits, made from the path of its state
/// directory. It only tells fleets apart; it keeps nothing secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FleetHash(u64);

impl fmt::Display for FleetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The mark of the fleet with this state directory, whatever links lead there. The directory need
/// not exist yet: its mark is the same once it does.
///
/// # Errors
/// When the path cannot be resolved: a loop of links, a directory that may not be entered.
pub fn fleet_hash(state_dir: &Path) -> io::Result<FleetHash> {
    let path = resolved(&std::path::absolute(state_dir)?)?;
    Ok(FleetHash(fnv_1a(path.as_os_str().as_bytes())))
}

/// The path without links, as far as it exists.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Err(error), Some(parent), Some(name)) if is_missing(&error) => {
            Ok(resolved(parent)?.join(name))
        }
        (result, _, _) => result,
    }
}

/// FNV-1a with 64 bits: it must stay the same for ever, which the standard hasher does not promise.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Where a new watchdog of a fleet listens. Who looks for a running one asks its lock, which names
/// the socket that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    socket: PathBuf,
    /// Made private in this order.
    dirs: Vec<PathBuf>,
}

impl Place {
    /// Works the place out; nothing is written. It is `$XDG_RUNTIME_DIR/ao/<hash>/sock`, else
    /// `sock` in the state directory, else, where that path is too long for a socket or no text,
    /// `/tmp/ao-<uid>/<hash>/sock`.
    ///
    /// # Errors
    /// As [`fleet_hash`].
    pub fn of(state_dir: &Path) -> io::Result<Self> {
        let state_dir = std::path::absolute(state_dir)?;
        Ok(Self::choose(
            runtime_dir(),
            &state_dir,
            fleet_hash(&state_dir)?,
            own_uid(),
        ))
    }

    fn choose(runtime: Option<PathBuf>, state_dir: &Path, hash: FleetHash, uid: u32) -> Self {
        let below = |base: PathBuf| {
            let dir = base.join(hash.to_string());
            Self {
                socket: dir.join("sock"),
                dirs: vec![base, dir],
            }
        };
        let in_state = Self {
            socket: state_dir.join("sock"),
            dirs: vec![state_dir.to_owned()],
        };
        runtime
            .map(|runtime| below(runtime.join("ao")))
            .into_iter()
            .chain([in_state])
            .find(|place| place.fits())
            .unwrap_or_else(|| below(PathBuf::from(format!("/tmp/ao-{uid}"))))
    }

    /// Whether the path can be bound to, and be written down as text.
    fn fits(&self) -> bool {
        let path: &OsStr = self.socket.as_os_str();
        path.len() < SOCKET_PATH_MAX && path.to_str().is_some()
    }

    /// The socket's path.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Makes the directories around the socket, for this user alone.
    ///
    /// # Errors
    /// As [`private_dir`]: one of them is a link or another user's.
    pub fn prepare(&self) -> io::Result<()> {
        self.dirs.iter().try_for_each(|dir| private_dir(dir))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a_and_never_changes() {
        // From the algorithm's published test vectors.
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(FleetHash(0x1f).to_string(), "000000000000001f");
    }

    #[test]
    fn a_fleet_has_one_mark_whatever_path_leads_to_it_and_before_it_exists() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("logs/state");
        let before = fleet_hash(&dir).unwrap();
        std::fs::create_dir_all(&dir).unwrap();
        std::os::unix::fs::symlink("logs", tmp.path().join("link")).unwrap();
        assert_eq!(fleet_hash(&dir).unwrap(), before);
        assert_eq!(fleet_hash(&tmp.path().join("link/state")).unwrap(), before);
        assert_ne!(fleet_hash(tmp.path()).unwrap(), before);
    }

    #[test]
    fn a_socket_whose_path_would_be_too_long_goes_to_the_next_place() {
        let hash = FleetHash(1);
        let socket = |runtime: Option<&str>, state: &str| {
            Place::choose(runtime.map(PathBuf::from), Path::new(state), hash, 7).socket
        };
        let long = format!("/{}", "x".repeat(SOCKET_PATH_MAX));
        let run = "/run/user/7";
        assert_eq!(
            socket(Some(run), "/s"),
            Path::new("/run/user/7/ao/0000000000000001/sock")
        );
        assert_eq!(socket(None, "/s"), Path::new("/s/sock"));
        assert_eq!(socket(Some(&long), "/s"), Path::new("/s/sock"));
        assert_eq!(
            socket(None, &long),
            Path::new("/tmp/ao-7/0000000000000001/sock")
        );
        // The last byte belongs to the NUL.
        let fits = format!("/{}", "x".repeat(SOCKET_PATH_MAX - 1 - "//sock".len()));
        assert_eq!(socket(None, &fits).as_os_str().len(), SOCKET_PATH_MAX - 1);
        assert_eq!(
            socket(None, &format!("{fits}x")),
            Path::new("/tmp/ao-7/0000000000000001/sock")
        );
    }

    #[test]
    fn the_directory_of_a_prepared_place_can_be_bound_in() {
        let tmp = tempfile::tempdir().unwrap();
        let place = Place::choose(None, &tmp.path().join("state"), FleetHash(1), 7);
        place.prepare().unwrap();
        std::os::unix::net::UnixListener::bind(place.socket()).unwrap();
    }
}
