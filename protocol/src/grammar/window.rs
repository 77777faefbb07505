//! Windows and their panes.

use nom::{
    Parser,
    combinator::{map, opt},
};

use super::field::{Parsed, pane, text, window, word, word_or_empty};
use crate::Notification;

pub(super) fn pane_changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((window, pane), |(window, pane)| {
        Notification::WindowPaneChanged { window, pane }
    })
    .parse_complete(fields)
}

pub(super) fn pane_mode_changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(pane, |pane| Notification::PaneModeChanged { pane }).parse_complete(fields)
}

pub(super) fn add(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(window, |window| Notification::WindowAdd { window }).parse_complete(fields)
}

pub(super) fn close(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(window, |window| Notification::WindowClose { window }).parse_complete(fields)
}

pub(super) fn renamed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((window, text), |(window, name)| {
        Notification::WindowRenamed { window, name }
    })
    .parse_complete(fields)
}

pub(super) fn unlinked_add(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(window, |window| Notification::UnlinkedWindowAdd { window }).parse_complete(fields)
}

pub(super) fn unlinked_close(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(window, |window| Notification::UnlinkedWindowClose {
        window,
    })
    .parse_complete(fields)
}

pub(super) fn unlinked_renamed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map((window, text), |(window, name)| {
        Notification::UnlinkedWindowRenamed { window, name }
    })
    .parse_complete(fields)
}

/// `@W LAYOUT` up to 2.1, `@W LAYOUT VISIBLE FLAGS` since 2.2. A window without flags leaves a
/// space at the line's end.
pub(super) fn layout_change(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    map(
        (window, word, opt(word_or_empty), opt(word_or_empty)),
        |(window, layout, visible, flags)| Notification::LayoutChange {
            window,
            layout,
            visible,
            flags,
        },
    )
    .parse_complete(fields)
}
