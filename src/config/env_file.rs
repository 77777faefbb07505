//! The form of an `env_file`: a line `KEY=VALUE` for each variable.
//!
//! `export ` before the key, blank lines and `#` comments are allowed. A value in single quotes is
//! literal; in double quotes `\n`, `\r`, `\t`, `\"`, `\\`, `\$` and `` \` `` are escapes; both may
//! span lines. Without quotes a value ends at the end of the line or at a `#` after a blank.
//! Nothing is expanded: a `$` is a `$`.

use std::iter::Peekable;
use std::str::Chars;

/// A mistake in an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnvFileError {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) message: &'static str,
}

/// The variables of a file, in order; a later one overrides an earlier. A line that is wrong is
/// reported and left out.
pub(super) fn parse(text: &str) -> (Vec<(String, String)>, Vec<EnvFileError>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut scanner = Scanner {
        rest: text.chars().peekable(),
        line: 1,
    };
    let (mut variables, mut errors) = (Vec::new(), Vec::new());
    while scanner.skip_to_key() {
        let line = scanner.line;
        match scanner.variable() {
            Ok(variable) => variables.push(variable),
            Err(message) => errors.push(EnvFileError { line, message }),
        }
        scanner.end_line();
    }
    (variables, errors)
}

/// Whether a text can be a variable's name everywhere: letters, digits and `_`, and no digit first.
pub(super) fn is_variable_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(legal)
        && name
            .bytes()
            .next()
            .is_some_and(|first| !first.is_ascii_digit())
}

struct Scanner<'t> {
    rest: Peekable<Chars<'t>>,
    line: usize,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        if wanted(*self.rest.peek()?) {
            self.next()
        } else {
            None
        }
    }

    fn skip_blanks(&mut self) {
        while self.next_if(|c| c == ' ' || c == '\t').is_some() {}
    }

    /// Leaves the rest of a line alone; its newline stays, since a value may have ended on it.
    fn end_line(&mut self) {
        while self.next_if(|c| c != '\n').is_some() {}
    }

    /// Moves to the next key; false at the end of the file.
    fn skip_to_key(&mut self) -> bool {
        loop {
            while self.next_if(char::is_whitespace).is_some() {}
            match self.rest.peek() {
                None => return false,
                Some('#') => self.end_line(),
                Some(_) => return true,
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.next_if(|c| !c.is_whitespace() && c != '=') {
            word.push(c);
        }
        word
    }

    fn variable(&mut self) -> Result<(String, String), &'static str> {
        let mut key = self.word();
        self.skip_blanks();
        if key == "export" && self.rest.peek() != Some(&'=') {
            key = self.word();
            self.skip_blanks();
        }
        if self.next_if(|c| c == '=').is_none() {
            return Err("a line must be KEY=VALUE");
        }
        if !is_variable_name(&key) {
            return Err("a variable's name has letters, digits and `_` only, and no digit first");
        }
        self.skip_blanks();
        let value = match self.next_if(|c| c == '\'' || c == '"') {
            Some(quote) => self.quoted(quote)?,
            None => self.unquoted(),
        };
        if value.contains('\0') {
            return Err("a value cannot hold a NUL");
        }
        Ok((key, value))
    }

    fn quoted(&mut self, quote: char) -> Result<String, &'static str> {
        let mut value = String::new();
        loop {
            match self.next() {
                None => return Err("a quote is opened and never closed"),
                Some(end) if end == quote => break,
                Some('\\') if quote == '"' => value.push_str(&self.escape()),
                Some(other) => value.push(other),
            }
        }
        let blank_after = self.next_if(|c| c == ' ' || c == '\t').is_some();
        self.skip_blanks();
        match self.rest.peek() {
            None | Some('\n' | '\r') => Ok(value),
            Some('#') if blank_after => Ok(value),
            Some(_) => Err("there is more after the closing quote"),
        }
    }

    fn escape(&mut self) -> String {
        match self.next() {
            Some('n') => "\n".to_owned(),
            Some('r') => "\r".to_owned(),
            Some('t') => "\t".to_owned(),
            Some(literal @ ('"' | '\\' | '$' | '`')) => literal.to_string(),
            Some(other) => format!("\\{other}"),
            None => "\\".to_owned(),
        }
    }

    fn unquoted(&mut self) -> String {
        let mut value = String::new();
        while let Some(c) = self.next_if(|c| c != '\n') {
            if c == '#' && (value.is_empty() || value.ends_with([' ', '\t'])) {
                break;
            }
            value.push(c);
        }
        value.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> String {
        let (variables, errors) = parse(text);
        assert_eq!(errors, [], "{text:?}");
        assert_eq!(variables.len(), 1, "{text:?}");
        assert_eq!(variables[0].0, "K", "{text:?}");
        variables[0].1.clone()
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        for (text, value) in [
            ("K=v", "v"),
            ("\u{feff}K=v\r\n", "v"),
            ("  K = v w  \n", "v w"),
            ("export K=v", "v"),
            ("export\tK=v", "v"),
            ("K=", ""),
            ("K=\n", ""),
            ("K=# all comment", ""),
            ("K=a#b # comment", "a#b"),
            ("K='a \"b\" $c \\n' # comment", "a \"b\" $c \\n"),
            (r#"K="a \"b\" \$c \n\\ \d""#, "a \"b\" $c \n\\ \\d"),
            ("K=\"two\nlines\"\n", "two\nlines"),
            ("K=$HOME/x", "$HOME/x"),
            ("# c\n\n  # d\nK=é", "é"),
            ("K=a=b", "a=b"),
        ] {
            assert_eq!(one(text), value, "{text:?}");
        }
    }

    #[test]
    fn a_wrong_line_is_named_and_the_others_are_kept() {
        let text = "A=1\nnonsense\n2B=x\nC='open\nD=2";
        let (variables, errors) = parse(text);
        assert_eq!(variables, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [2, 3, 4]);
        let (variables, errors) = parse("A='x'y\nB=\0\nC=3\n");
        assert_eq!(variables, [("C".to_owned(), "3".to_owned())]);
        assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_variable_called_export_is_one() {
        assert_eq!(parse("export=1").0, [("export".to_owned(), "1".to_owned())]);
    }
}
