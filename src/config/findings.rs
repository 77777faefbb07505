//! Mistakes on the way to becoming diagnostics: what is found while a table is resolved, before it
//! is known what the mistake reaches.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

use super::diagnostic::{Diagnostic, Place, Reach, Severity};
use super::source::Source;

/// A config that is wrong everywhere is not told in full.
const DIAGNOSTICS_MAX: usize = 500;

/// Where a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// In the config as a whole.
    Nowhere,
    /// In these bytes of the config.
    Span(Range<usize>),
    /// In these bytes, and the line may hold a secret.
    Secret(Range<usize>),
    /// In a line of another file, counted from 1, which may hold a secret.
    File(PathBuf, usize),
    /// In another file, which holds no secrets.
    Beside(PathBuf, Option<Place>),
}

impl From<Range<usize>> for At {
    fn from(span: Range<usize>) -> Self {
        Self::Span(span)
    }
}

#[derive(Debug, Clone)]
struct Finding {
    severity: Severity,
    at: At,
    message: String,
    hint: String,
}

/// What was found in one table.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn error(&mut self, at: impl Into<At>, message: String, hint: impl Into<String>) {
        self.add(Severity::Error, at.into(), message, hint.into());
    }

    pub(super) fn warning(&mut self, at: impl Into<At>, message: String, hint: impl Into<String>) {
        self.add(Severity::Warning, at.into(), message, hint.into());
    }

    fn add(&mut self, severity: Severity, at: At, message: String, hint: String) {
        self.0.push(Finding {
            severity,
            at,
            message,
            hint,
        });
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    pub(super) fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    /// The errors alone, for those who share what is wrong.
    pub(super) fn errors(&self) -> Self {
        let errors = self
            .0
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        Self(errors.cloned().collect())
    }

    /// The warnings alone.
    pub(super) fn warnings(&self) -> Self {
        let warnings = self
            .0
            .iter()
            .filter(|finding| finding.severity == Severity::Warning);
        Self(warnings.cloned().collect())
    }

    /// The same, where nothing depends on what is wrong.
    pub(super) fn as_warnings(&self) -> Self {
        let mut all = self.clone();
        for finding in &mut all.0 {
            finding.severity = Severity::Warning;
        }
        all
    }

    pub(super) fn diagnostics(&self, source: &Source, reach: &Reach) -> Vec<Diagnostic> {
        self.0
            .iter()
            .map(|finding| finding.diagnostic(source, reach.clone()))
            .collect()
    }
}

impl Finding {
    fn diagnostic(&self, source: &Source, reach: Reach) -> Diagnostic {
        let (path, place) = match &self.at {
            At::Nowhere => (source.shown.clone(), None),
            At::Span(span) => (source.shown.clone(), Some(source.place(span))),
            At::Secret(span) => (source.shown.clone(), Some(source.place(span).hidden())),
            At::File(path, line) => (path.clone(), Some(Place::line_of_secrets(*line))),
            At::Beside(path, place) => (path.clone(), place.clone()),
        };
        let Self {
            severity,
            message,
            hint,
            ..
        } = self.clone();
        Diagnostic {
            severity,
            path,
            place,
            message,
            hint,
            reach,
        }
    }
}

/// Puts diagnostics into the order of the file, and says once what several share.
pub(super) fn in_order(diagnostics: Vec<Diagnostic>, source: &Source) -> Vec<Diagnostic> {
    let mut seen: HashMap<_, usize> = HashMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        let place = diagnostic
            .place
            .as_ref()
            .map(|place| (place.line, place.column));
        let key = (place, diagnostic.path.clone(), diagnostic.message.clone());
        match seen.get(&key).copied() {
            Some(index) => kept[index].share(diagnostic),
            None => {
                seen.insert(key, kept.len());
                kept.push(diagnostic);
            }
        }
    }
    let position = |diagnostic: &Diagnostic| {
        diagnostic
            .place
            .as_ref()
            .map_or((0, 0), |place| (place.line, place.column))
    };
    kept.sort_by_key(|diagnostic| (diagnostic.path != source.shown, position(diagnostic)));
    limit(kept)
}

impl Diagnostic {
    fn share(&mut self, other: Self) {
        self.severity = self.severity.min(other.severity);
        if self.reach != other.reach {
            self.reach = Reach::Several;
        }
    }
}

/// Errors stay rather than warnings.
fn limit(mut kept: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let total = kept.len();
    if total <= DIAGNOSTICS_MAX {
        return kept;
    }
    let errors = kept
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .count();
    let mut room = DIAGNOSTICS_MAX;
    let mut room_for_warnings = DIAGNOSTICS_MAX.saturating_sub(errors);
    kept.retain(|diagnostic| {
        let budget = if diagnostic.is_error() {
            &mut room
        } else {
            &mut room_for_warnings
        };
        let stays = *budget > 0;
        *budget = budget.saturating_sub(1);
        stays
    });
    let lost_errors = errors > DIAGNOSTICS_MAX;
    let path = kept
        .last()
        .map(|last| last.path.clone())
        .unwrap_or_default();
    kept.push(Diagnostic {
        severity: if lost_errors {
            Severity::Error
        } else {
            Severity::Warning
        },
        path,
        place: None,
        message: format!("and {} more mistakes", total - kept.len()),
        hint: "mend these first".to_owned(),
        reach: Reach::Several,
    });
    kept
}
