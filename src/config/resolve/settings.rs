//! What belongs to the whole fleet: `[defaults]`' own keys, `[tmux]` and `[watchdog]`.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::findings::{At, Findings};
use super::super::fleet::{LogSource, TmuxSettings, WatchdogSettings};
use super::super::names::{AgentName, NameError, SessionName, control_character};
use super::super::paths::{unusable, without_links};
use super::super::raw::Section;
use super::super::reader::Reader;
use super::super::schema;
use super::Input;

/// The least interval of the watchdog: below it looking would take all of a core.
const LEAST_INTERVAL: Duration = Duration::from_millis(50);

/// What everything else is relative to.
#[derive(Debug)]
pub(super) struct Basics {
    pub(super) session_prefix: String,
    pub(super) project_dir: PathBuf,
    pub(super) log_dir: PathBuf,
    pub(super) log: LogSource,
}

pub(super) fn basics(
    input: &Input<'_>,
    defaults: &Section<'_>,
    whole: &mut Findings,
    settings: &mut Findings,
) -> Basics {
    let inheritable = schema::AGENT
        .iter()
        .filter(|key| !schema::AGENT_ALONE.contains(key));
    let known: Vec<&str> = schema::DEFAULTS_ALONE
        .iter()
        .chain(inheritable)
        .chain(&["command"])
        .copied()
        .collect();
    input.reader(defaults, settings).unknown_keys(&known);
    let session_prefix = session_prefix(input, defaults, whole);
    let mut reader = input.reader(defaults, whole);
    let config_dir = input.source.real.parent().unwrap_or(Path::new("/"));
    let project_dir = without_links(&reader.path_or("project_dir", config_dir, "."));
    let log_dir = match required(&mut reader, "log_dir", ".ao-state") {
        Some(_) => reader.path_or("log_dir", &project_dir, "."),
        None => project_dir.clone(),
    };
    // The directory of the config may be odd where no key is.
    if let Some(reason) = unusable(&log_dir) {
        let message = format!("the path of the log directory {reason}");
        whole.error(
            At::Nowhere,
            message,
            "rename the directory that the config is in",
        );
    }
    let log = log_source(input, defaults, settings);
    Basics {
        session_prefix,
        project_dir,
        log_dir,
        log,
    }
}

/// A key of `[defaults]` without which there is no fleet. What is returned otherwise only serves to
/// find further mistakes.
fn required(
    reader: &mut Reader<'_, '_>,
    key: &str,
    example: &str,
) -> Option<toml::Spanned<String>> {
    let entry = reader.section.get(key);
    let text = match &entry {
        Some(entry) => Some(reader.text_of(entry)?),
        None => None,
    };
    let text = text.filter(|text| !text.get_ref().is_empty());
    if text.is_none() {
        let at = entry.map_or(At::Nowhere, |entry| At::Span(entry.span));
        let hint = format!("for example {key} = \"{example}\"");
        reader
            .findings
            .error(at, format!("[defaults] must set `{key}`"), hint);
    }
    text
}

fn session_prefix(input: &Input<'_>, defaults: &Section<'_>, whole: &mut Findings) -> String {
    let mut reader = input.reader(defaults, whole);
    let Some(prefix) = required(&mut reader, "session_prefix", "myproject-") else {
        return String::new();
    };
    let session = format!("{}{}", prefix.get_ref(), AgentName::WATCHDOG);
    if let Err(error) = SessionName::new(&session) {
        let hint = match error {
            NameError::TooLong(_) => "a short word and a dash are enough",
            _ => "use letters, digits, `-` and `_`",
        };
        reader.error(prefix.span(), format!("`session_prefix` {error}"), hint);
    }
    prefix.into_inner()
}

fn log_source(input: &Input<'_>, defaults: &Section<'_>, settings: &mut Findings) -> LogSource {
    let mut reader = input.reader(defaults, settings);
    let Some(word) = reader.some_text("log") else {
        return LogSource::Stream;
    };
    match word.get_ref().as_str() {
        "stream" => LogSource::Stream,
        "pipe" => LogSource::Pipe,
        _ => {
            let message = "`log` is neither \"stream\" nor \"pipe\"".to_owned();
            reader.error(
                word.span(),
                message,
                "leave it out to have the logs from the stream",
            );
            LogSource::Stream
        }
    }
}

