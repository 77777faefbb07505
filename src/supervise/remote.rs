//! What one look at the remote branch of a hand-off found.

use serde::{Deserialize, Serialize};

/// The remote branch at one moment, and what is new on it since the last look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remote {
    /// The commit that the branch points to, in hexadecimal. The next look is given it.
    pub head: String,
    /// The commit of the last look is no ancestor of this one: the branch was pushed by force. What
    /// is new is then told as far as it can be known, and a commit that was only moved is not.
    pub rewritten: bool,
    /// Subjects of new commits that claim a gate, the newest first; at most 20, for people to read.
    pub claims: Vec<String>,
    /// As [`Remote::claims`], of commits that review one.
    pub reviews: Vec<String>,
    /// What tells the content of an inbox from any other: of the one for `claim_pings`, then of the
    /// one for `review_pings`. `None` for a file that is missing or empty.
    pub inboxes: [Option<String>; 2],
}
