//! Python's regular expressions, with a bound on their time.
//!
//! A pattern is parsed as Python 3.11 parses it and printed for an engine: `regex`, whose time is
//! linear, wherever it can express the pattern, else `fancy_regex`, which may give up. A test
//! compares hundreds of patterns with `python3`. What remains different:
//!
//! | pattern | in Python | here |
//! |---|---|---|
//! | `\N{EM DASH}` | the character of that name | refused; write `—` or `\u2014` |
//! | a repetition by more than 1000, and what compiles to more than 4 MiB, as `\w{1000}` does; more than 16 KiB of text or 100 nested groups | taken | refused |
//! | `(ß)\1` on `ßẞ`: what a group matched, in another case that is longer or shorter in UTF-8 | matches | does not |
//! | `(a*)+a\1`: what a repeated group matched whose last round took nothing | its round before, or nothing | that round |
//! | a search that turns back 100,000 times | goes on | gives up, which is told once and counts as no match |
//! | what differs between its own releases: `\B` in an empty text, `\z`, `(?t)`, `(?( 1)a)`, new characters | as each does | it matches; refused; as ours knows them |
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
mod needle;
mod parse;
mod print;
mod scope;
mod set;
#[cfg(test)]
mod tests;
mod tokens;
mod width;

use std::ops::Range;
use std::sync::LazyLock;

use ast::{Node, Place};
use engine::{Engine, Lazily};
use flags::Flags;
use print::{Form, print};

pub use error::PatternError;
pub use scope::Scope;

/// How long a pattern may be, in bytes.
const TEXT_MAX: usize = 16 * 1024;

/// How many parts a pattern may have when what it repeats by numbers is written out.
const PARTS_MAX: u64 = 50_000;

/// How many of them are never too large for an engine, whatever they are.
const PARTS_SAFE: u64 = 200;

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

/// What a line says of the texts that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineSays {
    /// They match.
    Match,
    /// They may match, and must be searched.
    Perhaps,
    /// Nothing. A text whose lines all say nothing has no match.
    Nothing,
    /// As [`Outcome::GaveUp`].
    GaveUp,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    scope: Scope,
    plain: Lazily,
    /// What some line must have; where the plain form would find that out less quickly.
    needle: Option<Lazily>,
    /// Whether a match in a line alone is one in any text that has the line.
    local: bool,
    /// For the texts in which the plain form would not do.
    exact: Option<(Needed, Lazily)>,
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
        let parts = width::parts(&node);
        if parts > PARTS_MAX {
            let message = "what it repeats by numbers is too much in all";
            return Err(PatternError::new(0, message, "write * or + for any number"));
        }
        let pattern = Self::of(&node);
        if parts > PARTS_SAFE || print::needs_backtracking(&node) {
            pattern.plain.build().map_err(|reason| {
                let reason = reason.lines().last().unwrap_or_default();
                let message = format!("it is more than can be compiled: {reason}");
                PatternError::new(0, message, "repeat less, or look for less")
            })?;
        }
        Ok(pattern)
    }

    fn of(node: &Node) -> Self {
        let scope = scope::scope(node);
        let backtracking = print::needs_backtracking(node);
        let helps = backtracking || scope == Scope::Text;
        let needle = Some(node).filter(|_| helps).and_then(needle::needle);
        let exact = |needed| (needed, Lazily::new(print(node, Form::Exact), true));
        Self {
            scope,
            plain: Lazily::new(print(node, Form::Plain), backtracking),
            needle: needle.map(|needle| Lazily::new(print(&needle, Form::Plain), false)),
            local: scope::is_local(node),
            exact: Needed::of(node).map(exact),
        }
    }

    /// Whether no search takes more than a time that grows with the text: there is nothing to turn
    /// back from.
    pub fn is_linear(&self) -> bool {
        !self.plain.is_backtracking() && self.exact.is_none()
    }

    /// How far a match can reach.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// What this line alone says of every text that has it.
    pub fn try_line(&self, line: &str) -> LineSays {
        if !self.is_possible(line) {
            return LineSays::Nothing;
        }
        match (self.scope, self.local) {
            (Scope::Text, false) => LineSays::Perhaps,
            (Scope::Text, true) if self.engine_for(line).is_some_and(|it| it.is_match(line)) => {
                LineSays::Match
            }
            (Scope::Text, true) => LineSays::Perhaps,
            (Scope::Line, _) => match self.search(line) {
                Outcome::Match(_) => LineSays::Match,
                Outcome::NoMatch => LineSays::Nothing,
                Outcome::GaveUp => LineSays::GaveUp,
            },
        }
    }

    /// The first match in a text, as Python's `search` finds it.
    pub fn search(&self, text: &str) -> Outcome {
        match self.engine_for(text) {
            Some(engine @ Engine::Linear(_)) => engine.search(text),
            Some(_) if !self.is_possible(text) => Outcome::NoMatch,
            Some(engine) => engine.search(text),
            None => Outcome::GaveUp,
        }
    }

    fn is_possible(&self, text: &str) -> bool {
        let needle = self.needle.as_ref().and_then(Lazily::get);
        needle.is_none_or(|needle| needle.is_match(text))
    }

    /// The form that is right for a text; `None` if it cannot be built.
    fn engine_for(&self, text: &str) -> Option<&Engine> {
        match &self.exact {
            Some((needed, exact)) if needed.by(text) => exact.get(),
            _ => self.plain.get(),
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
