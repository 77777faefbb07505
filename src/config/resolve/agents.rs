//! `[[agent]]` tables.

use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::super::agent::{Agent, Kind, PromptSource, StallAction, Wake, Watch};
use super::super::backend::{Answers, Backend};
use super::super::digest::{Digest, agent_digest};
use super::super::environment::Environment;
use super::super::findings::Findings;
use super::super::fleet::Unit;
use super::super::names::{Account, AgentName, SessionName};
use super::super::paths::unusable;
use super::super::raw::{Entry, Section, kind_of};
use super::super::reader::Reader;
use super::super::schema::{self, nearest};
use super::backend_choice::Choice;
use super::backends::answers;
use super::{Draft, Resolved, Surroundings, environment};

/// Resolves one agent. The mistakes of its backend count as its own.
pub(super) fn resolve(around: &Surroundings<'_, '_>, entry: Entry<'_>) -> Draft {
    let mut findings = Findings::default();
    let DeValue::Table(table) = entry.value else {
        let message = format!("an agent must be a table, and is {}", kind_of(entry.value));
        findings.error(
            entry.span.clone(),
            message,
            "write [[agent]] before its keys",
        );
        return Draft::unusable(Unit::Agent, findings);
    };
    let section = Section::new("an [[agent]]".to_owned(), table, entry.span.clone());
    let mut section = section.inheriting(&around.defaults);
    let mut reader = around.input.reader(&section, &mut findings);
    let name = name(&mut reader);
    if let Some(name) = &name {
        section.title = format!("agent `{}`", name.get_ref());
    }
    let mut reader = around.input.reader(&section, &mut findings);
    reader.unknown_keys(schema::AGENT);
    let kind = own_kind(&mut reader);
    let enabled = reader.flag("enabled", true);
    let session = session(&mut reader, &around.basics.session_prefix, name.as_ref());
    let named = Named {
        name: name.as_ref(),
        session: session.as_ref(),
        kind: &kind,
    };
    let (backend, resolved) = agent(around, &mut reader, named);
    let resolved = resolved.map(|agent| Resolved::Agent(Box::new(Agent { enabled, ..agent })));
    Draft {
        unit: Unit::Agent,
        name,
        session,
        kind: Some(kind),
        enabled,
        backend,
        role: section
            .get("role")
            .and_then(|entry| entry.value.as_str())
            .map(str::to_owned),
        findings,
        resolved,
    }
}

impl Draft {
    /// Something that is no table at all.
    pub(super) fn unusable(unit: Unit, findings: Findings) -> Self {
        Self {
            unit,
            name: None,
            session: None,
            kind: None,
            enabled: false,
            backend: None,
            role: None,
            findings,
            resolved: None,
        }
    }
}

/// The name of an agent or a service.
pub(super) fn name(reader: &mut Reader<'_, '_>) -> Option<Spanned<AgentName>> {
    let Some(entry) = reader.section.own("name") else {
        let message = format!("{} has no name", reader.section.title);
        let hint = "give it a `name`, by which verbs and messages call it";
        reader.error(reader.section.span.clone(), message, hint);
        return None;
    };
    let text = reader.text_of(&entry)?;
    if text.get_ref() == AgentName::WATCHDOG {
        let message = "the name `watchdog` belongs to the watchdog itself".to_owned();
        reader.error(text.span(), message, "choose another name");
        return None;
    }
    match AgentName::new(text.get_ref()) {
        Ok(name) => Some(Spanned::new(text.span(), name)),
        Err(error) => {
            reader.error(
                text.span(),
                format!("the name {error}"),
                "choose another name",
            );
            None
        }
    }
}

/// The session of an agent: its own `session`, else the prefix and its name.
fn session(
    reader: &mut Reader<'_, '_>,
    prefix: &str,
    name: Option<&Spanned<AgentName>>,
) -> Option<Spanned<SessionName>> {
    let own = match reader.section.own("session") {
        Some(entry) => Some(reader.text_of(&entry)?),
        None => None,
    };
    let written = match own {
        Some(written) => written,
        None => default_session(prefix, name?),
    };
    valid_session(reader, written)
}

pub(super) fn valid_session(
    reader: &mut Reader<'_, '_>,
    written: Spanned<String>,
) -> Option<Spanned<SessionName>> {
    match SessionName::new(written.get_ref()) {
        Ok(session) => Some(Spanned::new(written.span(), session)),
        Err(error) => {
            let message = format!("the session's name {error}");
            reader.error(written.span(), message, "use letters, digits, `-` and `_`");
            None
        }
    }
}

