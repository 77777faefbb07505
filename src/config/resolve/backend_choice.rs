//! Which backend an agent runs on: the file's, unless a one-off override names another.

use std::collections::BTreeSet;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::super::backend::Backend;
use super::super::findings::{At, Findings};
use super::super::names::AgentName;
use super::super::raw::Section;
use super::super::reader::Reader;
use super::super::schema::nearest;
use super::{Input, Surroundings, tables};
use crate::preset::builtin_names;

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

/// Every name that some agent, the defaults or an override give as a backend, whether there is such a
/// one or not.
pub(super) fn named(
    input: &Input<'_>,
    root: &Section<'_>,
    defaults: &Section<'_>,
) -> BTreeSet<String> {
    let agents = tables(root, "agent", &mut Findings::default());
    let agents = agents.iter().filter_map(|entry| match entry.value {
        DeValue::Table(table) => table.get("backend").map(|value| value.get_ref()),
        _ => None,
    });
    let default = defaults.get("backend").map(|entry| entry.value);
    let written = agents.chain(default);
    let written = written.filter_map(|value| value.as_str().map(str::to_owned));
    written.chain(input.overrides.backends()).collect()
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
            let mut candidates = known.clone();
            for preset in builtin_names() {
                candidates.push(preset);
            }
            let hint = match nearest(name, candidates) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => format!(
                    "write a [backend.{name}] table, or name a preset: {}",
                    builtin_names().collect::<Vec<_>>().join(", ")
                ),
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
