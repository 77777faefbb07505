//! Sessions.

use nom::{Parser, combinator::map};

use super::field::{Parsed, session, text, window};
use crate::Notification;

pub(super) fn changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((session, text), |(session, name)| {
        Notification::SessionChanged { session, name }
    })
    .parse_complete(fields)
}

/// The manual leaves the id out; every release sends it.
pub(super) fn renamed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((session, text), |(session, name)| {
        Notification::SessionRenamed { session, name }
    })
    .parse_complete(fields)
}

pub(super) fn window_changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((session, window), |(session, window)| {
        Notification::SessionWindowChanged { session, window }
    })
    .parse_complete(fields)
}
