//! Facts and time become decisions.
//!
//! [`Supervisor`] is a pure machine: [`Supervisor::handle`] takes the time and one [`Input`] and
//! appends [`Action`]s; [`Supervisor::next_deadline`] says when it wants to be called next even
//! if nothing happens. It does no IO, reads no clock and spawns nothing, so a test can run a
//! fleet's whole night in milliseconds. Whoever carries an action out reports its result as an
//! input that carries the same [`Op`].
//!
//! ```
//! use std::time::Duration;
//! use ao::supervise::{Action, Ask, FleetSpec, Input, Memory, Now, Policy, Supervisor, UnitSpec};
//!
//! let spec = FleetSpec { units: vec![UnitSpec::new("worker")], ..FleetSpec::default() };
//! let mut fleet = Supervisor::new(Memory::default(), 1);
//! let now = Now { mono: Duration::ZERO, wall: jiff::Timestamp::UNIX_EPOCH };
//! let mut actions = Vec::new();
//! let policy = Box::new(Policy::default());
//! fleet.handle(now, Input::Configured { policy, fleet: spec }, &mut actions);
//! fleet.handle(now, Input::Connected, &mut actions);
//! fleet.handle(now, Input::Observed(vec![]), &mut actions);
//! fleet.handle(now, Input::Asked(Ask::Up(None)), &mut actions);
//! assert!(actions.iter().any(|action| matches!(action, Action::Start { .. })));
//! ```

mod action;
mod answer;
mod budget;
mod dice;
mod done;
mod fact;
mod fleet;
mod holds;
mod input;
mod letter;
mod memory;
mod mutant;
mod outlook;
mod policy;
mod remote;
mod spec;
mod text;
mod timer;
mod unit;

#[cfg(test)]
mod tests;

pub use action::Action;
pub use answer::{Answered, Attempt, RESET, Reply};
pub use budget::Budget;
pub use done::{Done, done};
pub use fact::{Cause, Fact, Post, Source, Stall};
pub use fleet::Supervisor;
pub use holds::{Hold, Probing};
pub use input::{Ask, Ending, Fault, Foreign, Input, Now, Op, Seen, SequenceFiles, UnitName, View};
pub use letter::{HoldFile, Letter, Purpose, Receipt};
pub use memory::{HandoffMemory, Memory, SequenceMemory, UnitMemory};
#[doc(hidden)]
pub use mutant::Mutant;
pub use outlook::Outlook;
pub use policy::Policy;
pub use remote::Remote;
pub use spec::{Care, FleetSpec, HandoffSpec, SequenceSpec, StallAction, UnitKind, UnitSpec};
pub use timer::Timer;
pub use unit::{Judgement, Unit};
