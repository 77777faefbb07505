//! A config on disk.

use std::fs;
use std::os::unix::fs::symlink;

use super::super::fleet::load;
use super::*;

#[test]
fn paths_are_relative_to_where_the_config_really_is() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    fs::create_dir(root.join("project")).unwrap();
    fs::create_dir(root.join("elsewhere")).unwrap();
    fs::write(root.join("project/agents.toml"), BASICS).unwrap();
    let link = root.join("elsewhere/agents.toml");
    symlink(root.join("project/agents.toml"), &link).unwrap();
    let fleet = load(&link, &Overrides::default()).fleet.unwrap();
    assert_eq!(fleet.path, root.join("project/agents.toml"));
    assert_eq!(fleet.project_dir, root.join("project"));
    assert_eq!(fleet.state_dir, root.join("project/logs/state"));
}

#[test]
fn a_load_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("agents.toml");
    fs::write(&path, BASICS).unwrap();
    assert!(!load(&path, &Overrides::default()).has_errors());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_mistake_is_told_with_the_path_as_it_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("./agents.toml");
    fs::write(&path, "x =").unwrap();
    let loaded = load(&path, &Overrides::default());
    assert!(loaded.fleet.is_none() && loaded.has_errors());
    assert_eq!(loaded.diagnostics[0].path, path);
    let missing = load(&dir.path().join("none.toml"), &Overrides::default());
    assert_eq!(missing.diagnostics[0].reach, Reach::Whole);
}

#[test]
fn a_directory_that_could_not_be_typed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("a\nb");
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("agents.toml"), BASICS).unwrap();
    let loaded = load(&odd.join("agents.toml"), &Overrides::default());
    assert!(loaded.fleet.is_none());
    assert!(loaded.diagnostics[0].message.contains("control character"));
}

#[test]
fn a_config_larger_than_any_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("agents.toml");
    fs::File::create(&path).unwrap().set_len(17 << 20).unwrap();
    let loaded = load(&path, &Overrides::default());
    assert!(
        loaded.diagnostics[0].message.contains("larger than"),
        "{:?}",
        brief(&loaded)
    );
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("agents.toml");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let loaded = load(&path, &Overrides::default());
    assert!(
        loaded.diagnostics[0].message.contains("pipe"),
        "{:?}",
        brief(&loaded)
    );
}
