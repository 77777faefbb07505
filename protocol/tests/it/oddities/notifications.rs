//! Fields.

use tmux_control::{
    OwnedNotification, PaneId, Reply, SessionId, WindowId, event::Event,
    notification::Notification as Note,
};

use super::{control, line, malformed, output, stray};

fn note(text: impl AsRef<[u8]>) -> OwnedNotification {
    match line(text) {
        Event::Notification(note) => note,
        other => panic!("{other:?}"),
    }
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
