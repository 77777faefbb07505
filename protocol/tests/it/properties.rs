//! What must hold for anything that proptest invents.

use proptest::{collection::vec, option, prelude::*};
use tmux_control::{
    Layout, Limits, Mode, OwnedEvent, OwnedNotification, PaneId, Reply, SessionId, WindowId,
    event::Event,
    layout::{Cell, Content},
    notification::Notification as Note,
};

use crate::checks::{self, events, written_and_read};

/// Any bytes that a line can have.
fn text() -> impl Strategy<Value = Vec<u8>> {
    vec(
        any::<u8>().prop_filter("a line", |&byte| byte != b'\n'),
        0..40,
    )
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    vec(
        any::<u8>().prop_filter("a word", |byte| !b" \n".contains(byte)),
        1..20,
    )
}

/// A name in which the fields after it do not fit.
fn subscription() -> impl Strategy<Value = Vec<u8>> {
    text().prop_map(|name| name.into_iter().filter(|&byte| byte != b'$').collect())
}

/// A cell of a layout, with others in it.
fn cell() -> impl Strategy<Value = Cell> {
    let with = |content: BoxedStrategy<Content>| {
        (any::<(u32, u32, i32, i32)>(), content).prop_map(|((width, height, x, y), content)| Cell {
            width,
            height,
            x,
            y,
            content,
        })
    };
    let leaf = with(option::of(pane()).prop_map(Content::Pane).boxed());
    leaf.prop_recursive(4, 20, 4, move |inner| {
        let cells = vec(inner, 1..4);
        let content = prop_oneof![
            cells.clone().prop_map(Content::LeftRight),
            cells.prop_map(Content::TopBottom),
        ];
        with(content.boxed())
    })
}

fn pane() -> impl Strategy<Value = PaneId> {
    any::<u32>().prop_map(PaneId)
}

fn window() -> impl Strategy<Value = WindowId> {
    any::<u32>().prop_map(WindowId)
}

fn session() -> impl Strategy<Value = SessionId> {
    any::<u32>().prop_map(SessionId)
}

fn notification() -> impl Strategy<Value = OwnedNotification> {
    let data = || vec(any::<u8>(), 0..60);
    let layout = (
        window(),
        word(),
        option::of((word(), option::of(prop_oneof![Just(Vec::new()), word()]))),
    );
    let scope = (
        session(),
        option::of(window()),
        option::of(any::<u32>()),
        option::of(pane()),
    );
    prop_oneof![
        (pane(), data()).prop_map(|(pane, data)| Note::Output { pane, data }),
        (pane(), option::of(any::<u64>()), data())
            .prop_map(|(pane, age_ms, data)| Note::ExtendedOutput { pane, age_ms, data }),
        pane().prop_map(|pane| Note::Pause { pane }),
        pane().prop_map(|pane| Note::Continue { pane }),
        pane().prop_map(|pane| Note::PaneModeChanged { pane }),
        option::of(text()).prop_map(|reason| Note::Exit { reason }),
        (session(), text()).prop_map(|(session, name)| Note::SessionChanged { session, name }),
        (session(), text()).prop_map(|(session, name)| Note::SessionRenamed { session, name }),
        (word(), session(), text()).prop_map(|(client, session, name)| {
            Note::ClientSessionChanged {
                client,
                session,
                name,
            }
        }),
        word().prop_map(|client| Note::ClientDetached { client }),
        Just(Note::SessionsChanged),
        (session(), window())
            .prop_map(|(session, window)| Note::SessionWindowChanged { session, window }),
        (window(), pane()).prop_map(|(window, pane)| Note::WindowPaneChanged { window, pane }),
        window().prop_map(|window| Note::WindowAdd { window }),
        window().prop_map(|window| Note::WindowClose { window }),
        window().prop_map(|window| Note::UnlinkedWindowAdd { window }),
        window().prop_map(|window| Note::UnlinkedWindowClose { window }),
        (window(), text()).prop_map(|(window, name)| Note::WindowRenamed { window, name }),
        (window(), text()).prop_map(|(window, name)| Note::UnlinkedWindowRenamed { window, name }),
        layout.prop_map(|(window, layout, rest)| {
            let (visible, flags) =
                rest.map_or((None, None), |(visible, flags)| (Some(visible), flags));
            Note::LayoutChange {
                window,
                layout,
                visible,
                flags,
            }
        }),
        (subscription(), scope, text()).prop_map(
            |(name, (session, window, index, pane), value)| {
                Note::SubscriptionChanged {
                    name,
                    session,
                    window,
                    index,
                    pane,
                    value,
                }
            }
        ),
        text().prop_map(|name| Note::PasteBufferChanged { name }),
        text().prop_map(|name| Note::PasteBufferDeleted { name }),
        text().prop_map(|text| Note::ConfigError { text }),
        text().prop_map(|text| Note::Message { text }),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let ends_it = |line: &Vec<u8>| line.starts_with(b"%end ") || line.starts_with(b"%error ");
    let line = text().prop_filter("no end", move |line| !ends_it(line));
    let triple = (any::<u64>(), any::<u64>(), any::<u32>());
    (triple, any::<bool>(), vec(line, 0..6))
        .prop_map(|(triple, ok, lines)| Reply::new(triple, ok, lines))
}

fn event() -> impl Strategy<Value = OwnedEvent> {
    prop_oneof![
        3 => notification().prop_map(Event::Notification),
        1 => reply().prop_map(Event::Reply),
    ]
}

fn written(events: &[OwnedEvent]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        match event {
            Event::Notification(notification) => notification.encode(&mut out),
            Event::Reply(reply) => reply.encode(&mut out),
            other => panic!("{other:?}"),
        }
    }
    out
}

