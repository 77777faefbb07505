//! What a real tmux makes of values and lines; `commands` tries every command type.

mod commands;

use std::{
    fs, os::unix::fs::PermissionsExt, path::Path, process::Command, sync::mpsc::channel, thread,
};

use proptest::{
    prelude::any,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use tmux_control::{
    CommandLine, Format, PaneId, Reply, Session, SessionId, SessionName, Text, command::*,
    event::Event, notification::Notification,
};

use crate::server::{DEADLINE, Server};

const QUIET: &str = "exec sleep 1000";

/// What has a meaning to a shell, to tmux's parser, or in a format.
const ODD: [&str; 22] = [
    "#(touch ran)",
    "#S",
    "%Y-%m-%d",
    "it's",
    "a\"b",
    "semi;colon",
    "#[red]",
    "##[red]",
    "###[x#",
    "#{pane_id}",
    "a#",
    "#",
    "~",
    "-x",
    "--",
    "{a}",
    "a b  c",
    "\u{e4}\u{1f600}",
    "%if",
    "FOO=bar",
    "#{?#{x},#},#,}",
    "@1",
];

fn main_session() -> Session {
    SessionName::new("main").expect("a plain name").into()
}

fn line(command: &impl tmux_control::Command) -> CommandLine {
    CommandLine::new(command).expect("no NUL")
}

fn display(server: &mut Server, format: Format) -> Vec<u8> {
    let target = Some(main_session().into());
    server
        .done(&line(&DisplayMessage { target, format }))
        .first_line()
        .to_vec()
}

/// Reads all that is written into a named pipe at this path.
fn pipe(path: &Path) -> impl FnOnce() -> Vec<u8> + use<> {
    assert!(
        Command::new("mkfifo")
            .arg(path)
            .status()
            .expect("mkfifo")
            .success()
    );
    let (sender, receiver) = channel();
    let path = path.to_owned();
    thread::spawn(move || sender.send(fs::read(path)));
    move || {
        receiver
            .recv_timeout(DEADLINE)
            .expect("somebody writes")
            .expect("a pipe")
    }
}

#[test]
fn every_byte_but_nul_survives_the_trip() {
    let mut server = Server::start(QUIET);
    let mut values: Vec<Vec<u8>> = vec![(1..=255).collect(), (1..=255).rev().collect()];
    values.extend((1..=255).map(|byte| vec![byte]));
    values.extend((1..=255).map(|byte| vec![b'a', byte, byte, b' ', byte, b'#', b'\n', byte]));
    values.extend(ODD.map(|text| text.as_bytes().to_vec()));
    let random = proptest::collection::vec(any::<u8>(), 1..200);
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let value = random.new_tree(&mut runner).expect("bytes").current();
        values.push(
            value
                .into_iter()
                .filter(|&byte| byte != 0)
                .chain([b'.'])
                .collect(),
        );
    }
    let path = server.path().join("saved #S %Y");
    for value in values {
        let name = Some(b"trip".to_vec());
        let set = SetBuffer {
            name: name.clone(),
            data: value.clone(),
            append: false,
        };
        let path_text = Text::from(path.to_str().expect("a plain path"));
        let save = SaveBuffer {
            name,
            path: path_text,
            append: false,
        };
        server.done(&line(&set).then(&save).expect("no NUL"));
        assert_eq!(fs::read(&path).expect("tmux wrote it"), value);
    }
}

#[test]
fn odd_names_and_directories_come_up_as_they_are() {
    let mut server = Server::start(QUIET);
    // tmux 3.2 does not know where a pane started.
    for odd in ODD {
        let dir = server.path().join(format!("d {odd}"));
        fs::create_dir(&dir).expect("a folder");
        let session = NewSession {
            detached: true,
            name: Some(odd.into()),
            window_name: Some(odd.into()),
            dir: Some(dir.to_str().expect("a path").into()),
            print: Some(
                Format::new("#{session_name}\t#{window_name}\t#{?pane_start_path,#{pane_start_path},#{session_path}}")
                    .literal(odd.as_bytes()),
            ),
            program: Program::Shell(QUIET.into()),
            ..NewSession::default()
        };
        let reply = server.done(&line(&session));
        assert_eq!(
            reply.message(),
            format!("{odd}\t{odd}\t{}{odd}", dir.display())
        );
        let found = HasSession {
            target: SessionName::new(odd).expect("no colon").into(),
        };
        server.done(&line(&found));
    }
    assert!(!server.path().join("ran").exists(), "a format was run");
}

#[test]
fn odd_names_survive_being_renamed() {
    let mut server = Server::start(QUIET);
    let id = display(&mut server, Format::new("#{session_id}"));
    let id: SessionId = String::from_utf8_lossy(&id).parse().expect("an id");
    for odd in ODD {
        let session = RenameSession {
            target: id.into(),
            name: odd.into(),
        };
        let window = RenameWindow {
            target: Session::Id(id).into(),
            name: odd.into(),
        };
        server.done(&line(&session).then(&window).expect("no NUL"));
        let format = Format::new("#{session_name} #{window_name}");
        let reply = server.done(&line(&DisplayMessage {
            target: Some(id.into()),
            format,
        }));
        assert_eq!(reply.message(), format!("{odd} {odd}"));
    }
    assert!(!server.path().join("ran").exists(), "a format was run");
}