pub(super) fn default_session(prefix: &str, name: &Spanned<AgentName>) -> Spanned<String> {
    Spanned::new(name.span(), format!("{prefix}{}", name.get_ref()))
}

fn own_kind(reader: &mut Reader<'_, '_>) -> Kind {
    let written = reader
        .section
        .own("kind")
        .and_then(|entry| reader.text_of(&entry));
    let Some(written) = written else {
        return Kind::Persistent;
    };
    let kind = Kind::from(written.get_ref().as_str());
    if let Kind::Other(word) = &kind {
        let known = ["loop", "persistent", "orchestrator", "task"];
        if let Some(meant) = nearest(word, known) {
            let message = format!("there is no kind `{word}`; it acts like \"persistent\"");
            reader
                .findings
                .warning(written.span(), message, format!("did you mean `{meant}`?"));
        }
    }
    kind
}

/// What an agent is called, as far as that much is right.
#[derive(Clone, Copy)]
struct Named<'n> {
    name: Option<&'n Spanned<AgentName>>,
    session: Option<&'n Spanned<SessionName>>,
    kind: &'n Kind,
}

/// The agent, if all of it is right, and the name of the backend that it asks for.
fn agent(
    around: &Surroundings<'_, '_>,
    reader: &mut Reader<'_, '_>,
    named: Named<'_>,
) -> (Option<String>, Option<Agent>) {
    let project = &around.basics.project_dir;
    let choice = Choice::of(around, reader, named.name);
    let backends = choice.backends(around, reader);
    let (own_env, env_findings) = environment::of(&around.input, reader.section, project);
    reader.findings.extend(&env_findings);
    let role = reader.some_text("role");
    let watch = reader
        .section
        .get("watch")
        .map_or(Watch::None, |entry| watch(reader, &entry));
    let model = reader.some_text("model").map(Spanned::into_inner);
    let prompt = prompt(around, reader, named.kind, role.as_ref());
    let dir = reader.path_or("dir", project, ".");
    let resume = reader.flag("resume", false);
    let wake = wake(around, reader);
    let stall_action = stall_action(reader);
    let account = account(reader);
    let preset = backends
        .as_ref()
        .and_then(|backends| backends.chosen.preset.clone());
    let is_own = reader.section.own("answer").is_some();
    let answers = answers(reader, preset.as_deref());
    let agent = || {
        let backends = backends?;
        let written = Agent {
            name: named.name?.get_ref().clone(),
            session: named.session?.get_ref().clone(),
            kind: named.kind.clone(),
            enabled: true,
            watch,
            stall_action,
            account,
            answers: joined_answers(&backends.chosen, answers, is_own),
            env: joined_env(around, &backends.in_file, &own_env),
            backend: backends.in_file,
            model,
            role: role.map(Spanned::into_inner),
            dir,
            prompt: prompt?,
            resume,
            wake,
            digest: Digest::default(),
        };
        let digest = agent_digest(&written);
        let overridden = around
            .input
            .overrides
            .model(written.name.as_str())
            .map(str::to_owned);
        Some(Agent {
            digest,
            model: overridden.or(written.model),
            env: joined_env(around, &backends.chosen, &own_env),
            backend: backends.chosen,
            ..written
        })
    };
    let agent = agent();
    (choice.name, agent)
}

/// The levels of variables; a later one overrides an earlier.
fn joined_env(around: &Surroundings<'_, '_>, backend: &Backend, own: &Environment) -> Environment {
    let mut env = around.default_env.0.clone();
    env.extend(&backend.env);
    env.extend(own);
    env
}

/// What stands in the agent's own table goes before its backend's; what stands in `[defaults]`
/// behind that.
fn joined_answers(backend: &Backend, written: Answers, is_own: bool) -> Answers {
    let (mut first, then) = match is_own {
        true => (backend.answers.clone(), written),
        false => (written, backend.answers.clone()),
    };
    first.extend(&then);
    first
}

