//! The file as written: tables and values with their places, before anything is resolved.
//!
//! This reads the parser's own tree and not types derived with serde, since serde ends at the first
//! value of a wrong type, and a person is to hear of all of them at once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::Findings;
use super::source::Source;

/// How many syntax errors are told: one often causes the next.
const SYNTAX_ERRORS_MAX: usize = 5;

/// The whole file as a tree.
///
/// # Errors
/// The file does not parse; what was found goes to `findings`.
pub(super) fn parse<'d>(
    source: &'d Source,
    findings: &mut Findings,
) -> Option<Spanned<DeTable<'d>>> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(SYNTAX_ERRORS_MAX) {
        let end = source.text.len();
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        findings.error(
            error.span().unwrap_or(end..end),
            format!("this is not valid TOML: {message}"),
            "nothing of the file is used until all of it parses",
        );
    }
    errors.is_empty().then_some(root)
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry<'d> {
    /// As people would write it, for messages.
    pub(super) key: &'d str,
    pub(super) key_span: Range<usize>,
    pub(super) value: &'d DeValue<'d>,
    pub(super) span: Range<usize>,
}

/// A table, with a second one from which it inherits what it does not say itself.
#[derive(Debug, Clone)]
pub(super) struct Section<'d> {
    /// How messages call it, such as `[watchdog]`.
    pub(super) title: String,
    /// Where it begins.
    pub(super) span: Range<usize>,
    own: Option<&'d DeTable<'d>>,
    inherited: Option<&'d DeTable<'d>>,
}

impl<'d> Section<'d> {
    pub(super) fn new(title: String, table: &'d DeTable<'d>, span: Range<usize>) -> Self {
        Self {
            title,
            span,
            own: Some(table),
            inherited: None,
        }
    }

    /// A table that is not in the file: every key is at its default.
    pub(super) fn absent(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            span: 0..0,
            own: None,
            inherited: None,
        }
    }

    /// The same table, called otherwise.
    pub(super) fn titled(self, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            ..self
        }
    }

    /// The same table, with what it inherits.
    pub(super) fn inheriting(self, from: &Self) -> Self {
        Self {
            inherited: from.own,
            ..self
        }
    }

    /// A value of the table itself.
    pub(super) fn own(&self, key: &str) -> Option<Entry<'d>> {
        entry(self.own?, key)
    }

    /// A value of the table, or else an inherited one.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'d>> {
        self.own(key).or_else(|| entry(self.inherited?, key))
    }

    /// Every key of the table itself.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'d>> + use<'d> {
        self.own
            .into_iter()
            .flat_map(DeTable::iter)
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_span: key.span(),
                value: value.get_ref(),
                span: value.span(),
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.own.is_none_or(DeTable::is_empty)
    }
}

fn entry<'d>(table: &'d DeTable<'d>, key: &str) -> Option<Entry<'d>> {
    let (key, value) = table.get_key_value(key)?;
    let (key_span, span) = (key.span(), value.span());
    Some(Entry {
        key: key.get_ref(),
        key_span,
        value: value.get_ref(),
        span,
    })
}

/// What a value is, with its article, for messages.
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
