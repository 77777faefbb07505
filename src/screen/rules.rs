//! What tmux releases do differently with the same bytes.

/// The rules of one release. The default are those of 3.3a, which Debian 12 has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {}
