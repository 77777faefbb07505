//! What the supervisor has decided about a unit, in the words of the status document.

use std::time::Duration;

use crate::daemon::events;
use crate::daemon::wire::{Budget, Hold, State, Unit};
use crate::supervise::{self, Now, Supervisor};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Fills in what the machine knows beside what is seen at this moment: what is wanted, what
/// counts against the unit, and what it waits for. The state is the caller's.
pub(in crate::daemon) fn fill(
    row: &mut Unit,
    unit: &supervise::Unit,
    machine: &Supervisor,
    now: Now,
) {
    let policy = machine.policy();
    let budget = unit.budget();
    row.wanted = unit.wanted(machine.fleet_wanted()).map(events::wanted);
    row.restarts = budget.in_a_row();
    row.budget = Some(Budget {
        restarts_window: budget.within(policy.restart_window, now.mono),
        window_max: policy.restarts_per_window,
        restarts_day: budget.within(DAY, now.mono),
        day_max: policy.restarts_per_day,
    });
    row.hold = machine.hold_of(unit.name()).map(hold);
    row.gave_up = unit.latched().is_some();
    row.paused = unit.paused() || machine.paused();
    row.waiting_until = unit.waits_until(policy);
    row.silent_since = unit.silent_since().and_then(|since| {
        let ago = now.mono.checked_sub(since)?;
        now.wall.checked_sub(ago).ok()
    });
    let shown = unit.shown();
    row.signal = shown.map(|fact| fact.signal.to_string());
    row.dialog = shown.and_then(|fact| fact.dialog.clone());
    row.context_left = shown.and_then(|fact| fact.context_left);
    row.letters = unit.letters();
    row.account = unit.spec().and_then(|spec| spec.account.clone());
}

/// Why a unit is in its state; none where the state says all. To be asked once the state and
/// what [`fill`] gives are known.
pub(in crate::daemon) fn reason(row: &Unit, unit: &supervise::Unit) -> Option<String> {
    if let Some(why) = unit.latched() {
        return Some(one_line(why));
    }
    match row.state {
        State::Failed => unit.failure().map(one_line).or_else(|| ended(row)),
        State::NeedsInput | State::Login | State::Limited | State::Fatal | State::Retrying => {
            let rows = &unit.shown()?.rows;
            let last = rows.iter().rev().find(|line| !line.trim().is_empty())?;
            Some(last.trim().to_owned())
        }
        _ => None,
    }
}

fn ended(row: &Unit) -> Option<String> {
    let status = row.exit_status.map(|status| format!("ended with {status}"));
    match (status, &row.exit_reason) {
        (Some(status), Some(reason)) => Some(format!("{status}: {reason}")),
        (status, reason) => status.or_else(|| reason.clone()),
    }
}

/// A text with a hint on a line of its own, as one line.
pub(in crate::daemon) fn one_line(text: &str) -> String {
    text.replace('\n', "; ")
}

fn hold(hold: &supervise::Hold) -> Hold {
    let (source, banner) = events::source(&hold.source);
    Hold {
        until: hold.until,
        source,
        banner,
        probes: hold.probes,
    }
}
