use super::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wanted {
    agents: Vec<String>,
    restarts: u64,
}

fn wanted() -> Wanted {
    Wanted {
        agents: vec!["a".into(), "b\n".into()],
        restarts: u64::MAX,
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(&tmp.path().join("state")).unwrap();
    (tmp, store)
}

fn names(store: &Store) -> Vec<String> {
    let mut names: Vec<String> = store.entries().map(|(name, _)| name).collect();
    names.sort();
    names
}

#[test]
fn what_is_saved_is_loaded_with_its_version_beside_it() {
    let (_tmp, store) = store();
    assert!(store.load::<Wanted>("w.json").unwrap().value.is_none());
    store.save("w.json", &wanted()).unwrap();
    store.save("w.json", &wanted()).unwrap();
    let loaded = store.load::<Wanted>("w.json").unwrap();
    assert_eq!(loaded.value, Some(wanted()));
    assert!(loaded.damage.is_none());
    let text = store.load_bytes("w.json").unwrap().unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&text).unwrap()["version"],
        1
    );
    assert_eq!(names(&store), ["w.json"]);
}

#[test]
fn a_damaged_file_is_set_aside_and_never_reset() {
    let (_tmp, store) = store();
    let future = br#"{"version":2,"agents":[],"restarts":0}"#;
    let no_version = br#"{"agents":[],"restarts":0}"#;
    let cut = br#"{"version":1,"agents":["#;
    let cases: [&[u8]; 7] = [b"", b"[]", b"null", b"\xff", future, no_version, cut];
    for bytes in cases {
        std::fs::write(store.dir().join("w"), bytes).unwrap();
        let loaded = store.load::<Wanted>("w").unwrap();
        assert_eq!(loaded.value, None);
        let damage = loaded.damage.expect("it is reported");
        let aside = damage.set_aside.as_ref().expect("it is set aside");
        assert_eq!(std::fs::read(aside).unwrap(), bytes, "{damage}");
        assert!(!damage.path.exists());
    }
    assert_eq!(names(&store).len(), 5, "only the newest five are kept");
    assert!(store.load::<Wanted>("w").unwrap().damage.is_none());
}

#[test]
fn a_link_or_a_fifo_is_set_aside_and_not_followed() {
    let (tmp, store) = store();
    let target = tmp.path().join("target");
    std::fs::write(&target, r#"{"version":1,"agents":[],"restarts":0}"#).unwrap();
    std::os::unix::fs::symlink(&target, store.dir().join("w")).unwrap();
    assert!(store.load_bytes("w").is_err());
    assert!(
        store
            .load::<Wanted>("w")
            .unwrap()
            .damage
            .unwrap()
            .set_aside
            .is_some()
    );
    std::os::unix::fs::symlink(&target, store.dir().join("w")).unwrap();
    store.save("w", &wanted()).unwrap();
    assert_eq!(store.load::<Wanted>("w").unwrap().value, Some(wanted()));
    assert!(
        std::fs::read_to_string(&target)
            .unwrap()
            .contains(r#""restarts":0"#)
    );
    let fifo = store.dir().join("fifo");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    assert!(store.load::<Wanted>("fifo").unwrap().damage.is_some());
}

#[test]
fn who_only_reads_leaves_everything_as_it_is() {
    let (tmp, store) = store();
    std::fs::write(store.dir().join("w"), "{").unwrap();
    let reader = Store::read_only(store.dir());
    let damage = reader.load::<Wanted>("w").unwrap().damage.unwrap();
    assert!(damage.set_aside.is_none());
    assert!(reader.save("w", &wanted()).is_err());
    assert_eq!(names(&store), ["w"]);
    let none = Store::read_only(&tmp.path().join("none"));
    assert!(none.load::<Wanted>("w").unwrap().value.is_none());
    assert!(!tmp.path().join("none").exists());
}

#[test]
fn what_a_crash_left_half_written_is_cleared_away_but_not_what_others_write_now() {
    let (_tmp, store) = store();
    let dead = format!(".w.{}-0{TEMPORARY}", i32::MAX);
    let own = format!(".w.{}-0{TEMPORARY}", Pid::own());
    std::fs::write(store.dir().join(&dead), "{").unwrap();
    std::fs::write(store.dir().join(&own), "{").unwrap();
    std::fs::write(store.dir().join(".keep"), "").unwrap();
    let store = Store::open(store.dir()).unwrap();
    assert_eq!(names(&store), [".keep".to_owned(), own]);
}

#[test]
fn a_name_cannot_lead_out_of_the_directory() {
    let (_tmp, store) = store();
    for name in [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/x",
        ".hidden",
        "a\0b",
        &"x".repeat(201),
    ] {
        assert!(store.save_bytes(name, b"").is_err(), "{name:?}");
        assert!(store.load_bytes(name).is_err(), "{name:?}");
        assert!(store.remove(name).is_err(), "{name:?}");
    }
    store.save_bytes("phase-idx", b"3\n").unwrap();
    assert_eq!(
        store.load_bytes("phase-idx").unwrap().as_deref(),
        Some(&b"3\n"[..])
    );
    store.remove("phase-idx").unwrap();
    store.remove("phase-idx").unwrap();
    assert_eq!(store.load_bytes("phase-idx").unwrap(), None);
}

#[test]
fn state_that_is_too_large_is_refused_and_the_old_one_stays() {
    let (_tmp, store) = store();
    store.save_bytes("w", b"old").unwrap();
    let large = vec![b' '; FILE_MAX as usize + 1];
    assert!(store.save_bytes("w", &large).is_err());
    assert_eq!(store.load_bytes("w").unwrap().as_deref(), Some(&b"old"[..]));
    std::fs::write(store.dir().join("w"), &large).unwrap();
    assert!(store.load::<Wanted>("w").unwrap().damage.is_some());
}

#[test]
fn when_the_disk_is_full_the_old_state_stays_and_the_error_is_told() {
    let (_tmp, store) = store();
    store.save_bytes("w", b"old").unwrap();
    // A directory in the way fails the rename as late as a full disk fails the write.
    std::fs::create_dir_all(store.dir().join("full/x")).unwrap();
    assert!(store.save_bytes("full", b"new").is_err());
    assert!(
        store.save("w", &[1, 2]).is_err(),
        "no object, so no version could be added"
    );
    assert_eq!(store.load_bytes("w").unwrap().as_deref(), Some(&b"old"[..]));
    assert_eq!(names(&store), ["full", "w"], "nothing half-written is left");
}
