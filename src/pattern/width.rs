//! How many characters a part of a pattern takes.

use super::ast::{Item, Node};

/// The least and the most; `u64::MAX` is without bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    pub(super) least: u64,
    pub(super) most: u64,
}

impl Width {
    /// Nothing is known of it.
    pub(super) const ANY: Self = Self {
        least: 0,
        most: u64::MAX,
    };

    const ZERO: Self = Self::of(0);

    const fn of(count: u64) -> Self {
        Self {
            least: count,
            most: count,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            most: self.most.saturating_add(other.most),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }
}

/// The width of a node; `groups` has those of the groups that it may refer to.
pub(super) fn width(node: &Node, groups: &dyn Fn(u32) -> Width) -> Width {
    let of = |node| width(node, groups);
    match node {
        Node::Empty | Node::Place(_) | Node::Look { .. } => Width::ZERO,
        Node::Set { .. } | Node::Any { .. } => Width::of(1),
        Node::Group(_, what) | Node::Atomic(what) => of(what),
        Node::Sequence(parts) => parts.iter().map(of).fold(Width::ZERO, Width::and),
        Node::Choice(ways) => ways.iter().map(of).reduce(Width::or).unwrap_or(Width::ZERO),
        Node::Repeat { what, min, max, .. } => {
            let once = of(what);
            let most = match max {
                Some(max) => once.most.saturating_mul(u64::from(*max)),
                None if once.most == 0 => 0,
                None => u64::MAX,
            };
            Width {
                least: once.least.saturating_mul(u64::from(*min)),
                most,
            }
        }
        Node::Again { group, .. } => groups(*group),
        Node::IfGroup { yes, no, .. } => of(yes).or(of(no)),
    }
}

/// What a set of thousands of characters counts as.
const LARGE_SET: u64 = 40;

/// How many parts a pattern has when what is repeated by a number is written out.
pub(super) fn parts(node: &Node) -> u64 {
    let is_small = |item: &Item| matches!(item, Item::Range(low, high) if high - low < 128);
    match node {
        Node::Set { items, .. } if !items.iter().all(is_small) => LARGE_SET,
        Node::Repeat { what, min, max, .. } => {
            let times = u64::from(max.unwrap_or(*min).max(1));
            parts(what).saturating_mul(times)
        }
        Node::IfGroup { yes, no, .. } => parts(yes).saturating_add(parts(no)),
        other => other
            .children()
            .iter()
            .map(parts)
            .fold(1, u64::saturating_add),
    }
}
