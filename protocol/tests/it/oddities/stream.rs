//! Blocks, marks and limits.

use tmux_control::{Limits, Mode, PaneId, Reply, event::Event, notification::Notification as Note};

use super::{control, malformed, output, read, stray};
use crate::checks::events;

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
