//! The `[loop]` table.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::super::backend::Pattern;
use super::super::findings::Findings;
use super::super::git_name::GitName;
use super::super::loops::{Handoff, Loop, OnComplete, Phase};
use super::super::names::{AgentName, control_character};
use super::super::raw::{Entry, Section};
use super::super::reader::Reader;
use super::super::schema::{self, nearest};
use super::settings::Basics;
use super::{Draft, Input, top_table};
use crate::pattern::Pattern as Regex;

/// The loop, with what is wrong with it.
#[derive(Debug)]
pub(super) struct LoopDraft {
    pub(super) findings: Findings,
    /// Whether the file has the table at all.
    pub(super) present: bool,
    pub(super) roles_dir: PathBuf,
    pub(super) kickoff_template: Option<PathBuf>,
    /// `None` without the table.
    pub(super) resolved: Option<Loop>,
    /// The roles that phases name models for, with their places.
    roles: Vec<(String, Range<usize>)>,
}

/// Whom a file names, right or wrong, so that references can be checked before they are resolved.
#[derive(Debug, Default)]
pub(super) struct Names {
    agents: BTreeSet<String>,
    services: BTreeSet<String>,
}

pub(super) fn names(root: &Section<'_>) -> Names {
    let all = |key: &str| {
        let values = root
            .own(key)
            .map(|entry| entry.value)
            .and_then(DeValue::as_array);
        let tables = values.into_iter().flat_map(|values| values.iter());
        let names = tables.filter_map(|table| table.get_ref().get("name")?.get_ref().as_str());
        names.map(str::to_owned).collect()
    };
    Names {
        agents: all("agent"),
        services: all("service"),
    }
}

pub(super) fn resolve(
    input: &Input<'_>,
    root: &Section<'_>,
    basics: &Basics,
    names: &Names,
) -> LoopDraft {
    let mut findings = Findings::default();
    let section = top_table(root, "loop", &mut findings);
    let present = root.own("loop").is_some();
    let mut reader = input.reader(&section, &mut findings);
    reader.unknown_keys(schema::LOOP);
    let project = &basics.project_dir;
    let roles_dir = reader.path_or("roles_dir", project, "prompts");
    let kickoff_template = reader.path("kickoff_template", project);
    let mut roles = Vec::new();
    let mut phases = Vec::new();
    for entry in reader.list("phases") {
        phases.extend(phase(input, &mut reader, &entry, &mut roles));
    }
    let handoff_table = reader
        .table("handoff")
        .map(|table| table.titled("[loop.handoff]"));
    let (status_repo, status_subdir) = status_place(input, &mut reader, &handoff_table, project);
    let state_dir = basics.log_dir.join("state");
    let resolved = Loop {
        phases,
        state_file: file_in(&mut reader, "state_file", &state_dir, "phase-idx"),
        done_marker: done_marker(&mut reader),
        kickoff_template: kickoff_template.clone(),
        roles_dir: roles_dir.clone(),
        auto_advance: reader.flag("auto_advance", true),
        resume_phase: section
            .get("resume_phase")
            .and_then(|entry| reader.flag_of(&entry)),
        handoff: handoff_table.and_then(|table| {
            handoff(
                input,
                reader.findings,
                &table,
                names,
                (&status_repo, &status_subdir),
            )
        }),
        on_complete: on_complete(input, &mut reader, names, &basics.log_dir),
        status_repo,
        status_subdir,
    };
    let resolved = present.then_some(resolved);
    LoopDraft {
        findings,
        present,
        roles_dir,
        kickoff_template,
        resolved,
        roles,
    }
}

fn phase<'d>(
    input: &Input<'_>,
    reader: &mut Reader<'_, 'd>,
    entry: &Entry<'d>,
    roles: &mut Vec<(String, Range<usize>)>,
) -> Option<Phase> {
    let section = reader.table_of(entry, "a phase".to_owned())?;
    let mut reader = input.reader(&section, reader.findings);
    reader.unknown_keys(schema::PHASE);
    let id = required(&mut reader, "id", "by which people call the phase");
    let status = required(
        &mut reader,
        "status",
        "the file that says when the phase is done",
    );
    let plan = reader.some_text("plan").map(Spanned::into_inner);
    let mut models = BTreeMap::new();
    if let Some(table) = reader.table("models") {
        let mut reader = input.reader(&table, reader.findings);
        for entry in table.entries() {
            roles.push((entry.key.to_owned(), entry.key_span.clone()));
            let model = reader.text_of(&entry).map(Spanned::into_inner);
            models.extend(
                model
                    .filter(|m| !m.is_empty())
                    .map(|m| (entry.key.to_owned(), m)),
            );
        }
    }
    Some(Phase {
        id: id?,
        status: status?,
        plan,
        models,
    })
}

