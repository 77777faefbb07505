//! A pane's screen and output become facts: what its agent is doing, and what shows it.
//!
//! - [`Signs`]: the patterns of a backend, ready to be looked for;
//! - [`Judge`]: one pane over time; only lines that are new are searched;
//! - [`facts_of`]: one screen without a past, to confirm what a judge said;
//! - [`foreign_program`]: whether a pane runs the program of another backend.
//!
//! Nothing here reads a clock: time is an argument, monotonic, from any start.
//!
//! # What is searched
//! The visible screen as one text: the rows joined by newlines, rows that the terminal wrapped as
//! one line, blanks at the end of a line cut, any case. A program with a footer (`footer_ui`) works
//! only if `active_re` matches in the last ten rows, blank ones counted; of a wrapped line that
//! begins above them only the part in these rows is searched, since that is what the footer shows.
//!
//! # Which fact wins
//! 1. `active_re` matches: working. It hides everything else.
//! 2. `limit_re` matches: limited.
//! 3. A program with a footer wrote something within `log_grace`: working.
//! 4. `fatal_re` matches: fatal.
//! 5. There is an `active_re`, and it did not match for [`SETTLING`]: idle.
//! 6. Otherwise it stays what it last was of working and idle, else unknown.

mod fact;
mod foreign;
mod judge;
mod reset;
mod sight;
mod signs;
#[cfg(test)]
mod tests;
mod waiting;

pub use fact::{Fact, Limit, Seen, Signal};
pub use foreign::foreign_program;
pub use judge::{Judge, SETTLING};
pub use reset::{Reset, reset_in};
pub use sight::facts_of;
pub use signs::Signs;
pub use waiting::{Waiting, waiting_in};
