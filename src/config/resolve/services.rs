//! `[[service]]` tables.

use toml::de::DeValue;

use super::super::agent::{Service, Watch};
use super::super::digest::{Digest, service_digest};
use super::super::findings::Findings;
use super::super::fleet::Unit;
use super::super::raw::{Entry, Section, kind_of};
use super::super::reader::Reader;
use super::super::schema;
use super::{Draft, Resolved, Surroundings, agents, environment};

/// Resolves one service. It inherits `command` and the variables from `[defaults]`, and neither its
/// directory nor whether it is watched.
pub(super) fn resolve(around: &Surroundings<'_, '_>, entry: Entry<'_>) -> Draft {
    let mut findings = Findings::default();
    let DeValue::Table(table) = entry.value else {
        let message = format!("a service must be a table, and is {}", kind_of(entry.value));
        findings.error(
            entry.span.clone(),
            message,
            "write [[service]] before its keys",
        );
        return Draft::unusable(Unit::Service, findings);
    };
    let mut section = Section::new("a [[service]]".to_owned(), table, entry.span.clone());
    let mut reader = around.input.reader(&section, &mut findings);
    let name = agents::name(&mut reader);
    if let Some(name) = &name {
        section.title = format!("service `{}`", name.get_ref());
    }
    let mut reader = around.input.reader(&section, &mut findings);
    reader.unknown_keys(schema::SERVICE);
    let prefix = &around.basics.session_prefix;
    let session = name
        .as_ref()
        .and_then(|name| agents::valid_session(&mut reader, agents::default_session(prefix, name)));
    let watch = watch(&mut reader);
    let project = &around.basics.project_dir;
    let dir = reader.path_or("dir", project, ".");
    let (own_env, env_findings) = environment::of(&around.input, &section, project);
    let mut env = around.default_env.0.clone();
    env.extend(&own_env);
    let with_defaults = section.clone().inheriting(&around.defaults);
    let command = command(&mut around.input.reader(&with_defaults, &mut findings));
    findings.extend(&env_findings);
    let service = || {
        let name = name.as_ref()?.get_ref().clone();
        let session = session.as_ref()?.get_ref().clone();
        let digest = Digest::default();
        let service = Service {
            name,
            session,
            command: command?,
            dir,
            watch,
            env,
            digest,
        };
        let digest = service_digest(&service);
        Some(Resolved::Service(Box::new(Service { digest, ..service })))
    };
    let resolved = service();
    Draft {
        unit: Unit::Service,
        name,
        session,
        kind: None,
        enabled: true,
        backend: None,
        role: None,
        findings,
        resolved,
    }
}

fn command(reader: &mut Reader<'_, '_>) -> Option<String> {
    let hint = "`command` is the line that runs it, such as command = \"redis-server\"";
    let command = reader.required("command", hint)?;
    Some(reader.without_nul("command", command))
}

fn watch(reader: &mut Reader<'_, '_>) -> Watch {
    let Some(entry) = reader.section.own("watch") else {
        return Watch::None;
    };
    let watch = agents::watch(reader, &entry);
    if watch != Watch::HealAndStall {
        return watch;
    }
    let message = "a service cannot stall; it is watched as with \"heal\"".to_owned();
    reader
        .findings
        .warning(entry.span, message, "write watch = \"heal\"");
    Watch::Heal
}
