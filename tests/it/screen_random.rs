//! Streams of random pieces: whatever a program may write, the model shows what tmux shows.
//!
//! What differs is shrunk and kept in `tests/screens/found/`. `AO_TEST_STREAMS` says how many
//! streams are made, and `AO_TEST_SEED` from which number, which is otherwise the same every time.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::screen_files::found;
use crate::screen_model::exact;
use crate::screen_oracle::Oracle;
use crate::screen_stream::Stream;

/// How many streams are made if nothing else is said.
const STREAMS: u32 = 100;

/// After how many streams the server is another: tmux leaks with every capture.
const SERVER: u32 = 2000;

/// What is said of the number in an environment variable.
pub(crate) fn number(name: &str, default: u32) -> u32 {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("it is a number"))
}

#[test]
fn random_streams_agree() {
    if !exact() {
        return;
    }
    let streams = number("AO_TEST_STREAMS", STREAMS);
    let seed = number("AO_TEST_SEED", 0);
    for (round, first) in (0..streams).step_by(SERVER as usize).enumerate() {
        play_some(
            SERVER.min(streams - first),
            seed + u32::try_from(round).unwrap(),
        );
    }
}

/// What makes so many streams, the same for the same seed.
pub(crate) fn runner(streams: u32, seed: u32) -> TestRunner {
    let config = Config {
        cases: streams,
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn play_some(streams: u32, seed: u32) {
    let oracle = RefCell::new(Oracle::new());
    let result = runner(streams, seed).run(&stream(), |stream| {
        let played = stream.play(&mut oracle.borrow_mut());
        played.map_err(TestCaseError::fail)
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(story, stream)) => {
            let mut name = DefaultHasher::new();
            stream.pieces.hash(&mut name);
            let file = found().join(format!("{:016x}", name.finish()));
            std::fs::write(&file, format!("{stream:?}\n")).unwrap();
            panic!("{story}\nIt is kept in {}", file.display());
        }
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// A stream for a small terminal, where edges are near.
pub(crate) fn stream() -> impl Strategy<Value = Stream> {
    let size = prop_oneof![
        8 => (2..=12_u16, 2..=6_u16),
        2 => (1..=40_u16, 1..=12_u16),
    ];
    let cut = prop_oneof![4 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (size, vec((piece(), cut), 1..30)).prop_map(|(size, pieces)| {
        let mut cut_pieces = Vec::new();
        for (piece, cut) in pieces {
            let at = cut.map_or(0, |cut| cut.index(piece.len().max(1)));
            let (head, tail) = piece.split_at(at);
            cut_pieces.extend([head, tail].map(<[u8]>::to_vec));
        }
        cut_pieces.retain(|piece| !piece.is_empty());
        Stream::new(size, cut_pieces)
    })
}

/// What a program may write.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => "[ -~]{1,14}".prop_map(String::into_bytes),
        16 => wide().prop_map(String::into_bytes),
        4 => vec(any::<char>(), 1..4).prop_map(|chars| chars.into_iter().collect::<String>().into_bytes()),
        6 => broken(),
        14 => controls(),
        40 => csi(),
        14 => mode(),
        8 => sgr(),
        12 => escape(),
        6 => string(),
        2 => vec(any::<u8>(), 1..6),
    ]
}

/// Text whose characters have other widths than one, or join.
fn wide() -> impl Strategy<Value = String> {
    let parts: &[&str] = &[
        "a",
        "b",
        " ",
        "é",
        "e\u{301}",
        "\u{301}",
        "\u{308}",
        "日",
        "本",
        "語",
        "한",
        "글",
        "\u{1100}\u{1161}\u{11a8}",
        "\u{1161}",
        "ｱ",
        "Ａ",
        "😀",
        "🎉",
        "👍🏽",
        "\u{1f3fd}",
        "👨\u{200d}👩\u{200d}👧",
        "\u{200d}",
        "🇩🇪",
        "🇩",
        "❤",
        "❤\u{fe0f}",
        "\u{fe0f}",
        "\u{fe0e}",
        "1\u{fe0f}\u{20e3}",
        "☺",
        "⚡",
        "✻",
        "─",
        "│",
        "█",
        "▏",
        "⠋",
        "…",
        "→",
        "\u{ad}",
        "\u{a0}",
        "\u{200b}",
        "\u{2060}",
        "\u{feff}",
        "\u{200e}",
        "\u{202e}",
        "\u{2028}",
        "\u{85}",
        "\u{9b}",
        "\u{80}",
        "שלום",
        "عربي",
        "नमस्ते",
        "\u{93f}",
        "ไทย",
        "\u{e33}",
        "\u{e000}",
        "\u{f8ff}",
        "\u{fffd}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{378}",
        "\u{1faff}",
        "𝒳",
        "𐍈",
        "\u{e0101}",
        "\u{e0067}",
        "\u{3000}",
        "\u{1f1e6}\u{1f1e7}\u{1f1e8}",
        "\u{2e3a}",
        "\u{4dc0}",
        "🏴\u{e0067}\u{e0062}\u{e007f}",
    ];
    vec(select(parts), 1..6).prop_map(|parts| parts.concat())
}

/// Bytes that are no UTF-8, or not yet.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let parts: &[&[u8]] = &[
        b"\x80",
        b"\xbf",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xc3",
        b"\xc3(",
        b"\xe0\x80\x80",
        b"\xe2\x82",
        b"\xe2",
        b"\xe2\x28\xa1",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xef\xbf",
        b"\xf0\x80\x80\x80",
        b"\xf0\x9f",
        b"\xf0\x9f\x98",
        b"\xf0\x9f\x98\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xfc\x84\x80\x80\x80\x80",
        b"\xfe",
        b"\xff",
        b"\xe6\x97\xa5",
        b"\xc3\xa9",
        b"a",
    ];
    vec(select(parts), 1..4).prop_map(|parts| parts.concat())
}

fn controls() -> impl Strategy<Value = Vec<u8>> {
    let usual: &[&[u8]] = &[
        b"\r\n", b"\n", b"\r", b"\x08", b"\t", b"\x0b", b"\x0c", b"\x0e", b"\x0f",
    ];
    prop_oneof![
        8 => vec(select(usual), 1..4).prop_map(|parts| parts.concat()),
        1 => prop_oneof![0..0x20_u8, Just(0x7f)].prop_map(|byte| vec![byte]),
    ]
}

/// A parameter: most often small, sometimes none, sometimes far too large.
fn parameter() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => (0..14_u16).prop_map(|number| number.to_string()),
        3 => Just(String::new()),
        1 => (14..200_u16).prop_map(|number| number.to_string()),
        1 => select(&["32767", "65535", "65536", "2147483647", "2147483648", "99999999999999999999", "007", "1:2", ":", "4:3"][..])
            .prop_map(str::to_owned),
    ]
}

