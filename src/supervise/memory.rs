//! What the supervisor has to know again after it was restarted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Backoff;

/// What outlives the process: what is wanted, and the restarts that count. Keys are the names
/// of agents and services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Whether the whole fleet was asked for (`true`), sent away (`false`), or never spoken of.
    pub fleet: Option<bool>,
    /// What was asked for by name or with the whole fleet: up or down.
    pub wanted: BTreeMap<String, bool>,
    /// Restarts that are not forgiven yet.
    pub backoff: BTreeMap<String, Backoff>,
    /// Tasks that ended with 0 and are done.
    pub done: Vec<String>,
}