/// A wrong `[tmux]` reaches everything: to start the agents on another server than the one that was
/// meant would be worse than not to start them.
pub(super) fn tmux(
    input: &Input<'_>,
    section: &Section<'_>,
    basics: &Basics,
    whole: &mut Findings,
    settings: &mut Findings,
) -> TmuxSettings {
    input.reader(section, settings).unknown_keys(schema::TMUX);
    let mut reader = input.reader(section, whole);
    let binary = match reader.some_text("binary") {
        None => PathBuf::from("tmux"),
        // A bare word is looked up in PATH, as a shell would.
        Some(word) if !word.get_ref().contains('/') && !word.get_ref().starts_with('~') => {
            PathBuf::from(word.into_inner())
        }
        Some(_) => reader.path_or("binary", &basics.project_dir, "tmux"),
    };
    let socket_name = reader.some_text("socket_name");
    let socket_path = reader.path("socket_path", &basics.project_dir);
    let config_file = reader.path("config_file", &basics.project_dir);
    if let Some(name) = &socket_name {
        let control = control_character(name.get_ref());
        if name.get_ref().contains('/') || control.is_some() {
            let message = "`socket_name` must be a plain file name".to_owned();
            reader.error(name.span(), message, "a path goes into `socket_path`");
        }
        if socket_path.is_some() {
            let message = "`socket_name` has no effect beside `socket_path`".to_owned();
            settings.warning(name.span(), message, "keep one of them");
        }
    }
    let socket_name = socket_name.map(toml::Spanned::into_inner);
    TmuxSettings {
        binary,
        socket_name: socket_name.filter(|_| socket_path.is_none()),
        socket_path,
        config_file,
    }
}

pub(super) fn watchdog(
    input: &Input<'_>,
    section: &Section<'_>,
    settings: &mut Findings,
) -> WatchdogSettings {
    let mut reader = input.reader(section, settings);
    reader.unknown_keys(schema::WATCHDOG);
    let restart_delay = reader.seconds("restart_delay", 2, LEAST_INTERVAL);
    let count = |default| NonZeroU32::new(default).expect("a default is not 0");
    WatchdogSettings {
        signal_interval: reader.seconds("signal_interval", 30, LEAST_INTERVAL),
        heavy_interval: reader.seconds("heavy_interval", 300, LEAST_INTERVAL),
        limit_probe_fallback: reader.seconds("limit_probe_fallback", 300, Duration::from_secs(1)),
        limit_reset_slack: reader.seconds("limit_reset_slack", 45, Duration::ZERO),
        stall_grace: reader.seconds("stall_grace", 180, Duration::ZERO),
        waiting_max: reader.seconds("waiting_max", 24 * 3600, Duration::ZERO),
        max_starting: reader.count("max_starting"),
        restart_delay,
        restart_delay_max: restart_delay_max(&mut reader, restart_delay),
        healthy_after: reader.seconds("healthy_after", 600, Duration::from_secs(1)),
        restart_window: reader.seconds("restart_window", 600, Duration::from_secs(1)),
        restarts_per_window: reader.count("restarts_per_window").unwrap_or(count(5)),
        restarts_per_day: reader.count("restarts_per_day").unwrap_or(count(20)),
    }
}

fn restart_delay_max(reader: &mut Reader<'_, '_>, restart_delay: Duration) -> Duration {
    let longest = reader.seconds("restart_delay_max", 300, LEAST_INTERVAL);
    if longest >= restart_delay {
        return longest;
    }
    // Told where it is written; the default of one gives way to the other in silence.
    if let Some(entry) = reader.section.get("restart_delay_max") {
        let message = "`restart_delay_max` is less than `restart_delay`, which is used".to_owned();
        let hint = format!("write at least {}", restart_delay.as_secs_f64());
        reader.findings.warning(entry.span, message, hint);
    }
    restart_delay
}
