//! `[backend.NAME]` tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use toml::de::DeValue;

use super::super::backend::{Backend, Delivery, SubmitKey};
use super::super::environment::Environment;
use super::super::findings::Findings;
use super::super::names::control_character;
use super::super::raw::Section;
use super::super::reader::Reader;
use super::super::schema::{self, nearest};
use super::settings::Basics;
use super::{Input, environment, top_table};
use crate::pattern::Pattern as Regex;

/// A backend, with what is wrong with it: that is told once for each agent that uses it.
#[derive(Debug)]
pub(super) struct BackendDraft {
    pub(super) findings: Findings,
    /// `None` when the findings have an error.
    pub(super) backend: Option<Arc<Backend>>,
}

/// Every backend of the file, used or not.
pub(super) fn all(
    input: &Input<'_>,
    root: &Section<'_>,
    basics: &Basics,
    settings: &mut Findings,
) -> BTreeMap<String, BackendDraft> {
    let mut drafts = BTreeMap::new();
    for entry in top_table(root, "backend", settings).entries() {
        let name = entry.key.to_owned();
        let title = format!("[backend.{name}]");
        let mut findings = Findings::default();
        let section = match entry.value {
            DeValue::Table(table) => Section::new(title, table, entry.key_span),
            _ => {
                let message = format!("`{name}` must be a table, with a `bin`");
                findings.error(entry.span, message, format!("write a {title} header"));
                drafts.insert(
                    name,
                    BackendDraft {
                        findings,
                        backend: None,
                    },
                );
                continue;
            }
        };
        let (env, env_findings) = environment::of(input, &section, &basics.project_dir);
        findings.extend(&env_findings);
        let mut reader = input.reader(&section, &mut findings);
        reader.unknown_keys(schema::BACKEND);
        let backend = resolve(&mut reader, &name, env);
        let backend = (!findings.has_errors()).then(|| Arc::new(backend));
        drafts.insert(name, BackendDraft { findings, backend });
    }
    drafts
}

fn resolve(reader: &mut Reader<'_, '_>, name: &str, env: Environment) -> Backend {
    let supports_resume = reader.flag("supports_resume", false);
    Backend {
        name: name.to_owned(),
        bin: bin(reader),
        delivery: delivery(reader),
        flags: reader.shell_text("flags", ""),
        model_flag: reader.shell_text("model_flag", "--model '{model}'"),
        resume_flag: reader.shell_text("resume_flag", "--resume '{id}'"),
        session_id_flag: session_id_flag(reader, supports_resume),
        supports_resume,
        remote_control: reader.flag("remote_control", false),
        remote_control_flag: reader
            .shell_text("remote_control_flag", "--remote-control '{session}'"),
        process_name: reader
            .some_text("process_name")
            .map(toml::Spanned::into_inner),
        written_submit_key: submit_key(reader),
        connect_delay: reader.seconds("connect_delay", 12, Duration::ZERO),
        preamble: reader.shell_text("preamble", ""),
        attach: reader.shell_text("attach", "{bin}"),
        server: reader.shell_text("server", ""),
        model_env: model_env(reader),
        active_re: reader.pattern("active_re", Regex::compile),
        login_re: reader.pattern("login_re", Regex::compile),
        limit_re: reader.pattern("limit_re", Regex::compile),
        dialog_re: reader.pattern("dialog_re", Regex::compile),
        fatal_re: reader.pattern("fatal_re", Regex::compile),
        footer_ui: reader.flag("footer_ui", false),
        log_grace: reader.seconds("log_grace", 180, Duration::ZERO),
        stall_idle: reader.seconds("stall_idle", 300, Duration::from_secs(1)),
        env,
    }
}

fn bin(reader: &mut Reader<'_, '_>) -> String {
    let hint = "`bin` is the command that runs the agent, such as bin = \"claude\"";
    let bin = reader.required("bin", hint);
    bin.map(|bin| reader.without_nul("bin", bin))
        .unwrap_or_default()
}

