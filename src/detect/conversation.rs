//! What a program writes into the file in which it keeps its conversation: one JSON object a line,
//! the newest last.
//!
//! Claude Code 2.1.197 and 2.1.330, and Codex 0.169, as recorded; older forms of Codex by its source.
//! What is not known is passed over. The newest line that says how a turn stands counts.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::told::{MESSAGE_MAX, Word, plain};
use crate::preset::ConversationFiles;

/// The longest line that is read, in bytes: those that count are far shorter.
const LINE_MAX: usize = 64 * 1024;

/// The furthest that a limit reaches into the future; what reaches further is no time of a limit.
const LIMIT_MAX: SignedDuration = SignedDuration::from_hours(24 * 100);

/// How the last turn stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// What the program says of it.
    pub word: Word,
    /// When it said so.
    pub at: Timestamp,
}

/// What the end of such a file says: whole lines, of which any may be broken.
pub fn filed(files: ConversationFiles, tail: &[u8]) -> Option<Filed> {
    let lines = tail.rsplit(|byte| *byte == b'\n');
    let mut lines = lines.filter(|line| (2..=LINE_MAX).contains(&line.len()));
    match files {
        ConversationFiles::Claude => lines.find_map(by_claude),
        ConversationFiles::Codex => by_codex(lines),
    }
}

