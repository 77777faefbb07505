//! `ao screen --size`: the screen of a stream, with neither a config nor tmux.

use std::io::Write as _;
use std::process::Stdio;

use crate::fleet_rig::{Fleet, Run, run};

/// `ao screen` of `bytes`, from a file.
fn screen(arguments: &[&str], bytes: &[u8]) -> Run {
    let fleet = Fleet::empty();
    std::fs::write(fleet.path("stream"), bytes).expect("a file");
    let mut all = vec!["screen"];
    all.extend(arguments);
    all.push("stream");
    run(fleet.ao_command(&all))
}

#[test]
fn all_rows_are_printed_with_their_trailing_blanks_cut() {
    let run = screen(&["--size", "10x3"], b"one  \r\n\x1b[31mtwo\x1b[m\x1b[5D");
    assert_eq!(
        (run.code, run.out.as_str(), run.err.as_str()),
        (0, "one\ntwo\n\n", "")
    );
}

#[test]
fn the_document_has_the_size_the_cursor_the_title_and_every_line() {
    let run = screen(
        &["--size", "5x2", "--json"],
        b"\x1b]2;name\x07\x1b[?1049habcde",
    );
    let document: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let wanted = serde_json::json!({
        "cols": 5, "rows": 2, "cursor": [5, 0], "alternate": true, "title": "name",
        "lines": ["abcde", ""],
    });
    assert_eq!(document, wanted, "{run:?}");
    let untitled = screen(&["--size", "5x2", "--json"], b"");
    assert!(untitled.out.contains("\"title\":\"\""), "{untitled:?}");
}

#[test]
fn a_stream_is_read_from_standard_input_too() {
    let fleet = Fleet::empty();
    let mut command = fleet.ao_command(&["screen", "--size", "80x2", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ao");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all("日本\r\nx".as_bytes()).expect("a reader");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "日本\nx\n");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let missing = Fleet::empty().ao(&["screen", "--size", "80x24", "nowhere"]);
    assert_eq!((missing.code, missing.out.as_str()), (1, ""));
    assert!(
        missing.err.contains("nowhere cannot be read"),
        "{missing:?}"
    );
    for size in ["80", "0x24", "80x20000", "axb"] {
        let wrong = screen(&["--size", size], b"");
        assert_eq!(
            (wrong.code, wrong.out.as_str()),
            (2, ""),
            "{size}: {wrong:?}"
        );
        assert!(wrong.err.contains("80x24"), "{wrong:?}");
    }
    let fleet = Fleet::new("");
    std::fs::write(fleet.path("stream"), b"x").expect("a file");
    let sizeless = fleet.ao(&["screen", "stream"]);
    assert_eq!(sizeless.code, 2);
    assert!(sizeless.err.contains("--size"), "{sizeless:?}");
}
