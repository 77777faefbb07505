//! Whether a phase's status file says that the phase is done.

use serde::{Deserialize, Serialize};

/// What a status file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// The phase goes on.
    #[default]
    No,
    /// There is a marker and nothing after it: somebody may be about to write more.
    Bare,
    /// It is done.
    Yes,
}
