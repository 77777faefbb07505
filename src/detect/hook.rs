//! What a program tells `ao hook`: one JSON object for each event.
//!
//! Claude Code (2.1.330) and Codex (0.169) write the same kind of object, as recorded. All of it is
//! hostile: what is not known says nothing, and texts are cut. What Codex tells its `notify` program
//! says nothing either: its helpers tell it too, while the turn goes on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::told::{MESSAGE_MAX, Word, plain};

/// The longest object that is read, in bytes.
pub const HOOK_MAX: usize = 1 << 20;

/// What one event says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooked {
    /// What the program does, if the event tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
    /// The id of its conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The file in which it keeps the conversation, absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<PathBuf>,
}

/// The keys that count. What is there and of another type makes the object say nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Object {
    hook_event_name: Option<String>,
    session_id: Option<String>,
    transcript_path: Option<PathBuf>,
    /// Of a helper that the program started; its own turn goes on.
    agent_id: Option<String>,
    tool_name: Option<String>,
    notification_type: Option<String>,
    error: Option<String>,
    error_details: Option<String>,
    last_assistant_message: Option<String>,
}

/// What an event says; None for what is none.
pub fn hook(json: &[u8]) -> Option<Hooked> {
    if json.len() > HOOK_MAX {
        return None;
    }
    let object: Object = serde_json::from_slice(json).ok()?;
    let event = object.hook_event_name.as_deref()?;
    let session = object.session_id.as_ref();
    let transcript = object.transcript_path.as_ref();
    Some(Hooked {
        word: word(event, &object),
        session: session.map(|id| plain(id, 128)),
        transcript: transcript.filter(|path| path.is_absolute()).cloned(),
    })
}

fn word(event: &str, object: &Object) -> Option<Word> {
    let own = object.agent_id.is_none();
    let kind = |kind: &str| Word::Blocked {
        kind: Some(kind.to_owned()),
        message: None,
    };
    Some(match event {
        // A helper's question is asked of the same person.
        "PermissionRequest" => kind(match object.tool_name.as_deref() {
            Some("AskUserQuestion") => "question",
            Some("ExitPlanMode") => "plan",
            _ => "approval",
        }),
        "Notification" => match object.notification_type.as_deref()? {
            // What it asks was told before, by the request itself.
            "permission_prompt" => Word::Blocked {
                kind: None,
                message: None,
            },
            "elicitation_dialog" => kind("question"),
            "idle_prompt" => Word::Idle,
            _ => return None,
        },
        _ if !own => return None,
        "UserPromptSubmit" | "PreToolUse" | "PostToolUse" | "PostToolUseFailure" => Word::Working,
        "Stop" | "Interrupt" => Word::Idle,
        "StopFailure" => failure(object),
        // SessionStart says nothing: a prompt on the command line comes behind it, and a conversation
        // that is made shorter begins anew in the middle of a turn.
        "SessionEnd" => Word::Gone,
        _ => return None,
    })
}

/// What a turn that failed says. The program has given up by then.
fn failure(object: &Object) -> Word {
    let message = object.last_assistant_message.as_deref();
    let limited = |hard| Word::Limited { until: None, hard };
    match object.error.as_deref().unwrap_or_default() {
        "rate_limit" => limited(false),
        "billing_error" => limited(true),
        "authentication_failed" => Word::Login,
        "invalid_request" if is_too_long(object) => Word::Full,
        _ => Word::Failed(message.map(|message| plain(message, MESSAGE_MAX))),
    }
}

