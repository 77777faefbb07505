//! Which backend an agent runs on: the file's, unless a one-off override names another.

use std::sync::Arc;

use toml::Spanned;

use super::super::backend::Backend;
use super::super::findings::At;
use super::super::names::AgentName;
use super::super::reader::Reader;
use super::super::schema::nearest;
use super::Surroundings;

/// Which backend an agent asks for.
pub(super) struct Choice {
    /// After a one-off override.
    pub(super) name: Option<String>,
    /// As the file has it.
    in_file: Option<String>,
    /// Where the name stands.
    at: At,
    /// It is no name at all, which is told already.
    told: bool,
}

/// The backends of an agent: the file's own tells whether a running one is stale.
pub(super) struct Backends {
    pub(super) in_file: Arc<Backend>,
    pub(super) chosen: Arc<Backend>,
}

impl Choice {
    pub(super) fn of(
        around: &Surroundings<'_, '_>,
        reader: &mut Reader<'_, '_>,
        name: Option<&Spanned<AgentName>>,
    ) -> Self {
        let written = reader.some_text("backend");
        let overrides = around.input.overrides;
        let overridden = name.and_then(|name| overrides.backend(name.get_ref().as_str()));
        let at = match (&overridden, &written) {
            (Some(_), _) => At::Nowhere,
            (None, Some(written)) => At::Span(written.span()),
            (None, None) => At::Span(reader.section.span.clone()),
        };
        // Empty is absent; of a wrong type is not.
        let told = written.is_none()
            && reader
                .section
                .get("backend")
                .is_some_and(|entry| !entry.value.is_str());
        let in_file = written.map(Spanned::into_inner);
        Self {
            told,
            name: overridden.map(str::to_owned).or_else(|| in_file.clone()),
            in_file,
            at,
        }
    }

    pub(super) fn backends(
        &self,
        around: &Surroundings<'_, '_>,
        reader: &mut Reader<'_, '_>,
    ) -> Option<Backends> {
        // Only asked for when something is wrong: there may be many.
        let known = || {
            around
                .backends
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
        };
        let Some(name) = &self.name else {
            if self.told {
                return None;
            }
            let message = format!("{} has no `backend`", reader.section.title);
            let hint = match known().as_slice() {
                [] => "write a [backend.NAME] table, and name it here".to_owned(),
                known => format!("name one of {}, here or in [defaults]", listed(known)),
            };
            reader.findings.error(self.at.clone(), message, hint);
            return None;
        };
        let Some(draft) = around.backends.get(name) else {
            let message = format!("no backend is called `{name}`");
            let known = known();
            let hint = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => format!("write a [backend.{name}] table"),
                None => format!("the backends are {}", listed(&known)),
            };
            reader.findings.error(self.at.clone(), message, hint);
            return None;
        };
        reader.findings.extend(&draft.findings.errors());
        let chosen = draft.backend.clone()?;
        let in_file = self
            .in_file
            .as_ref()
            .and_then(|name| around.backends.get(name));
        let in_file = in_file.and_then(|draft| draft.backend.clone());
        Some(Backends {
            in_file: in_file.unwrap_or_else(|| chosen.clone()),
            chosen,
        })
    }
}

/// A few of many names, for a hint.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
