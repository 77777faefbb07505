//! Statements about the ids of conversations. The numbers are those of the predecessor's behaviours.

use std::collections::HashSet;

use tempfile::TempDir;

use super::super::prepare::{Prepared, prepare};
use super::*;
use crate::config::{Overrides, load};
use crate::supervise::UnitName;

/// A fleet of one agent whose program takes ids of ours.
struct Rig {
    _dir: TempDir,
    fleet: Fleet,
}

impl Rig {
    fn new() -> Self {
        Self::with("session_id_flag = \"--session-id '{id}'\"")
    }

    fn with(backend: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("agents.toml");
        let config = format!(
            "[defaults]\nsession_prefix = \"p-\"\nlog_dir = \"logs\"\n\
             [backend.b]\nbin = \"prog\"\nsupports_resume = true\n{backend}\n\
             [[agent]]\nname = \"a/b\"\nbackend = \"b\"\nresume = true\nprompt = \"hi\"\n\
             [[agent]]\nname = \"plain\"\nbackend = \"b\"\n"
        );
        std::fs::write(&path, config).unwrap();
        let fleet = load(&path, &Overrides::default()).fleet.unwrap();
        assert!(fleet.broken.is_empty());
        std::fs::create_dir_all(&fleet.state_dir).unwrap();
        Self { _dir: dir, fleet }
    }

    fn start(&self, fresh: bool) -> Prepared {
        let unit = UnitName::new("a/b");
        prepare(
            &self.fleet,
            &unit,
            "/bin/sh",
            "hash".into(),
            None,
            fresh,
            "/opt/ao".as_ref(),
        )
        .unwrap()
    }

    fn file(&self) -> PathBuf {
        self.fleet
            .resume_file(&self.fleet.agent("a/b").unwrap().name)
    }

    fn id(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.file()).ok()?;
        Some(text.trim().to_owned())
    }
}

fn line(prepared: &Prepared) -> &str {
    prepared.start.argv.last().unwrap().to_str().unwrap()
}

#[test]
fn a_new_conversation_has_an_id_on_disk_and_a_restart_takes_it_up() {
    let rig = Rig::new();
    let first = rig.start(false);
    let id = rig.id().expect("it is written down");
    assert!(
        line(&first).starts_with(&format!("prog --session-id '{id}' ")),
        "{}",
        line(&first)
    );
    assert!(!first.resumed && first.warnings.is_empty());
    for _ in 0..2 {
        let again = rig.start(false);
        assert!(
            line(&again).starts_with(&format!("prog --resume '{id}' ")),
            "{}",
            line(&again)
        );
        assert!(again.resumed && again.warnings.is_empty());
        assert_eq!(rig.id().as_ref(), Some(&id));
    }
}

#[test]
fn an_id_that_failed_is_set_aside_and_told_and_a_fresh_conversation_begins() {
    let rig = Rig::new();
    std::fs::write(rig.file(), "old-id\n").unwrap();
    let fresh = rig.start(true);
    let id = rig.id().unwrap();
    assert!(id != "old-id" && line(&fresh).contains(&format!("--session-id '{id}'")));
    assert!(!fresh.resumed);
    assert!(matches!(fresh.warnings.as_slice(), [told] if told.contains("b.id.failed")));
    assert_eq!(
        std::fs::read_to_string(failed(&rig.file())).unwrap(),
        "old-id\n"
    );
    std::fs::remove_file(rig.file()).unwrap();
    let none = rig.start(true);
    assert!(none.warnings.is_empty() && line(&none).contains("--session-id"));
}

#[test]
fn s057_a_program_that_takes_no_ids_is_given_none() {
    let rig = Rig::with("");
    let start = rig.start(false);
    assert_eq!(
        (rig.id(), line(&start).contains("--session-id")),
        (None, false)
    );
    std::fs::write(rig.file(), " old-id \n").unwrap();
    let resumed = rig.start(false);
    assert!(resumed.resumed && line(&resumed).contains("--resume 'old-id'"));
    let fresh = rig.start(true);
    assert!(!fresh.resumed && !line(&fresh).contains("old-id"));
    assert_eq!(rig.id(), None);
}

#[test]
fn s057_an_agent_that_does_not_resume_has_no_id() {
    let rig = Rig::new();
    let agent = rig.fleet.agent("plain").unwrap();
    let file = rig.fleet.resume_file(&agent.name);
    for fresh in [false, true] {
        assert_eq!(of(&rig.fleet, agent, fresh).value, Conversation::Unnamed);
        assert!(!file.exists());
    }
    std::fs::write(&file, "kept").unwrap();
    assert_eq!(of(&rig.fleet, agent, true).value, Conversation::Unnamed);
    assert!(file.exists());
}

#[test]
fn what_is_no_id_is_left_for_its_author_and_told() {
    let rig = Rig::new();
    for text in ["$(x)", "two words", &"x".repeat(5000)] {
        std::fs::write(rig.file(), text).unwrap();
        let start = rig.start(false);
        assert!(
            !start.resumed && line(&start).starts_with("prog \""),
            "{}",
            line(&start)
        );
        assert_eq!(start.warnings.len(), 1);
        assert_eq!(std::fs::read_to_string(rig.file()).unwrap(), text);
    }
    std::fs::write(rig.file(), " \n").unwrap();
    assert!(
        line(&rig.start(false)).contains("--session-id"),
        "a blank file is none"
    );
}

#[test]
fn an_id_that_cannot_be_written_stops_no_start() {
    let rig = Rig::new();
    std::fs::create_dir(rig.file()).unwrap();
    let agent = rig.fleet.agent("a/b").unwrap();
    let read = of(&rig.fleet, agent, false);
    assert_eq!(
        (read.value, read.warnings.len()),
        (Conversation::Unnamed, 1)
    );
    let mut warnings = Vec::new();
    assert_eq!(begin(&rig.file(), &mut warnings), Conversation::Unnamed);
    assert!(warnings[0].contains("cannot be written"), "{warnings:?}");
}

#[test]
fn ids_are_uuids_of_version_4_and_never_the_same() {
    assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    let ids = (0..100).map(|_| random_id().unwrap().as_str().to_owned());
    assert_eq!(ids.collect::<HashSet<_>>().len(), 100);
}
