//! What a config asks for and this release does not act upon yet.

use super::fleet::{Fleet, LogSource};

impl Fleet {
    /// A sentence for each rule of the config that is read and checked, but not acted upon yet.
    /// Empty when everything is acted upon.
    pub fn rules_not_acted_on(&self) -> Vec<String> {
        let mut rules = Vec::new();
        if self.log == LogSource::Pipe {
            rules.push("log = \"pipe\" is not done yet; logs come from the stream".to_owned());
        }
        rules
    }
}
