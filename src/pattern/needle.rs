//! What a line must have to be part of a match that may span lines.
//!
//! `limit\s+reached` can match across a newline, so that it must be searched for in the whole
//! text; but some line has `limit` then. To look for that in the lines that are new is cheap.

use super::ast::{Greed, Node};
use super::scope::{Scope, scope};
use super::width::{Width, width};

/// A pattern of one line that every match of `node` has a match of within some line, without
/// anything that looks around; `None` if there is none.
pub(super) fn needle(node: &Node) -> Option<Node> {
    if is_confined(node) {
        return (least(node) > 0).then(|| bare(node));
    }
    match node {
        Node::Group(_, what) | Node::Atomic(what) => needle(what),
        Node::Repeat { what, min, .. } if *min > 0 => needle(what),
        Node::Choice(ways) => {
            let needles: Option<Vec<Node>> = ways.iter().map(needle).collect();
            needles.map(Node::Choice)
        }
        Node::Sequence(parts) => {
            let runs = runs(parts).into_iter().filter(|run| least(run) > 0);
            let inner = parts
                .iter()
                .filter(|part| !is_confined(part))
                .filter_map(needle);
            runs.chain(inner).max_by_key(least)
        }
        _ => None,
    }
}

/// The longest stretches of a sequence that lie within a line. What looks around takes no
/// characters, and does not break them.
fn runs(parts: &[Node]) -> Vec<Node> {
    let mut runs = vec![Vec::new()];
    for part in parts {
        if matches!(part, Node::Look { .. } | Node::Place(_)) {
            continue;
        }
        if is_confined(part) {
            runs.last_mut().expect("there is one").push(bare(part));
        } else {
            runs.push(Vec::new());
        }
    }
    runs.into_iter().map(Node::Sequence).collect()
}

/// Whether a node by itself always matches within a line, and refers to nothing outside.
fn is_confined(node: &Node) -> bool {
    let refers = |node: &Node| matches!(node, Node::Again { .. } | Node::IfGroup { .. });
    scope(node) == Scope::Line && !node.any(&refers)
}

fn least(node: &Node) -> u64 {
    width(node, &|_| Width::ANY).least
}

/// The node without conditions: it matches at least what it did.
fn bare(node: &Node) -> Node {
    let all = |nodes: &[Node]| nodes.iter().map(bare).collect();
    match node {
        Node::Look { .. } | Node::Place(_) => Node::Empty,
        Node::Group(_, what) | Node::Atomic(what) => bare(what),
        Node::Sequence(parts) => Node::Sequence(all(parts)),
        Node::Choice(ways) => Node::Choice(all(ways)),
        Node::Repeat {
            what,
            min,
            max,
            greed,
        } => Node::Repeat {
            what: Box::new(bare(what)),
            min: *min,
            max: *max,
            greed: match greed {
                Greed::Possessive => Greed::Greedy,
                other => *other,
            },
        },
        other => other.clone(),
    }
}
