//! What a pattern says, with its flags worked in: each node says by itself what it matches.

/// Which characters count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fold {
    /// Each only as itself.
    Exact,
    /// `a` and `A`, in ASCII alone.
    Ascii,
    /// Python's simple case folding.
    Unicode,
}

/// A kind of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Digit,
    Space,
    Word,
}

/// What can stand in a set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// From and to, both in it. Halves of surrogates may be named, and match nothing.
    Range(u32, u32),
    /// A kind, or all but that kind; in ASCII alone or in all of Unicode.
    Kind { kind: Kind, not: bool, ascii: bool },
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    /// The end, or before a newline that is the last character.
    LastLineEnd,
    /// Between a character of a word and another; or (`not`) anywhere else.
    WordEdge {
        not: bool,
        ascii: bool,
    },
}

/// How often a repetition is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Greed {
    /// As often as possible, then less.
    Greedy,
    /// As seldom as possible, then more.
    Lazy,
    /// As often as possible, and not less.
    Possessive,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Empty,
    /// One character of a set, or (`not`) one outside of it.
    Set {
        items: Vec<Item>,
        not: bool,
        fold: Fold,
    },
    /// Any character; without `newline` any but that.
    Any {
        newline: bool,
    },
    Place(Place),
    /// A group with a number, from 1.
    Group(u32, Box<Node>),
    Sequence(Vec<Node>),
    /// The first that matches.
    Choice(Vec<Node>),
    Repeat {
        what: Box<Node>,
        min: u32,
        max: Option<u32>,
        greed: Greed,
    },
    /// What must, or (`not`) must not, stand ahead or behind.
    Look {
        behind: bool,
        not: bool,
        what: Box<Node>,
    },
    /// What a group matched.
    Again {
        group: u32,
        fold: Fold,
    },
    /// One or the other, as a group took part or not.
    IfGroup {
        group: u32,
        yes: Box<Node>,
        no: Box<Node>,
    },
    /// The first way that matches, for good.
    Atomic(Box<Node>),
}

impl Node {
    pub(super) fn literal(code: u32, fold: Fold) -> Self {
        Self::Set {
            items: vec![Item::Range(code, code)],
            not: false,
            fold,
        }
    }

    /// Its parts, in order.
    pub(super) fn children(&self) -> &[Node] {
        match self {
            Self::Sequence(nodes) | Self::Choice(nodes) => nodes,
            Self::Group(_, node)
            | Self::Atomic(node)
            | Self::Repeat { what: node, .. }
            | Self::Look { what: node, .. } => std::slice::from_ref(node),
            Self::Empty
            | Self::Set { .. }
            | Self::Any { .. }
            | Self::Place(_)
            | Self::Again { .. }
            | Self::IfGroup { .. } => &[],
        }
    }

    /// Whether it or any part of it is such.
    pub(super) fn any(&self, such: &dyn Fn(&Node) -> bool) -> bool {
        let deeper = match self {
            Self::IfGroup { yes, no, .. } => yes.any(such) || no.any(such),
            other => other.children().iter().any(|child| child.any(such)),
        };
        deeper || such(self)
    }
}
