//! What the remote of a hand-off has.

use serde::{Deserialize, Serialize};

/// What one look at the remote's branch found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The commit at its head.
    pub head: String,
    /// The commit that was its head before is no part of its history any more.
    pub rewritten: bool,
    /// The subjects of new commits that claim a gate, fit to be shown; the newest first.
    pub claims: Vec<String>,
    /// The subjects of new commits that review one.
    pub reviews: Vec<String>,
    /// A digest of each inbox that is there and not empty.
    pub inboxes: [Option<String>; 2],
}
