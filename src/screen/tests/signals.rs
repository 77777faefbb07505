//! What a program tells beside its rows.

use super::super::{Progress, Signal};
use super::screen;

fn signals(bytes: &[u8]) -> Vec<Signal> {
    screen(9, 2, bytes).take_signals()
}

fn title(bytes: &[u8]) -> String {
    screen(9, 2, bytes).title().to_owned()
}

#[test]
fn a_title_is_told_when_it_changes() {
    let titles = signals(b"\x1b]2;a\x07\x1b]0;a\x1b\\\x1b]1;x\x07\x1b]0;b\x07");
    let title = |text: &str| Signal::Title(text.to_owned());
    assert_eq!(titles, [title("a"), title("b")]);
}

#[test]
fn a_title_comes_by_osc_and_apc_but_not_by_the_windows_name() {
    assert_eq!(title(b"\x1b]2;a;b\x07"), "a;b");
    assert_eq!(title(b"\x1b]2a\x18"), "a");
    assert_eq!(title(b"\x1b]4294967298;wrapped\x07"), "wrapped");
    assert_eq!(title(b"\x1b_apc\x1b\\"), "apc");
    assert_eq!(title(b"\x1bkwindow\x1b\\"), "");
}

#[test]
fn a_title_that_is_not_printable_is_refused() {
    assert_eq!(title(b"\x1b]2;a\x07\x1b]2;\xff\x07"), "a");
    assert_eq!(title(b"\x1b]2;a\x07\x1b]2;x\x7f\x07"), "a");
    assert_eq!(
        title("\x1b]2;\u{2733} caf\u{e9}\x07".as_bytes()),
        "\u{2733} caf\u{e9}"
    );
}

#[test]
fn titles_are_stacked() {
    assert_eq!(title(b"\x1b]2;a\x07\x1b[22;0t\x1b]2;b\x07\x1b[23;0t"), "a");
    assert_eq!(title(b"\x1b]2;a\x07\x1b[22t\x1b]2;b\x07\x1b[23t"), "b");
}

#[test]
fn progress_is_told() {
    let progress = |text: &str| match &signals(format!("\x1b]9;4;{text}\x07").as_bytes())[..] {
        [Signal::Progress(progress)] => Some(*progress),
        _ => None,
    };
    assert_eq!(progress("0"), Some(Progress::None));
    assert_eq!(progress("1;50"), Some(Progress::At(50)));
    assert_eq!(progress("1;500"), Some(Progress::At(100)));
    assert_eq!(progress("2"), Some(Progress::Error(None)));
    assert_eq!(progress("2;7"), Some(Progress::Error(Some(7))));
    assert_eq!(progress("3;"), Some(Progress::Busy));
    assert_eq!(progress("4;9"), Some(Progress::Paused(Some(9))));
    assert_eq!(progress("5"), None);
    assert!(signals(b"\x1b]9;a notification\x07").is_empty());
}

#[test]
fn a_status_is_handed_on_as_it_is() {
    let status = signals(b"\x1b]7501;state=idle:app=x\xff\x1b\\");
    assert_eq!(status, [Signal::Status(b"state=idle:app=x\xff".to_vec())]);
}

#[test]
fn who_wants_to_hear_of_new_colours_says_so_when_it_begins() {
    let began = signals(b"\x1b[?25h\x1b[?2004h\x1b[?2031h\x1b[?1004;2031h");
    assert_eq!(began, [Signal::ThemeUpdates, Signal::ThemeUpdates]);
    assert_eq!(signals(b"\x1b[?2031l\x1b[2031h\x1b[?2031$p"), []);
}
