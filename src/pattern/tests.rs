//! Statements about patterns.