fn required(reader: &mut Reader<'_, '_>, key: &str, what: &str) -> Option<String> {
    let text = reader.required(key, &format!("`{key}` is {what}"))?;
    plain(reader, key, &text);
    Some(text.into_inner())
}

/// A blank marker would be on every line, or on none.
fn done_marker(reader: &mut Reader<'_, '_>) -> String {
    let text = reader.some_text("done_marker");
    let Some(text) = text.filter(|text| !text.get_ref().trim().is_empty()) else {
        return "## DONE".to_owned();
    };
    plain(reader, "done_marker", &text);
    text.into_inner()
}

/// A text that becomes part of a path or of a line.
fn plain(reader: &mut Reader<'_, '_>, key: &str, text: &Spanned<String>) {
    if let Some(found) = control_character(text.get_ref()) {
        let message = format!("`{key}` holds a control character ({found})");
        reader.error(text.span(), message, "leave it out");
    }
}

/// A file that is named relative to a directory of ao's own.
fn file_in(reader: &mut Reader<'_, '_>, key: &str, dir: &Path, default: &str) -> PathBuf {
    let Some(text) = reader.some_text(key) else {
        return dir.join(default);
    };
    plain(reader, key, &text);
    dir.join(text.get_ref())
}

/// Where status files are looked for: keys of the hand-off, which count without one as well.
fn status_place(
    input: &Input<'_>,
    reader: &mut Reader<'_, '_>,
    handoff: &Option<Section<'_>>,
    project: &Path,
) -> (PathBuf, String) {
    let default = || (project.to_owned(), "machine-docs".to_owned());
    let Some(section) = handoff else {
        return default();
    };
    let mut reader = input.reader(section, reader.findings);
    let repo = reader.path("repo", project);
    let subdir = reader.text("state_subdir");
    if let Some(text) = &subdir {
        plain(&mut reader, "state_subdir", text);
    }
    let (default_repo, default_subdir) = default();
    (
        repo.unwrap_or(default_repo),
        subdir.map_or(default_subdir, Spanned::into_inner),
    )
}

fn handoff(
    input: &Input<'_>,
    findings: &mut Findings,
    section: &Section<'_>,
    names: &Names,
    (repo, state_subdir): (&Path, &str),
) -> Option<Handoff> {
    let mut reader = input.reader(section, findings);
    reader.unknown_keys(schema::HANDOFF);
    let claim_pings = target(&mut reader, names, "claim_pings", "adversary");
    let review_pings = target(&mut reader, names, "review_pings", "builder");
    let mut inboxes = inboxes(&mut reader).into_iter();
    let remote = git_name(&mut reader, "remote", "origin");
    let branch = git_name(&mut reader, "branch", "main");
    Some(Handoff {
        repo: repo.to_owned(),
        remote: remote?,
        branch: branch?,
        state_subdir: state_subdir.to_owned(),
        claim_pattern: pattern_or(&mut reader, "claim_pattern", "^claim"),
        review_pattern: pattern_or(&mut reader, "review_pattern", "^review"),
        claim_pings: claim_pings?,
        review_pings: review_pings?,
        claim_inbox: inboxes.next().flatten(),
        review_inbox: inboxes.next().flatten(),
    })
}

fn git_name(reader: &mut Reader<'_, '_>, key: &str, default: &str) -> Option<GitName> {
    let Some(text) = reader.some_text(key) else {
        return GitName::new(default).ok();
    };
    match GitName::new(text.get_ref()) {
        Ok(name) => Some(name),
        Err(error) => {
            let hint = match key {
                "remote" => "name a remote as `git remote` lists it",
                _ => "name a branch as `git branch` lists it",
            };
            reader.error(text.span(), format!("`{key}` {error}"), hint);
            None
        }
    }
}

