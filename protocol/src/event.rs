//! What the parser gives.

use crate::Reply;

/// One thing that came. `B` is how byte strings are held: `&[u8]` as the parser gives it (see
/// [`crate::Event`]), `Vec<u8>` when it is to be kept (see [`crate::OwnedEvent`]).
///
/// There is no error: whatever a line is, it is an event, and the next line is looked at afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<B> {
    /// tmux tells something.
    Notification(crate::notification::Notification<B>),
    /// A block is complete. [`Reply::is_ours`] tells whether it answers a line of this client.
    Reply(Reply),
    /// A line that begins with `%` and a name that this crate does not know.
    Unknown(B),
    /// A known notification whose fields are missing or out of range.
    Malformed(B),
    /// Text outside of any block, or an end without a beginning. Hooks and the later lines of a
    /// subscription's value can cause it: no fault of the stream.
    Stray(B),
    /// A line was dropped: it exceeds its limit, or the reply that it is part of exceeds its own.
    LineTooLong,
    /// `ESC P1000p` of a `-CC` client: from here on the terminal speaks control mode.
    DcsOpen,
    /// `ESC \` of a `-CC` client: the terminal is a terminal again.
    DcsClose,
    /// The stream has ended, see [`crate::Parser::finish`].
    EndOfStream {
        /// Whether a block was still open: its reply will never come.
        open_block: bool,
    },
}

impl Event<&[u8]> {
    /// The same with byte strings of its own, to be kept.
    pub fn into_owned(self) -> Event<Vec<u8>> {
        match self {
            Self::Notification(notification) => Event::Notification(notification.into_owned()),
            Self::Reply(reply) => Event::Reply(reply),
            Self::Unknown(line) => Event::Unknown(line.to_vec()),
            Self::Malformed(line) => Event::Malformed(line.to_vec()),
            Self::Stray(line) => Event::Stray(line.to_vec()),
            Self::LineTooLong => Event::LineTooLong,
            Self::DcsOpen => Event::DcsOpen,
            Self::DcsClose => Event::DcsClose,
            Self::EndOfStream { open_block } => Event::EndOfStream { open_block },
        }
    }
}
