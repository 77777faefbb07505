use std::fs;
use std::path::PathBuf;

use super::*;

const SMALL: Options = Options {
    rotate_at: 0,
    keep: 2,
};

fn setup(options: Options) -> (tempfile::TempDir, PathBuf, LogWriter) {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("a.log");
    (tmp, path, LogWriter::start(options).unwrap())
}

fn text(path: &PathBuf) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

#[test]
fn what_is_written_is_appended_to_what_is_there() {
    let (_tmp, path, writer) = setup(Options::default());
    fs::write(&path, "before\n").unwrap();
    let mut log = writer.tap().open(path.clone());
    log.write(b"\x1b[31mred\xff");
    log.text("row one\nrow two");
    log.gap("the watchdog was down");
    writer.flush();
    let expected = b"before\n\x1b[31mred\xffrow one\r\nrow two\r\n\r\n[ao: a gap here: the watchdog was down]\r\n";
    assert_eq!(fs::read(&path).unwrap(), expected);
}

#[test]
fn a_log_that_is_empty_makes_no_file() {
    let (_tmp, path, writer) = setup(Options::default());
    let mut log = writer.tap().open(path.clone());
    log.write(b"");
    writer.flush();
    assert!(!path.exists());
}

#[test]
fn all_that_was_written_is_there_when_the_writer_ends() {
    let (_tmp, path, writer) = setup(Options::default());
    let mut log = writer.tap().open(path.clone());
    log.write(b"last words");
    drop(log);
    drop(writer);
    assert_eq!(text(&path), "last words");
}

#[test]
fn many_panes_in_a_hurry_stay_in_order_and_nothing_is_lost() {
    let (tmp, _path, writer) = setup(Options {
        rotate_at: u64::MAX,
        keep: 1,
    });
    let tap = writer.tap();
    std::thread::scope(|scope| {
        for pane in 0..8 {
            let mut log = tap.open(tmp.path().join(format!("{pane}.log")));
            scope.spawn(move || {
                for line in 0..20_000 {
                    log.write(format!("{line}\n").as_bytes());
                }
            });
        }
    });
    writer.flush();
    let expected: String = (0..20_000).map(|line| format!("{line}\n")).collect();
    for pane in 0..8 {
        let path = tmp.path().join(format!("{pane}.log"));
        assert!(text(&path) == expected, "pane {pane}");
    }
}

#[test]
fn a_pane_that_floods_loses_its_own_bytes_and_the_log_says_how_many() {
    let (tmp, path, writer) = setup(Options {
        rotate_at: u64::MAX,
        keep: 1,
    });
    let mut log = writer.tap().open(path.clone());
    let mut other = writer.tap().open(tmp.path().join("other.log"));
    let flood = vec![b'x'; 4 * PANE_MAX];
    log.write(&flood);
    other.write(b"heard");
    writer.flush();
    log.write(b"after");
    writer.flush();
    let lost = format!(
        "{} bytes came faster than they were written]\r\nafter",
        flood.len()
    );
    assert!(text(&path).ends_with(&lost), "{}", text(&path));
    assert_eq!(text(&tmp.path().join("other.log")), "heard");
    assert_eq!(writer.tap.shared.total.load(Ordering::Relaxed), 0);
}

#[test]
fn a_log_is_rotated_by_size_and_the_oldest_goes() {
    let (tmp, path, writer) = setup(SMALL);
    let mut log = writer.tap().open(path.clone());
    for letter in [b'a', b'b', b'c', b'd'] {
        log.write(&vec![letter; 40 << 10]);
        writer.flush();
    }
    let first = |name: &str| fs::read(tmp.path().join(name)).unwrap()[0];
    assert_eq!(
        [first("a.log"), first("a.log.1"), first("a.log.2")],
        [b'd', b'c', b'b']
    );
    assert!(!tmp.path().join("a.log.3").exists());
}

#[test]
fn a_linked_log_stays_a_link_when_it_is_rotated() {
    let (tmp, path, writer) = setup(SMALL);
    fs::create_dir(tmp.path().join("big")).unwrap();
    std::os::unix::fs::symlink("big/real.log", &path).unwrap();
    let mut log = writer.tap().open(path.clone());
    for letter in [b'a', b'b'] {
        log.write(&vec![letter; 40 << 10]);
        writer.flush();
    }
    assert!(path.is_symlink());
    assert_eq!(fs::read(&path).unwrap()[0], b'b');
    assert_eq!(
        fs::read(tmp.path().join("big/real.log.1")).unwrap()[0],
        b'a'
    );
}

#[test]
fn a_log_that_cannot_be_written_drops_what_comes_and_tells_when_it_can_again() {
    let rotation = Rotation {
        at: u64::MAX,
        keep: 1,
    };
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("dir/a.log");
    let mut log = writer::Log::new(path.clone(), rotation);
    let start = std::time::Instant::now();
    log.write(b"lost", start);
    fs::create_dir(tmp.path().join("dir")).unwrap();
    log.write(b"too", start);
    assert!(!path.exists(), "it is left alone for a while");
    log.write(b"back", start + Duration::from_secs(2));
    assert_eq!(
        text(&path),
        "\r\n[ao: a gap here: 7 bytes could not be written]\r\nback"
    );
    log.write(b".", start + Duration::from_secs(2));
    assert!(text(&path).ends_with("back."));
}

#[test]
fn a_log_that_a_person_moves_away_is_made_again() {
    let rotation = Rotation {
        at: u64::MAX,
        keep: 1,
    };
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("a.log");
    let mut log = file::LogFile::new(path.clone(), rotation);
    let start = std::time::Instant::now();
    log.append(b"one", start).unwrap();
    fs::rename(&path, tmp.path().join("kept")).unwrap();
    log.append(b"two", start + Duration::from_secs(2)).unwrap();
    assert_eq!(text(&path), "two");
    fs::remove_file(&path).unwrap();
    log.append(b"three", start + Duration::from_secs(4))
        .unwrap();
    assert_eq!(text(&path), "three");
    assert_eq!(text(&tmp.path().join("kept")), "one");
}

#[test]
fn a_log_that_is_a_fifo_or_a_device_is_refused() {
    let rotation = Rotation {
        at: u64::MAX,
        keep: 1,
    };
    let tmp = tempfile::tempdir().unwrap();
    let fifo = tmp.path().join("a.log");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    for path in [fifo, PathBuf::from("/dev/null")] {
        let mut log = file::LogFile::new(path.clone(), rotation);
        assert!(
            log.append(b"x", std::time::Instant::now()).is_err(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn of_a_history_that_is_too_long_the_newest_rows_are_written() {
    let (_tmp, path, writer) = setup(Options {
        rotate_at: u64::MAX,
        keep: 1,
    });
    let mut log = writer.tap().open(path.clone());
    let rows = "an older row, \u{4e16}\u{4e16}\n".repeat(100_000) + "the newest row";
    log.text(&rows);
    writer.flush();
    let text = text(&path);
    assert!(text.starts_with("\r\n[ao: a gap here: "), "{}", &text[..80]);
    assert!(text.ends_with("the newest row\r\n"));
}
