//! Reads control-mode bytes on stdin and writes one JSON object a line on stdout.
//!
//! `cargo run --example dump -- [--cc] [--chunk N]`: `--cc` for a stream of `tmux -CC`, `--chunk`
//! to feed the parser N bytes at a time, which must not change what comes out.
//!
//! `tmux -C attach | cargo run --example dump` shows what a server says. An event's `type` is the
//! notification's own name, or `reply`, `unknown`, `malformed`, `stray`, `line-too-long`,
//! `dcs-open`, `dcs-close`, and last `end-of-stream`. Payloads, lines and replies are in
//! hexadecimal; ids are numbers; in strings what is not UTF-8 becomes U+FFFD.

#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own: it reads and writes"
)]

use std::{
    fmt::Write as _,
    io::{self, Read, Write},
    process::ExitCode,
};

use serde_json::Value;
use tmux_control::{Event, Mode, Notification, Parser};

const USAGE: &str = "usage: dump [--cc] [--chunk BYTES] <stream >events";

struct Options {
    mode: Mode,
    chunk: usize,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("dump: {message}\nhint: {USAGE}");
            return ExitCode::from(2);
        }
    };
    match dump(&options, io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dump: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        mode: Mode::Control,
        chunk: 64 * 1024,
    };
    while let Some(arg) = args.next() {
        match arg
            .split_once('=')
            .map_or((arg.as_str(), None), |(name, value)| (name, Some(value)))
        {
            ("--cc", None) => options.mode = Mode::ControlControl,
            ("--chunk", value) => {
                let value = value.map(str::to_owned).or_else(|| args.next());
                options.chunk = value
                    .and_then(|value| value.parse().ok())
                    .filter(|&chunk| chunk > 0)
                    .ok_or("--chunk wants a number of bytes above zero")?;
            }
            _ => return Err(format!("unknown argument {arg:?}")),
        }
    }
    Ok(options)
}

fn dump(options: &Options, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut parser = Parser::new(options.mode);
    let mut lines = String::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 {
            break;
        }
        for chunk in buffer[..read].chunks(options.chunk) {
            parser.feed(chunk, &mut |event| write_event(&mut lines, event));
        }
        // Whoever watches a live stream wants to see what came, not what fills a buffer.
        output.write_all(lines.as_bytes())?;
        output.flush()?;
        lines.clear();
    }
    parser.finish(&mut |event| write_event(&mut lines, event));
    output.write_all(lines.as_bytes())?;
    output.flush()
}

/// One JSON object, its members in the order that they are added.
struct Object<'a> {
    out: &'a mut String,
}

impl<'a> Object<'a> {
    fn new(out: &'a mut String, kind: &str) -> Self {
        let mut object = Self { out };
        object.out.push('{');
        object.member("type", Value::from(kind));
        object
    }

    fn member(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(self.out, "\"{name}\":{}", value.into());
        self
    }

    fn string(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.member(name, String::from_utf8_lossy(value))
    }

    fn optional(&mut self, name: &str, value: Option<&[u8]>) -> &mut Self {
        self.member(name, value.map(String::from_utf8_lossy))
    }

    fn hex(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.member(name, hex(value))
    }

    fn end(&mut self) {
        self.out.push_str("}\n");
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)].into());
        out.push(DIGITS[usize::from(byte & 15)].into());
    }
    out
}

fn write_event(out: &mut String, event: Event<'_>) {
    match event {
        Event::Notification(notification) => write_notification(out, notification),
        Event::Reply(reply) => Object::new(out, "reply")
            .member("time", reply.time)
            .member("number", reply.number)
            .member("flags", reply.flags)
            .member("ok", reply.ok)
            .member("lines", reply.lines().map(hex).collect::<Vec<_>>())
            .end(),
        Event::Unknown(line) => Object::new(out, "unknown").hex("line", line).end(),
        Event::Malformed(line) => Object::new(out, "malformed").hex("line", line).end(),
        Event::Stray(line) => Object::new(out, "stray").hex("line", line).end(),
        Event::LineTooLong => Object::new(out, "line-too-long").end(),
        Event::DcsOpen => Object::new(out, "dcs-open").end(),
        Event::DcsClose => Object::new(out, "dcs-close").end(),
        Event::EndOfStream { open_block } => {
            Object::new(out, "end-of-stream")
                .member("open_block", open_block)
                .end();
        }
        other => unreachable!("an event without a form in JSON: {other:?}"),
    }
}

