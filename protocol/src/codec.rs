//! Control mode for tokio-util's `Framed`, behind the feature `codec`.

use std::{collections::VecDeque, io};

use bytes::{Buf, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use crate::{CommandLine, Limits, Mode, OwnedEvent, Parser};

/// How much is parsed before its events are taken, so that a large read does not become as many
/// events in memory at once.
const BATCH: usize = 8 << 10;

/// Decodes events, each with memory of its own, and encodes command lines.
///
/// Whoever reads much output does better with [`Parser`], which copies nothing.
///
/// ```
/// use bytes::BytesMut;
/// use tmux_control::{Mode, OwnedNotification, PaneId, codec::ControlCodec, event::Event};
/// use tokio_util::codec::Decoder;
///
/// let mut codec = ControlCodec::new(Mode::Control);
/// let mut bytes = BytesMut::from(&b"%pause %1\n%contin"[..]);
/// let pause = OwnedNotification::Pause { pane: PaneId(1) };
/// assert_eq!(codec.decode(&mut bytes).unwrap(), Some(Event::Notification(pause)));
/// assert_eq!(codec.decode(&mut bytes).unwrap(), None);
/// ```
#[derive(Debug)]
pub struct ControlCodec {
    parser: Parser,
    events: VecDeque<OwnedEvent>,
    ended: bool,
}

impl ControlCodec {
    /// A codec at the beginning of a stream, with the default [`Limits`].
    pub fn new(mode: Mode) -> Self {
        Self::with_limits(mode, Limits::default())
    }

    /// A codec at the beginning of a stream.
    pub fn with_limits(mode: Mode, limits: Limits) -> Self {
        Self {
            parser: Parser::with_limits(mode, limits),
            events: VecDeque::new(),
            ended: false,
        }
    }
}

impl Decoder for ControlCodec {
    type Item = OwnedEvent;
    type Error = io::Error;

    /// The next event. The only errors are those of reading.
    fn decode(&mut self, source: &mut BytesMut) -> io::Result<Option<OwnedEvent>> {
        while self.events.is_empty() && !source.is_empty() {
            let batch = source.len().min(BATCH);
            let events = &mut self.events;
            self.parser.feed(&source[..batch], &mut |event| {
                events.push_back(event.into_owned())
            });
            source.advance(batch);
        }
        Ok(self.events.pop_front())
    }

    /// As `decode`, and `EndOfStream` once at the end. What has no line end then is dropped.
    fn decode_eof(&mut self, source: &mut BytesMut) -> io::Result<Option<OwnedEvent>> {
        let event = self.decode(source)?;
        if event.is_none() && !std::mem::replace(&mut self.ended, true) {
            let events = &mut self.events;
            self.parser
                .finish(&mut |event| events.push_back(event.into_owned()));
            return Ok(self.events.pop_front());
        }
        Ok(event)
    }
}

impl Encoder<CommandLine> for ControlCodec {
    type Error = io::Error;

    /// Writes a line. It cannot fail.
    fn encode(&mut self, line: CommandLine, target: &mut BytesMut) -> io::Result<()> {
        target.extend_from_slice(line.encode());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PaneId, command::KillPane, event::Event, notification::Notification};

    #[test]
    fn the_end_comes_once_and_after_all_events() {
        let mut codec = ControlCodec::new(Mode::Control);
        let mut bytes = BytesMut::from(&b"%begin 1 2 1\n%end 1 2 1\n%begin 1 3 1\nopen"[..]);
        let mut events = Vec::new();
        while let Some(event) = codec.decode_eof(&mut bytes).unwrap() {
            events.push(event);
        }
        assert!(matches!(
            events[..],
            [Event::Reply(_), Event::EndOfStream { open_block: true }]
        ));
    }

    #[test]
    fn a_large_read_gives_every_event_in_order() {
        let mut codec = ControlCodec::new(Mode::Control);
        let stream: String = (0..5_000).map(|pane| format!("%pause %{pane}\n")).collect();
        let mut bytes = BytesMut::from(stream.as_bytes());
        for pane in (0..5_000).map(PaneId) {
            let event = codec.decode(&mut bytes).unwrap();
            assert_eq!(
                event,
                Some(Event::Notification(Notification::Pause { pane }))
            );
        }
        assert_eq!(codec.decode(&mut bytes).unwrap(), None);
    }

    #[test]
    fn a_command_line_is_written_whole() {
        let mut target = BytesMut::new();
        let line = CommandLine::new(&KillPane { target: PaneId(1) }).unwrap();
        ControlCodec::new(Mode::Control)
            .encode(line, &mut target)
            .unwrap();
        assert_eq!(target, "kill-pane -t '%1'\n");
    }
}
