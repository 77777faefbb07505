//! A stable number for a piece of config.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::agent::{Agent, Kind, PromptSource, Service};
use super::backend::{Backend, Delivery};
use super::environment::Environment;
use super::loops::Phase;

/// A 64-bit FNV-1a digest. The same input has the same digest in every release and on every
/// system, so that it can be kept on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest(u64);

impl fmt::Display for Digest {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Collects fields into a [`Digest`]. Each field is preceded by its length, so that no two
/// sequences of fields are the same bytes.
#[derive(Debug)]
pub(super) struct Digester(u64);

impl Digester {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.mix(&(bytes.len() as u64).to_le_bytes());
        self.mix(bytes);
        self
    }

    pub(super) fn finish(&self) -> Digest {
        Digest(self.0)
    }

    fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl Digester {
    fn text(&mut self, text: &str) -> &mut Self {
        self.field(text.as_bytes())
    }

    fn path(&mut self, path: &Path) -> &mut Self {
        self.field(path.as_os_str().as_bytes())
    }

    fn flag(&mut self, flag: bool) -> &mut Self {
        self.field(&[u8::from(flag)])
    }

    /// One that is absent is not the same as one that is empty.
    fn maybe(&mut self, text: Option<&str>) -> &mut Self {
        self.flag(text.is_some()).text(text.unwrap_or_default())
    }

    /// A key that was added after digests were written down: one that is absent adds nothing, so
    /// that a new release makes no running agent stale.
    fn added(&mut self, key: &str, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(key).text(text),
            None => self,
        }
    }

    fn env(&mut self, env: &Environment) -> &mut Self {
        self.field(&(env.iter().count() as u64).to_le_bytes());
        for (name, value) in env.iter() {
            self.text(name).text(value);
        }
        self
    }

    /// Only what the backend's way of delivery uses, so that an edit of the rest is none.
    fn backend(&mut self, backend: &Backend) -> &mut Self {
        self.text(backend.delivery.as_str()).text(&backend.bin);
        match backend.delivery {
            Delivery::Exec => self,
            Delivery::Argument => self
                .text(&backend.flags)
                .text(&backend.model_flag)
                .text(&backend.resume_flag)
                .flag(backend.supports_resume)
                .flag(backend.remote_control)
                .text(&backend.remote_control_flag)
                .added("session_id_flag", backend.session_id_flag.as_deref())
                .added("hooks", backend.hooks.then_some("")),
            Delivery::Ping => self
                .text(&backend.preamble)
                .text(&backend.attach)
                .text(&backend.server)
                .flag(backend.model_env)
                .text(backend.boot_key().as_str()),
        }
    }

    fn prompt(&mut self, prompt: &PromptSource) -> &mut Self {
        match prompt {
            PromptSource::Empty => self.text("empty"),
            PromptSource::Text(text) => self.text("text").text(text),
            PromptSource::File(path) => self.text("file").path(path),
            PromptSource::Role { template, file } => self
                .text("role")
                .path(file)
                .flag(template.is_some())
                .path(template.as_deref().unwrap_or(Path::new(""))),
        }
    }
}

/// What a start of the agent depends on, whatever the phase.
pub(super) fn agent_digest(agent: &Agent) -> Digest {
    let mut digester = Digester::new();
    digester
        .text("agent")
        .text(agent.session.as_str())
        .text(agent.kind.as_str())
        .backend(&agent.backend)
        .maybe(agent.model.as_deref())
        .maybe(agent.role.as_deref())
        .path(&agent.dir)
        .prompt(&agent.prompt)
        .flag(agent.resume)
        .env(&agent.env);
    digester.finish()
}

/// The digest of an agent in a phase: with the phase's model for its role and, for an agent of kind
/// `loop`, with what the phase puts into its prompt.
pub(super) fn digest_in_phase(agent: &Agent, phase: &Phase) -> Digest {
    let mut digester = Digester(agent.digest.0);
    let model = agent
        .role
        .as_deref()
        .and_then(|role| phase.models.get(role));
    digester.maybe(model.map(String::as_str));
    if agent.kind == Kind::Loop {
        digester
            .text(&phase.id)
            .text(&phase.status)
            .maybe(phase.plan.as_deref());
    }
    digester.finish()
}

/// What a start of the service depends on.
pub(super) fn service_digest(service: &Service) -> Digest {
    let mut digester = Digester::new();
    digester
        .text("service")
        .text(service.session.as_str())
        .text(&service.command)
        .path(&service.dir)
        .env(&service.env);
    digester.finish()
}