/// How far the watchdog cares. A word that is not known still asks for care.
pub(super) fn watch(reader: &mut Reader<'_, '_>, entry: &Entry<'_>) -> Watch {
    let (meant, word) = match entry.value {
        DeValue::Boolean(false) => (Watch::None, "false".to_owned()),
        DeValue::Boolean(true) => (Watch::Heal, "true".to_owned()),
        DeValue::String(word) => match word.as_ref() {
            "none" => return Watch::None,
            "heal" => return Watch::Heal,
            "heal+stall" => return Watch::HealAndStall,
            other => (Watch::Heal, other.to_owned()),
        },
        other => (Watch::Heal, kind_of(other).to_owned()),
    };
    let message = format!("there is no watch `{word}`; it is read as \"{meant}\"");
    let hint = match nearest(&word, ["none", "heal", "heal+stall"]) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "it is \"none\", \"heal\" or \"heal+stall\"".to_owned(),
    };
    reader.findings.warning(entry.span.clone(), message, hint);
    meant
}

fn stall_action(reader: &mut Reader<'_, '_>) -> StallAction {
    let Some(word) = reader.some_text("stall_action") else {
        return StallAction::default();
    };
    let known = StallAction::ALL;
    if let Some(action) = known.iter().find(|one| one.as_str() == word.get_ref()) {
        return *action;
    }
    let hint = match nearest(word.get_ref(), known.map(StallAction::as_str)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "it is \"restart\", \"nudge\" or \"tell\"".to_owned(),
    };
    let message = format!("there is no stall_action \"{}\"", word.get_ref());
    reader.error(word.span(), message, hint);
    StallAction::default()
}

fn account(reader: &mut Reader<'_, '_>) -> Option<Account> {
    let text = reader.some_text("account")?;
    match Account::new(text.get_ref()) {
        Ok(account) => Some(account),
        Err(error) => {
            let hint = "call it by any name; agents of the same name share one limit";
            reader.error(text.span(), format!("`account` {error}"), hint);
            None
        }
    }
}

fn prompt(
    around: &Surroundings<'_, '_>,
    reader: &mut Reader<'_, '_>,
    kind: &Kind,
    role: Option<&Spanned<String>>,
) -> Option<PromptSource> {
    if *kind == Kind::Loop {
        return role_prompt(around, reader, role);
    }
    let file = reader.path("prompt_file", &around.basics.project_dir);
    let text = reader.text("prompt");
    let Some(file) = file else {
        let text = text
            .map(Spanned::into_inner)
            .filter(|text| !text.is_empty());
        return Some(text.map_or(PromptSource::Empty, PromptSource::Text));
    };
    if let Some(hidden) = reader.section.own("prompt") {
        let message = "`prompt` has no effect beside `prompt_file`".to_owned();
        reader.findings.warning(
            hidden.key_span,
            message,
            "keep one; prompt_file = \"\" unsets it",
        );
    }
    Some(PromptSource::File(file))
}

fn role_prompt(
    around: &Surroundings<'_, '_>,
    reader: &mut Reader<'_, '_>,
    role: Option<&Spanned<String>>,
) -> Option<PromptSource> {
    let Some(role) = role else {
        let message = format!(
            "{} is of kind \"loop\" and has no `role`",
            reader.section.title
        );
        let hint = "its prompt is the file ROLE.md of [loop].roles_dir";
        reader.error(reader.section.span.clone(), message, hint);
        return None;
    };
    let file = around
        .loop_
        .roles_dir
        .join(format!("{}.md", role.get_ref()));
    if let Some(reason) = unusable(&file) {
        let hint = "name it after a file of [loop].roles_dir";
        reader.error(role.span(), format!("`role` {reason}"), hint);
        return None;
    }
    if !around.loop_.present {
        let message = format!(
            "{} is of kind \"loop\" and there is no [loop]",
            reader.section.title
        );
        let hint = format!("its prompt is {} alone, with no phases", file.display());
        reader
            .findings
            .warning(reader.section.span.clone(), message, hint);
    }
    Some(PromptSource::Role {
        template: around.loop_.kickoff_template.clone(),
        file,
    })
}

fn wake(around: &Surroundings<'_, '_>, reader: &mut Reader<'_, '_>) -> Option<Wake> {
    let section = reader.table("wake")?;
    let mut reader = around.input.reader(&section, reader.findings);
    reader.unknown_keys(schema::WAKE);
    let interval = reader.seconds("interval", 3600, Duration::from_secs(1));
    let Some(prompt_file) = reader.path("prompt_file", &around.basics.project_dir) else {
        let message = "`wake` has no `prompt_file`, so it never happens".to_owned();
        let hint = "name the file with the text that is typed";
        reader.findings.warning(section.span.clone(), message, hint);
        return None;
    };
    Some(Wake {
        prompt_file,
        interval,
    })
}
