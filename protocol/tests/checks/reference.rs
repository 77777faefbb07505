//! A reader of whole streams that is as simple as can be: what the parser is compared with.

use tmux_control::{Limits, Mode, OwnedEvent, Reply, event::Event};

/// What a reader that knows no notification can say of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// A line that begins with `%` and this name.
    Named(String),
    /// A line that is not what its name promises, or has none.
    Text(Vec<u8>),
    Reply(Reply),
    TooLong,
    DcsOpen,
    DcsClose,
    End(bool),
}

impl Seen {
    pub fn of(event: &OwnedEvent) -> Self {
        match event {
            Event::Notification(notification) => Self::Named(notification.name().to_owned()),
            Event::Unknown(line) | Event::Malformed(line) | Event::Stray(line) => Self::text(line),
            Event::Reply(reply) => Self::Reply(reply.clone()),
            Event::LineTooLong => Self::TooLong,
            Event::DcsOpen => Self::DcsOpen,
            Event::DcsClose => Self::DcsClose,
            Event::EndOfStream { open_block } => Self::End(*open_block),
            other => panic!("an event that the checks do not know: {other:?}"),
        }
    }

    /// Whether a notification is well-formed is not for this reader to say, so a line with a name
    /// counts as that name alone.
    fn text(line: &[u8]) -> Self {
        match line.strip_prefix(b"%") {
            Some(rest) => {
                let name = rest.split(|&byte| byte == b' ').next().unwrap_or_default();
                Self::Named(String::from_utf8_lossy(name).into_owned())
            }
            None => Self::Text(line.to_vec()),
        }
    }
}

struct Block {
    triple: Vec<Vec<u8>>,
    lines: Vec<Vec<u8>>,
    bytes: usize,
    dropped: u64,
}

/// Reads a whole stream.
pub fn read(mode: Mode, limits: Limits, mut stream: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut block: Option<Block> = None;
    loop {
        if mode == Mode::ControlControl && block.is_none() {
            if let Some(rest) = stream.strip_prefix(b"\x1bP1000p") {
                seen.push(Seen::DcsOpen);
                stream = rest;
                continue;
            }
            if let Some(rest) = stream.strip_prefix(b"\x1b\\") {
                seen.push(Seen::DcsClose);
                stream = rest;
                continue;
            }
        }
        let Some(end) = stream.iter().position(|&byte| byte == b'\n') else {
            break;
        };
        let mut line = &stream[..end];
        stream = &stream[end + 1..];
        if mode == Mode::ControlControl {
            line = line.strip_suffix(b"\r").unwrap_or(line);
        }
        let limit = if block.is_some() {
            limits.reply_line
        } else {
            limits.line
        };
        if line.len() > limit {
            if let Some(block) = &mut block {
                block.dropped += 1;
            }
            seen.push(Seen::TooLong);
            continue;
        }
        let fields: Vec<Vec<u8>> = line
            .split(|&byte| byte == b' ')
            .map(<[u8]>::to_vec)
            .collect();
        if let Some(open) = &mut block {
            let guard = fields[0] == b"%end" || fields[0] == b"%error";
            if guard && fields[1..] == open.triple[..] {
                seen.push(Seen::Reply(reply(open, fields[0] == b"%end")));
                block = None;
            } else if open.bytes + line.len() + 1 > limits.reply {
                open.dropped += 1;
                seen.push(Seen::TooLong);
            } else {
                open.bytes += line.len() + 1;
                open.lines.push(line.to_vec());
            }
        } else if let Some(triple) = begin(&fields) {
            block = Some(Block {
                triple,
                lines: Vec::new(),
                bytes: 0,
                dropped: 0,
            });
        } else {
            seen.push(Seen::text(line));
        }
    }
    seen.push(Seen::End(block.is_some()));
    seen
}

fn begin(fields: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let [name, time, number, flags, ..] = fields else {
        return None;
    };
    let fits = |field: &[u8], max: u64| numeral(field).is_some_and(|value| value <= max);
    let good = name == b"%begin"
        && fits(time, u64::MAX)
        && fits(number, u64::MAX)
        && fits(flags, u32::MAX.into());
    good.then(|| vec![time.clone(), number.clone(), flags.clone()])
}

fn numeral(field: &[u8]) -> Option<u64> {
    let digits = !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(field)
        .ok()
        .filter(|_| digits)?
        .parse()
        .ok()
}

fn reply(block: &Block, ok: bool) -> Reply {
    let number = |field: &[u8]| numeral(field).expect("checked by its begin");
    let flags = u32::try_from(number(&block.triple[2])).expect("checked by its begin");
    let triple = (number(&block.triple[0]), number(&block.triple[1]), flags);
    let mut reply = Reply::new(triple, ok, &block.lines);
    reply.dropped = block.dropped;
    reply
}

/// Decodes `\ooo`, byte by byte.
pub fn unescape(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let value = data.get(at + 1..at + 4).and_then(|digits| {
            let octal = digits.iter().all(|digit| (b'0'..=b'7').contains(digit));
            let text = std::str::from_utf8(digits).ok().filter(|_| octal)?;
            u8::from_str_radix(text, 8).ok()
        });
        match value {
            Some(byte) if data[at] == b'\\' => {
                out.push(byte);
                at += 4;
            }
            _ => {
                out.push(data[at]);
                at += 1;
            }
        }
    }
    out
}
