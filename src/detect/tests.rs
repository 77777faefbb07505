//! Statements about judging.
