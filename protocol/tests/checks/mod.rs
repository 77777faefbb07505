//! What must hold for any bytes. The fuzz targets call these with what libFuzzer invents, and the
//! tests with the corpus and with what proptest invents.

#![allow(unreachable_pub, reason = "public in the crate of the fuzz targets")]

pub mod lexer;
pub mod reference;

use tmux_control::{
    CommandError, CommandLine, Limits, Mode, OwnedEvent, OwnedNotification, PaneId, Parser,
    Session, SessionName, Text,
    command::{Keys, Program, RenameSession, SendKeys, SetBuffer},
    event::Event,
    format_literal, octal, quote,
};

use reference::Seen;

/// Small, so that a few bytes are enough to exceed them.
pub const SMALL: Limits = Limits {
    line: 24,
    reply_line: 40,
    reply: 64,
};

/// Something that must hold for any bytes; it panics where it does not.
pub type Check = fn(&[u8]);

/// All checks, with the name of the folder of the corpus that each has.
pub const CHECKS: [(&str, Check); 6] = [
    ("framing", framing),
    ("lines", lines),
    ("blocks", blocks),
    ("unescape", unescape),
    ("quoting", quoting),
    ("chunking", chunking),
];

/// The events of a stream that comes in these pieces.
pub fn events<'a>(
    mode: Mode,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<OwnedEvent> {
    let mut events = Vec::new();
    let mut parser = Parser::with_limits(mode, limits);
    for piece in pieces {
        parser.feed(piece, &mut |event| events.push(event.into_owned()));
    }
    parser.finish(&mut |event| events.push(event.into_owned()));
    events
}

/// The first byte of an input chooses the mode and the limits.
fn choice(data: &[u8]) -> (Mode, Limits, &[u8]) {
    let (choice, rest) = data.split_first().unwrap_or((&0, data));
    let mode = if choice & 1 == 0 {
        Mode::Control
    } else {
        Mode::ControlControl
    };
    let limits = if choice & 2 == 0 {
        SMALL
    } else {
        Limits::default()
    };
    (mode, limits, rest)
}

/// A stream is cut into the same lines and blocks as by a simple reader of the whole of it.
pub fn framing(data: &[u8]) {
    let (mode, limits, stream) = choice(data);
    agree(mode, limits, stream);
}

/// The same for what stands in a block; and the notifications in it are real ones.
pub fn blocks(data: &[u8]) {
    let (mode, limits, body) = choice(data);
    let stream = [
        b"%begin 1 2 1\n",
        body,
        b"\n%end 1 2 1\n%sessions-changed\n",
    ]
    .concat();
    agree(mode, limits, &stream);
    for event in events(mode, limits, [stream.as_slice()]) {
        if let Event::Reply(reply) = event {
            reply
                .notifications()
                .for_each(|inside| written_and_read(&inside.into_owned()));
        }
    }
}

fn agree(mode: Mode, limits: Limits, stream: &[u8]) {
    let seen: Vec<Seen> = events(mode, limits, [stream])
        .iter()
        .map(Seen::of)
        .collect();
    assert_eq!(seen, reference::read(mode, limits, stream));
}

/// A line is one event that has the whole line; a notification that is written again is read as
/// the same.
pub fn lines(data: &[u8]) {
    let line: Vec<u8> = data.iter().copied().filter(|&byte| byte != b'\n').collect();
    let stream = [line.as_slice(), b"\n"].concat();
    let mut events = events(Mode::Control, Limits::default(), [stream.as_slice()]);
    assert!(matches!(events.pop(), Some(Event::EndOfStream { .. })));
    let event = events.pop();
    assert!(events.is_empty());
    match event {
        None => assert!(line.starts_with(b"%begin ")),
        Some(Event::Notification(notification)) => written_and_read(&notification),
        Some(Event::Stray(text)) => {
            assert_eq!(text, line);
            let name = line.split(|&byte| byte == b' ').next();
            assert!(
                line.first() != Some(&b'%') || name == Some(b"%end") || name == Some(b"%error")
            );
        }
        Some(Event::Unknown(text) | Event::Malformed(text)) => {
            assert_eq!(text, line);
            assert!(line.starts_with(b"%"));
        }
        Some(other) => panic!("a line became {other:?}"),
    }
}