#[test]
fn literal_text_in_a_format_is_not_expanded_nor_read_as_time() {
    let mut server = Server::start(QUIET);
    for odd in ODD {
        let shown = display(&mut server, Format::new("100%H").literal(odd.as_bytes()));
        assert_eq!(String::from_utf8_lossy(&shown), format!("100%H{odd}"));
    }
    assert!(!server.path().join("ran").exists(), "a format was run");
}

#[test]
fn options_and_variables_keep_odd_values() {
    let mut server = Server::start(QUIET);
    for odd in ODD {
        let scope = || OptionScope::Session(main_session());
        server.done(&line(&SetOption::new(scope(), "@odd", odd)));
        let reply = server.done(&line(&ShowOptions::value(scope(), "@odd")));
        assert_eq!(reply.message(), odd);
        let variable = SetEnvironment {
            scope: VariableScope::Session(main_session()),
            name: b"ODD".into(),
            change: VariableChange::Set(odd.into()),
        };
        server.done(&line(&variable));
    }
    server.done(&line(&SetOption::unset(
        OptionScope::Session(main_session()),
        "@odd",
    )));
    let gone = ShowOptions::value(OptionScope::Session(main_session()), "@odd");
    assert_eq!(server.done(&line(&gone)).lines().count(), 0);
}

#[test]
fn a_program_gets_its_arguments_and_variables_as_they_are() {
    let mut server = Server::start(QUIET);
    let fifo = server.path().join("fifo");
    let written = pipe(&fifo);
    let script = format!(
        "printf '%s\\0' \"$ODD\" \"$@\" >'{}'; {QUIET}",
        fifo.display()
    );
    let argv = ["sh", "-c", &script, "sh"]
        .into_iter()
        .chain(ODD)
        .map(|arg| arg.as_bytes().to_vec());
    let window = NewWindow {
        target: main_session(),
        detached: true,
        name: None,
        dir: None,
        env: vec![(b"ODD".into(), ODD.concat().into())],
        print: None,
        program: Program::Argv(argv.collect()),
    };
    server.done(&line(&window));
    let expected: String = [ODD.concat().as_str()]
        .into_iter()
        .chain(ODD)
        .map(|arg| format!("{arg}\0"))
        .collect();
    assert_eq!(String::from_utf8_lossy(&written()), expected);
}

#[test]
fn a_program_without_arguments_may_have_an_odd_path() {
    let mut server = Server::start(QUIET);
    let fifo = server.path().join("fifo");
    let written = pipe(&fifo);
    let program = server.path().join("it's a $HOME;`x` #S");
    fs::write(
        &program,
        format!("#!/bin/sh\nprintf ran >'{}'\n{QUIET}\n", fifo.display()),
    )
    .expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a file");
    let session = NewSession {
        detached: true,
        program: Program::Argv(vec![program.to_str().expect("a path").into()]),
        ..NewSession::default()
    };
    server.done(&line(&session));
    assert_eq!(written(), b"ran");
}

#[test]
fn any_number_of_exact_bytes_can_be_typed() {
    let mut server =
        Server::start("stty raw -echo; printf ready; head -c 10240 >fifo; exec sleep 1000");
    let written = pipe(&server.path().join("fifo"));
    server.event("ready", |event| {
        matches!(event, Event::Notification(Notification::Output { data, .. }) if data.ends_with(b"ready"))
    });
    let bytes: Vec<u8> = (0..10_240u32)
        .map(|n| u8::try_from((n / 40 + n) % 256).expect("a byte"))
        .collect();
    let keys = line(&SendKeys {
        target: PaneId(0),
        keys: Keys::Hex(bytes.clone()),
    });
    assert_eq!(keys.blocks(), 3);
    server.done(&keys);
    assert_eq!(written(), bytes);
}

#[test]
fn after_an_error_the_rest_of_a_line_is_dropped_and_the_next_is_answered() {
    let mut server = Server::start(QUIET);
    let none = || HasSession {
        target: SessionName::new("none").expect("a name").into(),
    };
    let failing = line(&DisplayMessage {
        target: None,
        format: Format::new("one"),
    })
    .then(&none())
    .and_then(|line| {
        line.then(&KillSession {
            target: main_session(),
        })
    })
    .expect("no NUL");
    let replies = server.ask(&failing);
    assert_eq!(
        replies.iter().map(|reply| reply.ok).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(display(&mut server, Format::new("two")), b"two");
    // What is no command gives no block.
    assert!(server.write(b"# a comment\ndisplay-message -p three\n", 1)[0].ok);
}

#[test]
fn what_a_pause_causes_is_found_in_its_reply_or_after_it() {
    let mut server = Server::start(QUIET);
    let flow = |flow| {
        line(&RefreshClient {
            change: ClientChange::Pane(PaneId(0), flow),
        })
    };
    let inside = |reply: &Reply, name| reply.notifications().any(|note| note.name() == name);
    for (flow_wanted, name) in [(PaneFlow::Pause, "pause"), (PaneFlow::Continue, "continue")] {
        let reply = server.done(&flow(flow_wanted));
        if !inside(&reply, name) {
            server.event(
                name,
                |event| matches!(event, Event::Notification(note) if note.name() == name),
            );
        }
    }
}
