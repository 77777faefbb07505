//! Formats, and texts that tmux takes for formats.

use crate::format_literal;

/// A format of tmux, such as `#{pane_id}`. What tmux calls time formats (`%H`) does not exist
/// here: `%` always stands for itself.
///
/// ```
/// use tmux_control::Format;
/// let format = Format::new("#{session_id} ").literal(b"#1");
/// assert_eq!(format.as_bytes(), b"#{session_id} ##1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format(Vec<u8>);

impl Format {
    /// A format that the program itself wrote. What comes from elsewhere goes through
    /// [`Format::literal`].
    pub fn new(format: impl Into<Vec<u8>>) -> Self {
        Self(format.into())
    }

    /// Adds text that stands for itself.
    #[must_use]
    pub fn literal(mut self, text: &[u8]) -> Self {
        self.0.extend_from_slice(&format_literal(text));
        self
    }

    /// The format as tmux reads it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An argument that tmux expands as a format: a text that stands for itself, unless it says
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// It comes up as it is, whatever it holds.
    Literal(Vec<u8>),
    /// It is meant to be expanded.
    Format(Format),
}

impl Text {
    /// The format that tmux is given.
    pub(crate) fn to_format(&self) -> Vec<u8> {
        match self {
            Self::Literal(text) => format_literal(text),
            Self::Format(format) => format.as_bytes().to_vec(),
        }
    }
}

impl From<Format> for Text {
    fn from(format: Format) -> Self {
        Self::Format(format)
    }
}

impl From<Vec<u8>> for Text {
    fn from(text: Vec<u8>) -> Self {
        Self::Literal(text)
    }
}

impl From<&[u8]> for Text {
    fn from(text: &[u8]) -> Self {
        Self::Literal(text.to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Literal(text.into_bytes())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Literal(text.as_bytes().to_vec())
    }
}
