//! What a start of an agent runs. Pure: files are named, not read or written.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::agent::{Agent, Kind, Service};
use super::backend::{Backend, Delivery, SubmitKey};
use super::environment::Environment;
use super::loops::Phase;
use super::names::ResumeId;
use super::shell::{Slot, fill, quote};

/// The longest argument that Linux takes (`MAX_ARG_STRLEN`), less the NUL at its end. Other
/// systems take longer ones.
const ARGUMENT_MAX: usize = 128 * 1024 - 1;

/// What a start needs to know beside the config.
#[derive(Debug, Clone)]
pub struct LaunchInput<'a> {
    /// The current phase, if the fleet has a loop with phases.
    pub phase: Option<&'a Phase>,
    /// The prompt, from [`super::read_prompt`].
    pub prompt: String,
    /// Where the prompt will be by the time that the command runs, absolute; from
    /// [`super::Fleet::kickoff_file`].
    pub kickoff_path: PathBuf,
    /// Which conversation it is.
    pub conversation: Conversation,
    /// This program, absolute, for hooks to call. Without it no hooks are asked for.
    pub program: Option<PathBuf>,
}

/// The conversation of a start, as far as it has an id. It counts only if the agent
/// [may resume](Agent::may_resume).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Conversation {
    /// A new one, whose id is the program's own business.
    #[default]
    Unnamed,
    /// A new one, which the program is to give this id.
    New(ResumeId),
    /// The one of this id goes on.
    Resumed(ResumeId),
}

/// A text to type into the fresh program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// One line without control characters. Bytes, since a path need not be UTF-8.
    pub text: Vec<u8>,
    /// What submits it.
    pub submit_key: SubmitKey,
    /// The longest wait for the program's screen to stand still before it is typed.
    pub wait_at_most: Duration,
}

/// What a start does.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The line for a shell of the POSIX family. Bytes, since a path need not be UTF-8. It may
    /// hold newlines: those at the end of a prompt.
    pub line: Vec<u8>,
    /// The working directory; make it if it is missing.
    pub dir: PathBuf,
    /// The variables of the config.
    pub env: Environment,
    /// What the kickoff file must hold before the line runs; `None` for a service.
    pub kickoff: Option<Vec<u8>>,
    /// What is typed once it runs.
    pub typed: Option<Typed>,
    /// Whether an older conversation is taken up again.
    pub resumed: bool,
    /// What runs, for people: `claude, kind=loop, phase=2, model=default`.
    pub summary: String,
}

/// What a start of this agent runs.
pub fn launch(agent: &Agent, input: &LaunchInput<'_>) -> Launch {
    let backend = &agent.backend;
    let model = agent.model_in(input.phase);
    let named = conversation_flag(agent, &input.conversation);
    let resumed = !named.is_empty() && matches!(input.conversation, Conversation::Resumed(_));
    let line = match backend.delivery {
        Delivery::Argument => argument_line(agent, input, model, named),
        Delivery::Ping => ping_line(agent, model),
        Delivery::Exec => exec_line(agent, input, model),
    };
    let typed = (backend.delivery == Delivery::Ping).then(|| Typed {
        text: read_it_now(input),
        submit_key: backend.boot_key(),
        wait_at_most: backend.connect_delay,
    });
    let phase = input
        .phase
        .filter(|_| agent.kind == Kind::Loop)
        .map_or("-", |phase| &phase.id);
    let summary = format!(
        "{}, kind={}, phase={phase}, model={}{}",
        backend.name,
        agent.kind,
        model.unwrap_or("default"),
        if resumed { ", resume" } else { "" },
    );
    Launch {
        line,
        dir: agent.dir.clone(),
        env: agent.env.clone(),
        kickoff: Some(input.prompt.clone().into_bytes()),
        typed,
        resumed,
        summary,
    }
}

/// What a start of this service runs.
pub fn launch_service(service: &Service) -> Launch {
    Launch {
        line: service.command.clone().into_bytes(),
        dir: service.dir.clone(),
        env: service.env.clone(),
        kickoff: None,
        typed: None,
        resumed: false,
        summary: "service".to_owned(),
    }
}

impl Agent {
    /// Whether a resume id counts: the agent and its backend both ask for it, and the backend has a
    /// command line to put it into.
    pub fn may_resume(&self) -> bool {
        self.resume && self.backend.supports_resume && self.backend.delivery == Delivery::Argument
    }

    /// Whether a new conversation is given an id at its start.
    pub fn names_conversations(&self) -> bool {
        self.may_resume() && self.backend.session_id_flag.is_some()
    }
}

