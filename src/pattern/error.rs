//! What is wrong with a pattern.

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}\nhint: {hint}")]
pub struct PatternError {
    /// Where in the pattern, in bytes from 0.
    pub offset: usize,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl PatternError {
    pub(super) fn new(offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
            hint: hint.into(),
        }
    }
}
