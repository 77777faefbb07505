//! What the parser asks of memory.

use allocation_counter::measure;
use tmux_control::{Event, Mode, Notification, Parser};

/// A stream of this many lines of output, some of which have something to unescape.
fn stream(lines: usize) -> Vec<u8> {
    let line = |n: usize| match n % 3 {
        0 => format!("%output %{n} plain text\n"),
        1 => format!("%output %{n} \\033[1mbold\\033[0m\\015\\012\n"),
        _ => format!("%extended-output %{n} 12 : late\\015\\012\n"),
    };
    (0..lines).map(line).collect::<String>().into_bytes()
}

#[test]
fn a_line_of_output_costs_no_allocation() {
    let mut parser = Parser::new(Mode::Control);
    let mut payload = 0;
    let mut sink = |event: Event<'_>| match event {
        Event::Notification(
            Notification::Output { data, .. } | Notification::ExtendedOutput { data, .. },
        ) => payload += data.len(),
        other => panic!("{other:?}"),
    };
    let stream = stream(10_000);
    let mut read = |size| {
        stream
            .chunks(size)
            .for_each(|chunk| parser.feed(chunk, &mut sink))
    };
    // The buffers grow to the longest line.
    read(7);
    for size in [7, 1_000, usize::MAX] {
        assert_eq!(
            measure(|| read(size)).count_total,
            0,
            "{size} bytes at a time"
        );
    }
    assert!(payload > 0);
}

#[test]
fn a_line_that_never_ends_costs_no_more_than_the_limit() {
    let mut parser = Parser::new(Mode::Control);
    let endless = vec![b'x'; 64 << 10];
    let info = measure(|| {
        for _ in 0..1_000 {
            parser.feed(&endless, &mut |event| panic!("{event:?}"));
        }
    });
    assert!(info.bytes_max <= 4 << 20, "{} bytes", info.bytes_max);
}
