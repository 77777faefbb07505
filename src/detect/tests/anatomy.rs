//! Where the signs of a preset have to stand.

use crate::detect::rows::PresetSight;
use crate::preset::Preset;
use crate::screen::{Rules, Screen, Size};

const PRESET: &str = r#"
name = "t"
about = "a program for tests"
[[sign]]
name = "refused"
state = "login"
line = '^Refused'
boxed = true
next = '^ *= end'
evidence = "a test"
"#;

/// Whether the sign stands on a screen of 100 columns.
fn stands(rows: &[&str]) -> bool {
    let preset = Preset::parse(PRESET).expect("a preset");
    let mut screen = Screen::new(Size::new(100, 16), Rules::for_release(3, 3));
    screen.feed(rows.join("\r\n").as_bytes());
    let mut sight = PresetSight::default();
    sight.look(preset.rules(), &screen);
    sight.found().is_some()
}

#[test]
fn a_sign_may_say_what_the_next_line_is() {
    assert!(stands(&["┃ Refused", "┃", "", "  = end"]));
    assert!(!stands(&["┃ Refused", "", "┃ a newer box", "", "  = end"]));
    assert!(!stands(&["┃ Refused"]), "nothing is below it");
}

#[test]
fn a_sidebar_is_no_next_line() {
    let aside = |left: &str| format!("{left:60}beside it");
    let rows = [&aside("┃ Refused"), &aside("┃"), &aside(""), "  = end"];
    assert!(stands(&rows));
}
