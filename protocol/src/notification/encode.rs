//! Notifications as tmux writes them: for recorded streams, simulated servers and tests.

use super::Notification;
use crate::octal;

impl<B: AsRef<[u8]>> Notification<B> {
    /// Appends the line that tmux would send, with its newline.
    ///
    /// The parser reads the same notification back, unless a name or a text holds a newline: tmux
    /// does not escape one either.
    ///
    /// ```
    /// use tmux_control::{Notification, PaneId};
    /// let mut line = Vec::new();
    /// Notification::Output { pane: PaneId(1), data: &b"a\r\n"[..] }.encode(&mut line);
    /// assert_eq!(line, b"%output %1 a\\015\\012\n");
    /// ```
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut line = Line { out };
        line.raw(b"%");
        line.raw(self.name().as_bytes());
        match self {
            Self::Output { pane, data } => {
                line.field(pane);
                line.raw(b" ");
                octal::escape(data.as_ref(), line.out);
            }
            Self::ExtendedOutput { pane, age_ms, data } => {
                line.field(pane);
                line.or_dash(age_ms.as_ref());
                line.raw(b" : ");
                octal::escape(data.as_ref(), line.out);
            }
            Self::SubscriptionChanged {
                name,
                session,
                window,
                index,
                pane,
                value,
            } => {
                line.text(name);
                line.field(session);
                line.or_dash(window.as_ref());
                line.or_dash(index.as_ref());
                line.or_dash(pane.as_ref());
                line.raw(b" : ");
                line.raw(value.as_ref());
            }
            Self::LayoutChange {
                window,
                layout,
                visible,
                flags,
            } => {
                line.field(window);
                line.text(layout);
                visible
                    .iter()
                    .chain(flags)
                    .for_each(|field| line.text(field));
            }
            other => other.encode_plain(&mut line),
        }
        line.raw(b"\n");
    }

    /// The fields of those that are plain ids and texts.
    fn encode_plain(&self, line: &mut Line<'_>) {
        match self {
            Self::Pause { pane } | Self::Continue { pane } | Self::PaneModeChanged { pane } => {
                line.field(pane);
            }
            Self::Exit { reason } => reason.iter().for_each(|reason| line.text(reason)),
            Self::SessionChanged { session, name } | Self::SessionRenamed { session, name } => {
                line.field(session);
                line.text(name);
            }
            Self::ClientSessionChanged {
                client,
                session,
                name,
            } => {
                line.text(client);
                line.field(session);
                line.text(name);
            }
            Self::SessionWindowChanged { session, window } => {
                line.field(session);
                line.field(window);
            }
            Self::WindowPaneChanged { window, pane } => {
                line.field(window);
                line.field(pane);
            }
            Self::WindowAdd { window }
            | Self::WindowClose { window }
            | Self::UnlinkedWindowAdd { window }
            | Self::UnlinkedWindowClose { window } => line.field(window),
            Self::WindowRenamed { window, name } | Self::UnlinkedWindowRenamed { window, name } => {
                line.field(window);
                line.text(name);
            }
            Self::ClientDetached { client: text }
            | Self::PasteBufferChanged { name: text }
            | Self::PasteBufferDeleted { name: text }
            | Self::ConfigError { text }
            | Self::Message { text } => line.text(text),
            Self::SessionsChanged
            | Self::Output { .. }
            | Self::ExtendedOutput { .. }
            | Self::SubscriptionChanged { .. }
            | Self::LayoutChange { .. } => {}
        }
    }
}

/// A line under way; each field brings the space before it.
struct Line<'a> {
    out: &'a mut Vec<u8>,
}

impl Line<'_> {
    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &impl AsRef<[u8]>) {
        self.raw(b" ");
        self.raw(text.as_ref());
    }

    fn field(&mut self, field: &impl ToString) {
        self.text(&field.to_string());
    }

    fn or_dash(&mut self, field: Option<&impl ToString>) {
        match field {
            Some(field) => self.field(field),
            None => self.raw(b" -"),
        }
    }
}
