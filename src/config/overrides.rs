//! One-off overrides from the environment of whoever types a verb.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// `AGENT_MODEL_<name>` and `AGENT_BACKEND_<name>`, for one load only. The watchdog loads with
/// [`Overrides::default`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    models: BTreeMap<String, String>,
    backends: BTreeMap<String, String>,
    unreadable: Vec<String>,
}

impl Overrides {
    /// Picks the overrides out of an environment. Empty ones do not count; one that is not UTF-8
    /// is reported by the load and has no effect.
    pub fn from_environment(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut found = Self::default();
        for (key, value) in pairs {
            let key = key.to_string_lossy();
            let (names, name) = if let Some(name) = key.strip_prefix("AGENT_MODEL_") {
                (&mut found.models, name)
            } else if let Some(name) = key.strip_prefix("AGENT_BACKEND_") {
                (&mut found.backends, name)
            } else {
                continue;
            };
            match value.into_string() {
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(names.insert(name.to_owned(), value)),
                Err(_) => found.unreadable.push(key.into_owned()),
            }
        }
        found
    }

    /// The model for an agent.
    pub fn model(&self, agent: &str) -> Option<&str> {
        self.models.get(agent).map(String::as_str)
    }

    /// The backend for an agent.
    pub fn backend(&self, agent: &str) -> Option<&str> {
        self.backends.get(agent).map(String::as_str)
    }

    /// Every backend that some agent is to use.
    pub(super) fn backends(&self) -> impl Iterator<Item = String> + '_ {
        self.backends.values().cloned()
    }

    /// The variables whose values are not UTF-8.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }
}
