//! Statements about the files of a loop. The numbers are those of the predecessor's behaviours.

use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::config::{Overrides, load};
use crate::os::watch::FileWatch;

const CONFIG: &str = r#"
defaults = { session_prefix = "p-", log_dir = "logs", backend = "b" }
backend.b.bin = "true"
agent = [{ name = "builder", kind = "loop", role = "builder" }, { name = "adversary" }]
[loop]
phases = [{ id = "one", status = "STATUS-1.md" }, { id = "two", status = "STATUS-2.md" }]
handoff = { repo = "repo" }
on_complete = { run = "adversary" }
"#;

struct Rig {
    dir: TempDir,
    fleet: Fleet,
}

impl Rig {
    fn new() -> Self {
        Self::of(CONFIG)
    }

    fn of(config: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("agents.toml");
        std::fs::write(&path, config).unwrap();
        let loaded = load(&path, &Overrides::default());
        let fleet = loaded
            .fleet
            .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        assert!(fleet.broken.is_empty(), "{:?}", loaded.diagnostics);
        std::fs::create_dir_all(&fleet.state_dir).unwrap();
        std::fs::create_dir_all(fleet.project_dir.join("repo/machine-docs")).unwrap();
        Self { dir, fleet }
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.dir.path().join(path), bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    fn sequence(&self) -> SequenceFiles {
        let read = read_sequence(&self.fleet);
        assert_eq!(read.warnings, Vec::<String>::new());
        read.value.unwrap()
    }

    fn session(&self) -> &SessionName {
        &self.fleet.agent("builder").unwrap().session
    }
}

#[test]
fn s062_the_index_is_read_as_it_is_written() {
    let rig = Rig::new();
    assert_eq!(rig.sequence().index, None, "there is none");
    for (written, expected) in [
        ("1", Some(1)),
        (" 1\n", Some(1)),
        ("", None),
        ("\n", None),
        ("0", Some(0)),
        ("99", Some(99)),
        ("-1", Some(-1)),
        ("007", Some(7)),
        ("99999999999999999999999", Some(i64::MAX)),
        ("-99999999999999999999999", Some(i64::MIN)),
    ] {
        rig.write("logs/state/phase-idx", written);
        assert_eq!(rig.sequence().index, expected, "{written:?}");
    }
}

#[test]
fn s063_what_is_no_number_is_told_and_counts_as_none() {
    let rig = Rig::new();
    for written in [
        "two", "--1", "²", "1.5", "1_0", "-", "+", "0x1", "\u{0}", "1 2",
    ] {
        rig.write("logs/state/phase-idx", written);
        let read = read_sequence(&rig.fleet);
        assert_eq!(read.value.unwrap().index, None, "{written:?}");
        assert!(read.warnings[0].contains("holds no number"), "{written:?}");
    }
}

#[test]
fn s064_the_status_file_in_the_subdirectory_counts_else_that_at_the_top() {
    let rig = Rig::new();
    assert_eq!(rig.sequence().done, [Done::No, Done::No], "there is none");
    assert_eq!(rig.sequence().digests, [0, 0]);
    rig.write("repo/STATUS-1.md", "## DONE\nAll pass.\n");
    assert_eq!(rig.sequence().done, [Done::Yes, Done::No]);
    rig.write("repo/machine-docs/STATUS-1.md", "## DONE\n");
    assert_eq!(rig.sequence().done, [Done::Bare, Done::No]);
    rig.write("repo/machine-docs/STATUS-1.md", "");
    assert_eq!(rig.sequence().done, [Done::No, Done::No], "it is there");
    rig.write("repo/STATUS-2.md", b"\xff\n## DONE\n\xfe\n");
    assert_eq!(
        rig.sequence().done,
        [Done::No, Done::Yes],
        "no UTF-8 is no reason"
    );
}

#[test]
fn a_digest_tells_whether_a_status_file_says_something_else() {
    let rig = Rig::new();
    rig.write("repo/STATUS-1.md", "");
    let empty = rig.sequence().digests[0];
    assert_ne!(empty, 0, "an empty file is not none");
    rig.write("repo/STATUS-1.md", "## DONE\n");
    let bare = rig.sequence().digests[0];
    assert_ne!(bare, empty);
    rig.write("repo/STATUS-1.md", "## DONE\n");
    assert_eq!(rig.sequence().digests[0], bare);
    rig.write("repo/STATUS-1.md", "## DONE\n\n");
    assert_ne!(rig.sequence().digests[0], bare);
}

#[test]
fn what_cannot_be_read_is_told_and_counts_as_missing() {
    let rig = Rig::new();
    std::fs::create_dir(rig.dir.path().join("repo/STATUS-1.md")).unwrap();
    rig.write(
        "repo/STATUS-2.md",
        "x".repeat(STATUS_MAX) + "\n## DONE\nyes\n",
    );
    let read = read_sequence(&rig.fleet);
    assert_eq!(read.value.unwrap().done, [Done::No, Done::No]);
    assert!(
        read.warnings[0].contains("STATUS-1.md cannot be read"),
        "{:?}",
        read.warnings
    );
    assert!(
        read.warnings[1].contains("STATUS-2.md"),
        "{:?}",
        read.warnings
    );
}

#[test]
fn a_fleet_without_phases_has_no_sequence() {
    let plain = CONFIG
        .split("[loop]")
        .next()
        .unwrap()
        .replace("kind = \"loop\"", "kind = \"task\"");
    let rig = Rig::of(&plain);
    assert_eq!(read_sequence(&rig.fleet).value, None);
    let watched = to_watch(&rig.fleet, Some(0));
    assert!(watched.iter().all(|(_, what)| *what != Watched::Sequence));
    assert_eq!(watched.len(), 2);
    assert!(write_index(&rig.fleet, 1).is_err());
    assert_eq!(remove_trigger(&rig.fleet), Ok(()));
}

#[test]
fn s068_the_index_is_written_as_a_bare_number() {
    let rig = Rig::new();
    write_index(&rig.fleet, 1).unwrap();
    assert_eq!(rig.read("logs/state/phase-idx"), "1");
    assert_eq!(rig.sequence().index, Some(1));
    std::fs::remove_dir_all(&rig.fleet.state_dir).unwrap();
    let error = write_index(&rig.fleet, 0).unwrap_err();
    assert!(error.contains("phase-idx cannot be written: "), "{error}");
}

#[test]
fn s115_a_complete_sequence_is_marked_as_the_predecessor_did() {
    let rig = Rig::new();
    assert!(!rig.sequence().complete);
    let time = jiff::civil::date(2026, 11, 3).at(4, 5, 6, 789_000_000);
    let time = time.to_zoned_datetime(TimeZone::UTC).unwrap();
    mark_complete(&rig.fleet, &time).unwrap();
    assert_eq!(
        rig.read("logs/SEQUENCE-COMPLETE"),
        "phase sequence complete 2026-11-03 04:05:06. Loops stopped; build finished.\n"
    );
    assert!(rig.sequence().complete);
    unmark_complete(&rig.fleet).unwrap();
    unmark_complete(&rig.fleet).unwrap();
    assert!(!rig.sequence().complete);
}

#[test]
fn s116_the_trigger_file_is_removed_if_it_is_there() {
    let rig = Rig::new();
    rig.write("logs/.run-on-complete", "");
    remove_trigger(&rig.fleet).unwrap();
    assert!(!rig.dir.path().join("logs/.run-on-complete").exists());
    remove_trigger(&rig.fleet).unwrap();
}

#[test]
fn s074_a_hold_of_the_predecessor_is_read() {
    let rig = Rig::new();
    let read = || read_hold(&rig.fleet, rig.session());
    assert_eq!(read().value, None);
    assert_eq!(read().warnings, Vec::<String>::new());
    for (text, until, nudges) in [
        (
            r#"{"until": 1764000000, "nudges": 2}"#,
            1_764_000_000_000,
            2,
        ),
        (
            r#"{"until": 1764000000.25, "nudges": 0}"#,
            1_764_000_000_250,
            0,
        ),
        (
            r#"{"until": 1e9, "nudges": 3.0, "why": {"a": []}}"#,
            1_000_000_000_000,
            3,
        ),
        (r#" {"until": -1} "#, -1000, 0),
        (r#"{"until": 0, "nudges": -4}"#, 0, 0),
        (r#"{"until": 0, "nudges": 1e99}"#, 0, u32::MAX),
        (r#"{"until": 0, "nudges": "x"}"#, 0, 0),
    ] {
        rig.write("logs/state/limited-p-builder.json", text);
        let hold = HoldFile {
            until: Timestamp::from_millisecond(until).unwrap(),
            probes: nudges,
        };
        assert_eq!(read().value, Some(hold), "{text}");
        assert_eq!(read().warnings, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn s074_what_is_no_hold_is_told_and_counts_as_none() {
    let rig = Rig::new();
    for text in [
        "",
        "{",
        "[]",
        "1",
        "null",
        "{}",
        r#"{"until": "soon"}"#,
        r#"{"until": null}"#,
        r#"{"until": 1e300}"#,
        r#"{"until": true}"#,
    ] {
        rig.write("logs/state/limited-p-builder.json", text);
        let read = read_hold(&rig.fleet, rig.session());
        assert_eq!(read.value, None, "{text}");
        assert_eq!(read.warnings.len(), 1, "{text}");
        assert!(
            read.warnings[0].contains("limited-p-builder.json is not used: "),
            "{text}"
        );
    }
}

#[test]
fn s074_a_hold_is_written_in_the_predecessor_s_form_and_read_again() {
    let rig = Rig::new();
    for (nanoseconds, expected) in [
        (
            1_764_000_000_000_000_000,
            "{\"nudges\":2,\"until\":1764000000}\n",
        ),
        (
            1_764_000_000_125_000_000,
            "{\"nudges\":2,\"until\":1764000000.125}\n",
        ),
        (
            1_764_000_000_125_987_654,
            "{\"nudges\":2,\"until\":1764000000.125}\n",
        ),
    ] {
        let until = Timestamp::from_nanosecond(nanoseconds).unwrap();
        let hold = HoldFile { until, probes: 2 };
        let written = write_hold(&rig.fleet, rig.session(), Some(hold)).unwrap();
        assert_eq!(rig.read("logs/state/limited-p-builder.json"), expected);
        let read = read_hold(&rig.fleet, rig.session()).value;
        assert_eq!(read, written, "an edit by hand differs from it");
        let off = read.unwrap().until.duration_since(until).unsigned_abs();
        assert!(off < Duration::from_millis(1), "{off:?}");
    }
    for _ in 0..2 {
        assert_eq!(write_hold(&rig.fleet, rig.session(), None), Ok(None));
        assert_eq!(read_hold(&rig.fleet, rig.session()).value, None);
    }
}

#[test]
fn every_place_that_counts_is_watched() {
    let rig = Rig::new();
    let root = rig.fleet.project_dir.clone();
    let watched = to_watch(&rig.fleet, Some(1));
    let names = watched.iter().map(|(path, what)| {
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap();
        (path.to_owned(), what.clone())
    });
    let hold = |name: &str| Watched::Hold(AgentName::new(name).unwrap());
    let expected = [
        ("logs/state/phase-idx", Watched::Sequence),
        ("logs/SEQUENCE-COMPLETE", Watched::Sequence),
        ("repo/machine-docs/STATUS-2.md", Watched::Sequence),
        ("repo/STATUS-2.md", Watched::Sequence),
        ("logs/state/limited-p-builder.json", hold("builder")),
        ("logs/state/limited-p-adversary.json", hold("adversary")),
    ];
    let expected = expected.map(|(path, what)| (path.to_owned(), what));
    assert_eq!(names.collect::<Vec<_>>(), expected);
    assert_eq!(to_watch(&rig.fleet, None).len(), 4);
    assert_eq!(
        to_watch(&rig.fleet, Some(2)).len(),
        4,
        "there is no such phase"
    );
}

#[tokio::test]
async fn an_edit_by_hand_is_pushed() {
    let rig = Rig::new();
    let files = to_watch(&rig.fleet, Some(0));
    let mut watch = FileWatch::new(files.iter().map(|(path, _)| path.clone()));
    for path in [
        "repo/STATUS-1.md",
        "logs/state/phase-idx",
        "logs/state/limited-p-builder.json",
    ] {
        rig.write(path, "1");
        let changed = tokio::time::timeout(Duration::from_secs(60), watch.changed()).await;
        let changed = changed.expect("it is seen");
        assert!(changed[0].ends_with(path), "{changed:?}");
        assert!(files.iter().any(|(watched, _)| *watched == changed[0]));
    }
}

proptest! {
    #[test]
    fn any_text_is_a_hold_or_none(text in "(\\PC{0,40})|(\\{\"until\": ?[0-9eE.+-]{1,12}, ?\"nudges\": ?[0-9eE.-]{1,6}\\})") {
        let _ = parse_hold(&text);
    }

    #[test]
    fn an_index_that_is_written_is_read_again(number in any::<i64>()) {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("index");
        let mut warnings = Vec::new();
        std::fs::write(&path, format!("{number}\n")).unwrap();
        prop_assert_eq!(index(&path, &mut warnings), Some(number));
        prop_assert!(warnings.is_empty());
    }
}