fn write_notification(out: &mut String, notification: Notification<'_>) {
    let mut object = Object::new(out, notification.name());
    match notification {
        Notification::Output { pane, data } => object.member("pane", pane.0).hex("data", data),
        Notification::ExtendedOutput { pane, age_ms, data } => object
            .member("pane", pane.0)
            .member("age_ms", age_ms)
            .hex("data", data),
        Notification::Pause { pane }
        | Notification::Continue { pane }
        | Notification::PaneModeChanged { pane } => object.member("pane", pane.0),
        Notification::Exit { reason } => object.optional("reason", reason),
        Notification::SessionChanged { session, name }
        | Notification::SessionRenamed { session, name } => {
            object.member("session", session.0).string("name", name)
        }
        Notification::ClientSessionChanged {
            client,
            session,
            name,
        } => object
            .string("client", client)
            .member("session", session.0)
            .string("name", name),
        Notification::ClientDetached { client } => object.string("client", client),
        Notification::SessionsChanged => &mut object,
        Notification::SessionWindowChanged { session, window } => object
            .member("session", session.0)
            .member("window", window.0),
        Notification::WindowPaneChanged { window, pane } => {
            object.member("window", window.0).member("pane", pane.0)
        }
        Notification::WindowAdd { window }
        | Notification::WindowClose { window }
        | Notification::UnlinkedWindowAdd { window }
        | Notification::UnlinkedWindowClose { window } => object.member("window", window.0),
        Notification::WindowRenamed { window, name }
        | Notification::UnlinkedWindowRenamed { window, name } => {
            object.member("window", window.0).string("name", name)
        }
        Notification::LayoutChange {
            window,
            layout,
            visible,
            flags,
        } => object
            .member("window", window.0)
            .string("layout", layout)
            .optional("visible", visible)
            .optional("flags", flags),
        Notification::SubscriptionChanged {
            name,
            session,
            window,
            index,
            pane,
            value,
        } => object
            .string("name", name)
            .member("session", session.0)
            .member("window", window.map(|window| window.0))
            .member("index", index.map(|index| index.to_string()))
            .member("pane", pane.map(|pane| pane.0))
            .string("value", value),
        Notification::PasteBufferChanged { name } | Notification::PasteBufferDeleted { name } => {
            object.string("name", name)
        }
        Notification::ConfigError { text } | Notification::Message { text } => {
            object.string("text", text)
        }
        other => unreachable!("a notification without a form in JSON: {other:?}"),
    }
    .end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dumped(mode: Mode, chunk: usize, stream: &[u8]) -> String {
        let mut out = Vec::new();
        dump(&Options { mode, chunk }, stream, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("JSON is text")
    }

    #[track_caller]
    fn becomes(mode: Mode, stream: &[u8], expected: &[&str]) {
        for chunk in [1, 2, 7, usize::MAX] {
            let dumped = dumped(mode, chunk, stream);
            assert_eq!(
                dumped.lines().collect::<Vec<_>>(),
                expected,
                "{chunk} bytes at a time"
            );
        }
    }

    #[test]
    fn ids_are_numbers_payloads_are_hexadecimal_and_what_is_absent_is_null() {
        let stream = b"%output %1 a\\033\n%extended-output %2 - x : \n%extended-output %2 7 : b\n\
            %layout-change @3 l\n%layout-change @3 l v \n%exit\n%exit why\n\
            %subscription-changed a b $4 - - - : v\n%subscription-changed n $4 @5 6 %7 : \xff\n";
        becomes(
            Mode::Control,
            stream,
            &[
                r#"{"type":"output","pane":1,"data":"611b"}"#,
                r#"{"type":"extended-output","pane":2,"age_ms":null,"data":""}"#,
                r#"{"type":"extended-output","pane":2,"age_ms":7,"data":"62"}"#,
                r#"{"type":"layout-change","window":3,"layout":"l","visible":null,"flags":null}"#,
                r#"{"type":"layout-change","window":3,"layout":"l","visible":"v","flags":""}"#,
                r#"{"type":"exit","reason":null}"#,
                r#"{"type":"exit","reason":"why"}"#,
                r#"{"type":"subscription-changed","name":"a b","session":4,"window":null,"index":null,"pane":null,"value":"v"}"#,
                "{\"type\":\"subscription-changed\",\"name\":\"n\",\"session\":4,\"window\":5,\"index\":\"6\",\"pane\":7,\"value\":\"\u{fffd}\"}",
                r#"{"type":"end-of-stream","open_block":false}"#,
            ],
        );
    }

    #[test]
    fn every_other_notification_has_its_fields() {
        let stream = b"%pause %1\n%continue %1\n%session-changed $1 a\"b\n%client-session-changed c $1 n\n\
            %client-detached c\n%session-renamed $1 n\n%sessions-changed\n%session-window-changed $1 @2\n\
            %window-pane-changed @2 %3\n%pane-mode-changed %3\n%window-add @2\n%window-close @2\n\
            %window-renamed @2 n\n%unlinked-window-add @2\n%unlinked-window-close @2\n\
            %unlinked-window-renamed @2 n\n%paste-buffer-changed b\n%paste-buffer-deleted b\n\
            %config-error t\n%message t\n";
        becomes(
            Mode::Control,
            stream,
            &[
                r#"{"type":"pause","pane":1}"#,
                r#"{"type":"continue","pane":1}"#,
                r#"{"type":"session-changed","session":1,"name":"a\"b"}"#,
                r#"{"type":"client-session-changed","client":"c","session":1,"name":"n"}"#,
                r#"{"type":"client-detached","client":"c"}"#,
                r#"{"type":"session-renamed","session":1,"name":"n"}"#,
                r#"{"type":"sessions-changed"}"#,
                r#"{"type":"session-window-changed","session":1,"window":2}"#,
                r#"{"type":"window-pane-changed","window":2,"pane":3}"#,
                r#"{"type":"pane-mode-changed","pane":3}"#,
                r#"{"type":"window-add","window":2}"#,
                r#"{"type":"window-close","window":2}"#,
                r#"{"type":"window-renamed","window":2,"name":"n"}"#,
                r#"{"type":"unlinked-window-add","window":2}"#,
                r#"{"type":"unlinked-window-close","window":2}"#,
                r#"{"type":"unlinked-window-renamed","window":2,"name":"n"}"#,
                r#"{"type":"paste-buffer-changed","name":"b"}"#,
                r#"{"type":"paste-buffer-deleted","name":"b"}"#,
                r#"{"type":"config-error","text":"t"}"#,
                r#"{"type":"message","text":"t"}"#,
                r#"{"type":"end-of-stream","open_block":false}"#,
            ],
        );
    }

    #[test]
    fn blocks_lines_and_marks_have_their_own_types() {
        let stream =
            b"\x1bP1000p%begin 1 7 1\r\n%3\r\n\r\n%end 1 7 1\r\n%begin 1 8 0\r\n%error 1 8 0\r\n\
            %new\r\n%pause\r\ntext\r\n%begin 1 9 1\r\n";
        becomes(
            Mode::ControlControl,
            stream,
            &[
                r#"{"type":"dcs-open"}"#,
                r#"{"type":"reply","time":1,"number":7,"flags":1,"ok":true,"lines":["2533",""]}"#,
                r#"{"type":"reply","time":1,"number":8,"flags":0,"ok":false,"lines":[]}"#,
                r#"{"type":"unknown","line":"256e6577"}"#,
                r#"{"type":"malformed","line":"257061757365"}"#,
                r#"{"type":"stray","line":"74657874"}"#,
                r#"{"type":"end-of-stream","open_block":true}"#,
            ],
        );
        becomes(
            Mode::ControlControl,
            b"%exit\r\n\x1b\\",
            &[
                r#"{"type":"exit","reason":null}"#,
                r#"{"type":"dcs-close"}"#,
                r#"{"type":"end-of-stream","open_block":false}"#,
            ],
        );
    }

    #[test]
    fn a_line_of_more_than_a_mebibyte_is_too_long() {
        let stream = [vec![b'x'; (1 << 20) + 1], b"\n".to_vec()].concat();
        becomes(
            Mode::Control,
            &stream,
            &[
                r#"{"type":"line-too-long"}"#,
                r#"{"type":"end-of-stream","open_block":false}"#,
            ],
        );
    }

    #[test]
    fn arguments_are_told_apart_and_mistakes_are_named() {
        let parse = |args: &[&str]| options(args.iter().map(|arg| (*arg).to_owned()));
        let good = parse(&["--cc", "--chunk", "3"]).expect("both are known");
        assert_eq!((good.mode, good.chunk), (Mode::ControlControl, 3));
        assert_eq!(parse(&["--chunk=5"]).expect("it is known").chunk, 5);
        for bad in [
            &["--chunk"][..],
            &["--chunk", "0"],
            &["--chunk", "x"],
            &["--cc=1"],
            &["x"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
