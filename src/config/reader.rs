//! Values of a table as typed values, with the lenience that the predecessor's users count on:
//! what it took for a number or for true is still taken, with a warning.

use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use super::backend::Pattern;
use super::findings::Findings;
use super::inside::written_offset;
use super::paths::{Host, unusable};
use super::raw::{Entry, Section, kind_of};
use super::schema::nearest;
use super::source::Source;
use crate::pattern::{Pattern as Regex, PatternError};

/// Longer than any interval that is meant.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads the keys of one section, and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Reader<'a, 'd> {
    pub(super) section: &'a Section<'d>,
    pub(super) findings: &'a mut Findings,
    pub(super) source: &'a Source,
    pub(super) host: &'a Host,
}

impl<'d> Reader<'_, 'd> {
    /// A text. A number counts as one, since that is what it was turned into.
    pub(super) fn text(&mut self, key: &str) -> Option<Spanned<String>> {
        let entry = self.section.get(key)?;
        self.text_of(&entry)
    }

    pub(super) fn text_of(&mut self, entry: &Entry<'d>) -> Option<Spanned<String>> {
        let text = match entry.value {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let text = number_as_text(entry.value);
                let hint = format!("write it in quotes: {} = \"{text}\"", entry.key);
                let message = format!("`{}` is a number, where a text is meant", entry.key);
                self.findings.warning(entry.span.clone(), message, hint);
                text
            }
            _ => {
                self.wrong_type(entry, "a text", "write it in quotes");
                return None;
            }
        };
        Some(Spanned::new(entry.span.clone(), text))
    }

    /// A text; what is empty counts as absent.
    pub(super) fn some_text(&mut self, key: &str) -> Option<Spanned<String>> {
        self.text(key).filter(|text| !text.get_ref().is_empty())
    }

    /// A text that ends up in a line of a shell: it can be anything but hold a NUL.
    pub(super) fn shell_text(&mut self, key: &str, default: &str) -> String {
        let Some(text) = self.text(key) else {
            return default.to_owned();
        };
        self.without_nul(key, text)
    }

    pub(super) fn without_nul(&mut self, key: &str, text: Spanned<String>) -> String {
        if text.get_ref().contains('\0') {
            let message = format!("`{key}` holds a NUL, which no command line can");
            self.findings
                .error(text.span(), message, "leave the NUL out");
        }
        text.into_inner()
    }

    /// A text that must be there, and that must say something.
    pub(super) fn required(&mut self, key: &str, hint: &str) -> Option<Spanned<String>> {
        let written = match self.section.get(key) {
            Some(entry) => Some(self.text_of(&entry)?),
            None => None,
        };
        match written {
            Some(text) if !text.get_ref().trim().is_empty() => Some(text),
            _ => {
                let message = format!("{} has no `{key}`", self.section.title);
                self.error(self.section.span.clone(), message, hint);
                None
            }
        }
    }

    /// True or false, also as a number or as a word.
    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        self.section
            .get(key)
            .and_then(|entry| self.flag_of(&entry))
            .unwrap_or(default)
    }

    pub(super) fn flag_of(&mut self, entry: &Entry<'d>) -> Option<bool> {
        let meant = match entry.value {
            DeValue::Boolean(value) => return Some(*value),
            DeValue::Integer(_) | DeValue::Float(_) => {
                number(entry.value).map(|value| value != 0.0)
            }
            DeValue::String(word) => match word.to_lowercase().as_str() {
                "false" | "no" | "off" | "0" | "" => Some(false),
                _ => Some(true),
            },
            _ => None,
        };
        let Some(meant) = meant else {
            self.wrong_type(
                entry,
                "true or false",
                "write true or false, without quotes",
            );
            return None;
        };
        let message = format!(
            "`{}` should be true or false; it is read as {meant}",
            entry.key
        );
        let hint = format!("write {} = {meant}", entry.key);
        self.findings.warning(entry.span.clone(), message, hint);
        Some(meant)
    }

    /// A number of seconds. What is shorter than `least` becomes that.
    pub(super) fn seconds(&mut self, key: &str, default: u64, least: Duration) -> Duration {
        let default = Duration::from_secs(default);
        let Some(entry) = self.section.get(key) else {
            return default;
        };
        let Some(seconds) = number(entry.value) else {
            self.wrong_type(
                &entry,
                "a number of seconds",
                "write it as in 30, without a unit",
            );
            return default;
        };
        let span = entry.span.clone();
        let Some(meant) = Duration::try_from_secs_f64(seconds)
            .ok()
            .filter(|d| *d <= LONGEST)
        else {
            let message = format!("`{key}` is no time that can be waited for");
            let hint = format!("write seconds from 0 to {}", LONGEST.as_secs());
            self.findings.error(span, message, hint);
            return default;
        };
        if meant < least {
            let message = format!("`{key}` is too short; {} s is used", least.as_secs_f64());
            let hint = format!("write at least {}", least.as_secs_f64());
            self.findings.warning(span, message, hint);
        } else if matches!(entry.value, DeValue::String(_)) {
            let message = format!("`{key}` is a text, where a number of seconds is meant");
            self.findings
                .warning(span, message, format!("write {key} = {seconds}"));
        } else if meant.subsec_nanos() != 0 {
            let message = format!("`{key}` has a fraction; it is used as {seconds} s");
            self.findings
                .warning(span, message, "whole seconds are enough here");
        }
        meant.max(least)
    }

    /// How many of something: a whole number from 1. `None` when it is absent or no such number.
    pub(super) fn count(&mut self, key: &str) -> Option<NonZeroU32> {
        let entry = self.section.get(key)?;
        let Some(written) = number(entry.value) else {
            self.wrong_type(&entry, "a number", "write it as in 5");
            return None;
        };
        // A number that is out of range or has a fraction becomes another one, so it is told.
        let meant = NonZeroU32::new(written as u32).filter(|n| f64::from(n.get()) == written);
        if meant.is_none() {
            let message = format!("`{key}` must be a whole number from 1");
            let hint = format!("leave {key} out to have its default");
            self.findings.error(entry.span.clone(), message, hint);
        } else if matches!(entry.value, DeValue::String(_)) {
            let message = format!("`{key}` is a text, where a number is meant");
            let hint = format!("write {key} = {written}");
            self.findings.warning(entry.span.clone(), message, hint);
        }
        meant
    }

    /// A path, resolved against `base`. What is empty counts as absent.
    pub(super) fn path(&mut self, key: &str, base: &Path) -> Option<PathBuf> {
        let text = self.some_text(key)?;
        self.path_from(key, base, &text)
    }

    /// A path with a default. An empty one is `base` itself.
    pub(super) fn path_or(&mut self, key: &str, base: &Path, default: &str) -> PathBuf {
        let text = self
            .text(key)
            .unwrap_or_else(|| Spanned::new(0..0, default.to_owned()));
        let resolved = self.path_from(key, base, &text);
        resolved.unwrap_or_else(|| self.host.resolve(base, default))
    }

    fn path_from(&mut self, key: &str, base: &Path, text: &Spanned<String>) -> Option<PathBuf> {
        let path = self.host.resolve(base, text.get_ref());
        match unusable(Path::new(text.get_ref())) {
            None => Some(path),
            Some(reason) => {
                let hint = "rename what it points to";
                self.findings
                    .error(text.span(), format!("`{key}` {reason}"), hint);
                None
            }
        }
    }

    /// A pattern; what is empty counts as absent.
    pub(super) fn pattern(
        &mut self,
        key: &str,
        compile: impl Fn(&str) -> Result<Regex, PatternError>,
    ) -> Option<Pattern> {
        let text = self.some_text(key)?;
        match compile(text.get_ref()) {
            Ok(regex) => Some(Pattern {
                place: Some(self.source.place(&text.span())),
                text: text.into_inner(),
                regex: Arc::new(regex),
            }),
            Err(error) => {
                let message = format!("`{key}` is not a pattern: {}", error.message);
                let span = self.inside(&text, error.offset);
                self.findings.error(span, message, error.hint);
                None
            }
        }
    }

    /// One character of a text's value, where it is written; the whole text if that is not clear.
    fn inside(&self, text: &Spanned<String>, offset: usize) -> Range<usize> {
        let span = text.span();
        let written = self.source.text.get(span.clone()).unwrap_or_default();
        match written_offset(written, text.get_ref(), offset) {
            Some(offset) => span.start + offset..span.start + offset + 1,
            None => span,
        }
    }

    /// A table of its own. One that is empty counts as absent.
    pub(super) fn table(&mut self, key: &str) -> Option<Section<'d>> {
        let entry = self.section.get(key)?;
        let title = format!("`{key}`");
        self.table_of(&entry, title)
            .filter(|section| !section.is_empty())
    }

    pub(super) fn table_of(&mut self, entry: &Entry<'d>, title: String) -> Option<Section<'d>> {
        if let DeValue::Table(table) = entry.value {
            return Some(Section::new(title, table, entry.key_span.clone()));
        }
        self.wrong_type(
            entry,
            "a table",
            "write it as { key = value, … } or under its own [header]",
        );
        None
    }

    /// The values of a list.
    pub(super) fn list(&mut self, key: &str) -> Vec<Entry<'d>> {
        let Some(entry) = self.section.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = entry.value else {
            self.wrong_type(
                &entry,
                "a list",
                "write it as [ … ], or its tables under [[header]]s",
            );
            return Vec::new();
        };
        let values = values.iter().map(|value| Entry {
            key: entry.key,
            key_span: value.span(),
            value: value.get_ref(),
            span: value.span(),
        });
        values.collect()
    }

    /// Warns of every key of the section that is not known.
    pub(super) fn unknown_keys(&mut self, known: &[&str]) {
        for entry in self.section.entries() {
            if known.contains(&entry.key) {
                continue;
            }
            let message = format!(
                "{} has no key `{}`; it has no effect",
                self.section.title, entry.key
            );
            let hint = match nearest(entry.key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its keys are {}", known.join(", ")),
            };
            self.findings.warning(entry.key_span, message, hint);
        }
    }

    fn wrong_type(&mut self, entry: &Entry<'_>, meant: &str, hint: &str) {
        let message = format!(
            "`{}` must be {meant}, and is {}",
            entry.key,
            kind_of(entry.value)
        );
        self.findings.error(entry.span.clone(), message, hint);
    }

    /// An error that is about a key's value.
    pub(super) fn error(&mut self, span: Range<usize>, message: String, hint: impl Into<String>) {
        self.findings.error(span, message, hint);
    }
}

/// A number, also in quotes.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(digits) => integer(digits).map(|value| value as f64),
        DeValue::Float(digits) => digits.as_str().parse().ok(),
        DeValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn integer(digits: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

pub(super) fn number_as_text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Integer(digits) => {
            integer(digits).map_or_else(|| digits.to_string(), |value| value.to_string())
        }
        DeValue::Float(digits) => digits.to_string(),
        _ => String::new(),
    }
}
