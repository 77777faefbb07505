//! Python's syntax: the grammar around groups and repetitions.

use std::collections::BTreeMap;

use super::ast::{Greed, Node, Place};
use super::error::PatternError;
use super::flags::Flags;
use super::tokens::{Token, Tokens};
use super::width::Width;
use super::{escape, set};

/// How deep groups may be nested.
const DEPTH_MAX: usize = 100;

/// How often something may be repeated by a number.
const COUNT_MAX: u32 = 1000;

/// A pattern on its way to a [`Node`].
#[derive(Debug)]
pub(super) struct Parser {
    pub(super) tokens: Tokens,
    /// The flags of the whole pattern.
    pub(super) flags: Flags,
    /// The width of each group, from number 1; `None` while it is open.
    pub(super) groups: Vec<Option<Width>>,
    pub(super) names: BTreeMap<String, u32>,
    /// How many groups there were where the outermost lookbehind began.
    pub(super) behind: Option<usize>,
    /// The groups that conditions ask for, and where.
    pub(super) asked: Vec<(u32, usize)>,
    depth: usize,
}

/// What came of one item of a sequence.
pub(super) enum Step {
    Node(Node),
    /// Flags of the whole pattern, a comment: nothing that could be repeated.
    Nothing,
}

/// Parses a whole pattern.
pub(super) fn parse(text: &str, flags: Flags) -> Result<Node, PatternError> {
    let mut parser = Parser {
        tokens: Tokens::new(text)?,
        flags,
        groups: Vec::new(),
        names: BTreeMap::new(),
        behind: None,
        asked: Vec::new(),
        depth: 0,
    };
    let node = parser.choice(None)?;
    if parser.tokens.peek().is_some() {
        let hint = "write ( before it, or \\) to look for a parenthesis";
        return Err(PatternError::new(
            parser.tokens.at(),
            "no group ends here",
            hint,
        ));
    }
    for (group, at) in parser.asked {
        if group as usize > parser.groups.len() {
            return Err(no_such_group(at, &group.to_string()));
        }
    }
    Ok(node)
}

pub(super) fn no_such_group(at: usize, name: &str) -> PatternError {
    let message = format!("there is no group `{name}`");
    PatternError::new(
        at,
        message,
        "groups are counted from 1 by their opening parentheses",
    )
}

impl Parser {
    /// Alternatives up to a `)` or the end. The outermost ones take the flags of the whole pattern.
    pub(super) fn choice(&mut self, group: Option<Flags>) -> Result<Node, PatternError> {
        let mut ways = Vec::new();
        loop {
            let may_set_flags = group.is_none() && ways.is_empty();
            ways.push(self.sequence(group, may_set_flags)?);
            if !self.tokens.eat('|') {
                break;
            }
        }
        Ok(match ways.len() {
            1 => ways.remove(0),
            _ => Node::Choice(ways),
        })
    }

