//! How fast output is read: `cargo bench -p tmux-control --bench parse`.
//!
//! Two streams as a server sends them: one busy pane gives lines of some kilobytes, 64 busy panes
//! give lines of some 38 bytes. Beside the parser runs the least that any reader must do: a loop
//! that looks for newlines and decodes escapes, and checks nothing. The ratio of the two is what
//! must hold, at least 0.8 and 0.79; how many bytes a second that is depends on the machine.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use memchr::memchr;
use tmux_control::{Event, Mode, Notification, Parser, octal};

/// How much a stream has, and how much of it comes in one read.
const STREAM: usize = 8 << 20;
const READ: usize = 64 << 10;

/// Numbers that look random and are the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One pane that floods: tmux sends what it has read in one go.
fn one_pane() -> Vec<u8> {
    let mut noise = Noise(1);
    let mut stream = Vec::new();
    while stream.len() < STREAM {
        stream.extend_from_slice(b"%output %1 ");
        let mut data = Vec::new();
        let size = 2_000 + noise.below(6_000) as usize;
        while data.len() < size {
            if noise.below(8) == 0 {
                data.extend_from_slice(b"\x1b[1;32m   Compiling\x1b[0m ");
            }
            let words = 4 + noise.below(14);
            for _ in 0..words {
                data.extend_from_slice(&b"abcdefghij"[..3 + noise.below(7) as usize]);
                data.push(b' ');
            }
            data.extend_from_slice(b"\r\n");
        }
        octal::escape(&data, &mut stream);
        stream.push(b'\n');
    }
    stream
}

/// 64 panes that write a line now and then.
fn many_panes() -> Vec<u8> {
    let mut noise = Noise(2);
    let mut stream = Vec::new();
    while stream.len() < STREAM {
        let pane = noise.below(64);
        let line = noise.below(1_000_000);
        let dots = &b"..........."[..noise.below(10) as usize];
        stream.extend_from_slice(format!("%output %{pane} line {line} ").as_bytes());
        stream.extend_from_slice(dots);
        stream.extend_from_slice(b"\\015\\012\n");
    }
    stream
}

/// The payload bytes of a stream, by the parser.
fn parsed(stream: &[u8]) -> usize {
    let mut parser = Parser::new(Mode::Control);
    let mut payload = 0;
    for read in stream.chunks(READ) {
        parser.feed(read, &mut |event| {
            if let Event::Notification(Notification::Output { pane, data }) = event {
                black_box((pane, data));
                payload += data.len();
            }
        });
    }
    payload
}

/// The payload bytes of a stream, by a loop that trusts every byte.
fn bare(stream: &[u8]) -> usize {
    let mut cut = Vec::new();
    let mut buffer = Vec::new();
    let mut payload = 0;
    let mut line = |line: &[u8]| {
        // The pane's number begins after `%output %`.
        let data = memchr(b' ', &line[9..]).map_or(&line[..0], |space| &line[9 + space + 1..]);
        buffer.clear();
        let mut rest = data;
        while let Some(at) = memchr(b'\\', rest) {
            buffer.extend_from_slice(&rest[..at]);
            let &[a, b, c] = rest[at + 1..].first_chunk().unwrap_or(b"000");
            buffer.push((a & 3) << 6 | (b & 7) << 3 | (c & 7));
            rest = &rest[at + 4..];
        }
        buffer.extend_from_slice(rest);
        black_box(&buffer);
        payload += buffer.len();
    };
    for mut read in stream.chunks(READ) {
        while let Some(end) = memchr(b'\n', read) {
            if cut.is_empty() {
                line(&read[..end]);
            } else {
                cut.extend_from_slice(&read[..end]);
                line(&cut);
                cut.clear();
            }
            read = &read[end + 1..];
        }
        cut.extend_from_slice(read);
    }
    payload
}

fn bench(c: &mut Criterion) {
    for (name, stream) in [("1 busy pane", one_pane()), ("64 busy panes", many_panes())] {
        assert_eq!(parsed(&stream), bare(&stream), "both must do the same work");
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function("parser", |b| b.iter(|| parsed(black_box(&stream))));
        group.bench_function("bare loop", |b| b.iter(|| bare(black_box(&stream))));
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
