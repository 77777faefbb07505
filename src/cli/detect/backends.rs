//! By what a screen is read: the presets, and the backends of a config where there is one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::message::{self, Exit, Failure};
use crate::cli::{Invocation, load};
use crate::config::{self, Diagnostic, Fleet, Overrides};
use crate::detect::Signs;
use crate::preset::Presets;

/// What a name can mean.
#[derive(Debug, Default)]
pub(crate) struct Backends {
    /// The config, if there is one.
    pub(crate) config: Option<PathBuf>,
    fleet: Option<Fleet>,
    presets: Presets,
}

impl Backends {
    /// What this machine has. No config is needed.
    ///
    /// # Errors
    /// A config is named and is not there.
    pub(crate) fn find(invocation: &Invocation) -> Result<Self, Failure> {
        let path = match load::path(invocation) {
            Ok(path) => path,
            Err(failure) if invocation.config.is_some() => return Err(failure),
            Err(_) => return Ok(Self::default()),
        };
        let loaded = config::load(&path, &Overrides::default());
        if loaded.fleet.is_none() && invocation.config.is_some() {
            load::tell(loaded.diagnostics.iter().filter(|found| found.is_error()));
            return Err(Failure::told(Exit::USAGE));
        }
        let about_presets = |found: &&Diagnostic| found.message.contains("preset");
        load::tell(loaded.diagnostics.iter().filter(about_presets));
        if loaded.fleet.is_none() {
            let text = format!(
                "{} has a mistake, so its backends are not known",
                path.display()
            );
            message::warning(&text, Some("`ao check` shows it"));
        }
        Ok(Self {
            presets: config::presets_beside(&path),
            fleet: loaded.fleet,
            config: Some(path),
        })
    }

    /// What a screen of this backend is read by. A backend of the config hides a preset of its
    /// name.
    pub(crate) fn signs(&self, name: &str) -> Option<Arc<Signs>> {
        let fleet = self.fleet.as_ref();
        if let Some(backend) = fleet.and_then(|fleet| fleet.backends.get(name)) {
            return Some(Arc::new(Signs::of(backend)));
        }
        let preset = self.presets.get(name)?;
        Some(Arc::new(Signs::of_preset(preset)))
    }

    /// All names.
    pub(crate) fn names(&self) -> Vec<String> {
        let own = self.fleet.iter().flat_map(|fleet| fleet.backends.keys());
        let mut names = self.presets.names();
        names.extend(own.cloned());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// As [`Backends::signs`].
    ///
    /// # Errors
    /// There is no such backend; the hint names those that there are.
    pub(crate) fn named(&self, name: &str) -> Result<Arc<Signs>, Failure> {
        self.signs(name).ok_or_else(|| {
            Failure::usage(format!("there is no backend `{}`", name.escape_debug()))
                .hint(format!("write one of {}", self.names().join(", ")))
        })
    }
}
