//! A pattern in the syntax of the engines.

use std::fmt::Write;

use super::ast::{Fold, Greed, Kind, Node, Place};
use super::charset;
use super::width::{Width, width};

/// For which texts the printed pattern means the same as the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For those in which the engines' own `\b` and `\z` mean what Python means by `\b` and `$`:
    /// see [`super::Pattern::search`].
    Plain,
    /// For all, at the price of looking around.
    Exact,
}

/// Prints a node. Groups keep their numbers if something refers to them, else they are dropped.
pub(super) fn print(node: &Node, form: Form) -> String {
    let refers = |node: &Node| matches!(node, Node::Again { .. } | Node::IfGroup { .. });
    let mut printer = Printer {
        form,
        keep_groups: node.any(&refers),
        text: String::new(),
    };
    printer.node(node);
    printer.text
}

/// Whether only the backtracking engine can match it.
pub(super) fn needs_backtracking(node: &Node) -> bool {
    node.any(&|node| match node {
        Node::Look { .. } | Node::Again { .. } | Node::IfGroup { .. } | Node::Atomic(_) => true,
        Node::Repeat { greed, .. } => *greed == Greed::Possessive,
        _ => false,
    })
}

fn takes_nothing(node: &Node) -> bool {
    width(node, &|_| Width::ANY).most == 0
}

struct Printer {
    form: Form,
    keep_groups: bool,
    text: String,
}

impl Printer {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => self.push("(?:)"),
            Node::Set { items, not, fold } => charset::print(items, *not, *fold, &mut self.text),
            Node::Any { newline: true } => self.push("(?s:.)"),
            Node::Any { newline: false } => self.push(r"[^\n]"),
            Node::Place(place) => self.place(*place),
            Node::Group(_, what) if self.keep_groups => self.within("(", what),
            Node::Group(_, what) => self.within("(?:", what),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Choice(ways) => {
                self.push("(?:");
                for (index, way) in ways.iter().enumerate() {
                    if index > 0 {
                        self.push("|");
                    }
                    self.node(way);
                }
                self.push(")");
            }
            Node::Repeat {
                what,
                min,
                max,
                greed,
            } => self.repeat(what, *min, *max, *greed),
            Node::Look { behind, not, what } => {
                let open = match (behind, not) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.within(open, what);
            }
            Node::Again { group, fold } => {
                let open = if *fold == Fold::Exact { "(?:" } else { "(?i:" };
                write!(self.text, r"{open}\{group})").expect("a string takes everything");
            }
            Node::IfGroup { group, yes, no } => {
                write!(self.text, "(?({group})").expect("a string takes everything");
                self.within("(?:", yes);
                self.push("|");
                self.within("(?:", no);
                self.push(")");
            }
            Node::Atomic(what) => self.within("(?>", what),
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn within(&mut self, open: &str, what: &Node) {
        self.push(open);
        self.node(what);
        self.push(")");
    }

    fn repeat(&mut self, what: &Node, min: u32, max: Option<u32>, greed: Greed) {
        if greed == Greed::Possessive {
            self.push("(?>");
        }
        if takes_nothing(what) {
            self.repeat_nothing(what, min, greed);
        } else {
            self.repeat_something(what, min, max);
        }
        match greed {
            Greed::Greedy => {}
            Greed::Lazy if takes_nothing(what) => {}
            Greed::Lazy => self.push("?"),
            Greed::Possessive => self.push(")"),
        }
    }

    /// What takes no characters matches once or not at all; the engines refuse to repeat it.
    fn repeat_nothing(&mut self, what: &Node, min: u32, greed: Greed) {
        self.push(if min == 0 && greed == Greed::Lazy {
            "(?:|"
        } else {
            "(?:"
        });
        self.node(what);
        self.push(if min == 0 && greed != Greed::Lazy {
            "|)"
        } else {
            ")"
        });
    }

    fn repeat_something(&mut self, what: &Node, min: u32, max: Option<u32>) {
        match what {
            Node::Set { .. } | Node::Any { .. } => self.node(what),
            _ => self.within("(?:", what),
        }
        match max {
            None if min == 0 => self.push("*"),
            None if min == 1 => self.push("+"),
            None => write!(self.text, "{{{min},}}").expect("a string takes everything"),
            Some(1) if min == 0 => self.push("?"),
            Some(max) => {
                write!(self.text, "{{{min},{max}}}").expect("a string takes everything");
            }
        }
    }

    fn place(&mut self, place: Place) {
        let exact = self.form == Form::Exact;
        match place {
            Place::TextStart => self.push(r"\A"),
            Place::TextEnd => self.push(r"\z"),
            Place::LineStart => self.push("(?m:^)"),
            Place::LineEnd => self.push("(?m:$)"),
            Place::LastLineEnd if exact => self.push(r"(?=\n?\z)"),
            Place::LastLineEnd => self.push(r"\z"),
            Place::WordEdge { not: false, .. } if !exact => self.push(r"\b"),
            Place::WordEdge { not: true, .. } if !exact => self.push(r"\B"),
            Place::WordEdge { not, ascii } => {
                let word = charset::members(Kind::Word, ascii);
                let (first, second) = if not { ("=", "!") } else { ("!", "=") };
                write!(
                    self.text,
                    "(?:(?<=[{word}])(?{first}[{word}])|(?<![{word}])(?{second}[{word}]))"
                )
                .expect("a string takes everything");
            }
        }
    }
}
