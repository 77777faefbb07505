//! A pattern's characters, each with its backslash.

use super::error::PatternError;

/// A character, or one behind a backslash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it starts, in bytes.
    pub(super) at: usize,
    pub(super) escaped: bool,
    pub(super) char: char,
}

impl Token {
    /// Whether it is this character, without a backslash.
    pub(super) fn is(self, char: char) -> bool {
        !self.escaped && self.char == char
    }
}

/// The tokens of a pattern, and how far they are read.
#[derive(Debug)]
pub(super) struct Tokens {
    all: Vec<Token>,
    next: usize,
    end: usize,
}

impl Tokens {
    pub(super) fn new(text: &str) -> Result<Self, PatternError> {
        let mut all = Vec::new();
        let mut chars = text.char_indices();
        while let Some((at, char)) = chars.next() {
            let token = match char {
                '\\' => match chars.next() {
                    Some((_, char)) => Token {
                        at,
                        escaped: true,
                        char,
                    },
                    None => {
                        let hint = "write two of them to look for a backslash";
                        return Err(PatternError::new(at, "it ends with a backslash", hint));
                    }
                },
                char => Token {
                    at,
                    escaped: false,
                    char,
                },
            };
            all.push(token);
        }
        Ok(Self {
            all,
            next: 0,
            end: text.len(),
        })
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.all.get(self.next).copied()
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.next += 1;
        Some(token)
    }

    /// Takes this character if it is next.
    pub(super) fn eat(&mut self, char: char) -> bool {
        let is_next = self.next_is(char);
        self.next += usize::from(is_next);
        is_next
    }

    pub(super) fn next_is(&self, char: char) -> bool {
        self.peek().is_some_and(|token| token.is(char))
    }

    /// Takes at most `limit` digits of a base.
    pub(super) fn digits(&mut self, limit: usize, base: u32) -> String {
        let mut digits = String::new();
        while let Some(token) = self.peek() {
            if digits.len() == limit || token.escaped || !token.char.is_digit(base) {
                break;
            }
            digits.push(token.char);
            self.next += 1;
        }
        digits
    }

    /// Where the next token starts, in bytes; at the end the length of the pattern.
    pub(super) fn at(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at)
    }

    /// A mark to come back to.
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Takes what stands before `end`, and `end` itself: a name.
    pub(super) fn name_until(&mut self, end: char) -> Result<(usize, String), PatternError> {
        let at = self.at();
        let mut name = String::new();
        loop {
            match self.take() {
                Some(token) if token.is(end) => return Ok((at, name)),
                Some(token) => {
                    if token.escaped {
                        name.push('\\');
                    }
                    name.push(token.char);
                }
                None => {
                    let message = format!("the name is not ended by `{end}`");
                    return Err(PatternError::new(
                        at,
                        message,
                        format!("write {end} behind it"),
                    ));
                }
            }
        }
    }
}
