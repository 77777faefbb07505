//! Which file is an agent's, and how much of it is read.

use std::time::{Duration, SystemTime};

use super::*;
use crate::detect::Word;

struct Rig {
    dir: tempfile::TempDir,
}

const LIMIT: &str = r#"{"type":"assistant","timestamp":"2026-11-23T22:04:24.150Z","message":{"content":[{"type":"text","text":"x"}]},"quotaLimits":{"resetsAt":1795478663},"error":"rate_limit","isApiErrorMessage":true}"#;
const PROMPT: &str =
    r#"{"type":"user","message":{"content":"go on"},"timestamp":"2026-11-23T22:05:00Z"}"#;

impl Rig {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(dir.path().join("my.work")).expect("a directory");
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// A file of these lines, written so many seconds after the epoch.
    fn write(&self, name: &str, lines: &[&str], at: u64) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at);
        File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(at)
            .unwrap();
        path
    }

    /// Where Claude Code's file for this agent would be.
    fn claude(&self, id: &str) -> String {
        let dir = self.path("my.work");
        let dashed: String = dir.to_str().unwrap().replace(['/', '.', '_'], "-");
        format!("home/projects/{dashed}/{id}.jsonl")
    }

    fn of(&self, files: ConversationFiles) -> Whereabouts {
        Whereabouts {
            files,
            home: self.path("home"),
            dir: self.path("my.work"),
            told: None,
            id: None,
            since: None,
        }
    }
}

fn is_limit(at: &Whereabouts) -> bool {
    let word = last_turn(at).map(|filed| filed.word);
    matches!(word, Some(Word::Limited { until: Some(_), .. }))
}

#[test]
fn the_file_of_the_id_counts_and_without_one_the_newest_of_the_directory() {
    let rig = Rig::new();
    rig.write(&rig.claude("one"), &[LIMIT], 100);
    rig.write(&rig.claude("two"), &[LIMIT, PROMPT], 200);
    rig.write(&rig.claude("agent-3"), &[LIMIT], 300);
    let at = rig.of(ConversationFiles::Claude);
    assert_eq!(last_turn(&at).map(|filed| filed.word), Some(Word::Working));
    let named = |id: &str| Whereabouts {
        id: Some(id.to_owned()),
        ..at.clone()
    };
    assert!(is_limit(&named("one")));
    assert!(!is_limit(&named("../../../secret")), "an id is no path");
    let told = Whereabouts {
        told: Some(rig.write("elsewhere/x.jsonl", &[LIMIT], 50)),
        ..named("two")
    };
    assert!(is_limit(&told), "what the program tells goes before");
}

#[test]
fn what_was_said_before_the_start_counts_for_nothing() {
    let rig = Rig::new();
    rig.write(&rig.claude("one"), &[LIMIT], 2_000_000_000);
    let since = |time: &str| Whereabouts {
        since: Some(time.parse().unwrap()),
        ..rig.of(ConversationFiles::Claude)
    };
    assert!(is_limit(&since("2026-11-23T22:04:00Z")));
    assert!(last_turn(&since("2026-11-23T22:04:30Z")).is_none());
    rig.write(&rig.claude("one"), &[LIMIT], 100);
    assert!(last_turn(&since("2026-11-23T22:04:00Z")).is_none());
}

#[test]
fn codex_is_found_by_id_on_any_day_and_else_by_its_directory() {
    let rig = Rig::new();
    let meta = |dir: &Path| {
        let cwd = dir.to_str().unwrap();
        format!(
            r#"{{"timestamp":"2026-11-01T00:00:00Z","type":"session_meta","payload":{{"cwd":"{cwd}"}}}}"#
        )
    };
    let began = r#"{"timestamp":"2026-11-01T00:00:01Z","type":"event_msg","payload":{"type":"task_started"}}"#;
    let done = r#"{"timestamp":"2026-11-01T00:00:02Z","type":"event_msg","payload":{"type":"task_complete","last_agent_message":"x"}}"#;
    let here = meta(&rig.path("my.work"));
    let other = meta(Path::new("/elsewhere"));
    let day = |day: &str, id: &str| format!("home/sessions/2026/{day}/rollout-2026-x-{id}.jsonl");
    rig.write(&day("10/30", "0a"), &[&here, began, done], 100);
    rig.write(&day("11/01", "0b"), &[&here, began], 200);
    rig.write(&day("11/02", "0c"), &[&other, began, done], 300);
    let at = rig.of(ConversationFiles::Codex);
    let word = |at: &Whereabouts| last_turn(at).map(|filed| filed.word);
    assert_eq!(word(&at), Some(Word::Working));
    for (id, means) in [
        ("0a", Word::Idle),
        ("0b", Word::Working),
        ("0c", Word::Idle),
    ] {
        let id = Some(id.to_owned());
        let at = Whereabouts { id, ..at.clone() };
        assert_eq!(word(&at), Some(means));
    }
}

#[test]
fn links_and_what_is_no_file_are_not_followed() {
    let rig = Rig::new();
    let real = rig.write("real.jsonl", &[LIMIT], 100);
    let told = |path: PathBuf| Whereabouts {
        told: Some(path),
        ..rig.of(ConversationFiles::Claude)
    };
    assert!(is_limit(&told(real.clone())));
    let link = rig.path("link.jsonl");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(last_turn(&told(link)).is_none());
    let fifo = rig.path("fifo.jsonl");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()));
    assert!(last_turn(&told(fifo)).is_none());
    assert!(last_turn(&told(rig.path("my.work"))).is_none());
    assert!(last_turn(&told(rig.write("real.txt", &[LIMIT], 1))).is_none());
}

#[test]
fn only_whole_lines_of_the_end_are_read() {
    let rig = Rig::new();
    let path = rig.write("x.jsonl", &["first", "second", "third"], 100);
    let read = |most| String::from_utf8(tail(&path, most).unwrap()).unwrap();
    assert_eq!(read(1000), "first\nsecond\nthird\n");
    assert_eq!(read(13), "third\n");
    assert_eq!(read(3), "");
    std::fs::write(&path, "first\nhalf").unwrap();
    assert_eq!(read(1000), "first\n");
    std::fs::write(&path, "").unwrap();
    assert_eq!(read(1000), "");
}