/// A pattern of commit subjects, which are searched together: `^` and `$` are the edges of each.
fn pattern_or(reader: &mut Reader<'_, '_>, key: &str, default: &str) -> Pattern {
    let written = reader.pattern(key, Regex::compile_multi_line);
    written.unwrap_or_else(|| Pattern {
        text: default.to_owned(),
        place: None,
        regex: Arc::new(Regex::compile_multi_line(default).expect("the default is a pattern")),
    })
}

/// Who is pinged: an agent or a service. The predecessor's own names are only meant by who has
/// agents of these names.
fn target(
    reader: &mut Reader<'_, '_>,
    names: &Names,
    key: &str,
    default: &str,
) -> Option<AgentName> {
    let exists = |name: &str| names.agents.contains(name) || names.services.contains(name);
    let Some(text) = reader.some_text(key) else {
        if !exists(default) {
            let message = format!("`{key}` is `{default}` by default, and there is no such agent");
            let hint = format!("name the agent that is to be told: {key} = \"…\"");
            reader
                .findings
                .warning(reader.section.span.clone(), message, hint);
        }
        return AgentName::new(default).ok();
    };
    let known = names.agents.iter().chain(&names.services);
    no_such_agent(
        reader,
        key,
        &text,
        exists(text.get_ref()),
        known.map(String::as_str),
    );
    AgentName::new(text.get_ref()).ok()
}

fn no_such_agent<'n>(
    reader: &mut Reader<'_, '_>,
    key: &str,
    text: &Spanned<String>,
    exists: bool,
    known: impl Iterator<Item = &'n str>,
) {
    if exists {
        return;
    }
    let name = text.get_ref();
    let hint = match nearest(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name an [[agent]] of this file".to_owned(),
    };
    reader.error(
        text.span(),
        format!("`{key}` names no agent: there is no `{name}`"),
        hint,
    );
}

fn inboxes(reader: &mut Reader<'_, '_>) -> Vec<Option<String>> {
    let mut inboxes = Vec::new();
    for (index, entry) in reader.list("inboxes").into_iter().enumerate() {
        if index == 2 {
            let message = "only the first two inboxes have an effect".to_owned();
            let hint = "the first is for `claim_pings`, the second for `review_pings`";
            reader.findings.warning(entry.span, message, hint);
            break;
        }
        let text = reader.text_of(&entry);
        if let Some(text) = &text {
            plain(reader, "inboxes", text);
        }
        inboxes.push(
            text.map(Spanned::into_inner)
                .filter(|text| !text.is_empty()),
        );
    }
    inboxes
}

fn on_complete(
    input: &Input<'_>,
    reader: &mut Reader<'_, '_>,
    names: &Names,
    log_dir: &Path,
) -> Option<OnComplete> {
    let section = reader.table("on_complete")?.titled("[loop.on_complete]");
    let mut reader = input.reader(&section, reader.findings);
    reader.unknown_keys(schema::ON_COMPLETE);
    let run = reader.some_text("run");
    if let Some(run) = &run {
        let exists = names.agents.contains(run.get_ref());
        no_such_agent(
            &mut reader,
            "run",
            run,
            exists,
            names.agents.iter().map(String::as_str),
        );
    }
    let trigger_file = file_in(&mut reader, "trigger_file", log_dir, ".run-on-complete");
    Some(OnComplete {
        run: run.and_then(|run| AgentName::new(run.get_ref()).ok()),
        trigger_file,
    })
}

/// Warns of models for roles that no agent has.
pub(super) fn check_roles(loop_: &mut LoopDraft, drafts: &[Draft]) {
    let known: BTreeSet<&str> = drafts
        .iter()
        .filter_map(|draft| draft.role.as_deref())
        .collect();
    for (role, span) in &loop_.roles {
        if known.contains(role.as_str()) {
            continue;
        }
        let hint = match nearest(role, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name the `role` of an agent".to_owned(),
        };
        let message = format!("no agent has the role `{role}`");
        loop_.findings.warning(span.clone(), message, hint);
    }
}
