//! What tmux says of a pane in formats: its numbers, its modes and its title.

use tmux_control::Reply;

const NUMBERS: [&str; 13] = [
    "pane_width",
    "pane_height",
    "history_size",
    "cursor_x",
    "cursor_y",
    "alternate_on",
    "alternate_saved_x",
    "alternate_saved_y",
    "scroll_region_upper",
    "scroll_region_lower",
    "origin_flag",
    "insert_flag",
    "wrap_flag",
];

/// What stands before the title. tmux 3.4 and 3.5 put a backslash before each `$` that looks like
/// the beginning of a variable, and this one tells whether that is so.
const DOLLAR: &str = "$a";

/// What asks for [`Numbers`].
pub(super) fn numbers_format() -> String {
    let numbers: Vec<_> = NUMBERS.iter().map(|name| format!("#{{{name}}}")).collect();
    format!("{} #{{pane_tabs}}", numbers.join(" "))
}

/// What asks for a title.
pub(super) fn title_format() -> String {
    format!("{DOLLAR}#{{?#{{==:#{{pane_title}},#{{host}}}},,#{{pane_title}}}}")
}

/// The title that tmux answered.
pub(super) fn read_title(reply: &Reply) -> String {
    let text = reply.message();
    if let Some(title) = text.strip_prefix(DOLLAR) {
        return title.to_owned();
    }
    let Some(title) = text
        .strip_prefix('\\')
        .and_then(|text| text.strip_prefix(DOLLAR))
    else {
        return String::new();
    };
    let mut pieces = title.split("\\$");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_name = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '{';
        plain.push_str(if piece.starts_with(is_name) {
            "$"
        } else {
            "\\$"
        });
        plain.push_str(piece);
    }
    plain
}

/// The numbers and modes of a pane.
pub(super) struct Numbers {
    pub(super) size: (u16, u16),
    pub(super) history: u32,
    pub(super) cursor: (u16, u16),
    pub(super) alternate: bool,
    pub(super) saved_cursor: Option<(u16, u16)>,
    pub(super) region: (u16, u16),
    pub(super) origin: bool,
    pub(super) insert: bool,
    pub(super) autowrap: bool,
    pub(super) tabs: Vec<u16>,
}

impl Numbers {
    /// None for what makes no sense.
    pub(super) fn read(reply: &Reply) -> Option<Self> {
        let text = std::str::from_utf8(reply.first_line()).ok()?;
        let (numbers, tabs) = text.rsplit_once(' ')?;
        let numbers: Vec<u32> = numbers
            .split(' ')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        let numbers: [u32; NUMBERS.len()] = numbers.try_into().ok()?;
        let cell = |at: usize| u16::try_from(numbers[at]).ok();
        let tabs = tabs.split(',').filter(|tab| !tab.is_empty());
        Some(Self {
            size: (cell(0)?, cell(1)?),
            history: numbers[2],
            cursor: (cell(3)?, cell(4)?),
            alternate: numbers[5] != 0,
            // tmux writes the largest number for none.
            saved_cursor: cell(6).zip(cell(7)),
            region: (cell(8)?, cell(9)?),
            origin: numbers[10] != 0,
            insert: numbers[11] != 0,
            autowrap: numbers[12] != 0,
            tabs: tabs.map(|tab| tab.parse().ok()).collect::<Option<_>>()?,
        })
    }
}
