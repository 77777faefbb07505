//! What stands in parentheses.

use super::ast::Node;
use super::error::PatternError;
use super::flags::{self, Change, Flags};
use super::parse::{Parser, Step, no_such_group};
use super::tokens::Token;
use super::width::{Width, width};

impl Parser {
    /// A group whose `(` is taken.
    pub(super) fn group(
        &mut self,
        open: Token,
        flags: Flags,
        may_set_flags: bool,
    ) -> Result<Step, PatternError> {
        if !self.tokens.eat('?') {
            return self.capture(open, None, flags).map(Step::Node);
        }
        let Some(token) = self.tokens.take().filter(|token| !token.escaped) else {
            return Err(unknown(open));
        };
        let node = match token.char {
            'P' => return self.named(open, flags).map(Step::Node),
            ':' => self.inside(open, flags)?,
            '>' => Node::Atomic(Box::new(self.inside(open, flags)?)),
            '#' => return self.comment(open),
            '=' | '!' => self.look(open, false, token.is('!'), flags)?,
            '<' => match self.tokens.take() {
                Some(token) if token.is('=') || token.is('!') => {
                    self.look(open, true, token.is('!'), flags)?
                }
                _ => {
                    let message = "a group is named as in Python";
                    return Err(PatternError::new(open.at, message, "write (?P<name>…)"));
                }
            },
            '(' => self.if_group(open, flags)?,
            '-' | 'a'..='z' | 'A'..='Z' => match flags::parse(&mut self.tokens, token, flags)? {
                Change::Group(flags) => self.inside(open, flags)?,
                Change::Whole(flags) if may_set_flags => {
                    self.flags = flags;
                    return Ok(Step::Nothing);
                }
                Change::Whole(_) => {
                    let message = "flags of the whole pattern stand at its start";
                    let hint = "put them there, or write (?i:…) for a part";
                    return Err(PatternError::new(open.at, message, hint));
                }
            },
            _ => return Err(unknown(open)),
        };
        Ok(Step::Node(node))
    }

    /// What stands up to the `)` that belongs to `open`.
    fn inside(&mut self, open: Token, flags: Flags) -> Result<Node, PatternError> {
        let node = self.choice(Some(flags))?;
        self.end(open)?;
        Ok(node)
    }

    fn end(&mut self, open: Token) -> Result<(), PatternError> {
        if self.tokens.eat(')') {
            return Ok(());
        }
        let hint = "write ) where it ends, or \\( to look for a parenthesis";
        Err(PatternError::new(open.at, "the group is not ended", hint))
    }

    fn capture(
        &mut self,
        open: Token,
        name: Option<(usize, String)>,
        flags: Flags,
    ) -> Result<Node, PatternError> {
        self.groups.push(None);
        let number = self.groups.len() as u32;
        if let Some((at, name)) = name {
            if self.names.contains_key(&name) {
                let message = format!("there is a group `{name}` already");
                return Err(PatternError::new(
                    at,
                    message,
                    "give each group a name of its own",
                ));
            }
            self.names.insert(name, number);
        }
        let what = self.inside(open, flags)?;
        self.groups[number as usize - 1] = Some(self.width(&what));
        Ok(Node::Group(number, Box::new(what)))
    }

    /// `(?P<name>…)` or `(?P=name)`, from behind the `P`.
    fn named(&mut self, open: Token, flags: Flags) -> Result<Node, PatternError> {
        if self.tokens.eat('<') {
            let (at, name) = self.tokens.name_until('>')?;
            check_name(at, &name)?;
            return self.capture(open, Some((at, name)), flags);
        }
        if !self.tokens.eat('=') {
            return Err(unknown(open));
        }
        let (at, name) = self.tokens.name_until(')')?;
        check_name(at, &name)?;
        match self.names.get(&name) {
            Some(group) => self.again(*group, at, flags),
            None => Err(no_such_group(at, &name)),
        }
    }

    fn comment(&mut self, open: Token) -> Result<Step, PatternError> {
        while let Some(token) = self.tokens.take() {
            if token.is(')') {
                return Ok(Step::Nothing);
            }
        }
        Err(PatternError::new(
            open.at,
            "the comment is not ended",
            "write ) where it ends",
        ))
    }

    fn look(
        &mut self,
        open: Token,
        behind: bool,
        not: bool,
        flags: Flags,
    ) -> Result<Node, PatternError> {
        let before = self.behind;
        if behind {
            self.behind = Some(before.unwrap_or(self.groups.len()));
        }
        let what = self.choice(Some(flags))?;
        self.behind = before;
        self.end(open)?;
        let Width { least, most } = self.width(&what);
        if behind && least != most {
            let message = "a lookbehind must always have the same length";
            let hint = "write one lookbehind for each length, with | between them";
            return Err(PatternError::new(open.at, message, hint));
        }
        Ok(Node::Look {
            behind,
            not,
            what: Box::new(what),
        })
    }

    /// `(?(1)yes|no)`, from behind the second parenthesis.
    fn if_group(&mut self, open: Token, flags: Flags) -> Result<Node, PatternError> {
        let (at, name) = self.tokens.name_until(')')?;
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let group = if is_number {
            let group = name.parse().ok().filter(|group| *group > 0);
            let group = group.ok_or_else(|| no_such_group(at, &name))?;
            self.asked.push((group, at));
            group
        } else {
            check_name(at, &name)?;
            *self
                .names
                .get(&name)
                .ok_or_else(|| no_such_group(at, &name))?
        };
        self.check_behind(group, at)?;
        let yes = self.sequence(Some(flags), false)?;
        let no = match self.tokens.eat('|') {
            true => self.sequence(Some(flags), false)?,
            false => Node::Empty,
        };
        if self.tokens.next_is('|') {
            let message = "a condition has two ways, not more";
            return Err(PatternError::new(
                self.tokens.at(),
                message,
                "put them into (?:…)",
            ));
        }
        self.end(open)?;
        Ok(Node::IfGroup {
            group,
            yes: Box::new(yes),
            no: Box::new(no),
        })
    }

    fn width(&self, node: &Node) -> Width {
        let of = |group: u32| {
            let known = self.groups.get(group as usize - 1);
            known.copied().flatten().unwrap_or(Width::ANY)
        };
        width(node, &of)
    }
}

fn unknown(open: Token) -> PatternError {
    let message = "there is no such kind of group";
    let hint = "write \\( to look for a parenthesis, or (?: for a plain group";
    PatternError::new(open.at, message, hint)
}

fn check_name(at: usize, name: &str) -> Result<(), PatternError> {
    let mut chars = name.chars();
    let starts = chars
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic());
    let goes_on = |char| char == '_' || char::is_alphanumeric(char);
    if starts && chars.all(goes_on) {
        return Ok(());
    }
    let message = format!("`{name}` cannot be the name of a group");
    Err(PatternError::new(
        at,
        message,
        "write letters, digits and _, beginning with a letter",
    ))
}
