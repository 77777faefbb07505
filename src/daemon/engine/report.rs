//! What is kept of units for people: their logs and their last screens.

use super::Engine;
use crate::config::SessionName;
use crate::daemon::logs::LogKey;
use crate::supervise::UnitName;

impl Engine {
    /// The session that the config gives to a unit.
    pub(in crate::daemon) fn session_name(&self, unit: &UnitName) -> Option<SessionName> {
        let units = super::config::units(&self.fleet);
        let found = units.into_iter().find(|(name, ..)| name == unit);
        found.map(|(_, session, _)| session)
    }

    /// The log of a unit; none once the config no longer has it and nothing was logged before.
    pub(super) fn log_key(&mut self, unit: &UnitName) -> Option<LogKey> {
        if let Some(key) = self.log_keys.get(unit) {
            return Some(key.clone());
        }
        let session = self.session_name(unit)?;
        let key = self.logs.open(self.fleet.log_file(&session));
        self.log_keys.insert(unit.clone(), key.clone());
        Some(key)
    }

    pub(super) fn keep_last_screen(&mut self, unit: &UnitName, rows: Vec<String>) {
        self.disk.save(&document(unit), &rows);
        self.runtime(unit).last_screen = Some(rows);
    }

    /// What an earlier watchdog kept.
    pub(super) fn load_last_screens(&mut self) {
        let names: Vec<UnitName> = self.supervisor.units().map(|u| u.name().clone()).collect();
        for name in names {
            let rows: Option<Vec<String>> = self.disk.load(&document(&name));
            self.runtime(&name).last_screen = rows;
        }
    }
}

/// Slashes would lead out of the directory.
fn document(unit: &UnitName) -> String {
    let name = unit.as_str().replace('%', "%25").replace('/', "%2F");
    format!("screen-{name}.json")
}
