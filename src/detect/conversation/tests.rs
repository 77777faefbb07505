//! What the ends of recorded files say; ids and texts that do not count are cut.

use super::*;

/// How the last turn stands by these lines.
fn word(files: ConversationFiles, lines: &[&str]) -> Option<Word> {
    filed(files, (lines.join("\n") + "\n").as_bytes()).map(|filed| filed.word)
}

fn claude(lines: &[&str]) -> Option<Word> {
    word(ConversationFiles::Claude, lines)
}

fn codex(lines: &[&str]) -> Option<Word> {
    word(ConversationFiles::Codex, lines)
}

fn limited(epoch: i64) -> Option<Word> {
    let until = (epoch > 0).then(|| Timestamp::from_second(epoch).unwrap());
    Some(Word::Limited { until, hard: false })
}

fn failed_by(text: &str) -> Option<Word> {
    Some(Word::Failed(Some(text.to_owned())))
}

const HARD: Option<Word> = Some(Word::Limited {
    until: None,
    hard: true,
});

const PROMPT: &str = r#"{"parentUuid":null,"isSidechain":false,"type":"user","message":{"role":"user","content":"first prompt"},"timestamp":"2026-11-23T22:03:55.894Z"}"#;
const ANSWER: &str = r#"{"isSidechain":false,"message":{"model":"claude-opus-5-5","role":"assistant","content":[{"type":"text","text":"Done."}],"stop_reason":"end_turn"},"type":"assistant","timestamp":"2026-11-23T22:03:56.500Z"}"#;
const TOOL: &str = r#"{"isSidechain":false,"message":{"role":"assistant","content":[{"type":"tool_use","id":"toolu_0","name":"Bash","input":{}}],"stop_reason":"tool_use"},"type":"assistant","timestamp":"2026-11-23T22:04:01.000Z"}"#;
const LIMIT: &str = r#"{"isSidechain":false,"type":"assistant","timestamp":"2026-11-23T22:04:24.150Z","message":{"model":"<synthetic>","role":"assistant","stop_reason":"stop_sequence","content":[{"type":"text","text":"You've hit your 5-hour limit · resets 12:04am (UTC)"}]},"apiError":"usage_limit_reached","apiErrorParams":{"rate_limit_info":{"status":"rejected","resetsAt":1795478663}},"quotaLimits":{"status":"rejected","resetsAt":1795478663,"rateLimitType":"five_hour"},"error":"rate_limit","isApiErrorMessage":true,"apiErrorStatus":429}"#;
const BOOKKEEPING: [&str; 3] = [
    r#"{"isSidechain":false,"type":"system","subtype":"informational","content":"Usage limit reached · set to continue automatically at 12:04am","isMeta":false,"timestamp":"2026-11-23T22:04:24.153Z"}"#,
    r#"{"type":"last-prompt","lastPrompt":"first prompt","sessionId":"5d76"}"#,
    r#"{"type":"cost-state","totalCostUSD":0.02,"startTime":1795471432056}"#,
];

/// An error of Claude Code's with these keys.
fn error(keys: &str) -> String {
    format!(
        r#"{{"isSidechain":false,"type":"assistant","timestamp":"2026-11-23T22:04:31.526Z","message":{{"model":"<synthetic>","content":[{{"type":"text","text":"words"}}]}},"isApiErrorMessage":true,{keys}}}"#
    )
}

#[test]
fn claude_tells_when_its_limit_ends_to_the_second() {
    let [notice, prompt, cost] = BOOKKEEPING;
    assert_eq!(
        claude(&[PROMPT, LIMIT, notice, prompt, cost]),
        limited(1_795_478_663)
    );
    let only_in_params = LIMIT.replace("\"quotaLimits\"", "\"other\"");
    assert_eq!(claude(&[PROMPT, &only_in_params]), limited(1_795_478_663));
    let filed = filed(ConversationFiles::Claude, LIMIT.as_bytes()).unwrap();
    assert_eq!(filed.at.to_string(), "2026-11-23T22:04:24.15Z");
}