/// What the command line says of the conversation; may be empty.
fn conversation_flag(agent: &Agent, conversation: &Conversation) -> Vec<u8> {
    let (flag, id) = match conversation {
        Conversation::Resumed(id) if agent.may_resume() => (&agent.backend.resume_flag, id),
        Conversation::New(id) if agent.may_resume() => match &agent.backend.session_id_flag {
            Some(flag) => (flag, id),
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    fill(flag, &[("id", Slot::Value(id.as_str().as_bytes()))])
}

/// `BIN [CONVERSATION] [REMOTE CONTROL] [MODEL] [HOOKS] [FLAGS] PROMPT`
fn argument_line(
    agent: &Agent,
    input: &LaunchInput<'_>,
    model: Option<&str>,
    conversation: Vec<u8>,
) -> Vec<u8> {
    let backend: &Backend = &agent.backend;
    let mut parts = vec![backend.bin.clone().into_bytes(), conversation];
    if backend.remote_control {
        let slots = [("session", Slot::Value(agent.session.as_str().as_bytes()))];
        parts.push(fill(&backend.remote_control_flag, &slots));
    }
    if let Some(model) = model {
        parts.push(fill(
            &backend.model_flag,
            &[("model", Slot::Value(model.as_bytes()))],
        ));
    }
    parts.extend(hook_flags(backend, input.program.as_deref()));
    parts.push(backend.flags.clone().into_bytes());
    parts.push(prompt_argument(input));
    parts.retain(|part| !part.is_empty());
    parts.join(&b' ')
}

/// What has the program call `ao hook`. The slots stand within strings of JSON or TOML, which stand
/// within a word of the shell: `{hook}` is a command line, `{ao}` the path of this program. None for
/// a path that no such string can hold.
fn hook_flags(backend: &Backend, program: Option<&Path>) -> Option<Vec<u8>> {
    let hooks = backend.preset.as_ref()?.hooks.as_ref();
    let flags = hooks.filter(|_| backend.hooks)?.flags.trim();
    let path = program?.to_str()?;
    let mut command = String::from_utf8(quote(path.as_bytes())).ok()?;
    command.push_str(" hook");
    let (command, path) = (within_string(&command)?, within_string(path)?);
    let slots = [
        ("hook", Slot::Value(command.as_bytes())),
        ("ao", Slot::Value(path.as_bytes())),
    ];
    Some(fill(flags, &slots))
}

/// A text as it stands between the quotes of a JSON string, which are those of TOML too, but that
/// TOML wants DEL escaped.
fn within_string(text: &str) -> Option<String> {
    let quoted = serde_json::to_string(text).ok()?;
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.replace('\u{7f}', "\\u007f"))
}

/// The prompt as one argument. The shell reads it from its file, so that a line never gets long;
/// the newlines at its end, which `$(…)` takes away, are put behind.
fn prompt_argument(input: &LaunchInput<'_>) -> Vec<u8> {
    if input.prompt.len() > ARGUMENT_MAX {
        return quote(&read_it_now(input));
    }
    let newlines = input.prompt.len() - input.prompt.trim_end_matches('\n').len();
    let mut argument = b"\"$(cat ".to_vec();
    argument.extend(quote(input.kickoff_path.as_os_str().as_bytes()));
    argument.push(b')');
    argument.extend(std::iter::repeat_n(b'\n', newlines));
    argument.push(b'"');
    argument
}

/// `[PREAMBLE; ][OPENCODE_CONFIG_CONTENT=… ]ATTACH`
fn ping_line(agent: &Agent, model: Option<&str>) -> Vec<u8> {
    let backend: &Backend = &agent.backend;
    let mut line = Vec::new();
    if !backend.preamble.is_empty() {
        line.extend_from_slice(backend.preamble.as_bytes());
        line.extend_from_slice(b"; ");
    }
    if let Some(model) = model.filter(|_| backend.model_env) {
        let content = serde_json::json!({ "model": model }).to_string();
        line.extend_from_slice(b"OPENCODE_CONFIG_CONTENT=");
        line.extend(quote(content.as_bytes()));
        line.push(b' ');
    }
    let slots = [
        ("bin", Slot::Shell(backend.bin.as_bytes())),
        ("server", Slot::Shell(backend.server.as_bytes())),
        ("dir", Slot::Quoted(agent.dir.as_os_str().as_bytes())),
    ];
    line.extend(fill(&backend.attach, &slots));
    line
}

/// `BIN`, with its slots.
fn exec_line(agent: &Agent, input: &LaunchInput<'_>, model: Option<&str>) -> Vec<u8> {
    let slots = [
        (
            "kickoff",
            Slot::Value(input.kickoff_path.as_os_str().as_bytes()),
        ),
        ("session", Slot::Value(agent.session.as_str().as_bytes())),
        ("model", Slot::Value(model.unwrap_or_default().as_bytes())),
    ];
    fill(&agent.backend.bin, &slots)
}

/// The sentence that stands for a prompt which is not handed over itself.
fn read_it_now(input: &LaunchInput<'_>) -> Vec<u8> {
    let path = input.kickoff_path.as_os_str().as_bytes();
    let mut text = b"Your instructions are in the file ".to_vec();
    text.extend_from_slice(path);
    text.extend_from_slice(b" - read all of it now (cat ");
    text.extend(quote(path));
    text.extend_from_slice(b"), then follow it exactly.");
    text
}
