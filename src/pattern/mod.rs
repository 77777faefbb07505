//! Python's regular expressions, with a bound on their time.
//!
//! A pattern is parsed as Python 3.11 parses it and printed for an engine: `regex`, whose time is
//! linear, wherever it can express the pattern, else `fancy_regex`, which may give up.
//!
//! `tokens`, `parse`, `group`, `flags`, `set` and `escape` are the syntax, `ast` is what comes of
//! it, `width` and `scope` judge that, `print` and `charset` put it into the engines' words.

mod ast;
mod charset;
mod engine;
mod error;
mod escape;
mod flags;
mod group;
mod parse;
mod print;
mod scope;
mod set;
#[cfg(test)]
mod tests;
mod tokens;
mod width;

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use ast::{Node, Place};
use engine::Engine;
use flags::Flags;
use print::{Form, print};

pub use error::PatternError;
pub use scope::Scope;

/// How long a pattern may be, in bytes.
const TEXT_MAX: usize = 16 * 1024;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The first match, in bytes.
    Match(Range<usize>),
    /// There is none.
    NoMatch,
    /// It was not found out within the bound; to be taken as no match, and reported.
    GaveUp,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    scope: Scope,
    plain: Engine,
    /// For the texts in which the plain form would not do.
    exact: Option<Exact>,
}

/// The form of a pattern that is right for every text, compiled when a text needs it.
#[derive(Debug)]
struct Exact {
    needed: Needed,
    printed: String,
    engine: OnceLock<Option<Engine>>,
}

/// What a pattern asks of a text that the engines understand in another way than Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Needed {
    last_line_end: bool,
    word_edge: bool,
    ascii_word_edge: bool,
}

impl Pattern {
    /// Compiles a pattern in any case, as `re.compile(text, re.I)` does.
    ///
    /// # Errors
    /// It is no pattern, it is too large, or it names a character by `\N{…}`.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        let flags = Flags {
            any_case: true,
            ..Flags::default()
        };
        Self::with(text, flags)
    }

    /// Compiles a pattern in which `^` and `$` are also the edges of lines, in any case, as
    /// `re.compile(text, re.I | re.M)` does.
    ///
    /// # Errors
    /// As of [`Pattern::compile`].
    pub fn compile_multi_line(text: &str) -> Result<Self, PatternError> {
        let flags = Flags {
            any_case: true,
            multi_line: true,
            ..Flags::default()
        };
        Self::with(text, flags)
    }

    fn with(text: &str, flags: Flags) -> Result<Self, PatternError> {
        if text.len() > TEXT_MAX {
            let message = format!("it is longer than {} KiB", TEXT_MAX / 1024);
            return Err(PatternError::new(0, message, "look for less"));
        }
        let node = parse::parse(text, flags)?;
        let backtracking = print::needs_backtracking(&node);
        let plain = Engine::build(&print(&node, Form::Plain), backtracking).map_err(|reason| {
            let message = format!("it is more than can be compiled: {}", first_line(&reason));
            PatternError::new(0, message, "repeat less, or look for less")
        })?;
        let exact = Needed::of(&node).map(|needed| Exact {
            needed,
            printed: print(&node, Form::Exact),
            engine: OnceLock::new(),
        });
        Ok(Self {
            scope: scope::scope(&node),
            plain,
            exact,
        })
    }

    /// How far a match can reach.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The first match in a text, as Python's `search` finds it.
    pub fn search(&self, text: &str) -> Outcome {
        let Some(exact) = self.exact.as_ref().filter(|exact| exact.needed.by(text)) else {
            return self.plain.search(text);
        };
        let build = || Engine::build(&exact.printed, true).ok();
        match exact.engine.get_or_init(build) {
            Some(engine) => engine.search(text),
            None => Outcome::GaveUp,
        }
    }
}

impl Needed {
    fn of(node: &Node) -> Option<Self> {
        let has = |such: &dyn Fn(Place) -> bool| {
            node.any(&|node| matches!(node, Node::Place(place) if such(*place)))
        };
        let word_edge = |ascii| move |place| matches!(place, Place::WordEdge { ascii: found, .. } if found == ascii);
        let needed = Self {
            last_line_end: has(&|place| place == Place::LastLineEnd),
            word_edge: has(&word_edge(false)),
            ascii_word_edge: has(&word_edge(true)),
        };
        let any = needed.last_line_end || needed.word_edge || needed.ascii_word_edge;
        any.then_some(needed)
    }

    /// Whether this text has what is understood in another way.
    fn by(self, text: &str) -> bool {
        if self.last_line_end && text.ends_with('\n') {
            return true;
        }
        if text.is_ascii() {
            return false;
        }
        self.ascii_word_edge || self.word_edge && ODD_WORDS.is_match(text)
    }
}

/// Characters that belong to a word for `regex` and not for Python, such as combining marks, or
/// the other way.
static ODD_WORDS: LazyLock<regex::Regex> = LazyLock::new(|| {
    let word = charset::members(ast::Kind::Word, false);
    regex::Regex::new(&format!(r"[\w--{word}]|[{word}--\w]")).expect("two sets of characters")
});

fn first_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}