#[test]
fn a_newer_turn_of_claude_makes_an_older_limit_mean_nothing() {
    assert_eq!(claude(&[PROMPT, LIMIT, PROMPT]), Some(Word::Working));
    assert_eq!(claude(&[PROMPT, LIMIT, PROMPT, ANSWER]), Some(Word::Idle));
    // What the program adds by itself is no turn, and neither is what its helpers do.
    let meta = PROMPT.replace("\"isSidechain\"", "\"isMeta\":true,\"isSidechain\"");
    let helper = PROMPT.replace("\"isSidechain\":false", "\"isSidechain\":true");
    assert_eq!(
        claude(&[PROMPT, LIMIT, &meta, &helper]),
        limited(1_795_478_663)
    );
}

#[test]
fn each_error_of_claude_means_what_it_says() {
    for (keys, means) in [
        (r#""error":"rate_limit","apiErrorStatus":429"#, limited(0)),
        (
            r#""error":"authentication_failed","apiErrorStatus":403"#,
            Some(Word::Login),
        ),
        (r#""error":"billing_error","apiErrorStatus":400"#, HARD),
        (
            r#""error":"server_error","apiErrorStatus":529"#,
            failed_by("words"),
        ),
        (
            r#""error":"model_not_found","apiErrorStatus":404"#,
            failed_by("words"),
        ),
        (
            r#""error":"invalid_request","errorDetails":"400 {\"message\":\"prompt is too long: 214523 tokens\"}""#,
            Some(Word::Full),
        ),
        (r#""error":"invalid_request""#, failed_by("words")),
        (r#""error":7"#, failed_by("words")),
    ] {
        assert_eq!(claude(&[PROMPT, &error(keys)]), means, "{keys}");
    }
}

#[test]
fn a_time_that_cannot_be_is_none() {
    for epoch in ["0", "1", "-5", "9999999999999", "1795471463", "1905471464"] {
        let line = LIMIT.replace("1795478663", epoch);
        assert_eq!(claude(&[&line]), limited(0), "{epoch}");
    }
}

#[test]
fn how_a_turn_of_claude_stands_is_told() {
    assert_eq!(claude(&[PROMPT, TOOL]), Some(Word::Working));
    let interrupted = PROMPT.replace("first prompt", "[Request interrupted by user for tool use]");
    assert_eq!(claude(&[PROMPT, TOOL, &interrupted]), Some(Word::Idle));
    let duration = r#"{"isSidechain":false,"type":"system","subtype":"turn_duration","durationMs":995,"timestamp":"2026-11-23T22:03:56.817Z"}"#;
    assert_eq!(claude(&[PROMPT, ANSWER, duration]), Some(Word::Idle));
    assert_eq!(claude(&BOOKKEEPING), None);
}

const STARTED: &str = r#"{"timestamp":"2026-11-23T21:31:58.162Z","ordinal":1,"type":"event_msg","payload":{"type":"task_started","turn_id":"01a2","started_at":1795469518}}"#;
const DONE: &str = r#"{"timestamp":"2026-11-23T21:31:59.162Z","type":"event_msg","payload":{"type":"task_complete","turn_id":"01a2","last_agent_message":"Done: …","duration_ms":788}}"#;

fn counted(limits: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-11-23T21:32:00.000Z","type":"event_msg","payload":{{"type":"token_count","info":null,"rate_limits":{limits}}}}}"#
    )
}

fn ended_by(info: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-11-23T21:32:01.000Z","type":"event_msg","payload":{{"type":"task_complete","last_agent_message":null,"error":{{"message":"words","codex_error_info":{info}}}}}}}"#
    )
}

const WINDOWS: &str = r#"{"limit_id":"codex","primary":{"used_percent":100.0,"window_minutes":300,"resets_at":1795480318},"secondary":{"used_percent":40.0,"resets_at":1795815118},"spend_control_reached":null,"rate_limit_reached_type":null}"#;

#[test]
fn codex_tells_when_the_window_ends_that_is_used_up() {
    let limit = ended_by("\"usage_limit_exceeded\"");
    let at = |limits: &str| codex(&[STARTED, &counted(limits), &limit]);
    assert_eq!(at(WINDOWS), limited(1_795_480_318));
    assert_eq!(at(&WINDOWS.replace("40.0", "100")), limited(1_795_815_118));
    assert_eq!(at(&WINDOWS.replace("100.0", "99.0")), limited(0));
    assert_eq!(at("null"), limited(0));
    let older = WINDOWS.replace("\"resets_at\":1795480318", "\"resets_in_seconds\":3600");
    assert_eq!(at(&older), limited(1_795_473_120));
    // The count of an older turn says nothing of this one.
    assert_eq!(codex(&[&counted(WINDOWS), STARTED, &limit]), limited(0));
    for hard in [
        WINDOWS.replace("reached\":null", "reached\":{\"limit\":5}"),
        WINDOWS.replace("type\":null", "type\":\"workspace_owner_credits_depleted\""),
    ] {
        assert_eq!(at(&hard), HARD, "{hard}");
    }
}

#[test]
fn each_error_of_codex_means_what_it_says() {
    for (info, means) in [
        (
            r#"{"http_connection_failed":{"http_status_code":401}}"#,
            Some(Word::Login),
        ),
        (r#""unauthorized""#, Some(Word::Login)),
        (r#""context_window_exceeded""#, Some(Word::Full)),
        (
            r#"{"response_too_many_failed_attempts":{"http_status_code":429}}"#,
            limited(0),
        ),
        (r#""server_overloaded""#, failed_by("words")),
        ("{}", failed_by("words")),
        ("null", failed_by("words")),
    ] {
        assert_eq!(codex(&[STARTED, &ended_by(info)]), means, "{info}");
    }
}

#[test]
fn how_a_turn_of_codex_stands_is_told() {
    let aborted = DONE.replace("task_complete", "turn_aborted");
    let replaced = aborted.replace("\"turn_id\"", "\"reason\":\"replaced\",\"turn_id\"");
    let silent = DONE.replace("\"Done: …\"", "null");
    let error = r#"{"timestamp":"2026-11-23T21:31:58.500Z","type":"event_msg","payload":{"type":"error","message":"words","codex_error_info":"usage_limit_exceeded"}}"#;
    for (lines, means) in [
        (vec![STARTED], Some(Word::Working)),
        (vec![STARTED, DONE], Some(Word::Idle)),
        (vec![STARTED, DONE, STARTED], Some(Word::Working)),
        (vec![STARTED, &aborted], Some(Word::Idle)),
        (vec![STARTED, &replaced], Some(Word::Working)),
        (vec![STARTED, &silent], Some(Word::Idle)),
        (vec![&silent], Some(Word::Idle)),
        (vec![STARTED, error, &silent], limited(0)),
        (
            vec![
                r#"{"timestamp":"2026-11-23T21:31:58.162Z","type":"session_meta","payload":{"id":"x"}}"#,
            ],
            None,
        ),
    ] {
        assert_eq!(codex(&lines), means, "{lines:?}");
    }
}

#[test]
fn lines_that_are_broken_or_too_long_are_passed_over() {
    let long = format!(r#"{{"type":"user","x":"{}"}}"#, "x".repeat(LINE_MAX));
    let lines = [LIMIT, "{", "null", "[1]", "\u{0}", &long, &LIMIT[..99]];
    assert_eq!(claude(&lines), limited(1_795_478_663));
    assert_eq!(codex(&lines), None);
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), cut in 0..LIMIT.len()) {
        for files in [ConversationFiles::Claude, ConversationFiles::Codex] {
            let _ = filed(files, &bytes);
            let half = LIMIT.as_bytes().get(cut..).unwrap_or_default();
            let _ = filed(files, half);
        }
    }
}
