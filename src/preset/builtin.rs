//! The presets that are built in.

use std::sync::{Arc, OnceLock};

use super::Preset;

/// Name and text of each.
const FILES: &[(&str, &str)] = &[
    ("aider", include_str!("presets/aider.toml")),
    ("claude", include_str!("presets/claude.toml")),
    ("codex", include_str!("presets/codex.toml")),
    ("gemini", include_str!("presets/gemini.toml")),
    ("opencode", include_str!("presets/opencode.toml")),
    ("shell", include_str!("presets/shell.toml")),
];

/// Read when they are first asked for.
static READ: [OnceLock<Arc<Preset>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// The built-in preset of this name. The same one each time.
pub fn builtin(name: &str) -> Option<Arc<Preset>> {
    let index = FILES.iter().position(|(known, _)| *known == name)?;
    let preset = READ[index].get_or_init(|| {
        let preset = Preset::parse_lazily(FILES[index].1);
        Arc::new(preset.expect("a built-in preset, which is tested"))
    });
    Some(Arc::clone(preset))
}

/// The names of the built-in presets, in order.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The text of a built-in preset; for tests.
#[cfg(test)]
pub(super) fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied()
}
