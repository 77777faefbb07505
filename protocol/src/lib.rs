//! A sans-IO parser and command builder for tmux control mode, `tmux -C` and `tmux -CC`.
//!
//! It reads what every release since 1.9 sends, and writes what releases since 3.2 take. It does
//! no IO, starts no process and reads no clock: you hand it bytes and get events, you hand it
//! commands and get bytes.
//!
//! ```
//! use tmux_control::{CommandLine, Event, Format, Mode, Notification, Parser, Pending};
//! use tmux_control::command::{ListPanes, PaneScope};
//!
//! // What to write to tmux ...
//! let list = ListPanes { scope: PaneScope::All, format: Format::new("#{pane_id}"), filter: None };
//! let line = CommandLine::new(&list)?;
//! assert_eq!(line.encode(), b"list-panes -F '#{pane_id}' -a\n");
//! let mut pending = Pending::new(64);
//! pending.push("list", line.blocks()).expect("there is room");
//!
//! // ... and what comes back, in pieces of any size.
//! let mut parser = Parser::new(Mode::Control);
//! parser.feed(b"%output %3 hi\\015\\012\n%begin 1 7 1\n%3\n%end 1 7 1\n", &mut |event| match event {
//!     Event::Notification(Notification::Output { pane, data }) => {
//!         assert_eq!((pane.0, data), (3, &b"hi\r\n"[..]));
//!     }
//!     Event::Reply(reply) => {
//!         let (request, replies) = pending.on_reply(reply).expect("it is the whole answer");
//!         assert_eq!((request, replies[0].first_line()), ("list", &b"%3"[..]));
//!     }
//!     other => panic!("{other:?}"),
//! });
//! # Ok::<(), tmux_control::CommandError>(())
//! ```
//!
//! # Bytes to events
//! [`Parser`] works in two stages: bytes become lines of bounded length, and a line becomes one
//! event. There are no errors: what is unknown, malformed or out of place is an event with the
//! line in it, and the next line is read afresh. Nothing is allocated for an `%output` line.
//!
//! A block is closed only by the very triple that opened it, and all that stands in it belongs to
//! its [`Reply`]: up to tmux 3.7c that can be a notification, see
//! [`Reply::notifications`]. [`Pending`] finds the request that a reply answers.
//!
//! # Commands to bytes
//! A [`CommandLine`] is built from the types in [`command`]. Each knows which of its arguments
//! tmux takes as they are and which it expands as a format: a session called `#(reboot)` is made
//! under that name, and nothing runs.
//!
//! # Features
//! `codec` adds a `Decoder` and `Encoder` for tokio-util.

#![deny(rustdoc::broken_intra_doc_links)]

mod block;
#[cfg(feature = "codec")]
pub mod codec;
pub mod command;
pub mod event;
mod format;
mod frame;
mod grammar;
mod id;
pub mod layout;
pub mod notification;
pub mod octal;
mod parser;
mod pending;
mod quote;
mod reply;
mod target;

pub use command::{Command, CommandError, CommandLine};
pub use format::{Format, Text};
pub use id::{IdError, PaneId, SessionId, WindowId};
pub use layout::{Layout, LayoutError};
pub use parser::{Limits, Mode, Parser};
pub use pending::{Pending, PendingFull};
pub use quote::{QuoteError, format_literal, quote};
pub use reply::Reply;
pub use target::{Session, SessionName, SessionNameError, Target};

/// An event as the parser gives it, borrowed until the next one.
pub type Event<'a> = event::Event<&'a [u8]>;
/// An event with byte strings of its own.
pub type OwnedEvent = event::Event<Vec<u8>>;
/// A notification as the parser gives it, borrowed until the next event.
pub type Notification<'a> = notification::Notification<&'a [u8]>;
/// A notification with byte strings of its own.
pub type OwnedNotification = notification::Notification<Vec<u8>>;

/// The example of the readme, so that it is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
