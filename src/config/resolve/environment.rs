//! The variables of one level: its `env_file`, then its `env` table over it.

use std::io;
use std::path::Path;

use toml::de::DeValue;

use super::super::env_file::{self, is_variable_name};
use super::super::environment::Environment;
use super::super::file;
use super::super::findings::{At, Findings};
use super::super::raw::{Section, kind_of};
use super::super::reader::number_as_text;
use super::Input;

/// Far above any file of variables.
const SIZE_MAX: u64 = 1024 * 1024;

/// What ao itself tells every agent; a config cannot say otherwise.
const RESERVED: &[&str] = &["AO_AGENT", "AO_SESSION", "AO_CONFIG"];

/// The variables of a table, without those that it inherits: the levels are joined by who asks.
pub(super) fn of(
    input: &Input<'_>,
    section: &Section<'_>,
    project_dir: &Path,
) -> (Environment, Findings) {
    let mut findings = Findings::default();
    let mut env = Environment::default();
    read_file(input, section, project_dir, &mut env, &mut findings);
    read_table(input, section, &mut env, &mut findings);
    (env, findings)
}

fn read_file(
    input: &Input<'_>,
    section: &Section<'_>,
    project_dir: &Path,
    env: &mut Environment,
    findings: &mut Findings,
) {
    let Some(entry) = section.own("env_file") else {
        return;
    };
    let mut reader = input.reader(section, findings);
    let Some(path) = reader.path("env_file", project_dir) else {
        return;
    };
    input.files.borrow_mut().insert(path.clone());
    let text = match read_text(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the env_file {} cannot be read: {error}", path.display());
            findings.error(
                entry.span,
                message,
                "it is relative to the project's directory",
            );
            return;
        }
    };
    let (variables, errors) = env_file::parse(&text);
    for (name, value) in variables {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("{name} is set by ao itself; this value has no effect");
            findings.warning(entry.span.clone(), message, "leave it out of the file");
        } else {
            env.set(name, value);
        }
    }
    for error in errors {
        let at = At::File(path.clone(), error.line);
        findings.error(
            at,
            error.message.to_owned(),
            "the form is KEY=VALUE, a line for each",
        );
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(file::read(path, SIZE_MAX)?).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn read_table(
    input: &Input<'_>,
    section: &Section<'_>,
    env: &mut Environment,
    findings: &mut Findings,
) {
    let Some(entry) = section.own("env") else {
        return;
    };
    let title = format!("`env` of {}", section.title);
    let Some(table) = input.reader(section, findings).table_of(&entry, title) else {
        return;
    };
    for variable in table.entries() {
        let name = variable.key.to_owned();
        if !is_variable_name(&name) {
            let message = format!("`{name}` cannot be the name of a variable");
            let hint = "use letters, digits and `_`, and no digit first";
            findings.error(At::Secret(variable.key_span), message, hint);
            continue;
        }
        if RESERVED.contains(&name.as_str()) {
            let message = format!("{name} is set by ao itself; this value has no effect");
            findings.warning(variable.key_span, message, "leave it out");
            continue;
        }
        match value_as_text(variable.value) {
            Some(value) if value.contains('\0') => {
                let message = format!("the value of {name} holds a NUL");
                findings.error(At::Secret(variable.span), message, "leave the NUL out");
            }
            Some(value) => env.set(name, value),
            None => {
                let is = kind_of(variable.value);
                let message = format!("the value of {name} must be a text, and is {is}");
                findings.error(At::Secret(variable.span), message, "write it in quotes");
            }
        }
    }
}

/// A number or a truth value needs no quotes here: there is one way to write it as text.
fn value_as_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(_) | DeValue::Float(_) => Some(number_as_text(value)),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
