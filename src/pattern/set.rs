//! Sets of characters in brackets.

use super::ast::{Fold, Item, Node};
use super::error::PatternError;
use super::escape;
use super::tokens::{Token, Tokens};

/// Parses a set whose `[`, which is at `start`, is taken.
pub(super) fn parse(
    tokens: &mut Tokens,
    start: usize,
    fold: Fold,
    ascii: bool,
) -> Result<Node, PatternError> {
    let endless = || {
        let hint = "write ] behind the last character, or \\[ to look for a bracket";
        PatternError::new(start, "the set of characters is not ended", hint)
    };
    let not = tokens.eat('^');
    let mut items = Vec::new();
    loop {
        let token = tokens.take().ok_or_else(endless)?;
        if token.is(']') && !items.is_empty() {
            break;
        }
        let low = item(tokens, token, ascii)?;
        if !tokens.eat('-') {
            items.push(low);
            continue;
        }
        let token_high = tokens.take().ok_or_else(endless)?;
        if token_high.is(']') {
            items.extend([low, Item::Range(0x2d, 0x2d)]);
            break;
        }
        let high = item(tokens, token_high, ascii)?;
        items.push(range(token, low, high)?);
    }
    Ok(Node::Set { items, not, fold })
}

fn range(from: Token, low: Item, high: Item) -> Result<Item, PatternError> {
    match (low, high) {
        (Item::Range(low, _), Item::Range(high, _)) if low <= high => Ok(Item::Range(low, high)),
        (Item::Range(..), Item::Range(..)) => {
            let message = "the range of characters runs backwards";
            Err(PatternError::new(
                from.at,
                message,
                "write the smaller one first",
            ))
        }
        _ => {
            let message = "a range of characters cannot begin or end with a kind of them";
            let hint = "put the - at the end of the set to look for it";
            Err(PatternError::new(from.at, message, hint))
        }
    }
}

fn item(tokens: &mut Tokens, token: Token, ascii: bool) -> Result<Item, PatternError> {
    let code = match token.char {
        other if !token.escaped => u32::from(other),
        'b' => 0x08,
        '0'..='7' => {
            let digits = format!("{}{}", token.char, tokens.digits(2, 8));
            escape::octal(token, &digits)?
        }
        '8' | '9' => {
            let message = format!("there is no escape `\\{}` in a set", token.char);
            let hint = "a set cannot hold what a group matched; write the digit alone";
            return Err(PatternError::new(token.at, message, hint));
        }
        letter => match escape::kind(letter, ascii) {
            Some(kind) => return Ok(kind),
            None => escape::character(tokens, token)?,
        },
    };
    Ok(Item::Range(code, code))
}
