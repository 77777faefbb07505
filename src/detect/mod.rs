//! A pane's screen and output become facts: what its agent is doing, and what shows it.
//!
//! - [`Signs`]: the patterns of a backend, ready to be looked for;
//! - [`Judge`]: one pane over time; only lines that are new are searched;
//! - [`Reading`]: a screen or a stream that belongs to no pane;
//! - [`Finding`]: a fact as people and scripts get it;
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
//! 2. `login_re` matches: it wants a person to log in.
//! 3. `limit_re` matches: limited.
//! 4. `dialog_re` matches: it needs a person.
//! 5. A program with a footer wrote something within `log_grace`: working.
//! 6. `fatal_re` matches: fatal.
//! 7. There is an `active_re`, and it did not match for [`SETTLING`]: idle.
//! 8. Otherwise it stays what it last was of working and idle, else unknown.
//!
//! # What else a screen says
//! Of a limit, when it ends ([`Reset`]) and whether the agent goes on by itself then. Of an agent
//! that does not work, until when it waits ([`Waiting`]), and whether the conversation that it was
//! to take up exists. All of this is read as it is written; which moment it means depends on when
//! and where it is read, so whoever asks says that.

mod anatomy;
mod conversation;
mod fact;
mod finding;
mod foreign;
mod fuse;
mod hook;
mod judge;
mod known;
mod lines;
mod reading;
mod reset;
mod rows;
mod said;
mod sight;
mod signs;
#[cfg(test)]
mod tests;
mod told;
mod waiting;

pub use conversation::{Filed, filed};
pub use fact::{Fact, Limit, Seen, Signal};
pub use finding::{Doing, Finding, LimitFound};
pub use foreign::foreign_program;
pub use hook::{HOOK_MAX, Hooked, hook};
pub use judge::{Judge, SETTLING, facts_of};
pub use reading::{Reading, size_of_text};
pub use reset::{Reset, reset_in};
pub use signs::Signs;
pub use told::{Told, Word, asks_for_status, status};
pub use waiting::{Waiting, waiting_in};
