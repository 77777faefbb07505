//! What stands behind a backslash, in a set and outside.

use super::ast::{Item, Kind};
use super::error::PatternError;
use super::tokens::{Token, Tokens};

/// The kind that `\d`, `\W` and the like name.
pub(super) fn kind(letter: char, ascii: bool) -> Option<Item> {
    let kind = match letter.to_ascii_lowercase() {
        'd' => Kind::Digit,
        's' => Kind::Space,
        'w' => Kind::Word,
        _ => return None,
    };
    Some(Item::Kind {
        kind,
        not: letter.is_ascii_uppercase(),
        ascii,
    })
}

/// The character that an escape names, whatever is no digit; what belongs to it is taken.
pub(super) fn character(tokens: &mut Tokens, token: Token) -> Result<u32, PatternError> {
    let code = match token.char {
        'a' => 0x07,
        'f' => 0x0c,
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'v' => 0x0b,
        'x' => return hexadecimal(tokens, token, 2),
        'u' => return hexadecimal(tokens, token, 4),
        'U' => return hexadecimal(tokens, token, 8),
        'N' => {
            let message = "characters cannot be named by \\N{…} here";
            let hint = "write the character itself, or its number as in \\u2014";
            return Err(PatternError::new(token.at, message, hint));
        }
        letter if letter.is_ascii_alphabetic() => {
            let message = format!("there is no escape `\\{letter}`");
            let hint = match letter {
                'z' => "write \\Z for the end of the text".to_owned(),
                'p' | 'P' => "there are no properties; write a set of characters".to_owned(),
                'e' => "write \\x1b for the escape character".to_owned(),
                _ => format!("write {letter} alone, or \\\\{letter} to look for a backslash"),
            };
            return Err(PatternError::new(token.at, message, hint));
        }
        other => u32::from(other),
    };
    Ok(code)
}

fn hexadecimal(tokens: &mut Tokens, token: Token, count: usize) -> Result<u32, PatternError> {
    let digits = tokens.digits(count, 16);
    let code = u32::from_str_radix(&digits, 16).ok();
    match code.filter(|code| digits.len() == count && *code <= 0x0010_ffff) {
        Some(code) => Ok(code),
        None => {
            let message = format!(
                "`\\{}{digits}` is not the number of a character",
                token.char
            );
            let hint = format!("write {count} hexadecimal digits behind \\{}", token.char);
            Err(PatternError::new(token.at, message, hint))
        }
    }
}

/// A number in base 8 whose first digit is at hand. It ends at a byte's size.
pub(super) fn octal(token: Token, digits: &str) -> Result<u32, PatternError> {
    match u32::from_str_radix(digits, 8)
        .ok()
        .filter(|code| *code <= 0o377)
    {
        Some(code) => Ok(code),
        None => {
            let message = format!("`\\{digits}` is larger than \\377");
            let hint = "write the number in base 16, as in \\u2014";
            Err(PatternError::new(token.at, message, hint))
        }
    }
}
