//! `[backend.NAME]` tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use toml::de::DeValue;

use super::super::backend::{Answers, Backend, Delivery, SubmitKey};
use super::super::environment::Environment;
use super::super::findings::Findings;
use super::super::names::control_character;
use super::super::raw::Section;
use super::super::reader::Reader;
use super::super::schema::{self, nearest};
use super::settings::Basics;
use super::{Input, environment, presets, top_table};
use crate::pattern::Pattern as Regex;
use crate::preset::{Preset, Presets, PromptDelivery};

/// A backend, with what is wrong with it: that is told once for each agent that uses it.
#[derive(Debug)]
pub(super) struct BackendDraft {
    pub(super) findings: Findings,
    /// `None` when the findings have an error.
    pub(super) backend: Option<Arc<Backend>>,
    /// It has a table in the file.
    pub(super) declared: bool,
}

/// Every backend of the file, used or not, and those presets that somebody names as his backend.
pub(super) fn all(
    input: &Input<'_>,
    root: &Section<'_>,
    basics: &Basics,
    named: &BTreeSet<String>,
    settings: &mut Findings,
) -> BTreeMap<String, BackendDraft> {
    let presets = presets::read(input, settings);
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
                        declared: true,
                    },
                );
                continue;
            }
        };
        let (env, env_findings) = environment::of(input, &section, &basics.project_dir);
        findings.extend(&env_findings);
        let mut reader = input.reader(&section, &mut findings);
        reader.unknown_keys(schema::BACKEND);
        let preset = preset(&mut reader, &presets);
        let backend = resolve(&mut reader, &name, preset, env);
        let backend = (!findings.has_errors()).then(|| Arc::new(backend));
        let draft = BackendDraft {
            findings,
            backend,
            declared: true,
        };
        drafts.insert(name, draft);
    }
    for name in named {
        if let Some(preset) = presets.get(name)
            && !drafts.contains_key(name)
        {
            drafts.insert(name.clone(), of_preset(input, name, preset));
        }
    }
    drafts
}

/// The backend that a preset is without a table of its own.
fn of_preset(input: &Input<'_>, name: &str, preset: Arc<Preset>) -> BackendDraft {
    let mut findings = Findings::default();
    let section = Section::absent(&format!("[backend.{name}]"));
    let mut reader = input.reader(&section, &mut findings);
    let backend = resolve(&mut reader, name, Some(preset), Environment::default());
    let backend = (!findings.has_errors()).then(|| Arc::new(backend));
    BackendDraft {
        findings,
        backend,
        declared: false,
    }
}

/// The preset that a table names.
fn preset(reader: &mut Reader<'_, '_>, presets: &Presets) -> Option<Arc<Preset>> {
    let name = reader.some_text("preset")?;
    let preset = presets.get(name.get_ref());
    if preset.is_none() {
        let known = presets.names();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = match nearest(name.get_ref(), known.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("the presets are {}", known.join(", ")),
        };
        let message = format!("there is no preset \"{}\"", name.get_ref());
        reader.error(name.span(), message, hint);
    }
    preset
}

