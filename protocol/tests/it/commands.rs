//! Commands as text, and what cannot be one.

use tmux_control::{
    Command, CommandError, CommandLine, Format, PaneId, SessionId, SessionName, SessionNameError,
    Target, Text, WindowId,
    command::{
        AttachFlag, CapturePane, ClientChange, DisplayMessage, Keys, KillPane, LiveFlag,
        NewSession, OptionScope, PaneFlow, Program, RefreshClient, RenameSession, Row, SendKeys,
        SetBuffer, SetOption, SubscriptionScope, UnlinkWindow, Words,
    },
};

fn text(command: &impl Command) -> String {
    let line = CommandLine::new(command).expect("it can be built");
    String::from_utf8(line.into_bytes()).expect("text")
}

fn error(command: &impl Command) -> CommandError {
    CommandLine::new(command).expect_err("it cannot be built")
}

#[test]
fn what_tmux_expands_is_made_literal_and_what_it_does_not_is_left_alone() {
    let session = NewSession {
        detached: true,
        name: Some("#S".into()),
        window_name: Some(Format::new("#W").into()),
        dir: Some("/#(x)".into()),
        env: vec![(b"A".into(), b"#S=1".into())],
        print: Some(Format::new("#{pane_id}").literal(b"#S")),
        width: Some(80),
        height: Some(24),
        program: Program::Argv(vec![b"echo".into(), b"#S".into()]),
    };
    let expected = "new-session -d -P -F '#{pane_id}##S' -s '##S' -n '#W' -c '/##(x)' -x '80' -y '24' \
                    -e 'A=#S=1' -- 'echo' '#S'\n";
    assert_eq!(text(&session), expected);
    let option = SetOption::new(OptionScope::Pane(PaneId(1).into()), "@a#S", "#S");
    assert_eq!(text(&option), "set-option -p -t '%1' -- '@a##S' '#S'\n");
    let rename = RenameSession {
        target: SessionId(2).into(),
        name: Text::from("#S"),
    };
    assert_eq!(text(&rename), "rename-session -t '$2:' -- '##S'\n");
}

#[test]
fn a_displayed_format_is_guarded_against_being_read_as_time() {
    let message = DisplayMessage {
        target: None,
        format: Format::new("#{pane_id} %H").literal(b"#%"),
    };
    assert_eq!(
        text(&message),
        "display-message -p -- '#{pane_id} %%H##%%'\n"
    );
}

#[test]
fn targets_are_written_so_that_tmux_cannot_take_them_for_others() {
    let name = || SessionName::new("=@a b").expect("a name");
    let window = UnlinkWindow {
        session: name().into(),
        window: WindowId(3),
        kill: true,
    };
    assert_eq!(text(&window), "unlink-window -k -t '==@a b:@3'\n");
    for (target, bytes) in [
        (Target::from(PaneId(1)), &b"%1"[..]),
        (WindowId(1).into(), b"@1"),
        (SessionId(1).into(), b"$1:"),
        (name().into(), b"==@a b:"),
    ] {
        assert_eq!(target.to_bytes(), bytes);
    }
    for (name, reason) in [
        ("", SessionNameError::Empty),
        ("$0", SessionNameError::Id),
        ("a:b", SessionNameError::Colon),
        ("a\tb", SessionNameError::Control(b'\t')),
    ] {
        assert_eq!(SessionName::new(name), Err(reason), "{name:?}");
    }
}

#[test]
fn the_client_is_changed_by_one_flag_each() {
    let change = |change| text(&RefreshClient { change });
    assert_eq!(
        change(ClientChange::Size {
            width: 80,
            height: 24
        }),
        "refresh-client -C '80x24'\n"
    );
    assert_eq!(
        change(ClientChange::Pane(PaneId(5), PaneFlow::Pause)),
        "refresh-client -A '%5:pause'\n"
    );
    assert_eq!(
        change(ClientChange::Pane(PaneId(5), PaneFlow::Continue)),
        "refresh-client -A '%5:continue'\n"
    );
    let flags = vec![LiveFlag::PauseAfter(Some(1)), LiveFlag::IgnoreSize(false)];
    assert_eq!(
        change(ClientChange::Flags(flags)),
        "refresh-client -f 'pause-after=1,!ignore-size'\n"
    );
    let subscribe = ClientChange::Subscribe {
        name: b"a b".into(),
        scope: SubscriptionScope::AllPanes,
        format: Format::new("#{pane_id}:"),
    };
    assert_eq!(
        change(subscribe),
        "refresh-client -B 'a b:%*:#{pane_id}:'\n"
    );
    let flags = [
        AttachFlag::NoOutput,
        AttachFlag::IgnoreSize,
        AttachFlag::PauseAfter(1),
    ];
    assert_eq!(
        AttachFlag::list(&flags),
        "no-output,ignore-size,pause-after=1"
    );
}

