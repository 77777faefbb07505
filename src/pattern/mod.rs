//! Python's regular expressions, with a bound on their time.

mod error;

pub use error::PatternError;

use std::ops::Range;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    regex: fancy_regex::Regex,
}

/// How far a match of a pattern can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every match lies within one line, and each line can be searched by itself.
    Line,
    /// The text must be searched as a whole.
    Text,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The first match, in bytes.
    Match(Range<usize>),
    /// There is none.
    NoMatch,
    /// It was not found out within the bound; to be taken as no match.
    GaveUp,
}

impl Pattern {
    /// Compiles a pattern as Python's `re.compile(text, re.I)`.
    ///
    /// # Errors
    /// It is no pattern, or one that is refused here.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        let regex =
            fancy_regex::Regex::new(&format!("(?i){text}")).map_err(|error| PatternError {
                offset: 0,
                message: error.to_string(),
                hint: String::new(),
            })?;
        Ok(Self { regex })
    }

    /// How far a match can reach.
    pub fn scope(&self) -> Scope {
        Scope::Text
    }

    /// The first match in a text, as Python's `search`.
    pub fn search(&self, text: &str) -> Outcome {
        match self.regex.find(text) {
            Ok(Some(found)) => Outcome::Match(found.range()),
            Ok(None) => Outcome::NoMatch,
            Err(_) => Outcome::GaveUp,
        }
    }
}