fn delivery(reader: &mut Reader<'_, '_>) -> Delivery {
    let Some(word) = reader.text("prompt_delivery") else {
        return Delivery::Argument;
    };
    match word.get_ref().as_str() {
        "arg" => Delivery::Argument,
        "ping" => Delivery::Ping,
        "exec" => Delivery::Exec,
        other => {
            let hint = match nearest(other, ["arg", "ping", "exec"]) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "it is \"arg\", \"ping\" or \"exec\"".to_owned(),
            };
            let message = format!("there is no prompt_delivery \"{other}\"");
            reader.error(word.span(), message, hint);
            Delivery::Argument
        }
    }
}

/// An id that the program does not hear of would be one that it does not know at the next start.
fn session_id_flag(reader: &mut Reader<'_, '_>, supports_resume: bool) -> Option<String> {
    let flag = reader.some_text("session_id_flag")?;
    if !flag.get_ref().contains("{id}") {
        let message = "`session_id_flag` has no `{id}`".to_owned();
        let hint = "for example session_id_flag = \"--session-id '{id}'\"";
        reader.error(flag.span(), message, hint);
    }
    if !supports_resume {
        let message = "`session_id_flag` has no effect without `supports_resume`".to_owned();
        let hint = "write supports_resume = true";
        reader.findings.warning(flag.span(), message, hint);
    }
    Some(reader.without_nul("session_id_flag", flag))
}

fn submit_key(reader: &mut Reader<'_, '_>) -> Option<SubmitKey> {
    let key = reader.some_text("submit_key")?;
    if control_character(key.get_ref()).is_some() {
        let message = "`submit_key` is not the name of a key".to_owned();
        reader.error(
            key.span(),
            message,
            "name it as tmux does: Enter, C-m, M-Enter, Tab",
        );
        return None;
    }
    if !is_key_name(key.get_ref()) {
        let message = format!(
            "tmux knows no key `{}`; it will be typed as text",
            key.get_ref()
        );
        reader.findings.warning(
            key.span(),
            message,
            "name it as tmux does: Enter, C-m, M-Enter, Tab",
        );
    }
    Some(SubmitKey(key.into_inner()))
}

/// Whether tmux takes a word for a key: modifiers, then one character or a name of its manual
/// (KEY BINDINGS). Names are compared without regard to case, as tmux does.
fn is_key_name(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "Up", "Down", "Left", "Right", "BSpace", "BTab", "DC", "Delete", "End", "Enter", "Escape",
        "Home", "IC", "Insert", "NPage", "PageDown", "PgDn", "PPage", "PageUp", "PgUp", "Space",
        "Tab", "KPEnter",
    ];
    let mut rest = word
        .strip_prefix('^')
        .filter(|rest| !rest.is_empty())
        .unwrap_or(word);
    while let [b'C' | b'c' | b'M' | b'm' | b'S' | b's', b'-', _, ..] = rest.as_bytes() {
        rest = &rest[2..];
    }
    let function = rest
        .strip_prefix(['F', 'f'])
        .and_then(|number| number.parse::<u8>().ok());
    let hex = rest
        .strip_prefix("0x")
        .is_some_and(|digits| u32::from_str_radix(digits, 16).is_ok());
    rest.chars().count() == 1
        || hex
        || function.is_some_and(|number| (1..=12).contains(&number))
        || NAMES.iter().any(|name| name.eq_ignore_ascii_case(rest))
}

/// The name of the variable is the one text that people would write for true.
fn model_env(reader: &mut Reader<'_, '_>) -> bool {
    match reader.section.get("model_env").map(|entry| entry.value) {
        Some(DeValue::String(text)) if text == "OPENCODE_CONFIG_CONTENT" => true,
        _ => reader.flag("model_env", false),
    }
}

#[cfg(test)]
mod tests {
    use super::is_key_name;

    #[test]
    fn keys_are_named_as_in_tmux() {
        for key in [
            "Enter", "enter", "C-m", "M-Enter", "C-M-j", "^M", "F5", "x", "é", "0x0d", "-",
        ] {
            assert!(is_key_name(key), "{key}");
        }
        for text in ["Return", "Ctrl-m", "F13", "C-", "submit"] {
            assert!(!is_key_name(text), "{text}");
        }
    }
}