proptest! {
    #[test]
    fn a_notification_that_is_written_is_read_as_the_same(notification in notification()) {
        written_and_read(&notification);
    }

    #[test]
    fn a_stream_that_is_written_is_read_as_the_same_however_it_is_cut(
        expected in vec(event(), 0..6),
        chunk in 1_usize..80,
    ) {
        let stream = written(&expected);
        let mut read = events(Mode::Control, Limits::default(), stream.chunks(chunk));
        prop_assert_eq!(read.pop(), Some(Event::EndOfStream { open_block: false }));
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn the_same_stream_with_marks_and_crlf_gives_the_same_events(expected in vec(event(), 0..6)) {
        let mut stream = b"\x1bP1000p".to_vec();
        for line in written(&expected).split_inclusive(|&byte| byte == b'\n') {
            stream.extend_from_slice(line.strip_suffix(b"\n").expect("whole lines"));
            stream.extend_from_slice(b"\r\n");
        }
        stream.extend_from_slice(b"\x1b\\");
        let read = events(Mode::ControlControl, Limits::default(), [stream.as_slice()]);
        prop_assert_eq!(read.first(), Some(&Event::DcsOpen));
        prop_assert_eq!(&read[read.len() - 2..], [Event::DcsClose, Event::EndOfStream { open_block: false }]);
        prop_assert_eq!(&read[1..read.len() - 2], expected);
    }

    #[test]
    fn every_check_holds_for_any_bytes(data in vec(any::<u8>(), 0..300)) {
        for (_, check) in checks::CHECKS {
            check(&data);
        }
    }

    #[test]
    fn every_check_holds_for_streams_with_a_few_bytes_changed(
        events in vec(event(), 1..5),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut stream = written(&events);
        for (index, byte) in changes {
            let at = index.index(stream.len());
            stream[at] = byte;
        }
        for (_, check) in checks::CHECKS {
            check(&stream);
        }
    }

    #[test]
    fn a_layout_is_read_back_as_it_is_written(root in cell(), floating in vec(cell(), 0..3)) {
        let layout = Layout { checksum: 0xa3f1, root, floating };
        prop_assert_eq!(Layout::parse(layout.to_string().as_bytes()), Ok(layout));
    }

    #[test]
    fn a_layout_with_a_few_bytes_changed_is_read_or_refused(
        root in cell(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let layout = Layout { checksum: 0, root, floating: Vec::new() };
        let mut text = layout.to_string().into_bytes();
        for (index, byte) in changes {
            let at = index.index(text.len());
            text[at] = byte;
        }
        if let Ok(layout) = Layout::parse(&text) {
            prop_assert_eq!(Layout::parse(layout.to_string().as_bytes()), Ok(layout));
        }
    }
}
