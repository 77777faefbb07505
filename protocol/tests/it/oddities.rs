//! The surprises of the protocol, one by one, as a stream shows them.

use tmux_control::{
    Limits, Mode, OwnedEvent, OwnedNotification, PaneId, Reply, SessionId, WindowId, event::Event,
    notification::Notification as Note,
};

use crate::checks::events;

/// The events of a stream without its end.
fn read(mode: Mode, stream: impl AsRef<[u8]>) -> Vec<OwnedEvent> {
    let mut events = events(mode, Limits::default(), [stream.as_ref()]);
    assert!(matches!(events.pop(), Some(Event::EndOfStream { .. })));
    events
}

fn control(stream: impl AsRef<[u8]>) -> Vec<OwnedEvent> {
    read(Mode::Control, stream)
}

fn line(line: impl AsRef<[u8]>) -> OwnedEvent {
    let mut events = control([line.as_ref(), b"\n"].concat());
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn note(text: impl AsRef<[u8]>) -> OwnedNotification {
    match line(text) {
        Event::Notification(note) => note,
        other => panic!("{other:?}"),
    }
}

fn malformed(text: &str) {
    assert_eq!(line(text), Event::Malformed(text.into()));
}

fn stray(text: &str) -> OwnedEvent {
    Event::Stray(text.into())
}

fn output(pane: u32, data: &[u8]) -> OwnedEvent {
    Event::Notification(Note::Output {
        pane: PaneId(pane),
        data: data.into(),
    })
}

fn layout(visible: Option<&str>, flags: Option<&str>) -> OwnedNotification {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let (visible, flags) = (visible.map(bytes), flags.map(bytes));
    Note::LayoutChange {
        window: WindowId(1),
        layout: b"l".into(),
        visible,
        flags,
    }
}

fn subscription(
    name: &str,
    scope: (u32, Option<(u32, u32)>, Option<u32>),
    value: &str,
) -> OwnedNotification {
    let (session, window, pane) = scope;
    Note::SubscriptionChanged {
        name: name.into(),
        session: SessionId(session),
        window: window.map(|(window, _)| WindowId(window)),
        index: window.map(|(_, index)| index),
        pane: pane.map(PaneId),
        value: value.into(),
    }
}

#[test]
fn output_may_be_empty_and_may_hold_any_byte() {
    assert_eq!(line("%output %1 "), output(1, b""));
    assert_eq!(
        line(b"%output %1  a\xff\x7f\xc3\\000\\177"),
        output(1, b" a\xff\x7f\xc3\0\x7f")
    );
    malformed("%output %1");
    malformed("%output  %1 a");
    malformed("%output @1 a");
}

#[test]
fn a_character_may_be_split_over_two_lines() {
    assert_eq!(
        control(b"%output %1 \xc3\n%output %1 \xa4\n"),
        [output(1, b"\xc3"), output(1, b"\xa4")]
    );
}

#[test]
fn ids_have_32_bits_and_no_sign() {
    assert_eq!(
        note("%pause %4294967295"),
        Note::Pause {
            pane: PaneId(u32::MAX)
        }
    );
    for bad in [
        "%pause %4294967296",
        "%pause %+1",
        "%pause %-1",
        "%pause %",
        "%pause 1",
        "%pause",
        "%pause %1x",
    ] {
        malformed(bad);
    }
}

#[test]
fn further_fields_are_ignored_and_missing_ones_are_not() {
    assert_eq!(note("%pause %1 more"), Note::Pause { pane: PaneId(1) });
    assert_eq!(note("%sessions-changed soon"), Note::SessionsChanged);
    assert_eq!(
        note("%window-add @1 "),
        Note::WindowAdd {
            window: WindowId(1)
        }
    );
    for bad in [
        "%session-window-changed $1",
        "%window-pane-changed @1 ",
        "%session-changed $1",
        "%client-detached",
    ] {
        malformed(bad);
    }
}

#[test]
fn extended_output_has_an_age_of_64_bits_or_none_and_room_for_more() {
    let age = |text: &str| match note(format!("%extended-output %1 {text}")) {
        Note::ExtendedOutput { age_ms, data, .. } => {
            (age_ms, String::from_utf8(data).expect("text"))
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        age("18446744073709551615 : a"),
        (Some(u64::MAX), "a".into())
    );
    assert_eq!(age("- : a : b"), (None, "a : b".into()));
    assert_eq!(age("5 new 7 : "), (Some(5), String::new()));
    for bad in ["18446744073709551616 : a", "-1 : a", "5 :", "5", ": a"] {
        malformed(&format!("%extended-output %1 {bad}"));
    }
}

#[test]
fn a_layout_has_two_fields_or_four_of_which_the_last_may_be_empty() {
    assert_eq!(note("%layout-change @1 l"), layout(None, None));
    assert_eq!(note("%layout-change @1 l v"), layout(Some("v"), None));
    assert_eq!(note("%layout-change @1 l v "), layout(Some("v"), Some("")));
    assert_eq!(
        note("%layout-change @1 l v *Z more"),
        layout(Some("v"), Some("*Z"))
    );
    malformed("%layout-change @1");
    malformed("%layout-change @1 ");
}

#[test]
fn a_subscriptions_name_ends_where_the_four_fields_first_fit() {
    let changed = |text: &str| note(format!("%subscription-changed {text}"));
    assert_eq!(
        changed("n $1 - - - : v"),
        subscription("n", (1, None, None), "v")
    );
    assert_eq!(
        changed("a b $1 @2 3 - : v"),
        subscription("a b", (1, Some((2, 3)), None), "v")
    );
    assert_eq!(
        changed("a $9 b $1 @2 3 %4 : "),
        subscription("a $9 b", (1, Some((2, 3)), Some(4)), "")
    );
    assert_eq!(
        changed("n $1 - - - x $2 - - - : v : w"),
        subscription("n", (1, None, None), "v : w")
    );
    for bad in [
        "n $1 - - : v",
        "n $1 - - - v",
        "$1 - - - : v",
        "n $1 - - -: v",
        "n $1 @2 4294967296 - : v",
    ] {
        malformed(&format!("%subscription-changed {bad}"));
    }
}

#[test]
fn what_follows_a_newline_in_a_subscriptions_value_is_stray() {
    let value = Event::Notification(subscription("n", (1, None, None), "first"));
    let stream = "%subscription-changed n $1 - - - : first\nsecond\n\n%exit\n";
    let exit = Event::Notification(Note::Exit { reason: None });
    assert_eq!(control(stream), [value, stray("second"), stray(""), exit]);
}

#[test]
fn names_and_messages_hold_spaces_and_are_left_as_they_are() {
    let name = |text: &[u8]| text.to_vec();
    assert_eq!(
        note(b"%window-renamed @1 a \\033 \xff "),
        Note::WindowRenamed {
            window: WindowId(1),
            name: name(b"a \\033 \xff "),
        }
    );
    assert_eq!(
        note("%session-changed $1 "),
        Note::SessionChanged {
            session: SessionId(1),
            name: name(b"")
        }
    );
    assert_eq!(
        note("%client-session-changed client-12 $1 a b"),
        Note::ClientSessionChanged {
            client: name(b"client-12"),
            session: SessionId(1),
            name: name(b"a b"),
        }
    );
    assert_eq!(
        note("%exit too far behind"),
        Note::Exit {
            reason: Some(name(b"too far behind"))
        }
    );
    assert_eq!(
        note("%message a  b"),
        Note::Message {
            text: name(b"a  b")
        }
    );
}

#[test]
fn a_mistake_in_the_configuration_may_come_before_the_first_block() {
    let stream = "%config-error ~/.tmux.conf:1: unknown command: x\n%begin 1 2 0\n%end 1 2 0\n";
    let text = b"~/.tmux.conf:1: unknown command: x".to_vec();
    let error = Event::Notification(Note::ConfigError { text });
    assert_eq!(
        control(stream),
        [error, Event::Reply(Reply::new((1, 2, 0), true, [""; 0]))]
    );
}

#[test]
fn both_kinds_of_window_close_are_told_apart() {
    assert_eq!(
        note("%window-close @1"),
        Note::WindowClose {
            window: WindowId(1)
        }
    );
    assert_eq!(
        note("%unlinked-window-close @1"),
        Note::UnlinkedWindowClose {
            window: WindowId(1)
        }
    );
}

#[test]
fn a_block_is_closed_by_the_very_triple_that_opened_it() {
    let forged = [
        "%end 1 2 0",
        "%end 1 3 1",
        "%end 2 2 1",
        "%end 1 2 1 ",
        "%end 1 2 1 x",
        "%end 01 2 1",
        "%end 1 2",
        "%end",
        "%error 1 2",
        " %end 1 2 1",
        "%end  1 2 1",
        "%begin 1 2 1",
    ];
    let stream = format!("%begin 1 2 1\n{}\n%end 1 2 1\n", forged.join("\n"));
    assert_eq!(
        control(stream),
        [Event::Reply(Reply::new((1, 2, 1), true, forged))]
    );
}

#[test]
fn everything_inside_a_block_is_a_line_of_its_reply() {
    let lines = [
        "%pause %1",
        "%message hi",
        "%output %1 x",
        "",
        "text",
        "%unknown",
        "\u{1b}\\",
    ];
    let stream = format!("%begin 1 2 1\n{}\n%error 1 2 1\n", lines.join("\n"));
    let Event::Reply(reply) = &control(stream)[0] else {
        panic!("no reply")
    };
    assert_eq!(*reply, Reply::new((1, 2, 1), false, lines));
    let inside: Vec<_> = reply.notifications().map(|note| note.name()).collect();
    assert_eq!(inside, ["pause", "message"]);
}

#[test]
fn an_end_without_a_beginning_and_text_outside_are_stray() {
    let lines = [
        "%end 1 2 1",
        "%error 1 2 1",
        "%end",
        "run-shell's late output",
        "",
    ];
    let expected = lines.map(stray);
    assert_eq!(control(lines.join("\n") + "\n"), expected);
}

#[test]
fn a_beginning_wants_three_numbers() {
    for bad in [
        "%begin",
        "%begin 1 2",
        "%begin 1 2 x",
        "%begin -1 2 1",
        "%begin 1 2 4294967296",
    ] {
        malformed(bad);
    }
    let reply = Reply::new((u64::MAX, u64::from(u32::MAX) + 1, 1), true, ["x"]);
    let triple = format!("{} {} 1", u64::MAX, u64::from(u32::MAX) + 1);
    assert_eq!(
        control(format!("%begin {triple} more\nx\n%end {triple}\n")),
        [Event::Reply(reply)]
    );
}

#[test]
fn what_is_not_known_is_given_whole_and_the_next_line_is_read() {
    let stream = "%new-in-4.0 $1 x\n%\n% \n%Output %1 x\n%pause %1\n";
    let unknown =
        ["%new-in-4.0 $1 x", "%", "% ", "%Output %1 x"].map(|line| Event::Unknown(line.into()));
    let pause = Event::Notification(Note::Pause { pane: PaneId(1) });
    assert_eq!(
        control(stream),
        unknown.into_iter().chain([pause]).collect::<Vec<_>>()
    );
}

#[test]
fn under_cc_lines_end_in_crlf_and_the_stream_has_marks() {
    let stream =
        b"\x1bP1000p%begin 1 2 0\r\na\r\r\n%end 1 2 0\r\n%output %1 a\\015\\012\r\n%exit\r\n\x1b\\";
    let reply = Event::Reply(Reply::new((1, 2, 0), true, ["a\r"]));
    let exit = Event::Notification(Note::Exit { reason: None });
    let expected = [
        Event::DcsOpen,
        reply,
        output(1, b"a\r\n"),
        exit,
        Event::DcsClose,
    ];
    assert_eq!(read(Mode::ControlControl, stream), expected);
    // Without it the same bytes are text.
    assert_eq!(control(b"\x1bP1000p%exit\n"), [stray("\u{1b}P1000p%exit")]);
    assert_eq!(
        control("%pause %1\r\n"),
        [Event::Malformed(b"%pause %1\r".into())]
    );
}

#[test]
fn a_last_line_without_an_end_is_no_event() {
    for (stream, open_block) in [
        ("%exi", false),
        ("%begin 1 2 1\n%end 1 2 1", true),
        ("", false),
    ] {
        let events = events(Mode::Control, Limits::default(), [stream.as_bytes()]);
        assert_eq!(events, [Event::EndOfStream { open_block }]);
    }
}

#[test]
fn a_line_over_the_limit_is_dropped_and_the_stream_stays_in_step() {
    let limits = Limits::default();
    let text = |length: usize| "x".repeat(length);
    let stream = format!(
        "{}\n{}\n%pause %1\n",
        text(limits.line),
        text(limits.line + 1)
    );
    let pause = Event::Notification(Note::Pause { pane: PaneId(1) });
    assert_eq!(
        control(stream),
        [stray(&text(limits.line)), Event::LineTooLong, pause]
    );

    let longest = text(limits.reply_line);
    let stream = format!("%begin 1 2 1\n{longest}\n{longest}x\nend\n%end 1 2 1\n");
    let mut reply = Reply::new((1, 2, 1), true, [longest.as_str(), "end"]);
    reply.dropped = 1;
    assert_eq!(control(stream), [Event::LineTooLong, Event::Reply(reply)]);
}

#[test]
fn a_reply_over_its_limit_loses_lines_but_not_its_end() {
    let limits = Limits {
        reply: 10,
        ..Limits::default()
    };
    let stream = b"%begin 1 2 1\n1234\n12345\n123\n%end 1 2 1\n";
    let mut reply = Reply::new((1, 2, 1), true, ["1234", "123"]);
    reply.dropped = 1;
    let expected = [
        Event::LineTooLong,
        Event::Reply(reply),
        Event::EndOfStream { open_block: false },
    ];
    assert_eq!(events(Mode::Control, limits, [&stream[..]]), expected);
}
