//! Whether a phase's status file says that the phase is done.
//!
//! A line says so that starts with the marker (`## DONE` by default) at its first column, outside
//! a code fence, when what follows is no placeholder such as `not yet`. The marker has to be the
//! whole of what the line names: `## DONE criteria` is another heading.

use serde::{Deserialize, Serialize};

/// What a status file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// It does not say that the phase is done.
    #[default]
    No,
    /// It has the marker with nothing under it, as in a file that is being written: it counts once
    /// the file has stayed as it is.
    Bare,
    /// It says that the phase is done.
    Yes,
}

/// How a placeholder begins; what follows may go on with the word.
const PLACEHOLDERS: &[&str] = &[
    "not yet",
    "not done",
    "not complete",
    "incomplete",
    "written here only",
    "only when",
    "to be written",
    "to be filled",
    "when all",
];
/// Placeholders that are whole words.
const PLACEHOLDER_WORDS: &[&str] = &["pending", "tbd", "na", "n/a"];
/// After the marker's own punctuation, these make a heading of another kind of it.
const CONDITIONS: &[&str] = &[
    "criteria",
    "criterion",
    "conditions",
    "checklist",
    "when",
    "if",
];
/// Signs that people put where a tick would go.
const UNTICKED: &[char] = &['?', '☐', '❌', '✗', '✘', '⏳', '🚧'];

/// Reads a status file. All lines with the marker are tried, and the best of them counts. A blank
/// marker is on no line.
#[must_use]
pub fn done(text: &str, marker: &str) -> Done {
    if marker.trim().is_empty() {
        return Done::No;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut best = Done::No;
    let mut fence = None;
    let mut lines = text.split(['\n', '\r']);
    while let Some(line) = lines.next() {
        if toggles(&mut fence, line) || fence.is_some() {
            continue;
        }
        if line
            .strip_prefix(marker)
            .is_some_and(|rest| is_whole(marker, rest))
        {
            best = best.max(what_follows(marker, lines.clone()));
        }
        if best == Done::Yes {
            break;
        }
    }
    best
}

/// Whether a line opens or closes a code fence: three or more of one sign, closed by at least as
/// many of it (CommonMark 0.31, 4.5).
fn toggles(fence: &mut Option<(char, usize)>, line: &str) -> bool {
    let unindented = line.trim_start_matches(' ');
    let sign = unindented.chars().next();
    let Some(sign) = sign.filter(|sign| "`~".contains(*sign) && line.len() - unindented.len() < 4)
    else {
        return false;
    };
    let rest = unindented.trim_start_matches(sign);
    let length = unindented.len() - rest.len();
    match *fence {
        None if length >= 3 && !(sign == '`' && rest.contains('`')) => {
            *fence = Some((sign, length));
            true
        }
        Some((open, least)) if sign == open && length >= least && rest.trim().is_empty() => {
            *fence = None;
            true
        }
        _ => false,
    }
}

/// Whether what follows the marker on its line leaves it the marker: nothing, a date, or a remark
/// behind punctuation that is no placeholder and no condition.
fn is_whole(marker: &str, rest: &str) -> bool {
    let tail = rest.trim_start();
    let Some(first) = tail.chars().next() else {
        return true;
    };
    let joined = tail.len() == rest.len();
    let hyphenated =
        joined && rest.starts_with('-') && rest[1..].starts_with(char::is_alphanumeric);
    // A marker that ends with punctuation of its own is parted from its remark by that.
    let is_open = marker.trim_end().ends_with(char::is_alphanumeric);
    if is_open && (first == '_' || first.is_alphanumeric() || hyphenated) {
        return !joined && starts_with_date(tail);
    }
    if tail.starts_with(UNTICKED) {
        return false;
    }
    let remark = tail.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '<');
    !is_placeholder(remark)
        && !CONDITIONS
            .iter()
            .any(|word| starts_with_word(&plain(remark), word))
}

/// `2026-11-23`
fn starts_with_date(text: &str) -> bool {
    let shape = text.bytes().take(10).map(|byte| match byte {
        b'0'..=b'9' => b'0',
        other => other,
    });
    shape.eq(*b"0000-00-00")
}

/// What stands under a marker decides what it says. A rule or a fence's own line says nothing, what
/// is in the fence does; a heading that is no part of the marker's section ends it.
fn what_follows<'t>(marker: &str, lines: impl Iterator<Item = &'t str>) -> Done {
    let level = heading_level(marker);
    let mut fence = None;
    for line in lines {
        let says_nothing = line
            .chars()
            .all(|c| c.is_whitespace() || "-*_=".contains(c));
        if says_nothing || toggles(&mut fence, line) {
            continue;
        }
        let next_section = fence.is_none() && (1..=level).contains(&heading_level(line));
        return if next_section {
            Done::Bare
        } else if is_placeholder(line) {
            Done::No
        } else {
            Done::Yes
        };
    }
    Done::Bare
}

/// How many `#` a heading has; 0 for any other line.
fn heading_level(line: &str) -> usize {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    if rest.is_empty() || rest.starts_with([' ', '\t']) {
        level
    } else {
        0
    }
}

/// Whether a line says that something is still to come, with or without a bullet, a number or
/// emphasis around it.
fn is_placeholder(line: &str) -> bool {
    let text = plain(undecorated(line));
    if let Some(inside) = text.strip_prefix('<') {
        return inside.contains('>') || inside.starts_with("!--");
    }
    PLACEHOLDERS.iter().any(|words| text.starts_with(words))
        || PLACEHOLDER_WORDS
            .iter()
            .any(|word| starts_with_word(&text, word))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
}

/// A line without the quote signs, bullets, numbers, boxes and brackets in front of its text.
fn undecorated(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = (digits.len() < rest.len())
            .then(|| digits.strip_prefix(['.', ')']))
            .flatten();
        let boxed = ["[ ]", "[x]", "[X]"]
            .iter()
            .find_map(|sign| rest.strip_prefix(sign));
        let bare = rest.trim_start_matches([
            '>', '-', '+', '•', '–', '—', '(', '[', '"', '\'', '*', '_', '~', '`',
        ]);
        let next = boxed.or(numbered).unwrap_or(bare).trim_start();
        if next.len() == rest.len() {
            return rest;
        }
        rest = next;
    }
}

/// The beginning of a text in lower case, without signs of emphasis and with single blanks.
fn plain(text: &str) -> String {
    /// No placeholder is longer, and a line may be.
    const LONGEST: usize = 400;
    let mut plain = String::new();
    let mut blank = false;
    for character in text.chars().take(LONGEST).flat_map(char::to_lowercase) {
        if character.is_whitespace() {
            blank = !plain.is_empty();
        } else if !"*_~`".contains(character) {
            if std::mem::take(&mut blank) {
                plain.push(' ');
            }
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests;
