//! A sans-IO parser and command builder for tmux control mode.

#![deny(rustdoc::broken_intra_doc_links)]

mod block;
pub mod command;
pub mod event;
mod format;
mod frame;
mod grammar;
mod id;
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