#[test]
fn rows_of_the_history_and_its_edges_can_be_captured() {
    let capture = CapturePane {
        start: Some(Row::Edge),
        end: Some(Row::At(-5)),
        escapes: true,
        join: true,
        ..CapturePane::screen(PaneId(1))
    };
    assert_eq!(
        text(&capture),
        "capture-pane -p -e -J -S '-' -E '-5' -t '%1'\n"
    );
}

#[test]
fn long_keys_become_several_commands_of_one_line() {
    let keys = |count| SendKeys {
        target: PaneId(1),
        keys: Keys::Hex(vec![0x1b; count]),
    };
    assert_eq!(text(&keys(2)), "send-keys -H -t '%1' -- '1b' '1b'\n");
    for (count, blocks) in [(4_000, 1), (4_001, 2), (12_000, 3)] {
        let line = CommandLine::new(&keys(count)).expect("it can be built");
        assert_eq!(line.blocks(), blocks);
        assert_eq!(
            line.encode().iter().filter(|&&byte| byte == b'\n').count(),
            1
        );
    }
}

#[test]
fn a_line_without_a_command_cannot_be_built() {
    struct Nothing;
    impl Command for Nothing {
        fn write(&self, _: &mut Words) {}
    }
    assert_eq!(error(&Nothing), CommandError::Empty);
    let no_keys = [
        Keys::Hex(Vec::new()),
        Keys::Names(Vec::new()),
        Keys::Literal(Vec::new()),
    ];
    for keys in no_keys {
        assert_eq!(
            error(&SendKeys {
                target: PaneId(1),
                keys
            }),
            CommandError::Empty
        );
    }
    let line = CommandLine::new(&KillPane { target: PaneId(1) }).expect("it can be built");
    assert_eq!(line.then(&Nothing), Err(CommandError::Empty));
}

#[test]
fn a_nul_is_refused_wherever_it_stands() {
    let data = || b"ab\0c".to_vec();
    let nul = |command: &CommandError| match command {
        CommandError::Quote { error, .. } => error.at,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        nul(&error(&SetBuffer {
            data: data(),
            ..SetBuffer::default()
        })),
        2
    );
    assert_eq!(
        nul(&error(&RenameSession {
            target: SessionId(1).into(),
            name: data().into()
        })),
        2
    );
    let session = NewSession {
        program: Program::Argv(vec![data()]),
        ..NewSession::default()
    };
    assert!(error(&session).to_string().starts_with("new-session: "));
    let good = CommandLine::new(&KillPane { target: PaneId(1) }).expect("it can be built");
    assert!(
        good.then(&SetBuffer {
            data: data(),
            ..SetBuffer::default()
        })
        .is_err()
    );
}

#[test]
fn names_that_would_be_cut_elsewhere_are_refused() {
    for name in ["", "a=b"] {
        let env = vec![(name.into(), b"x".into())];
        let refused = error(&NewSession {
            env,
            ..NewSession::default()
        });
        assert!(
            matches!(
                refused,
                CommandError::Name {
                    command: "new-session",
                    ..
                }
            ),
            "{refused}"
        );
    }
    for name in ["", "a:b"] {
        let change = ClientChange::Unsubscribe { name: name.into() };
        assert!(matches!(
            error(&RefreshClient { change }),
            CommandError::Name { .. }
        ));
    }
}

#[test]
fn more_than_tmux_takes_is_refused() {
    let names = vec![b"a".to_vec(); 10_000];
    let keys = SendKeys {
        target: PaneId(1),
        keys: Keys::Names(names),
    };
    assert_eq!(
        error(&keys),
        CommandError::TooManyArguments {
            command: "send-keys"
        }
    );
    let data = vec![b'x'; 17 << 20];
    assert_eq!(
        error(&SetBuffer {
            data,
            ..SetBuffer::default()
        }),
        CommandError::TooLong
    );
}