fn resolve(
    reader: &mut Reader<'_, '_>,
    name: &str,
    preset: Option<Arc<Preset>>,
    env: Environment,
) -> Backend {
    let keys = preset
        .as_ref()
        .map(|preset| preset.backend.clone())
        .unwrap_or_default();
    let or = |key: &Option<String>, default: &str| key.clone().unwrap_or(default.to_owned());
    let supports_resume = reader.flag("supports_resume", keys.supports_resume.unwrap_or(false));
    let session_id_flag = session_id_flag(reader, supports_resume)
        .or(keys.session_id_flag.filter(|_| supports_resume));
    let connect_delay = keys.connect_delay.unwrap_or(12);
    let mut variables = Environment::default();
    for (name, value) in &keys.env {
        variables.set(name.clone(), value.clone());
    }
    variables.extend(&env);
    Backend {
        name: name.to_owned(),
        bin: bin(reader, keys.bin),
        delivery: delivery(reader, keys.prompt_delivery),
        flags: reader.shell_text("flags", &or(&keys.flags, "")),
        model_flag: reader.shell_text("model_flag", &or(&keys.model_flag, "--model '{model}'")),
        resume_flag: reader.shell_text("resume_flag", &or(&keys.resume_flag, "--resume '{id}'")),
        session_id_flag,
        supports_resume,
        answers: answers(reader, preset.as_deref()),
        hooks: hooks(reader, preset.as_deref()),
        remote_control: reader.flag("remote_control", false),
        remote_control_flag: reader
            .shell_text("remote_control_flag", "--remote-control '{session}'"),
        process_name: reader
            .some_text("process_name")
            .map(toml::Spanned::into_inner)
            .or_else(|| preset.as_ref()?.process.clone()),
        written_submit_key: submit_key(reader).or(keys.submit_key.map(SubmitKey)),
        connect_delay: reader.seconds("connect_delay", connect_delay, Duration::ZERO),
        preamble: reader.shell_text("preamble", &or(&keys.preamble, "")),
        attach: reader.shell_text("attach", &or(&keys.attach, "{bin}")),
        server: reader.shell_text("server", ""),
        model_env: model_env(reader),
        active_re: reader.pattern("active_re", Regex::compile),
        login_re: reader.pattern("login_re", Regex::compile),
        limit_re: reader.pattern("limit_re", Regex::compile),
        dialog_re: reader.pattern("dialog_re", Regex::compile),
        fatal_re: reader.pattern("fatal_re", Regex::compile),
        footer_ui: reader.flag("footer_ui", false),
        log_grace: reader.seconds("log_grace", 180, Duration::ZERO),
        stall_idle: reader.seconds(
            "stall_idle",
            keys.stall_idle.unwrap_or(300),
            Duration::from_secs(1),
        ),
        env: variables,
        preset,
    }
}

/// Whether the program is told to call `ao hook`.
fn hooks(reader: &mut Reader<'_, '_>, preset: Option<&Preset>) -> bool {
    let wanted = reader.flag("hooks", false);
    if wanted && preset.is_none_or(|preset| preset.hooks.is_none()) {
        let entry = reader.section.get("hooks");
        let span = entry.map_or(0..0, |entry| entry.span);
        let message = "`hooks` has no effect: no preset of this backend knows how".to_owned();
        let hint = "name a preset that does, such as preset = \"claude\"";
        reader.findings.warning(span, message, hint);
    }
    wanted
}

/// What is answered to which dialogs without asking a person.
pub(super) fn answers(reader: &mut Reader<'_, '_>, preset: Option<&Preset>) -> Answers {
    let mut answers = Answers::default();
    let Some(table) = reader.table("answer") else {
        return answers;
    };
    for entry in table.entries() {
        let Some(answer) = reader
            .text_of(&entry)
            .filter(|text| !text.get_ref().is_empty())
        else {
            continue;
        };
        let known = preset.map(|preset| &preset.dialogs);
        if known.is_none_or(|known| !known.contains_key(entry.key)) {
            let message = format!(
                "`answer` names the dialog `{}`, which no preset here knows",
                entry.key
            );
            let names: Vec<&str> = known
                .into_iter()
                .flat_map(|known| known.keys().map(String::as_str))
                .collect();
            let hint = match nearest(entry.key, names.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if names.is_empty() => "dialogs are known by a preset alone".to_owned(),
                None => format!("the dialogs are {}", names.join(", ")),
            };
            reader.findings.warning(entry.key_span, message, hint);
        }
        answers.set(entry.key.to_owned(), answer.into_inner());
    }
    answers
}

fn bin(reader: &mut Reader<'_, '_>, preset: Option<String>) -> String {
    if let Some(bin) = preset
        && reader.section.get("bin").is_none()
    {
        return bin;
    }
    let hint = "`bin` is the command that runs the agent, such as bin = \"claude\"";
    let bin = reader.required("bin", hint);
    bin.map(|bin| reader.without_nul("bin", bin))
        .unwrap_or_default()
}

fn delivery(reader: &mut Reader<'_, '_>, preset: Option<PromptDelivery>) -> Delivery {
    let Some(word) = reader.text("prompt_delivery") else {
        return match preset {
            None | Some(PromptDelivery::Arg) => Delivery::Argument,
            Some(PromptDelivery::Ping) => Delivery::Ping,
            Some(PromptDelivery::Exec) => Delivery::Exec,
        };
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
