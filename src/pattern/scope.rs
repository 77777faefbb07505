//! How far a match can reach.

use super::ast::{Greed, Node, Place};
use super::charset;

/// How far a match of a pattern can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every match lies within one line, and what is around the line makes no difference: the
    /// lines of a text can be searched one by one, and the first match in the first line that
    /// has one is the first in the text.
    Line,
    /// The text must be searched as a whole.
    Text,
}

/// The scope of a node: it spans lines if any part of it, looked at or taken, can be a newline,
/// or asks for the start or the end of the text.
pub(super) fn scope(node: &Node) -> Scope {
    let spans_lines = node.any(&|node| match node {
        Node::Set { items, not, .. } => charset::has_newline(items, *not),
        Node::Any { newline } => *newline,
        Node::Place(place) => {
            matches!(
                place,
                Place::TextStart | Place::TextEnd | Place::LastLineEnd
            )
        }
        _ => false,
    });
    if spans_lines {
        Scope::Text
    } else {
        Scope::Line
    }
}

/// Whether a match in a line alone is one in every text that has the line: nothing in the pattern
/// looks around or asks for an edge of the text.
pub(super) fn is_local(node: &Node) -> bool {
    !node.any(&|node| match node {
        Node::Look { .. } | Node::Atomic(_) => true,
        Node::Repeat { greed, .. } => *greed == Greed::Possessive,
        Node::Place(place) => {
            matches!(
                place,
                Place::TextStart | Place::TextEnd | Place::LastLineEnd
            )
        }
        _ => false,
    })
}