fn is_too_long(object: &Object) -> bool {
    let texts = [&object.error_details, &object.last_assistant_message];
    let says = |text: &String| text.to_ascii_lowercase().contains("prompt is too long");
    texts.into_iter().flatten().any(says)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(kind: Option<&str>) -> Option<Word> {
        Some(Word::Blocked {
            kind: kind.map(str::to_owned),
            message: None,
        })
    }

    fn limited(hard: bool) -> Option<Word> {
        Some(Word::Limited { until: None, hard })
    }

    #[test]
    fn each_event_of_claude_means_what_it_says() {
        let failed = |text: &str| Some(Word::Failed(Some(text.to_owned())));
        for (event, rest, means) in [
            ("SessionStart", r#""source":"startup""#, None),
            ("SessionStart", r#""source":"compact""#, None),
            ("UserPromptSubmit", r#""prompt":"x""#, Some(Word::Working)),
            (
                "PreToolUse",
                r#""tool_name":"Bash","tool_input":{}"#,
                Some(Word::Working),
            ),
            ("PostToolUse", r#""tool_name":"Bash""#, Some(Word::Working)),
            (
                "PermissionRequest",
                r#""tool_name":"Bash""#,
                blocked(Some("approval")),
            ),
            (
                "PermissionRequest",
                r#""tool_name":"AskUserQuestion""#,
                blocked(Some("question")),
            ),
            (
                "PermissionRequest",
                r#""tool_name":"ExitPlanMode""#,
                blocked(Some("plan")),
            ),
            (
                "PermissionRequest",
                r#""tool_name":"Bash","agent_id":"a6""#,
                blocked(Some("approval")),
            ),
            (
                "Notification",
                r#""notification_type":"permission_prompt""#,
                blocked(None),
            ),
            (
                "Notification",
                r#""notification_type":"elicitation_dialog""#,
                blocked(Some("question")),
            ),
            (
                "Notification",
                r#""notification_type":"idle_prompt""#,
                Some(Word::Idle),
            ),
            ("Notification", r#""notification_type":"news""#, None),
            ("Notification", r#""message":"x""#, None),
            ("Stop", r#""stop_hook_active":false"#, Some(Word::Idle)),
            ("SubagentStop", r#""agent_id":"a6""#, None),
            ("StopFailure", r#""error":"rate_limit""#, limited(false)),
            ("StopFailure", r#""error":"billing_error""#, limited(true)),
            (
                "StopFailure",
                r#""error":"authentication_failed""#,
                Some(Word::Login),
            ),
            (
                "StopFailure",
                r#""error":"server_error","last_assistant_message":"API Error: 529 Overloaded.""#,
                failed("API Error: 529 Overloaded."),
            ),
            (
                "StopFailure",
                r#""error":"overloaded""#,
                Some(Word::Failed(None)),
            ),
            (
                "StopFailure",
                r#""error":"invalid_request","last_assistant_message":"Prompt is too long""#,
                Some(Word::Full),
            ),
            (
                "StopFailure",
                r#""error":"invalid_request","agent_id":"a6","last_assistant_message":"Prompt is too long""#,
                None,
            ),
            (
                "StopFailure",
                r#""error":"invalid_request","last_assistant_message":"no such tool""#,
                failed("no such tool"),
            ),
            ("StopFailure", r#""x":0"#, Some(Word::Failed(None))),
            ("PreCompact", r#""trigger":"auto""#, None),
            ("SessionEnd", r#""reason":"clear""#, Some(Word::Gone)),
            ("SomethingNew", r#""x":0"#, None),
        ] {
            let json = format!(
                r#"{{"session_id":"5d76","transcript_path":"/h/x.jsonl","hook_event_name":"{event}",{rest}}}"#
            );
            let said = hook(json.as_bytes()).unwrap_or_else(|| panic!("{json}"));
            assert_eq!(said.word, means, "{json}");
            assert_eq!(said.session.as_deref(), Some("5d76"));
            assert_eq!(said.transcript, Some(PathBuf::from("/h/x.jsonl")));
        }
    }

    #[test]
    fn codex_tells_the_same_events_and_its_notify_nothing_that_can_be_relied_on() {
        let json = br#"{"session_id":"01a2","transcript_path":"/h/rollout.jsonl","cwd":"/p",
            "hook_event_name":"PermissionRequest","tool_name":"Bash","turn_id":"1","model":"m"}"#;
        let said = hook(json).expect("an event");
        assert_eq!(said.word, blocked(Some("approval")));
        assert_eq!(said.session.as_deref(), Some("01a2"));
        // Its helper, which names the task, ends while the turn goes on.
        let json = br#"{"type":"agent-turn-complete","thread-id":"01a3","turn-id":"1",
            "cwd":"/p","input-messages":["x"],"last-assistant-message":"Done"}"#;
        assert_eq!(hook(json), None);
    }

    #[test]
    fn what_is_no_event_says_nothing() {
        for json in [
            "",
            "{}",
            "[]",
            "null",
            "{",
            r#"{"session_id":"x"}"#,
            r#"{"hook_event_name":7}"#,
            r#"{"hook_event_name":"Stop","session_id":["x"]}"#,
        ] {
            assert_eq!(hook(json.as_bytes()), None, "{json}");
        }
        let long = format!(
            r#"{{"hook_event_name":"Stop","x":"{}"}}"#,
            "x".repeat(HOOK_MAX)
        );
        assert_eq!(hook(long.as_bytes()), None);
        let relative = br#"{"hook_event_name":"Stop","transcript_path":"../../etc/passwd"}"#;
        assert_eq!(hook(relative).expect("an event").transcript, None);
    }

    #[test]
    fn texts_are_cut_and_hold_no_control_characters() {
        let json = format!(
            r#"{{"hook_event_name":"StopFailure","session_id":"{0}","last_assistant_message":"\u001b[2J{0}"}}"#,
            "é".repeat(9000)
        );
        let said = hook(json.as_bytes()).expect("an event");
        assert!(said.session.is_some_and(|id| id.len() <= 128));
        let Some(Word::Failed(Some(text))) = said.word else {
            panic!("no failure")
        };
        assert!(text.starts_with("[2J") && text.len() <= MESSAGE_MAX);
    }

    proptest::proptest! {
        #[test]
        fn no_event_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), text in ".{0,80}") {
            let _ = hook(&bytes);
            let json = serde_json::json!({ "hook_event_name": text, "error": text, "transcript_path": text });
            let _ = hook(json.to_string().as_bytes());
        }
    }
}
