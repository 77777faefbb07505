//! Inline flags: `(?i)`, `(?s-x:…)`.

use super::ast::Fold;
use super::error::PatternError;
use super::tokens::{Token, Tokens};

/// What is in force at a place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flags {
    pub(super) any_case: bool,
    pub(super) multi_line: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
    /// Whether `u` was written, which says the same as nothing, but excludes `a`.
    pub(super) unicode: bool,
}

/// What a group of flags says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// For the whole pattern: `(?i)`.
    Whole(Flags),
    /// Within this group: `(?i:`, whose colon is taken.
    Group(Flags),
}

impl Flags {
    pub(super) fn fold(self) -> Fold {
        match (self.any_case, self.ascii) {
            (false, _) => Fold::Exact,
            (true, true) => Fold::Ascii,
            (true, false) => Fold::Unicode,
        }
    }

    fn set(&mut self, letter: char, on: bool) {
        match letter {
            'i' => self.any_case = on,
            'm' => self.multi_line = on,
            's' => self.dot_all = on,
            'x' => self.verbose = on,
            'a' => self.ascii = on,
            _ => self.unicode = on,
        }
    }

    /// The flags of a group, in which `a` and `u` take the place of what was before.
    fn in_group(mut self, on: &str) -> Change {
        self.ascii &= !on.contains('u');
        self.unicode &= !on.contains('a');
        Change::Group(self)
    }
}

/// Parses flags; `first` is the first of them, or the `-`, and is taken.
pub(super) fn parse(
    tokens: &mut Tokens,
    first: Token,
    before: Flags,
) -> Result<Change, PatternError> {
    let mut flags = before;
    let mut on = String::new();
    let mut token = first;
    while !token.is('-') {
        let letter = known(token)?;
        on.push(letter);
        flags.set(letter, true);
        let at = token.at;
        token = next(tokens)?;
        let both = match token.is(')') {
            true => flags.ascii && flags.unicode,
            false => on.contains('a') && on.contains('u'),
        };
        if both {
            let message = "the flags a and u exclude each other";
            return Err(PatternError::new(at, message, "write one of them"));
        }
        if token.is(')') {
            return Ok(Change::Whole(flags));
        }
        if token.is(':') {
            return Ok(flags.in_group(&on));
        }
    }
    token = next(tokens)?;
    loop {
        let letter = known(token)?;
        if matches!(letter, 'a' | 'u') || on.contains(letter) {
            let message = format!("the flag {letter} cannot be taken back here");
            return Err(PatternError::new(token.at, message, "leave it out"));
        }
        flags.set(letter, false);
        token = next(tokens)?;
        if token.is(':') {
            return Ok(flags.in_group(&on));
        }
    }
}

fn known(token: Token) -> Result<char, PatternError> {
    if !token.escaped && "aimsux".contains(token.char) {
        return Ok(token.char);
    }
    let (message, hint) = match token.char {
        'L' => ("the flag L is for bytes, not for text", "leave it out"),
        _ => (
            "this is no flag",
            "the flags are a, i, m, s, u and x, then : or )",
        ),
    };
    Err(PatternError::new(token.at, message, hint))
}

fn next(tokens: &mut Tokens) -> Result<Token, PatternError> {
    let at = tokens.at();
    tokens
        .take()
        .ok_or_else(|| PatternError::new(at, "the flags are not ended", "write ) or : behind them"))
}
