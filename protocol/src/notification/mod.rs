//! What tmux tells a control client unasked.

mod encode;

use crate::{PaneId, SessionId, WindowId};

/// A notification. `B` is how its byte strings are held: `&[u8]` as the parser gives it (see
/// [`crate::Notification`]), `Vec<u8>` when it is to be kept (see [`crate::OwnedNotification`]).
///
/// Strings are bytes as tmux wrote them. Window and session names come with their unprintable
/// bytes written as `vis(3)` does; they are left so.
///
/// The releases named are those that first sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notification<B> {
    /// Output of a pane (1.8). It may be cut anywhere, also within a character or an escape
    /// sequence.
    Output {
        /// The pane that wrote it.
        pane: PaneId,
        /// What it wrote, unescaped.
        data: B,
    },
    /// Output of a pane, instead of `Output` while the client has the flag `pause-after` (3.2).
    ExtendedOutput {
        /// The pane that wrote it.
        pane: PaneId,
        /// For how long tmux had to hold it back, in milliseconds.
        age_ms: Option<u64>,
        /// What it wrote, unescaped.
        data: B,
    },
    /// A pane's output is no longer sent, and what was queued is dropped (3.2). Up to 3.7c the
    /// one that a `refresh-client -A` causes stands inside its reply.
    Pause {
        /// The pane.
        pane: PaneId,
    },
    /// A pane's output is sent again (3.2). See [`Notification::Pause`].
    Continue {
        /// The pane.
        pane: PaneId,
    },
    /// The client is about to exit (1.8). Nothing but `ESC \` of a `-CC` client follows.
    Exit {
        /// Why, if tmux says so: "server exited unexpectedly", "too far behind", …
        reason: Option<B>,
    },
    /// This client is now attached to another session (1.8).
    SessionChanged {
        /// The session.
        session: SessionId,
        /// Its name.
        name: B,
    },
    /// Another client is now attached to another session (2.5).
    ClientSessionChanged {
        /// The client: its terminal, or `client-PID` without one.
        client: B,
        /// The session.
        session: SessionId,
        /// Its name.
        name: B,
    },
    /// Another client has detached (3.2).
    ClientDetached {
        /// The client: its terminal, or `client-PID` without one.
        client: B,
    },
    /// A session, not always this client's, has a new name (1.8).
    SessionRenamed {
        /// The session.
        session: SessionId,
        /// Its new name.
        name: B,
    },
    /// A session was made or is gone (1.8).
    SessionsChanged,
    /// A session has another current window (2.5). Sent for every session.
    SessionWindowChanged {
        /// The session.
        session: SessionId,
        /// Its current window.
        window: WindowId,
    },
    /// A window has another active pane (2.5). Sent for every session.
    WindowPaneChanged {
        /// The window.
        window: WindowId,
        /// Its active pane.
        pane: PaneId,
    },
    /// A pane entered or left a mode, such as copy mode (2.5). Sent for every session.
    PaneModeChanged {
        /// The pane.
        pane: PaneId,
    },
    /// A window was linked into this client's session (1.8).
    WindowAdd {
        /// The window.
        window: WindowId,
    },
    /// A window is gone from this client's session, or from all (1.8). Which of this and
    /// [`Notification::UnlinkedWindowClose`] is sent does not tell whose window it was.
    WindowClose {
        /// The window.
        window: WindowId,
    },
    /// A window has a new name (1.8).
    WindowRenamed {
        /// The window.
        window: WindowId,
        /// Its new name.
        name: B,
    },
    /// A window was made in another session (1.8).
    UnlinkedWindowAdd {
        /// The window.
        window: WindowId,
    },
    /// A window of another session is gone (2.0). See [`Notification::WindowClose`].
    UnlinkedWindowClose {
        /// The window.
        window: WindowId,
    },
    /// A window of another session has a new name (2.0).
    UnlinkedWindowRenamed {
        /// The window.
        window: WindowId,
        /// Its new name.
        name: B,
    },
    /// The panes of a window were laid out anew (1.8).
    LayoutChange {
        /// The window.
        window: WindowId,
        /// The layout of all its panes, see [`crate::Layout`].
        layout: B,
        /// The layout that is seen, which differs while a pane is zoomed (2.2).
        visible: Option<B>,
        /// The window's flags, such as `*Z`; often empty (2.2).
        flags: Option<B>,
    },
    /// A format that this client subscribed to has another value (3.2).
    SubscriptionChanged {
        /// The subscription's name.
        name: B,
        /// The session that the value is of.
        session: SessionId,
        /// The window, for subscriptions to windows and panes.
        window: Option<WindowId>,
        /// The window's index in that session.
        index: Option<u32>,
        /// The pane, for subscriptions to panes.
        pane: Option<PaneId>,
        /// The value. tmux does not escape it: at a newline it is cut, and what follows comes as
        /// a stray line.
        value: B,
    },
    /// A paste buffer was set (3.4).
    PasteBufferChanged {
        /// The buffer.
        name: B,
    },
    /// A paste buffer is gone (3.4).
    PasteBufferDeleted {
        /// The buffer.
        name: B,
    },
    /// A mistake in the user's configuration (3.4). May come before the first reply.
    ConfigError {
        /// What tmux says.
        text: B,
    },
    /// A message of display-message to this client (3.4). May stand inside a reply.
    Message {
        /// The message.
        text: B,
    },
}

