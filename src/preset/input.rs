//! Where what is typed stands on a program's screen.

use regex::Regex;
use toml::Spanned;

use super::PresetError;
use super::file::Delivery;

/// How the rows of the input are found. The patterns are for rows as they stand, frames included.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its first row; what it matches is no text.
    pub first: Regex,
    /// The row right above that.
    pub above: Option<Regex>,
    /// The row that closes it; without it a blank row does.
    pub below: Option<Regex>,
    /// How many of its last rows that hold text, each with a blank one above, are the program's own.
    pub foot: usize,
}

impl Input {
    /// None for a program whose input is not found this way.
    pub(super) fn compile(delivery: &Delivery) -> Result<Option<Self>, PresetError> {
        let some = |pattern: &Option<Spanned<String>>| pattern.as_ref().map(compile).transpose();
        let Some(first) = some(&delivery.input)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            first,
            above: some(&delivery.input_above)?,
            below: some(&delivery.input_below)?,
            foot: delivery.input_foot,
        }))
    }
}

fn compile(pattern: &Spanned<String>) -> Result<Regex, PresetError> {
    Regex::new(pattern.get_ref()).map_err(|error| PresetError {
        message: format!("a pattern does not compile: {error}"),
        span: Some(pattern.span()),
        hint: "the syntax is that of the regex crate".to_owned(),
    })
}
