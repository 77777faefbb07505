//! The files of a fleet that say what to do: holds, the phase, what is done; and the remote.

use super::Engine;
use crate::supervise::{HoldFile, Input, Op, UnitName};

impl Engine {
    pub(super) fn write_hold(&mut self, unit: &UnitName, hold: Option<HoldFile>) {
        let _ = (unit, hold);
    }

    pub(super) fn write_index(&mut self, op: Op, index: usize) {
        let _ = (op, index);
    }

    pub(super) fn mark_complete(&mut self, op: Op, complete: bool) {
        let _ = (op, complete);
    }

    pub(super) fn remove_trigger(&mut self, op: Op) {
        let _ = op;
    }

    pub(super) fn fetch(&mut self, op: Op, since: Option<String>) {
        let _ = since;
        let result = Err("not wired yet".to_owned());
        self.handle(Input::Fetched { op, result });
    }
}
