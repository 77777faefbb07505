//! Every character that there is, in a real pane and in the model.

use ao::screen::Size;

use crate::screen_model::{Model, exact};
use crate::screen_oracle::Oracle;

/// How many characters a screen holds: `<c>` each, and room where one is wide.
const PER_ROW: usize = 40;
const ROWS: u16 = 50;
const COLS: u16 = 170;

#[test]
fn every_character_is_as_wide_as_in_tmux() {
    if !exact() {
        return;
    }
    let size = Size {
        cols: COLS,
        rows: ROWS,
    };
    let mut oracle = Oracle::new();
    let mut terminal = oracle.terminal(size);
    let mut model = Model::new(size);
    // Beyond are private planes, and some that hold nothing: a sample of them is enough.
    let all = |char: &char| {
        let number = u32::from(*char);
        number < 0x34000 || (0xe_0000..0xe_1000).contains(&number) || number % 61 == 0
    };
    let characters: Vec<char> = ('\u{a0}'..=char::MAX).filter(all).collect();
    for screen in characters.chunks(PER_ROW * usize::from(ROWS)) {
        let mut text = "\x1b[2J\x1b[H".to_owned();
        let rows = screen.chunks(PER_ROW).map(|row| {
            let row: Vec<String> = row.iter().map(|char| format!("<{char}>")).collect();
            row.concat()
        });
        text += &rows.collect::<Vec<_>>().join("\r\n");
        terminal.write(text.as_bytes());
        model.screen.feed(text.as_bytes());
        let played = model.difference(&terminal.look());
        played.unwrap_or_else(|what| panic!("from U+{:04x} on:\n{what}", u32::from(screen[0])));
    }
}
