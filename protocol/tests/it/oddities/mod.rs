//! The surprises of the protocol, one by one, as a stream shows them: of the `notifications`, and
//! of the `stream` that they, the blocks and everything else come in.

mod notifications;
mod stream;

use tmux_control::{
    Limits, Mode, OwnedEvent, PaneId, event::Event, notification::Notification as Note,
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
