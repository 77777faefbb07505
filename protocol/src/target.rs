//! What a command is aimed at.

use std::fmt;

use crate::{PaneId, SessionId, WindowId};

/// A session's name that `=NAME:` finds: exactly that session, or none.
///
/// It is the name that tmux shows. tmux changes some names as it takes them (a backslash is
/// doubled, a control byte is written out, and up to 3.6 `.` and `:` become `_`), so prefer the id
/// once you have it. If no session has the name, tmux goes on to look for a client called so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(Vec<u8>);

impl SessionName {
    /// A name to find a session by.
    ///
    /// # Errors
    /// A name that no session can have, or that tmux takes for something else.
    ///
    /// ```
    /// use tmux_control::{SessionName, SessionNameError};
    /// assert!(SessionName::new("a 'b' #c").is_ok());
    /// assert_eq!(SessionName::new("a:b"), Err(SessionNameError::Colon));
    /// ```
    pub fn new(name: impl Into<Vec<u8>>) -> Result<Self, SessionNameError> {
        let name = name.into();
        match name.first() {
            None => return Err(SessionNameError::Empty),
            Some(b'$') => return Err(SessionNameError::Id),
            Some(_) => {}
        }
        for &byte in &name {
            match byte {
                b':' => return Err(SessionNameError::Colon),
                0..=0x1f | 0x7f => return Err(SessionNameError::Control(byte)),
                _ => {}
            }
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Why a session cannot be found by this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionNameError {
    /// No session has an empty name.
    Empty,
    /// It begins with `$`: tmux takes it for an id, also after `=`.
    Id,
    /// It holds a colon, where a target's session ends.
    Colon,
    /// It holds a control byte, which tmux writes out when it makes a session.
    Control(u8),
}

impl fmt::Display for SessionNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a session's name cannot be empty"),
            Self::Id => {
                f.write_str("a session's name cannot begin with $: tmux takes it for an id")
            }
            Self::Colon => {
                f.write_str("a session cannot be found by a name with a colon: use its id")
            }
            Self::Control(byte) => {
                write!(f, "no session's name holds the control byte {byte:#04x}")
            }
        }
    }
}

impl std::error::Error for SessionNameError {}

/// A session, by its id or its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Session {
    /// By its id, written `$2:`.
    Id(SessionId),
    /// By its exact name, written `=NAME:`.
    Name(SessionName),
}

impl From<SessionId> for Session {
    fn from(id: SessionId) -> Self {
        Self::Id(id)
    }
}

impl From<SessionName> for Session {
    fn from(name: SessionName) -> Self {
        Self::Name(name)
    }
}

/// What a command is aimed at. Where tmux wants a pane and is given a window or a session, it
/// takes the active pane or the current window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A pane, written `%3`.
    Pane(PaneId),
    /// A window, written `@1`: in which of its sessions is for tmux to choose.
    Window(WindowId),
    /// A session, or its current window.
    Session(Session),
    /// A window as it is linked into one session, written `$2:@1` or `=NAME:@1`.
    WindowIn(Session, WindowId),
}

impl<T: Into<Session>> From<T> for Target {
    fn from(session: T) -> Self {
        Self::Session(session.into())
    }
}

impl From<PaneId> for Target {
    fn from(id: PaneId) -> Self {
        Self::Pane(id)
    }
}

impl From<WindowId> for Target {
    fn from(id: WindowId) -> Self {
        Self::Window(id)
    }
}

impl Session {
    /// The session as tmux reads it, not yet quoted.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Id(id) => out.extend_from_slice(id.to_string().as_bytes()),
            Self::Name(name) => {
                out.push(b'=');
                out.extend_from_slice(name.as_bytes());
            }
        }
        out.push(b':');
    }
}

impl Target {
    /// The target as tmux reads it, not yet quoted.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Pane(id) => out.extend_from_slice(id.to_string().as_bytes()),
            Self::Window(id) => out.extend_from_slice(id.to_string().as_bytes()),
            Self::Session(session) => session.write(&mut out),
            Self::WindowIn(session, id) => {
                session.write(&mut out);
                out.extend_from_slice(id.to_string().as_bytes());
            }
        }
        out
    }
}
