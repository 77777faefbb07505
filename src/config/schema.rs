//! The keys of each table. What is not here is unknown, and told with the nearest that is.

/// The tables of the file.
pub(super) const ROOT: &[&str] = &[
    "defaults", "watchdog", "tmux", "backend", "loop", "agent", "service",
];

/// Keys of an `[[agent]]`. Those but the first three may stand in `[defaults]` as well.
pub(super) const AGENT: &[&str] = &[
    "name",
    "session",
    "kind",
    "enabled",
    "watch",
    "backend",
    "model",
    "role",
    "dir",
    "prompt",
    "prompt_file",
    "resume",
    "wake",
    "account",
    "stall_action",
    "answer",
    "env",
    "env_file",
];

/// Keys of an `[[agent]]` that `[defaults]` does not hand down.
pub(super) const AGENT_ALONE: &[&str] = &["name", "session", "kind"];

/// Keys of a `[[service]]`.
pub(super) const SERVICE: &[&str] = &["name", "command", "dir", "watch", "env", "env_file"];

/// Keys of `[defaults]` that are its own.
pub(super) const DEFAULTS_ALONE: &[&str] = &["session_prefix", "log_dir", "project_dir", "log"];

/// Keys of a `[backend.NAME]`.
pub(super) const BACKEND: &[&str] = &[
    "preset",
    "hooks",
    "answer",
    "bin",
    "prompt_delivery",
    "flags",
    "model_flag",
    "resume_flag",
    "session_id_flag",
    "supports_resume",
    "remote_control",
    "remote_control_flag",
    "process_name",
    "submit_key",
    "connect_delay",
    "preamble",
    "attach",
    "server",
    "model_env",
    "active_re",
    "login_re",
    "limit_re",
    "dialog_re",
    "fatal_re",
    "footer_ui",
    "log_grace",
    "stall_idle",
    "env",
    "env_file",
];

/// Keys of `[watchdog]`.
pub(super) const WATCHDOG: &[&str] = &[
    "signal_interval",
    "heavy_interval",
    "limit_probe_fallback",
    "limit_reset_slack",
    "stall_grace",
    "waiting_max",
    "max_starting",
    "restart_delay",
    "restart_delay_max",
    "healthy_after",
    "restart_window",
    "restarts_per_window",
    "restarts_per_day",
];

/// Keys of `[tmux]`.
pub(super) const TMUX: &[&str] = &["binary", "socket_name", "socket_path", "config_file"];

/// Keys of `[loop]`.
pub(super) const LOOP: &[&str] = &[
    "phases",
    "state_file",
    "done_marker",
    "kickoff_template",
    "roles_dir",
    "auto_advance",
    "resume_phase",
    "handoff",
    "on_complete",
];

/// Keys of one of `[[loop.phases]]`.
pub(super) const PHASE: &[&str] = &["id", "status", "plan", "models"];

/// Keys of `[loop.handoff]`.
pub(super) const HANDOFF: &[&str] = &[
    "repo",
    "remote",
    "branch",
    "state_subdir",
    "claim_pattern",
    "review_pattern",
    "claim_pings",
    "review_pings",
    "inboxes",
];

/// Keys of `[loop.on_complete]`.
pub(super) const ON_COMPLETE: &[&str] = &["run", "trigger_file"];

/// Keys of an agent's `wake`.
pub(super) const WAKE: &[&str] = &["prompt_file", "interval"];

/// A longer word is no misspelling, and comparing it would take long.
const LONGEST_WORD: usize = 64;

/// The known word that a person most likely meant.
pub(super) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let typed = word.to_lowercase().replace(['-', ' '], "_");
    let scored = known.into_iter().map(|known| {
        (
            strsim::damerau_levenshtein(&typed, &known.to_lowercase()),
            known,
        )
    });
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    let length = typed.chars().count().max(best.chars().count());
    // A third of the letters may be wrong, and one of a short word; more is another word.
    (distance < length && distance <= (length / 3).max(1)).then_some(best)
}
