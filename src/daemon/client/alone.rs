//! What a verb does by itself when no watchdog runs and tmux is not needed.

use crate::config::Fleet;
use crate::daemon::{DaemonError, loop_files, state_error, status, take_lock};
use crate::os;

pub use status::phase_at;

/// Writes the number of the phase down, for the next watchdog to act on. The mark of a sequence
/// that is complete goes, as it does when a watchdog moves.
///
/// # Errors
/// A watchdog has just begun, or the file cannot be written.
pub fn set_phase_without_daemon(fleet: &Fleet, index: usize) -> Result<(), DaemonError> {
    let state = |source| state_error(fleet, source);
    std::fs::create_dir_all(&fleet.log_dir).map_err(state)?;
    os::place::private_dir(&fleet.state_dir).map_err(state)?;
    // Nobody acts on the files while they change.
    let _lock = take_lock(fleet)?;
    let written = loop_files::write_index(fleet, index);
    let written = written.and_then(|()| loop_files::unmark_complete(fleet));
    written.map_err(DaemonError::Files)
}
