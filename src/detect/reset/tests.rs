//! Statements about reset times.
