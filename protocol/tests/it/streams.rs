//! Recordings of real servers, and one that is made anew.
//!
//! `tests/streams/RELEASE.control` is what a client of that release read in the scenario below.
//! To record it anew: `TMUX_CONTROL_TMUX=/path/of/tmux TMUX_CONTROL_RECORD=/path/of/file cargo
//! test -p tmux-control --test it a_running_server`. `3.3a.control-control` was read from a
//! terminal under `tmux -CC`. What ends in `early` comes from releases that this crate reads but
//! does not command, in much the same scenario.

use std::{collections::BTreeSet, fs, path::Path};

use tmux_control::{Limits, Mode, OwnedEvent, event::Event, notification::Notification};

use crate::{
    checks::events,
    server::{Server, named},
};

/// What every release must have sent in the scenario.
const EXPECTED: [&str; 18] = [
    "client-detached",
    "client-session-changed",
    "continue",
    "exit",
    "extended-output",
    "layout-change",
    "output",
    "pane-mode-changed",
    "session-changed",
    "session-renamed",
    "session-window-changed",
    "sessions-changed",
    "subscription-changed",
    "unlinked-window-add",
    "unlinked-window-renamed",
    "window-add",
    "window-pane-changed",
    "window-renamed",
];

fn recordings(extension: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("the recordings")
        .map(|entry| entry.expect("a recording").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            (
                path.display().to_string(),
                fs::read(&path).expect("a recording"),
            )
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn names(events: &[OwnedEvent]) -> BTreeSet<&'static str> {
    let inside = events.iter().flat_map(|event| match event {
        Event::Reply(reply) => reply.notifications().map(|note| note.name()).collect(),
        Event::Notification(note) => vec![note.name()],
        _ => Vec::new(),
    });
    inside.collect()
}

/// The bytes that these events came from.
fn written(events: &[OwnedEvent]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        match event {
            Event::Notification(notification) => notification.encode(&mut out),
            Event::Reply(reply) => reply.encode(&mut out),
            Event::EndOfStream { open_block: false } => {}
            other => panic!("{other:?}"),
        }
    }
    out
}