/// A line of Claude Code's. A key of another type than expected makes it a line that says nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ClaudeLine {
    r#type: String,
    subtype: Option<String>,
    timestamp: Option<Timestamp>,
    is_sidechain: bool,
    is_meta: bool,
    is_api_error_message: bool,
    error: Option<Value>,
    error_details: Option<Value>,
    quota_limits: Option<Quota>,
    api_error_params: Option<ErrorParams>,
    message: Option<ClaudeMessage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Quota {
    resets_at: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorParams {
    rate_limit_info: Option<Quota>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClaudeMessage {
    stop_reason: Option<String>,
    content: Value,
}

impl ClaudeMessage {
    /// Its first text.
    fn text(&self) -> Option<&str> {
        match &self.content {
            Value::String(text) => Some(text),
            Value::Array(parts) => parts.iter().find_map(|part| part.get("text")?.as_str()),
            _ => None,
        }
    }
}

fn by_claude(line: &[u8]) -> Option<Filed> {
    let line: ClaudeLine = serde_json::from_slice(line).ok()?;
    let at = line.timestamp?;
    if line.is_sidechain || line.is_meta {
        return None;
    }
    let message = line.message.as_ref();
    let text = message.and_then(ClaudeMessage::text).unwrap_or_default();
    let word = match line.r#type.as_str() {
        "assistant" if line.is_api_error_message => claude_error(&line, text, at),
        "assistant" => match message?.stop_reason.as_deref() {
            Some("end_turn" | "stop_sequence" | "max_tokens" | "refusal") => Word::Idle,
            _ => Word::Working,
        },
        "user" if text.starts_with("[Request interrupted by user") => Word::Idle,
        "user" => Word::Working,
        "system" if line.subtype.as_deref() == Some("turn_duration") => Word::Idle,
        _ => return None,
    };
    Some(Filed { word, at })
}

fn claude_error(line: &ClaudeLine, text: &str, at: Timestamp) -> Word {
    let quota = line.quota_limits.as_ref().or_else(|| {
        let params = line.api_error_params.as_ref()?;
        params.rate_limit_info.as_ref()
    });
    let until = quota.and_then(|quota| limit_end(quota.resets_at?, at));
    let details = line.error_details.as_ref().and_then(Value::as_str);
    let says_too_long = |text: &str| text.to_ascii_lowercase().contains("prompt is too long");
    match line.error.as_ref().and_then(Value::as_str) {
        Some("rate_limit") => Word::Limited { until, hard: false },
        Some("billing_error") => Word::Limited {
            until: None,
            hard: true,
        },
        Some("authentication_failed") => Word::Login,
        Some("invalid_request") if says_too_long(details.unwrap_or(text)) => Word::Full,
        _ => failed(text),
    }
}

fn failed(text: &str) -> Word {
    let text = plain(text, MESSAGE_MAX);
    Word::Failed((!text.is_empty()).then_some(text))
}

/// When a limit ends that a program told at `told`, if that can be.
fn limit_end(epoch: i64, told: Timestamp) -> Option<Timestamp> {
    let until = Timestamp::from_second(epoch).ok()?;
    (until > told && until.duration_since(told) < LIMIT_MAX).then_some(until)
}

/// A line of Codex's: events are what counts.
#[derive(Debug, Deserialize)]
struct CodexLine {
    timestamp: Timestamp,
    r#type: String,
    payload: Value,
}

fn by_codex<'t>(lines: impl Iterator<Item = &'t [u8]>) -> Option<Filed> {
    let event = |line| {
        let line: CodexLine = serde_json::from_slice(line).ok()?;
        (line.r#type == "event_msg").then_some(line)
    };
    let mut events = lines.filter_map(event);
    // Some releases write the error before the end of the turn, and the end without it.
    let mut ended = None;
    while let Some(CodexLine {
        timestamp: at,
        payload,
        ..
    }) = events.next()
    {
        let text = |key: &str| payload.get(key).and_then(Value::as_str);
        let word = match text("type") {
            Some("task_complete") => match payload.get("error").filter(|error| !error.is_null()) {
                Some(error) => codex_error(error, at, events),
                None if text("last_agent_message").is_some() => Word::Idle,
                None => {
                    ended.get_or_insert(at);
                    continue;
                }
            },
            Some("error") => codex_error(&payload, at, events),
            Some("turn_aborted") if text("reason") != Some("replaced") => Word::Idle,
            Some("task_started" | "turn_started" | "turn_aborted") => match ended {
                Some(at) => {
                    let word = Word::Idle;
                    return Some(Filed { word, at });
                }
                None => Word::Working,
            },
            _ => continue,
        };
        return Some(Filed { word, at });
    }
    let word = Word::Idle;
    ended.map(|at| Filed { word, at })
}

/// An error, and the events before it.
fn codex_error(error: &Value, at: Timestamp, before: impl Iterator<Item = CodexLine>) -> Word {
    let info = error.get("codex_error_info");
    let (kind, details) = match info {
        Some(Value::Object(only)) => match only.iter().next() {
            Some((kind, details)) => (kind.as_str(), Some(details)),
            None => ("", None),
        },
        Some(Value::String(kind)) => (kind.as_str(), None),
        _ => ("", None),
    };
    let status = details.and_then(|details| details.get("http_status_code")?.as_u64());
    match (kind, status) {
        ("usage_limit_exceeded", _) => codex_limit(at, before),
        ("context_window_exceeded", _) => Word::Full,
        ("unauthorized", _) | (_, Some(401)) => Word::Login,
        (_, Some(429)) => Word::Limited {
            until: None,
            hard: false,
        },
        _ => failed(error.get("message").and_then(Value::as_str).unwrap_or("")),
    }
}

/// A limit that was reached at `at`: the count of tokens just before tells when it ends.
fn codex_limit(at: Timestamp, mut before: impl Iterator<Item = CodexLine>) -> Word {
    let counted = before.find_map(|line| {
        let kind = line.payload.get("type")?.as_str()?;
        // Nothing of an older turn.
        let ends = matches!(kind, "task_started" | "turn_started" | "task_complete");
        let limits = line.payload.get("rate_limits").filter(|_| !ends);
        (ends || kind == "token_count").then(|| (line.timestamp, limits.cloned()))
    });
    let limits = counted.and_then(|(counted, limits)| Some((counted, limits?)));
    let Some((counted, limits)) = limits else {
        return Word::Limited {
            until: None,
            hard: false,
        };
    };
    let end_of = |window: &str| {
        let window = limits.get(window)?;
        if window.get("used_percent")?.as_f64()? < 100.0 {
            return None;
        }
        let number = |key: &str| window.get(key).and_then(Value::as_i64);
        let epoch = number("resets_at").or_else(|| {
            let seconds = number("resets_in_seconds")?;
            counted.as_second().checked_add(seconds)
        })?;
        limit_end(epoch, at)
    };
    let reached = limits
        .get("rate_limit_reached_type")
        .and_then(Value::as_str);
    let spent = limits.get("spend_control_reached");
    let hard = reached.is_some_and(|kind| kind.starts_with("workspace_"))
        || spent.is_some_and(|spent| !spent.is_null() && spent != &Value::Bool(false));
    let until = end_of("primary")
        .into_iter()
        .chain(end_of("secondary"))
        .max();
    Word::Limited {
        until: until.filter(|_| !hard),
        hard,
    }
}

#[cfg(test)]
mod tests;