    /// Items up to a `|`, a `)` or the end.
    pub(super) fn sequence(
        &mut self,
        group: Option<Flags>,
        may_set_flags: bool,
    ) -> Result<Node, PatternError> {
        let mut parts: Vec<Node> = Vec::new();
        let mut repeatable = Repeatable::Nothing;
        while let Some(token) = self.tokens.peek() {
            let flags = group.unwrap_or(self.flags);
            if token.is('|') || token.is(')') {
                break;
            }
            self.tokens.take();
            if flags.verbose && self.skip_blank(token) {
                continue;
            }
            if let Some((min, max)) = self.count(token)? {
                let what = repeatable.check(parts.pop(), token)?;
                let greed = self.greed();
                parts.push(Node::Repeat {
                    what: Box::new(what),
                    min,
                    max,
                    greed,
                });
                repeatable = Repeatable::Already;
                continue;
            }
            let may_set_flags = may_set_flags && parts.is_empty();
            if let Step::Node(node) = self.item(token, flags, may_set_flags)? {
                repeatable = match node {
                    Node::Place(_) if !token.is('(') => Repeatable::Nothing,
                    _ => Repeatable::Yes,
                };
                parts.push(node);
            }
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.remove(0),
            _ => Node::Sequence(parts),
        })
    }

    /// Blanks and comments of verbose patterns.
    fn skip_blank(&mut self, token: Token) -> bool {
        if token.is('#') {
            while self.tokens.take().is_some_and(|token| !token.is('\n')) {}
            return true;
        }
        !token.escaped && matches!(token.char, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
    }

    /// The numbers of a repetition that starts with this token. A brace that is none is a
    /// character.
    fn count(&mut self, token: Token) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        if token.escaped {
            return Ok(None);
        }
        match token.char {
            '?' => return Ok(Some((0, Some(1)))),
            '*' => return Ok(Some((0, None))),
            '+' => return Ok(Some((1, None))),
            '{' => {}
            _ => return Ok(None),
        }
        if self.tokens.next_is('}') {
            return Ok(None);
        }
        let mark = self.tokens.mark();
        let low = self.tokens.digits(usize::MAX, 10);
        let high = match self.tokens.eat(',') {
            true => self.tokens.digits(usize::MAX, 10),
            false => low.clone(),
        };
        if !self.tokens.eat('}') {
            self.tokens.back_to(mark);
            return Ok(None);
        }
        let number = |digits: &str| match digits {
            "" => Ok(None),
            digits => match digits.parse().ok().filter(|count| *count <= COUNT_MAX) {
                Some(count) => Ok(Some(count)),
                None => {
                    let message = format!("it is repeated more than {COUNT_MAX} times");
                    Err(PatternError::new(
                        token.at,
                        message,
                        "write * or + for any number",
                    ))
                }
            },
        };
        let (low, high) = (number(&low)?.unwrap_or(0), number(&high)?);
        if high.is_some_and(|high| high < low) {
            let message = "the least number of times is larger than the most";
            return Err(PatternError::new(
                token.at,
                message,
                "write the smaller one first",
            ));
        }
        Ok(Some((low, high)))
    }

    fn greed(&mut self) -> Greed {
        if self.tokens.eat('?') {
            Greed::Lazy
        } else if self.tokens.eat('+') {
            Greed::Possessive
        } else {
            Greed::Greedy
        }
    }

    fn item(
        &mut self,
        token: Token,
        flags: Flags,
        may_set_flags: bool,
    ) -> Result<Step, PatternError> {
        let node = match token.char {
            _ if token.escaped => self.escaped(token, flags)?,
            '[' => set::parse(&mut self.tokens, token.at, flags.fold(), flags.ascii)?,
            '(' => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    let message = format!("groups are nested more than {DEPTH_MAX} deep");
                    return Err(PatternError::new(token.at, message, "write it flatter"));
                }
                let step = self.group(token, flags, may_set_flags);
                self.depth -= 1;
                return step;
            }
            '.' => Node::Any {
                newline: flags.dot_all,
            },
            '^' if flags.multi_line => Node::Place(Place::LineStart),
            '^' => Node::Place(Place::TextStart),
            '$' if flags.multi_line => Node::Place(Place::LineEnd),
            '$' => Node::Place(Place::LastLineEnd),
            other => Node::literal(u32::from(other), flags.fold()),
        };
        Ok(Step::Node(node))
    }

    fn escaped(&mut self, token: Token, flags: Flags) -> Result<Node, PatternError> {
        let ascii = flags.ascii;
        Ok(match token.char {
            'A' => Node::Place(Place::TextStart),
            'Z' => Node::Place(Place::TextEnd),
            'b' => Node::Place(Place::WordEdge { not: false, ascii }),
            'B' => Node::Place(Place::WordEdge { not: true, ascii }),
            '0' => {
                let digits = format!("0{}", self.tokens.digits(2, 8));
                Node::literal(escape::octal(token, &digits)?, flags.fold())
            }
            '1'..='9' => return self.numbered(token, flags),
            letter => match escape::kind(letter, ascii) {
                Some(kind) => Node::Set {
                    items: vec![kind],
                    not: false,
                    fold: flags.fold(),
                },
                None => Node::literal(escape::character(&mut self.tokens, token)?, flags.fold()),
            },
        })
    }

    /// What a group matched, by its number; or a character, by three digits of base 8.
    fn numbered(&mut self, token: Token, flags: Flags) -> Result<Node, PatternError> {
        let mut digits = String::from(token.char);
        digits.push_str(&self.tokens.digits(1, 10));
        if digits.len() == 2 && digits.bytes().all(|digit| digit < b'8') {
            let third = self.tokens.digits(1, 8);
            if !third.is_empty() {
                let code = escape::octal(token, &(digits + &third))?;
                return Ok(Node::literal(code, flags.fold()));
            }
        }
        let group = digits.parse().unwrap_or(u32::MAX);
        if group as usize > self.groups.len() {
            return Err(no_such_group(token.at, &digits));
        }
        self.again(group, token.at, flags)
    }

    pub(super) fn again(&self, group: u32, at: usize, flags: Flags) -> Result<Node, PatternError> {
        if self.groups[group as usize - 1].is_none() {
            let message = "what a group matched is not known before it ends";
            return Err(PatternError::new(
                at,
                message,
                "refer to it behind its parenthesis",
            ));
        }
        self.check_behind(group, at)?;
        Ok(Node::Again {
            group,
            fold: flags.fold(),
        })
    }

    /// What a lookbehind refers to must have ended before it.
    pub(super) fn check_behind(&self, group: u32, at: usize) -> Result<(), PatternError> {
        let Some(before) = self.behind else {
            return Ok(());
        };
        if group as usize <= before {
            let ended = self.groups[group as usize - 1].is_some();
            if ended {
                return Ok(());
            }
        }
        let message = "a lookbehind can refer only to groups that end before it";
        Err(PatternError::new(
            at,
            message,
            "put the group in front of the lookbehind",
        ))
    }
}

/// Whether what was read last can be repeated.
#[derive(Debug, Clone, Copy)]
enum Repeatable {
    Yes,
    Nothing,
    Already,
}

impl Repeatable {
    fn check(self, last: Option<Node>, token: Token) -> Result<Node, PatternError> {
        match (self, last) {
            (Self::Yes, Some(node)) => Ok(node),
            (Self::Already, _) => {
                let message = "this is repeated already";
                Err(PatternError::new(
                    token.at,
                    message,
                    "put the first repetition into (?:…)",
                ))
            }
            _ => {
                let message = format!(
                    "nothing stands before `{}` that could be repeated",
                    token.char
                );
                let hint = format!("write \\{} to look for the character", token.char);
                Err(PatternError::new(token.at, message, hint))
            }
        }
    }
}
