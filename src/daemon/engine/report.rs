//! What is kept of units for people: their logs and their last screens.

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::config::SessionName;
use crate::daemon::logs::PaneLog;
use crate::daemon::store::Store;
use crate::supervise::UnitName;

/// The document with what stood on a unit's screen when it died.
#[derive(Debug, Serialize, Deserialize)]
struct LastScreen {
    rows: Vec<String>,
}

impl Engine {
    /// The session that the config gives to a unit.
    pub(in crate::daemon) fn session_name(&self, unit: &UnitName) -> Option<SessionName> {
        let name = unit.as_str();
        let fleet = &self.fleet;
        if let Some(agent) = fleet.agent(name) {
            return Some(agent.session.clone());
        }
        if let Some(service) = fleet.service(name) {
            return Some(service.session.clone());
        }
        let units = super::config::units(fleet);
        let found = units.into_iter().find(|(name, ..)| name == unit);
        found.map(|(_, session, _)| session)
    }

    /// The log of a unit; none if the config does not have it.
    pub(super) fn log_of(&self, unit: &UnitName) -> Option<PaneLog> {
        let session = self.session_name(unit)?;
        Some(self.logs.open(self.fleet.log_file(&session)))
    }

    pub(super) fn keep_last_screen(&mut self, unit: &UnitName, rows: Vec<String>) {
        let screen = LastScreen { rows };
        self.disk.save(&document(unit), &screen);
        let now = self.clock.now();
        self.journal.last_screen(now, unit, &screen.rows);
        self.runtime(unit).last_screen = Some(screen.rows);
    }

    /// What an earlier watchdog kept.
    pub(super) fn load_last_screens(&mut self) {
        let names: Vec<UnitName> = self.supervisor.units().map(|u| u.name().clone()).collect();
        for name in names {
            let screen: Option<LastScreen> = self.disk.load(&document(&name));
            self.runtime(&name).last_screen = screen.map(|screen| screen.rows);
        }
    }
}

/// What stood on a unit's screen when it died, for who only reads.
pub(in crate::daemon) fn kept_screen(store: &Store, unit: &UnitName) -> Option<Vec<String>> {
    let kept = store.load::<LastScreen>(&document(unit)).ok()?;
    kept.value.map(|screen| screen.rows)
}

/// Slashes would lead out of the directory.
fn document(unit: &UnitName) -> String {
    let name = unit.as_str().replace('%', "%25").replace('/', "%2F");
    format!("screen-{name}.json")
}
