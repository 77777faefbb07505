//! The names of a branch and of a remote, as the config gives them to git.

use std::fmt;

/// The longest name; git keeps each in files named after it.
const LONGEST: usize = 200;

/// The name of a branch or of a remote: never an option, a URL, a refspec or an expression.
///
/// The rules are those of `git check-ref-format`, of git 2.39.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GitName(String);

impl GitName {
    /// A name as written in a config.
    ///
    /// # Errors
    /// Why git would not take it for a name, to follow "the key …".
    pub fn new(written: &str) -> Result<Self, String> {
        let parts_are_right = written
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"));
        if written.is_empty() {
            Err("is empty".to_owned())
        } else if written.len() > LONGEST {
            Err(format!("is longer than {LONGEST} bytes"))
        } else if written.starts_with('-') {
            Err("starts with `-`, as an option does".to_owned())
        } else if let Some(odd) = written.chars().find(|c| is_odd(*c)) {
            Err(format!("holds `{}`", odd.escape_debug()))
        } else if written.contains("..") || written.contains("@{") || written == "@" {
            Err("reads as an expression".to_owned())
        } else if !parts_are_right || written.ends_with('.') {
            Err("is no name that git takes".to_owned())
        } else {
            Ok(Self(written.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What no reference of git holds, and what would steer the terminal that shows it.
fn is_odd(character: char) -> bool {
    character.is_whitespace() || super::names::steers(character) || "~^:?*[\\".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_or_a_remote_is_a_plain_name() {
        for name in ["main", "origin", "feat/x", "a-b_c.d", "v1.0", "日本", "a@b"] {
            assert_eq!(GitName::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_git_would_take_for_more_than_a_name_is_refused() {
        for text in [
            "",
            "-f",
            "--upload-pack=x",
            "a b",
            "a\tb",
            "a\nb",
            "a\0b",
            "\u{202e}a",
            "git@host:repo",
            "https://host/repo",
            "ext::sh -c x",
            "a..b",
            "a~1",
            "a^",
            "@",
            "a@{1}",
            "a*",
            "/a",
            "a/",
            "a//b",
            "..",
            "../b",
            "./b",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "a\\b",
        ] {
            assert!(GitName::new(text).is_err(), "{text:?}");
        }
        assert!(GitName::new(&"a".repeat(201)).is_err());
    }
}
