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
//! use ao::supervise::{Action, Input, Memory, Now, Policy, Ask, Supervisor, UnitName, UnitSpec};
//!
//! let worker = UnitSpec { name: UnitName::new("worker"), service: false, task: false, enabled: true, watched: true };
//! let mut fleet = Supervisor::new(Policy::default(), Memory::default());
//! let now = Now { mono: Duration::ZERO, wall: jiff::Timestamp::UNIX_EPOCH };
//! let mut actions = Vec::new();
//! fleet.handle(now, Input::Configured(vec![worker]), &mut actions);
//! fleet.handle(now, Input::Connected, &mut actions);
//! fleet.handle(now, Input::Observed(vec![]), &mut actions);
//! fleet.handle(now, Input::Asked(Ask::Up(None)), &mut actions);
//! assert!(actions.iter().any(|action| matches!(action, Action::Start { .. })));
//! ```

mod backoff;
mod done;
mod input;
mod memory;
mod remote;
mod supervisor;
mod unit;

#[cfg(test)]
mod tests;

pub use backoff::{Backoff, Policy};
pub use done::{Done, done};
pub use input::{Action, Ask, Ending, Fact, Fault, Input, Now, Op, Seen, UnitName, UnitSpec};
pub use memory::Memory;
pub use remote::Remote;
pub use supervisor::Supervisor;
pub use unit::{Judgement, Unit};
