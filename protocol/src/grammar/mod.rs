//! The second stage: one line becomes one event. A file per area of the grammar.

mod block;
mod client;
mod field;
mod layout;
mod output;
mod session;
mod subscription;
mod window;

use memchr::memchr;

pub(crate) use block::Begin;
pub(crate) use layout::layout;

use crate::{Event, Notification};

/// What a line outside of a block is.
#[derive(Debug)]
pub(crate) enum Line<'a> {
    Event(Event<'a>),
    Begin(Begin<'a>),
}

/// Reads a line that stands outside of any block. `payload` is where what is escaped is decoded.
#[inline]
pub(crate) fn line<'a>(line: &'a [u8], payload: &'a mut Vec<u8>) -> Line<'a> {
    if let Ok((data, pane)) = output::head(line) {
        let data = crate::octal::unescape(data, payload);
        return Line::Event(Event::Notification(Notification::Output { pane, data }));
    }
    other(line, payload)
}

/// A line as a notification, if it is one whose fields stand for themselves.
pub(crate) fn plain_notification(line: &[u8]) -> Option<Notification<'_>> {
    let (name, fields) = named(line)?;
    notification(name, fields)?
        .ok()
        .map(|(_, notification)| notification)
}

/// The name of a line and what follows it.
fn named(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_prefix(b"%")?;
    Some(rest.split_at(memchr(b' ', rest).unwrap_or(rest.len())))
}

fn other<'a>(line: &'a [u8], payload: &'a mut Vec<u8>) -> Line<'a> {
    let Some((name, fields)) = named(line) else {
        return Line::Event(Event::Stray(line));
    };
    let notification = match name {
        b"begin" => {
            return match block::begin(fields) {
                Ok((_, begin)) => Line::Begin(begin),
                Err(_) => Line::Event(Event::Malformed(line)),
            };
        }
        b"end" | b"error" => return Line::Event(Event::Stray(line)),
        // Its well-formed lines were seen before.
        b"output" => return Line::Event(Event::Malformed(line)),
        b"extended-output" => output::extended(fields, payload),
        b"subscription-changed" => subscription::changed(fields),
        _ => match notification(name, fields) {
            Some(notification) => notification,
            None => return Line::Event(Event::Unknown(line)),
        },
    };
    Line::Event(match notification {
        Ok((_, notification)) => Event::Notification(notification),
        Err(_) => Event::Malformed(line),
    })
}

/// Reads the fields, each with the space before it, of a notification other than output; none if
/// its name is not known.
fn notification<'a>(name: &[u8], fields: &'a [u8]) -> Option<field::Parsed<'a, Notification<'a>>> {
    Some(match name {
        b"pause" => output::pause(fields),
        b"continue" => output::resume(fields),
        b"exit" => client::exit(fields),
        b"session-changed" => session::changed(fields),
        b"client-session-changed" => client::session_changed(fields),
        b"client-detached" => client::detached(fields),
        b"session-renamed" => session::renamed(fields),
        b"sessions-changed" => Ok((fields, Notification::SessionsChanged)),
        b"session-window-changed" => session::window_changed(fields),
        b"window-pane-changed" => window::pane_changed(fields),
        b"pane-mode-changed" => window::pane_mode_changed(fields),
        b"window-add" => window::add(fields),
        b"window-close" => window::close(fields),
        b"window-renamed" => window::renamed(fields),
        b"unlinked-window-add" => window::unlinked_add(fields),
        b"unlinked-window-close" => window::unlinked_close(fields),
        b"unlinked-window-renamed" => window::unlinked_renamed(fields),
        b"layout-change" => window::layout_change(fields),
        b"paste-buffer-changed" => client::paste_buffer_changed(fields),
        b"paste-buffer-deleted" => client::paste_buffer_deleted(fields),
        b"config-error" => client::config_error(fields),
        b"message" => client::message(fields),
        _ => return None,
    })
}
