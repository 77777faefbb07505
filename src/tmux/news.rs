//! What happened on the connection, for whoever looks after it.

use std::collections::VecDeque;

use tmux_control::SessionId;

/// What the reader noticed and nobody has looked at yet. It holds the newest state and no history,
/// so it cannot grow.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Whether attaching worked, and if not, why.
    pub(super) attached: Option<Result<(), String>>,
    /// Whether sessions, windows or panes changed.
    pub(super) changed: bool,
    /// The session that this client is attached to.
    pub(super) session: Option<SessionId>,
    /// The clients that joined that session lately, oldest first.
    pub(super) joined: VecDeque<Vec<u8>>,
    /// Why tmux says that the client ends.
    pub(super) reason: Option<String>,
    /// Whether the stream is at its end.
    pub(super) ended: bool,
}

impl News {
    /// How many of those that joined are remembered.
    const JOINED: usize = 16;

    /// A client is on a session now.
    pub(super) fn client_moved(&mut self, client: &[u8], session: SessionId) {
        self.changed = true;
        if self.session != Some(session) {
            return;
        }
        if self.joined.len() == Self::JOINED {
            self.joined.pop_front();
        }
        self.joined.push_back(client.to_vec());
    }
}