fn holds(stream: &[u8]) {
    let whole = events(Mode::Control, Limits::default(), [stream]);
    assert_eq!(
        String::from_utf8_lossy(&written(&whole)),
        String::from_utf8_lossy(stream)
    );
    let missing: Vec<_> = EXPECTED
        .iter()
        .filter(|name| !names(&whole).contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Which of the two comes for a window of one's own session differs.
    let closed = |name: &&str| name.ends_with("window-close");
    assert!(names(&whole).iter().any(closed));
}

#[test]
fn what_is_read_from_a_recording_and_written_again_is_the_recording() {
    for (path, stream) in recordings("control") {
        println!("{path}");
        holds(&stream);
    }
}

#[test]
fn early_releases_are_read_too() {
    for (path, stream) in recordings("early") {
        let mut read = events(Mode::Control, Limits::default(), [stream.as_slice()]);
        if path.ends_with("1.8.early") {
            // Its blocks have no flags, so they are none; all else is what it is today.
            let block = |event: &OwnedEvent| matches!(event, Event::Malformed(_) | Event::Stray(_));
            assert!(read.iter().any(block));
            read.retain(|event| !block(event));
            let notes = stream
                .split_inclusive(|&byte| byte == b'\n')
                .filter(|line| {
                    let guards: [&[u8]; 3] = [b"%begin ", b"%end ", b"%error "];
                    line.starts_with(b"%") && !guards.iter().any(|guard| line.starts_with(guard))
                });
            assert_eq!(written(&read), notes.collect::<Vec<_>>().concat(), "{path}");
        } else {
            assert_eq!(written(&read), stream, "{path}");
        }
    }
}

#[test]
fn a_recording_cut_at_any_byte_gives_the_same_events() {
    let control = recordings("control")
        .into_iter()
        .map(|(path, stream)| (Mode::Control, path, stream));
    let other = recordings("control-control").into_iter();
    let other = other.map(|(path, stream)| (Mode::ControlControl, path, stream));
    for (mode, path, stream) in control.chain(other) {
        println!("{path}");
        let whole = events(mode, Limits::default(), [stream.as_slice()]);
        for cut in 0..=stream.len() {
            let (first, second) = stream.split_at(cut);
            assert_eq!(
                events(mode, Limits::default(), [first, second]),
                whole,
                "cut at {cut}"
            );
        }
        assert_eq!(events(mode, Limits::default(), stream.chunks(1)), whole);
    }
}

#[test]
fn a_recording_of_a_terminal_stands_between_its_marks() {
    for (path, stream) in recordings("control-control") {
        let events = events(Mode::ControlControl, Limits::default(), [stream.as_slice()]);
        let [
            Event::DcsOpen,
            middle @ ..,
            exit,
            Event::DcsClose,
            Event::EndOfStream { open_block: false },
        ] = &events[..]
        else {
            panic!("{path}: {events:?}");
        };
        assert_eq!(
            *exit,
            Event::Notification(Notification::Exit { reason: None })
        );
        assert!(
            middle
                .iter()
                .all(|event| matches!(event, Event::Notification(_) | Event::Reply(_)))
        );
        let mut again = [b"\x1bP1000p".to_vec(), written(middle), b"%exit\n".to_vec()].concat();
        again = String::from_utf8(again)
            .expect("a plain recording")
            .replace('\n', "\r\n")
            .into_bytes();
        again.extend_from_slice(b"\x1b\\");
        assert_eq!(
            String::from_utf8_lossy(&again),
            String::from_utf8_lossy(&stream)
        );
    }
}

#[test]
fn what_a_running_server_sends_is_read_and_written_again_as_it_came() {
    let mut server = Server::start("printf '\\033[1mbold\\\\\\033[0m\\377\\n'; exec cat");
    server.event("output", named("output"));
    for (line, blocks) in [
        ("rename-session -- 'it''s #S'", 1),
        (
            "new-session -d -s other -n away 'exec cat' ; rename-window -t other: -- 'far away'",
            2,
        ),
        (
            "new-window -d -n second 'exec cat' ; select-window -t :second",
            2,
        ),
        (
            "split-window -d 'exec cat' ; select-pane -t :.+ ; rename-window -- 'a b'",
            3,
        ),
        ("copy-mode ; send-keys -X cancel", 2),
        ("has-session -t =none:", 1),
        ("set-buffer -b kept -- 'x' ; delete-buffer -b kept", 2),
        (
            "refresh-client -B 'a b:%*:#{pane_id} : #{window_name}' ; refresh-client -B 'top::#{session_name}'",
            2,
        ),
    ] {
        server.write(format!("{line}\n").as_bytes(), blocks);
    }
    server.event("subscription-changed", named("subscription-changed"));
    server.write(
        b"refresh-client -f pause-after=5 ; send-keys -l -- 'typed\\'\n",
        2,
    );
    server.event("extended-output", named("extended-output"));
    server.write(
        b"refresh-client -A '%0:pause' ; refresh-client -A '%0:continue'\n",
        2,
    );
    server.visit("=other:");
    server.write(b"kill-window -t ':a b'\n", 1);
    server.event(
        "a window's end",
        |event| matches!(event, Event::Notification(note) if note.name().ends_with("window-close")),
    );
    server.write(b"switch-client -t =other:\n", 1);
    let switched = |event: &&OwnedEvent| named("session-changed")(event);
    server.until("session-changed", |server| {
        server.events.iter().filter(switched).count() >= 2
    });
    let stream = server.leave();
    if let Some(path) = std::env::var_os("TMUX_CONTROL_RECORD") {
        fs::write(path, &stream).expect("a file");
    }
    let read = events(Mode::Control, Limits::default(), [stream.as_slice()]);
    assert_eq!(
        String::from_utf8_lossy(&written(&read)),
        String::from_utf8_lossy(&stream)
    );
}