fn csi() -> impl Strategy<Value = Vec<u8>> {
    let parameters = prop_oneof![
        30 => vec(parameter(), 0..4),
        1 => vec(parameter(), 20..30),
    ];
    let finals =
        "AABBCCDDEFGGHHHHHJJJKKKLLMMPPPSSTTXXZ@@@`abbcdefghijklnopqrrrrrstuvwxyz{|}~IUVQRY";
    let last = select(finals.as_bytes());
    let odd = select(
        &[
            "?", ">", "<", "=", " ", "!", "$", "\"", "'", "*", "  ", "!!!!!",
        ][..],
    );
    (
        parameters,
        last,
        prop::option::weighted(0.06, odd),
        any::<bool>(),
    )
        .prop_map(|(parameters, last, odd, before)| {
            let odd = odd.unwrap_or_default();
            let (before, after) = if before { (odd, "") } else { ("", odd) };
            let mut bytes = format!("\x1b[{before}{}{after}", parameters.join(";")).into_bytes();
            bytes.push(last);
            bytes
        })
}

/// The modes that change what is shown, and some that must not.
fn mode() -> impl Strategy<Value = Vec<u8>> {
    let modes: &[&str] = &[
        "4", "4", "?6", "?6", "?7", "?7", "?47", "?1047", "?1049", "?1049", "?1048", "?3", "?5",
        "?69", "?25", "?12", "?1", "?2026", "?2004", "?1000", "?1002", "?1003", "?1004", "?1006",
        "?2027", "?2031", "20", "34", "?6;7", "?7;47", "?1049;6",
    ];
    (select(modes), select(&["h", "l"][..]))
        .prop_map(|(mode, set)| format!("\x1b[{mode}{set}").into_bytes())
}

/// Colours: an erased cell keeps its background, and so its place in the row.
fn sgr() -> impl Strategy<Value = Vec<u8>> {
    let kinds: &[&str] = &[
        "",
        "0",
        "1",
        "7",
        "4:3",
        "31",
        "44",
        "49",
        "48;5;3",
        "48;2;1;2;3",
        "48:2::1:2:3",
        "48:5:3",
        "107",
        "38;5;1",
        "48",
        "48;5",
        "1;44",
        "44;0",
        "58;5;1",
    ];
    select(kinds).prop_map(|kind| format!("\x1b[{kind}m").into_bytes())
}

fn escape() -> impl Strategy<Value = Vec<u8>> {
    let usual: &[&str] = &[
        "7", "8", "D", "E", "H", "M", "c", "(0", "(B", ")0", ")B", "=", ">", "#8", "\\",
    ];
    prop_oneof![
        6 => select(usual).prop_map(|rest| format!("\x1b{rest}").into_bytes()),
        1 => "[ -~]".prop_map(|rest| format!("\x1b{rest}").into_bytes()),
        1 => "[ -/]{1,5}[0-~]".prop_map(|rest| format!("\x1b{rest}").into_bytes()),
    ]
}

/// Strings that a terminal reads without showing them, whole and cut short.
fn string() -> impl Strategy<Value = Vec<u8>> {
    let starts: &[&str] = &[
        "\x1b]0;",
        "\x1b]2;",
        "\x1b]1;",
        "\x1b]",
        "\x1b]7;",
        "\x1b]8;;",
        "\x1b]9;4;",
        "\x1b]52;c;",
        "\x1b]112",
        "\x1b]133;A",
        "\x1b]2",
        "\x1bk",
        "\x1b_",
        "\x1bP",
        "\x1bP1;2",
        "\x1bP$q",
        "\x1bPtmux;\x1b",
        "\x1bX",
        "\x1b^",
        "\x1b]0002;",
        "\x1b]99999999999;",
    ];
    let texts: &[&str] = &[
        "",
        "t",
        "a title",
        "é日",
        "#{x}%H",
        "1;50",
        "\u{1b}",
        "\x07x",
        "\n",
        "\x18",
        "\x1a",
        "\x1b[",
        "#8",
        "tab\there",
        "\u{85}",
    ];
    let ends: &[&str] = &[
        "\x07", "\x1b\\", "\x1b\\", "\x1b\\", "\x18", "\x1a", "\x1bc", "\x1b[m", "",
    ];
    (
        select(starts),
        select(texts),
        broken(),
        any::<bool>(),
        select(ends),
    )
        .prop_map(|(start, text, broken, odd, end)| {
            let broken = if odd && broken.len() % 3 == 0 {
                broken
            } else {
                Vec::new()
            };
            [start.as_bytes(), text.as_bytes(), &broken, end.as_bytes()].concat()
        })
}
