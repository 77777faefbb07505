//! Subscriptions.

use memchr::memmem;
use nom::Parser;

use super::{
    field::{Parsed, number, or_dash, pane, session, text, window},
    output::after_colon,
};
use crate::{Notification, PaneId, SessionId, WindowId};

type Scope = (SessionId, Option<WindowId>, Option<u32>, Option<PaneId>);

/// `NAME $S @W|- IDX|- %P|- [reserved…] : VALUE`. A name may hold spaces, so it ends where the
/// four fields after it first fit.
pub(super) fn changed(fields: &[u8]) -> Parsed<'_, Notification<'_>> {
    let (_, body) = text(fields)?;
    for at in memmem::find_iter(body, b" $") {
        if let Ok((rest, (session, window, index, pane))) = scope(&body[at..]) {
            let (_, value) = after_colon(rest)?;
            let name = &body[..at];
            let changed = Notification::SubscriptionChanged {
                name,
                session,
                window,
                index,
                pane,
                value,
            };
            return Ok((&[], changed));
        }
    }
    Err(nom::Err::Error(()))
}

fn scope(input: &[u8]) -> Parsed<'_, Scope> {
    (session, or_dash(window), or_dash(number), or_dash(pane)).parse_complete(input)
}
