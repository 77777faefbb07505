use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::FileWatch;

const DEADLINE: Duration = Duration::from_secs(20);

async fn next(watch: &mut FileWatch) -> Vec<PathBuf> {
    tokio::time::timeout(DEADLINE, watch.changed())
        .await
        .expect("the change is noticed")
}

fn dir() -> (tempfile::TempDir, PathBuf) {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().to_path_buf();
    (tmp, path)
}

fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, path).unwrap();
}

#[tokio::test]
async fn a_file_that_an_editor_renames_over_is_a_change_each_time() {
    let (_tmp, dir) = dir();
    let file = dir.join("agents.toml");
    fs::write(&file, "1").unwrap();
    let mut watch = FileWatch::new([file.clone()]);
    for text in ["2", "3", "4"] {
        replace(&file, text);
        assert_eq!(next(&mut watch).await, [file.as_path()]);
    }
}

#[tokio::test]
async fn a_file_is_noticed_when_written_in_place_removed_and_made_again() {
    let (_tmp, dir) = dir();
    let file = dir.join("f");
    fs::write(&file, "1").unwrap();
    let mut watch = FileWatch::new([file.clone()]);
    fs::write(&file, "22").unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
    fs::remove_file(&file).unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
    fs::write(&file, "1").unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
}

#[tokio::test]
async fn a_directory_that_is_made_later_removed_and_made_again_is_followed() {
    let (_tmp, dir) = dir();
    let file = dir.join("a/b/f");
    let mut watch = FileWatch::new([file.clone()]);
    for round in 0..3 {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "x").unwrap();
        assert_eq!(
            next(&mut watch).await,
            [file.as_path()],
            "made, round {round}"
        );
        fs::remove_dir_all(dir.join("a")).unwrap();
        assert_eq!(
            next(&mut watch).await,
            [file.as_path()],
            "removed, round {round}"
        );
    }
}

#[tokio::test]
async fn a_directory_that_is_moved_away_takes_its_file_along() {
    let (_tmp, dir) = dir();
    let file = dir.join("a/f");
    fs::create_dir(dir.join("a")).unwrap();
    fs::write(&file, "x").unwrap();
    let mut watch = FileWatch::new([file.clone()]);
    fs::rename(dir.join("a"), dir.join("b")).unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
    fs::create_dir(dir.join("a")).unwrap();
    fs::write(&file, "y").unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
}

#[tokio::test]
async fn the_target_of_a_link_is_watched_and_so_is_the_link() {
    let (_tmp, dir) = dir();
    fs::create_dir(dir.join("dotfiles")).unwrap();
    fs::write(dir.join("dotfiles/one"), "1").unwrap();
    fs::write(dir.join("dotfiles/two"), "2").unwrap();
    let file = dir.join("agents.toml");
    symlink("dotfiles/one", &file).unwrap();
    let mut watch = FileWatch::new([file.clone()]);
    replace(&dir.join("dotfiles/one"), "11");
    assert_eq!(next(&mut watch).await, [file.as_path()]);
    fs::remove_file(&file).unwrap();
    symlink("dotfiles/two", &file).unwrap();
    assert_eq!(next(&mut watch).await, [file.as_path()]);
    replace(&dir.join("dotfiles/two"), "22");
    assert_eq!(next(&mut watch).await, [file.as_path()]);
}

#[tokio::test]
async fn only_the_files_that_changed_are_named() {
    let (_tmp, dir) = dir();
    let (one, two) = (dir.join("one"), dir.join("two"));
    let mut watch = FileWatch::new([one.clone(), two.clone()]);
    fs::write(dir.join("other"), "x").unwrap();
    fs::write(&two, "x").unwrap();
    assert_eq!(next(&mut watch).await, [two.as_path()]);
    watch.set([one.clone()]);
    fs::write(&two, "y").unwrap();
    fs::write(&one, "y").unwrap();
    assert_eq!(next(&mut watch).await, [one]);
}

#[tokio::test]
async fn a_wait_that_is_dropped_loses_no_change() {
    let (_tmp, dir) = dir();
    let file = dir.join("f");
    let mut watch = FileWatch::new([file.clone()]);
    for text in ["1", "22", "333"] {
        tokio::select! {
            biased;
            changed = watch.changed() => panic!("nothing was written: {changed:?}"),
            () = std::future::ready(()) => {}
        }
        fs::write(&file, text).unwrap();
        assert_eq!(next(&mut watch).await, [file.as_path()]);
    }
}

#[tokio::test]
async fn what_changed_is_told_once_also_to_who_does_not_wait() {
    let (_tmp, dir) = dir();
    let file = dir.join("f");
    let mut watch = FileWatch::new([file.clone()]);
    assert!(watch.check().is_empty());
    fs::write(&file, "1").unwrap();
    assert_eq!(watch.check(), [file.as_path()]);
    replace(&file, "22");
    assert_eq!(next(&mut watch).await, [file]);
}
