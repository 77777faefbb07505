//! The parser: both stages joined.

use crate::{
    Event,
    block::OpenBlock,
    frame::{Frame, Framer, KEPT_CAPACITY, Rules},
    grammar::{self, Line},
};

/// How the client was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `tmux -C`: lines end in LF.
    Control,
    /// `tmux -CC`: lines end in CR LF, and the stream stands between `ESC P1000p` and `ESC \`.
    ControlControl,
}

/// What a stream may cost in memory. Whatever exceeds a limit is dropped and reported as
/// [`crate::event::Event::LineTooLong`]; the stream stays in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line outside of a block, in bytes without its end. tmux cuts `%output` at
    /// about 11 KB.
    pub line: usize,
    /// The longest line of a reply, in bytes without its end.
    pub reply_line: usize,
    /// The longest reply, in bytes with the line ends.
    pub reply: usize,
}

impl Default for Limits {
    /// 1 MiB a line, 16 MiB a line of a reply, 64 MiB a reply.
    fn default() -> Self {
        Self {
            line: 1 << 20,
            reply_line: 16 << 20,
            reply: 64 << 20,
        }
    }
}

/// Turns what a control client reads into events. It does no IO.
///
/// ```
/// use tmux_control::{Event, Mode, Notification, PaneId, Parser};
///
/// let mut parser = Parser::new(Mode::Control);
/// let mut seen = Vec::new();
/// // A line may come in any number of pieces.
/// for piece in [&b"%output %1 hel"[..], b"lo\\015\\012\n"] {
///     parser.feed(piece, &mut |event| {
///         if let Event::Notification(Notification::Output { pane, data }) = event {
///             seen.push((pane, data.to_vec()));
///         }
///     });
/// }
/// assert_eq!(seen, [(PaneId(1), b"hello\r\n".to_vec())]);
/// ```
#[derive(Debug)]
pub struct Parser {
    mode: Mode,
    limits: Limits,
    framer: Framer,
    block: Option<OpenBlock>,
    /// Where payloads are unescaped.
    payload: Vec<u8>,
}

impl Parser {
    /// A parser at the beginning of a stream, with the default [`Limits`].
    pub fn new(mode: Mode) -> Self {
        Self::with_limits(mode, Limits::default())
    }

    /// A parser at the beginning of a stream.
    pub fn with_limits(mode: Mode, limits: Limits) -> Self {
        Self {
            mode,
            limits,
            framer: Framer::new(mode),
            block: None,
            payload: Vec::new(),
        }
    }

    /// Takes the next bytes of the stream and gives the events that they complete.
    ///
    /// The events do not depend on how the stream was cut into calls. No memory is allocated for
    /// an `%output` line, once the buffers have grown to the longest line that came in pieces or
    /// was unescaped.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl FnMut(Event<'_>)) {
        let mut input = bytes;
        loop {
            let rules = match self.block {
                None => Rules {
                    limit: self.limits.line,
                    markers: self.mode == Mode::ControlControl,
                },
                Some(_) => Rules {
                    limit: self.limits.reply_line,
                    markers: false,
                },
            };
            let Some(frame) = self.framer.next(&mut input, rules) else {
                return;
            };
            match frame {
                Frame::Line(line) => match &mut self.block {
                    None => match grammar::line(line, &mut self.payload) {
                        Line::Event(event) => sink(event),
                        Line::Begin(begin) => {
                            self.block = Some(OpenBlock::new(&begin, self.limits.reply))
                        }
                    },
                    Some(block) => match block.ended_by(line) {
                        None => {
                            if !block.push(line) {
                                sink(Event::LineTooLong);
                            }
                        }
                        Some(ok) => {
                            let reply = self.block.take().map(|block| block.finish(ok));
                            reply
                                .into_iter()
                                .for_each(|reply| sink(Event::Reply(reply)));
                        }
                    },
                },
                Frame::TooLong => {
                    self.block
                        .as_mut()
                        .into_iter()
                        .for_each(OpenBlock::drop_line);
                    sink(Event::LineTooLong);
                }
                Frame::DcsOpen => sink(Event::DcsOpen),
                Frame::DcsClose => sink(Event::DcsClose),
            }
            if self.payload.capacity() > KEPT_CAPACITY {
                self.payload = Vec::new();
            }
        }
    }

    /// Says that the stream has ended: gives [`crate::event::Event::EndOfStream`], and is at the
    /// beginning of a stream again. A last line without an end is no event: nobody knows whether
    /// it is whole.
    pub fn finish(&mut self, sink: &mut impl FnMut(Event<'_>)) {
        self.framer.reset();
        sink(Event::EndOfStream {
            open_block: self.block.take().is_some(),
        });
    }

    /// Whether a block has begun and not ended.
    pub fn in_block(&self) -> bool {
        self.block.is_some()
    }
}
