//! Every command type, given to a real tmux.

use tmux_control::{
    Format, PaneId, Reply, Session, SessionId, SessionName, Target, WindowId, command::*,
};

use super::{QUIET, line, main_session};
use crate::server::Server;

/// Each command type at least once, with as many of its flags as go together.
#[test]
fn tmux_takes_every_command() {
    let mut server = Server::start(QUIET);
    let other: Session = SessionName::new("other").expect("a name").into();
    let quiet = || Program::Shell(QUIET.into());
    let text = |reply: Reply| reply.message();
    let new = NewSession {
        detached: true,
        name: Some("other".into()),
        window_name: Some("w".into()),
        dir: Some("/".into()),
        env: vec![(b"A".into(), b"b".into())],
        print: Some(Format::new("#{session_id} #{window_id} #{pane_id}")),
        width: Some(100),
        height: Some(30),
        program: quiet(),
    };
    let ids = text(server.done(&line(&new)));
    let ids: Vec<&str> = ids.split(' ').collect();
    let session: SessionId = ids[0].parse().expect("a session");
    let window: WindowId = ids[1].parse().expect("a window");
    let pane: PaneId = ids[2].parse().expect("a pane");

    windows(&mut server, &other, window);
    options(&mut server, session, window, pane);
    lists(&mut server, &other, pane);
    panes_and_buffers(&mut server, pane);
    clients(&mut server, &other);

    server.done(&line(&KillPane { target: pane }));
    let gone = server.ask(&line(&HasSession {
        target: session.into(),
    }));
    assert!(!gone[0].ok, "its last pane was killed");
}

fn windows(server: &mut Server, other: &Session, window: WindowId) {
    let link = LinkWindow {
        source: window.into(),
        target: main_session(),
        detached: true,
    };
    server.done(&line(&link));
    let here = Target::WindowIn(main_session(), window);
    server.done(&line(&SelectWindow {
        target: here.clone(),
    }));
    for size in [
        WindowSize::Cells {
            width: 90,
            height: 20,
        },
        WindowSize::Largest,
        WindowSize::Smallest,
    ] {
        server.done(&line(&ResizeWindow {
            target: here.clone(),
            size,
        }));
    }
    server.done(&line(&UnlinkWindow {
        session: main_session(),
        window,
        kill: false,
    }));
    let made = NewWindow {
        target: other.clone(),
        detached: true,
        name: Some("n".into()),
        dir: Some("/".into()),
        env: vec![(b"A".into(), b"b".into())],
        print: Some(Format::new("#{window_id}")),
        program: Program::Shell(QUIET.into()),
    };
    let made: WindowId = server
        .done(&line(&made))
        .message()
        .parse()
        .expect("a window");
    server.done(&line(&KillWindow { target: made }));
}

fn options(server: &mut Server, session: SessionId, window: WindowId, pane: PaneId) {
    for scope in [
        OptionScope::Pane(pane.into()),
        OptionScope::Window(window.into()),
        OptionScope::Session(session.into()),
        OptionScope::Server,
        OptionScope::GlobalSession,
        OptionScope::GlobalWindow,
    ] {
        let value = |server: &mut Server| {
            server
                .done(&line(&ShowOptions::value(scope.clone(), "@o")))
                .message()
        };
        for (change, expected) in [
            (OptionChange::Set(b"#S".into()), "#S"),
            (OptionChange::Append(b" -x".into()), "#S -x"),
            (OptionChange::SetExpanded(Format::new("#{l:x}")), "x"),
            (OptionChange::Unset, ""),
        ] {
            let set = SetOption {
                change,
                quiet: true,
                ..SetOption::unset(scope.clone(), "@o")
            };
            server.done(&line(&set));
            assert_eq!(value(server), expected, "{scope:?}");
        }
        let once = SetOption {
            only_if_unset: true,
            ..SetOption::new(scope.clone(), "@o", "1")
        };
        server.done(&line(&once));
        assert!(!server.ask(&line(&once))[0].ok);
    }
    server.done(&line(&SetOption::new(
        OptionScope::Pane(pane.into()),
        "remain-on-exit",
        "on",
    )));
    server.done(&line(&SetOption::unset(
        OptionScope::Pane(pane.into()),
        "remain-on-exit",
    )));
    for scope in [
        VariableScope::Global,
        VariableScope::Session(session.into()),
    ] {
        for change in [
            VariableChange::Set(b"-x".into()),
            VariableChange::Remove,
            VariableChange::Unset,
        ] {
            server.done(&line(&SetEnvironment {
                scope: scope.clone(),
                name: b"V".into(),
                change,
            }));
        }
    }
}

