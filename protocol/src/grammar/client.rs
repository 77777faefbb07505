//! Clients, what they are told, and the buffers that they share.

use nom::{
    Parser,
    combinator::{map, opt},
};

use super::field::{Parsed, session, text, word};
use crate::Notification;

pub(super) fn exit(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(opt(text), |reason| Notification::Exit { reason }).parse_complete(fields)
}

pub(super) fn session_changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((word, session, text), |(client, session, name)| {
        Notification::ClientSessionChanged {
            client,
            session,
            name,
        }
    })
    .parse_complete(fields)
}

pub(super) fn detached(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(word, |client| Notification::ClientDetached { client }).parse_complete(fields)
}

pub(super) fn paste_buffer_changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(text, |name| Notification::PasteBufferChanged { name }).parse_complete(fields)
}

pub(super) fn paste_buffer_deleted(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(text, |name| Notification::PasteBufferDeleted { name }).parse_complete(fields)
}

pub(super) fn config_error(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(text, |text| Notification::ConfigError { text }).parse_complete(fields)
}

pub(super) fn message(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(text, |text| Notification::Message { text }).parse_complete(fields)
}
