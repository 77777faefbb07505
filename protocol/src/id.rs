//! The ids that tmux gives to panes, windows and sessions.

use std::{fmt, str::FromStr};

/// A text that is not an id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdError {
    sigil: char,
    text: String,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sigil, text } = self;
        write!(
            f,
            "{text:?} is not {sigil} followed by a number of at most 32 bits"
        )
    }
}

impl std::error::Error for IdError {}

fn parse(sigil: char, text: &str) -> Result<u32, IdError> {
    text.strip_prefix(sigil)
        // `u32::from_str` takes a leading plus, which tmux never writes.
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| IdError {
            sigil,
            text: text.chars().take(40).collect(),
        })
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $sigil:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($sigil, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($sigil, text).map(Self)
            }
        }
    };
}

id! {
    /// A pane, written `%3`. It stays the same for as long as the pane lives, and a server never
    /// gives it twice.
    ///
    /// ```
    /// use tmux_control::PaneId;
    /// assert_eq!("%3".parse(), Ok(PaneId(3)));
    /// assert_eq!(PaneId(3).to_string(), "%3");
    /// assert!("@3".parse::<PaneId>().is_err());
    /// ```
    PaneId, '%'
}

id! {
    /// A window, written `@1`. A window may be linked into several sessions.
    WindowId, '@'
}

id! {
    /// A session, written `$2`.
    SessionId, '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_its_sigil_and_at_most_32_bits() {
        assert_eq!("@4294967295".parse(), Ok(WindowId(u32::MAX)));
        for bad in [
            "",
            "%",
            "3",
            "%+3",
            "%-1",
            "% 3",
            "%3 ",
            "%4294967296",
            "$3",
        ] {
            assert!(bad.parse::<PaneId>().is_err(), "{bad:?}");
        }
    }
}