impl<B> Notification<B> {
    /// Its name on the wire, without the `%`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Output { .. } => "output",
            Self::ExtendedOutput { .. } => "extended-output",
            Self::Pause { .. } => "pause",
            Self::Continue { .. } => "continue",
            Self::Exit { .. } => "exit",
            Self::SessionChanged { .. } => "session-changed",
            Self::ClientSessionChanged { .. } => "client-session-changed",
            Self::ClientDetached { .. } => "client-detached",
            Self::SessionRenamed { .. } => "session-renamed",
            Self::SessionsChanged => "sessions-changed",
            Self::SessionWindowChanged { .. } => "session-window-changed",
            Self::WindowPaneChanged { .. } => "window-pane-changed",
            Self::PaneModeChanged { .. } => "pane-mode-changed",
            Self::WindowAdd { .. } => "window-add",
            Self::WindowClose { .. } => "window-close",
            Self::WindowRenamed { .. } => "window-renamed",
            Self::UnlinkedWindowAdd { .. } => "unlinked-window-add",
            Self::UnlinkedWindowClose { .. } => "unlinked-window-close",
            Self::UnlinkedWindowRenamed { .. } => "unlinked-window-renamed",
            Self::LayoutChange { .. } => "layout-change",
            Self::SubscriptionChanged { .. } => "subscription-changed",
            Self::PasteBufferChanged { .. } => "paste-buffer-changed",
            Self::PasteBufferDeleted { .. } => "paste-buffer-deleted",
            Self::ConfigError { .. } => "config-error",
            Self::Message { .. } => "message",
        }
    }

    /// The same with its byte strings held in another way.
    pub fn map<C>(self, mut f: impl FnMut(B) -> C) -> Notification<C> {
        use Notification as N;
        match self {
            Self::Output { pane, data } => N::Output {
                pane,
                data: f(data),
            },
            Self::ExtendedOutput { pane, age_ms, data } => N::ExtendedOutput {
                pane,
                age_ms,
                data: f(data),
            },
            Self::Pause { pane } => N::Pause { pane },
            Self::Continue { pane } => N::Continue { pane },
            Self::Exit { reason } => N::Exit {
                reason: reason.map(f),
            },
            Self::SessionChanged { session, name } => N::SessionChanged {
                session,
                name: f(name),
            },
            Self::ClientSessionChanged {
                client,
                session,
                name,
            } => N::ClientSessionChanged {
                client: f(client),
                session,
                name: f(name),
            },
            Self::ClientDetached { client } => N::ClientDetached { client: f(client) },
            Self::SessionRenamed { session, name } => N::SessionRenamed {
                session,
                name: f(name),
            },
            Self::SessionsChanged => N::SessionsChanged,
            Self::SessionWindowChanged { session, window } => {
                N::SessionWindowChanged { session, window }
            }
            Self::WindowPaneChanged { window, pane } => N::WindowPaneChanged { window, pane },
            Self::PaneModeChanged { pane } => N::PaneModeChanged { pane },
            Self::WindowAdd { window } => N::WindowAdd { window },
            Self::WindowClose { window } => N::WindowClose { window },
            Self::WindowRenamed { window, name } => N::WindowRenamed {
                window,
                name: f(name),
            },
            Self::UnlinkedWindowAdd { window } => N::UnlinkedWindowAdd { window },
            Self::UnlinkedWindowClose { window } => N::UnlinkedWindowClose { window },
            Self::UnlinkedWindowRenamed { window, name } => N::UnlinkedWindowRenamed {
                window,
                name: f(name),
            },
            Self::LayoutChange {
                window,
                layout,
                visible,
                flags,
            } => N::LayoutChange {
                window,
                layout: f(layout),
                visible: visible.map(&mut f),
                flags: flags.map(&mut f),
            },
            Self::SubscriptionChanged {
                name,
                session,
                window,
                index,
                pane,
                value,
            } => N::SubscriptionChanged {
                name: f(name),
                session,
                window,
                index,
                pane,
                value: f(value),
            },
            Self::PasteBufferChanged { name } => N::PasteBufferChanged { name: f(name) },
            Self::PasteBufferDeleted { name } => N::PasteBufferDeleted { name: f(name) },
            Self::ConfigError { text } => N::ConfigError { text: f(text) },
            Self::Message { text } => N::Message { text: f(text) },
        }
    }
}

impl Notification<&[u8]> {
    /// The same with byte strings of its own, to be kept.
    pub fn into_owned(self) -> Notification<Vec<u8>> {
        self.map(<[u8]>::to_vec)
    }
}