/// A notification that is written is read as the same.
pub fn written_and_read(notification: &OwnedNotification) {
    let mut line = Vec::new();
    notification.encode(&mut line);
    let read = events(Mode::Control, Limits::default(), [line.as_slice()]);
    let expected = [
        Event::Notification(notification.clone()),
        Event::EndOfStream { open_block: false },
    ];
    assert_eq!(read, expected);
    let mut again = Vec::new();
    if let Some(Event::Notification(notification)) = read.first() {
        notification.encode(&mut again);
    }
    assert_eq!(again, line);
}

/// Escapes are decoded as by a simple decoder, and every byte survives being escaped.
pub fn unescape(data: &[u8]) {
    let mut buffer = Vec::new();
    assert_eq!(
        octal::unescape(data, &mut buffer),
        reference::unescape(data)
    );
    assert!(buffer.len() <= data.len());
    let mut escaped = Vec::new();
    octal::escape(data, &mut escaped);
    assert!(escaped.iter().all(|&byte| byte >= 0x20));
    assert_eq!(octal::unescape(&escaped, &mut buffer), data);
}

/// What is quoted is read back by tmux's rules as the same; what is made literal is expanded to
/// the same.
pub fn quoting(data: &[u8]) {
    assert_eq!(lexer::expand(&format_literal(data)), data);
    let quoted = match quote(data) {
        Ok(quoted) => quoted,
        Err(error) => {
            assert_eq!(data.iter().position(|&byte| byte == 0), Some(error.at));
            assert!(matches!(set_buffer(data), Err(CommandError::Quote { .. })));
            return;
        }
    };
    assert!(!quoted.iter().any(u8::is_ascii_control));
    assert!(std::str::from_utf8(&quoted).is_ok());
    assert_eq!(lexer::words(&quoted), Ok(vec![vec![data.to_vec()]]));
    if let Ok(line) = set_buffer(data) {
        several(data, line);
    }
}

fn set_buffer(data: &[u8]) -> Result<CommandLine, CommandError> {
    CommandLine::new(&SetBuffer {
        data: data.to_vec(),
        ..SetBuffer::default()
    })
}

/// A line of several commands is read back word by word.
fn several(data: &[u8], line: CommandLine) {
    let hub = SessionName::new("hub").expect("a plain name");
    let rename = RenameSession {
        target: Session::Name(hub),
        name: Text::from(data),
    };
    let argv = Program::Argv(vec![data.to_vec(), b"-x".to_vec(), data.to_vec()]);
    let window = tmux_control::command::NewSession {
        program: argv,
        ..Default::default()
    };
    let keys = SendKeys {
        target: PaneId(7),
        keys: Keys::Hex(data.to_vec()),
    };
    let mut line = line
        .then(&rename)
        .and_then(|line| line.then(&window))
        .expect("no NUL");
    if !data.is_empty() {
        line = line.then(&keys).expect("bytes");
    }
    let name = format_literal(data);
    let mut expected: Vec<Vec<Vec<u8>>> = vec![
        vec![b"set-buffer".into(), b"--".into(), data.into()],
        vec![
            b"rename-session".into(),
            b"-t".into(),
            b"=hub:".into(),
            b"--".into(),
            name,
        ],
        vec![
            b"new-session".into(),
            b"--".into(),
            data.into(),
            b"-x".into(),
            data.into(),
        ],
    ];
    for chunk in data.chunks(4_000) {
        let head = [&b"send-keys"[..], b"-H", b"-t", b"%7", b"--"].map(<[u8]>::to_vec);
        let bytes = chunk.iter().map(|byte| format!("{byte:02x}").into_bytes());
        expected.push(head.into_iter().chain(bytes).collect());
    }
    assert_eq!(line.blocks(), expected.len());
    let Some((b'\n', line)) = line.encode().split_last() else {
        panic!("a line without its end")
    };
    assert_eq!(lexer::words(line), Ok(expected));
}

/// The events of a stream do not depend on how it is cut. The input's first bytes say where.
pub fn chunking(data: &[u8]) {
    let (mode, limits, data) = choice(data);
    let (cuts, stream) = data.split_at(data.len().min(4));
    let whole = events(mode, limits, [stream]);
    assert_eq!(events(mode, limits, stream.chunks(1)), whole);
    let mut pieces = Vec::new();
    let mut rest = stream;
    for cut in cuts
        .iter()
        .cycle()
        .take(if cuts.is_empty() { 0 } else { stream.len() })
    {
        let (piece, after) = rest.split_at(rest.len().min(usize::from(*cut) % 48));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    assert_eq!(events(mode, limits, pieces), whole);
}