fn lists(server: &mut Server, other: &Session, pane: PaneId) {
    let format = || Format::new("#{pane_id}");
    for scope in [
        PaneScope::All,
        PaneScope::Session(other.clone()),
        PaneScope::Window(pane.into()),
    ] {
        let filter = Some(Format::new(format!("#{{==:#{{pane_id}},{pane}}}")));
        let reply = server.done(&line(&ListPanes {
            scope,
            format: format(),
            filter,
        }));
        assert_eq!(reply.message(), pane.to_string());
    }
    let filter = || Some(Format::new("#{==:#{session_name},other}"));
    for session in [None, Some(other.clone())] {
        let reply = server.done(&line(&ListWindows {
            session: session.clone(),
            format: format(),
            filter: filter(),
        }));
        assert_eq!(reply.message(), pane.to_string());
        server.done(&line(&ListClients {
            session,
            format: format(),
        }));
    }
    let reply = server.done(&line(&ListSessions {
        format: format(),
        filter: filter(),
    }));
    assert_eq!(reply.message(), pane.to_string());
}

fn panes_and_buffers(server: &mut Server, pane: PaneId) {
    let capture = CapturePane {
        start: Some(Row::Edge),
        end: Some(Row::Edge),
        escapes: true,
        octal: true,
        join: true,
        trailing: true,
        ..CapturePane::screen(pane)
    };
    server.done(&line(&capture));
    server.done(&line(&CapturePane {
        pending: true,
        octal: true,
        ..CapturePane::screen(pane)
    }));
    server.done(&line(&CapturePane {
        alternate: true,
        quiet: true,
        ..CapturePane::screen(pane)
    }));
    server.done(&line(&ClosePipe { target: pane }));
    let name = || Some(b"-n #S".to_vec());
    server.done(&line(&SetBuffer {
        name: name(),
        data: b"a".into(),
        append: false,
    }));
    server.done(&line(&SetBuffer {
        name: name(),
        data: b"b".into(),
        append: true,
    }));
    assert_eq!(
        server.done(&line(&ShowBuffer { name: name() })).message(),
        "ab"
    );
    let paste = |name, delete| PasteBuffer {
        name,
        target: pane,
        bracketed: true,
        raw: true,
        delete,
    };
    server.done(&line(&paste(name(), false)));
    server.done(&line(&paste(name(), true)));
    server.done(&line(&SetBuffer {
        name: name(),
        data: b"a".into(),
        append: false,
    }));
    server.done(&line(&DeleteBuffer { name: name() }));
    for keys in [
        Keys::Literal(b"-l".into()),
        Keys::Names(vec![b"C-a".into(), b"Enter".into()]),
    ] {
        server.done(&line(&SendKeys { target: pane, keys }));
    }
}

fn clients(server: &mut Server, other: &Session) {
    let subscribe = ClientChange::Subscribe {
        name: b"a b".into(),
        scope: SubscriptionScope::AllPanes,
        format: Format::new("#{pane_id}"),
    };
    for change in [
        ClientChange::Size {
            width: 100,
            height: 40,
        },
        ClientChange::Flags(vec![
            LiveFlag::PauseAfter(Some(1)),
            LiveFlag::IgnoreSize(true),
            LiveFlag::WaitExit(false),
            LiveFlag::ActivePane(false),
        ]),
        ClientChange::Flags(vec![LiveFlag::PauseAfter(None)]),
        subscribe,
        ClientChange::Unsubscribe {
            name: b"a b".into(),
        },
    ] {
        server.done(&line(&RefreshClient { change }));
    }
    server.done(&line(&SwitchClient {
        client: None,
        target: other.clone().into(),
    }));
    let back = AttachSession {
        target: main_session(),
        detach_others: true,
        dir: Some("/".into()),
        flags: vec![AttachFlag::IgnoreSize, AttachFlag::PauseAfter(5)],
    };
    server.done(&line(&back));
    server.done(&line(&DetachClient {
        who: Detach::Session(other.clone()),
    }));
}
